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

static const char *described(int64 d) {
  static char text[700];
  unsigned length = io_debugstring(d, text, sizeof text);
  CHECK(length > 0 && length < 600);
  return text;
}

static int says(int64 d, const char *words) { return strstr(described(d), words) != 0; }

#define SAYS(D, WORDS)                                                        \
  do {                                                                        \
    if (!says(D, WORDS)) FAIL("%s is not in: %s", WORDS, described(D));       \
  } while (0)

/* Of a shorter buffer, the text is the beginning of the whole. */
TEST(cut_at_every_length, .valgrind = 1) {
  char whole[600];
  say_much();
  io_timeout(s[0], no_moment());
  unsigned length = io_debugstring(s[0], whole, sizeof whole);
  CHECK(length > 150 && length < sizeof whole - 1);
  for (unsigned size = 100; size <= length + 3; size++) {
    char *buf = malloc(size);
    unsigned got = io_debugstring(s[0], buf, size);
    EQUAL(got, size - 1 < length ? size - 1 : length);
    CHECK(memcmp(buf, whole, got) == 0);
    EQUAL(buf[got], 0);
    free(buf);
  }
}

/* The bits have the names that the source has for them. */
TEST(bits_by_name) {
  int t[2];
  unix_pair(s);
  unix_pair(t);
  EQUAL(io_fd(s[0]), 1);
  SAYS(s[0], "REGISTERED");
  CHECK(!says(s[0], "NONBLOCK"));
  io_nonblock(s[0]);
  SAYS(s[0], "NONBLOCK");
  SAYS(s[0], "Read() Write() kind Unknown");
  CHECK(!says(s[0], "WATCHED") && !says(s[0], "HAD_INTEREST"));
  io_wantread(s[0]);
  SAYS(s[0], "WATCHED");
  SAYS(s[0], "HAD_INTEREST");
  SAYS(s[0], "Read(interest) ");
  put(s[1], "x");
  io_check();
  SAYS(s[0], "Read(interest ready queued) ");
  CHECK(!says(s[0], "events 0 "));
  EQUAL(io_canread(), s[0]);
  SAYS(s[0], "Read(interest stale queued) ");
  EQUAL(io_queueforread(s[0]), 1);
  SAYS(s[0], "Read(interest ready queued forced) ");
  io_wantwrite(s[0]);
  SAYS(s[0], "Write(interest");
  io_timeout(s[0], in_ms(3600 * 1000));
  SAYS(s[0], "ARMED");
  EQUAL(io_passfd(t[0], s[0]), 0);
  SAYS(s[0], "SHARED");
  char buf[2];
  EQUAL(io_tryread(s[0], buf, sizeof buf), 1);
  SAYS(s[0], "kind LocalStream");
}

/* How far away the deadline is, in seconds; not when that is. */
TEST(deadlines_in_seconds_from_now) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  CHECK(!says(s[0], "deadline"));
  io_timeout(s[0], in_ms(3600 * 1000));
  CHECK(says(s[0], " deadline in 3600.0 s") || says(s[0], " deadline in 3599."));
  io_timeout(s[0], in_ms(-30 * 1000));
  SAYS(s[0], " deadline 30.");
  SAYS(s[0], " s ago");
  struct taia far = no_moment();
  far.sec.x = UINT64_MAX;
  io_timeout(s[0], far);
  SAYS(s[0], " deadline in ");
  io_timeout(s[0], no_moment());
  CHECK(!says(s[0], "deadline"));
}

TEST(the_backend_by_name) {
  const char *asked = getenv("OWFAT_BACKEND"), *preloaded = getenv("LD_PRELOAD");
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  SAYS(s[0], "backend none yet");
  io_wantread(s[0]);
  if (asked && strcmp(asked, "poll") == 0) SAYS(s[0], "backend poll");
  else if (preloaded && strstr(preloaded, "kqueue")) SAYS(s[0], "backend kqueue");
  else SAYS(s[0], "backend epoll");
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
