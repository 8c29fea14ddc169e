/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Connections that bring one request and get one response, in bursts: a burst is there before the server looks, so that K
 * connections are new in each turn.
 *
 *   serve atonce|later COUNT K WAY    COUNT connections: `took NANOSECONDS used MICROSECONDS calls NUMBER` of the server
 *
 * Ways:   epoll      accept4, epoll_ctl, epoll_wait, read, write, close
 *         ring       the same, with the epoll_ctl of a turn in one io_uring_enter
 *         ringwait   the same, with the epoll_wait in that io_uring_enter, too
 *         first      reads from a new connection at once, and registers it only if that gave EAGAIN
 *
 * Clients send as soon as they are connected, or a millisecond later. Server and client share a processor, and the server
 * does not come in between when it is woken up (SCHED_BATCH): that makes the bursts. */
#include <sys/wait.h>

#include "ring.h"

enum { EPOLL, RING_CONTROL, RING_WAIT, FIRST };

static struct uring ring;
static int way, instance;
static long left;
static int64_t calls;

static int way_of(const char *name) {
  static const char *const names[] = {"epoll", "ring", "ringwait", "first"};
  for (int i = 0; i < 4; i++)
    if (strcmp(name, names[i]) == 0) return i;
  exit(2);
}

static void burst(const struct sockaddr_in *at, int *fds, long k, int later) {
  static const char request[REQUEST_SIZE];
  char buf[RESPONSE_SIZE + 1];
  struct linger abort_it = {1, 0}; /* no TIME_WAIT is left behind */
  for (long i = 0; i < k; i++) {
    fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fds[i] != -1, "socket");
    must(setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &abort_it, sizeof abort_it) == 0, "SO_LINGER");
    must(connect(fds[i], (const struct sockaddr *)at, sizeof *at) == 0, "connect");
    if (!later) must(write(fds[i], request, sizeof request) == sizeof request, "write");
  }
  if (later) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
    for (long i = 0; i < k; i++) must(write(fds[i], request, sizeof request) == sizeof request, "write");
  }
  for (long i = 0; i < k; i++) {
    must(recv(fds[i], buf, sizeof buf, MSG_WAITALL) == RESPONSE_SIZE, "a response, and the end");
    close(fds[i]);
  }
}

static int serve(int fd) {
  char buf[1024];
  ssize_t n = read(fd, buf, sizeof buf);
  calls++;
  if (n == -1 && errno == EAGAIN) return 0;
  must(n == REQUEST_SIZE, "read");
  must(write(fd, response, sizeof response) == sizeof response, "write");
  close(fd);
  calls += 2;
  left--;
  return 1;
}

static void watch(int fd, uint32_t bits) {
  struct epoll_event event = {.events = bits, .data.fd = fd};
  if (way == RING_CONTROL || way == RING_WAIT) {
    uring_add(&ring, instance, fd, event);
    return;
  }
  must(epoll_ctl(instance, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
  calls++;
}

static int turn(struct epoll_event *events, int room) {
  calls++;
  if (way == RING_WAIT) {
    uring_wait(&ring, instance, events, (unsigned)room);
    return uring_enter(&ring);
  }
  if (ring.queued > 0) {
    calls++;
    must(uring_enter(&ring) == 0, "IORING_OP_EPOLL_CTL");
  }
  return epoll_wait(instance, events, room, -1);
}

static void accept_all(int listener) {
  int fd;
  while (calls++, (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1)
    if (way != FIRST || !serve(fd)) watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  must(errno == EAGAIN, "accept4");
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  pin(SERVER_CPU);
  int later = strcmp(argv[1], "later") == 0, k = atoi(argv[3]);
  left = atol(argv[2]);
  way = way_of(argv[4]);
  must(k > 0 && k < RING_ENTRIES - 1 && left > 0, "numbers");
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int listener = listen_and_tell();
  must(getsockname(listener, (struct sockaddr *)&at, &size) == 0, "getsockname");
  pid_t client = fork();
  must(client != -1, "fork");
  if (client == 0) {
    int fds[RING_ENTRIES];
    for (long todo = left; todo > 0; todo -= k) burst(&at, fds, todo < k ? todo : k, later);
    _exit(0);
  }
  must(sched_setscheduler(0, SCHED_BATCH, &(struct sched_param){0}) == 0, "SCHED_BATCH");
  instance = epoll_create1(EPOLL_CLOEXEC);
  must(instance != -1, "epoll_create1");
  if (way == RING_CONTROL || way == RING_WAIT) must(uring_open(&ring), "io_uring_setup");
  struct span span = begin();
  watch(listener, EPOLLIN | EPOLLET);
  while (left > 0) {
    struct epoll_event events[RING_ENTRIES];
    int n = turn(events, RING_ENTRIES);
    must(n > 0, "a wait");
    for (int i = 0; i < n; i++) {
      if (events[i].data.fd == listener) accept_all(listener);
      else serve(events[i].data.fd);
    }
  }
  end(span);
  printf("calls %lld\n", (long long)calls);
  int status;
  must(waitpid(client, &status, 0) == client && status == 0, "the client is content");
  return 0;
}
