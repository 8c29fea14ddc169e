/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_fsync. */
#include "aio_test.h"

TEST(flushes_a_file, .valgrind = 1) {
  static const int operations[] = {O_SYNC, O_DSYNC};
  int d = temporary_file(0);
  for (int i = 0; i < 2; i++) {
    struct aiocb block = on(d, NULL, 0, 0);
    EQUAL(aio_fsync(operations[i], &block), 0);
    EQUAL(result(&block), 0);
  }
}

TEST(unknown_operation) {
  static const int wrong[] = {0, -1, O_RDWR, O_APPEND};
  int d = temporary_file(0);
  for (int i = 0; i < 4; i++) {
    struct aiocb block = on(d, NULL, 0, 0);
    errno = 0;
    EQUAL(aio_fsync(wrong[i], &block), -1);
    EQUAL(errno, EINVAL);
  }
}

TEST(descriptor_that_is_not_open) {
  struct aiocb block = on(200, NULL, 0, 0);
  errno = 0;
  EQUAL(aio_fsync(O_SYNC, &block), -1);
  EQUAL(errno, EBADF);
  block = on(-1, NULL, 0, 0);
  errno = 0;
  EQUAL(aio_fsync(O_SYNC, &block), -1);
  EQUAL(errno, EBADF);
}

TEST(descriptor_open_for_reading) {
  char name[T_NAME];
  int d = mkstemp(temporary(name, "aio")), reader = open(name, O_RDONLY);
  CHECK(d != -1 && reader != -1 && unlink(name) == 0);
  struct aiocb block = on(reader, NULL, 0, 0);
  EQUAL(aio_fsync(O_SYNC, &block), 0);
  EQUAL(result(&block), 0);
}

TEST(streams_have_nothing_to_flush) {
  int ends[2], pair[2];
  new_pipe(ends);
  new_pair(pair);
  struct aiocb block = on(ends[1], NULL, 0, 0), other = on(pair[0], NULL, 0, 0);
  EQUAL(aio_fsync(O_SYNC, &block), 0);
  EQUAL(aio_fsync(O_DSYNC, &other), 0);
  FAILS_WITH(&block, EINVAL);
  FAILS_WITH(&other, EINVAL);
}

/* Only the descriptor and the notification are looked at. */
TEST(other_members_are_garbage) {
  int d = temporary_file(0);
  struct aiocb block = on(d, (void *)8, SIZE_MAX, -7);
  block.aio_reqprio = -5;
  EQUAL(aio_fsync(O_SYNC, &block), 0);
  EQUAL(result(&block), 0);
}

static void barrier(int writer, int flusher) {
  enum { MANY = 64, SIZE = 65536 };
  static struct aiocb blocks[MANY];
  char *bytes = calloc(1, SIZE);
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < MANY; i++) {
      blocks[i] = on(writer, bytes, SIZE, (off_t)i * SIZE);
      EQUAL(aio_write(&blocks[i]), 0);
    }
    struct aiocb flush = on(flusher, NULL, 0, 0);
    EQUAL(aio_fsync(O_DSYNC, &flush), 0);
    EQUAL(settled(&flush), 0);
    for (int i = 0; i < MANY; i++) EQUAL(aio_error(&blocks[i]), 0);
    for (int i = 0; i < MANY; i++) EQUAL(aio_return(&blocks[i]), SIZE);
  }
}

TEST(earlier_writes_are_complete, .seconds = 60) {
  int d = temporary_file(0);
  barrier(d, d);
}

TEST(earlier_writes_of_a_duplicate_are_complete, .seconds = 60) {
  int d = temporary_file(0);
  barrier(d, dup(d));
}

TEST(earlier_failures_do_not_count) {
  int d = temporary_file(0);
  struct aiocb wrong = on(d, (void *)8, 100, 0), flush = on(d, NULL, 0, 0);
  EQUAL(aio_write(&wrong), 0);
  EQUAL(aio_fsync(O_SYNC, &flush), 0);
  EQUAL(result(&flush), 0);
  EQUAL(settled(&wrong), EFAULT);
}

TEST(later_writes_go_on) {
  int d = temporary_file(0);
  struct aiocb flush = on(d, NULL, 0, 0), block = on(d, "x", 1, 0);
  EQUAL(aio_fsync(O_SYNC, &flush), 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1);
  EQUAL(result(&flush), 0);
}
