/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_sendfile. */
#include "batch.h"

TEST(sendfile_sends_a_region, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  unix_pair(s);
  EQUAL(io_sendfile(s[0], fd, 2, 5), 5);
  EXPECT(s[1], "23456");
  EQUAL(lseek(fd, 0, SEEK_CUR), 10);
}

TEST(sendfile_stops_at_the_end_of_the_file, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  unix_pair(s);
  EQUAL(io_sendfile(s[0], fd, 7, 100), 3);
  EQUAL(io_sendfile(s[0], fd, 10, 100), 0);
  EQUAL(io_sendfile(s[0], fd, 1000, 1), 0);
  EQUAL(io_sendfile(s[0], fd, 0, 0), 0);
}

TEST(sendfile_says_eagain) {
  static char text[1 << 20];
  int s[2], fd = file_of(text, sizeof text);
  int64 sent;
  unix_pair(s);
  known(s[0]);
  sent = io_sendfile(s[0], fd, 0, sizeof text);
  CHECK(sent > 0 && sent < (int64)sizeof text);
  errno = 0;
  EQUAL(io_sendfile(s[0], fd, 0, sizeof text), -1);
  EQUAL(errno, EAGAIN);
  io_wantwrite(s[0]);
  EQUAL(in_write_round(s[0]), 0);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

TEST(sendfile_between_all_kinds) {
  int in = file_of("0123456789", 10), p[2], u[2], t[2], out = file_of("", 0), zero = open("/dev/zero", O_RDONLY);
  char name[T_NAME], got[16];
  int made = mkstemp(temporary(name, "append")), append = open(name, O_RDWR | O_APPEND), proc = open("/proc/self/cmdline", O_RDONLY);
  int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
  CHECK(made != -1 && append != -1 && zero != -1 && proc != -1 && unlink(name) == 0);
  if (master == -1) SKIP("no pseudo-terminals here (/dev/pts)");
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0);
  CHECK((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) != -1);
  CHECK(pipe(p) == 0);
  unix_pair(u);
  tcp_pair(t);
  EQUAL(io_sendfile(p[1], in, 0, 10), 10);
  EXPECT(p[0], "0123456789");
  EQUAL(io_sendfile(u[0], in, 0, 10), 10);
  EQUAL(io_sendfile(t[0], in, 0, 10), 10);
  EQUAL(io_sendfile(out, in, 0, 10), 10);
  EQUAL(io_sendfile(append, in, 0, 10), 10);
  EQUAL(pread(append, got, sizeof got, 0), 10);
  EQUAL(io_sendfile(slave, in, 0, 10), 10);
  EXPECT(master, "0123456789");
  EQUAL(io_sendfile(u[0], zero, 0, 100), 100);
  CHECK(io_sendfile(u[0], proc, 0, 5) > 0);
  /* A pipe as the source has no offsets. */
  put(p[1], "through");
  EQUAL(io_sendfile(out, p[0], 0, 7), 7);
}

TEST(sendfile_of_bad_descriptors, .valgrind = 1) {
  static const int64 bad[] = {-1, 9999, 1LL << 32, INT64_MIN};
  int s[2], fd = file_of("0123456789", 10);
  unix_pair(s);
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    errno = 0;
    EQUAL(io_sendfile(bad[i], fd, 0, 5), -3);
    EQUAL(errno, EBADF);
    errno = 0;
    EQUAL(io_sendfile(s[0], bad[i], 0, 5), -3);
    EQUAL(errno, EBADF);
  }
  EQUAL(io_sendfile(s[0], fd, UINT64_MAX, 5), -3);
  EQUAL(io_sendfile(s[0], open("/", O_RDONLY), 0, 5), -3);
}

TEST(sendfile_counts_beyond_2_gib, .seconds = 60) {
  NEEDS_64_BITS(off_t);
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "sparse")), null = open("/dev/null", O_WRONLY);
  const int64 size = 3LL << 30;
  CHECK(fd != -1 && null != -1);
  unlink(name);
  CHECK(ftruncate(fd, size) == 0);
  EQUAL(io_sendfile(null, fd, 0, (uint64)size), size);
}

/* A known TCP socket whose kind the loop has found out, found writable by the loop, and its peer. */
static void writable_tcp(int s[2]) {
  char byte[8];
  tcp_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  put(s[1], "x");
  AWAIT(s[0], POLLIN);
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  EQUAL(io_tryread(s[0], byte, sizeof byte), 1);
  EQUAL(io_tryread(s[0], byte, sizeof byte), -1);
  io_dontwantread(s[0]);
  io_wantwrite(s[0]);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
}

