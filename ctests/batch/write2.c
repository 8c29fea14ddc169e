/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob_write2: file regions offered whole to a function of the program. */
#include "batch.h"

static int64 answer, answer_errno, offered_file, calls;
static uint64 offered, offered_at;
static char text[200];
static size_t text_length;

static int64 take(int64 s, const void *buf, uint64 n) {
  EQUAL(s, 7);
  CHECK(text_length + n <= sizeof text);
  memcpy(text + text_length, buf, n);
  text_length += n;
  return (int64)n;
}

/* Answers as it is told to; 1000 stands for everything. */
static int64 region(int64 out, int64 in, uint64 off, uint64 bytes, io_write_callback cb) {
  EQUAL(out, 7);
  CHECK(cb == take);
  calls++;
  offered_file = in, offered_at = off, offered = bytes;
  if (answer < 0) errno = (int)answer_errno;
  return answer;
}

static int fill_batch(io_batch *b) {
  int fd = file_of("0123456789", 10);
  EQUAL(iob_adds(b, "abc"), 1);
  EQUAL(iob_addfile_close(b, fd, 2, 6), 1);
  EQUAL(iob_adds(b, "xyz"), 1);
  return fd;
}

TEST(a_region_is_offered_whole, .valgrind = 1) {
  BATCH(b);
  int fd = fill_batch(&b);
  answer = 6;
  EQUAL(iob_write2(7, &b, take, region), 12);
  EQUAL(offered_file, fd);
  EQUAL(offered_at, 2);
  EQUAL(offered, 6);
  EQUAL(text_length, 6);
  CHECK(!is_open(fd));
}

TEST(more_than_was_offered_is_all, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  answer = 1000;
  EQUAL(iob_write2(7, &b, take, region), 12);
  EQUAL(iob_bytesleft(&b), 0);
}

TEST(less_ends_the_call, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  answer = 2;
  EQUAL(iob_write2(7, &b, take, region), 5);
  EQUAL(b.next, 1);
  EQUAL(iob_bytesleft(&b), 7);
  EQUAL(iob_write2(7, &b, take, region), 2);
  EQUAL(offered_at, 4);
  EQUAL(offered, 4);
  EQUAL(iob_write2(7, &b, take, region), 2 + 3);
  EQUAL(calls, 3);
}

TEST(results_of_the_function, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  answer = 0;
  EQUAL(iob_write2(7, &b, take, region), 3); /* the bytes before come first */
  errno = 0;
  EQUAL(iob_write2(7, &b, take, region), -3);
  EQUAL(errno, EPIPE);
  answer = -1, answer_errno = EAGAIN;
  EQUAL(iob_write2(7, &b, take, region), -1);
  EQUAL(errno, EAGAIN);
  answer_errno = ENOSPC;
  EQUAL(iob_write2(7, &b, take, region), -3);
  EQUAL(errno, ENOSPC);
  answer = -3, answer_errno = ECONNRESET;
  EQUAL(iob_write2(7, &b, take, region), -3);
  EQUAL(errno, ECONNRESET);
  EQUAL(iob_bytesleft(&b), 9);
  iob_reset(&b);
}

TEST(without_the_function_it_is_iob_write, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  EQUAL(iob_write2(7, &b, take, 0), 12);
  EQUAL(memcmp(text, "abc234567xyz", 12), 0);
  text_length = 0;
  fill_batch(&b);
  EQUAL(iob_write2(7, &b, take, io_mmapwritefile), 12);
  EQUAL(memcmp(text, "abc234567xyz", 12), 0);
}

TEST(what_is_missing_is_an_error, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  errno = 0;
  EQUAL(iob_write2(7, 0, take, region), -3);
  EQUAL(errno, EINVAL);
  errno = 0;
  EQUAL(iob_write2(7, &b, 0, region), -3);
  EQUAL(errno, EINVAL);
  EQUAL(iob_write2(7, 0, 0, 0), -3);
  EQUAL(iob_bytesleft(&b), 12);
  EQUAL(calls, 0);
  iob_reset(&b);
}

static int64 take_none(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf, (void)n;
  errno = EAGAIN;
  return -1;
}

/* What iob_write has kept because its callback took nothing does not disturb, and is not lost. */
TEST(mixed_with_iob_write, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  EQUAL(iob_write(7, &b, take), 12);
  fill_batch(&b);
  answer = 1;
  EQUAL(iob_write2(7, &b, take, region), 4);
  EQUAL(iob_write(7, &b, take_none), -1);
  EQUAL(iob_write2(7, &b, take, region), 1);
  EQUAL(offered_at, 3);
  EQUAL(iob_write(7, &b, take_none), -1);
  text_length = 0;
  EQUAL(iob_write(7, &b, take), 7);
  EQUAL(memcmp(text, "4567xyz", 7), 0);
}
