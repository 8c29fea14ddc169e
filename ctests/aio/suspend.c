/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_suspend. */
#include "aio_test.h"

static int ends[2];
static char byte;

/* A read that waits for the pipe `ends`. */
static struct aiocb pending;

static void begin(void) {
  new_pipe(ends);
  pending = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&pending), 0);
}

static int suspend(const struct aiocb *block, struct timespec limit) {
  const struct aiocb *list[] = {block};
  errno = 0;
  return aio_suspend(list, 1, &limit);
}

TEST(one_is_complete) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0), never;
  memset(&never, 0, sizeof never);
  begin();
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), 0);
  const struct aiocb *list[] = {&pending, NULL, &block};
  EQUAL(aio_suspend(list, 3, NULL), 0);
  list[2] = &never;
  EQUAL(aio_suspend(list, 3, NULL), 0);
}

TEST(nothing_in_the_list) {
  const struct aiocb *list[] = {NULL, NULL};
  EQUAL(aio_suspend(list, 0, NULL), 0);
  EQUAL(aio_suspend(list, 2, NULL), 0);
  errno = 0;
  EQUAL(aio_suspend(list, -1, NULL), -1);
  EQUAL(errno, EINVAL);
}

TEST(time_is_over) {
  begin();
  int64_t start = millis();
  EQUAL(suspend(&pending, (struct timespec){0, 100000000}), -1);
  EQUAL(errno, EAGAIN);
  CHECK(millis() - start >= 99);
  start = millis();
  EQUAL(suspend(&pending, (struct timespec){0, 0}), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(suspend(&pending, (struct timespec){-1, 0}), -1);
  EQUAL(errno, EAGAIN);
  CHECK(millis() - start < 1000);
}

TEST(nanoseconds_out_of_range) {
  begin();
  EQUAL(suspend(&pending, (struct timespec){0, -1}), -1);
  EQUAL(errno, EINVAL);
  EQUAL(suspend(&pending, (struct timespec){1, 1000000000}), -1);
  EQUAL(errno, EINVAL);
}

static void *put_later(void *unused) {
  (void)unused;
  sleep_ms(100);
  CHECK(write(ends[1], "x", 1) == 1);
  return NULL;
}

TEST(woken_by_a_completion) {
  pthread_t thread;
  begin();
  CHECK(pthread_create(&thread, NULL, put_later, NULL) == 0);
  const struct aiocb *list[] = {&pending, &pending};
  EQUAL(aio_suspend(list, 2, NULL), 0);
  EQUAL(aio_error(&pending), 0);
  pthread_join(thread, NULL);
}

static void *cancel_later(void *unused) {
  (void)unused;
  sleep_ms(100);
  EQUAL(aio_cancel(ends[0], &pending), AIO_CANCELED);
  return NULL;
}

TEST(woken_by_a_cancellation) {
  pthread_t thread;
  begin();
  CHECK(pthread_create(&thread, NULL, cancel_later, NULL) == 0);
  const struct aiocb *list[] = {&pending};
  EQUAL(aio_suspend(list, 1, NULL), 0);
  EQUAL(aio_error(&pending), ECANCELED);
  pthread_join(thread, NULL);
}

static volatile sig_atomic_t handled;

static void handle(int number) {
  (void)number;
  handled++;
}

static void *interrupt_later(void *waiter) {
  sleep_ms(100);
  pthread_kill(*(pthread_t *)waiter, SIGUSR1);
  sleep_ms(200);
  (void)!write(ends[1], "x", 1);
  return NULL;
}

/* What a wait with this limit says that a signal handler with these flags interrupts. */
static int interrupted(int flags, const struct timespec *limit) {
  pthread_t self = pthread_self(), thread;
  struct sigaction action = {.sa_handler = handle, .sa_flags = flags};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  begin();
  CHECK(pthread_create(&thread, NULL, interrupt_later, &self) == 0);
  const struct aiocb *list[] = {&pending};
  errno = 0;
  int answer = aio_suspend(list, 1, limit), error = errno;
  pthread_join(thread, NULL);
  EQUAL(handled, 1);
  errno = error;
  return answer;
}

TEST(interrupted_by_a_handler) {
  EQUAL(interrupted(0, NULL), -1);
  EQUAL(errno, EINTR);
}

TEST(interrupted_by_a_handler_with_a_limit) {
  struct timespec limit = {10, 0};
  EQUAL(interrupted(0, &limit), -1);
  EQUAL(errno, EINTR);
}

TEST(goes_on_after_a_restarting_handler) { EQUAL(interrupted(SA_RESTART, NULL), 0); }

TEST(restarting_handler_with_a_limit) {
  struct timespec limit = {10, 0};
  EQUAL(interrupted(SA_RESTART, &limit), -1);
  EQUAL(errno, EINTR);
}

TEST(ignored_signals_do_not_interrupt) {
  pthread_t self = pthread_self(), thread;
  signal(SIGUSR1, SIG_IGN);
  begin();
  CHECK(pthread_create(&thread, NULL, interrupt_later, &self) == 0);
  const struct aiocb *list[] = {&pending};
  EQUAL(aio_suspend(list, 1, NULL), 0);
  pthread_join(thread, NULL);
}

TEST(blocked_signals_do_not_interrupt) {
  pthread_t self = pthread_self(), thread;
  sigset_t set;
  signal(SIGUSR1, handle);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
  begin();
  CHECK(pthread_create(&thread, NULL, interrupt_later, &self) == 0);
  const struct aiocb *list[] = {&pending};
  EQUAL(aio_suspend(list, 1, NULL), 0);
  EQUAL(handled, 0);
  pthread_join(thread, NULL);
}

static void complete_it(int number) {
  (void)number;
  int saved = errno;
  handled++;
  (void)!write(ends[1], "x", 1);
  while (aio_error(&pending) == EINPROGRESS) {
  }
  errno = saved;
}

/* What is complete by the end of the handler counts, and not the interruption. */
TEST(completed_by_the_handler) {
  pthread_t self = pthread_self(), thread;
  struct sigaction action = {.sa_handler = complete_it};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  begin();
  CHECK(pthread_create(&thread, NULL, interrupt_later, &self) == 0);
  const struct aiocb *list[] = {&pending};
  EQUAL(aio_suspend(list, 1, NULL), 0);
  EQUAL(handled, 1);
  pthread_join(thread, NULL);
}

static void *wait_for_it(void *unused) {
  (void)unused;
  const struct aiocb *list[] = {&pending};
  EQUAL(aio_suspend(list, 1, NULL), 0);
  return NULL;
}

TEST(several_threads_wait_for_one) {
  pthread_t threads[8];
  begin();
  for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, wait_for_it, NULL) == 0);
  sleep_ms(50);
  CHECK(write(ends[1], "x", 1) == 1);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
}

static volatile int cleaned;

static void clean(void *unused) {
  (void)unused;
  cleaned = 1;
}

static void *wait_for_ever(void *unused) {
  (void)unused;
  const struct aiocb *list[] = {&pending};
  pthread_cleanup_push(clean, NULL);
  aio_suspend(list, 1, NULL);
  pthread_cleanup_pop(0);
  return NULL;
}

/* It is a cancellation point; the request goes on. */
TEST(thread_that_is_cancelled) {
  pthread_t thread;
  void *end;
  begin();
  CHECK(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
  sleep_ms(50);
  CHECK(pthread_cancel(thread) == 0);
  CHECK(pthread_join(thread, &end) == 0);
  CHECK(end == PTHREAD_CANCELED);
  EQUAL(cleaned, 1);
  EQUAL(aio_error(&pending), EINPROGRESS);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&pending), 1);
}
