/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What io_fd makes of a descriptor, its modes, and the table that it stands in. */
#include "loop.h"

#include <dirent.h>
#include <sys/stat.h>

TEST(fd_makes_known, .valgrind = 1) {
  int s[2];
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(fd_fails_on_a_negative_number) {
  errno = 0;
  EQUAL(io_fd(-1), 0);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_fd(INT64_MIN), 0);
  EQUAL(errno, EBADF);
}

TEST(fd_fails_on_a_closed_number) {
  int d = dup(0);
  close(d);
  errno = 0;
  EQUAL(io_fd(d), 0);
  EQUAL(errno, EBADF);
}

TEST(fd_fails_on_a_number_larger_than_int) {
  int s[2];
  unix_pair(s);
  errno = 0;
  EQUAL(io_fd(((int64)1 << 32) + s[0]), 0);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(io_fd(INT64_MAX), 0);
  EQUAL(errno, EBADF);
  EQUAL(io_fd(s[0]), 1);
}

TEST(fd_before_connect) {
  struct sockaddr_in at;
  int listener = tcp_listener(1, &at), s = socket(AF_INET, SOCK_STREAM, 0), peer;
  EQUAL(io_fd(s), 1);
  CHECK(connect(s, (struct sockaddr *)&at, sizeof at) == 0);
  CHECK((peer = accept(listener, 0, 0)) != -1);
  io_wantread(s);
  EQUAL(in_read_round(s), 0);
  put(peer, "x");
  AWAIT(s, POLLIN);
  EQUAL(in_read_round(s), 1);
}

TEST(fd_before_listen) {
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(s, (struct sockaddr *)&at, sizeof at) == 0);
  EQUAL(io_fd(s), 1);
  CHECK(listen(s, 5) == 0);
  CHECK(getsockname(s, (struct sockaddr *)&at, &size) == 0);
  io_wantread(s);
  EQUAL(in_read_round(s), 0);
  tcp_connect(&at);
  AWAIT(s, POLLIN);
  EQUAL(in_read_round(s), 1);
}

TEST(interest_before_listen) {
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(s, (struct sockaddr *)&at, sizeof at) == 0);
  known(s);
  io_wantread(s);
  CHECK(listen(s, 5) == 0);
  CHECK(getsockname(s, (struct sockaddr *)&at, &size) == 0);
  in_read_round(s);
  tcp_connect(&at);
  AWAIT(s, POLLIN);
  EQUAL(in_read_round(s), 1);
}

TEST(fd_leaves_the_mode_alone) {
  int s[2];
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  CHECK(!is_nonblocking(s[0]));
  nonblocking(s[1]);
  EQUAL(io_fd(s[1]), 1);
  CHECK(is_nonblocking(s[1]));
}

