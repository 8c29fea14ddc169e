/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_readv and aio_writev, and their operations in lists. */
#include "aio_test.h"

#include <libowfat/aio.h>

static struct aiocb vector(int d, struct iovec *parts, int count, off_t offset) {
  struct aiocb block = on(d, NULL, 0, offset);
  block.aio_iov = parts;
  block.aio_iovcnt = (size_t)count;
  return block;
}

TEST(write_and_read_back, .valgrind = 1) {
  int d = temporary_file(0);
  char first[3], second[4];
  struct iovec out[] = {{"ab", 2}, {"", 0}, {"cdefg", 5}};
  struct iovec in[] = {{first, 3}, {second, 4}};
  struct aiocb block = vector(d, out, 3, 5);
  EQUAL(aio_writev(&block), 0);
  EQUAL(result(&block), 7);
  block = vector(d, in, 2, 5);
  EQUAL(aio_readv(&block), 0);
  EQUAL(result(&block), 7);
  CHECK(memcmp(first, "abc", 3) == 0 && memcmp(second, "defg", 4) == 0);
}

/* The array is read during the call. */
TEST(array_may_be_overwritten) {
  int ends[2];
  char bytes[4] = "";
  new_pipe(ends);
  struct iovec in[] = {{bytes, 2}, {bytes + 2, 2}};
  struct aiocb block = vector(ends[0], in, 2, 0);
  EQUAL(aio_readv(&block), 0);
  memset(in, 0xa5, sizeof in);
  CHECK(write(ends[1], "wxyz", 4) == 4);
  EQUAL(result(&block), 4);
  CHECK(memcmp(bytes, "wxyz", 4) == 0);
}

/* An array that is not in memory, or only in part, is an address without memory like any other. */
TEST(array_without_memory) {
  int d = temporary_file(0), ends[2];
  char bytes[2] = "";
  new_pipe(ends);
  struct iovec *last = no_memory_behind(sizeof *last);
  *last = (struct iovec){bytes, 2};
  struct iovec *const wrong[] = {NULL, (struct iovec *)8, last, (struct iovec *)-16};
  for (int i = 0; i < 4; i++) {
    struct aiocb block = vector(d, wrong[i], 2, 0);
    EQUAL(aio_writev(&block), 0);
    FAILS_WITH(&block, EFAULT);
    block = vector(ends[0], wrong[i], IOV_MAX, 0);
    EQUAL(aio_readv(&block), 0);
    FAILS_WITH(&block, EFAULT);
    block = vector(-1, wrong[i], 2, 0);
    EQUAL(aio_writev(&block), 0);
    FAILS_WITH(&block, EBADF);
    block = vector(d, wrong[i], 2, 0);
    struct aiocb *list[] = {&block};
    block.aio_lio_opcode = LIO_WRITEV;
    errno = 0;
    EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), -1);
    EQUAL(errno, EIO);
    FAILS_WITH(&block, EFAULT);
  }
  struct aiocb block = vector(d, last, 1, 0);
  EQUAL(aio_writev(&block), 0);
  EQUAL(result(&block), 2);
}

TEST(counts_out_of_range) {
  static const int wrong[] = {-1, IOV_MAX + 1, INT_MAX, INT_MIN};
  static struct iovec parts[1];
  int d = temporary_file(0);
  for (int i = 0; i < 4; i++) {
    struct aiocb block = vector(d, parts, wrong[i], 0);
    EQUAL(aio_writev(&block), 0);
    FAILS_WITH(&block, EINVAL);
    block = vector(d, parts, wrong[i], 0);
    EQUAL(aio_readv(&block), 0);
    FAILS_WITH(&block, EINVAL);
  }
}

TEST(lengths_whose_sum_is_too_large) {
  char bytes[2] = "";
  int d = temporary_file(0);
  struct iovec parts[] = {{bytes, SSIZE_MAX}, {bytes, 2}};
  struct aiocb block = vector(d, parts, 2, 0);
  EQUAL(aio_writev(&block), 0);
  FAILS_WITH(&block, EINVAL);
}

TEST(count_0) {
  int d = temporary_file(0);
  struct aiocb block = vector(d, NULL, 0, 0);
  EQUAL(aio_writev(&block), 0);
  EQUAL(result(&block), 0);
}

TEST(operations_of_a_list) {
  int d = temporary_file(0);
  char back[4];
  struct iovec out[] = {{"ab", 2}, {"cd", 2}}, in[] = {{back, 1}, {back + 1, 3}};
  struct aiocb writing = vector(d, out, 2, 0), reading = vector(d, in, 2, 0);
  struct aiocb *list[1] = {&writing};
  writing.aio_lio_opcode = LIO_WRITEV;
  reading.aio_lio_opcode = LIO_READV;
  EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), 0);
  EQUAL(aio_return(&writing), 4);
  list[0] = &reading;
  EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), 0);
  EQUAL(aio_return(&reading), 4);
  CHECK(memcmp(back, "abcd", 4) == 0);
}

TEST(stream_writes_stay_whole) {
  enum { SIZE = 200000 };
  static char first[SIZE], second[SIZE], back[2 * SIZE];
  int ends[2];
  new_pair(ends);
  memset(first, 'a', SIZE);
  memset(second, 'b', SIZE);
  struct iovec out[] = {{first, SIZE}, {second, SIZE}};
  struct aiocb block = vector(ends[0], out, 2, 0), after = on(ends[0], "c", 1, 0);
  EQUAL(aio_writev(&block), 0);
  EQUAL(aio_write(&after), 0);
  for (size_t at = 0; at < sizeof back;) {
    ssize_t n = read(ends[1], back + at, sizeof back - at);
    CHECK(n > 0);
    at += (size_t)n;
  }
  EQUAL(result(&block), 2 * SIZE);
  EQUAL(result(&after), 1);
  CHECK(back[SIZE - 1] == 'a' && back[SIZE] == 'b');
  CHECK(read(ends[1], back, 1) == 1 && back[0] == 'c');
}
