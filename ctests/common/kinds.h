/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every kind of descriptor that can be read from by and by: how to open one, how to put a unit of something in,
 * how to take one out, by plain calls or by io_tryread. */
#ifndef KINDS_H
#define KINDS_H

#include "loop.h"
#include "terminal.h"

#include <sys/stat.h>
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#endif

/* Bytes that most kinds put in and take out at a time. */
enum { UNIT = 8 };

/* The descriptor under test, its other end, and one more that some kinds need. */
static int rd, wr, extra;

static char folder[T_NAME];

static void fresh_folder(void) {
  CHECK(mkdtemp(temporary(folder, "ctest")) != 0);
}

static const char *inside(const char *name) {
  static char path[T_NAME + 64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void put_8(void) { put(wr, "12345678"); }

static void take_8(void) {
  char buf[UNIT];
  EQUAL(read(rd, buf, UNIT), UNIT);
}

static void tryread_8(void) {
  char buf[UNIT];
  EQUAL(io_tryread(rd, buf, UNIT), UNIT);
}

static void open_pair(void (*pair)(int[2])) {
  int s[2];
  pair(s);
  rd = s[0];
  wr = s[1];
}

static void open_tcp(void) { open_pair(tcp_pair); }

static void open_unix(void) { open_pair(unix_pair); }

static void open_udp(void) { open_pair(udp_pair); }

static void open_unix_datagram(void) {
  int s[2];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
  rd = s[0];
  wr = s[1];
}

static void open_seqpacket(void) {
  int s[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
  rd = s[0];
  wr = s[1];
}

static void open_pipe(void) {
  int p[2];
  CHECK(pipe(p) == 0);
  rd = p[0];
  wr = p[1];
}

static void open_fifo(void) {
  fresh_folder();
  CHECK(mkfifo(inside("fifo"), 0600) == 0);
  CHECK((rd = open(inside("fifo"), O_RDONLY | O_NONBLOCK)) != -1);
  CHECK((wr = open(inside("fifo"), O_WRONLY)) != -1);
  CHECK(fcntl(rd, F_SETFL, 0) == 0);
  unlink(inside("fifo"));
  rmdir(folder);
}

static void open_terminal(int raw) {
  struct termios mode;
  if (openpty(&wr, &rd, 0, 0, 0) == -1) SKIP("no pseudo-terminals here (/dev/pts)");
  CHECK(tcgetattr(rd, &mode) == 0);
  mode.c_lflag &= (tcflag_t)~ECHO;
  if (raw) cfmakeraw(&mode);
  CHECK(tcsetattr(rd, TCSANOW, &mode) == 0);
}

static void open_pty(void) { open_terminal(1); }

/* Line by line: a read returns one line, however large the buffer. */
static void open_pty_lines(void) { open_terminal(0); }

static void put_line(void) { put(wr, "1234567\n"); }

static void take_line(void) {
  char buf[100];
  EQUAL(read(rd, buf, sizeof buf), UNIT);
}

static void tryread_line(void) {
  char buf[100];
  EQUAL(io_tryread(rd, buf, sizeof buf), UNIT);
}

static void open_pty_master(void) {
  struct termios mode;
  if (openpty(&rd, &wr, 0, 0, 0) == -1) SKIP("no pseudo-terminals here (/dev/pts)");
  CHECK(tcgetattr(wr, &mode) == 0);
  cfmakeraw(&mode);
  CHECK(tcsetattr(wr, TCSANOW, &mode) == 0);
}

static struct sockaddr_in listening_at;

static void open_listener(void) { rd = tcp_listener(100, &listening_at); }

static void put_connection(void) { tcp_connect(&listening_at); }

static void take_connection(void) { CHECK(accept(rd, 0, 0) != -1); }

/* ---- kinds that only Linux has ---- */
#ifdef __linux__

static void open_eventfd(void) { CHECK((rd = wr = eventfd(0, EFD_SEMAPHORE)) != -1); }

static void put_event(void) {
  uint64_t one = 1;
  EQUAL(write(wr, &one, sizeof one), sizeof one);
}

static void open_signalfd(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < 10; i++) sigaddset(&set, SIGRTMIN + i);
  CHECK(sigprocmask(SIG_BLOCK, &set, 0) == 0);
  CHECK((rd = signalfd(-1, &set, 0)) != -1);
}

static void put_signal(void) { CHECK(raise(SIGRTMIN) == 0); }

static void take_signal(void) {
  struct signalfd_siginfo info;
  EQUAL(read(rd, &info, sizeof info), sizeof info);
}

static void tryread_signal(void) {
  struct signalfd_siginfo info;
  EQUAL(io_tryread(rd, (char *)&info, sizeof info), sizeof info);
}

static void remove_folder(void) {
  for (int i = 0; i < extra; i++) {
    char name[24];
    snprintf(name, sizeof name, "%07d", i);
    unlink(inside(name));
  }
  rmdir(folder);
}

static void open_inotify(void) {
  fresh_folder();
  CHECK((rd = inotify_init()) != -1);
  CHECK(inotify_add_watch(rd, folder, IN_CREATE) != -1);
  extra = 0;
}

static void put_file(void) {
  char name[24];
  snprintf(name, sizeof name, "%07d", extra++);
  close(open(inside(name), O_CREAT | O_WRONLY, 0600));
}

enum { FILE_EVENT = sizeof(struct inotify_event) + 16 };

static void take_file(void) {
  char buf[FILE_EVENT];
  CHECK(read(rd, buf, sizeof buf) > 0);
}

static void tryread_file(void) {
  char buf[FILE_EVENT];
  CHECK(io_tryread(rd, buf, sizeof buf) > 0);
}

/* A nested epoll: readable while one of its own is. A unit is an eventfd in it. */
static void open_epoll(void) { CHECK((rd = epoll_create1(0)) != -1); }

static void put_nested(void) {
  int d = eventfd(1, 0);
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = d}};
  CHECK(d != -1 && epoll_ctl(rd, EPOLL_CTL_ADD, d, &event) == 0);
}

