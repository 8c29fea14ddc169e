/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* End of file, hang-up, reset and urgent data: before, together with, between and after the data. */
#include "kinds.h"

#include <sys/ioctl.h>

/* ---- end of file with and after the data, for every kind of stream ---- */

static void reset(int d) {
  struct linger none = {1, 0};
  CHECK(setsockopt(d, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
  close(d);
}

static void begin(void (*open)(void)) {
  open();
  known(rd);
  io_wantread(rd);
  EQUAL(in_read_round(rd), 0);
}

/* Reads with a buffer that is larger than what is there. */
static void short_read(int64 expected) {
  char buf[4096];
  EQUAL(io_tryread(rd, buf, sizeof buf), expected);
}

/* The data and the end are both there before the first wait; one short read per event. */
static void end_with_data(void (*open)(void), void (*close_peer)(void)) {
  begin(open);
  put(wr, "12345678");
  close_peer();
  AWAIT(rd, POLLIN);
  sleep_ms(20);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(8);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(0);
  EQUAL(in_read_round(rd), 1);
}

/* The same with a plain read. */
static void end_with_data_plain(void (*open)(void), void (*close_peer)(void)) {
  char buf[4096];
  begin(open);
  put(wr, "12345678");
  close_peer();
  AWAIT(rd, POLLIN);
  sleep_ms(20);
  wait_round();
  EQUAL(was_readable(rd), 1);
  EQUAL(read(rd, buf, sizeof buf), 8);
  wait_round();
  EQUAL(was_readable(rd), 1);
  EQUAL(read(rd, buf, sizeof buf), 0);
}

/* The event for the data has been taken in before the end arrives, the data is read after it. */
static void end_between(void (*open)(void), void (*close_peer)(void)) {
  begin(open);
  put(wr, "12345678");
  AWAIT(rd, POLLIN);
  wait_round();
  EQUAL(was_readable(rd), 1);
  close_peer();
  sleep_ms(20);
  short_read(8);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(0);
}

static void end_after_data(void (*open)(void), void (*close_peer)(void)) {
  begin(open);
  put(wr, "12345678");
  AWAIT(rd, POLLIN);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(8);
  short_read(-1);
  EQUAL(in_read_round(rd), 0);
  close_peer();
  AWAIT(rd, POLLIN);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(0);
}

static void end_alone(void (*open)(void), void (*close_peer)(void)) {
  begin(open);
  close_peer();
  AWAIT(rd, POLLIN);
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
  }
  short_read(0);
}

/* The event is seen while there is no read interest. */
static void end_without_interest(void (*open)(void), void (*close_peer)(void)) {
  begin(open);
  io_dontwantread(rd);
  close_peer();
  AWAIT(rd, POLLIN);
  EQUAL(in_read_round(rd), 0);
  io_wantread(rd);
  wait_round();
  EQUAL(was_readable(rd), 1);
}

static void close_wr(void) { close(wr); }

static void shut_wr(void) { CHECK(shutdown(wr, SHUT_WR) == 0); }

#define STREAM(NAME, OPEN, END)                                               \
  TEST(NAME##_with_data, .valgrind = 1) { end_with_data(OPEN, END); }         \
  TEST(NAME##_with_data_plain_read) { end_with_data_plain(OPEN, END); }       \
  TEST(NAME##_between_event_and_read) { end_between(OPEN, END); }             \
  TEST(NAME##_after_data) { end_after_data(OPEN, END); }                      \
  TEST(NAME##_alone) { end_alone(OPEN, END); }                                \
  TEST(NAME##_without_interest) { end_without_interest(OPEN, END); }

STREAM(tcp_fin, open_tcp, close_wr)
STREAM(tcp_half_close, open_tcp, shut_wr)
STREAM(unix_end, open_unix, close_wr)
STREAM(unix_half_close, open_unix, shut_wr)
STREAM(pipe_end, open_pipe, close_wr)
STREAM(fifo_end, open_fifo, close_wr)

/* ---- reset ---- */

TEST(reset_alone) {
  char buf[8];
  begin(open_tcp);
  reset(wr);
  AWAIT(rd, POLLIN);
  wait_round();
  EQUAL(was_readable(rd), 1);
  EQUAL(io_tryread(rd, buf, sizeof buf), -3);
  EQUAL(errno, ECONNRESET);
}

TEST(reset_makes_writable_too) {
  begin(open_tcp);
  io_wantwrite(rd);
  fill(rd);
  in_write_round(rd);
  EQUAL(in_write_round(rd), 0);
  reset(wr);
  AWAIT(rd, POLLOUT);
  wait_round();
  EQUAL(was_readable(rd), 1);
  EQUAL(was_writable(rd), 1);
}

TEST(reset_with_write_interest_only) {
  begin(open_tcp);
  io_dontwantread(rd);
  io_wantwrite(rd);
  fill(rd);
  in_write_round(rd);
  EQUAL(in_write_round(rd), 0);
  reset(wr);
  AWAIT(rd, POLLOUT);
  wait_round();
  EQUAL(was_writable(rd), 1);
  EQUAL(was_readable(rd), 0);
}

TEST(reset_after_data_that_was_read) {
  char buf[8];
  begin(open_tcp);
  put(wr, "12345678");
  AWAIT(rd, POLLIN);
  wait_round();
  short_read(8);
  reset(wr);
  AWAIT(rd, POLLHUP);
  wait_round();
  EQUAL(was_readable(rd), 1);
  EQUAL(io_tryread(rd, buf, sizeof buf), -3);
}

TEST(pipe_without_readers_makes_writable) {
  int p[2];
  CHECK(pipe(p) == 0);
  known(p[1]);
  fill(p[1]);
  io_wantwrite(p[1]);
  EQUAL(in_write_round(p[1]), 0);
  close(p[0]);
  wait_round();
  EQUAL(was_writable(p[1]), 1);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}

/* An error that waits on a datagram socket: no socket listens where it sent to. */
TEST(error_on_a_datagram_socket) {
  int s[2];
  char c;
  udp_pair(s);
  close(s[1]);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  put(s[0], "x");
  AWAIT(s[0], POLLERR);
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  EQUAL(io_tryread(s[0], &c, 1), -3);
  EQUAL(errno, ECONNREFUSED);
  EQUAL(in_read_round(s[0]), 0);
}

/* ---- reads that are short although more is there ---- */

/* A read stops at the mark of urgent data. */
TEST(urgent_data_ends_a_read_early) {
  begin(open_tcp);
  put(wr, "abc");
  EQUAL(send(wr, "!", 1, MSG_OOB), 1);
  put(wr, "defg");
  AWAIT(rd, POLLPRI);
  int there = 0;
  while (there < 3 + 4) {
    CHECK(ioctl(rd, FIONREAD, &there) == 0);
    if (there == 3) break;
  }
  sleep_ms(50);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(3);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(4);
  EQUAL(in_read_round(rd), 0);
}

TEST(urgent_data_alone_is_not_readable) {
  begin(open_tcp);
  EQUAL(send(wr, "!", 1, MSG_OOB), 1);
  AWAIT(rd, POLLPRI);
  for (int i = 0; i < 3; i++) EQUAL(in_read_round(rd), 0);
  put(wr, "abc");
  AWAIT(rd, POLLIN);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(3);
}

/* A read on a Unix socket stops behind a byte that carries a descriptor. */
TEST(passed_descriptor_ends_a_read_early) {
  char room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec byte = {"!", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  begin(open_unix);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &wr, sizeof wr);
  put(wr, "abc");
  EQUAL(sendmsg(wr, &message, 0), 1);
  put(wr, "defg");
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(4);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(4);
  EQUAL(in_read_round(rd), 0);
}

#ifdef SO_PASSCRED
/* With SO_PASSCRED a read does not glue together what different processes wrote. */
TEST(another_writer_ends_a_read_early) {
  int one = 1;
  begin(open_unix);
  CHECK(setsockopt(rd, SOL_SOCKET, SO_PASSCRED, &one, sizeof one) == 0);
  put(wr, "abc");
  pid_t pid = child();
  if (pid == 0) {
    put(wr, "defg");
    done();
  }
  join(pid);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(3);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(4);
  EQUAL(in_read_round(rd), 0);
}
#endif

/* A datagram that is larger than the buffer leaves nothing behind; the next one is still there. */
TEST(short_datagrams) {
  begin(open_udp);
  for (int i = 0; i < 3; i++) put(wr, "12345678");
  AWAIT(rd, POLLIN);
  sleep_ms(20);
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
    short_read(8);
  }
  EQUAL(in_read_round(rd), 0);
}

/* An empty datagram is read as 0 bytes, and is no end. */
TEST(empty_datagrams) {
  begin(open_udp);
  EQUAL(send(wr, "", 0, 0), 0);
  put(wr, "12345678");
  AWAIT(rd, POLLIN);
  sleep_ms(20);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(0);
  wait_round();
  EQUAL(was_readable(rd), 1);
  short_read(8);
  EQUAL(in_read_round(rd), 0);
}
