/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which directions are reported. Where reading and writing are filters of their own (kqueue), their numbers are no bits: each
 * direction by itself, both at once, the end of file and errors have to come out as what they are. */
#include "loop.h"

static iomux_t mux;
static int s[2];

/* Waits for the one event there is, and says what it is; 0 if there is none. */
static unsigned event_of(int64 d, unsigned long ms) {
  int64 got = -1;
  unsigned revents = 0;
  int n = iom_wait(&mux, &got, &revents, ms);
  if (n == 0) return 0;
  EQUAL(n, 1);
  EQUAL(got, d);
  CHECK(revents != 0);
  EQUAL(iom_wait(&mux, &got, &revents, 20), 0);
  return revents;
}

static unsigned armed(int64 d, unsigned events, unsigned long ms) {
  EQUAL(iom_add(&mux, d, events), 0);
  return event_of(d, ms);
}

static void begin(void) {
  unix_pair(s);
  EQUAL(iom_init(&mux), 1);
}

enum { BOTH = IOM_READ | IOM_WRITE, SOON = 5000, AT_ONCE = 50 };

/* ---- iom_wait ---- */

TEST(iom_both_directions, .valgrind = 1) {
  begin();
  put(s[1], "x");
  EQUAL(armed(s[0], BOTH, SOON), BOTH);
}

TEST(iom_write_of_both, .valgrind = 1) {
  begin();
  EQUAL(armed(s[0], BOTH, SOON), IOM_WRITE);
}

TEST(iom_read_of_both, .valgrind = 1) {
  begin();
  fill(s[0]);
  put(s[1], "x");
  EQUAL(armed(s[0], BOTH, SOON), IOM_READ);
  /* And then the other one. */
  drain(s[0]);
  EQUAL(armed(s[0], BOTH, AT_ONCE), 0);
  drain(s[1]);
  EQUAL(event_of(s[0], SOON), IOM_WRITE);
}

TEST(iom_write_alone, .valgrind = 1) {
  begin();
  put(s[1], "x");
  EQUAL(armed(s[0], IOM_WRITE, SOON), IOM_WRITE);
  fill(s[0]);
  EQUAL(armed(s[0], IOM_WRITE, AT_ONCE), 0);
  drain(s[1]);
  EQUAL(event_of(s[0], SOON), IOM_WRITE);
}

TEST(iom_read_alone, .valgrind = 1) {
  begin();
  EQUAL(armed(s[0], IOM_READ, AT_ONCE), 0);
  put(s[1], "x");
  EQUAL(event_of(s[0], SOON), IOM_READ);
}

/* What was armed before and is not asked for any more brings nothing. */
TEST(iom_one_direction_after_the_other, .valgrind = 1) {
  begin();
  fill(s[0]);
  EQUAL(armed(s[0], IOM_WRITE, AT_ONCE), 0);
  EQUAL(armed(s[0], IOM_READ, AT_ONCE), 0);
  drain(s[1]);
  EQUAL(event_of(s[0], AT_ONCE), 0);
  put(s[1], "x");
  EQUAL(event_of(s[0], SOON), IOM_READ);
}

TEST(iom_end_of_file, .valgrind = 1) {
  char c;
  begin();
  shutdown(s[1], SHUT_WR);
  EQUAL(armed(s[0], IOM_READ, SOON), IOM_READ);
  EQUAL(read(s[0], &c, 1), 0);
  EQUAL(armed(s[0], BOTH, SOON), BOTH);
  EQUAL(armed(s[0], IOM_WRITE, SOON), IOM_WRITE);
}

TEST(iom_end_of_file_behind_data, .valgrind = 1) {
  char buf[4];
  begin();
  put(s[1], "abc");
  shutdown(s[1], SHUT_WR);
  EQUAL(armed(s[0], IOM_READ, SOON), IOM_READ);
  EQUAL(read(s[0], buf, sizeof buf), 3);
  EQUAL(armed(s[0], IOM_READ, SOON), IOM_READ);
  EQUAL(read(s[0], buf, sizeof buf), 0);
}

