/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iom_*: one multiplexer, many threads. */
#include "loop.h"

#include <stddef.h>
#include <sys/ioctl.h>

#if defined(__linux__) && defined(__LP64__)
_Static_assert(sizeof(iomux_t) == 1072, "programs have it in their own memory");
#endif

static iomux_t mux;

static void init(void) {
  int r = iom_init(&mux);
  CHECK(r != -1 && r != 0);
}

TEST(init_succeeds_either_way, .valgrind = 1) { EQUAL(iom_init(&mux), 1); }

TEST(one_event_is_delivered_once, .valgrind = 1) {
  int s[2];
  int64 d = -1;
  unsigned revents = 0;
  unix_pair(s);
  init();
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 0), 0);
  put(s[1], "x");
  EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
  EQUAL(d, s[0]);
  EQUAL(revents, IOM_READ);
  EQUAL(iom_wait(&mux, &d, &revents, 50), 0);
}

TEST(added_again_it_is_delivered_again, .valgrind = 1) {
  int s[2];
  int64 d;
  unsigned revents;
  unix_pair(s);
  init();
  put(s[1], "x");
  for (int i = 0; i < 5; i++) {
    EQUAL(iom_add(&mux, s[0], IOM_READ | IOM_WRITE), 0);
    EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
    EQUAL(d, s[0]);
    EQUAL(revents, IOM_READ | IOM_WRITE);
  }
}

TEST(only_what_was_asked_for, .valgrind = 1) {
  int s[2];
  int64 d;
  unsigned revents;
  unix_pair(s);
  init();
  put(s[1], "x");
  EQUAL(iom_add(&mux, s[0], IOM_WRITE), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
  EQUAL(revents, IOM_WRITE);
  close(s[1]);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
  EQUAL(revents & ~(unsigned)IOM_ERROR, IOM_READ);
}

TEST(error_is_told, .valgrind = 1) {
  int p[2];
  int64 d;
  unsigned revents;
  CHECK(pipe(p) == 0);
  init();
  close(p[0]);
  EQUAL(iom_add(&mux, p[1], IOM_WRITE), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
  EQUAL(d, p[1]);
  EQUAL(revents, IOM_WRITE | IOM_ERROR);
}

TEST(closing_discards_the_registration, .valgrind = 1) {
  int s[2];
  int64 d;
  unsigned revents;
  unix_pair(s);
  init();
  put(s[1], "x");
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  close(s[0]);
  EQUAL(iom_wait(&mux, &d, &revents, 50), 0);
}

/* Not even what the library itself made up for it. */
TEST(next_owner_of_a_number_inherits_no_event, .valgrind = 1) {
  int p[2], s[2];
  int64 d;
  unsigned revents;
  init();
  CHECK(pipe(p) == 0);
  close(p[0]);
  EQUAL(iom_add(&mux, p[1], IOM_WRITE), 0);
  close(p[1]);
  unix_pair(s);
  EQUAL(s[1], p[1]);
  EQUAL(iom_add(&mux, s[1], IOM_READ), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 50), 0);
}

TEST(timeout_is_relative, .valgrind = 1) {
  int64 d;
  unsigned revents;
  int64_t begin = millis();
  init();
  EQUAL(iom_wait(&mux, &d, &revents, 120), 0);
  CHECK(millis() - begin >= 119);
}

TEST(bad_input, .valgrind = 1) {
  static const int64 bad[] = {-1, 9999, 1LL << 32, INT64_MIN};
  int file;
  init();
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    errno = 0;
    EQUAL(iom_add(&mux, bad[i], IOM_READ), -1);
    EQUAL(errno, EBADF);
  }
  EQUAL(iom_add(&mux, 0, 0), -1);
  EQUAL(errno, EINVAL);
  EQUAL(iom_add(&mux, 0, 64), -1);
  EQUAL(errno, EINVAL);
  CHECK((file = open("/proc/self/exe", O_RDONLY)) != -1);
  EQUAL(iom_add(&mux, file, IOM_READ), -1);
  EQUAL(errno, EPERM);
  EQUAL(iom_init(0), -1);
  EQUAL(iom_add(0, 0, IOM_READ), -1);
  EQUAL(iom_abort(0), -1);
}

/* ---- threads ---- */

static int64_t ended_at[16];
static int results[16];
static unsigned long timeout;

static void *wait_in_thread(void *arg) {
  int i = (int)(intptr_t)arg;
  int64 d;
  unsigned revents;
  results[i] = iom_wait(&mux, &d, &revents, timeout);
  ended_at[i] = millis();
  return 0;
}

static void wait_in_16_threads(pthread_t thread[16]) {
  for (intptr_t i = 0; i < 16; i++) CHECK(pthread_create(&thread[i], 0, wait_in_thread, (void *)i) == 0);
}

