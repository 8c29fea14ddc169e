/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* lio_listio. */
#include "aio_test.h"

enum { MANY = 100 };

static struct aiocb blocks[MANY], *list[MANY];
static char bytes[MANY];
static volatile sig_atomic_t told;

static void tell(int number) {
  (void)number;
  told++;
}

static struct aiocb reading(int d, char *to, off_t offset) {
  struct aiocb block = on(d, to, 1, offset);
  block.aio_lio_opcode = LIO_READ;
  return block;
}

static struct aiocb writing(int d, const char *from, off_t offset) {
  struct aiocb block = on(d, from, 1, offset);
  block.aio_lio_opcode = LIO_WRITE;
  return block;
}

static struct sigevent signal_event(void) {
  struct sigevent event;
  memset(&event, 0, sizeof event);
  signal(SIGUSR1, tell);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  return event;
}

static void told_once(void) {
  for (int i = 0; i < 1000 && !told; i++) sleep_ms(5);
  sleep_ms(30);
  EQUAL(told, 1);
}

TEST(writes_then_reads, .valgrind = 1) {
  int d = temporary_file(0);
  char back[MANY];
  for (int i = 0; i < MANY; i++) {
    bytes[i] = (char)i;
    blocks[i] = writing(d, &bytes[i], i);
    list[i] = &blocks[i];
  }
  EQUAL(lio_listio(LIO_WAIT, list, MANY, NULL), 0);
  for (int i = 0; i < MANY; i++) {
    EQUAL(aio_error(&blocks[i]), 0);
    EQUAL(aio_return(&blocks[i]), 1);
    blocks[i] = reading(d, &back[i], i);
  }
  EQUAL(lio_listio(LIO_WAIT, list, MANY, NULL), 0);
  CHECK(memcmp(back, bytes, MANY) == 0);
}

TEST(unknown_mode) {
  errno = 0;
  EQUAL(lio_listio(77, list, 0, NULL), -1);
  EQUAL(errno, EINVAL);
}

TEST(negative_count) {
  errno = 0;
  EQUAL(lio_listio(LIO_WAIT, list, -1, NULL), -1);
  EQUAL(errno, EINVAL);
}

TEST(nothing_to_do) {
  struct sigevent event = signal_event();
  EQUAL(lio_listio(LIO_WAIT, list, 0, NULL), 0);
  EQUAL(lio_listio(LIO_WAIT, list, 3, NULL), 0);
  EQUAL(lio_listio(LIO_NOWAIT, list, 3, &event), 0);
  told_once();
}

/* An entry that asks for nothing is not touched. */
TEST(entries_that_do_nothing) {
  int d = temporary_file(0);
  struct aiocb nothing, copy;
  memset(&nothing, 0xa5, sizeof nothing);
  nothing.aio_lio_opcode = LIO_NOP;
  copy = nothing;
  blocks[0] = writing(d, "x", 0);
  list[0] = &nothing, list[1] = &blocks[0], list[2] = NULL;
  EQUAL(lio_listio(LIO_WAIT, list, 3, NULL), 0);
  CHECK(memcmp(&nothing, &copy, sizeof copy) == 0);
  EQUAL(aio_return(&blocks[0]), 1);
}

TEST(one_fails) {
  int d = temporary_file(0);
  blocks[0] = writing(d, "x", 0), blocks[1] = writing(-1, "x", 0);
  list[0] = &blocks[0], list[1] = &blocks[1];
  errno = 0;
  EQUAL(lio_listio(LIO_WAIT, list, 2, NULL), -1);
  EQUAL(errno, EIO);
  EQUAL(aio_error(&blocks[0]), 0);
  FAILS_WITH(&blocks[1], EBADF);
}

TEST(unknown_operation) {
  int d = temporary_file(0);
  blocks[0] = writing(d, "x", 0), blocks[1] = writing(d, "y", 1);
  blocks[1].aio_lio_opcode = 99;
  list[0] = &blocks[0], list[1] = &blocks[1];
  errno = 0;
  EQUAL(lio_listio(LIO_WAIT, list, 2, NULL), -1);
  EQUAL(errno, EIO);
  FAILS_WITH(&blocks[1], EINVAL);
  EQUAL(aio_return(&blocks[0]), 1);
  errno = 0;
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, NULL), -1);
  EQUAL(errno, EIO);
  EQUAL(settled(&blocks[0]), 0);
}

TEST(priority_out_of_range) {
  int d = temporary_file(0);
  blocks[0] = writing(d, "x", 0), blocks[1] = writing(d, "y", 1);
  blocks[1].aio_reqprio = 21;
  list[0] = &blocks[0], list[1] = &blocks[1];
  errno = 0;
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, NULL), -1);
  EQUAL(errno, EIO);
  FAILS_WITH(&blocks[1], EINVAL);
  EQUAL(result(&blocks[0]), 1);
}

