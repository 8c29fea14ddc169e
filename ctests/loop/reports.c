/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Interest, and which descriptors are reported for it. */
#include "loop.h"

static int s[2];

/* A registered socket s[0] with read interest, and its peer s[1]. */
static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

/* ---- interest ---- */

TEST(interest_stays, .valgrind = 1) {
  begin();
  for (int i = 0; i < 3; i++) {
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 1);
    drain(s[0]);
    EQUAL(in_read_round(s[0]), 0);
  }
}

TEST(interest_ends_with_dontwant) {
  begin();
  io_wantwrite(s[0]);
  put(s[1], "x");
  io_dontwantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 1);
  io_dontwantwrite(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
}

TEST(interest_cleared_between_wait_and_canread) {
  begin();
  put(s[1], "x");
  io_wantwrite(s[0]);
  io_wait();
  io_dontwantread(s[0]);
  io_dontwantwrite(s[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 1);
}

TEST(interest_on_an_unknown_descriptor_does_nothing) {
  unix_pair(s);
  put(s[1], "x");
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  EQUAL(io_fd(s[0]), 1);
  EQUAL(in_read_round(s[0]), 0);
}

TEST(interest_dropped_while_data_arrives) {
  begin();
  io_dontwantread(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 0);
  io_wantread(s[0]);
  wait_round();
  EQUAL(was_readable(s[0]), 1);
}

TEST(interest_dropped_while_room_arises) {
  begin();
  fill(s[0]);
  io_wantwrite(s[0]);
  in_write_round(s[0]);
  EQUAL(in_write_round(s[0]), 0);
  io_dontwantwrite(s[0]);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 0);
  io_wantwrite(s[0]);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
}

TEST(interest_turned_on_and_off) {
  begin();
  for (int i = 0; i < 20; i++) {
    char c;
    put(s[1], "x");
    wait_round();
    EQUAL(was_readable(s[0]), 1);
    EQUAL(io_tryread(s[0], &c, 1), 1);
    EQUAL(io_tryread(s[0], &c, 1), -1);
    io_dontwantread(s[0]);
    io_wantwrite(s[0]);
    wait_round();
    EQUAL(was_writable(s[0]), 1);
    EQUAL(was_readable(s[0]), 0);
    EQUAL(io_trywrite(s[0], "y", 1), 1);
    io_dontwantwrite(s[0]);
    io_wantread(s[0]);
    EQUAL(read(s[1], &c, 1), 1);
  }
}

/* ---- which descriptor is reported ---- */

TEST(each_once_per_round) {
  int t[2];
  begin();
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  io_wantwrite(t[0]);
  io_wantwrite(s[0]);
  wait_round();
  in_read_round(s[0]);
  put(s[1], "x");
  put(t[1], "x");
  wait_round();
  EQUAL(t_round.reads, 2);
  EQUAL(t_round.writes, 2);
  EQUAL(was_readable(s[0]), 1);
  EQUAL(was_writable(t[0]), 1);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
}

TEST(two_checks_before_one_round) {
  begin();
  put(s[1], "x");
  io_check();
  io_check();
  collect();
  EQUAL(was_readable(s[0]), 1);
}

/* No wait spins: the library finds out by itself that a plain read has emptied the descriptor. */
TEST(plain_read_to_the_end_without_io_eagain) {
  begin();
  put(s[1], "x");
  wait_round();
  drain(s[0]);
  long before = sleeps();
  int64_t used = cpu_millis();
  put_after(300, &s[1]);
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  /* A wait that looks time and again sleeps 300 times; an emulator that gets no processor sleeps some 20 times itself. */
  CHECK(sleeps() - before <= 100);
  CHECK(cpu_millis() - used < 150);
}

TEST(plain_write_to_the_end_without_io_eagain) {
  begin();
  io_wantwrite(s[0]);
  EQUAL(in_write_round(s[0]), 1);
  fill(s[0]);
  EQUAL(in_write_round(s[0]), 0);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

TEST(write_interest_after_plain_reads) {
  begin();
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  drain(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  io_wantwrite(s[0]);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
}

TEST(plain_read_to_the_end_with_io_eagain_read) {
  begin();
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  drain(s[0]);
  io_eagain_read(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(plain_write_to_the_end_with_io_eagain_write) {
  begin();
  io_wantwrite(s[0]);
  EQUAL(in_write_round(s[0]), 1);
  fill(s[0]);
  io_eagain_write(s[0]);
  EQUAL(in_write_round(s[0]), 0);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

TEST(io_eagain_applies_to_directions_of_interest) {
  begin();
  put(s[1], "x");
  io_wantwrite(s[0]);
  EQUAL(in_read_round(s[0]), 1);
  drain(s[0]);
  fill(s[0]);
  io_eagain(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

/* Called wrongly it may delay the report until something new arrives. */
TEST(io_eagain_read_called_wrongly) {
  begin();
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  io_eagain_read(s[0]);
  io_eagain_write(s[0]);
  io_check();
  collect();
  put(s[1], "y");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(writable_and_left_alone) {
  begin();
  io_wantwrite(s[0]);
  for (int i = 0; i < 3; i++) EQUAL(in_write_round(s[0]), 1);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
}

TEST(writable_and_not_filled) {
  begin();
  io_wantwrite(s[0]);
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_writable(s[0]), 1);
    EQUAL(io_trywrite(s[0], "x", 1), 1);
  }
  while (io_trywrite(s[0], "0123456789", 10) > 0) {
  }
  EQUAL(in_write_round(s[0]), 0);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

/* A pipe is writable for poll when a page is free, not when it is empty. */
TEST(pipe_filled_and_drained) {
  int p[2];
  CHECK(pipe(p) == 0);
  known(p[1]);
  io_wantwrite(p[1]);
  wait_round();
  EQUAL(was_writable(p[1]), 1);
  while (io_trywrite(p[1], "0123456789", 10) > 0) {
  }
  EQUAL(in_write_round(p[1]), 0);
  drain(p[0]);
  wait_round();
  EQUAL(was_writable(p[1]), 1);
}
