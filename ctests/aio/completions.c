/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_waitcomplete. */
#include "aio_test.h"

#include <libowfat/aio.h>
#include <stdatomic.h>

static ssize_t collect(struct aiocb **block, long seconds) {
  struct timespec limit = {seconds, 0};
  errno = 0;
  return aio_waitcomplete(block, &limit);
}

static void nothing_there(int error) {
  struct aiocb *block = (void *)8;
  EQUAL(collect(&block, 0), -1);
  EQUAL(errno, error);
  CHECK(block == NULL);
}

TEST(nothing_was_submitted) {
  struct aiocb *block = (void *)8;
  nothing_there(EAGAIN);
  errno = 0;
  EQUAL(aio_waitcomplete(&block, NULL), -1);
  EQUAL(errno, EAGAIN);
  CHECK(block == NULL);
}

TEST(one_after_the_other, .valgrind = 1) {
  int d = temporary_file(0);
  struct aiocb *block, first = on(d, "abc", 3, 0);
  EQUAL(aio_write(&first), 0);
  EQUAL(collect(&block, TIMEOUT), 3);
  CHECK(block == &first);
  EQUAL(aio_return(&first), 3);
  nothing_there(EAGAIN);
}

/* The simple program of FreeBSD's manual: completions from before the first call are handed out, too. */
TEST(completions_from_before_the_first_call) {
  int d = temporary_file(0);
  struct aiocb blocks[3], *block;
  int seen = 0;
  for (int i = 0; i < 3; i++) {
    blocks[i] = on(d, "abc", (size_t)i + 1, 0);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < 3; i++) EQUAL(settled(&blocks[i]), 0);
  for (int i = 0; i < 3; i++) {
    ssize_t n = collect(&block, TIMEOUT);
    CHECK(block >= blocks && block < blocks + 3);
    EQUAL(n, block - blocks + 1);
    seen |= 1 << (block - blocks);
  }
  EQUAL(seen, 7);
  nothing_there(EAGAIN);
}

TEST(returned_ones_are_not_handed_out) {
  int d = temporary_file(0);
  struct aiocb first = on(d, "a", 1, 0), second = on(d, "bc", 2, 0), *block;
  nothing_there(EAGAIN);
  EQUAL(aio_write(&first), 0);
  EQUAL(aio_write(&second), 0);
  EQUAL(settled(&second), 0);
  EQUAL(result(&first), 1);
  EQUAL(collect(&block, TIMEOUT), 2);
  CHECK(block == &second);
  nothing_there(EAGAIN);
}

/* aio_return the instant that the status changes counts as the fetch. */
TEST(returned_at_once) {
  int d = temporary_file(0);
  nothing_there(EAGAIN);
  for (int i = 0; i < 2000; i++) {
    struct aiocb block = on(d, "a", 1, 0);
    EQUAL(aio_write(&block), 0);
    int64_t end = millis() + TIMEOUT * 1000;
    while (aio_error(&block) == EINPROGRESS) CHECK(millis() < end);
    EQUAL(aio_return(&block), 1);
    nothing_there(EAGAIN);
  }
}

TEST(failed_and_cancelled_ones) {
  int ends[2];
  char byte;
  struct aiocb *block;
  new_pipe(ends);
  struct aiocb failing = on(-1, "x", 1, 0), waiting = on(ends[0], &byte, 1, 0);
  EQUAL(aio_write(&failing), 0);
  EQUAL(collect(&block, TIMEOUT), -1);
  EQUAL(errno, EBADF);
  CHECK(block == &failing);
  EQUAL(aio_read(&waiting), 0);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  EQUAL(collect(&block, TIMEOUT), -1);
  EQUAL(errno, ECANCELED);
  CHECK(block == &waiting);
}

TEST(limits) {
  int ends[2];
  char byte;
  struct aiocb *block;
  new_pipe(ends);
  struct aiocb waiting = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&waiting), 0);
  nothing_there(EINPROGRESS);
  struct timespec tenth = {0, 100000000}, wrong = {0, 1000000000};
  int64_t start = millis();
  EQUAL(aio_waitcomplete(&block, &tenth), -1);
  EQUAL(errno, EINPROGRESS);
  CHECK(millis() - start >= 99);
  EQUAL(aio_waitcomplete(&block, &wrong), -1);
  EQUAL(errno, EINVAL);
  CHECK(block == NULL);
}

static void handle(int number) { (void)number; }

static void *interrupt(void *waiter) {
  sleep_ms(100);
  pthread_kill(*(pthread_t *)waiter, SIGUSR1);
  return NULL;
}

TEST(interrupted_by_a_handler) {
  int ends[2];
  char byte;
  pthread_t self = pthread_self(), thread;
  struct aiocb *block;
  struct sigaction action = {.sa_handler = handle};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  new_pipe(ends);
  struct aiocb waiting = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&waiting), 0);
  CHECK(pthread_create(&thread, NULL, interrupt, &self) == 0);
  EQUAL(aio_waitcomplete(&block, NULL), -1);
  EQUAL(errno, EINTR);
  CHECK(block == NULL);
  pthread_join(thread, NULL);
}

/* A block that is submitted again loses its uncollected completion. */
TEST(submitted_again) {
  int d = temporary_file(0);
  struct aiocb block, *found;
  nothing_there(EAGAIN);
  block = on(d, "a", 1, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), 0);
  block = on(d, "abc", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(collect(&found, TIMEOUT), 3);
  CHECK(found == &block);
  nothing_there(EAGAIN);
}

enum { MANY = 5000 };

static struct aiocb blocks[MANY];
static _Atomic int times[MANY], collected;

static void *collector(void *unused) {
  (void)unused;
  while (collected < MANY) {
    struct aiocb *block;
    struct timespec limit = {0, 20000000};
    aio_waitcomplete(&block, &limit);
    if (!block) continue;
    times[block - blocks]++;
    collected++;
  }
  return NULL;
}

/* Each exactly once, however many threads collect. */
TEST(collected_by_many_threads, .seconds = 60) {
  int d = temporary_file(0);
  pthread_t threads[6];
  nothing_there(EAGAIN);
  for (int i = 0; i < 6; i++) CHECK(pthread_create(&threads[i], NULL, collector, NULL) == 0);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(d, "x", 1, i);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < 6; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < MANY; i++) EQUAL(times[i], 1);
  nothing_there(EAGAIN);
}

/* Before the first call at most 4,096 are remembered, the latest ones; nothing is read from the blocks of the others. */
TEST(what_is_remembered) {
  enum { ALL = 6000 };
  size_t size = ALL * sizeof(struct aiocb);
  struct aiocb *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *block;
  int d = temporary_file(0), count = 0;
  CHECK(all != MAP_FAILED);
  for (int i = 0; i < ALL; i++) {
    all[i] = on(d, "x", 1, 0);
    EQUAL(aio_write(&all[i]), 0);
    EQUAL(settled(&all[i]), 0);
  }
  while (collect(&block, 0), block) count++;
  CHECK(count > 0 && count <= 4096);
}
