/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * How an engine of asynchronous I/O may hold a file open: by a number of its own, or by a slot of the file table of a ring. Prints the
 * processor time of each, in microseconds, or why it is refused.
 *
 *     cc -O2 benches/experiments/slots.c -o /tmp/slots -luring -lpthread && /tmp/slots FILE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TIMES = 200000, SLOTS = 64, DUPFD_QUERY = 1027 };

static struct io_uring ring;
static int file;

static double microseconds(void) {
  struct timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static void numbers(void) {
  double begin = microseconds();
  for (int i = 0; i < TIMES; i++)
    close(fcntl(file, F_DUPFD_CLOEXEC, 512));
  printf("a number, taken and closed: %.2f\n", (microseconds() - begin) / TIMES);
  begin = microseconds();
  for (int i = 0; i < TIMES; i++)
    fcntl(file, DUPFD_QUERY, file);
  printf("asked whether a number still means the file: %.2f\n", (microseconds() - begin) / TIMES);
}

static void *slots(void *name) {
  int none = -1, error = io_uring_register_files_update(&ring, 0, &file, 1);
  if (error < 0) {
    printf("a slot, %s: %s\n", (char *)name, strerror(-error));
    return NULL;
  }
  double begin = microseconds();
  for (unsigned i = 0; i < TIMES; i++) {
    io_uring_register_files_update(&ring, i % SLOTS, &file, 1);
    io_uring_register_files_update(&ring, i % SLOTS, &none, 1);
  }
  printf("a slot, %s, set and cleared: %.2f\n", (char *)name, (microseconds() - begin) / TIMES);
  return NULL;
}

int main(int argc, char **argv) {
  file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (file == -1)
    return 2;
  numbers();
  struct { const char *name; unsigned flags; } kinds[] = {
    {"single issuer, deferred", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN},
    {"cooperative", IORING_SETUP_COOP_TASKRUN},
  };
  for (int i = 0; i < 2; i++) {
    pthread_t caller;
    if (io_uring_queue_init(128, &ring, kinds[i].flags) || io_uring_register_files_sparse(&ring, SLOTS))
      return 1;
    printf("%s:\n", kinds[i].name);
    slots("from the ring's thread");
    if (pthread_create(&caller, NULL, slots, "from a caller's thread") || pthread_join(caller, NULL))
      return 1;
    io_uring_queue_exit(&ring);
  }
  return 0;
}
