/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SIGEV_THREAD where no thread can be made, functions that end their thread, and notifications of other calls. */
#include "aio_test.h"

static _Atomic int told;
static _Atomic unsigned blocked_signals;

static void count(union sigval value) {
  sigset_t set;
  unsigned blocked = 0;
  pthread_sigmask(SIG_SETMASK, NULL, &set);
  for (int number = 1; number < 32; number++) blocked += sigismember(&set, number) == 1;
  blocked_signals = blocked;
  told++;
  if (value.sival_int) pthread_exit(NULL);
}

static void await_told(int wanted) {
  int64_t end = millis() + TIMEOUT * 1000;
  while (told < wanted) {
    CHECK(millis() < end);
    sleep_ms(2);
  }
}

static struct aiocb calling(int d, pthread_attr_t *attributes, int leaves) {
  struct aiocb block = on(d, "x", 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD;
  block.aio_sigevent.sigev_notify_function = count;
  block.aio_sigevent.sigev_notify_attributes = attributes;
  block.aio_sigevent.sigev_value.sival_int = leaves;
  return block;
}

TEST(function_that_ends_its_thread) {
  int d = temporary_file(0);
  for (int i = 1; i <= 20; i++) {
    struct aiocb block = calling(d, NULL, i % 2);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    await_told(i);
  }
}

/* A stack larger than the address space: no thread can have it. */
static void impossible(pthread_attr_t *attributes) {
  CHECK(pthread_attr_init(attributes) == 0);
  if (pthread_attr_setstacksize(attributes, (size_t)-1 / 4) != 0) SKIP("such a stack is refused");
}

TEST(no_thread_for_the_function) {
  int d = temporary_file(0);
  pthread_attr_t attributes;
  impossible(&attributes);
  for (int i = 1; i <= 20; i++) {
    struct aiocb block = calling(d, &attributes, 0);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    await_told(i);
    EQUAL(blocked_signals, 0);
  }
}

/* The thread of the library that the function ends in that case is not missed. */
TEST(no_thread_for_a_function_that_ends_it) {
  int d = temporary_file(0);
  pthread_attr_t attributes;
  impossible(&attributes);
  for (int i = 1; i <= 20; i++) {
    struct aiocb block = calling(d, i % 3 ? &attributes : NULL, i % 2);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    await_told(i);
    EQUAL(blocked_signals, 0);
  }
}

static volatile sig_atomic_t signals;

static void tell(int number) {
  (void)number;
  signals++;
}

TEST(flush_is_notified) {
  int d = temporary_file(0);
  signal(SIGUSR1, tell);
  struct aiocb block = on(d, NULL, 0, 0);
  block.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
  block.aio_sigevent.sigev_signo = SIGUSR1;
  EQUAL(aio_fsync(O_DSYNC, &block), 0);
  EQUAL(result(&block), 0);
  for (int i = 0; i < 1000 && !signals; i++) sleep_ms(2);
  sleep_ms(30);
  EQUAL(signals, 1);
}

/* Each entry's own notification, and the list's. */
TEST(entries_and_their_list) {
  enum { MANY = 10 };
  static struct aiocb blocks[MANY], *list[MANY];
  int d = temporary_file(0);
  struct sigevent event = calling(d, NULL, 0).aio_sigevent;
  for (int i = 0; i < MANY; i++) {
    blocks[i] = calling(d, NULL, 0);
    blocks[i].aio_lio_opcode = LIO_WRITE;
    list[i] = &blocks[i];
  }
  EQUAL(lio_listio(LIO_NOWAIT, list, MANY, &event), 0);
  await_told(MANY + 1);
  sleep_ms(50);
  EQUAL(told, MANY + 1);
  /* Waiting, the entries are served and the list's own notification is not looked at. */
  event.sigev_notify = 77;
  EQUAL(lio_listio(LIO_WAIT, list, MANY, &event), 0);
  await_told(2 * MANY + 1);
  sleep_ms(50);
  EQUAL(told, 2 * MANY + 1);
}

TEST(list_of_nothing_is_notified) {
  struct aiocb nothing = on(-1, NULL, 0, 0), *list[] = {NULL, &nothing};
  struct sigevent event = calling(-1, NULL, 0).aio_sigevent;
  EQUAL(lio_listio(LIO_NOWAIT, list, 0, &event), 0);
  await_told(1);
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, &event), 0);
  await_told(2);
  sleep_ms(30);
  EQUAL(told, 2);
}
