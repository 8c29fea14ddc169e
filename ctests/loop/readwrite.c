/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What io_tryread, io_trywrite, io_waitread, io_waitwrite and the forms with a time-out return. */
#include "kinds.h"

static char buf[1 << 20];

static void begin(void (*open)(void), int blocking) {
  open();
  EQUAL(io_fd(rd), 1);
  if (wr != rd) EQUAL(io_fd(wr), 1);
  if (!blocking) {
    io_nonblock(rd);
    io_nonblock(wr);
  }
  errno = 0;
}

#define BOTH_MODES for (int blocking = 0; blocking < 2; blocking++)

TEST(tryread_returns_bytes, .valgrind = 1) {
  BOTH_MODES {
    begin(open_unix, blocking);
    put(wr, "12345");
    memset(buf, '.', 8);
    EQUAL(io_tryread(rd, buf, 3), 3);
    EQUAL(io_tryread(rd, buf + 3, 4), 2);
    CHECK(memcmp(buf, "12345...", 8) == 0);
  }
}

TEST(tryread_returns_0_at_the_end) {
  BOTH_MODES {
    begin(open_unix, blocking);
    close(wr);
    EQUAL(io_tryread(rd, buf, 3), 0);
    EQUAL(io_tryread(rd, buf, 3), 0);
  }
}

TEST(tryread_returns_minus_1_without_data) {
  BOTH_MODES {
    begin(open_unix, blocking);
    EQUAL(io_tryread(rd, buf, 3), -1);
    EQUAL(errno, EAGAIN);
  }
}

TEST(trywrite_returns_minus_1_without_room) {
  BOTH_MODES {
    begin(open_unix, blocking);
    fill(wr);
    errno = 0;
    EQUAL(io_trywrite(wr, "x", 1), -1);
    EQUAL(errno, EAGAIN);
    drain(rd);
    EQUAL(io_trywrite(wr, "x", 1), 1);
  }
}

TEST(unknown_descriptors_give_minus_3_and_EBADF) {
  int s[2];
  unix_pair(s);
  int64 (*reads[])(int64, char *, int64) = {io_tryread, io_waitread, io_tryreadtimeout};
  int64 (*writes[])(int64, const char *, int64) = {io_trywrite, io_waitwrite, io_trywritetimeout};
  put(s[1], "x");
  for (int i = 0; i < 3; i++) {
    errno = 0;
    EQUAL(reads[i](s[0], buf, 1), -3);
    EQUAL(errno, EBADF);
    errno = 0;
    EQUAL(writes[i](s[0], buf, 1), -3);
    EQUAL(errno, EBADF);
  }
  nonblocking(s[1]);
  EQUAL(read(s[1], buf, 1), -1);
}

TEST(other_errors_give_minus_3) {
  int p[2];
  CHECK(pipe(p) == 0);
  EQUAL(io_fd(p[0]), 1);
  EQUAL(io_fd(p[1]), 1);
  EQUAL(io_tryread(p[1], buf, 1), -3);
  EQUAL(errno, EBADF);
  EQUAL(io_waitwrite(p[0], buf, 1), -3);
  EQUAL(errno, EBADF);
  close(p[0]);
  EQUAL(io_trywrite(p[1], buf, 1), -3);
  EQUAL(errno, EPIPE);
  EQUAL(io_waitwrite(p[1], buf, 1), -3);
  EQUAL(errno, EPIPE);
  EQUAL(io_trywritetimeout(p[1], buf, 1), -3);
  EQUAL(errno, EPIPE);
}

