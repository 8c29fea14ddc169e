/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The works on libev. */
#define EV_COMPAT3 0
#include <ev.h>

#define OPTIMISTIC 0

struct watcher {
  ev_io io;
};

struct timer {
  ev_timer timer;
};

#include "works.h"

static struct ev_loop *loop;

static void on_io(struct ev_loop *l, ev_io *io, int events) {
  (void)l, (void)events;
  ready((struct conn *)io);
}

static void on_timer(struct ev_loop *l, ev_timer *timer, int events) {
  (void)l, (void)timer, (void)events;
  must(0, "no deadline has passed");
}

static void loop_open(void) {
  loop = ev_loop_new(EVBACKEND_EPOLL);
  must(loop != NULL, "ev_loop_new");
}

static void loop_run(void) {
  while (!done) ev_run(loop, EVRUN_ONCE);
}

static void loop_poll(void) {
  ev_run(loop, EVRUN_NOWAIT);
}

static void watch(struct conn *c, int writing) {
  ev_io *io = &c->watcher.io;
  if (ev_is_active(io)) ev_io_stop(loop, io);
  ev_io_init(io, on_io, c->fd, writing ? EV_WRITE : EV_READ);
  ev_io_start(loop, io);
}

static void conn_end(struct conn *c) {
  ev_io_stop(loop, &c->watcher.io);
  close(c->fd);
  free(c);
}

static void timer_open(struct timer *t) {
  ev_timer_init(&t->timer, on_timer, 0, TIMEOUT);
}

static void timer_restart(struct timer *t) {
  ev_timer_again(loop, &t->timer);
}

int main(int argc, char **argv) {
  if (argc == 2) return printf("libev %d.%d\n", ev_version_major(), ev_version_minor()) < 0;
  return works_main(argc, argv);
}
