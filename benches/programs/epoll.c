/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The loops written by hand: compiled with -DEDGE the best edge-triggered one, without it the usual level-triggered one.
 *
 * Time-outs all take equally long, so their order is that of their last restart: a list, as a program would
 * have it that knows this of itself. */
#include <sys/epoll.h>

#ifndef EDGE
#define EDGE 0
#endif

#define OPTIMISTIC EDGE

struct watcher {
  char watched;
};

struct timer {
  struct timer *next, *previous;
  long long at;
};

#include "works.h"

static int instance;
static struct timer timers = {&timers, &timers, 0};
static long long now;

static void loop_open(void) {
  instance = epoll_create1(EPOLL_CLOEXEC);
  must(instance != -1, "epoll_create1");
  now = nanoseconds();
}

static inline void turn(int limit) {
  struct epoll_event events[512];
  int n = epoll_wait(instance, events, 512, limit);
  must(n != -1, "epoll_wait");
  for (int i = 0; i < n && !done; i++) ready(events[i].data.ptr);
}

static void loop_run(void) {
  while (!done) turn(-1);
}

static void loop_poll(void) {
  turn(0);
  now = nanoseconds();
  must(timers.next == &timers || timers.next->at > now, "no deadline has passed");
}

static void watch(struct conn *c, int writing) {
  struct epoll_event event = {.data.ptr = c};
  int is_listener = c == &the_listener;
  if (EDGE && c->watcher.watched) return;
  if (EDGE && !is_listener && work != RING && work != IDLE)
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  else
    event.events = (writing ? EPOLLOUT : EPOLLIN) | (EDGE ? EPOLLET : 0);
  must(epoll_ctl(instance, c->watcher.watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &event) == 0, "epoll_ctl");
  c->watcher.watched = 1;
}

static void conn_end(struct conn *c) {
  close(c->fd);
  free(c);
}

static void timer_open(struct timer *t) {
  t->next = t->previous = t;
}

static void timer_restart(struct timer *t) {
  t->next->previous = t->previous;
  t->previous->next = t->next;
  t->at = now + TIMEOUT * 1000000000LL;
  t->next = &timers;
  t->previous = timers.previous;
  t->previous->next = timers.previous = t;
}

int main(int argc, char **argv) {
  if (argc == 2) return puts(EDGE ? "epoll, edge-triggered, by hand" : "epoll, level-triggered, by hand") < 0;
  return works_main(argc, argv);
}
