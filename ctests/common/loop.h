/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What tests of the event loop have in common: descriptors of all kinds, rounds of the loop, moments. */
#ifndef LOOP_H
#define LOOP_H

#include "t.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libowfat/io.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

/* ---- rounds of the loop ---- */

enum { ROUND_MAX = 65536 };

/* What io_canread and io_canwrite said in the last round. */
static struct {
  int reads, writes;
  int64 read[ROUND_MAX], write[ROUND_MAX];
} t_round;

/* Takes everything that io_canread and io_canwrite have to say. */
static inline void collect(void) {
  int64 d;
  t_round.reads = t_round.writes = 0;
  while ((d = io_canread()) != -1) {
    CHECK(t_round.reads < ROUND_MAX);
    t_round.read[t_round.reads++] = d;
  }
  while ((d = io_canwrite()) != -1) {
    CHECK(t_round.writes < ROUND_MAX);
    t_round.write[t_round.writes++] = d;
  }
}

/* How often the last round had d. */
static inline int was_readable(int64 d) {
  int times = 0;
  for (int i = 0; i < t_round.reads; i++) times += t_round.read[i] == d;
  return times;
}

static inline int was_writable(int64 d) {
  int times = 0;
  for (int i = 0; i < t_round.writes; i++) times += t_round.write[i] == d;
  return times;
}

/* A round without waiting; how often d is readable in it. */
static inline int in_read_round(int64 d) {
  io_check();
  collect();
  return was_readable(d);
}

static inline int in_write_round(int64 d) {
  io_check();
  collect();
  return was_writable(d);
}

/* A round with io_wait. */
static inline void wait_round(void) {
  io_wait();
  collect();
}

/* Whether poll(2) finds d ready for `events` in good time. What it finds, the loop has to find at once. */
static inline int kernel_ready(int d, int events) {
  struct pollfd p = {.fd = d, .events = (short)events};
  int n;
  while ((n = poll(&p, 1, 5000)) == -1 && errno == EINTR) {
  }
  return n == 1;
}

#define AWAIT(D, EVENTS) CHECK(kernel_ready((int)(D), EVENTS))

/* ---- moments ---- */

/* The moment that is so many milliseconds away from t. */
static inline tai6464 plus_ms(tai6464 t, int64_t ms) {
  int64_t nano = t.nano + ms % 1000 * 1000000;
  t.sec.x += (uint64)(ms / 1000);
  if (nano < 0) {
    nano += 1000000000;
    t.sec.x--;
  }
  if (nano >= 1000000000) {
    nano -= 1000000000;
    t.sec.x++;
  }
  t.nano = (uint32)nano;
  return t;
}

/* The moment that is so many milliseconds away from now; negative ones have passed. */
static inline tai6464 in_ms(int64_t ms) {
  struct taia now;
  taia_now(&now);
  return plus_ms(now, ms);
}

static inline tai6464 no_moment(void) {
  struct taia none;
  memset(&none, 0, sizeof none);
  return none;
}

/* ---- descriptors ---- */

static inline void nonblocking(int d) {
  CHECK(fcntl(d, F_SETFL, fcntl(d, F_GETFL) | O_NONBLOCK) == 0);
}

static inline int is_nonblocking(int d) { return (fcntl(d, F_GETFL) & O_NONBLOCK) != 0; }

static inline int is_open(int d) { return fcntl(d, F_GETFD) != -1; }

/* Makes d known, in nonblocking mode. */
static inline void known(int64 d) {
  EQUAL(io_fd(d), 1);
  io_nonblock(d);
}

/* A listening TCP socket on a free port of the loopback interface. */
static inline int tcp_listener(int backlog, struct sockaddr_in *at) {
  socklen_t size = sizeof *at;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(s != -1);
  memset(at, 0, sizeof *at);
  at->sin_family = AF_INET;
  at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(s, (struct sockaddr *)at, sizeof *at) == 0);
  CHECK(listen(s, backlog) == 0);
  CHECK(getsockname(s, (struct sockaddr *)at, &size) == 0);
  return s;
}

