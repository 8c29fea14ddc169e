/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_timeout, io_timeouted, io_timedout, and the waits that deadlines end. */
#include "loop.h"

enum { FEW = 5, MANY = 10000 };

static int s[FEW][2];

static void begin(void) {
  for (int i = 0; i < FEW; i++) {
    unix_pair(s[i]);
    known(s[i][0]);
  }
}

TEST(earliest_first_each_once_then_minus_1, .valgrind = 1) {
  static const int order[FEW] = {3, 0, 4, 2, 1};
  begin();
  tai6464 past = in_ms(-10000);
  for (int i = 0; i < FEW; i++) io_timeout(s[order[i]][0], plus_ms(past, i));
  for (int sweep = 0; sweep < 3; sweep++) {
    for (int i = 0; i < FEW; i++) EQUAL(io_timeouted(), s[order[i]][0]);
    EQUAL(io_timeouted(), -1);
  }
}

TEST(nothing_expired) {
  begin();
  EQUAL(io_timeouted(), -1);
  io_timeout(s[0][0], in_ms(3600 * 1000));
  EQUAL(io_timeouted(), -1);
  EQUAL(io_timedout(s[0][0]), 0);
  EQUAL(io_timedout(s[1][0]), 0);
}

TEST(timedout_says_whether_it_has_passed) {
  begin();
  io_timeout(s[0][0], in_ms(400));
  EQUAL(io_timedout(s[0][0]), 0);
  sleep_ms(410);
  EQUAL(io_timedout(s[0][0]), 1);
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timedout(s[0][0]), 1);
}

/* What is late stays late, and what is not late is left alone. */
TEST(known_again_while_late, .valgrind = 1) {
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  io_timeout(s[1][0], in_ms(300));
  io_wantread(s[1][0]);
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_fd(s[0][0]), 1);
  EQUAL(io_timedout(s[0][0]), 1);
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
  io_timeout(s[0][0], no_moment());
  EQUAL(io_timeouted(), -1);
  for (int64_t end = millis() + 10000; io_timedout(s[1][0]) == 0;) {
    CHECK(millis() < end);
    io_wait();
  }
  EQUAL(io_timeouted(), s[1][0]);
  EQUAL(io_timeouted(), -1);
}

TEST(all_zero_means_none) {
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  io_timeout(s[0][0], no_moment());
  EQUAL(io_timedout(s[0][0]), 0);
  EQUAL(io_timeouted(), -1);
}

TEST(later_moves_it) {
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  io_timeout(s[0][0], in_ms(3600 * 1000));
  EQUAL(io_timeouted(), -1);
  io_timeout(s[0][0], in_ms(-1000));
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
}

/* Once it has passed, it may be moved as often as before. */
TEST(moved_again_and_again_after_it_passed) {
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
  for (int i = 0; i < 3; i++) io_timeout(s[0][0], in_ms(20));
  sleep_ms(40);
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
}

TEST(strange_moments) {
  struct taia t;
  begin();
  memset(&t, 0xff, sizeof t);
  io_timeout(s[0][0], t);
  EQUAL(io_timedout(s[0][0]), 0);
  memset(&t, 0, sizeof t);
  t.atto = 1;
  io_timeout(s[1][0], t);
  EQUAL(io_timedout(s[1][0]), 1);
  EQUAL(io_timeouted(), s[1][0]);
  EQUAL(io_timeouted(), -1);
  io_wantread(s[0][0]);
  io_waituntil(in_ms(10));
}

TEST(closing_inside_the_sweep, .valgrind = 1) {
  begin();
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < FEW; i++) io_timeout(s[i][0], plus_ms(past, i));
  for (int i = 0; i < FEW; i++) {
    int64 d = io_timeouted();
    EQUAL(d, s[i][0]);
    io_close(d);
  }
  EQUAL(io_timeouted(), -1);
  EQUAL(io_timeouted(), -1);
}

TEST(closing_another_inside_the_sweep) {
  begin();
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < FEW; i++) io_timeout(s[i][0], plus_ms(past, i));
  EQUAL(io_timeouted(), s[0][0]);
  io_close(s[1][0]);
  io_close(s[0][0]);
  EQUAL(io_timeouted(), s[2][0]);
  io_close(s[4][0]);
  EQUAL(io_timeouted(), s[3][0]);
  EQUAL(io_timeouted(), -1);
}

