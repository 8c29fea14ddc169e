/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What one backend of the loop finds harder than another. */
#include "loop.h"

#ifdef __linux__
#include <sys/auxv.h>
#include <sys/epoll.h>
#endif

static int s[2], t[2];

static void begin(void) {
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantread(t[0]);
}

static void allow_descriptors(unsigned long n) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = n;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static unsigned long next_descriptor(void) {
  int d = dup(0);
  CHECK(d != -1);
  close(d);
  return (unsigned long)d;
}

/* The thread that waits cannot know what another learns during its wait. */

static void drained_and_wanted(void *arg) {
  (void)arg;
  io_eagain_read(s[0]);
  io_wantread(s[0]);
  put(s[1], "y");
}

TEST(interest_after_eagain_during_a_wait) {
  char c;
  begin();
  io_wantread(s[0]);
  put(s[1], "x");
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  EQUAL(read(s[0], &c, 1), 1);
  io_dontwantread(s[0]);
  EQUAL(in_read_round(t[0]), 0);
  after(150, drained_and_wanted, 0);
  wait_round();
  EQUAL(t_round.reads, 1);
  EQUAL(was_readable(s[0]), 1);
}

/* Before anything was ever reported of it. */
static void set_interest(void *arg) {
  (void)arg;
  io_wantread(s[0]);
}

TEST(first_interest_during_a_wait) {
  begin();
  put(s[1], "x");
  after(150, set_interest, 0);
  wait_round();
  EQUAL(t_round.reads, 1);
  EQUAL(was_readable(s[0]), 1);
}

TEST(second_interest_during_a_wait) {
  begin();
  EQUAL(in_read_round(s[0]), 0);
  io_wantwrite(s[0]);
  io_dontwantwrite(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  put(s[1], "x");
  after(150, set_interest, 0);
  wait_round();
  EQUAL(t_round.reads, 1);
  EQUAL(was_readable(s[0]), 1);
}

/* More descriptors open than the process may have by now. */
TEST(limit_below_what_is_open) {
  enum { MANY = 200 };
  int pairs[MANY][2];
  begin();
  for (int i = 0; i < MANY; i++) {
    unix_pair(pairs[i]);
    known(pairs[i][0]);
    io_wantread(pairs[i][0]);
  }
  EQUAL(in_read_round(t[0]), 0);
  allow_descriptors(8);
  for (int i = 0; i < MANY; i += 40) {
    put_after(20, &pairs[i][1]);
    wait_round();
    EQUAL(t_round.reads, 1);
    EQUAL(was_readable(pairs[i][0]), 1);
    EQUAL(io_tryread(pairs[i][0], &(char){0}, 1), 1);
  }
}

/* Not one descriptor left for the loop itself. It makes do, and comes by what it lacks when there is some again. */
TEST(no_descriptor_for_the_loop) {
  unsigned long full;
  int64_t start = millis();
  begin();
  io_finishandshutdown();
  full = next_descriptor();
  allow_descriptors(full);
  known(s[0]);
  known(t[0]);
  io_wantread(t[0]);
  after(150, set_interest, 0);
  put_after(300, &s[1]);
  for (int i = 0; i < 3; i++) {
    wait_round();
    CHECK(millis() - start >= 280);
    EQUAL(t_round.reads, 1);
    EQUAL(was_readable(s[0]), 1);
    EQUAL(io_tryread(s[0], &(char){0}, 1), 1);
    EQUAL(in_read_round(s[0]), 0);
    allow_descriptors(full + 20);
    put_after(50, &s[1]);
  }
}

/* ---- which backend it is, as Linux shows it ---- */
#ifdef __linux__

/* Whether there is an epoll instance in this process. */
static int on_epoll(void) {
  for (int d = 0; d < 64; d++)
    if (epoll_ctl(d, EPOLL_CTL_DEL, s[1], 0) == -1 && errno == ENOENT) return 1;
  return 0;
}

/* The harness runs this as a set-user-ID program, too. */
TEST(environment_counts_without_privileges) {
  const char *backend = getenv("OWFAT_BACKEND");
  int secure = getauxval(AT_SECURE) != 0;
  EQUAL(secure, getenv("EXPECT_PRIVILEGES") != 0);
  begin();
  EQUAL(in_read_round(t[0]), 0);
  EQUAL(on_epoll(), secure || !backend);
}

#endif
