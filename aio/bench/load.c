/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One workload through <aio.h>, or for comparison through a loop of pread and pwrite: operations a second, and processor
 * time for each. `load WORK PENDING SECONDS FILE`; WORK is a word of: read or write, direct or cached, list or single, aio or
 * loop, joined by commas. Prints "operations/s microseconds-of-processor-time/operation". */
#define _GNU_SOURCE
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 4096, PIECES = 16384 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double processor(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static unsigned long state = 88172645463325252UL;

static off_t somewhere(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (off_t)(state % PIECES) * PIECE;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  const char *work = argv[1];
  int pending = atoi(argv[2]), is_write = strstr(work, "write") != NULL, is_list = strstr(work, "list") != NULL;
  int is_direct = strstr(work, "direct") != NULL, is_loop = strstr(work, "loop") != NULL;
  double limit = atof(argv[3]);
  if (pending < 1 || pending > 1024) return 2;
  int fd = open(argv[4], O_RDWR | O_CREAT, 0600);
  if (fd == -1) fail("open");
  char *buffers;
  if (posix_memalign((void **)&buffers, PIECE, (size_t)pending * PIECE)) return 1;
  memset(buffers, 'x', (size_t)pending * PIECE);
  if (lseek(fd, 0, SEEK_END) < (off_t)PIECES * PIECE)
    for (int i = 0; i < PIECES; i++)
      if (pwrite(fd, buffers, PIECE, (off_t)i * PIECE) != PIECE) fail("pwrite");
  fsync(fd);
  if (is_direct) {
    /* Pages in memory would have to go first, one by one. */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    fd = open(argv[4], O_RDWR | O_DIRECT);
    if (fd == -1) fail("O_DIRECT");
  } else {
    for (int i = 0; i < PIECES; i++)
      if (pread(fd, buffers, PIECE, (off_t)i * PIECE) != PIECE) fail("pread");
  }
  static struct aiocb blocks[1024];
  static struct aiocb *list[1024];
  for (int i = 0; i < pending; i++) {
    blocks[i] = (struct aiocb){.aio_fildes = fd, .aio_buf = buffers + (size_t)i * PIECE, .aio_nbytes = PIECE};
    blocks[i].aio_lio_opcode = is_write ? LIO_WRITE : LIO_READ;
    blocks[i].aio_sigevent.sigev_notify = SIGEV_NONE;
    list[i] = &blocks[i];
  }
  long operations = 0;
  double begin = seconds(), used = processor(), end = begin + limit;
  if (is_loop) {
    while (seconds() < end)
      for (int i = 0; i < 32; i++, operations++) {
        ssize_t n = is_write ? pwrite(fd, buffers, PIECE, somewhere()) : pread(fd, buffers, PIECE, somewhere());
        if (n != PIECE) fail("loop");
      }
  } else if (is_list) {
    while (seconds() < end) {
      for (int i = 0; i < pending; i++) blocks[i].aio_offset = somewhere();
      if (lio_listio(LIO_WAIT, list, pending, NULL)) fail("lio_listio");
      for (int i = 0; i < pending; i++)
        if (aio_return(&blocks[i]) != PIECE) fail("list");
      operations += pending;
    }
  } else {
    int over = 0, under_way = 0;
    for (int i = 0; i < pending; i++, under_way++) {
      blocks[i].aio_offset = somewhere();
      if (is_write ? aio_write(&blocks[i]) : aio_read(&blocks[i])) fail("aio");
    }
    while (under_way > 0) {
      if (aio_suspend((const struct aiocb *const *)list, pending, NULL) && errno != EINTR) fail("aio_suspend");
      if (!over && seconds() >= end) over = 1;
      for (int i = 0; i < pending; i++) {
        if (!list[i] || aio_error(&blocks[i]) == EINPROGRESS) continue;
        if (aio_return(&blocks[i]) != PIECE) fail("single");
        operations++;
        blocks[i].aio_offset = somewhere();
        if (over) {
          list[i] = NULL;
          under_way--;
        } else if (is_write ? aio_write(&blocks[i]) : aio_read(&blocks[i])) {
          fail("aio");
        }
      }
    }
  }
  double took = seconds() - begin;
  printf("%.0f %.2f\n", operations / took, (processor() - used) * 1e6 / operations);
  return 0;
}
