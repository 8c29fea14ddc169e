/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_error and aio_return. */
#include "aio_test.h"

TEST(never_submitted) {
  struct aiocb block;
  memset(&block, 0, sizeof block);
  EQUAL(aio_error(&block), 0);
  EQUAL(aio_return(&block), 0);
}

TEST(asked_twice) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "abc", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 3);
  EQUAL(aio_return(&block), 3);
  EQUAL(aio_error(&block), 0);
}

TEST(success_leaves_errno_alone) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "abc", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), 0);
  errno = 99;
  EQUAL(aio_return(&block), 3);
  EQUAL(errno, 99);
  EQUAL(aio_error(&block), 0);
  EQUAL(errno, 99);
}

TEST(failure_sets_errno) {
  struct aiocb block = on(-1, "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), EBADF);
  errno = 0;
  EQUAL(aio_return(&block), -1);
  EQUAL(errno, EBADF);
}

TEST(result_while_pending) {
  int ends[2];
  char byte;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  EQUAL(aio_error(&block), EINPROGRESS);
  errno = 0;
  EQUAL(aio_return(&block), -1);
  EQUAL(errno, EINPROGRESS);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
}

/* The instant that the status changes, data and result are there, and block and buffer are the program's again. */
TEST(nothing_is_touched_after_completion) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  int d = temporary_file(0);
  CHECK(write(d, "0123456789", 10) == 10);
  for (int i = 0; i < 500; i++) {
    struct aiocb *block = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *bytes = (char *)(block + 1);
    int64_t end = millis() + TIMEOUT * 1000;
    *block = on(d, bytes, 10, 0);
    EQUAL(aio_read(block), 0);
    while (aio_error(block) == EINPROGRESS) CHECK(millis() < end);
    CHECK(memcmp(bytes, "0123456789", 10) == 0);
    if (i % 2) EQUAL(aio_return(block), 10);
    CHECK(munmap(block, page) == 0);
  }
}

static struct aiocb shared_block;
static volatile int handled;

static void ask(int number) {
  (void)number;
  int saved = errno;
  struct aiocb *block = &shared_block;
  const struct aiocb *list[] = {block};
  struct timespec zero = {0, 0};
  aio_error(block);
  aio_suspend(list, 1, &zero);
  if (aio_error(block) != EINPROGRESS) aio_return(block);
  handled++;
  errno = saved;
}

/* A handler that interrupts a submission anywhere asks for statuses, and does not hang. */
TEST(asked_by_signal_handlers) {
  int d = temporary_file(0);
  struct sigaction action = {.sa_handler = ask};
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  struct itimerspec often = {{0, 200000}, {0, 200000}};
  shared_block = on(d, "x", 1, 0);
  EQUAL(aio_write(&shared_block), 0);
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  CHECK(timer_settime(timer, 0, &often, NULL) == 0);
  int64_t end = millis() + TIMEOUT * 1000;
  while (handled < 500) {
    struct aiocb block = on(d, "y", 1, 1);
    CHECK(millis() < end);
    EQUAL(aio_write(&block), 0);
    while (aio_error(&block) == EINPROGRESS) {
      const struct aiocb *list[] = {&block};
      aio_suspend(list, 1, NULL);
    }
    EQUAL(aio_return(&block), 1);
  }
  timer_delete(timer);
}
