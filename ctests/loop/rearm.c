/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A registration that the kernel refuses to change, some times or for good, for want of memory: the state that the library keeps must
 * not run ahead of what the kernel knows. And an instance that the program has closed. */
#include "loop.h"

#include <sys/epoll.h>
#include <sys/syscall.h>

static int s[2], failures;

/* In front of libc's: changes of one registration fail as often as the test says. (Our kevent passes that on.) */
int epoll_ctl(int queue, int operation, int d, struct epoll_event *event) {
  if (failures > 0 && operation == EPOLL_CTL_MOD && d == s[0]) {
    failures--;
    errno = ENOMEM;
    return -1;
  }
  return (int)syscall(SYS_epoll_ctl, queue, operation, d, event);
}

enum { TIMES = 20, MANY_EVENTS = 600 };

static void begin(void (*pair)(int[2])) {
  pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_check();
  collect();
}

/* Whether io_canread returns the descriptor in good time. Until the kernel watches it again it may come for nothing. */
static void heard(void) {
  char buf[8];
  ssize_t got;
  int64_t end = millis() + 3000;
  do {
    CHECK(millis() < end);
    io_waituntil(in_ms(1000));
    collect();
    got = was_readable(s[0]) ? io_tryread(s[0], buf, sizeof buf) : -1;
  } while (got < 1);
  EQUAL(got, 1);
}

/* ... and then is quiet when there is nothing. */
static void quiet(void) {
  char c;
  for (int i = 0; i < 2 * TIMES + 5; i++) {
    io_check();
    collect();
    if (was_readable(s[0])) EQUAL(io_tryread(s[0], &c, 1), -1);
  }
  int64_t begin = cpu_millis(), start = millis();
  io_waituntil(in_ms(200));
  collect();
  EQUAL(t_round.reads, 0);
  CHECK(millis() - start >= 195);
  CHECK(cpu_millis() - begin < 100);
}

/* Events that can be told apart no longer: the registration needs another token. */
static void another_token(int times) {
  begin(unix_pair);
  for (int i = 0; i < MANY_EVENTS; i++) {
    put(s[1], "x");
    io_check();
    drain(s[0]);
  }
  put(s[1], "x");
  io_check();
  EQUAL(io_canread(), s[0]);
  failures = times;
  drain(s[0]);
  io_check();
  collect();
  put(s[1], "x");
  heard();
  failures = 0;
  quiet();
  put(s[1], "x");
  heard();
}

TEST(a_token_once) { another_token(1); }
TEST(a_token_often) { another_token(TIMES); }

/* Datagrams read one at a time make it level-triggered, which write interest takes back. */
static void unix_datagrams(int pair[2]) { CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0); }

static void level_and_edge(int times) {
  begin(unix_datagrams);
  for (int i = 0; i < 4; i++) {
    failures = times;
    put(s[1], "x");
    put(s[1], "y");
    heard();
    heard();
    failures = 0;
    io_wantwrite(s[0]);
    failures = times;
    io_waituntil(in_ms(1000));
    collect();
    EQUAL(was_writable(s[0]), 1);
    fill(s[0]);
    io_eagain_write(s[0]);
    failures = 0;
    /* Counted as ready for as long as the change was refused. */
    io_check();
    collect();
    if (was_writable(s[0])) io_eagain_write(s[0]);
    drain(s[1]);
    io_waituntil(in_ms(1000));
    collect();
    EQUAL(was_writable(s[0]), 1);
    io_dontwantwrite(s[0]);
  }
  failures = 0;
  quiet();
}

TEST(a_mode_once) { level_and_edge(1); }
TEST(a_mode_often) { level_and_edge(TIMES); }

/* In blocking mode what is not ready is not returned, though the kernel has no memory to say so. */
TEST(in_blocking_mode) {
  unix_datagrams(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(read(s[0], &(char){0}, 1), 1);
  failures = TIMES;
  for (int i = 0; i < TIMES + 5; i++) {
    EQUAL(in_read_round(s[0]), 0);
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 1);
    EQUAL(read(s[0], &(char){0}, 1), 1);
  }
}

/* For good: not a processor for it, and nothing lost. */
TEST(for_good) {
  begin(unix_datagrams);
  failures = INT32_MAX;
  int64_t used = cpu_millis();
  for (int i = 0; i < 10; i++) {
    put_after(20, &s[1]);
    heard();
  }
  CHECK(cpu_millis() - used < 150);
}

/* ---- the program closes what it has not opened ---- */

static void close_instances(void) {
  for (int d = 3; d < 64; d++)
    if (d != s[0] && d != s[1] && syscall(SYS_epoll_ctl, d, EPOLL_CTL_DEL, s[1], 0) == -1 && errno == ENOENT) close(d);
}

/* What is stale at that moment is not taken for a closed descriptor. */
TEST(an_instance_that_was_closed) {
  for (int reused = 0; reused < 2; reused++) {
    int other[2];
    begin(unix_pair);
    put(s[1], "xy");
    EQUAL(in_read_round(s[0]), 1);
    EQUAL(read(s[0], &(char){0}, 1), 1);
    close_instances();
    if (reused) unix_pair(other);
    heard();
    quiet();
    put(s[1], "x");
    heard();
    io_close(s[0]);
    close(s[1]);
  }
}

/* Nor is what is registered next counted as always ready. */
TEST(registered_with_an_instance_that_was_closed) {
  for (int reused = 0; reused < 2; reused++) {
    int first[2], other[2];
    begin(unix_pair);
    memcpy(first, s, sizeof first);
    close_instances();
    if (reused) unix_pair(other);
    begin(unix_pair);
    put(s[1], "x");
    heard();
    quiet();
    io_close(s[0]);
    io_close(first[0]);
  }
}
