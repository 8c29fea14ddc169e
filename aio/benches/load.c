/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One workload through <aio.h>, or for comparison through a loop of pread and pwrite, or an io_uring of its own (RAW): operations a second, and processor
 * time for each. `load WORK PENDING SECONDS FILE`; WORK is a word of: read or write, direct or cached, list or single, aio,
 * raw or loop, joined by commas. Prints "operations/s microseconds-of-processor-time/operation". */
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
#ifdef RAW
#include <liburing.h>
#endif

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

#ifdef RAW
static void queue(struct io_uring *ring, int is_write, int fd, char *buffers, long index) {
  struct io_uring_sqe *entry = io_uring_get_sqe(ring);
  char *buffer = buffers + index * PIECE;
  if (is_write)
    io_uring_prep_write(entry, fd, buffer, PIECE, (__u64)somewhere());
  else
    io_uring_prep_read(entry, fd, buffer, PIECE, (__u64)somewhere());
  io_uring_sqe_set_data64(entry, (__u64)index);
}

/* As a program would that has nothing else to do: submit what came back, wait for one. */
static long raw(int is_write, int fd, char *buffers, int pending, double end) {
  struct io_uring ring;
  long operations = 0, under_way = pending;
  if (io_uring_queue_init(1024, &ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN)) fail("io_uring");
  for (int i = 0; i < pending; i++) queue(&ring, is_write, fd, buffers, i);
  while (under_way > 0) {
    struct io_uring_cqe *done;
    unsigned head, count = 0;
    if (io_uring_submit_and_wait(&ring, 1) < 0) fail("io_uring_submit_and_wait");
    int over = seconds() >= end;
    io_uring_for_each_cqe(&ring, head, done) {
      if (done->res != PIECE) fail("raw");
      count++;
      operations++;
      if (over)
        under_way--;
      else
        queue(&ring, is_write, fd, buffers, (long)io_uring_cqe_get_data64(done));
    }
    io_uring_cq_advance(&ring, count);
  }
  return operations;
}
#endif

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
#ifdef RAW
  if (strstr(work, "raw")) operations = raw(is_write, fd, buffers, pending, end);
#endif
  if (strstr(work, "raw")) {
    if (operations == 0) return 77;
  } else if (is_loop) {
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
