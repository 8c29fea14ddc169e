/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Blocks and limits of time as wide as the program's off_t and time_t, under every name that takes them. */
#include "aio_test.h"

#include <libowfat/aio.h>

/* Beyond what 32 bits reach, if the program can say that. */
static off_t far_away(void) { return sizeof(off_t) == 8 ? (off_t)((5LL << 30) + 1) : (off_t)0x7fffff00; }

static int is_there(int d, off_t at, const char *text, size_t n) {
  char found[16];
  return pread(d, found, n, at) == (ssize_t)n && memcmp(found, text, n) == 0;
}

TEST(offsets) {
  char got[4];
  int d = temporary_file(0);
  off_t at = far_away();
  struct aiocb block = on(d, "abcd", 4, at);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(is_there(d, at, "abcd", 4));
  block = on(d, "efgh", 4, at + 4);
  EQUAL(owfat_aio_write(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(is_there(d, at, "abcdefgh", 8));
  block = on(d, got, 4, at + 2);
  EQUAL(owfat_aio_read(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(memcmp(got, "cdef", 4) == 0);
  block = on(d, NULL, 0, 0);
  EQUAL(owfat_aio_fsync(O_SYNC, &block), 0);
  EQUAL(result(&block), 0);
}

TEST(offsets_of_vectors_and_lists) {
  char got[4];
  int d = temporary_file(0);
  off_t at = far_away();
  struct iovec out[] = {{"ab", 2}, {"cd", 2}}, in[] = {{got, 1}, {got + 1, 3}};
  struct aiocb block = on(d, out, 2, at);
  EQUAL(aio_writev(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(is_there(d, at, "abcd", 4));
  block = on(d, in, 2, at);
  EQUAL(owfat_aio_readv(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(memcmp(got, "abcd", 4) == 0);
  block = on(d, out, 2, at + 4);
  EQUAL(owfat_aio_writev(&block), 0);
  EQUAL(result(&block), 4);
  block = on(d, in, 2, at + 3);
  EQUAL(aio_readv(&block), 0);
  EQUAL(result(&block), 4);
  CHECK(memcmp(got, "dabc", 4) == 0);
  block = on(d, "list", 4, at + 8);
  block.aio_lio_opcode = LIO_WRITE;
  struct aiocb *list[] = {&block};
  EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), 0);
  EQUAL(aio_return(&block), 4);
  CHECK(is_there(d, at + 8, "list", 4));
  block.aio_offset = at + 12;
  EQUAL(owfat_lio_listio(LIO_WAIT, list, 1, NULL), 0);
  EQUAL(aio_return(&block), 4);
  CHECK(is_there(d, at + 8, "listlist", 8));
}

#ifdef __GLIBC__
/* The variants with 64 bits in every program. */
TEST(offsets_by_name) {
  char got[4];
  int d = temporary_file(O_LARGEFILE);
  struct iovec out[] = {{"ab", 2}, {"cd", 2}}, in[] = {{got, 4}};
  struct aiocb64 block;
  memset(&block, 0xa5, sizeof block);
  block.aio_fildes = d;
  block.aio_reqprio = 0;
  block.aio_iov = out;
  block.aio_iovcnt = 2;
  block.aio_offset = (5LL << 30) + 1;
  block.aio_sigevent.sigev_notify = SIGEV_NONE;
  const struct aiocb64 *list[] = {&block};
  EQUAL(aio_writev64(&block), 0);
  while (aio_error64(&block) == EINPROGRESS) owfat_aio_suspend64(list, 1, NULL);
  EQUAL(aio_return64(&block), 4);
  block.aio_iov = in;
  block.aio_iovcnt = 1;
  EQUAL(owfat_aio_readv64(&block), 0);
  while (aio_error64(&block) == EINPROGRESS) owfat_aio_suspend64(list, 1, NULL);
  EQUAL(aio_return64(&block), 4);
  CHECK(memcmp(got, "abcd", 4) == 0);
}
#endif

typedef int suspending(const struct aiocb *const list[], int n, const struct timespec *timeout);
typedef ssize_t collecting(struct aiocb **done, struct timespec *timeout);

/* 50 ms are 50 ms, an invalid number of nanoseconds is invalid, and a time before now is over. */
static void suspend_by(suspending *function, const struct aiocb *block) {
  const struct aiocb *list[] = {block};
  struct timespec limit = {0, 50000000}, wrong = {0, 1000000000}, past = {-1, 0};
  int64_t begin = millis();
  EQUAL(function(list, 1, &limit), -1);
  EQUAL(errno, EAGAIN);
  CHECK(millis() - begin >= 49 && millis() - begin < 5000);
  EQUAL(function(list, 1, &wrong), -1);
  EQUAL(errno, EINVAL);
  EQUAL(function(list, 1, &past), -1);
  EQUAL(errno, EAGAIN);
}

static void collect_by(collecting *function) {
  struct timespec limit = {0, 50000000}, wrong = {0, 1000000000}, past = {-1, 0};
  struct aiocb *done;
  int64_t begin = millis();
  EQUAL(function(&done, &limit), -1);
  EQUAL(errno, EINPROGRESS);
  CHECK(millis() - begin >= 49 && millis() - begin < 5000);
  EQUAL(function(&done, &wrong), -1);
  EQUAL(errno, EINVAL);
  EQUAL(function(&done, &past), -1);
  EQUAL(errno, EINPROGRESS);
}

TEST(limits_of_time) {
  int ends[2];
  char byte;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  suspend_by(aio_suspend, &block);
  suspend_by(owfat_aio_suspend, &block);
  collect_by(aio_waitcomplete);
  collect_by(owfat_aio_waitcomplete);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
}
