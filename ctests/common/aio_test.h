/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the tests of asynchronous I/O share. A program that includes <libowfat/aio.h> uses names that are ours alone;
 * all others are built for the system's library, too. */
#ifndef AIO_TEST_H
#define AIO_TEST_H

#include "t.h"

#include <aio.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* How long a request may take on a busy machine, in seconds. */
enum { TIMEOUT = 15 };

/* A block for `n` bytes at `buf`. Its private members are garbage, as they may be in a program. */
static inline struct aiocb on(int fd, const void *buf, size_t n, off_t offset) {
  struct aiocb block;
  memset(&block, 0xa5, sizeof block);
  block.aio_fildes = fd;
  block.aio_lio_opcode = LIO_NOP;
  block.aio_reqprio = 0;
  block.aio_buf = (volatile void *)(uintptr_t)buf;
  block.aio_nbytes = n;
  block.aio_offset = offset;
  memset(&block.aio_sigevent, 0, sizeof block.aio_sigevent);
  block.aio_sigevent.sigev_notify = SIGEV_NONE;
  return block;
}

/* Waits until a request is complete; its status. */
static inline int settled(const struct aiocb *block) {
  int64_t end = millis() + TIMEOUT * 1000;
  while (aio_error(block) == EINPROGRESS) {
    const struct aiocb *list[] = {block};
    struct timespec limit = {1, 0};
    if (millis() > end) FAIL("a request is still pending");
    aio_suspend(list, 1, &limit);
  }
  return aio_error(block);
}

/* Waits until a request is complete, which has to succeed; its result. */
static inline ssize_t result(struct aiocb *block) {
  EQUAL(settled(block), 0);
  return aio_return(block);
}

/* A request that was accepted has to fail with `error`. */
#define FAILS_WITH(BLOCK, ERROR)                                              \
  do {                                                                        \
    EQUAL(settled(BLOCK), ERROR);                                             \
    EQUAL(aio_return(BLOCK), -1);                                             \
  } while (0)

/* A call has to refuse a block with `error`. */
#define REFUSED_WITH(CALL, BLOCK, ERROR)                                      \
  do {                                                                        \
    errno = 0;                                                                \
    EQUAL(CALL, -1);                                                          \
    EQUAL(errno, ERROR);                                                      \
    EQUAL(aio_error(BLOCK), ERROR);                                           \
    EQUAL(aio_return(BLOCK), -1);                                             \
  } while (0)

/* A file without a name, open with these flags beside O_RDWR. */
static inline int temporary_file(int flags) {
  char name[T_NAME];
  int d = mkostemp(temporary(name, "aio"), flags);
  CHECK(d != -1);
  CHECK(unlink(name) == 0);
  return d;
}

static inline void new_pipe(int ends[2]) { CHECK(pipe(ends) == 0); }

static inline void new_pair(int ends[2]) {
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
}

/* Fills a stream until it takes nothing more; how many bytes that took. The mode is as before. */
static inline size_t fill(int d) {
  static char bytes[65536];
  int flags = fcntl(d, F_GETFL);
  size_t sum = 0;
  ssize_t n;
  CHECK(fcntl(d, F_SETFL, flags | O_NONBLOCK) == 0);
  for (size_t piece = sizeof bytes; piece > 0;)
    if ((n = write(d, bytes, piece)) > 0)
      sum += (size_t)n;
    else
      piece /= 2;
  CHECK(fcntl(d, F_SETFL, flags) == 0);
  return sum;
}

/* Takes so many bytes out of a stream. */
static inline void drain(int d, size_t n) {
  static char bytes[65536];
  while (n > 0) {
    ssize_t got = read(d, bytes, n < sizeof bytes ? n : sizeof bytes);
    CHECK(got > 0);
    n -= (size_t)got;
  }
}

/* A request has to stay pending for a moment. */
static inline void stays_pending(const struct aiocb *block) {
  sleep_ms(50);
  EQUAL(aio_error(block), EINPROGRESS);
}

static inline void *no_memory_behind(size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size + page - 1) / page * page;
  char *at = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED && mprotect(at + whole, page, PROT_NONE) == 0);
  return at + whole - size;
}

#endif