/* Fewer bytes than were asked for, because there are no more: the socket has room as before. */
TEST(the_end_of_a_file_is_no_full_socket) {
  int s[2], fd = file_of("0123456789", 10);
  writable_tcp(s);
  EQUAL(io_sendfile(s[0], fd, 0, 100), 10);
  EQUAL(in_write_round(s[0]), 1);
  BATCH(b);
  EQUAL(iob_addfile(&b, fd, 0, 100), 1);
  EQUAL(iob_send(s[0], &b), 10);
  EQUAL(in_write_round(s[0]), 1);
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(errno, EIO);
  iob_reset(&b);
}

/* EAGAIN from the source says nothing of the socket. */
TEST(an_empty_pipe_is_no_full_socket) {
  int s[2], p[2];
  writable_tcp(s);
  CHECK(pipe(p) == 0);
  nonblocking(p[0]);
  errno = 0;
  EQUAL(io_sendfile(s[0], p[0], 0, 100), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(in_write_round(s[0]), 1);
  put(p[1], "hello");
  EQUAL(io_sendfile(s[0], p[0], 0, 100), 5);
  EXPECT(s[1], "hello");
}

/* Sources without offsets are read from where they are. */
TEST(sendfile_from_sockets_terminals_and_pipes) {
  int u[2], t[2], d[2], p[2], out = file_of("", 0), master = posix_openpt(O_RDWR | O_NOCTTY), slave;
  char name[T_NAME], got[16];
  int made = mkstemp(temporary(name, "append")), append = open(name, O_RDWR | O_APPEND);
  CHECK(made != -1 && append != -1 && unlink(name) == 0);
  if (master == -1) SKIP("no pseudo-terminals here (/dev/pts)");
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0);
  CHECK((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) != -1);
  unix_pair(u);
  tcp_pair(t);
  udp_pair(d);
  CHECK(pipe(p) == 0);

  put(u[1], "unix");
  EQUAL(io_sendfile(t[0], u[0], 0, 4), 4);
  EXPECT(t[1], "unix");
  put(d[1], "udp");
  EQUAL(io_sendfile(t[0], d[0], 0, 3), 3);
  EXPECT(t[1], "udp");
  put(t[1], "tcp");
  EQUAL(io_sendfile(out, t[0], 0, 3), 3);
  EQUAL(pread(out, got, sizeof got, 0), 3);
  put(master, "tty\n");
  EQUAL(io_sendfile(t[0], slave, 0, 4), 4);
  EXPECT(t[1], "tty\n");
  put(p[1], "pipe");
  EQUAL(io_sendfile(append, p[0], 0, 4), 4);
  EQUAL(pread(append, got, sizeof got, 0), 4);

  /* More than is there now, and then the end. */
  nonblocking(u[0]);
  put(u[1], "rest");
  EQUAL(io_sendfile(t[0], u[0], 0, 100), 4);
  errno = 0;
  EQUAL(io_sendfile(t[0], u[0], 0, 100), -1);
  EQUAL(errno, EAGAIN);
  close(u[1]);
  EQUAL(io_sendfile(t[0], u[0], 0, 100), 0);
}

/* What was read cannot be put back: nothing is read for a socket that has no room. */
TEST(sendfile_leaves_alone_what_does_not_fit) {
  int u[2], t[2];
  unix_pair(u);
  unix_pair(t);
  nonblocking(t[0]);
  fill(t[0]);
  put(u[1], "kept");
  errno = 0;
  EQUAL(io_sendfile(t[0], u[0], 0, 4), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(waiting_bytes(u[0]), 4);
}

/* On a descriptor in blocking mode: a signal ends the call, and is no error for good. */
TEST(a_signal_is_no_permanent_error) {
  static char text[1 << 20];
  int s[2], fd = file_of(text, sizeof text), batches;
  int64 sent, total = 0;
  unix_pair(s);
  fill(s[0]);
  count_signal(SIGUSR1);
  pid_t parent = getpid(), pid = child();
  if (pid == 0) {
    static char got[65536];
    close(s[0]);
    for (int i = 0; i < 5; i++) {
      sleep_ms(20);
      kill(parent, SIGUSR1);
    }
    while (read(s[1], got, sizeof got) > 0) {
    }
    done();
  }
  for (batches = 0; batches < 2; batches++) {
    BATCH(b);
    CHECK(iob_addfile(&b, fd, 0, sizeof text));
    for (total = 0; total < (int64)sizeof text;) {
      errno = 0;
      sent = batches ? iob_send(s[0], &b) : io_sendfile(s[0], fd, (uint64)total, sizeof text - (uint64)total);
      CHECK(sent > 0 || (sent == -1 && errno == EAGAIN));
      if (sent > 0) total += sent;
    }
    iob_reset(&b);
  }
  CHECK(signals_seen > 0);
  close(s[0]);
  join(pid);
}
