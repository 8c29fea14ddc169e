/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Notification of completions: aio_sigevent. */
#include "aio_test.h"

#include <stdatomic.h>
#include <sys/syscall.h>

static _Atomic int told;
static siginfo_t last;
static _Atomic pid_t told_thread;

static void tell(int number, siginfo_t *info, void *context) {
  (void)number;
  (void)context;
  last = *info;
  told_thread = (pid_t)syscall(SYS_gettid);
  told++;
}

static void handle(int number) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = tell;
  action.sa_flags = SA_SIGINFO;
  CHECK(sigaction(number, &action, NULL) == 0);
}

static void await_told(int wanted) {
  int64_t end = millis() + TIMEOUT * 1000;
  while (told < wanted) {
    CHECK(millis() < end);
    sleep_ms(2);
  }
  sleep_ms(30);
  EQUAL(told, wanted);
}

TEST(signal_with_a_value) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  handle(SIGUSR1);
  block.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
  block.aio_sigevent.sigev_signo = SIGUSR1;
  block.aio_sigevent.sigev_value.sival_ptr = &block;
  EQUAL(aio_write(&block), 0);
  await_told(1);
  EQUAL(last.si_signo, SIGUSR1);
  EQUAL(last.si_code, SI_ASYNCIO);
  EQUAL(last.si_pid, getpid());
  EQUAL(last.si_uid, getuid());
  CHECK(last.si_value.sival_ptr == &block);
  EQUAL(aio_error(&block), 0);
}

TEST(real_time_signals_are_queued) {
  enum { MANY = 100 };
  static struct aiocb blocks[MANY];
  int d = temporary_file(0);
  handle(SIGRTMIN);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(d, "x", 1, i);
    blocks[i].aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    blocks[i].aio_sigevent.sigev_signo = SIGRTMIN;
    EQUAL(aio_write(&blocks[i]), 0);
  }
  await_told(MANY);
}

/* The status stands before the signal arrives. */
static struct aiocb watched;
static _Atomic int early;

static void look(int number) {
  (void)number;
  if (aio_error(&watched) == EINPROGRESS) early++;
  told++;
}

TEST(status_comes_before_the_signal) {
  int d = temporary_file(0);
  signal(SIGUSR1, look);
  for (int i = 1; i <= 300; i++) {
    watched = on(d, "x", 1, 0);
    watched.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    watched.aio_sigevent.sigev_signo = SIGUSR1;
    EQUAL(aio_write(&watched), 0);
    int64_t end = millis() + TIMEOUT * 1000;
    while (told < i) {
      CHECK(millis() < end);
      sched_yield();
    }
  }
  EQUAL(early, 0);
}

/* Without room in the queue of signals the request is complete all the same, with its own status. */
TEST(full_queue_of_signals) {
  enum { MANY = 50 };
  static struct aiocb blocks[MANY];
  struct rlimit none = {0, 0};
  sigset_t set;
  int d = temporary_file(0);
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
  CHECK(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(d, "x", 1, i);
    blocks[i].aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    blocks[i].aio_sigevent.sigev_signo = SIGRTMIN;
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) EQUAL(result(&blocks[i]), 1);
  sleep_ms(50);
  for (int i = 0; i < MANY; i++) EQUAL(aio_error(&blocks[i]), 0);
}

static _Atomic int sum;
static _Atomic unsigned blocked_signals;
static _Atomic pid_t function_thread;
static _Atomic size_t stack_size;

static void add(union sigval value) {
  sigset_t set;
  pthread_attr_t attributes;
  size_t size = 0;
  pthread_sigmask(SIG_SETMASK, NULL, &set);
  unsigned blocked = 0;
  for (int number = 1; number < 32; number++) blocked += sigismember(&set, number) == 1;
  blocked_signals = blocked;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
  }
  stack_size = size;
  function_thread = (pid_t)syscall(SYS_gettid);
  sum += value.sival_int;
  told++;
}

