/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Registering new sockets, K at a time: K times epoll_ctl, or one io_uring_enter with K registrations.
 *
 *   register register COUNT K epoll|ring    COUNT sockets: `took NANOSECONDS used MICROSECONDS calls NUMBER`
 *   register setup COUNT 0 epoll|ring       COUNT empty epoll instances, or rings, made and closed: likewise */
#include "ring.h"

static struct uring ring;
static int64_t calls;

static void add_all(int instance, const int *fds, int size, int k, int by_ring) {
  for (int i = 0; i < size; i += k) {
    for (int j = i; j < i + k && j < size; j++) {
      struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fds[j]};
      if (by_ring) {
        uring_add(&ring, instance, fds[j], event);
      } else {
        must(epoll_ctl(instance, EPOLL_CTL_ADD, fds[j], &event) == 0, "epoll_ctl");
        calls++;
      }
    }
    if (by_ring) {
      must(uring_enter(&ring) == 0, "IORING_OP_EPOLL_CTL");
      calls++;
    }
  }
}

/* A registration that the kernel refuses is known when the call returns. */
static void check_rejection(int instance) {
  struct epoll_event event = {.events = EPOLLIN};
  FILE *regular = tmpfile();
  must(regular != NULL, "tmpfile");
  uring_add(&ring, instance, fileno(regular), event);
  must(uring_enter(&ring) == -1 && errno == EPERM, "EPERM for a regular file");
  fclose(regular);
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  pin(SERVER_CPU);
  int count = atoi(argv[2]), k = atoi(argv[3]), by_ring = strcmp(argv[4], "ring") == 0;
  if (strcmp(argv[1], "setup") == 0) {
    struct span span = begin();
    for (int i = 0; i < count; i++) {
      int fd = -1;
      if (by_ring) {
        must(uring_open(&ring), "io_uring_setup");
        uring_close(&ring);
      } else {
        must((fd = epoll_create1(EPOLL_CLOEXEC)) != -1, "epoll_create1");
        close(fd);
      }
    }
    end(span);
    printf("calls %d\n", count * (by_ring ? 8 : 2));
    return 0;
  }
  int *fds = idle_open(count), instance = epoll_create1(EPOLL_CLOEXEC);
  must(instance != -1, "epoll_create1");
  if (by_ring) {
    must(uring_open(&ring), "io_uring_setup");
    check_rejection(instance);
  }
  struct span span = begin();
  add_all(instance, fds, count, k, by_ring);
  end(span);
  printf("calls %lld\n", (long long)calls);
  return 0;
}
