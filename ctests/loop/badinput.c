/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers, lengths and moments that no program should use: the contract's error, no crash, no hang, no leak. */
#include "loop.h"

static int s[2];
static char buf[200];

/* A registered descriptor with read interest, which all that follows must not touch. */
static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_setcookie(s[0], buf);
  EQUAL(in_read_round(s[0]), 0);
}

static void is_untouched(void) {
  CHECK(is_open(s[0]) && is_open(s[1]));
  CHECK(is_nonblocking(s[0]));
  EQUAL(fcntl(s[0], F_GETFD), 0);
  CHECK(io_getcookie(s[0]) == buf);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(read(s[0], buf, 10), 1);
}

/* Every function that takes a descriptor. */
static void all_functions(int64 d) {
  tai6464 past = in_ms(-1000);
  errno = 0;
  EQUAL(io_tryread(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_trywrite(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_waitread(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_waitwrite(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_tryreadtimeout(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_trywritetimeout(d, buf, 1), -3);
  EQUAL(errno, EBADF);
  io_tryread(d, buf, -1);
  io_trywrite(d, buf, -1);
  io_tryread(d, 0, 0);
  io_trywrite(d, 0, 0);
  io_timeout(d, past);
  EQUAL(io_timedout(d), 0);
  io_wantread(d);
  io_wantwrite(d);
  io_eagain(d);
  io_eagain_read(d);
  io_eagain_write(d);
  io_dontwantread(d);
  io_dontwantwrite(d);
  io_wantread(d);
  io_setcookie(d, &past);
  CHECK(io_getcookie(d) == 0);
  EQUAL(io_debugstring(d, buf, sizeof buf), 0);
  io_nonblock(d);
  io_block(d);
  io_closeonexec(d);
}

static void bad_number(int64 d) {
  begin();
  all_functions(d);
  errno = 0;
  EQUAL(io_fd(d), 0);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_fd_canwrite(d), 0);
  EQUAL(errno, EBADF);
  EQUAL(io_fd_flags(d, 0), 0);
  EQUAL(io_fd_flags(d, IO_FD_CANWRITE), 0);
  io_close(d);
  is_untouched();
}

TEST(number_minus_1, .valgrind = 1) { bad_number(-1); }

TEST(number_minus_2_to_31) { bad_number(INT32_MIN); }

TEST(number_smallest) { bad_number(INT64_MIN); }

TEST(number_largest) { bad_number(INT64_MAX); }

TEST(number_2_to_31) { bad_number((int64)1 << 31); }

TEST(number_2_to_32_and_a_known_one) {
  begin();
  int64 d = ((int64)1 << 32) + s[0];
  close(s[0]);
  close(s[1]);
  io_finishandshutdown();
  bad_number(d);
}

TEST(number_beyond_the_open_file_limit) { bad_number(1 << 30); }

TEST(number_largest_int) { bad_number(INT32_MAX); }

/* A caller that names the mode is trusted, but not with numbers that cannot be a descriptor's. */
TEST(number_with_a_mode) {
  int64 numbers[] = {-1, INT32_MIN, INT64_MIN, INT64_MAX, (int64)1 << 31, ((int64)1 << 32) + 1};
  for (int i = 0; i < 6; i++) {
    errno = 0;
    EQUAL(io_fd_flags(numbers[i], IO_FD_NONBLOCK), 0);
    EQUAL(errno, EBADF);
    errno = 0;
    EQUAL(io_fd_flags(numbers[i], IO_FD_BLOCK | IO_FD_CANWRITE), 0);
    EQUAL(errno, EBADF);
  }
}

/* Trusted wrongly: no crash, no hang, and the kernel's own error at the first try. */
TEST(number_of_a_closed_descriptor_with_a_mode) {
  begin();
  io_fd_flags(300, IO_FD_NONBLOCK);
  io_wantread(300);
  io_check();
  collect();
  EQUAL(io_tryread(300, buf, 1), -3);
  EQUAL(errno, EBADF);
  io_close(300);
  is_untouched();
}

TEST(number_of_a_closed_descriptor) {
  int d = dup(2);
  close(d);
  EQUAL(dup2(2, 300), 300);
  close(300);
  bad_number(300);
}

/* Open, but not registered: the modes work, everything else does not, and nothing is closed. */
TEST(number_never_registered, .valgrind = 1) {
  int t[2];
  begin();
  unix_pair(t);
  put(t[1], "x");
  all_functions(t[0]);
  CHECK(is_open(t[0]));
  EQUAL(in_read_round(t[0]), 0);
  is_untouched();
}

TEST(number_closed_by_io_close) {
  int t[2];
  begin();
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  put(t[1], "x");
  in_read_round(t[0]);
  io_close(t[0]);
  all_functions(t[0]);
  EQUAL(io_fd(t[0]), 0);
  io_close(t[0]);
  is_untouched();
}

/* Closed behind the library's back: reads and writes meet the kernel's own error. */
TEST(number_closed_by_plain_close) {
  int t[2];
  begin();
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  in_read_round(t[0]);
  close(t[0]);
  EQUAL(io_tryread(t[0], buf, 1), -3);
  EQUAL(errno, EBADF);
  EQUAL(io_trywrite(t[0], buf, 1), -3);
  EQUAL(errno, EBADF);
  EQUAL(io_waitread(t[0], buf, 1), -3);
  EQUAL(io_waitwrite(t[0], buf, 1), -3);
  io_eagain(t[0]);
  io_check();
  collect();
  io_close(t[0]);
  is_untouched();
}

TEST(unknown_flags) {
  begin();
  int t[2];
  unix_pair(t);
  io_fd_flags(t[0], -1);
  io_fd_flags(t[1], 1 << 20);
  io_wantread(t[0]);
  in_read_round(t[0]);
  put(t[1], "x");
  EQUAL(in_read_round(t[0]), 1);
  is_untouched();
}

TEST(null_buffers) {
  begin();
  put(s[1], "x");
  EQUAL(io_tryread(s[0], 0, 0), 0);
  EQUAL(io_tryread(s[0], 0, 1), -3);
  EQUAL(errno, EFAULT);
  EQUAL(io_trywrite(s[0], 0, 0), 0);
  EQUAL(io_trywrite(s[0], 0, 1), -3);
  EQUAL(errno, EFAULT);
  EQUAL(read(s[0], buf, 10), 1);
  is_untouched();
}

TEST(enormous_lengths) {
  begin();
  put(s[1], "x");
  EQUAL(io_tryread(s[0], buf, 200), 1);
  /* The kernel may look at the length before it looks for data. */
  int64 n = io_tryread(s[0], buf, INT64_MAX);
  CHECK((n == -1 && errno == EAGAIN) || (n == -3 && errno == EFAULT));
  n = io_trywrite(s[0], buf, INT64_MAX);
  CHECK(n > 0 || (n == -3 && errno == EFAULT));
  drain(s[1]);
  is_untouched();
}

TEST(canread_without_a_wait) {
  begin();
  put(s[1], "x");
  for (int i = 0; i < 10; i++) {
    int64 d = io_canread();
    CHECK(d == -1 || d == s[0]);
    CHECK(io_canwrite() == -1);
  }
  EQUAL(io_timeouted(), -1);
  EQUAL(read(s[0], buf, 10), 1);
  in_read_round(s[0]);
  is_untouched();
}

TEST(strange_deadlines) {
  struct taia strange;
  begin();
  memset(&strange, 0xff, sizeof strange);
  io_timeout(s[0], strange);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  strange.sec.x = 0;
  io_timeout(s[0], strange);
  EQUAL(io_timedout(s[0]), 1);
  EQUAL(io_timeouted(), s[0]);
  EQUAL(io_timeouted(), -1);
  io_waituntil(strange);
  io_timeout(s[0], no_moment());
  is_untouched();
}