TEST(thread_of_its_own) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD;
  block.aio_sigevent.sigev_notify_function = add;
  block.aio_sigevent.sigev_value.sival_int = 42;
  EQUAL(aio_write(&block), 0);
  await_told(1);
  EQUAL(sum, 42);
  CHECK(function_thread != getpid());
  EQUAL(blocked_signals, 0);
}

/* The attributes are read at the call; the program may destroy them afterwards. */
TEST(attributes_of_the_thread) {
  int ends[2];
  char byte;
  pthread_attr_t attributes;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 1 << 20);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD;
  block.aio_sigevent.sigev_notify_function = add;
  block.aio_sigevent.sigev_notify_attributes = &attributes;
  block.aio_sigevent.sigev_value.sival_int = 1;
  EQUAL(aio_read(&block), 0);
  pthread_attr_destroy(&attributes);
  memset(&attributes, 0xa5, sizeof attributes);
  CHECK(write(ends[1], "x", 1) == 1);
  await_told(1);
  EQUAL(stack_size >> 20, 1);
}

TEST(many_threads) {
  enum { MANY = 200 };
  static struct aiocb blocks[MANY];
  int d = temporary_file(0);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(d, "x", 1, i);
    blocks[i].aio_sigevent.sigev_notify = SIGEV_THREAD;
    blocks[i].aio_sigevent.sigev_notify_function = add;
    blocks[i].aio_sigevent.sigev_value.sival_int = 1;
    EQUAL(aio_write(&blocks[i]), 0);
  }
  await_told(MANY);
  EQUAL(sum, MANY);
}

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static _Atomic pid_t asked_thread;
static _Atomic int over;

static void *sleeper(void *unused) {
  (void)unused;
  asked_thread = (pid_t)syscall(SYS_gettid);
  while (!over) sleep_ms(5);
  return NULL;
}

TEST(signal_for_one_thread) {
  int d = temporary_file(0);
  pthread_t thread;
  struct aiocb block = on(d, "x", 1, 0);
  handle(SIGUSR1);
  CHECK(pthread_create(&thread, NULL, sleeper, NULL) == 0);
  while (!asked_thread) sleep_ms(1);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD_ID;
  block.aio_sigevent.sigev_signo = SIGUSR1;
  block.aio_sigevent.sigev_notify_thread_id = asked_thread;
  EQUAL(aio_write(&block), 0);
  await_told(1);
  EQUAL(told_thread, asked_thread);
  over = 1;
  pthread_join(thread, NULL);
}

/* A function that submits the next list, many times over. */
static struct aiocb chained[4], *chain[4];
static int chain_file;
static _Atomic int turns;

static void next_list(union sigval value) {
  struct sigevent event;
  (void)value;
  if (++turns >= 50) return;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD;
  event.sigev_notify_function = next_list;
  for (int i = 0; i < 4; i++) {
    chained[i] = on(chain_file, "x", 1, i);
    chained[i].aio_lio_opcode = LIO_WRITE;
    chain[i] = &chained[i];
  }
  EQUAL(lio_listio(LIO_NOWAIT, chain, 4, &event), 0);
}

TEST(list_that_submits_the_next) {
  union sigval none = {0};
  chain_file = temporary_file(0);
  next_list(none);
  int64_t end = millis() + TIMEOUT * 1000;
  while (turns < 50) {
    CHECK(millis() < end);
    sleep_ms(2);
  }
}

/* Threads of the library take no signal of the program. */
TEST(signals_of_the_program_reach_its_own_threads) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  handle(SIGUSR2);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1);
  for (int i = 1; i <= 100; i++) {
    CHECK(kill(getpid(), SIGUSR2) == 0);
    int64_t end = millis() + TIMEOUT * 1000;
    while (told < i) CHECK(millis() < end);
    EQUAL(told_thread, getpid());
  }
}
