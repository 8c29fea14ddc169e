/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The event loop: registrations, interest, deadlines, waits, threads and processes. */
#include "faults.h"

#include <termios.h>

enum { BYTES = 3000, PIECE = 1024 };

/* Moves BYTES from one end to the other by the loop. A registered descriptor with interest must be reported again and again. */
static void transfer(int64 from, int64 to) {
  size_t sent = 0, got = 0;
  char piece[PIECE];
  io_wantwrite(from);
  io_wantread(to);
  while (got < BYTES) {
    int64 d, n;
    io_wait();
    while ((d = io_canread()) != -1) {
      EQUAL(d, to);
      n = MOVED(io_tryread(to, piece, sizeof piece));
      expect_bytes(piece, got, (size_t)n);
      got += (size_t)n;
    }
    while ((d = io_canwrite()) != -1) {
      EQUAL(d, from);
      n = sent + PIECE < BYTES ? PIECE : BYTES - (int64)sent;
      sent += (size_t)MOVED(io_trywrite(from, bytes_at(sent, piece, (size_t)n), n));
      if (sent == BYTES) io_dontwantwrite(from);
    }
  }
  EQUAL(got, sent);
  io_dontwantread(to);
}

static void transfer_and_end(int s[2]) {
  char c;
  int64 n;
  register_both(s[0], s[1]);
  transfer(s[1], s[0]);
  io_wantread(s[0]);
  io_close(s[1]);
  /* The end must not be lost either. */
  do {
    do io_wait();
    while (io_canread() != s[0]);
    errno = 0;
    n = io_tryread(s[0], &c, 1);
  } while (n != 0);
  io_close(s[0]);
}

/* The two descriptors are in blocking mode: the library sees to it that nothing waits. */
TEST(blocking_streams) {
  int s[2];
  tcp_pair(s);
  transfer_and_end(s);
  unix_pair(s);
  transfer_and_end(s);
  CHECK(pipe(s) == 0);
  transfer_and_end(s);
}

TEST(nonblocking_streams) {
  int s[2];
  for (int i = 0; i < 3; i++) {
    if (i == 0) tcp_pair(s);
    if (i == 1) unix_pair(s);
    if (i == 2) CHECK(pipe(s) == 0);
    nonblocking(s[0]);
    nonblocking(s[1]);
    transfer_and_end(s);
  }
}

/* A pseudo-terminal: the master and the slave. */
static void open_terminal(int s[2]) {
  struct termios raw;
  s[0] = posix_openpt(O_RDWR | O_NOCTTY);
  CHECK(s[0] != -1 && grantpt(s[0]) == 0 && unlockpt(s[0]) == 0);
  s[1] = open(ptsname(s[0]), O_RDWR | O_NOCTTY);
  CHECK(s[1] != -1 && tcgetattr(s[1], &raw) == 0);
  cfmakeraw(&raw);
  CHECK(tcsetattr(s[1], TCSANOW, &raw) == 0);
}

/* Terminals have no reads that do not wait. */
TEST(blocking_terminals) {
  int s[2];
  open_terminal(s);
  int master = s[0], slave = s[1];
  register_both(master, slave);
  for (int i = 0; i < 2; i++) {
    int from = i ? slave : master, to = i ? master : slave;
    char piece[200];
    for (size_t sent = 0, got = 0; got < sizeof piece;) {
      if (sent < sizeof piece)
        sent += (size_t)MOVED(io_trywrite(from, bytes_at(sent, piece, sizeof piece - sent), (int64)(sizeof piece - sent)));
      size_t n = (size_t)MOVED(io_tryread(to, piece, sizeof piece));
      expect_bytes(piece, got, n);
      got += n;
    }
  }
  close_both(slave, master);
}

/* By the loop, in which a terminal is looked at at an interval, whatever became of its registration. */
TEST(terminals_in_the_loop) {
  for (int mode = 0; mode < 2; mode++) {
    int s[2];
    open_terminal(s);
    if (mode) nonblocking(s[0]), nonblocking(s[1]);
    register_both(s[0], s[1]);
    transfer(s[1], s[0]);
    transfer(s[0], s[1]);
    close_both(s[1], s[0]);
  }
}