TEST(timeout_of_every_thread, .valgrind = 1) {
  pthread_t thread[16];
  int64_t begin = millis();
  init();
  timeout = 150;
  wait_in_16_threads(thread);
  for (int i = 0; i < 16; i++) {
    pthread_join(thread[i], 0);
    EQUAL(results[i], 0);
    CHECK(ended_at[i] - begin >= 149);
  }
}

TEST(abort_ends_every_wait, .valgrind = 1) {
  pthread_t thread[16];
  int64 d;
  unsigned revents;
  init();
  timeout = (unsigned long)-1;
  wait_in_16_threads(thread);
  sleep_ms(100);
  EQUAL(iom_abort(&mux), 0);
  for (int i = 0; i < 16; i++) {
    pthread_join(thread[i], 0);
    EQUAL(results[i], -2);
  }
  EQUAL(iom_wait(&mux, &d, &revents, (unsigned long)-1), -2);
  EQUAL(iom_wait(&mux, &d, &revents, 0), -2);
}

TEST(signals_do_not_interrupt, .valgrind = 1) {
  int s[2];
  int64 d;
  unsigned revents;
  pid_t parent = getpid(), pid;
  unix_pair(s);
  init();
  count_signal(SIGUSR1);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  pid = child();
  if (pid == 0) {
    for (int i = 0; i < 10; i++) {
      sleep_ms(20);
      kill(parent, SIGUSR1);
    }
    put(s[1], "x");
    done();
  }
  EQUAL(iom_wait(&mux, &d, &revents, (unsigned long)-1), 1);
  EQUAL(d, s[0]);
  join(pid);
  CHECK(signals_seen > 0);
}

/* A descriptor added by one thread is noticed by a wait that already runs in another. */
static int later_socket[2];

static void add_now(void *arg) {
  (void)arg;
  EQUAL(iom_add(&mux, later_socket[0], IOM_READ), 0);
}

TEST(added_during_a_wait, .valgrind = 1) {
  int64 d;
  unsigned revents;
  unix_pair(later_socket);
  put(later_socket[1], "x");
  init();
  pthread_t thread = after(100, add_now, 0);
  EQUAL(iom_wait(&mux, &d, &revents, 10000), 1);
  EQUAL(d, later_socket[0]);
  pthread_join(thread, 0);
}

/* A million events among 16 threads, each exactly once: every byte that is written is one event, taken by one thread. They are
 * a tenth of that where an event takes poll(2), or the kevent that is loaded before the program, ten times as long. */
enum { PIPES = 64 };
static long events = 1000000;
static int pipes[PIPES][2];
static int busy[PIPES];
static long taken_of[PIPES], taken;

static void *serve(void *arg) {
  int64 d;
  unsigned revents;
  int r;
  (void)arg;
  while ((r = iom_wait(&mux, &d, &revents, 20000)) == 1) {
    char byte[1];
    int i = 0;
    while (pipes[i][0] != d) i++;
    EQUAL(revents, IOM_READ);
    /* No other thread may have this descriptor's event now. */
    EQUAL(__atomic_exchange_n(&busy[i], 1, __ATOMIC_SEQ_CST), 0);
    EQUAL(read((int)d, byte, 1), 1);
    taken_of[i]++;
    EQUAL(__atomic_exchange_n(&busy[i], 0, __ATOMIC_SEQ_CST), 1);
    EQUAL(iom_add(&mux, d, IOM_READ), 0);
    if (__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST) == events) iom_abort(&mux);
  }
  EQUAL(r, -2);
  return 0;
}

TEST(million_events_exactly_once, .seconds = 120) {
  pthread_t thread[16];
  static char bytes[4096];
  long sum = 0;
  if (getenv("OWFAT_BACKEND") || getenv("LD_PRELOAD")) events /= 10;
  init();
  for (int i = 0; i < PIPES; i++) {
    CHECK(pipe(pipes[i]) == 0);
    EQUAL(iom_add(&mux, pipes[i][0], IOM_READ), 0);
  }
  for (int i = 0; i < 16; i++) CHECK(pthread_create(&thread[i], 0, serve, 0) == 0);
  for (long left = events, i = 0; left; i = (i + 1) % PIPES) {
    size_t n = left < 500 ? (size_t)left : 500;
    EQUAL(write(pipes[i][1], bytes, n), (ssize_t)n);
    left -= (long)n;
  }
  for (int i = 0; i < 16; i++) pthread_join(thread[i], 0);
  for (int i = 0; i < PIPES; i++) {
    int count = 0;
    CHECK(ioctl(pipes[i][0], FIONREAD, &count) == 0);
    EQUAL(count, 0);
    sum += taken_of[i];
  }
  EQUAL(sum, events);
}
