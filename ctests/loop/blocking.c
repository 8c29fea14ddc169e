/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* "io_try… never waits": descriptors in blocking mode, whatever their kind and however much is asked for. */
#include "kinds.h"

enum { MEGABYTE = 1 << 20 };

static char buf[MEGABYTE];

static void begin(void (*open)(void)) {
  wr = -1;
  open();
  EQUAL(io_fd(rd), 1);
  if (wr != rd && wr != -1) EQUAL(io_fd(wr), 1);
  CHECK(!is_nonblocking(rd));
}

/* ---- reading ---- */

static void empty(const struct kind *kind) {
  begin(kind->open);
  for (int i = 0; i < 3; i++) {
    errno = 0;
    EQUAL(io_tryread(rd, buf, sizeof buf), -1);
    EQUAL(errno, EAGAIN);
  }
  CHECK(!is_nonblocking(rd));
  for (int i = 0; i < kind->units; i++) kind->put();
  AWAIT(rd, POLLIN);
  CHECK(io_tryread(rd, buf, sizeof buf) > 0);
  for (int i = 0; i < kind->units && io_tryread(rd, buf, sizeof buf) > 0; i++) {
  }
  EQUAL(io_tryread(rd, buf, sizeof buf), -1);
  if (kind->end) kind->end();
}

