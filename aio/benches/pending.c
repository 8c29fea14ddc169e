/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Many reads that wait on one socket: `pending COUNT` prints the milliseconds that it takes to queue them and to cancel them,
 * and the bytes of memory that each takes besides its block. */
#define _GNU_SOURCE
#include <aio.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static double milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 0, s[2];
  struct aiocb *blocks = calloc((size_t)count + 1, sizeof *blocks);
  char byte;
  if (!blocks || socketpair(AF_UNIX, SOCK_STREAM, 0, s)) return 1;
  size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  double begin = milliseconds();
  for (int i = 0; i < count; i++) {
    blocks[i].aio_fildes = s[0];
    blocks[i].aio_buf = &byte;
    blocks[i].aio_nbytes = 1;
    blocks[i].aio_sigevent.sigev_notify = SIGEV_NONE;
    if (aio_read(&blocks[i])) return 1;
  }
  double queued = milliseconds();
  size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
  if (aio_cancel(s[0], NULL) == -1) return 1;
  double cancelled = milliseconds();
  printf("%.1f %.1f %.1f\n", queued - begin, cancelled - queued, (double)(after - before) / count);
  return 0;
}
