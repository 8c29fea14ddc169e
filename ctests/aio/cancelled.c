/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What follows from aio_cancel: statuses, lists and functions. */
#include "aio_test.h"

/* After AIO_ALLDONE nothing is pending; until then a request that is about to be complete is one that goes on. */
TEST(done_means_done) {
  int d = temporary_file(0);
  for (int i = 0; i < 5000; i++) {
    struct aiocb block = on(d, "x", 1, 0);
    int64_t end = millis() + TIMEOUT * 1000;
    int answer;
    EQUAL(aio_write(&block), 0);
    while ((answer = aio_cancel(d, i % 2 ? &block : NULL)) == AIO_NOTCANCELED) CHECK(millis() < end);
    int error = aio_error(&block);
    CHECK(error == (answer == AIO_CANCELED ? ECANCELED : 0));
    EQUAL(aio_return(&block), error ? -1 : 1);
  }
}

static volatile sig_atomic_t told;

static void tell(int number) {
  (void)number;
  told++;
}

TEST(list_is_complete_by_cancellation) {
  int ends[2];
  static char bytes[3];
  struct aiocb blocks[3], *list[3];
  struct sigevent event;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGUSR1;
  signal(SIGUSR1, tell);
  new_pipe(ends);
  for (int i = 0; i < 3; i++) {
    blocks[i] = on(ends[0], &bytes[i], 1, 0);
    blocks[i].aio_lio_opcode = LIO_READ;
    list[i] = &blocks[i];
  }
  EQUAL(lio_listio(LIO_NOWAIT, list, 3, &event), 0);
  EQUAL(aio_cancel(ends[0], &blocks[1]), AIO_CANCELED);
  sleep_ms(50);
  EQUAL(told, 0);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  for (int i = 0; i < 1000 && !told; i++) sleep_ms(2);
  sleep_ms(50);
  EQUAL(told, 1);
  for (int i = 0; i < 3; i++) EQUAL(aio_error(&blocks[i]), ECANCELED);
}

static int pipe_ends[2];

static void *cancel_later(void *unused) {
  (void)unused;
  sleep_ms(100);
  EQUAL(aio_cancel(pipe_ends[0], NULL), AIO_CANCELED);
  return NULL;
}

TEST(wait_for_a_list_ends_by_cancellation) {
  pthread_t thread;
  char byte;
  new_pipe(pipe_ends);
  struct aiocb block = on(pipe_ends[0], &byte, 1, 0), *list[] = {&block};
  block.aio_lio_opcode = LIO_READ;
  CHECK(pthread_create(&thread, NULL, cancel_later, NULL) == 0);
  errno = 0;
  EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), -1);
  EQUAL(errno, EIO);
  EQUAL(aio_error(&block), ECANCELED);
  pthread_join(thread, NULL);
}

static _Atomic int called;

static void call(union sigval value) { called += value.sival_int; }

TEST(function_of_a_cancelled_request) {
  int ends[2];
  char byte;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD;
  block.aio_sigevent.sigev_notify_function = call;
  block.aio_sigevent.sigev_value.sival_int = 5;
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  for (int i = 0; i < 1000 && !called; i++) sleep_ms(2);
  sleep_ms(50);
  EQUAL(called, 5);
}

/* By a number means: the requests that were made under that number. */
TEST(requests_of_a_duplicate_stay) {
  int ends[2];
  char first = 0, second = 0;
  new_pipe(ends);
  int twin = dup(ends[0]);
  struct aiocb one = on(ends[0], &first, 1, 0), two = on(twin, &second, 1, 0);
  EQUAL(aio_read(&one), 0);
  EQUAL(aio_read(&two), 0);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  FAILS_WITH(&one, ECANCELED);
  stays_pending(&two);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&two), 1);
  EQUAL(second, 'x');
}
