/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What all programs of this folder have in common: the numbers of the work, sockets, clocks.
 *
 * A server is started as `PROGRAM WORK COUNT [SIZE]`, is alone on its processor, and says what it has done in one line
 * on standard output:
 *
 *   request, connect, file   `port NUMBER`, and after COUNT responses `used MICROSECONDS` of processor time
 *   ring                     COUNT events on a ring of SIZE socket pairs: `took NANOSECONDS used MICROSECONDS`
 *   deadlines                COUNT turns of a loop with SIZE deadlines: the same
 *   idle                     SIZE idle descriptors are registered: the same, and `memory BYTES`
 *   version                  whose loop it is */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  REQUEST_SIZE = 64,
  RESPONSE_SIZE = 200, /* also that of the header in front of a file */
  FILE_SIZE = 65536,
  CONNECTIONS = 64,
  MOVED = 100, /* deadlines moved per turn */
  TIMEOUT = 60,
  SERVER_CPU = 0,
  CLIENT_CPU = 1,
};

enum work { REQUEST, CONNECT, FILES, RING, DEADLINES, IDLE };

static const char response[RESPONSE_SIZE];

static inline void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

/* On a machine with one processor every program is on it anyway. */
static inline void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

static inline int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

/* Processor time of this process, in microseconds. */
static inline int64_t used(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * (int64_t)1000000 + r.ru_utime.tv_usec + r.ru_stime.tv_usec;
}

/* Memory of this process's own that is really there, in bytes. */
static inline int64_t own_memory(void) {
  char line[200];
  long kilobytes = -1;
  FILE *f = fopen("/proc/self/smaps_rollup", "r");
  must(f != NULL, "smaps_rollup");
  while (fgets(line, sizeof line, f)) sscanf(line, "Anonymous: %ld kB", &kilobytes);
  fclose(f);
  return kilobytes * 1024;
}

static inline void *allocate(size_t number, size_t size) {
  void *p = calloc(number, size);
  must(p != NULL, "calloc");
  return p;
}

static inline void all_descriptors(void) {
  struct rlimit limit;
  must(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

static inline enum work work_of(const char *name) {
  static const char *const names[] = {"request", "connect", "file", "ring", "deadlines", "idle"};
  for (int i = 0; i < 6; i++)
    if (strcmp(name, names[i]) == 0) return (enum work)i;
  fprintf(stderr, "no work %s\n", name);
  exit(2);
}

/* Listens on loopback, on a port that the kernel chooses, and says which. */
static inline int listen_and_tell(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  must(fd != -1, "socket");
  /* Connections inherit it. */
  must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
  must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "bind");
  must(listen(fd, 1024) == 0, "listen");
  must(getsockname(fd, (struct sockaddr *)&at, &size) == 0, "getsockname");
  printf("port %d\n", ntohs(at.sin_port));
  fflush(stdout);
  return fd;
}

static inline int file_to_send(void) {
  int fd = memfd_create("file", MFD_CLOEXEC);
  must(fd != -1 && ftruncate(fd, FILE_SIZE) == 0, "memfd");
  static char page[FILE_SIZE];
  must(pwrite(fd, page, sizeof page, 0) == sizeof page, "pwrite");
  return fd;
}

/* The ring: what is read from pair i is written into pair i + 1. */
struct ring {
  int size, (*pairs)[2];
};

static inline struct ring ring_open(int size) {
  struct ring ring = {size, allocate((size_t)size, sizeof(int[2]))};
  all_descriptors();
  for (int i = 0; i < size; i++)
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ring.pairs[i]) == 0, "socketpair");
  return ring;
}

static inline void ring_pass(const struct ring *ring, int from) {
  int to = from + 1 == ring->size ? 0 : from + 1;
  must(write(ring->pairs[to][1], "", 1) == 1, "write");
}

/* So many tokens, evenly spread. */
static inline void ring_start(const struct ring *ring, int tokens) {
  for (int i = 0; i < tokens; i++) ring_pass(ring, (int)((int64_t)i * ring->size / tokens));
}

/* Descriptors that nothing ever happens on; every second one shares a socket pair with its neighbour. */
static inline int *idle_open(int size) {
  int *fds = allocate((size_t)size, sizeof *fds);
  all_descriptors();
  for (int i = 0; i + 1 < size; i += 2)
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds + i) == 0, "socketpair");
  return fds;
}

/* A measurement from begin() to end(). */
struct span {
  int64_t at, used;
};

static inline struct span begin(void) {
  struct span span = {nanoseconds(), used()};
  return span;
}

static inline void end(struct span span) {
  int64_t at = nanoseconds();
  printf("took %lld used %lld\n", (long long)(at - span.at), (long long)(used() - span.used));
}

#endif
