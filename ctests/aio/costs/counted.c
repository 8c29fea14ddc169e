/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Some work of asynchronous I/O, for strace to look at. `counted WORK TIMES`: calls of getppid stand before and after each time, of
 * which the first ones are for what the library needs once. */
#define _GNU_SOURCE
#include <aio.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES = 32, PIECE = 4096 };

static struct aiocb blocks[ENTRIES], *list[ENTRIES];
static char bytes[ENTRIES][PIECE];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void one(void) {
  if (aio_write(&blocks[0]))
    fail("aio_write");
}

static void several(int mode) {
  if (lio_listio(mode, list, ENTRIES, NULL))
    fail("lio_listio");
}

static void collect(int count) {
  for (int i = 0; i < count; i++) {
    const struct aiocb *waited[] = {&blocks[i]};
    while (aio_error(&blocks[i]) != 0)
      aio_suspend(waited, 1, NULL);
    if (aio_return(&blocks[i]) != PIECE)
      fail("a request");
  }
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  int file = fileno(tmpfile());
  int is_read = strcmp(argv[1], "reads") == 0, is_single = strcmp(argv[1], "write") == 0;
  for (int i = 0; i < ENTRIES; i++) {
    if (pwrite(file, bytes[i], PIECE, i * PIECE) != PIECE)
      fail("pwrite");
    blocks[i] = (struct aiocb){.aio_fildes = file, .aio_buf = bytes[i], .aio_nbytes = PIECE, .aio_offset = i * PIECE};
    blocks[i].aio_lio_opcode = is_read ? LIO_READ : LIO_WRITE;
    blocks[i].aio_sigevent.sigev_notify = SIGEV_NONE;
    list[i] = &blocks[i];
  }
  for (int time = 0; time < atoi(argv[2]); time++) {
    syscall(SYS_getppid);
    if (is_single)
      one();
    else
      several(time % 2 ? LIO_WAIT : LIO_NOWAIT);
    syscall(SYS_getppid);
    collect(is_single ? 1 : ENTRIES);
    usleep(3000); /* so that the engine sleeps */
  }
  if (strcmp(argv[1], "idle") == 0) {
    syscall(SYS_getppid);
    sleep(1);
    syscall(SYS_getppid);
  }
  return 0;
}