/* A registration that cannot be changed: more idle descriptors than are worth an event each when they become writable, of which
 * one wants to write. */
TEST(a_registration_for_reading_alone) {
  enum { IDLE = 140 };
  int s[2], idle[IDLE];
  unix_pair(s);
  nonblocking(s[0]);
  for (int i = 0; i < IDLE; i++) {
    CHECK((idle[i] = dup(s[0])) != -1);
    INSIST(io_fd_flags(idle[i], IO_FD_NONBLOCK), == 1);
    io_wantread(idle[i]);
  }
  io_check();
  while (io_canread() != -1) {
  }
  for (int times = 0; times < 3; times++) {
    int d = idle[IDLE - 1 - times];
    fill(s[0]);
    io_wantwrite(d);
    io_check();
    while (io_canwrite() != -1) {
    }
    while (io_trywrite(d, "x", 1) == 1) {
    }
    drain(s[1]);
    do io_wait();
    while (io_canwrite() != d);
    EQUAL(write(d, "x", 1), 1);
    io_dontwantwrite(d);
  }
  for (int i = 0; i < IDLE; i++) io_close(idle[i]);
  close(s[0]);
  close(s[1]);
}

/* Datagrams that are read one at a time make a registration level-triggered, and write interest takes that back. */
TEST(a_registration_that_becomes_level_triggered) {
  int s[2];
  char buf[8];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
  nonblocking(s[0]);
  INSIST(io_fd(s[0]), == 1);
  io_wantread(s[0]);
  for (int i = 0; i < 6; i++) {
    for (int k = 0; k < 4; k++) put(s[1], "hi");
    for (int k = 0; k < 4; k++) {
      do io_wait();
      while (io_canread() != s[0]);
      EQUAL(read(s[0], buf, sizeof buf), 2);
    }
    if (i % 2 == 0) continue;
    fill(s[0]);
    io_wantwrite(s[0]);
    io_check();
    while (io_canwrite() != -1) {
    }
    while (io_trywrite(s[0], "x", 1) == 1) {
    }
    drain(s[1]);
    do io_wait();
    while (io_canwrite() != s[0]);
    io_dontwantwrite(s[0]);
  }
  io_close(s[0]);
  close(s[1]);
}

TEST(pairs_made_by_the_library) {
  int64 d[2];
  INSIST(io_pipe(d), == 1);
  transfer(d[1], d[0]);
  close_both(d[0], d[1]);
  INSIST(io_socketpair(d), == 1);
  transfer(d[1], d[0]);
  transfer(d[0], d[1]);
  close_both(d[0], d[1]);
}

/* What these set shows, or shows to have failed. */
TEST(modes_flags_and_cookies) {
  int s[2], cookie;
  char text[512];
  unix_pair(s);
  INSIST(io_fd_flags(s[0], IO_FD_NONBLOCK | IO_FD_CANWRITE), == 1);
  INSIST(io_fd_canwrite(s[1]), == 1);
  for (long faults = -1; faults != shim_faults();) {
    faults = shim_faults();
    io_nonblock(s[0]);
    io_nonblock(s[1]);
    io_block(s[1]);
    io_closeonexec(s[0]);
  }
  CHECK(is_nonblocking(s[0]) && !is_nonblocking(s[1]));
  CHECK(fcntl(s[0], F_GETFD) & FD_CLOEXEC);
  io_setcookie(s[0], &cookie);
  CHECK(io_getcookie(s[0]) == &cookie && io_getcookie(s[1]) == 0);
  CHECK(io_debugstring(s[0], text, sizeof text) > 0);
  transfer(s[0], s[1]);
  CHECK(io_getcookie(s[0]) == &cookie);
  close_both(s[0], s[1]);
}

