/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TCP connects in progress. */
#include "loop.h"

/* A listener whose queue is full: the kernel ignores further requests, and asks again after a second. */
static int full_listener(struct sockaddr_in *at) {
  int listener = tcp_listener(0, at);
  tcp_connect(at);
  for (int i = 0; i < 8; i++) {
    struct pollfd p = {.events = POLLOUT};
    p.fd = socket(AF_INET, SOCK_STREAM, 0);
    nonblocking(p.fd);
    CHECK(connect(p.fd, (struct sockaddr *)at, sizeof *at) == -1 && errno == EINPROGRESS);
    if (poll(&p, 1, 100) == 0) return listener;
  }
  FAIL("the queue does not fill");
}

static int begin(const struct sockaddr_in *to) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  known(s);
  CHECK(connect(s, (const struct sockaddr *)to, sizeof *to) == -1);
  EQUAL(errno, EINPROGRESS);
  io_wantwrite(s);
  return s;
}

static int error_of(int s) {
  int error = -1;
  socklen_t size = sizeof error;
  CHECK(getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
  return error;
}

TEST(connect_success, .valgrind = 1) {
  struct sockaddr_in at;
  int listener = tcp_listener(5, &at), s = begin(&at);
  AWAIT(s, POLLOUT);
  wait_round();
  EQUAL(was_writable(s), 1);
  EQUAL(error_of(s), 0);
  int peer = accept(listener, 0, 0);
  EQUAL(io_trywrite(s, "hello", 5), 5);
  AWAIT(peer, POLLIN);
  io_dontwantwrite(s);
  io_wantread(s);
  EQUAL(in_read_round(s), 0);
  put(peer, "x");
  AWAIT(s, POLLIN);
  EQUAL(in_read_round(s), 1);
}

/* Nothing before the answer, and then the end of the wait. */
TEST(connect_in_progress_is_not_reported) {
  struct sockaddr_in at;
  int listener = full_listener(&at), s = begin(&at);
  int64_t start = millis(), used = cpu_millis();
  for (int i = 0; i < 5; i++) EQUAL(in_write_round(s), 0);
  while (millis() - start < 200) {
    io_waituntil(in_ms(200));
    collect();
    EQUAL(was_writable(s), 0);
  }
  CHECK(cpu_millis() - used < 100);
  CHECK(accept(listener, 0, 0) != -1);
  CHECK(accept(listener, 0, 0) != -1);
  do {
    wait_round();
  } while (!was_writable(s));
  EQUAL(error_of(s), 0);
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  EQUAL(getpeername(s, (struct sockaddr *)&peer, &size), 0);
}

/* Registered by interest before connect, and looked at before connect too. */
TEST(interest_before_connect) {
  struct sockaddr_in at;
  int listener = full_listener(&at), s = socket(AF_INET, SOCK_STREAM, 0);
  known(s);
  io_wantwrite(s);
  CHECK(connect(s, (struct sockaddr *)&at, sizeof at) == -1 && errno == EINPROGRESS);
  for (int i = 0; i < 5; i++) EQUAL(in_write_round(s), 0);
  CHECK(accept(listener, 0, 0) != -1);
  CHECK(accept(listener, 0, 0) != -1);
  do {
    wait_round();
  } while (!was_writable(s));
  EQUAL(error_of(s), 0);
}

TEST(connection_refused) {
  struct sockaddr_in at;
  close(tcp_listener(1, &at));
  int s = begin(&at);
  wait_round();
  EQUAL(was_writable(s), 1);
  EQUAL(error_of(s), ECONNREFUSED);
}

TEST(connection_refused_met_by_a_write) {
  struct sockaddr_in at;
  close(tcp_listener(1, &at));
  int s = begin(&at);
  wait_round();
  EQUAL(was_writable(s), 1);
  EQUAL(io_trywrite(s, "x", 1), -3);
  EQUAL(errno, ECONNREFUSED);
}

TEST(connection_refused_with_read_interest) {
  struct sockaddr_in at;
  char c;
  close(tcp_listener(1, &at));
  int s = begin(&at);
  io_dontwantwrite(s);
  io_wantread(s);
  wait_round();
  EQUAL(was_readable(s), 1);
  EQUAL(io_tryread(s, &c, 1), -3);
}

/* Many programs try to write first, and look at EAGAIN. */
TEST(write_while_connecting) {
  struct sockaddr_in at;
  int listener = full_listener(&at), s = begin(&at);
  EQUAL(io_trywrite(s, "x", 1), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(in_write_round(s), 0);
  CHECK(accept(listener, 0, 0) != -1);
  CHECK(accept(listener, 0, 0) != -1);
  do {
    wait_round();
  } while (!was_writable(s));
  EQUAL(io_trywrite(s, "x", 1), 1);
}

TEST(connect_given_up_by_a_deadline) {
  struct sockaddr_in at;
  full_listener(&at);
  int s = begin(&at);
  io_timeout(s, in_ms(100));
  for (int i = 0; i < 5 && !io_timedout(s); i++) wait_round();
  EQUAL(io_timeouted(), s);
  EQUAL(io_trywritetimeout(s, "x", 1), -2);
  EQUAL(errno, ETIMEDOUT);
  io_close(s);
}

TEST(accepted_connections_of_a_burst) {
  enum { BURST = 20 };
  struct sockaddr_in at;
  int listener = tcp_listener(BURST, &at), accepted = 0;
  known(listener);
  io_wantread(listener);
  for (int i = 0; i < BURST; i++) tcp_connect(&at);
  while (accepted < BURST) {
    wait_round();
    EQUAL(was_readable(listener), 1);
    CHECK(accept(listener, 0, 0) != -1);
    accepted++;
  }
  EQUAL(in_read_round(listener), 0);
}
