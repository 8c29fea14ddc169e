/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* No descriptor is passed over while others are busy. */
#include "loop.h"

#include <sys/eventfd.h>

enum { MANY = 10000 };

static int64 ready[MANY];
static unsigned char seen[1 << 20];

/* 10,000 descriptors, all ready in both directions. */
static void all_ready(void) {
  CHECK(many_descriptors() > MANY + 100);
  for (int i = 0; i < MANY; i++) {
    int d = eventfd(1, EFD_NONBLOCK);
    CHECK(d != -1 && d < (int)sizeof seen);
    ready[i] = d;
    EQUAL(io_fd(d), 1);
  }
}

/* Counts d; fails if it comes a second time before each has come once. */
static int count(int64 d, int so_far) {
  if (seen[d]) FAIL("%lld came again after %d others", (long long)d, so_far);
  seen[d] = 1;
  return so_far + 1;
}

TEST(all_are_readable_before_any_is_twice) {
  int n = 0;
  all_ready();
  for (int i = 0; i < MANY; i++) io_wantread(ready[i]);
  while (n < MANY) {
    io_wait();
    for (int64 d; n < MANY && (d = io_canread()) != -1;) n = count(d, n);
  }
}

TEST(all_are_writable_before_any_is_twice) {
  int n = 0;
  all_ready();
  for (int i = 0; i < MANY; i++) io_wantwrite(ready[i]);
  while (n < MANY) {
    io_wait();
    for (int64 d; n < MANY && (d = io_canwrite()) != -1;) n = count(d, n);
  }
}

/* A program that takes only a few of each round, and drains none of them. */
static void some_per_wait(int some) {
  int n = 0;
  all_ready();
  for (int i = 0; i < MANY; i++) io_wantread(ready[i]);
  while (n < MANY) {
    io_wait();
    for (int i = 0; i < some && n < MANY; i++) {
      int64 d = io_canread();
      if (d == -1) break;
      n = count(d, n);
    }
  }
}

TEST(all_come_when_100_are_taken_per_wait, .seconds = 60) { some_per_wait(100); }

TEST(all_come_when_one_is_taken_per_wait, .seconds = 120) { some_per_wait(1); }

/* The usual program: drains what it gets. Each comes exactly once. */
TEST(each_comes_once_when_drained) {
  int n = 0;
  all_ready();
  for (int i = 0; i < MANY; i++) io_wantread(ready[i]);
  for (int turn = 0; turn < 3; turn++) {
    uint64 value;
    memset(seen, 0, sizeof seen);
    for (n = 0; n < MANY;) {
      io_wait();
      for (int64 d; (d = io_canread()) != -1;) {
        n = count(d, n);
        EQUAL(io_tryread(d, (char *)&value, sizeof value), 8);
      }
    }
    EQUAL(in_read_round(ready[0]), 0);
    EQUAL(t_round.reads, 0);
    for (int i = 0; i < MANY; i++) {
      value = 1;
      EQUAL(write((int)ready[i], &value, sizeof value), 8);
    }
  }
}

/* How many rounds until quiet[0], which is readable, gets its turn beside a busy neighbour. */
static void gets_its_turn(int quiet, int busy, void (*work)(int busy)) {
  for (int i = 0; i < 10; i++) {
    wait_round();
    if (was_readable(quiet)) return;
    if (was_readable(busy) || was_writable(busy)) work(busy);
  }
  FAIL("passed over");
}

static int peer;

static void write_some(int busy) {
  EQUAL(io_trywrite(busy, "12345678", 8), 8);
  drain(peer);
}

static void read_some(int busy) {
  char buf[8];
  put(peer, "12345678");
  EQUAL(io_tryread(busy, buf, 8), 8);
}

TEST(a_busy_writer_lets_others_in) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  peer = s[1];
  io_wantwrite(s[0]);
  io_wantread(t[0]);
  for (int i = 0; i < 100; i++) {
    wait_round();
    if (was_writable(s[0])) write_some(s[0]);
  }
  put(t[1], "x");
  gets_its_turn(t[0], s[0], write_some);
}

TEST(a_busy_reader_lets_others_in) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  peer = s[1];
  put(peer, "12345678");
  io_wantread(s[0]);
  io_wantread(t[0]);
  for (int i = 0; i < 100; i++) {
    wait_round();
    if (was_readable(s[0])) read_some(s[0]);
  }
  put(t[1], "x");
  gets_its_turn(t[0], s[0], read_some);
}

/* Turns its interest off and on, as a server with one request after the other does. */
static void toggle(int busy) {
  char buf[8];
  put(peer, "12345678");
  EQUAL(io_tryread(busy, buf, 8), 8);
  io_dontwantread(busy);
  io_wantwrite(busy);
  io_dontwantwrite(busy);
  io_wantread(busy);
}

TEST(a_busy_server_lets_others_in) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  peer = s[1];
  put(peer, "1234567812345678");
  io_wantread(s[0]);
  io_wantread(t[0]);
  for (int i = 0; i < 100; i++) {
    wait_round();
    if (was_readable(s[0])) toggle(s[0]);
  }
  put(t[1], "x");
  gets_its_turn(t[0], s[0], toggle);
}

/* A descriptor that is always ready must not bring the others' queue to a halt, in whatever order they were made. */
TEST(one_busy_among_many) {
  enum { FEW = 5 };
  int s[FEW][2], came = 0;
  for (int i = 0; i < FEW; i++) {
    unix_pair(s[i]);
    known(s[i][0]);
    io_wantread(s[i][0]);
    put(s[i][1], "12345678");
  }
  for (int turn = 0; turn < 10 * FEW && came < FEW; turn++) {
    char buf[8];
    io_wait();
    int64 d = io_canread();
    if (d == -1) continue;
    CHECK(d < (int64)sizeof seen);
    came += !seen[d];
    seen[d] = 1;
    if (d == s[0][0]) {
      put(s[0][1], "12345678");
      io_tryread(d, buf, 8);
    }
  }
  EQUAL(came, FEW);
}
