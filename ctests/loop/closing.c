/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_close, plain close, and numbers that come back. */
#include "loop.h"

#include <sys/stat.h>

/* A second descriptor of the file behind `from`, under the number `wanted`, which is free. */
static void reuse(int from, int wanted) { EQUAL(dup2(from, wanted), wanted); }

TEST(close_forgets_and_closes, .valgrind = 1) {
  int s[2], cookie;
  unix_pair(s);
  known(s[0]);
  io_setcookie(s[0], &cookie);
  io_timeout(s[0], in_ms(-1000));
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  io_close(s[0]);
  CHECK(!is_open(s[0]));
  CHECK(io_getcookie(s[0]) == 0);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  EQUAL(io_timeouted(), -1);
}

TEST(close_leaves_nothing_for_the_next_owner) {
  int s[2], t[2], cookie;
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  io_setcookie(s[0], &cookie);
  io_timeout(s[0], in_ms(-1000));
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  in_read_round(s[0]);
  io_close(s[0]);
  reuse(t[0], s[0]);
  put(t[1], "x");
  EQUAL(io_fd(s[0]), 1);
  CHECK(io_getcookie(s[0]) == 0);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 1);
}

TEST(close_of_an_unknown_number_is_plain_close) {
  int s[2];
  char c;
  unix_pair(s);
  io_close(s[0]);
  CHECK(!is_open(s[0]));
  EQUAL(read(s[1], &c, 1), 0);
}

TEST(close_drops_queued_reads) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  put(s[1], "x");
  put(t[1], "x");
  io_wait();
  int64 first = io_canread();
  CHECK(first == s[0] || first == t[0]);
  io_close(first == s[0] ? t[0] : s[0]);
  EQUAL(io_canread(), -1);
}

TEST(close_drops_queued_writes) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantwrite(s[0]);
  io_wantwrite(t[0]);
  io_wait();
  int64 first = io_canwrite();
  CHECK(first == s[0] || first == t[0]);
  io_close(first == s[0] ? t[0] : s[0]);
  EQUAL(io_canwrite(), -1);
}

/* accept hands the lowest free number out again at once. */
TEST(close_drops_queued_events_of_a_number_that_is_reused) {
  int s[2], t[2], fresh[2];
  unix_pair(s);
  unix_pair(t);
  unix_pair(fresh);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  io_wantwrite(s[0]);
  io_wantwrite(t[0]);
  put(s[1], "x");
  put(t[1], "x");
  io_wait();
  io_close(s[0]);
  io_close(t[0]);
  reuse(fresh[0], s[0]);
  reuse(fresh[0], t[0]);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_readable(t[0]), 0);
  put(fresh[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(was_readable(t[0]), 1);
}

TEST(close_is_seen_by_the_peer_at_once) {
  int s[2], t[2];
  char c;
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  put(s[1], "x");
  put(t[1], "x");
  io_wait();
  io_close(s[0]);
  io_close(t[0]);
  nonblocking(s[1]);
  nonblocking(t[1]);
  EQUAL(recv(s[1], &c, 1, 0), -1);
  EQUAL(errno, ECONNRESET);
  EQUAL(recv(t[1], &c, 1, 0), -1);
  EQUAL(errno, ECONNRESET);
}

TEST(close_inside_a_round) {
  enum { MANY = 5 };
  int s[MANY][2], closed = 0;
  int64 d;
  for (int i = 0; i < MANY; i++) {
    unix_pair(s[i]);
    known(s[i][0]);
    io_wantread(s[i][0]);
    put(s[i][1], "x");
  }
  io_wait();
  while ((d = io_canread()) != -1) {
    CHECK(is_open((int)d));
    io_close(d);
    closed++;
    /* The neighbour goes too, whether it had its turn or not. */
    for (int i = 0; i < MANY; i++) {
      if (!is_open(s[i][0])) continue;
      io_close(s[i][0]);
      closed++;
      break;
    }
  }
  EQUAL(closed, MANY);
}

/* ---- plain close, against the manual, and the number comes back ---- */

/* d was known, has been closed plainly, and is now another socket with the peer `peer`. */
static void works_again(int d, int peer) {
  EQUAL(io_fd(d), 1);
  io_nonblock(d);
  io_wantread(d);
  for (int i = 0; i < 3; i++) {
    char c;
    put(peer, "x");
    EQUAL(in_read_round(d), 1);
    EQUAL(io_tryread(d, &c, 1), 1);
    EQUAL(in_read_round(d), 0);
  }
  while (io_trywrite(d, "0123456789", 10) > 0) {
  }
  io_wantwrite(d);
  EQUAL(in_write_round(d), 0);
  drain(peer);
  EQUAL(in_write_round(d), 1);
}

TEST(plain_close_then_reuse, .valgrind = 1) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  close(s[0]);
  reuse(t[0], s[0]);
  works_again(s[0], t[1]);
}

TEST(plain_close_then_reuse_after_dontwant) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  io_dontwantread(s[0]);
  close(s[0]);
  reuse(t[0], s[0]);
  works_again(s[0], t[1]);
}

TEST(plain_close_of_a_readable_then_reuse) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(was_writable(s[0]), 1);
  io_dontwantwrite(s[0]);
  close(s[0]);
  reuse(t[0], s[0]);
  works_again(s[0], t[1]);
}

TEST(plain_close_then_reuse_by_accept) {
  struct sockaddr_in at;
  int listener = tcp_listener(5, &at);
  for (int i = 0; i < 3; i++) {
    int peer = tcp_connect(&at), s = accept(listener, 0, 0);
    CHECK(s != -1);
    EQUAL(io_fd(s), 1);
    io_wantread(s);
    EQUAL(in_read_round(s), 0);
    put(peer, "x");
    AWAIT(s, POLLIN);
    EQUAL(in_read_round(s), 1);
    close(s);
    close(peer);
  }
}

/* The interest outlives the file; the wait must not spin on it, nor the loop hang. */
TEST(plain_close_with_interest_does_not_disturb) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  EQUAL(in_read_round(s[0]), 0);
  close(s[0]);
  put_after(100, &t[1]);
  for (int i = 0; i < 50 && !was_readable(t[0]); i++) wait_round();
  EQUAL(was_readable(t[0]), 1);
}

/* The same file under the same number, but closed in between. */
TEST(close_and_come_back_through_a_dup) {
  int s[2];
  unix_pair(s);
  for (int i = 0; i < 3; i++) {
    int other;
    known(s[0]);
    io_wantread(s[0]);
    EQUAL(in_read_round(s[0]), 0);
    CHECK((other = dup(s[0])) != -1);
    io_close(s[0]);
    reuse(other, s[0]);
    close(other);
    known(s[0]);
    EQUAL(in_read_round(s[0]), 0);
    io_wantread(s[0]);
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 1);
    drain(s[0]);
    EQUAL(in_read_round(s[0]), 0);
  }
}
