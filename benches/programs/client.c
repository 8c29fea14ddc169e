/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The client of all servers: `client PORT WORK COUNT`. It keeps CONNECTIONS requests under way until COUNT responses have come
 * in, and says how many nanoseconds that took. Loopback only. */
#include <sys/epoll.h>

#include "bench.h"

struct conn {
  int fd;
  long got;
};

static enum work work;
static long to_send, to_receive, response_bytes;
static struct sockaddr_in server;
static int instance;

static void ask(struct conn *c) {
  static const char request[REQUEST_SIZE];
  if (to_send == 0) return;
  to_send--;
  must(write(c->fd, request, sizeof request) == sizeof request, "write");
}

static void open_conn(struct conn *c) {
  struct linger abort_it = {1, 0};
  int one = 1;
  c->got = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(c->fd != -1, "socket");
  must(setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
  /* No TIME_WAIT is left behind, on either side. */
  must(setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof abort_it) == 0, "SO_LINGER");
  must(connect(c->fd, (struct sockaddr *)&server, sizeof server) == 0, "connect");
  ask(c);
  must(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0, "fcntl");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = c};
  must(epoll_ctl(instance, EPOLL_CTL_ADD, c->fd, &event) == 0, "epoll_ctl");
}

static void ended(struct conn *c) {
  must(work == CONNECT && c->got == response_bytes, "the server has closed");
  close(c->fd);
  to_receive--;
  if (to_send > 0) open_conn(c);
}

static void readable(struct conn *c) {
  static char buf[1 << 18];
  for (;;) {
    ssize_t n = read(c->fd, buf, sizeof buf);
    if (n == -1 && errno == EAGAIN) return;
    /* A server that has answered everything goes home. */
    if (n <= 0 && work != CONNECT && to_send == 0 && c->got == 0) return;
    must(n >= 0 || (work == CONNECT && c->got == response_bytes), "read");
    if (n <= 0) {
      ended(c);
      return;
    }
    c->got += n;
    must(c->got <= response_bytes, "a response was too long");
    if (work != CONNECT) {
      if (c->got == response_bytes) {
        c->got = 0;
        to_receive--;
        ask(c);
      }
      /* A short read has emptied it. */
      return;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  pin(CLIENT_CPU);
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  server.sin_port = htons((uint16_t)atoi(argv[1]));
  work = work_of(argv[2]);
  to_send = to_receive = atol(argv[3]);
  response_bytes = RESPONSE_SIZE + (work == FILES ? FILE_SIZE : 0);
  instance = epoll_create1(EPOLL_CLOEXEC);
  must(instance != -1, "epoll_create1");
  struct conn conns[CONNECTIONS];
  int64_t start = nanoseconds();
  for (int i = 0; i < CONNECTIONS && to_send > 0; i++) open_conn(&conns[i]);
  while (to_receive > 0) {
    struct epoll_event events[CONNECTIONS];
    int n = epoll_wait(instance, events, CONNECTIONS, 10000);
    must(n > 0, "epoll_wait");
    for (int i = 0; i < n; i++) readable(events[i].data.ptr);
  }
  printf("took %lld\n", (long long)(nanoseconds() - start));
  return 0;
}