TEST(negative_length_gives_minus_3_and_EINVAL) {
  begin(open_unix, 0);
  put(wr, "x");
  int64 lengths[] = {-1, INT64_MIN};
  for (int i = 0; i < 2; i++) {
    errno = 0;
    EQUAL(io_tryread(rd, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
    errno = 0;
    EQUAL(io_waitread(rd, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
    errno = 0;
    EQUAL(io_tryreadtimeout(rd, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
    errno = 0;
    EQUAL(io_trywrite(wr, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
    errno = 0;
    EQUAL(io_waitwrite(wr, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
    errno = 0;
    EQUAL(io_trywritetimeout(wr, buf, lengths[i]), -3);
    EQUAL(errno, EINVAL);
  }
}

TEST(length_0_does_nothing) {
  BOTH_MODES {
    begin(open_unix, blocking);
    for (int i = 0; i < 2; i++) {
      EQUAL(io_tryread(rd, buf, 0), 0);
      EQUAL(io_waitread(rd, 0, 0), 0);
      EQUAL(io_tryreadtimeout(rd, 0, 0), 0);
      EQUAL(io_trywrite(wr, buf, 0), 0);
      EQUAL(io_waitwrite(wr, 0, 0), 0);
      EQUAL(io_trywritetimeout(wr, 0, 0), 0);
      put(wr, "x");
    }
    EQUAL(errno, 0);
    EQUAL(read(rd, buf, 10), 2);
  }
}

/* A datagram socket would send an empty datagram, or throw one away. */
TEST(length_0_on_a_datagram_socket) {
  begin(open_udp, 0);
  EQUAL(io_trywrite(wr, buf, 0), 0);
  EQUAL(io_tryread(rd, buf, 1), -1);
  put(wr, "12345678");
  AWAIT(rd, POLLIN);
  EQUAL(io_tryread(rd, buf, 0), 0);
  EQUAL(read(rd, buf, 10), 8);
}

/* ---- time-outs ---- */

TEST(timeout_forms_without_a_deadline) {
  BOTH_MODES {
    begin(open_unix, blocking);
    EQUAL(io_tryreadtimeout(rd, buf, 1), -1);
    EQUAL(errno, EAGAIN);
    fill(wr);
    errno = 0;
    EQUAL(io_trywritetimeout(wr, buf, 1), -1);
    EQUAL(errno, EAGAIN);
  }
}

TEST(timeout_forms_before_the_deadline) {
  begin(open_unix, 0);
  io_timeout(rd, in_ms(3600 * 1000));
  io_timeout(wr, in_ms(3600 * 1000));
  EQUAL(io_tryreadtimeout(rd, buf, 1), -1);
  fill(wr);
  EQUAL(io_trywritetimeout(wr, buf, 1), -1);
}

TEST(timeout_forms_after_the_deadline) {
  BOTH_MODES {
    begin(open_unix, blocking);
    io_timeout(rd, in_ms(-10));
    io_timeout(wr, in_ms(-10));
    EQUAL(io_tryreadtimeout(rd, buf, 1), -2);
    EQUAL(errno, ETIMEDOUT);
    fill(wr);
    errno = 0;
    EQUAL(io_trywritetimeout(wr, buf, 1), -2);
    EQUAL(errno, ETIMEDOUT);
    EQUAL(io_tryreadtimeout(rd, buf, 1), 1);
    drain(rd);
    EQUAL(io_trywritetimeout(wr, "12", 2), 2);
    close(wr);
    EQUAL(io_tryreadtimeout(rd, buf, 100), 2);
    EQUAL(io_tryreadtimeout(rd, buf, 100), 0);
  }
}

TEST(plain_forms_do_not_look_at_deadlines) {
  begin(open_unix, 0);
  io_timeout(rd, in_ms(-10));
  EQUAL(io_tryread(rd, buf, 1), -1);
  EQUAL(errno, EAGAIN);
}

/* ---- io_waitread, io_waitwrite ---- */

static void wait_for_data(void (*open)(void)) {
  BOTH_MODES {
    begin(open, blocking);
    put_after(50, &wr);
    EQUAL(io_waitread(rd, buf, 100), 1);
    CHECK(buf[0] == 'x');
  }
}

TEST(waitread_waits_for_a_unix_socket) { wait_for_data(open_unix); }

TEST(waitread_waits_for_a_tcp_socket) { wait_for_data(open_tcp); }

TEST(waitread_waits_for_a_pipe) { wait_for_data(open_pipe); }

static void *drain_slowly(void *arg) {
  long left = *(long *)arg;
  char block[40000];
  while (left > 0) {
    struct pollfd p = {.fd = rd, .events = POLLIN};
    poll(&p, 1, -1);
    ssize_t n = read(rd, block, sizeof block);
    if (n > 0) left -= n;
  }
  return 0;
}

/* A reader takes it out by and by: everything arrives, in however many calls. */
static void wait_for_room(void (*open)(void)) {
  BOTH_MODES {
    long all = sizeof buf;
    int64 sent = 0;
    pthread_t reader;
    begin(open, blocking);
    CHECK(pthread_create(&reader, 0, drain_slowly, &all) == 0);
    while (sent < all) {
      int64 n = io_waitwrite(wr, buf + sent, all - sent);
      if (n <= 0) FAIL("io_waitwrite gives %lld", (long long)n);
      sent += n;
    }
    pthread_join(reader, 0);
  }
}

TEST(waitwrite_waits_for_a_unix_socket) { wait_for_room(open_unix); }

TEST(waitwrite_waits_for_a_tcp_socket) { wait_for_room(open_tcp); }

TEST(waitwrite_waits_for_a_pipe) { wait_for_room(open_pipe); }

TEST(waitread_and_waitwrite_survive_signals) {
  count_signal(SIGUSR1);
  BOTH_MODES {
    begin(open_unix, blocking);
    fill(wr);
    pid_t pid = pest(SIGUSR1, 2, 50);
    pid_t reader = child();
    if (reader == 0) {
      sleep_ms(150);
      drain(rd);
      done();
    }
    EQUAL(io_waitwrite(wr, "x", 1), 1);
    while (waitpid(reader, 0, 0) == -1) CHECK(errno == EINTR);
    while (waitpid(pid, 0, 0) == -1) CHECK(errno == EINTR);
    drain(rd);
    pest(SIGUSR1, 2, 50);
    put_after(150, &wr);
    EQUAL(io_waitread(rd, buf, 1), 1);
  }
  CHECK(signals_seen > 0);
}

TEST(waitread_returns_0_at_the_end) {
  BOTH_MODES {
    begin(open_unix, blocking);
    close(wr);
    EQUAL(io_waitread(rd, buf, 3), 0);
  }
}

/* A program that polls with io_tryread alone, without ever waiting, still sees its data. */
TEST(tryread_without_a_wait_sees_data) {
  begin(open_tcp, 0);
  io_wantread(rd);
  in_read_round(rd);
  put(wr, "1234");
  AWAIT(rd, POLLIN);
  EQUAL(io_tryread(rd, buf, 100), 4);
  for (int i = 0; i < 5; i++) {
    put(wr, "5678");
    AWAIT(rd, POLLIN);
    int64 n = io_tryread(rd, buf, 100);
    if (n == -1) n = io_tryread(rd, buf, 100);
    EQUAL(n, 4);
  }
}

/* What came in a round must not be answered for in the next one. */
TEST(tryread_of_the_next_round_sees_data) {
  begin(open_tcp, 0);
  io_wantread(rd);
  for (int i = 0; i < 5; i++) {
    put(wr, "1234");
    AWAIT(rd, POLLIN);
    wait_round();
    EQUAL(was_readable(rd), 1);
    EQUAL(io_tryread(rd, buf, 100), 4);
  }
}