TEST(fd_flags_trusts_the_caller, .valgrind = 1) {
  int s[2];
  char c;
  unix_pair(s);
  nonblocking(s[0]);
  EQUAL(io_fd_flags(s[0], IO_FD_NONBLOCK), 1);
  EQUAL(io_fd_flags(s[1], IO_FD_BLOCK), 1);
  CHECK(is_nonblocking(s[0]) && !is_nonblocking(s[1]));
  EQUAL(io_tryread(s[0], &c, 1), -1);
  EQUAL(io_tryread(s[1], &c, 1), -1);
  io_wantread(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

/* A full socket can be writable by the program's word alone. */
TEST(fd_canwrite_starts_writable) {
  int s[2], t[2];
  unix_pair(s);
  unix_pair(t);
  nonblocking(s[0]);
  nonblocking(t[0]);
  fill(s[0]);
  fill(t[0]);
  EQUAL(io_fd_canwrite(s[0]), 1);
  EQUAL(io_fd_flags(t[0], IO_FD_CANWRITE | IO_FD_NONBLOCK), 1);
  io_wantwrite(s[0]);
  io_wantwrite(t[0]);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
  EQUAL(was_writable(t[0]), 1);
  EQUAL(io_trywrite(s[0], "x", 1), -1);
  EQUAL(io_trywrite(t[0], "x", 1), -1);
  EQUAL(in_write_round(s[0]), 0);
  EQUAL(was_writable(t[0]), 0);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

TEST(second_fd_keeps_cookie_deadline_and_interest) {
  int s[2], cookie;
  unix_pair(s);
  known(s[0]);
  io_setcookie(s[0], &cookie);
  io_timeout(s[0], in_ms(-1000));
  io_wantread(s[0]);
  EQUAL(io_fd(s[0]), 1);
  CHECK(io_getcookie(s[0]) == &cookie);
  EQUAL(io_timedout(s[0]), 1);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(second_fd_takes_the_mode_anew) {
  int s[2];
  char c;
  unix_pair(s);
  nonblocking(s[0]);
  EQUAL(io_fd(s[0]), 1);
  CHECK(fcntl(s[0], F_SETFL, fcntl(s[0], F_GETFL) & ~O_NONBLOCK) == 0);
  EQUAL(io_fd(s[0]), 1);
  EQUAL(io_tryread(s[0], &c, 1), -1);
  EQUAL(errno, EAGAIN);
}

TEST(cookies) {
  int s[2], cookie;
  unix_pair(s);
  CHECK(io_getcookie(s[0]) == 0);
  io_setcookie(s[0], &cookie);
  CHECK(io_getcookie(s[0]) == 0);
  EQUAL(io_fd(s[0]), 1);
  CHECK(io_getcookie(s[0]) == 0);
  io_setcookie(s[0], &cookie);
  CHECK(io_getcookie(s[0]) == &cookie);
  io_setcookie(s[0], 0);
  CHECK(io_getcookie(s[0]) == 0);
}

TEST(nonblock_and_block_switch_the_mode) {
  int s[2];
  char c;
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_nonblock(s[0]);
  CHECK(is_nonblocking(s[0]));
  EQUAL(io_tryread(s[0], &c, 1), -1);
  io_block(s[0]);
  CHECK(!is_nonblocking(s[0]));
  EQUAL(io_tryread(s[0], &c, 1), -1);
  EQUAL(errno, EAGAIN);
}

TEST(nonblock_and_block_work_on_unknown_descriptors) {
  int s[2];
  unix_pair(s);
  io_nonblock(s[0]);
  CHECK(is_nonblocking(s[0]));
  io_block(s[0]);
  CHECK(!is_nonblocking(s[0]));
}

TEST(closeonexec_sets_the_flag) {
  int s[2];
  unix_pair(s);
  io_closeonexec(s[0]);
  EQUAL(fcntl(s[0], F_GETFD), FD_CLOEXEC);
  EQUAL(io_fd(s[1]), 1);
  io_closeonexec(s[1]);
  EQUAL(fcntl(s[1], F_GETFD), FD_CLOEXEC);
}

TEST(modes_do_not_cut_a_64_bit_number) {
  int s[2];
  int64 high = (int64)1 << 32;
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_nonblock(high + s[0]);
  CHECK(!is_nonblocking(s[0]));
  nonblocking(s[1]);
  io_block(high + s[1]);
  CHECK(is_nonblocking(s[1]));
  io_closeonexec(high + s[0]);
  EQUAL(fcntl(s[0], F_GETFD), 0);
}

/* The loop opens descriptors for itself; a program that is started by exec must not inherit them. */
TEST(own_descriptors_close_on_exec) {
  int before[64] = {0}, s[2], own = 0;
  char path[64];
  struct stat st;
  unix_pair(s);
  for (int d = 0; d < 64; d++) before[d] = is_open(d);
  known(s[0]);
  io_wantread(s[0]);
  io_waituntil(in_ms(20));
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  for (int d = 0; d < 64; d++) {
    if (before[d] || !is_open(d)) continue;
    own++;
    snprintf(path, sizeof path, "/proc/self/fd/%d", d);
    CHECK(stat(path, &st) == 0);
    if (!(fcntl(d, F_GETFD) & FD_CLOEXEC)) FAIL("descriptor %d stays open", d);
  }
  CHECK(own <= 4);
}

/* The highest number first, then all the others: what is in use stays in place. */
static void grow_to(long highest, long step) {
  static char cookies[1000001];
  int p[2];
  CHECK(pipe(p) == 0);
  EQUAL(dup2(p[0], (int)highest), highest);
  nonblocking((int)highest);
  EQUAL(io_fd_flags(highest, IO_FD_NONBLOCK), 1);
  io_setcookie(highest, &cookies[highest]);
  io_wantread(highest);
  EQUAL(in_read_round(highest), 0);
  for (long d = 64; d < highest; d += step) {
    EQUAL(dup2(p[0], (int)d), d);
    EQUAL(io_fd_flags(d, IO_FD_NONBLOCK), 1);
    io_setcookie(d, &cookies[d]);
  }
  for (long d = 64; d < highest; d += step) CHECK(io_getcookie(d) == &cookies[d]);
  CHECK(io_getcookie(highest) == &cookies[highest]);
  put(p[1], "x");
  EQUAL(in_read_round(highest), 1);
}

TEST(table_grows_with_the_highest_number) {
  long limit = many_descriptors();
  CHECK(limit > 10000);
  grow_to((limit < 20000 ? limit : 20000) - 1, 1);
}

/* As many of a million as this machine lets a process have; root can allow itself more. */
TEST(a_million_descriptors) {
  struct rlimit wanted = {1000000, 1000000};
  long limit;
  setrlimit(RLIMIT_NOFILE, &wanted);
  limit = many_descriptors();
  if (limit < 1000000) dprintf(2, "only %ld descriptors allowed\n", limit);
  grow_to(limit - 1, 1);
}

TEST(an_idle_descriptor_is_small) {
  enum { FIRST = 100 };
  long limit = many_descriptors(), many = 10000, before, after;
  char line[128];
  int p[2];
  FILE *status;
  CHECK(limit > many + FIRST);
  CHECK(pipe(p) == 0);
  for (int turn = 0; turn < 2; turn++) {
    CHECK((status = fopen("/proc/self/status", "r")) != 0);
    before = 0;
    while (fgets(line, sizeof line, status)) sscanf(line, "RssAnon: %ld", &before);
    fclose(status);
    CHECK(before > 0);
    if (turn == 1) break;
    after = before;
    for (long d = FIRST; d < FIRST + many; d++) {
      EQUAL(dup2(p[0], (int)d), d);
      EQUAL(io_fd_flags(d, IO_FD_BLOCK), 1);
    }
  }
  /* cost.md allows 64 bytes; pages and the table's own shape take a little more. */
  if ((before - after) * 1024 > many * 80) FAIL("%ld descriptors took %ld KiB", many, before - after);
}