TEST(same_block_twice) {
  int ends[2];
  char byte;
  new_pipe(ends);
  blocks[0] = reading(ends[0], &byte, 0);
  list[0] = &blocks[0], list[1] = &blocks[0];
  errno = 0;
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, NULL), -1);
  stays_pending(&blocks[0]);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&blocks[0]), 1);
}

TEST(notified_once_when_all_are_complete) {
  int ends[2], d = temporary_file(0);
  char byte;
  struct sigevent event = signal_event();
  new_pipe(ends);
  blocks[0] = writing(d, "x", 0), blocks[1] = reading(ends[0], &byte, 0);
  list[0] = &blocks[0], list[1] = &blocks[1];
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, &event), 0);
  EQUAL(settled(&blocks[0]), 0);
  sleep_ms(50);
  EQUAL(told, 0);
  CHECK(write(ends[1], "x", 1) == 1);
  told_once();
  EQUAL(aio_error(&blocks[1]), 0);
}

TEST(notified_although_one_was_refused) {
  int d = temporary_file(0);
  struct sigevent event = signal_event();
  blocks[0] = writing(d, "x", 0), blocks[1] = writing(d, "y", 1);
  blocks[1].aio_lio_opcode = 99;
  list[0] = &blocks[0], list[1] = &blocks[1];
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, &event), -1);
  told_once();
}

TEST(bad_notification_of_a_list) {
  int d = temporary_file(0);
  struct stat state;
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = 77;
  blocks[0] = writing(d, "x", 0);
  list[0] = &blocks[0];
  errno = 0;
  EQUAL(lio_listio(LIO_NOWAIT, list, 1, &event), -1);
  EQUAL(errno, EINVAL);
  sleep_ms(30);
  CHECK(fstat(d, &state) == 0);
  EQUAL(state.st_size, 0);
}

static int pipe_ends[2];

static void *interrupt_then_put(void *waiter) {
  sleep_ms(100);
  pthread_kill(*(pthread_t *)waiter, SIGUSR1);
  sleep_ms(150);
  CHECK(write(pipe_ends[1], "x", 1) == 1);
  return NULL;
}

/* Overwrites what a call that has returned left on the stack. */
static __attribute__((noinline)) void dirty_stack(void) {
  volatile char frame[16384];
  memset((char *)frame, 0xa5, sizeof frame);
}

static __attribute__((noinline)) int wait_for_list(int flags) {
  pthread_t self = pthread_self(), thread;
  struct aiocb *own[1] = {&blocks[0]};
  struct sigaction action = {.sa_handler = tell, .sa_flags = flags};
  static char byte;
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  new_pipe(pipe_ends);
  blocks[0] = reading(pipe_ends[0], &byte, 0);
  CHECK(pthread_create(&thread, NULL, interrupt_then_put, &self) == 0);
  pthread_detach(thread);
  errno = 0;
  return lio_listio(LIO_WAIT, own, 1, NULL);
}

/* The wait ends, the request goes on, and nothing of the frame that is gone is written to. */
TEST(interrupted_by_a_handler) {
  EQUAL(wait_for_list(0), -1);
  EQUAL(errno, EINTR);
  EQUAL(aio_error(&blocks[0]), EINPROGRESS);
  dirty_stack();
  EQUAL(result(&blocks[0]), 1);
  sleep_ms(50);
}

TEST(goes_on_after_a_restarting_handler) {
  EQUAL(wait_for_list(SA_RESTART), 0);
  EQUAL(aio_return(&blocks[0]), 1);
}

TEST(sixty_five_thousand, .seconds = 120) {
  enum { ALL = 65536 };
  struct aiocb *all = malloc(ALL * sizeof *all), **each = malloc(ALL * sizeof *each);
  int d = temporary_file(0);
  struct stat state;
  CHECK(all && each);
  for (int i = 0; i < ALL; i++) {
    all[i] = writing(d, "x", i);
    each[i] = &all[i];
  }
  EQUAL(lio_listio(LIO_WAIT, each, ALL, NULL), 0);
  for (int i = 0; i < ALL; i++) EQUAL(aio_return(&all[i]), 1);
  CHECK(fstat(d, &state) == 0);
  EQUAL(state.st_size, ALL);
}

static void *submit_lists(void *number) {
  enum { SMALL = 10 };
  struct aiocb own[SMALL], *each[SMALL];
  int d = temporary_file(0);
  (void)number;
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < SMALL; i++) {
      own[i] = writing(d, "x", i);
      each[i] = &own[i];
    }
    EQUAL(lio_listio(LIO_WAIT, each, SMALL, NULL), 0);
    for (int i = 0; i < SMALL; i++) EQUAL(aio_return(&own[i]), 1);
  }
  close(d);
  return NULL;
}

TEST(lists_of_several_threads) {
  pthread_t threads[8];
  for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, submit_lists, NULL) == 0);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
}