TEST(rearming_inside_the_sweep) {
  begin();
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < FEW; i++) io_timeout(s[i][0], plus_ms(past, i));
  for (int i = 0; i < FEW; i++) {
    EQUAL(io_timeouted(), s[i][0]);
    io_timeout(s[i][0], in_ms(3600 * 1000));
  }
  EQUAL(io_timeouted(), -1);
  EQUAL(io_timeouted(), -1);
}

/* Re-armed in the past, it has had its turn in this sweep all the same. */
TEST(rearming_in_the_past_ends_all_the_same) {
  int turns = 0;
  begin();
  for (int i = 0; i < FEW; i++) io_timeout(s[i][0], in_ms(-1000));
  for (int64 d; (d = io_timeouted()) != -1; turns++) {
    CHECK(turns < 10 * FEW);
    io_timeout(d, in_ms(-500));
  }
  CHECK(turns >= FEW);
  CHECK(io_timeouted() != -1);
}

TEST(sweep_ends_while_new_ones_keep_coming) {
  int d = 0, turns = 0;
  many_descriptors();
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  while (io_timeouted() != -1) {
    CHECK(turns++ < 5000);
    CHECK((d = dup(s[1][0])) != -1);
    EQUAL(io_fd(d), 1);
    io_timeout(d, in_ms(-1000));
  }
}

TEST(sweep_ends_while_numbers_come_back) {
  int turns = 0;
  begin();
  for (int i = 0; i < FEW; i++) io_timeout(s[i][0], in_ms(-1000));
  for (int64 d; (d = io_timeouted()) != -1;) {
    CHECK(turns++ < 5000);
    io_close(d);
    EQUAL(dup2(s[0][1], (int)d), d);
    EQUAL(io_fd(d), 1);
    io_timeout(d, in_ms(-1000));
  }
}

TEST(left_out_while_something_is_to_be_fetched) {
  begin();
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < 2; i++) {
    io_timeout(s[i][0], plus_ms(past, i));
    io_wantread(s[i][0]);
  }
  put(s[0][1], "x");
  io_wait();
  EQUAL(io_timeouted(), s[1][0]);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_canread(), s[0][0]);
  drain(s[0][0]);
  EQUAL(io_canread(), -1);
  io_check();
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), s[1][0]);
  EQUAL(io_timeouted(), -1);
}

TEST(not_left_out_without_interest) {
  begin();
  io_timeout(s[0][0], in_ms(-1000));
  io_wantwrite(s[0][0]);
  in_write_round(s[0][0]);
  io_dontwantwrite(s[0][0]);
  put(s[0][1], "x");
  io_check();
  EQUAL(io_timeouted(), s[0][0]);
}

TEST(unknown_descriptors_have_no_deadline) {
  begin();
  io_timeout(s[0][1], in_ms(-1000));
  EQUAL(io_timedout(s[0][1]), 0);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_fd(s[0][1]), 1);
  EQUAL(io_timedout(s[0][1]), 0);
}

/* ---- waits ---- */

/* How late, in milliseconds, a wait that `wait` makes ends after a deadline of 60 ms; the best of a few tries. */
static int64_t lateness(void (*wait)(void)) {
  int64_t best = 1000000;
  for (int i = 0; i < 5; i++) {
    int64_t start = millis();
    io_timeout(s[0][0], in_ms(60));
    wait();
    int64_t late = millis() - start - 60;
    CHECK(late >= -2);
    EQUAL(io_timeouted(), s[0][0]);
    EQUAL(io_timeouted(), -1);
    if (late < best) best = late;
  }
  return best;
}

static void until_an_hour_from_now(void) { io_waituntil(in_ms(3600 * 1000)); }

TEST(wait_ends_when_a_deadline_passes) {
  begin();
  io_wantread(s[0][0]);
  CHECK(lateness(io_wait) < 400);
}

TEST(wait_for_room_ends_when_a_deadline_passes) {
  begin();
  fill(s[0][0]);
  io_wantwrite(s[0][0]);
  CHECK(lateness(io_wait) < 400);
}

TEST(waituntil_ends_when_a_deadline_passes) {
  begin();
  io_wantread(s[0][0]);
  CHECK(lateness(until_an_hour_from_now) < 400);
}