#define EMPTY(KIND)                                                           \
  TEST(tryread_of_an_empty_##KIND) { empty(&kind_##KIND); }

EMPTY(tcp)
EMPTY(unix_stream)
EMPTY(unix_datagram)
EMPTY(seqpacket)
EMPTY(udp)
EMPTY(pipe_end)
EMPTY(fifo)
EMPTY(pty)
EMPTY(pty_lines)
EMPTY(pty_master)
#ifdef __linux__
EMPTY(eventfd_counter)
EMPTY(timerfd)
EMPTY(signalfd_queue)
EMPTY(inotify)
#endif

/* ---- writing ---- */

/* Writes what fits, whatever that is, and then says that nothing more does. */
static void full(void (*open)(void)) {
  int64 n;
  begin(open);
  CHECK(!is_nonblocking(wr));
  n = io_trywrite(wr, buf, sizeof buf);
  CHECK(n > 0 && n <= (int64)sizeof buf);
  for (int i = 0; n > 0; i++) {
    CHECK(i < 10000);
    n = io_trywrite(wr, buf, sizeof buf);
  }
  EQUAL(n, -1);
  EQUAL(errno, EAGAIN);
  CHECK(!is_nonblocking(wr));
  CHECK(!is_nonblocking(rd));
}

/* Nothing of what was counted as written may be missing. */
static void full_and_complete(void (*open)(void)) {
  int64 n, sent = 0, there = 0;
  begin(open);
  for (size_t i = 0; i < sizeof buf; i++) buf[i] = (char)(i % 251);
  while ((n = io_trywrite(wr, buf + sent % 251, (int64)sizeof buf - 251)) > 0) sent += n;
  EQUAL(n, -1);
  while (there < sent) {
    static char back[MEGABYTE];
    AWAIT(rd, POLLIN);
    CHECK((n = io_tryread(rd, back, sizeof back)) > 0);
    for (int64 i = 0; i < n; i++, there++)
      if (back[i] != (char)(there % 251)) FAIL("byte %lld is wrong", (long long)there);
  }
  EQUAL(there, sent);
  EQUAL(io_tryread(rd, buf, 1), -1);
}

TEST(trywrite_of_a_megabyte_to_tcp) { full(open_tcp); }

TEST(trywrite_of_a_megabyte_to_a_unix_socket) { full(open_unix); }

TEST(trywrite_of_a_megabyte_to_a_pipe) { full(open_pipe); }

TEST(trywrite_of_a_megabyte_to_a_fifo) { full(open_fifo); }

TEST(trywrite_of_a_megabyte_to_a_terminal) { full(open_pty_master); }

TEST(trywrite_to_tcp_loses_nothing) { full_and_complete(open_tcp); }

TEST(trywrite_to_a_unix_socket_loses_nothing) { full_and_complete(open_unix); }

TEST(trywrite_to_a_pipe_loses_nothing) { full_and_complete(open_pipe); }

TEST(trywrite_to_a_terminal_loses_nothing) { full_and_complete(open_pty_master); }

/* A single free page makes poll say "writable"; a blocking write of more would wait. */
TEST(trywrite_to_an_almost_full_pipe) {
  char page[4096];
  begin(open_pipe);
  fill(wr);
  EQUAL(read(rd, page, sizeof page), sizeof page);
  CHECK(io_trywrite(wr, buf, sizeof buf) > 0);
  EQUAL(io_trywrite(wr, buf, sizeof buf), -1);
}

TEST(trywrite_of_datagrams_until_full) {
  int64 n;
  begin(open_unix_datagram);
  for (int i = 0; (n = io_trywrite(wr, buf, 1000)) > 0; i++) {
    CHECK(i < 100000);
    EQUAL(n, 1000);
  }
  EQUAL(n, -1);
  EQUAL(errno, EAGAIN);
}

#ifdef __linux__
TEST(trywrite_of_an_eventfd_until_full) {
  uint64 most = UINT64_MAX - 1, one = 1;
  begin(open_counter);
  EQUAL(io_trywrite(wr, (char *)&most, 8), 8);
  EQUAL(io_trywrite(wr, (char *)&one, 8), -1);
  EQUAL(errno, EAGAIN);
}
#endif

/* The other way round: a descriptor of this process may be another process's standard output. */
TEST(mode_is_never_switched_behind_the_back) {
  begin(open_pipe);
  pid_t pid = child();
  if (pid == 0) {
    for (int i = 0; i < 20000; i++) CHECK(!is_nonblocking(wr) && !is_nonblocking(rd));
    done();
  }
  while (waitpid(pid, 0, WNOHANG) == 0) {
    while (io_trywrite(wr, buf, sizeof buf) > 0) {
    }
    while (io_tryread(rd, buf, sizeof buf) > 0) {
    }
  }
  CHECK(!is_nonblocking(wr));
}

/* ---- no signal, timer or handler of the program is touched ---- */

static void touch_all(void) {
  begin(open_pipe);
  io_tryread(rd, buf, sizeof buf);
  while (io_trywrite(wr, buf, sizeof buf) > 0) {
  }
  begin(open_unix);
  io_tryread(rd, buf, sizeof buf);
  while (io_trywrite(wr, buf, sizeof buf) > 0) {
  }
  begin(open_pty_master);
  io_tryread(rd, buf, sizeof buf);
  while (io_trywrite(wr, buf, sizeof buf) > 0) {
  }
}

TEST(timer_is_left_alone) {
  struct itimerval set = {{7, 0}, {3600, 0}}, found;
  CHECK(setitimer(ITIMER_REAL, &set, 0) == 0);
  touch_all();
  CHECK(getitimer(ITIMER_REAL, &found) == 0);
  EQUAL(found.it_interval.tv_sec, 7);
  CHECK(found.it_value.tv_sec > 3000);
}

TEST(alarm_handler_is_left_alone) {
  struct sigaction found;
  count_signal(SIGALRM);
  touch_all();
  CHECK(sigaction(SIGALRM, 0, &found) == 0);
  CHECK(found.sa_handler == t_count_signal);
  EQUAL(signals_seen, 0);
}

TEST(signal_mask_is_left_alone) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGALRM);
  sigaddset(&mask, SIGUSR2);
  CHECK(sigprocmask(SIG_SETMASK, &mask, 0) == 0);
  touch_all();
  CHECK(sigprocmask(SIG_SETMASK, 0, &mask) == 0);
  for (int sig = 1; sig < 32; sig++) EQUAL(sigismember(&mask, sig), sig == SIGALRM || sig == SIGUSR2);
}
