/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The file that a request means is the one that its number named when the call was made. */
#include "aio_test.h"

/* A write goes into the file although its number is closed and given to another at once. */
TEST(number_closed_and_reused) {
  static char bytes[65536];
  memset(bytes, 'x', sizeof bytes);
  for (int round = 0; round < 300; round++) {
    int meant = temporary_file(0), witness = dup(meant), other = temporary_file(0);
    struct stat state;
    struct aiocb block = on(meant, bytes, sizeof bytes, 0);
    EQUAL(aio_write(&block), 0);
    CHECK(dup2(other, meant) == meant);
    EQUAL(result(&block), (long long)sizeof bytes);
    CHECK(fstat(witness, &state) == 0);
    EQUAL(state.st_size, (long long)sizeof bytes);
    CHECK(fstat(other, &state) == 0);
    EQUAL(state.st_size, 0);
    close(meant);
    close(witness);
    close(other);
  }
}

/* Requests that are still queued behind others are meant for the old file, too. */
TEST(queued_requests_of_a_reused_number) {
  enum { MANY = 50 };
  static struct aiocb blocks[MANY];
  int old[2], new[2];
  char byte;
  new_pipe(old);
  size_t full = fill(old[1]);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(old[1], "x", 1, 0);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  int number = old[1];
  new_pipe(new);
  CHECK(dup2(new[1], number) == number);
  drain(old[0], full);
  for (int i = 0; i < MANY; i++) {
    CHECK(read(old[0], &byte, 1) == 1);
    EQUAL(result(&blocks[i]), 1);
  }
  CHECK(fcntl(new[0], F_SETFL, O_NONBLOCK) == 0);
  EQUAL(read(new[0], &byte, 1), -1);
}

/* The peer sees the end after the last request is complete. */
TEST(end_of_file_after_the_last_request) {
  int ends[2];
  char byte;
  new_pipe(ends);
  size_t full = fill(ends[1]);
  struct aiocb block = on(ends[1], "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  stays_pending(&block);
  close(ends[1]);
  drain(ends[0], full);
  CHECK(read(ends[0], &byte, 1) == 1);
  EQUAL(result(&block), 1);
  struct pollfd end = {ends[0], POLLIN, 0};
  CHECK(poll(&end, 1, TIMEOUT * 1000) == 1);
  EQUAL(read(ends[0], &byte, 1), 0);
}

TEST(own_descriptors_are_high_and_close_on_exec) {
  enum { MANY = 100 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY];
  int ends[MANY][2], lowest;
  struct rlimit limit = {1024, 1024};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  for (int i = 0; i < MANY; i++) new_pipe(ends[i]);
  lowest = dup(0);
  close(lowest);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(ends[i][0], &bytes[i], 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  sleep_ms(50);
  EQUAL(dup(0), lowest);
  close(lowest);
  int own = 0;
  for (int d = lowest; d < 1024; d++) {
    int flags = fcntl(d, F_GETFD);
    if (flags == -1) continue;
    own++;
    CHECK(flags & FD_CLOEXEC);
  }
  CHECK(own <= 1024 / 8 + 4);
}

/* The program's own open and pipe do not fail for the library's sake, nor does a request. */
TEST(more_waiting_pipes_than_numbers_to_spare, .seconds = 60) {
  enum { PIPES = 400 };
  static struct aiocb blocks[PIPES];
  static char bytes[PIPES];
  static int ends[PIPES][2];
  struct rlimit limit = {1000, 1000};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  for (int i = 0; i < PIPES; i++) new_pipe(ends[i]);
  for (int i = 0; i < PIPES; i++) {
    blocks[i] = on(ends[i][0], &bytes[i], 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  for (int i = 0; i < 10; i++) CHECK(open("/dev/null", O_RDONLY) != -1);
  for (int i = 0; i < PIPES; i++) CHECK(write(ends[i][1], "x", 1) == 1);
  for (int i = 0; i < PIPES; i++) EQUAL(result(&blocks[i]), 1);
}

/* A program that closes all numbers, the library's included, is not harmed: later requests work or are refused. */
TEST(every_number_is_closed) {
  for (int round = 0; round < 3; round++) {
    int d = temporary_file(0);
    struct aiocb block = on(d, "x", 1, 0);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    for (int number = 3; number < 4096; number++) close(number);
    int next = temporary_file(0);
    block = on(next, "y", 1, 0);
    if (aio_write(&block) == -1) {
      EQUAL(errno, EAGAIN);
    } else {
      char byte = 0;
      EQUAL(result(&block), 1);
      CHECK(pread(next, &byte, 1, 0) == 1);
      EQUAL(byte, 'y');
    }
    close(next);
  }
}

/* Requests that wait while every number is closed end, with whatever status. */
TEST(every_number_is_closed_under_a_waiting_read) {
  int ends[2];
  char byte;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0), other;
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  for (int number = 3; number < 4096; number++) close(number);
  int d = temporary_file(0);
  other = on(d, "x", 1, 0);
  if (aio_write(&other) == 0) settled(&other);
  aio_cancel(d, NULL);
}
