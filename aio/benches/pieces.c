/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * One loop that reads a file which is not in memory, a MiB at a time, while it answers on a socket: by pread in the loop, or by
 * aio_read with so many pieces pending. `pieces pread|aio cold|direct PENDING FILE`. Prints MiB a second, processor time per
 * MiB, the time of a question and its answer (half, 99 of 100, the longest), and the longest turn from one wait to the next,
 * all times in milliseconds.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libowfat/aio.h>
#include <libowfat/io.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 20, PENDING_MAX = 64, PINGS_MAX = 1 << 16 };

struct pings {
  int count;
  double took[PINGS_MAX]; /* milliseconds */
};

static int file;
static off_t size, next;
static long done;

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double processor(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int shorter(const void *a, const void *b) {
  double one = *(const double *)a, other = *(const double *)b;
  return (one > other) - (one < other);
}

/* Asks every half millisecond, until the other side is gone. */
static void ask(int fd, struct pings *pings) {
  const struct timespec half = {0, 500000};
  while (pings->count < PINGS_MAX) {
    double begin = milliseconds();
    char byte = '?';
    if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || read(fd, &byte, 1) != 1)
      break;
    pings->took[pings->count++] = milliseconds() - begin;
    nanosleep(&half, NULL);
  }
  _exit(0);
}

static void answer(int64 fd) {
  char byte;
  while (io_tryread(fd, &byte, 1) == 1)
    if (io_trywrite(fd, &byte, 1) != 1)
      fail("answer");
}

/* Asks for the next piece. */
static void begin_piece(struct aiocb *block) {
  if (next == size)
    return;
  block->aio_offset = next;
  next += PIECE;
  if (aio_read(block))
    fail("aio_read");
}

static void collect(void) {
  struct timespec zero = {0, 0};
  struct aiocb *block;
  for (ssize_t got; got = aio_waitcomplete(&block, &zero), block;) {
    if (got != PIECE)
      fail("a piece");
    done++;
    begin_piece(block);
  }
}

int main(int argc, char **argv) {
  if (argc != 5)
    return 2;
  bool is_aio = strcmp(argv[1], "aio") == 0, is_direct = strcmp(argv[2], "direct") == 0;
  int pending = atoi(argv[3]), ends[2];
  file = open(argv[4], O_RDONLY | (is_direct ? O_DIRECT : 0));
  if (file == -1)
    fail(argv[4]);
  size = lseek(file, 0, SEEK_END) / PIECE * PIECE;
  posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  char *buffers;
  if (pending < 1 || pending > PENDING_MAX || posix_memalign((void **)&buffers, 4096, (size_t)pending * PIECE))
    return 2;
  memset(buffers, 1, (size_t)pending * PIECE);
  struct pings *pings = mmap(NULL, sizeof *pings, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (pings == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
    fail("set-up");
  pid_t asking = fork();
  if (asking == 0) {
    close(ends[0]);
    ask(ends[1], pings);
  }
  close(ends[1]);
  io_nonblock(ends[0]);
  if (!io_fd(ends[0]))
    fail("io_fd");
  io_wantread(ends[0]);
  int64 completions = -1;
  static struct aiocb blocks[PENDING_MAX];
  double begin = milliseconds(), used = processor(), longest = 0;
  if (is_aio) {
    completions = owfat_aio_fd();
    if (!io_fd(completions))
      fail("owfat_aio_fd");
    io_wantread(completions);
    for (int i = 0; i < pending; i++) {
      blocks[i] = (struct aiocb){.aio_fildes = file, .aio_buf = buffers + (size_t)i * PIECE, .aio_nbytes = PIECE};
      blocks[i].aio_sigevent.sigev_notify = SIGEV_NONE;
      begin_piece(&blocks[i]);
    }
  }
  while (done < size / PIECE) {
    tai6464 now;
    taia_now(&now);
    if (is_aio)
      io_wait();
    else
      io_waituntil(now);
    double turn = milliseconds();
    for (int64 fd; (fd = io_canread()) != -1;)
      if (fd == completions)
        collect();
      else
        answer(fd);
    if (!is_aio) {
      if (pread(file, buffers, PIECE, next) != PIECE)
        fail("pread");
      next += PIECE;
      done++;
    }
    turn = milliseconds() - turn;
    if (turn > longest)
      longest = turn;
  }
  double took = milliseconds() - begin, mib = (double)size / PIECE;
  used = processor() - used;
  close(ends[0]);
  waitpid(asking, NULL, 0);
  int count = pings->count;
  if (count == 0)
    return 1;
  qsort(pings->took, (size_t)count, sizeof *pings->took, shorter);
  printf("%.0f %.3f %.3f %.3f %.3f %.3f\n", mib / took * 1e3, used / mib, pings->took[count / 2],
         pings->took[count - 1 - count / 100], pings->took[count - 1], longest);
  return 0;
}
