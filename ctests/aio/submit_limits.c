/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_read and aio_write: signals that a write must not raise, limits, and blocks that are pending already. */
#include "aio_test.h"

static volatile sig_atomic_t signals;

static void count(int number) {
  (void)number;
  signals++;
}

static void broken(int ends[2]) {
  signal(SIGPIPE, count);
  close(ends[0]);
  for (int i = 0; i < 20; i++) {
    struct aiocb block = on(ends[1], "x", 1, 0);
    EQUAL(aio_write(&block), 0);
    FAILS_WITH(&block, EPIPE);
  }
  sleep_ms(20);
  EQUAL(signals, 0);
}

TEST(broken_pipe_raises_no_signal) {
  int ends[2];
  new_pipe(ends);
  broken(ends);
}

TEST(broken_socket_raises_no_signal) {
  int ends[2];
  new_pair(ends);
  broken(ends);
}

/* The reading end goes while the write waits for room. */
TEST(broken_while_it_waits) {
  int ends[2];
  new_pipe(ends);
  signal(SIGPIPE, count);
  fill(ends[1]);
  struct aiocb block = on(ends[1], "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  stays_pending(&block);
  close(ends[0]);
  FAILS_WITH(&block, EPIPE);
  EQUAL(signals, 0);
}

TEST(file_size_limit_raises_no_signal) {
  int d = temporary_file(0);
  struct rlimit limit = {1000, 1000};
  static char bytes[2000];
  signal(SIGXFSZ, count);
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  struct aiocb block = on(d, bytes, 2000, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1000);
  block = on(d, bytes, 2000, 1000);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EFBIG);
  EQUAL(signals, 0);
}

TEST(pending_block_submitted_again) {
  int ends[2];
  char bytes[2] = "";
  new_pipe(ends);
  struct aiocb block = on(ends[0], bytes, 2, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  errno = 0;
  EQUAL(aio_read(&block), -1);
  EQUAL(errno, EINVAL);
  EQUAL(aio_error(&block), EINPROGRESS);
  errno = 0;
  EQUAL(aio_write(&block), -1);
  EQUAL(errno, EINVAL);
  CHECK(write(ends[1], "ab", 2) == 2);
  EQUAL(result(&block), 2);
  CHECK(memcmp(bytes, "ab", 2) == 0);
}

/* A block whose private members are those of a pending one is not pending for that. */
TEST(copy_of_a_pending_block) {
  int ends[2];
  char first = 0, second = 0;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &first, 1, 0);
  EQUAL(aio_read(&block), 0);
  struct aiocb copy = block;
  copy.aio_buf = &second;
  EQUAL(aio_read(&copy), 0);
  CHECK(write(ends[1], "ab", 2) == 2);
  EQUAL(result(&block), 1);
  EQUAL(result(&copy), 1);
  CHECK(first == 'a' && second == 'b');
}

TEST(block_used_over_and_over, .valgrind = 1) {
  int d = temporary_file(0);
  struct aiocb block;
  for (int i = 0; i < 200; i++) {
    block = on(d, "x", 1, i);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
  }
}

/* A block that was freed while it was pending, against the rules, does not harm the library. */
TEST(pending_block_that_is_unmapped) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int ends[2], other[2];
  char byte;
  new_pipe(ends);
  new_pipe(other);
  struct aiocb *block = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(block), 0);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  CHECK(munmap(block, page) == 0);
  struct aiocb next = on(other[0], &byte, 1, 0);
  EQUAL(aio_read(&next), 0);
  CHECK(write(other[1], "x", 1) == 1);
  EQUAL(result(&next), 1);
}

TEST(a_call_does_not_copy_the_data) {
  size_t size = (size_t)64 << 20;
  int d = temporary_file(0);
  char *bytes = malloc(size);
  int64_t worst = 0;
  CHECK(bytes);
  memset(bytes, 'x', size);
  for (int i = 0; i < 3; i++) {
    struct aiocb block = on(d, bytes, size, 0);
    int64_t start = millis();
    EQUAL(aio_write(&block), 0);
    int64_t took = millis() - start;
    if (i == 0 || took < worst) worst = took;
    EQUAL(result(&block), (long long)size);
  }
  /* Copying 64 MiB takes 10 ms or more, a call that queues it some microseconds. */
  CHECK(worst <= 5);
}

TEST(many_on_one_file) {
  enum { MANY = 2000 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY];
  int d = temporary_file(0);
  for (int i = 0; i < MANY; i++) {
    bytes[i] = (char)i;
    blocks[i] = on(d, &bytes[i], 1, i);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) EQUAL(result(&blocks[i]), 1);
  static char back[MANY];
  CHECK(pread(d, back, MANY, 0) == MANY);
  CHECK(memcmp(back, bytes, MANY) == 0);
}
