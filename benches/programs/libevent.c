/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The works on libevent: its events, not its buffers, as in the other programs. */
#include <event2/event.h>
#include <event2/event_struct.h>

#define OPTIMISTIC 0

struct watcher {
  struct event event;
};

struct timer {
  struct event event;
};

#include "works.h"

static struct event_base *base;
static const struct timeval *timeout;

static void on_event(int fd, short events, void *c) {
  (void)fd, (void)events;
  ready(c);
}

static void on_timer(int fd, short events, void *t) {
  (void)fd, (void)events, (void)t;
  must(0, "no deadline has passed");
}

static void loop_open(void) {
  struct timeval duration = {TIMEOUT, 0};
  /* One thread: no locks are asked for. */
  base = event_base_new();
  must(base != NULL, "event_base_new");
  /* Its way to many equal time-outs: a list for each duration. */
  timeout = event_base_init_common_timeout(base, &duration);
}

static void loop_run(void) {
  while (!done) event_base_loop(base, EVLOOP_ONCE);
}

static void loop_poll(void) {
  event_base_loop(base, EVLOOP_NONBLOCK);
}

static void watch(struct conn *c, int writing) {
  struct event *event = &c->watcher.event;
  if (event_initialized(event)) event_del(event);
  event_assign(event, base, c->fd, (writing ? EV_WRITE : EV_READ) | EV_PERSIST, on_event, c);
  event_add(event, NULL);
}

static void conn_end(struct conn *c) {
  event_del(&c->watcher.event);
  close(c->fd);
  free(c);
}

static void timer_open(struct timer *t) {
  event_assign(&t->event, base, -1, 0, on_timer, t);
}

static void timer_restart(struct timer *t) {
  event_add(&t->event, timeout);
}

int main(int argc, char **argv) {
  if (argc == 2) return printf("libevent %s\n", event_get_version()) < 0;
  return works_main(argc, argv);
}
