/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The works on libuv: uv_poll_t, which tells of readiness as the other libraries do, not its streams. */
#include <uv.h>

#define OPTIMISTIC 0

struct watcher {
  uv_poll_t poll;
};

struct timer {
  uv_timer_t timer;
};

#include "works.h"

static uv_loop_t *loop;

static void on_poll(uv_poll_t *poll, int status, int events) {
  (void)status, (void)events;
  ready((struct conn *)poll);
}

static void on_timer(uv_timer_t *timer) {
  (void)timer;
  must(0, "no deadline has passed");
}

static void on_close(uv_handle_t *handle) {
  free(handle);
}

static void loop_open(void) {
  loop = uv_default_loop();
  must(loop != NULL, "uv_default_loop");
}

static void loop_run(void) {
  while (!done) uv_run(loop, UV_RUN_ONCE);
}

static void loop_poll(void) {
  uv_run(loop, UV_RUN_NOWAIT);
}

static void watch(struct conn *c, int writing) {
  uv_poll_t *poll = &c->watcher.poll;
  if (poll->type == UV_UNKNOWN_HANDLE) must(uv_poll_init(loop, poll, c->fd) == 0, "uv_poll_init");
  uv_poll_start(poll, writing ? UV_WRITABLE : UV_READABLE, on_poll);
}

static void conn_end(struct conn *c) {
  int fd = c->fd;
  if (c->watcher.poll.type == UV_UNKNOWN_HANDLE)
    free(c);
  else
    uv_close((uv_handle_t *)&c->watcher.poll, on_close);
  close(fd);
}

static void timer_open(struct timer *t) {
  uv_timer_init(loop, &t->timer);
}

static void timer_restart(struct timer *t) {
  uv_timer_start(&t->timer, on_timer, TIMEOUT * 1000, 0);
}

int main(int argc, char **argv) {
  if (argc == 2) return printf("libuv %s\n", uv_version_string()) < 0;
  return works_main(argc, argv);
}