/* A program that says what it found itself, and that puts descriptors into the queue. */
TEST(eagain_and_queues) {
  int s[2];
  char buf[16];
  int64 d;
  unix_pair(s);
  nonblocking(s[0]);
  nonblocking(s[1]);
  register_both(s[0], s[1]);
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  for (int i = 0; i < 5; i++) {
    put(s[1], "12345");
    do {
      io_check();
      d = io_canread();
    } while (d != s[0]);
    EQUAL(read(s[0], buf, sizeof buf), 5);
    EQUAL(read(s[0], buf, sizeof buf), -1);
    if (i % 2) io_eagain(s[0]);
    else io_eagain_read(s[0]);
    io_eagain_write(s[0]);
    while (io_canread() != -1 || io_canwrite() != -1) {
    }
  }
  io_dontwantwrite(s[0]);
  EQUAL(io_queueforread(s[0]), 1);
  io_check();
  EQUAL(io_canread(), s[0]);
  io_wantwrite(s[1]);
  EQUAL(io_queueforwrite(s[1]), 1);
  io_check();
  do {
    d = io_canwrite();
  } while (d != s[1] && d != -1);
  EQUAL(d, s[1]);
  close_both(s[0], s[1]);
}

TEST(deadlines) {
  int s[2];
  char c;
  int64 n;
  unix_pair(s);
  nonblocking(s[0]);
  register_both(s[0], s[1]);
  io_wantread(s[0]);
  io_timeout(s[0], in_ms(5));
  io_timeout(s[1], in_ms(3600 * 1000));
  do {
    io_wait();
    while (io_canread() != -1) {
    }
  } while (io_timeouted() != s[0]);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_timedout(s[0]), 1);
  EQUAL(io_timedout(s[1]), 0);
  while ((n = io_tryreadtimeout(s[0], &c, 1)) != -2) CHECK(n == -3 && errno == fault);
  EQUAL(errno, ETIMEDOUT);
  while ((n = io_trywritetimeout(s[0], "x", 1)) != 1) CHECK((n == -3 && errno == fault) || (n == -2 && errno == ETIMEDOUT));
  io_timeout(s[0], no_moment());
  EQUAL(io_timedout(s[0]), 0);
  while ((n = io_tryreadtimeout(s[1], &c, 1)) != 1) CHECK((n == -3 && errno == fault) || (n == -1 && errno == EAGAIN));
  close_both(s[0], s[1]);
}

/* Waits with a limit: not shorter than that, unless a descriptor is ready; and not for ever. */
TEST(limits_of_waits) {
  int s[2];
  int64_t begin;
  int64 n;
  unix_pair(s);
  nonblocking(s[0]);
  register_both(s[0], s[1]);
  io_wantread(s[0]);
  begin = millis();
  io_waituntil(in_ms(8));
  if (io_canread() == -1) CHECK(millis() - begin >= 7);
  begin = millis();
  n = io_waituntil2(8);
  if (n == -1) CHECK(errno == EINTR && fault == EINTR);
  else if (io_canread() == -1) CHECK(millis() - begin >= 7);
  INSIST(io_waituntil2(0), >= 0);
  put(s[1], "x");
  do INSIST(io_waituntil2(-1), >= 0);
  while (io_canread() != s[0]);
  close_both(s[0], s[1]);
}

/* io_waitread and io_waitwrite wait, in both modes. */
static int waiting[2];

static void write_slowly(void *arg) {
  char piece[BYTES];
  (void)arg;
  bytes_at(0, piece, sizeof piece);
  for (size_t at = 0; at < BYTES; at += 500) {
    EQUAL(write(waiting[1], piece + at, 500), 500);
    usleep(500);
  }
}

TEST(reads_and_writes_that_wait) {
  for (int i = 0; i < 4; i++) {
    char piece[BYTES];
    if (i & 1) unix_pair(waiting);
    else CHECK(pipe(waiting) == 0);
    if (i & 2) nonblocking(waiting[0]);
    register_both(waiting[0], waiting[1]);
    pthread_t thread = after(1, write_slowly, 0);
    for (size_t got = 0; got < BYTES;) {
      int64 n = INSIST(io_waitread(waiting[0], piece, sizeof piece), > 0);
      expect_bytes(piece, got, (size_t)n);
      got += (size_t)n;
    }
    pthread_join(thread, 0);
    for (size_t sent = 0; sent < BYTES;)
      sent += (size_t)INSIST(io_waitwrite(waiting[1], bytes_at(sent, piece, BYTES - sent), BYTES - (int64)sent), > 0);
    for (size_t got = 0; got < BYTES;) {
      ssize_t n = read(waiting[0], piece, BYTES - got);
      expect_bytes(piece, got, (size_t)n);
      got += (size_t)n;
    }
    close_both(waiting[0], waiting[1]);
  }
}

