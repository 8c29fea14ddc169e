/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Short reads of what is in memory already: complete when the call returns, and in every other way like those that are not. */
#include "aio_test.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>

enum { LENGTH = 10000 };

static char wanted[LENGTH];

/* A file in the page cache, of a file system that reads without waiting. */
static int cached_file(int flags) {
  int d = temporary_file(flags);
  for (int i = 0; i < LENGTH; i++) wanted[i] = (char)(i % 251);
  CHECK(write(d, wanted, LENGTH) == LENGTH);
  char byte;
  struct iovec one = {&byte, 1};
  /* By its number, with RWF_NOWAIT: musl 1.2.3 has neither. */
  if (syscall(SYS_preadv2, d, &one, 1, 0, 0, 8) != 1) SKIP("this file system does not say what is in memory");
  return d;
}

TEST(is_complete_when_the_call_returns) {
  int d = cached_file(0);
  for (int i = 0; i < 100; i++) {
    char bytes[LENGTH] = "";
    struct aiocb block = on(d, bytes, LENGTH - 10 * (size_t)i, 10 * i);
    errno = 99;
    EQUAL(aio_read(&block), 0);
    EQUAL(aio_error(&block), 0);
    EQUAL(aio_return(&block), LENGTH - 10 * i);
    EQUAL(errno, 99);
    CHECK(memcmp(bytes, wanted + 10 * i, LENGTH - 10 * (size_t)i) == 0);
  }
}

TEST(no_descriptor_is_used) {
  int d = cached_file(0), ends[2];
  char byte;
  /* What the threads need for themselves, they have once they have served something. */
  new_pipe(ends);
  struct aiocb first = on(ends[0], &byte, 1, 0), block = on(d, &byte, 1, 0);
  EQUAL(aio_read(&first), 0);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&first), 1);
  sleep_ms(50);
  int before = dup(d);
  CHECK(before != -1 && close(before) == 0);
  for (int i = 0; i < 10; i++) {
    EQUAL(aio_read(&block), 0);
    EQUAL(result(&block), 1);
  }
  int after = dup(d);
  EQUAL(after, before);
}

TEST(end_of_file) {
  int d = cached_file(0);
  char bytes[100];
  struct aiocb block = on(d, bytes, sizeof bytes, LENGTH - 30);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 30);
  CHECK(memcmp(bytes, wanted + LENGTH - 30, 30) == 0);
  block = on(d, bytes, sizeof bytes, LENGTH + 5);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 0);
}

TEST(failures_are_told_as_ever) {
  char byte;
  int d = cached_file(0);
  struct aiocb block = on(d, (void *)8, 1, 0);
  errno = 99;
  EQUAL(aio_read(&block), 0);
  EQUAL(errno, 99);
  FAILS_WITH(&block, EFAULT);
  block = on(d, &byte, 1, 0);
  block.aio_reqprio = 21;
  REFUSED_WITH(aio_read(&block), &block, EINVAL);
  block.aio_reqprio = 0;
  block.aio_sigevent.sigev_notify = 77;
  REFUSED_WITH(aio_read(&block), &block, EINVAL);
}

/* It sees what a write has left, if that is complete. */
TEST(after_a_write) {
  int d = cached_file(0);
  for (int i = 0; i < 200; i++) {
    char byte = (char)i, back = 0;
    struct aiocb writing = on(d, &byte, 1, i), reading = on(d, &back, 1, i);
    EQUAL(aio_write(&writing), 0);
    EQUAL(result(&writing), 1);
    EQUAL(aio_read(&reading), 0);
    EQUAL(result(&reading), 1);
    EQUAL(back, byte);
  }
}

static _Atomic int calls;

static void call(union sigval value) {
  CHECK(value.sival_int == 7);
  calls++;
}

static void handle(int number) {
  (void)number;
  calls++;
}

TEST(notifies) {
  int d = cached_file(0);
  char byte;
  CHECK(signal(SIGUSR1, handle) != SIG_ERR);
  for (int i = 0; i < 20; i++) {
    struct aiocb block = on(d, &byte, 1, 0);
    block.aio_sigevent.sigev_notify = i % 2 ? SIGEV_SIGNAL : SIGEV_THREAD;
    block.aio_sigevent.sigev_signo = SIGUSR1;
    block.aio_sigevent.sigev_value.sival_int = 7;
    if (i % 2 == 0) {
      block.aio_sigevent.sigev_notify_function = call;
      block.aio_sigevent.sigev_notify_attributes = NULL;
    }
    EQUAL(aio_read(&block), 0);
    EQUAL(result(&block), 1);
    for (int64_t end = millis() + TIMEOUT * 1000; calls < i + 1; sleep_ms(1)) CHECK(millis() < end);
    EQUAL(calls, i + 1);
  }
}

TEST(counts_in_a_list) {
  int d = cached_file(0);
  char bytes[32];
  struct aiocb blocks[32], *list[32];
  for (int i = 0; i < 32; i++) {
    blocks[i] = on(d, bytes + i, 1, i);
    blocks[i].aio_lio_opcode = LIO_READ;
    list[i] = &blocks[i];
  }
  EQUAL(lio_listio(LIO_WAIT, list, 32, NULL), 0);
  for (int i = 0; i < 32; i++) EQUAL(aio_return(&blocks[i]), 1);
  CHECK(memcmp(bytes, wanted, 32) == 0);
}

/* A cold file between warm ones, and one that is read without the cache: right, too. */
TEST(not_in_memory) {
  int warm = cached_file(0), cold = cached_file(0);
  char bytes[4096];
  CHECK(fsync(cold) == 0);
  for (int i = 0; i < 300; i++) {
    if (i % 3 == 0) CHECK(posix_fadvise(cold, 0, 0, POSIX_FADV_DONTNEED) == 0);
    struct aiocb block = on(i % 2 ? warm : cold, bytes, 4096, i);
    memset(bytes, 0, sizeof bytes);
    EQUAL(aio_read(&block), 0);
    EQUAL(result(&block), 4096);
    CHECK(memcmp(bytes, wanted + i, 4096) == 0);
  }
}

/* Streams have no positions, and wait. */
TEST(streams_are_queued) {
  int ends[2];
  char byte = 0;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
  CHECK(write(ends[1], "y", 1) == 1);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 1);
  EQUAL(byte, 'y');
}
