/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Conditions that last, and readiness that is out of date: nothing spins, and in blocking mode nothing is reported that would
 * make the program wait. */
#include "loop.h"

#include "terminal.h"

#ifdef __linux__
#include <linux/errqueue.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

/* A UDP socket whose peer has gone, with an error queue that is not read. */
static int failing_socket(int *peer, struct sockaddr_in *at) {
  int one = 1, s[2];
  socklen_t size = sizeof *at;
  udp_pair(s);
  CHECK(setsockopt(s[0], IPPROTO_IP, IP_RECVERR, &one, sizeof one) == 0);
  CHECK(getsockname(s[1], (struct sockaddr *)at, &size) == 0);
  *peer = s[1];
  return s[0];
}

static int rounds_in_300_ms(int64 d, int plain) {
  char buf[100];
  int rounds = 0;
  for (int64_t end = millis() + 300; millis() < end; rounds++) {
    io_waituntil(in_ms(100));
    collect();
    if (!was_readable(d)) continue;
    if (plain) {
      recv((int)d, buf, sizeof buf, 0);
    } else {
      io_tryread(d, buf, sizeof buf);
    }
  }
  return rounds;
}

static void an_error_queue_does_not_make_it_spin(int plain) {
  struct sockaddr_in at;
  int peer, d = failing_socket(&peer, &at);
  char buf[100];
  known(d);
  io_wantread(d);
  for (int i = 0; i < 4; i++) {
    put(peer, "hi");
    io_wait();
    while (io_canread() != -1) recv(d, buf, sizeof buf, 0);
  }
  close(peer);
  put(d, "x");
  sleep_ms(20);
  CHECK(rounds_in_300_ms(d, plain) < 40);
  /* Data is heard nevertheless. */
  CHECK((peer = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
  CHECK(bind(peer, (struct sockaddr *)&at, sizeof at) == 0);
  struct sockaddr_in mine;
  socklen_t size = sizeof mine;
  CHECK(getsockname(d, (struct sockaddr *)&mine, &size) == 0);
  EQUAL(sendto(peer, "news", 4, 0, (struct sockaddr *)&mine, sizeof mine), 4);
  io_waituntil(in_ms(2000));
  collect();
  EQUAL(was_readable(d), 1);
  EQUAL(io_tryread(d, buf, sizeof buf), 4);
}

TEST(error_queue) { an_error_queue_does_not_make_it_spin(0); }

TEST(error_queue_and_plain_reads) { an_error_queue_does_not_make_it_spin(1); }

/* A round later it is reported again, as whatever the program has not looked at. */
TEST(an_error_is_reported_again) {
  struct sockaddr_in at;
  int peer, d = failing_socket(&peer, &at);
  char buf[100];
  known(d);
  io_wantread(d);
  for (int i = 0; i < 5; i++) {
    /* One that the program has looked at says nothing about the next one. */
    put(peer, "hi");
    AWAIT(d, POLLIN);
    EQUAL(in_read_round(d), 1);
    EQUAL(io_tryread(d, buf, sizeof buf), 2);
    EQUAL(io_tryread(d, buf, sizeof buf), -1);
    close(peer);
    put(d, "x");
    sleep_ms(20);
    EQUAL(in_read_round(d), 1);
    EQUAL(in_read_round(d), 1);
    EQUAL(recv(d, buf, sizeof buf, MSG_DONTWAIT), -1);
    EQUAL(errno, ECONNREFUSED);
    while (recv(d, buf, sizeof buf, MSG_ERRQUEUE | MSG_DONTWAIT) != -1) {
    }
    struct sockaddr_in mine;
    socklen_t size = sizeof mine;
    CHECK(getsockname(d, (struct sockaddr *)&mine, &size) == 0);
    CHECK((peer = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
    CHECK(bind(peer, (struct sockaddr *)&at, sizeof at) == 0);
    CHECK(connect(peer, (struct sockaddr *)&mine, sizeof mine) == 0);
  }
}

/* That the reader of a full pipe has gone lasts, and no call of the program takes it away: each write fails. */
TEST(a_broken_pipe_is_reported_for_good) {
  int p[2];
  CHECK(pipe(p) == 0);
  signal(SIGPIPE, SIG_IGN);
  known(p[1]);
  fill(p[1]);
  io_wantwrite(p[1]);
  EQUAL(in_write_round(p[1]), 0);
  close(p[0]);
  for (int i = 0; i < 10; i++) EQUAL(in_write_round(p[1]), 1);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}

#endif

/* ---- blocking mode ---- */

static int s[2];

TEST(a_full_one_in_blocking_mode_is_not_writable) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  io_check();
  fill(s[0]);
  io_wantwrite(s[0]);
  EQUAL(io_waituntil2(50), 0);
  EQUAL(io_canwrite(), -1);
  drain(s[1]);
  io_wait();
  EQUAL(io_canwrite(), s[0]);
}

/* Filled between the wait and io_canwrite. */
TEST(filled_before_it_is_returned_in_blocking_mode) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantwrite(s[0]);
  io_check();
  fill(s[0]);
  EQUAL(io_canwrite(), -1);
  drain(s[1]);
  EQUAL(in_write_round(s[0]), 1);
}

TEST(drained_before_it_is_returned_in_blocking_mode) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  put(s[1], "x");
  io_check();
  drain(s[0]);
  EQUAL(io_canread(), -1);
  put(s[1], "y");
  EQUAL(in_read_round(s[0]), 1);
}

/* ---- events beside a call ---- */
#ifdef __linux__

static int counter, in_read, go_on;
static __thread int slow;

ssize_t read(int d, void *to, size_t n) {
  ssize_t got = syscall(SYS_read, d, to, n);
  if (slow && d == counter) {
    int error = errno;
    __atomic_store_n(&in_read, 1, __ATOMIC_SEQ_CST);
    while (!__atomic_load_n(&go_on, __ATOMIC_SEQ_CST)) sleep_ms(1);
    errno = error;
  }
  return got;
}

static void *worker(void *arg) {
  char buf[8];
  slow = 1;
  io_tryread(counter, buf, sizeof buf);
  return arg;
}

/* A worker's read says EAGAIN, and before that is noted so many events come: none of them is lost. */
static void events_beside_a_read(int count) {
  uint64_t one = 1;
  char buf[8];
  pthread_t thread;
  CHECK((counter = eventfd(0, EFD_NONBLOCK)) != -1);
  EQUAL(io_fd(counter), 1);
  io_wantread(counter);
  EQUAL(in_read_round(counter), 0);
  io_tryread(counter, buf, sizeof buf);
  CHECK(pthread_create(&thread, 0, worker, 0) == 0);
  while (!__atomic_load_n(&in_read, __ATOMIC_SEQ_CST)) sleep_ms(1);
  for (int i = 0; i < count; i++) {
    EQUAL(write(counter, &one, sizeof one), sizeof one);
    io_check();
  }
  __atomic_store_n(&go_on, 1, __ATOMIC_SEQ_CST);
  CHECK(pthread_join(thread, 0) == 0);
  io_waituntil(in_ms(1000));
  EQUAL(io_canread(), counter);
}

TEST(events_beside_a_read_1) { events_beside_a_read(1); }
TEST(events_beside_a_read_256) { events_beside_a_read(256); }
TEST(events_beside_a_read_1024) { events_beside_a_read(1024); }
TEST(events_beside_a_read_65536) { events_beside_a_read(65536); }

/* So many events before the read that the library has lost count of them, and one beside it. */
TEST(an_event_beside_a_read_after_many) {
  uint64_t one = 1;
  pthread_t thread;
  CHECK((counter = eventfd(0, EFD_NONBLOCK)) != -1);
  EQUAL(io_fd(counter), 1);
  io_wantread(counter);
  for (int i = 0; i < 2000; i++) {
    EQUAL(write(counter, &one, sizeof one), sizeof one);
    io_check();
  }
  EQUAL(read(counter, &one, sizeof one), sizeof one);
  CHECK(pthread_create(&thread, 0, worker, 0) == 0);
  while (!__atomic_load_n(&in_read, __ATOMIC_SEQ_CST)) sleep_ms(1);
  EQUAL(write(counter, &one, sizeof one), sizeof one);
  io_check();
  __atomic_store_n(&go_on, 1, __ATOMIC_SEQ_CST);
  CHECK(pthread_join(thread, 0) == 0);
  io_waituntil(in_ms(1000));
  EQUAL(io_canread(), counter);
}

#endif

/* ---- terminals ---- */

/* A pty becomes writable some time after its wake-up: whatever poll(2) finds, io_canwrite returns. */
TEST(terminals_become_writable, .seconds = 60) {
  struct termios mode;
  int master, slave;
  char buf[4096];
  CHECK(openpty(&master, &slave, 0, 0, 0) == 0);
  CHECK(tcgetattr(slave, &mode) == 0);
  cfmakeraw(&mode);
  CHECK(tcsetattr(slave, TCSANOW, &mode) == 0);
  known(slave);
  io_wantwrite(slave);
  nonblocking(master);
  for (int i = 0; i < 60; i++) {
    fill(slave);
    io_eagain_write(slave);
    io_check();
    collect();
    for (int left = 500 + i * 97; left > 0;) {
      ssize_t got = read(master, buf, left < 4096 ? (size_t)left : sizeof buf);
      if (got <= 0) break;
      left -= (int)got;
    }
    struct pollfd p = {.fd = slave, .events = POLLOUT};
    if (poll(&p, 1, 100) == 0) continue;
    io_waituntil(in_ms(2000));
    EQUAL(io_canwrite(), slave);
  }
}
