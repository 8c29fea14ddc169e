/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Preloaded into a server on libowfat: how long each turn of its loop takes, from the return of a wait to the next wait.
 *
 * TURNS names a file that has the size of `struct turns`. It is shared with the benchmark, which reads it while the server
 * runs. With NO_SENDFILE in the environment, sendfile fails as in a kernel that has none: files are read by pread.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <libowfat/io.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

static struct turns {
  uint32_t count;
  uint32_t nanoseconds[MOST];
} * turns;

static uint64_t begin;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

__attribute__((constructor)) static void open_turns(void) {
  const char *name = getenv("TURNS");
  int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
  void *memory = mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED)
    _exit(77);
  turns = memory;
  close(fd);
}

static void turn_ends(void) {
  if (begin && turns->count < MOST)
    turns->nanoseconds[turns->count++] = (uint32_t)(now() - begin);
}

static void turn_begins(void) { begin = now(); }

void io_wait(void) {
  static void (*real)(void);
  if (!real)
    real = (void (*)(void))dlsym(RTLD_NEXT, "io_wait");
  turn_ends();
  real();
  turn_begins();
}

void io_waituntil(tai6464 deadline) {
  static void (*real)(tai6464);
  if (!real)
    real = (void (*)(tai6464))dlsym(RTLD_NEXT, "io_waituntil");
  turn_ends();
  real(deadline);
  turn_begins();
}

static ssize_t send_file(const char *name, int out, int in, off64_t *offset, size_t n) {
  if (getenv("NO_SENDFILE")) {
    errno = ENOSYS;
    return -1;
  }
  ssize_t (*real)(int, int, off64_t *, size_t) = (ssize_t(*)(int, int, off64_t *, size_t))dlsym(RTLD_NEXT, name);
  return real(out, in, offset, n);
}

ssize_t sendfile64(int out, int in, off64_t *offset, size_t n) { return send_file("sendfile64", out, in, offset, n); }

ssize_t sendfile(int out, int in, off_t *offset, size_t n) { return send_file("sendfile", out, in, (off64_t *)offset, n); }