/* Numbers all over the table: chunks and heaps that grow. */
TEST(a_table_that_grows) {
  static const int numbers[] = {200, 1100, 2500, 5000};
  int s[2], d[4];
  struct rlimit files = {6000, 6000};
  CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
  unix_pair(s);
  for (int i = 0; i < 4; i++) {
    EQUAL(d[i] = fcntl(s[0], F_DUPFD, numbers[i]), numbers[i]);
    INSIST(io_fd(d[i]), == 1);
    io_wantread(d[i]);
    io_timeout(d[i], in_ms(1000 + i));
  }
  put(s[1], "x");
  for (int seen = 0; seen != 15;) {
    int64 r;
    io_wait();
    while ((r = io_canread()) != -1)
      for (int i = 0; i < 4; i++) seen |= (r == d[i]) << i;
  }
  for (int i = 0; i < 4; i++) {
    io_close(d[i]);
    CHECK(!is_open(d[i]));
  }
  close(s[0]);
  close(s[1]);
}

/* ---- threads and processes ---- */

static int woken[2], quiet[2];

static void want_from_afar(void *arg) {
  (void)arg;
  io_wantread(woken[0]);
}

static void set_deadline_from_afar(void *arg) {
  (void)arg;
  io_timeout(quiet[0], in_ms(1));
}

TEST(interest_and_deadlines_of_other_threads) {
  int64 d;
  unix_pair(woken);
  unix_pair(quiet);
  register_both(woken[0], quiet[0]);
  io_wantread(quiet[0]);
  put(woken[1], "x");
  pthread_t thread = after(2, want_from_afar, 0);
  do {
    io_wait();
    while ((d = io_canread()) != -1 && d != woken[0]) {
    }
  } while (d != woken[0]);
  pthread_join(thread, 0);
  io_dontwantread(woken[0]);
  thread = after(2, set_deadline_from_afar, 0);
  do {
    io_wait();
    while (io_canread() != -1) {
    }
  } while (io_timeouted() != quiet[0]);
  pthread_join(thread, 0);
  close_both(woken[0], quiet[0]);
  close(woken[1]);
  close(quiet[1]);
}

static void heard(int d, int peer) {
  char c;
  put(peer, "x");
  do io_wait();
  while (io_canread() != d);
  EQUAL(read(d, &c, 1), 1);
  io_eagain_read(d);
}

TEST(parent_and_child) {
  int s[2];
  unix_pair(s);
  nonblocking(s[0]);
  INSIST(io_fd(s[0]), == 1);
  io_wantread(s[0]);
  heard(s[0], s[1]);
  pid_t pid = child();
  heard(s[0], s[1]);
  if (pid == 0) {
    shim_disarm();
    io_finishandshutdown();
    done();
  }
  join(pid);
  heard(s[0], s[1]);
  io_close(s[0]);
  close(s[1]);
}

/* Registrations that outlive their number until the instance is renewed. */
TEST(leftovers) {
  int s[2], kept[12], last[2];
  unix_pair(last);
  nonblocking(last[0]);
  INSIST(io_fd(last[0]), == 1);
  io_wantread(last[0]);
  for (int i = 0; i < 12; i++) {
    unix_pair(s);
    CHECK((kept[i] = dup(s[0])) != -1);
    INSIST(io_fd(s[0]), == 1);
    io_wantread(s[0]);
    io_check();
    while (io_canread() != -1) {
    }
    io_close(s[0]);
    put(s[1], "x");
    io_check();
    while (io_canread() != -1) {
    }
    close(s[1]);
  }
  heard(last[0], last[1]);
  for (int i = 0; i < 12; i++) close(kept[i]);
  io_close(last[0]);
  close(last[1]);
}

/* Found by this test: for want of memory, the kernel's instance stayed open. */
TEST(an_instance_is_closed_without_memory) {
  int s[2];
  unix_pair(s);
  INSIST(io_fd(s[0]), == 1);
  io_wantread(s[0]);
  heard(s[0], s[1]);
  io_finishandshutdown();
  close(s[0]);
  close(s[1]);
}
