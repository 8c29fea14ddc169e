/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iom: the multiplexer of many threads. */
#include "faults.h"

static iomux_t mux;

/* iom has no function that closes; what it holds is two numbers, which the next ones in the table show. */
static void open_mux(int own[2]) {
  int before = dup(0);
  CHECK(before != -1);
  close(before);
  INSIST(iom_init(&mux), == 1);
  own[0] = before;
  CHECK(is_open(before));
  own[1] = before + 1;
  CHECK(is_open(before + 1) && !is_open(before + 2));
}

static void close_mux(const int own[2]) {
  close(own[0]);
  close(own[1]);
}

TEST(events_one_by_one) {
  int own[2], s[2];
  int64 d;
  unsigned revents;
  char c;
  open_mux(own);
  unix_pair(s);
  INSIST(iom_add(&mux, s[0], IOM_READ), == 0);
  for (int i = 0; i < 4; i++) {
    EQUAL(INSIST(iom_wait(&mux, &d, &revents, 2), >= 0), 0);
    put(s[1], "x");
    INSIST(iom_wait(&mux, &d, &revents, 5000), == 1);
    EQUAL(d, s[0]);
    EQUAL(revents, IOM_READ);
    EQUAL(read(s[0], &c, 1), 1);
    if (i % 2) INSIST(iom_add(&mux, s[0], IOM_READ), == 0);
    else INSIST(iom_requeue(&mux, s[0], IOM_READ), == 0);
  }
  close(s[0]);
  close(s[1]);
  INSIST(iom_abort(&mux), == 0);
  EQUAL(iom_wait(&mux, &d, &revents, (unsigned long)-1), -2);
  close_mux(own);
}

enum { THREADS = 4, EACH = 25 };
static int pipes[THREADS][2], taken;

static void *serve(void *arg) {
  int64 d;
  unsigned revents;
  char c;
  (void)arg;
  while (INSIST(iom_wait(&mux, &d, &revents, (unsigned long)-1), != -1) == 1) {
    EQUAL(read((int)d, &c, 1), 1);
    INSIST(iom_add(&mux, d, IOM_READ), == 0);
    if (__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST) == THREADS * EACH) INSIST(iom_abort(&mux), == 0);
  }
  return 0;
}

TEST(events_among_threads) {
  static const char bytes[EACH];
  pthread_t thread[THREADS];
  int own[2];
  open_mux(own);
  for (int i = 0; i < THREADS; i++) {
    CHECK(pipe(pipes[i]) == 0);
    INSIST(iom_add(&mux, pipes[i][0], IOM_READ), == 0);
    CHECK(pthread_create(&thread[i], 0, serve, 0) == 0);
  }
  for (int i = 0; i < THREADS; i++) EQUAL(write(pipes[i][1], bytes, EACH), EACH);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], 0);
  EQUAL(taken, THREADS * EACH);
  for (int i = 0; i < THREADS; i++) {
    close(pipes[i][0]);
    close(pipes[i][1]);
  }
  close_mux(own);
}

/* Found by this test, on poll: the right to look at the descriptors, which threads hand on through a pair of sockets, was lost
 * if the kernel had no memory for that, and with it every further event. */
TEST(the_turn_is_handed_on_without_memory) {
  int own[2];
  int64 d;
  unsigned revents;
  open_mux(own);
  for (int i = 0; i < 3; i++) EQUAL(INSIST(iom_wait(&mux, &d, &revents, 0), != -1), 0);
  CHECK(pipe(pipes[0]) == 0);
  INSIST(iom_add(&mux, pipes[0][1], IOM_WRITE), == 0);
  INSIST(iom_wait(&mux, &d, &revents, (unsigned long)-1), == 1);
  EQUAL(d, pipes[0][1]);
  close_both(pipes[0][0], pipes[0][1]);
  close_mux(own);
}
