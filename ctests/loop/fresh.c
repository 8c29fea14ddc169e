/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every function is safe before the first io_fd and after io_finishandshutdown; and no number is special. */
#include "loop.h"

/* Calls everything there is, on numbers that were never registered. */
static void everything(int64 d) {
  char buf[200];
  io_check();
  io_wait();
  io_waituntil(in_ms(-1));
  EQUAL(io_waituntil2(0), 0);
  EQUAL(io_waituntil2(-1), 0);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_timedout(d), 0);
  io_timeout(d, in_ms(-1));
  io_wantread(d);
  io_wantwrite(d);
  io_dontwantread(d);
  io_dontwantwrite(d);
  io_eagain(d);
  io_eagain_read(d);
  io_eagain_write(d);
  io_setcookie(d, buf);
  CHECK(io_getcookie(d) == 0);
  EQUAL(io_debugstring(d, buf, sizeof buf), 0);
  EQUAL(io_tryread(d, buf, 1), -3);
  EQUAL(io_trywrite(d, buf, 1), -3);
  EQUAL(io_waitread(d, buf, 1), -3);
  EQUAL(io_waitwrite(d, buf, 1), -3);
  EQUAL(io_tryreadtimeout(d, buf, 1), -3);
  EQUAL(io_trywritetimeout(d, buf, 1), -3);
}

#define FIRST_CALL(NAME, ...)                                                 \
  TEST(NAME##_is_safe_as_the_first_call) {                                    \
    int s[2];                                                                 \
    char buf[200];                                                            \
    unix_pair(s);                                                             \
    (void)buf;                                                                \
    __VA_ARGS__;                                                              \
    EQUAL(io_fd(s[0]), 1);                                                    \
    io_finishandshutdown();                                                   \
    __VA_ARGS__;                                                              \
  }

FIRST_CALL(io_wait, io_wait())
FIRST_CALL(io_check, io_check())
FIRST_CALL(io_waituntil, io_waituntil(in_ms(-1)))
FIRST_CALL(io_waituntil2, EQUAL(io_waituntil2(0), 0))
FIRST_CALL(io_canread, EQUAL(io_canread(), -1))
FIRST_CALL(io_canwrite, EQUAL(io_canwrite(), -1))
FIRST_CALL(io_timeouted, EQUAL(io_timeouted(), -1))
FIRST_CALL(io_timedout, EQUAL(io_timedout(s[0]), 0))
FIRST_CALL(io_timeout, io_timeout(s[0], in_ms(-1)))
FIRST_CALL(io_wantread, io_wantread(s[0]))
FIRST_CALL(io_wantwrite, io_wantwrite(s[0]))
FIRST_CALL(io_dontwantread, io_dontwantread(s[0]))
FIRST_CALL(io_dontwantwrite, io_dontwantwrite(s[0]))
FIRST_CALL(io_eagain, io_eagain(s[0]))
FIRST_CALL(io_eagain_read, io_eagain_read(s[0]))
FIRST_CALL(io_eagain_write, io_eagain_write(s[0]))
FIRST_CALL(io_setcookie, io_setcookie(s[0], buf))
FIRST_CALL(io_getcookie, CHECK(io_getcookie(s[0]) == 0))
FIRST_CALL(io_debugstring, EQUAL(io_debugstring(s[0], buf, sizeof buf), 0))
FIRST_CALL(io_tryread, EQUAL(io_tryread(s[0], buf, 1), -3))
FIRST_CALL(io_trywrite, EQUAL(io_trywrite(s[0], buf, 1), -3))
FIRST_CALL(io_nonblock, io_nonblock(s[0]))
FIRST_CALL(io_finishandshutdown, io_finishandshutdown())

TEST(everything_before_the_first_descriptor, .valgrind = 1) {
  int s[2];
  unix_pair(s);
  everything(s[0]);
  everything(1000000);
}

TEST(everything_after_the_end, .valgrind = 1) {
  int s[2];
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_timeout(s[0], in_ms(-1));
  put(s[1], "x");
  io_wait();
  io_finishandshutdown();
  everything(s[0]);
}

TEST(close_as_the_first_call) {
  int s[2];
  unix_pair(s);
  io_close(s[0]);
  CHECK(!is_open(s[0]));
}

/* ---- numbers ---- */

static void works_as(int number) {
  int s[2];
  unix_pair(s);
  if (s[0] != number) {
    EQUAL(dup2(s[0], number), number);
    if (s[1] == number) FAIL("the peer is in the way");
  }
  known(number);
  io_wantread(number);
  for (int i = 0; i < 3; i++) {
    put(s[1], "x");
    wait_round();
    EQUAL(was_readable(number), 1);
    drain(number);
    EQUAL(in_read_round(number), 0);
  }
}

TEST(descriptor_0) { works_as(0); }

TEST(descriptor_1) { works_as(1); }

TEST(descriptor_15) { works_as(15); }

TEST(descriptor_16) { works_as(16); }

TEST(descriptor_17) { works_as(17); }

TEST(descriptors_64_to_1000_one_at_a_time) {
  for (int d = 64; d <= 1000; d += 13) {
    works_as(d);
    io_close(d);
  }
}

TEST(hundred_descriptors_at_once) {
  int s[100][2];
  for (int i = 0; i < 100; i++) {
    unix_pair(s[i]);
    known(s[i][0]);
    io_wantread(s[i][0]);
  }
  for (int i = 0; i < 100; i++) {
    put(s[i][1], "x");
    wait_round();
    EQUAL(t_round.reads, 1);
    EQUAL(was_readable(s[i][0]), 1);
    drain(s[i][0]);
  }
  EQUAL(in_read_round(0), 0);
}