static inline int tcp_connect(const struct sockaddr_in *to) {
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  CHECK(s != -1);
  CHECK(connect(s, (const struct sockaddr *)to, sizeof *to) == 0);
  CHECK(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
  return s;
}

/* Two connected TCP sockets, blocking. */
static inline void tcp_pair(int s[2]) {
  struct sockaddr_in at;
  int one = 1, listener = tcp_listener(1, &at);
  s[1] = tcp_connect(&at);
  s[0] = accept(listener, 0, 0);
  CHECK(s[0] != -1);
  CHECK(setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
  close(listener);
}

/* Two connected Unix sockets, blocking. */
static inline void unix_pair(int s[2]) { CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0); }

/* Two UDP sockets on the loopback interface, connected to each other. */
static inline void udp_pair(int s[2]) {
  struct sockaddr_in at[2];
  socklen_t size = sizeof *at;
  for (int i = 0; i < 2; i++) {
    memset(&at[i], 0, sizeof at[i]);
    at[i].sin_family = AF_INET;
    at[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK((s[i] = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
    CHECK(bind(s[i], (struct sockaddr *)&at[i], sizeof at[i]) == 0);
    CHECK(getsockname(s[i], (struct sockaddr *)&at[i], &size) == 0);
  }
  for (int i = 0; i < 2; i++) CHECK(connect(s[i], (struct sockaddr *)&at[!i], sizeof *at) == 0);
}

static inline void put(int d, const char *text) {
  ssize_t length = (ssize_t)strlen(text);
  EQUAL(write(d, text, (size_t)length), length);
}

/* Writes until nothing more fits; the mode of d stays as it was. */
static inline void fill(int d) {
  static char block[65536];
  int flags = fcntl(d, F_GETFL);
  CHECK(fcntl(d, F_SETFL, flags | O_NONBLOCK) == 0);
  for (size_t size = sizeof block; size; size /= 2)
    while (write(d, block, size) > 0) {
    }
  CHECK(errno == EAGAIN);
  CHECK(fcntl(d, F_SETFL, flags) == 0);
}

/* Reads until nothing more is there; the mode of d stays as it was. */
static inline void drain(int d) {
  static char block[65536];
  int flags = fcntl(d, F_GETFL);
  CHECK(fcntl(d, F_SETFL, flags | O_NONBLOCK) == 0);
  while (read(d, block, sizeof block) > 0) {
  }
  CHECK(fcntl(d, F_SETFL, flags) == 0);
}

/* Lets the process have as many descriptors as the system allows, and says how many that is. */
static inline long many_descriptors(void) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  return limit.rlim_cur > 1000000 ? 1000000 : (long)limit.rlim_cur;
}

/* ---- things that happen later ---- */

struct later {
  int ms;
  void (*what)(void *);
  void *arg;
};

static inline void *t_later(void *arg) {
  struct later *later = arg;
  sleep_ms(later->ms);
  later->what(later->arg);
  return 0;
}

/* Calls what(arg) after so many milliseconds, in another thread, which takes no signals. */
static inline pthread_t after(int ms, void (*what)(void *), void *arg) {
  static struct later slots[16];
  static int used;
  sigset_t all, before;
  pthread_t thread;
  CHECK(used < 16);
  slots[used] = (struct later){ms, what, arg};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  CHECK(pthread_create(&thread, 0, t_later, &slots[used++]) == 0);
  pthread_sigmask(SIG_SETMASK, &before, 0);
  return thread;
}

static inline void t_put_x(void *d) { put((int)(intptr_t)d, "x"); }

/* Writes a byte to *d, as it is now, after so many milliseconds. */
static inline void put_after(int ms, const int *d) {
  pthread_detach(after(ms, t_put_x, (void *)(intptr_t)*d));
}

/* ---- signals ---- */

static volatile sig_atomic_t signals_seen;

static inline void t_count_signal(int sig) {
  (void)sig;
  signals_seen++;
}

/* Counts `sig` in signals_seen; interrupted system calls are not restarted. */
static inline void count_signal(int sig) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = t_count_signal;
  CHECK(sigaction(sig, &action, 0) == 0);
}

/* A child that sends `sig` to this process so many times, at such intervals. */
static inline pid_t pest(int sig, int every_ms, int times) {
  pid_t parent = getpid(), pid = child();
  if (pid == 0) {
    while (times--) {
      sleep_ms(every_ms);
      kill(parent, sig);
    }
    done();
  }
  return pid;
}

#endif