/* Found by trying out the orders in which threads can take their steps: it took a second, until the first reminder. */
TEST(wait_ends_at_once_when_a_deadline_has_passed) {
  int slow = 0;
  begin();
  io_wantread(s[0][0]);
  for (int i = 0; i < 3; i++) {
    int64_t start = millis();
    io_timeout(s[0][0], in_ms(-1000));
    io_wait();
    slow += millis() - start >= 900;
    EQUAL(io_timeouted(), s[0][0]);
    EQUAL(io_timeouted(), -1);
  }
  CHECK(slow < 2);
}

/* Whether it waits for the deadline of a descriptor without interest, or returns at once: it does return. */
TEST(wait_with_a_deadline_and_no_interest_returns) {
  begin();
  io_timeout(s[0][0], in_ms(100));
  io_wait();
  io_waituntil(in_ms(200));
}

/* One prompt return, and then once a second. */
TEST(ignored_deadline_does_not_make_the_loop_spin) {
  begin();
  io_wantread(s[0][0]);
  io_timeout(s[0][0], in_ms(50));
  int64_t start = millis(), used = cpu_millis(), first = 0;
  int returns = 0;
  while (millis() - start < 2500) {
    io_wait();
    collect();
    if (returns++ == 0) first = millis() - start;
  }
  CHECK(first < 1500);
  CHECK(returns >= 2);
  CHECK(returns <= (millis() - start) / 1000 + 2);
  CHECK(cpu_millis() - used < 500);
}

TEST(a_new_deadline_starts_afresh) {
  begin();
  io_wantread(s[0][0]);
  io_timeout(s[0][0], in_ms(-10));
  io_wait();
  EQUAL(io_timeouted(), s[0][0]);
  EQUAL(io_timeouted(), -1);
  CHECK(lateness(io_wait) < 400);
}

TEST(a_deadline_that_is_moved_does_not_end_the_wait) {
  begin();
  io_wantread(s[0][0]);
  io_timeout(s[0][0], in_ms(30));
  io_timeout(s[0][0], in_ms(3600 * 1000));
  io_timeout(s[1][0], in_ms(30));
  io_timeout(s[1][0], no_moment());
  int64_t start = millis();
  put_after(200, &s[0][1]);
  io_wait();
  CHECK(millis() - start >= 190);
  EQUAL(io_canread(), s[0][0]);
}

/* ---- cost ---- */

static int64 numbers[MANY];

/* Makes descriptors known until there are `n`. */
static void have(int n) {
  static int there;
  CHECK(many_descriptors() > MANY + 100);
  for (; there < n; there++) {
    CHECK((numbers[there] = dup(0)) != -1);
    EQUAL(io_fd_flags(numbers[there], IO_FD_BLOCK), 1);
  }
}

static int64_t cpu_micros(void) {
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return used.tv_sec * (int64_t)1000000 + used.tv_nsec / 1000;
}

/* The cheapest of many sweeps over `n` deadlines that are far away. */
static int64_t sweep_cost(int n) {
  int64_t best = 1000000000;
  have(n);
  for (int i = 0; i < n; i++) io_timeout(numbers[i], in_ms(3600 * 1000 + i));
  for (int turn = 0; turn < 20; turn++) {
    int64_t start = cpu_micros();
    for (int i = 0; i < 100; i++) EQUAL(io_timeouted(), -1);
    if (cpu_micros() - start < best) best = cpu_micros() - start;
  }
  return best;
}

TEST(a_sweep_without_expired_ones_does_not_look_at_all) {
  int64_t few = sweep_cost(10), all = sweep_cost(MANY);
  if (all > 20 * few + 200) FAIL("%lld µs with %d, %lld µs with 10", (long long)all, MANY, (long long)few);
}

/* Every deadline is moved at every request. A sweep afterwards finds all of them where they belong. */
TEST(many_deadlines_moved_often) {
  have(MANY);
  for (int turn = 0; turn < 20; turn++)
    for (int i = 0; i < MANY; i++) io_timeout(numbers[i], in_ms(3600 * 1000 + turn));
  EQUAL(io_timeouted(), -1);
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < MANY; i++) io_timeout(numbers[i], plus_ms(past, -i));
  for (int i = MANY; i--;) EQUAL(io_timeouted(), numbers[i]);
  EQUAL(io_timeouted(), -1);
}