static void take_nested(void) {
  struct epoll_event event;
  EQUAL(epoll_wait(rd, &event, 1, 0), 1);
  close(event.data.fd);
}

static void open_counter(void) { CHECK((rd = wr = eventfd(0, 0)) != -1); }

static void open_timer(void) { CHECK((rd = timerfd_create(CLOCK_MONOTONIC, 0)) != -1); }

static void put_expiry(void) {
  struct itimerspec soon = {.it_value = {.tv_nsec = 1000}};
  CHECK(timerfd_settime(rd, 0, &soon, 0) == 0);
}

#endif

struct kind {
  int units; /* how many can be inside at once */
  void (*open)(void), (*put)(void), (*take)(void), (*tryread)(void), (*end)(void);
};

static const struct kind kind_tcp = {3, open_tcp, put_8, take_8, tryread_8, 0};
static const struct kind kind_unix_stream = {3, open_unix, put_8, take_8, tryread_8, 0};
static const struct kind kind_unix_datagram = {3, open_unix_datagram, put_8, take_8, tryread_8, 0};
static const struct kind kind_seqpacket = {3, open_seqpacket, put_8, take_8, tryread_8, 0};
static const struct kind kind_udp = {3, open_udp, put_8, take_8, tryread_8, 0};
static const struct kind kind_pipe_end = {3, open_pipe, put_8, take_8, tryread_8, 0};
static const struct kind kind_fifo = {3, open_fifo, put_8, take_8, tryread_8, 0};
static const struct kind kind_pty = {3, open_pty, put_8, take_8, tryread_8, 0};
static const struct kind kind_pty_lines = {3, open_pty_lines, put_line, take_line, tryread_line, 0};
static const struct kind kind_pty_master = {3, open_pty_master, put_8, take_8, tryread_8, 0};
static const struct kind kind_listener = {3, open_listener, put_connection, take_connection, 0, 0};
#ifdef __linux__
static const struct kind kind_eventfd_semaphore = {3, open_eventfd, put_event, take_8, tryread_8, 0};
static const struct kind kind_signalfd_queue = {3, open_signalfd, put_signal, take_signal, tryread_signal, 0};
static const struct kind kind_nested_epoll = {3, open_epoll, put_nested, take_nested, 0, 0};
static const struct kind kind_inotify = {3, open_inotify, put_file, take_file, tryread_file, remove_folder};
static const struct kind kind_eventfd_counter = {1, open_counter, put_event, take_8, tryread_8, 0};
static const struct kind kind_timerfd = {1, open_timer, put_expiry, take_8, tryread_8, 0};
#endif

#endif
