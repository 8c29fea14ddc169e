/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The works, for loops that call a function for each ready descriptor. A program includes this file after it has defined
 *
 *   struct watcher           what its library keeps of one descriptor
 *   struct timer             what its library keeps of one time-out
 *   OPTIMISTIC               whether a new connection is read from before it is watched
 *
 * and then defines what is declared below. Everything is in one unit, so that a hand-written loop pays for no
 * call it would not make. */
#ifndef WORKS_H
#define WORKS_H

#include "bench.h"

struct conn {
  struct watcher watcher;
  int fd;
  int index;       /* in the ring */
  int got;         /* bytes of the request */
  int header_left; /* bytes of the header in front of a file */
  long left;       /* bytes of the file */
  int writing;     /* waits for room, not for a request */
};

static void loop_open(void);
/* Has the loop run until `done`. */
static void loop_run(void);
/* One turn without waiting. */
static void loop_poll(void);
/* Watches a descriptor for reading (writing = 0) or writing, from now on or instead of what it was. */
static void watch(struct conn *c, int writing);
/* Ends the watch, closes the descriptor and gives back the connection. */
static void conn_end(struct conn *c);
static void timer_open(struct timer *t);
/* (Re)starts it: TIMEOUT seconds from this turn on. */
static void timer_restart(struct timer *t);

static enum work work;
static int done;
static long responses_left;
static int listener, file;
static struct conn the_listener;
static struct ring ring;

static inline struct conn *conn_new(int fd) {
  struct conn *c = malloc(sizeof *c);
  must(c != NULL, "malloc");
  memset(c, 0, sizeof *c);
  c->fd = fd;
  return c;
}

static inline void answered(struct conn *c) {
  done = --responses_left <= 0;
  if (work == CONNECT) conn_end(c);
}

/* Sends header and file as far as there is room. */
static inline void send_file(struct conn *c) {
  while (c->header_left > 0) {
    ssize_t n = send(c->fd, response, (size_t)c->header_left, MSG_MORE | MSG_NOSIGNAL);
    if (n == -1 && errno == EAGAIN) goto full;
    must(n > 0, "send");
    c->header_left -= (int)n;
  }
  while (c->left > 0) {
    off_t at = FILE_SIZE - c->left;
    ssize_t n = sendfile(c->fd, file, &at, (size_t)c->left);
    if (n == -1 && errno == EAGAIN) goto full;
    must(n > 0, "sendfile");
    c->left -= n;
  }
  if (c->writing) {
    c->writing = 0;
    watch(c, 0);
  }
  answered(c);
  return;
full:
  if (!c->writing) {
    c->writing = 1;
    watch(c, 1);
  }
}

/* 0 if there was nothing to read. */
static inline int conn_readable(struct conn *c) {
  char buf[1024];
  ssize_t n = read(c->fd, buf, sizeof buf);
  if (n == -1 && errno == EAGAIN) return 0;
  if (n <= 0) {
    conn_end(c);
    return 1;
  }
  c->got += (int)n;
  if (c->got < REQUEST_SIZE) return 1;
  c->got -= REQUEST_SIZE;
  if (work == FILES) {
    c->header_left = RESPONSE_SIZE;
    c->left = FILE_SIZE;
    send_file(c);
  } else {
    must(write(c->fd, response, sizeof response) == sizeof response, "write");
    answered(c);
  }
  return 1;
}

static inline void accept_all(void) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
    struct conn *c = conn_new(fd);
    /* A request that is read at once has ended the connection already, where each has one. */
    if (OPTIMISTIC && work == CONNECT && conn_readable(c)) continue;
    watch(c, 0);
  }
  must(errno == EAGAIN, "accept4");
}

static inline void ring_readable(struct conn *c) {
  char buf[16];
  ssize_t n = read(c->fd, buf, sizeof buf);
  must(n >= 0 || errno == EAGAIN, "read");
  for (; n > 0; n--, done = --responses_left <= 0)
    ring_pass(&ring, c->index);
}

/* What the loop calls for each ready descriptor. */
static inline void ready(struct conn *c) {
  if (work == RING) {
    ring_readable(c);
  } else if (c == &the_listener) {
    accept_all();
  } else if (c->writing) {
    send_file(c);
  } else {
    conn_readable(c);
  }
}

static void do_serve(void) {
  if (work == FILES) file = file_to_send();
  listener = the_listener.fd = listen_and_tell();
  int64_t before = used();
  watch(&the_listener, 0);
  loop_run();
  printf("used %lld\n", (long long)(used() - before));
}

static void do_ring(int size, int tokens) {
  struct conn *conns = allocate((size_t)size, sizeof *conns);
  ring = ring_open(size);
  for (int i = 0; i < size; i++) {
    conns[i].fd = ring.pairs[i][0];
    conns[i].index = i;
    watch(&conns[i], 0);
  }
  loop_poll();
  ring_start(&ring, tokens);
  struct span span = begin();
  loop_run();
  end(span);
}

static void do_deadlines(int size, long turns) {
  struct timer *timers = allocate((size_t)size, sizeof *timers);
  for (int i = 0; i < size; i++) {
    timer_open(&timers[i]);
    timer_restart(&timers[i]);
  }
  loop_poll();
  struct span span = begin();
  for (unsigned at = 0; turns > 0; turns--) {
    for (int i = 0; i < MOVED; i++, at += 7919) timer_restart(&timers[at % (unsigned)size]);
    loop_poll();
  }
  end(span);
}

static void do_idle(int size) {
  int *fds = idle_open(size);
  int64_t memory = own_memory();
  struct span span = begin();
  /* Watchers are the program's, but it is the library that needs them: they count. */
  struct conn *conns = allocate((size_t)size, sizeof *conns);
  for (int i = 0; i < size; i++) {
    conns[i].fd = fds[i];
    watch(&conns[i], 0);
  }
  loop_poll();
  end(span);
  /* Without what the works of this file need of a connection. */
  memory = own_memory() - memory - (int64_t)size * (int64_t)(sizeof(struct conn) - sizeof(struct watcher));
  printf("memory %lld\n", (long long)memory);
}

static int works_main(int argc, char **argv) {
  if (argc < 3) return 2;
  pin(SERVER_CPU);
  work = work_of(argv[1]);
  responses_left = atol(argv[2]);
  int size = argc > 3 ? atoi(argv[3]) : 0;
  int tokens = argc > 4 ? atoi(argv[4]) : 100;
  loop_open();
  switch (work) {
  case REQUEST: case CONNECT: case FILES: do_serve(); break;
  case RING: do_ring(size, tokens); break;
  case DEADLINES: do_deadlines(size, responses_left); break;
  case IDLE: do_idle(size); break;
  }
  return 0;
}

#endif
