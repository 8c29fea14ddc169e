/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The wall clock is set during a wait, back and forward by an hour. */
#include "loop.h"
#include "shifted_clock.h"

#include <libowfat/iopause.h>

enum { HOUR = 3600 };

static void set_back(void *arg) {
  (void)arg;
  set_shift(-HOUR);
}

static void set_forward(void *arg) {
  (void)arg;
  set_shift(HOUR);
}

static int s[2];

static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

static void lasts_300_ms(void (*wait)(void)) {
  int64_t start = millis(), used = cpu_millis();
  wait();
  /* A moment was computed before this began: on a busy machine some time ago. */
  CHECK(millis() - start >= 200);
  CHECK(millis() - start < 3000);
  CHECK(cpu_millis() - used < 150);
}

/* The same, and the clock is set in the middle. */
static void lasts_300_ms_while(void (*set)(void *), void (*wait)(void)) {
  begin();
  after(100, set, 0);
  lasts_300_ms(wait);
}

static void until(void) { io_waituntil(in_ms(300)); }

TEST(set_back_during_io_waituntil) { lasts_300_ms_while(set_back, until); }

TEST(set_forward_during_io_waituntil) { lasts_300_ms_while(set_forward, until); }

static void for_300_ms(void) { EQUAL(io_waituntil2(300), 0); }

TEST(set_back_during_io_waituntil2) { lasts_300_ms_while(set_back, for_300_ms); }

TEST(set_forward_during_io_waituntil2) { lasts_300_ms_while(set_forward, for_300_ms); }

static void in_a_multiplexer(void) {
  static iomux_t mux;
  int64 d;
  unsigned events;
  CHECK(iom_init(&mux) != -1);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  EQUAL(iom_wait(&mux, &d, &events, 300), 0);
}

TEST(set_back_during_iom_wait) { lasts_300_ms_while(set_back, in_a_multiplexer); }

TEST(set_forward_during_iom_wait) { lasts_300_ms_while(set_forward, in_a_multiplexer); }

static void pause_300_ms(void) {
  iopause_fd x = {.fd = s[0], .events = IOPAUSE_READ};
  struct taia now, deadline = in_ms(300);
  taia_now(&now);
  iopause(&x, 1, &deadline, &now);
}

TEST(set_back_during_iopause) { lasts_300_ms_while(set_back, pause_300_ms); }

TEST(set_forward_during_iopause) { lasts_300_ms_while(set_forward, pause_300_ms); }

/* io_wait ends as if the clock had not been set, so that the program can compare anew; by the clock it is early. */
TEST(set_back_before_a_deadline) {
  begin();
  io_timeout(s[0], in_ms(300));
  after(100, set_back, 0);
  lasts_300_ms(io_wait);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  io_timeout(s[0], in_ms(50));
  io_wait();
  EQUAL(io_timeouted(), s[0]);
}

/* By the clock the deadline has passed at once. A wait that looks at the clock again may end then, and one that sleeps through
 * ends as planned. */
TEST(set_forward_before_a_deadline) {
  begin();
  io_timeout(s[0], in_ms(300));
  int64_t start = millis();
  after(100, set_forward, 0);
  io_wait();
  CHECK(millis() - start >= 95 && millis() - start < 3000);
  EQUAL(io_timeouted(), s[0]);
}

/* Set between the waits: what has passed is what the clock says at the moment. */
TEST(deadlines_go_by_the_clock_as_it_is) {
  char buf[8];
  begin();
  io_timeout(s[0], in_ms(HOUR * 500));
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_tryreadtimeout(s[0], buf, sizeof buf), -1);
  set_forward(0);
  EQUAL(io_timedout(s[0]), 1);
  EQUAL(io_tryreadtimeout(s[0], buf, sizeof buf), -2);
  int64_t start = millis();
  io_wait();
  CHECK(millis() - start < 1000);
  EQUAL(io_timeouted(), s[0]);
  EQUAL(io_timeouted(), -1);
  set_back(0);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_tryreadtimeout(s[0], buf, sizeof buf), -1);
  /* A deadline that the program sets by the clock as it is now is a deadline like any other. */
  io_timeout(s[0], in_ms(100));
  start = millis();
  io_wait();
  CHECK(millis() - start >= 50 && millis() - start < 3000);
  EQUAL(io_timedout(s[0]), 1);
  EQUAL(io_timeouted(), s[0]);
}

/* Time and again: neither does it spin, nor is the deadline missed in the end. */
TEST(set_back_and_to_rights_again_and_again) {
  int expired = 0;
  begin();
  int64_t start = millis(), used = cpu_millis();
  io_timeout(s[0], in_ms(400));
  for (int i = 0; !expired && millis() - start < 3000; i++) {
    set_shift(i % 2 && millis() - start < 300 ? -HOUR : 0);
    EQUAL(io_waituntil2(50), 0);
    expired = io_timeouted() == s[0];
  }
  EQUAL(expired, 1);
  CHECK(millis() - start >= 350);
  CHECK(cpu_millis() - used < 150);
}

/* The kqueue that the tests have asks for itself. */
static long questions_since(long before) { return strstr(t_library(), "kqueue") ? 0 : questions - before; }

/* Not every machine answers without a system call. */
TEST(a_wait_asks_each_clock_once_between_two_polls) {
  long before;
  begin();
  io_timeout(s[0], in_ms(HOUR * 1000));
  io_waituntil2(1);
  before = questions;
  io_check();
  CHECK(questions_since(before) <= 2);
  before = questions;
  io_waituntil2(2);
  CHECK(questions_since(before) <= 5);
  put(s[1], "x");
  before = questions;
  io_wait();
  CHECK(questions_since(before) <= 4);
}
