/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_debugstring. */
#include "loop.h"

static int s[2];

TEST(unknown_descriptors_give_0) {
  char buf[200];
  unix_pair(s);
  EQUAL(io_debugstring(s[0], buf, sizeof buf), 0);
  EQUAL(io_fd(s[0]), 1);
  CHECK(io_debugstring(s[0], buf, sizeof buf) > 0);
  EQUAL(io_debugstring(s[1], buf, sizeof buf), 0);
  EQUAL(io_debugstring(-1, buf, sizeof buf), 0);
  EQUAL(io_debugstring(INT64_MAX, buf, sizeof buf), 0);
  EQUAL(io_debugstring(((int64)1 << 32) + s[0], buf, sizeof buf), 0);
  io_close(s[0]);
  EQUAL(io_debugstring(s[0], buf, sizeof buf), 0);
}

TEST(a_buffer_under_100_gives_0) {
  char buf[100];
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  for (unsigned size = 0; size < 100; size++) {
    memset(buf, 0x55, sizeof buf);
    EQUAL(io_debugstring(s[0], buf, size), 0);
    for (unsigned i = size; i < sizeof buf; i++) EQUAL(buf[i], 0x55);
  }
  CHECK(io_debugstring(s[0], buf, 100) > 0);
}

/* The longest description: everything is set, and numbers are large. */
static void say_much(void) {
  unix_pair(s);
  known(s[0]);
  io_setcookie(s[0], (void *)UINTPTR_MAX);
  io_timeout(s[0], in_ms(-1000));
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  put(s[1], "x");
  io_check();
}

TEST(never_past_the_size, .valgrind = 1) {
  say_much();
  for (unsigned size = 100; size < 400; size++) {
    char *buf = malloc(size + 1);
    memset(buf, 0x55, size + 1);
    unsigned length = io_debugstring(s[0], buf, size);
    CHECK(length > 0 && length < size);
    EQUAL(buf[length], 0);
    EQUAL(strlen(buf), length);
    EQUAL(buf[size], 0x55);
    free(buf);
  }
}

/* Each thing the library knows of a descriptor shows. */
TEST(changes_show) {
  char before[400], now[400];
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
#define SHOWS(CHANGE)                                                         \
  do {                                                                        \
    CHECK(io_debugstring(s[0], before, sizeof before) > 0);                   \
    CHANGE;                                                                   \
    CHECK(io_debugstring(s[0], now, sizeof now) > 0);                         \
    if (strcmp(before, now) == 0) FAIL("%s does not show: %s", #CHANGE, now); \
  } while (0)
  SHOWS(io_nonblock(s[0]));
  SHOWS(io_wantread(s[0]));
  SHOWS(io_wantwrite(s[0]));
  SHOWS(io_timeout(s[0], in_ms(3600 * 1000)));
  SHOWS(io_setcookie(s[0], s));
  SHOWS(put(s[1], "x"); io_check());
  SHOWS(collect());
  SHOWS(io_dontwantwrite(s[0]));
  SHOWS(io_dontwantread(s[0]));
  SHOWS(io_timeout(s[0], no_moment()));
  SHOWS(io_block(s[0]));
}
