/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How long io_wait, io_check, io_waituntil and io_waituntil2 wait. */
#include "loop.h"

static int s[2];

/* A registered socket s[0] with read interest, and its peer s[1]. */
static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

TEST(wait_returns_when_something_is_ready) {
  begin();
  put_after(100, &s[1]);
  wait_round();
  EQUAL(was_readable(s[0]), 1);
}

TEST(wait_returns_at_once_when_something_is_known_to_be_ready) {
  begin();
  put(s[1], "x");
  io_check();
  io_wait();
  collect();
  EQUAL(was_readable(s[0]), 1);
  io_wait();
}

TEST(check_does_not_wait) {
  begin();
  io_check();
  EQUAL(io_canread(), -1);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(waituntil_waits_that_long) {
  begin();
  int64_t used = cpu_millis();
  long before = sleeps();
  for (int i = 0; i < 20; i++) {
    tai6464 end = in_ms(17);
    struct taia now;
    io_waituntil(end);
    taia_now(&now);
    EQUAL(taia_less(&now, &end), 0);
    EQUAL(io_canread(), -1);
  }
  CHECK(sleeps() - before <= 60);
  CHECK(cpu_millis() - used < 100);
}

/* Fractions of a millisecond are the place where a wait rounded down would end early, and be asked again. */
TEST(waituntil_is_not_early_by_a_fraction) {
  begin();
  for (int i = 1; i < 40; i++) {
    tai6464 end = in_ms(1);
    struct taia now;
    end.nano = (end.nano + (uint32)i * 37003) % 1000000000;
    taia_now(&now);
    if (end.nano < now.nano) continue;
    io_waituntil(end);
    taia_now(&now);
    EQUAL(taia_less(&now, &end), 0);
  }
}

TEST(waituntil_a_moment_that_has_passed) {
  begin();
  io_waituntil(in_ms(-5000));
  io_waituntil(no_moment());
  EQUAL(io_canread(), -1);
  put(s[1], "x");
  io_waituntil(in_ms(-5000));
  collect();
  EQUAL(was_readable(s[0]), 1);
}

TEST(waituntil_returns_when_something_is_ready) {
  begin();
  put_after(100, &s[1]);
  io_waituntil(in_ms(3600 * 1000));
  collect();
  EQUAL(was_readable(s[0]), 1);
}

TEST(waituntil_the_end_of_time) {
  struct taia never;
  memset(&never, 0xff, sizeof never);
  begin();
  put_after(100, &s[1]);
  io_waituntil(never);
  collect();
  EQUAL(was_readable(s[0]), 1);
}

static void nothing_to_wait_for(void) {
  io_wait();
  io_check();
  io_waituntil(in_ms(3600 * 1000));
  EQUAL(io_waituntil2(-1), 0);
  EQUAL(io_waituntil2(3600 * 1000), 0);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
}

/* A descriptor that is registered and never had interest: there is nothing to wait for. */
TEST(where_there_never_was_interest_nothing_waits) {
  unix_pair(s);
  known(s[0]);
  nothing_to_wait_for();
}

TEST(where_all_that_had_interest_is_closed_nothing_waits) {
  begin();
  io_dontwantread(s[0]);
  io_close(s[0]);
  nothing_to_wait_for();
}

static void interest_again(void *arg) {
  (void)arg;
  io_wantread(s[0]);
}

/* A server that pauses its listener for a while must not spin. */
TEST(with_interest_withdrawn_a_wait_lasts) {
  begin();
  io_dontwantread(s[0]);
  put(s[1], "x");
  int64_t used = cpu_millis(), start = millis();
  for (int i = 0; i < 3; i++) EQUAL(io_waituntil2(100), 0);
  io_waituntil(in_ms(100));
  CHECK(millis() - start >= 395);
  CHECK(cpu_millis() - used < 100);
  after(100, interest_again, 0);
  start = millis();
  io_wait();
  CHECK(millis() - start >= 90);
  EQUAL(io_canread(), s[0]);
}

/* A deadline ends such a wait. */
TEST(with_interest_withdrawn_a_deadline_ends_a_wait) {
  begin();
  io_dontwantread(s[0]);
  io_timeout(s[0], in_ms(100));
  io_wait();
  EQUAL(io_timeouted(), s[0]);
}

/* The kernel says that a fresh socket is writable; the program did not ask. */
TEST(waituntil2_counts_what_was_asked_for) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(io_waituntil2(0), 0);
  EQUAL(io_waituntil2(20), 0);
  put(s[1], "x");
  CHECK(io_waituntil2(-1) > 0);
  CHECK(io_waituntil2(-1) > 0);
  EQUAL(io_canread(), s[0]);
}

TEST(without_a_descriptor_nothing_waits) { nothing_to_wait_for(); }

TEST(waituntil2_negative_waits_without_limit) {
  begin();
  put_after(150, &s[1]);
  EQUAL(io_waituntil2(-1), 1);
  collect();
  EQUAL(was_readable(s[0]), 1);
  drain(s[0]);
  in_read_round(s[0]);
  put_after(150, &s[1]);
  EQUAL(io_waituntil2(INT64_MIN), 1);
}

TEST(waituntil2_zero_polls) {
  begin();
  EQUAL(io_waituntil2(0), 0);
  put(s[1], "x");
  EQUAL(io_waituntil2(0), 1);
  EQUAL(io_canread(), s[0]);
}

TEST(waituntil2_waits_that_long) {
  begin();
  int64_t start = millis();
  EQUAL(io_waituntil2(50), 0);
  CHECK(millis() - start >= 49);
}

static void long_wait(int64 ms) {
  begin();
  int64_t start = millis();
  put_after(200, &s[1]);
  EQUAL(io_waituntil2(ms), 1);
  CHECK(millis() - start >= 100);
}

TEST(waituntil2_beyond_31_bits) { long_wait(((int64)1 << 31) + 10); }

TEST(waituntil2_beyond_32_bits) { long_wait(((int64)1 << 32) + 10); }

TEST(waituntil2_the_largest_number) { long_wait(INT64_MAX); }

TEST(waituntil2_counts_events) {
  int t[2];
  begin();
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  in_read_round(t[0]);
  put(s[1], "x");
  put(t[1], "x");
  EQUAL(io_waituntil2(1000), 2);
}