/* The reader of a pipe goes during the wait, or before it. */
TEST(iom_writer_without_a_reader, .valgrind = 1) {
  int p[2];
  EQUAL(iom_init(&mux), 1);
  CHECK(pipe(p) == 0);
  fill(p[1]);
  EQUAL(armed(p[1], IOM_WRITE, AT_ONCE), 0);
  close(p[0]);
  EQUAL(event_of(p[1], SOON), IOM_WRITE | IOM_ERROR);
  EQUAL(armed(p[1], IOM_WRITE, SOON), IOM_WRITE | IOM_ERROR);
}

static void reset_pair(void) {
  struct linger none = {1, 0};
  tcp_pair(s);
  CHECK(setsockopt(s[1], SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
}

TEST(iom_reset_connection, .valgrind = 1) {
  char c;
  reset_pair();
  EQUAL(iom_init(&mux), 1);
  EQUAL(armed(s[0], IOM_READ, AT_ONCE), 0);
  close(s[1]);
  EQUAL(event_of(s[0], SOON), IOM_READ | IOM_ERROR);
  EQUAL(read(s[0], &c, 1), -1);
  EQUAL(errno, ECONNRESET);
}

TEST(iom_refused_by_the_kernel, .valgrind = 1) {
  begin();
  close(s[0]);
  errno = 0;
  EQUAL(iom_add(&mux, s[0], BOTH), -1);
  EQUAL(errno, EBADF);
  EQUAL(event_of(s[0], AT_ONCE), 0);
}

/* ---- io_waituntil2 ---- */

static void want(int read, int write) {
  known(s[0]);
  if (read) io_wantread(s[0]);
  if (write) io_wantwrite(s[0]);
}

/* A turn, with what it has to report of s[0]. */
static void reports(int64 ms, int readable, int writable) {
  int64 n = io_waituntil2(ms);
  CHECK(readable || writable ? n > 0 : n == 0);
  collect();
  EQUAL(was_readable(s[0]), readable);
  EQUAL(was_writable(s[0]), writable);
}

TEST(wait_for_both_directions, .valgrind = 1) {
  unix_pair(s);
  put(s[1], "x");
  want(1, 1);
  reports(SOON, 1, 1);
  drain(s[0]);
  io_eagain_read(s[0]);
  reports(0, 0, 1);
  fill(s[0]);
  io_eagain_write(s[0]);
  reports(AT_ONCE, 0, 0);
  put(s[1], "x");
  drain(s[1]);
  reports(SOON, 1, 1);
}

TEST(wait_for_writing_alone, .valgrind = 1) {
  unix_pair(s);
  put(s[1], "x");
  fill(s[0]);
  want(0, 1);
  reports(AT_ONCE, 0, 0);
  drain(s[1]);
  reports(SOON, 0, 1);
}

TEST(wait_for_reading_alone, .valgrind = 1) {
  unix_pair(s);
  want(1, 0);
  reports(AT_ONCE, 0, 0);
  put(s[1], "x");
  reports(SOON, 1, 0);
}

TEST(wait_for_the_end_of_file, .valgrind = 1) {
  char c;
  unix_pair(s);
  want(1, 0);
  reports(0, 0, 0);
  shutdown(s[1], SHUT_WR);
  reports(SOON, 1, 0);
  EQUAL(io_tryread(s[0], &c, 1), 0);
  io_dontwantread(s[0]);
  io_wantwrite(s[0]);
  reports(SOON, 0, 1);
}

TEST(wait_for_a_reset, .valgrind = 1) {
  char c;
  reset_pair();
  fill(s[0]);
  want(1, 1);
  reports(0, 0, 0);
  close(s[1]);
  reports(SOON, 1, 1);
  EQUAL(io_tryread(s[0], &c, 1), -3);
  EQUAL(errno, ECONNRESET);
}

/* A pipe without a reader is refused by some kernels when it is registered: it counts as writable. */
TEST(wait_for_a_writer_without_a_reader, .valgrind = 1) {
  int p[2];
  CHECK(pipe(p) == 0);
  close(p[0]);
  signal(SIGPIPE, SIG_IGN);
  s[0] = p[1];
  want(0, 1);
  reports(SOON, 0, 1);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}
