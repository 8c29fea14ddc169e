/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A full descriptor table, and no memory: the contract's error, no crash, no hang, no leak. */
#include "loop.h"

static int s[2];
static char buf[200];

/* A registered descriptor with read interest, which all that follows must not touch. */
static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_setcookie(s[0], buf);
  EQUAL(in_read_round(s[0]), 0);
}

static void is_untouched(void) {
  CHECK(is_open(s[0]) && is_open(s[1]));
  CHECK(is_nonblocking(s[0]));
  EQUAL(fcntl(s[0], F_GETFD), 0);
  CHECK(io_getcookie(s[0]) == buf);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(read(s[0], buf, 10), 1);
}

static void allow_descriptors(int n) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = (rlim_t)n;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

static int open_descriptors(void) {
  int n = 0;
  for (int d = 0; d < 1000; d++) n += is_open(d);
  return n;
}

TEST(descriptor_table_full) {
  int64 d[2] = {-1, -1};
  begin();
  int before = open_descriptors();
  allow_descriptors(open_descriptors());
  for (int i = 0; i < 3; i++) {
    errno = 0;
    EQUAL(io_pipe(d), 0);
    EQUAL(errno, EMFILE);
    EQUAL(io_socketpair(d), 0);
    EQUAL(io_readfile(d, "/dev/null"), 0);
    EQUAL(io_createfile(d, "/dev/null"), 0);
    EQUAL(io_readwritefile(d, "/dev/null"), 0);
    EQUAL(io_appendfile(d, "/dev/null"), 0);
    EQUAL(errno, EMFILE);
  }
  EQUAL(open_descriptors(), before);
  is_untouched();
}

/* One free number is not enough for a pair: it is given back. */
TEST(descriptor_table_almost_full) {
  int64 d[2] = {-1, -1};
  begin();
  int before = open_descriptors();
  allow_descriptors(before + 1);
  for (int i = 0; i < 3; i++) {
    EQUAL(io_pipe(d), 0);
    EQUAL(io_socketpair(d), 0);
    EQUAL(errno, EMFILE);
    EQUAL(open_descriptors(), before);
  }
  is_untouched();
}

/* No number is free for the library's own descriptors. */
TEST(descriptor_table_full_at_the_first_wait) {
  unix_pair(s);
  nonblocking(s[0]);
  allow_descriptors(open_descriptors());
  if (io_fd(s[0]) == 0) return;
  io_wantread(s[0]);
  io_check();
  collect();
  put(s[1], "x");
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  EQUAL(io_tryread(s[0], buf, 10), 1);
  allow_descriptors(1000);
  in_read_round(s[0]);
  put(s[1], "x");
  wait_round();
  EQUAL(was_readable(s[0]), 1);
}

/* The limit shrinks below numbers that are in use. */
TEST(limit_below_a_known_descriptor) {
  begin();
  EQUAL(dup2(s[0], 900), 900);
  known(900);
  allow_descriptors(100);
  io_wantread(900);
  put(s[1], "x");
  EQUAL(in_read_round(900), 1);
  io_close(900);
}

/* Takes all memory that malloc can give, and keeps it. */
static void exhaust(size_t least) {
  for (size_t size = 1 << 20; size >= least; size /= 2)
    while (malloc(size)) {
    }
}

static void no_more_memory(void) {
  struct rlimit limit = {1, RLIM_INFINITY};
  CHECK(setrlimit(MEMORY_LIMIT, &limit) == 0);
  exhaust(8);
}

static void memory_again(void) {
  struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
  CHECK(setrlimit(MEMORY_LIMIT, &limit) == 0);
}

TEST(no_memory_for_a_new_descriptor) {
  long most = many_descriptors() - 1;
  begin();
  EQUAL(dup2(s[1], (int)most), most);
  no_more_memory();
  errno = 0;
  EQUAL(io_fd(most), 0);
  EQUAL(errno, ENOMEM);
  EQUAL(io_tryread(most, buf, 1), -3);
  EQUAL(errno, EBADF);
  io_wantread(most);
  io_timeout(most, in_ms(-1000));
  EQUAL(io_timeouted(), -1);
  is_untouched();
  memory_again();
  EQUAL(io_fd(most), 1);
  io_wantread(most);
  put(s[0], "x");
  EQUAL(in_read_round(most), 1);
}

TEST(no_memory_from_the_start) {
  unix_pair(s);
  no_more_memory();
  errno = 0;
  if (io_fd(s[0]) == 0) {
    EQUAL(errno, ENOMEM);
    io_wantread(s[0]);
    io_check();
    memory_again();
    EQUAL(io_fd(s[0]), 1);
  }
  memory_again();
  io_wantread(s[0]);
  io_check();
  put(s[1], "x");
  wait_round();
  EQUAL(was_readable(s[0]), 1);
}

/* io_timeout always succeeds: its room was taken at io_fd. Interest, waits and ready rounds need none. */
TEST(no_memory_for_a_known_descriptor) {
  enum { MANY = 500 };
  int d[MANY];
  begin();
  for (int i = 0; i < MANY; i++) {
    CHECK((d[i] = dup(s[0])) != -1);
    EQUAL(io_fd(d[i]), 1);
  }
  no_more_memory();
  tai6464 past = in_ms(-1000);
  for (int i = 0; i < MANY; i++) {
    io_wantread(d[i]);
    io_timeout(d[i], plus_ms(past, -i));
  }
  for (int i = MANY; i--;) EQUAL(io_timeouted(), d[i]);
  EQUAL(io_timeouted(), -1);
  put(s[1], "x");
  wait_round();
  while (t_round.reads < MANY + 1) {
    int before = t_round.reads;
    in_read_round(s[0]);
    CHECK(t_round.reads >= before);
  }
  EQUAL(t_round.reads, MANY + 1);
}
