/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* fork, exec, exit, and threads that end. */
#include "aio_test.h"

/* Writes a byte by a request, and waits for it. */
static void works(void) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1);
  close(d);
}

TEST(child_makes_requests_of_its_own) {
  works();
  for (int i = 0; i < 20; i++) {
    pid_t pid = child();
    if (pid == 0) {
      works();
      done();
    }
    join(pid);
    works();
  }
}

TEST(child_inherits_nothing_that_is_pending) {
  int ends[2];
  char byte = 0;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  pid_t pid = child();
  if (pid == 0) {
    const struct aiocb *list[] = {&block};
    CHECK(aio_error(&block) != EINPROGRESS);
    EQUAL(aio_suspend(list, 1, NULL), 0);
    EQUAL(aio_cancel(ends[0], NULL), AIO_ALLDONE);
    works();
    done();
  }
  join(pid);
  EQUAL(aio_error(&block), EINPROGRESS);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
  EQUAL(byte, 'x');
}

static _Atomic int over;

static void *submit(void *unused) {
  (void)unused;
  while (!over) works();
  return NULL;
}

TEST(fork_while_others_submit, .seconds = 120) {
  pthread_t threads[3];
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, submit, NULL) == 0);
  for (int i = 0; i < 100; i++) {
    pid_t pid = child();
    if (pid == 0) {
      works();
      done();
    }
    join(pid);
  }
  over = 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}

/* The very first request of a process, in a thread, beside forks: no child hangs. */
TEST(fork_beside_the_first_request, .seconds = 60) {
  for (int i = 0; i < 100; i++) {
    pid_t pid = child();
    if (pid == 0) {
      pthread_t thread;
      over = 0;
      CHECK(pthread_create(&thread, NULL, submit, NULL) == 0);
      for (int k = 0; k < 3; k++) {
        pid_t grandchild = child();
        if (grandchild == 0) {
          works();
          done();
        }
        join(grandchild);
      }
      over = 1;
      pthread_join(thread, NULL);
      done();
    }
    join(pid);
  }
}

static void begin_a_read_that_never_ends(void) {
  static struct aiocb block;
  static char byte;
  int ends[2];
  new_pipe(ends);
  block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  sleep_ms(20);
}

/* exit does not wait for what a pipe never delivers. */
TEST(exit_does_not_wait) {
  pid_t pid = child();
  if (pid == 0) {
    begin_a_read_that_never_ends();
    exit(0);
  }
  int64_t start = millis();
  join(pid);
  CHECK(millis() - start < 5000);
}

TEST(exec_with_a_pending_request) {
  pid_t pid = child();
  if (pid == 0) {
    begin_a_read_that_never_ends();
    execl("/bin/true", "true", (char *)NULL);
    FAIL("no /bin/true");
  }
  join(pid);
}

static struct aiocb waiting;
static int pipe_ends[2];

static void *submit_one(void *byte) {
  waiting = on(pipe_ends[0], byte, 1, 0);
  EQUAL(aio_read(&waiting), 0);
  return NULL;
}

TEST(requests_outlive_their_thread) {
  static char byte;
  pthread_t thread;
  new_pipe(pipe_ends);
  CHECK(pthread_create(&thread, NULL, submit_one, &byte) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  stays_pending(&waiting);
  CHECK(write(pipe_ends[1], "x", 1) == 1);
  EQUAL(result(&waiting), 1);
}

static void *read_and_write(void *unused) {
  int d = temporary_file(0), ends[2];
  char byte = 0;
  (void)unused;
  new_pipe(ends);
  for (int i = 0; i < 200; i++) {
    struct aiocb file = on(d, "x", 1, i), in = on(ends[0], &byte, 1, 0), out = on(ends[1], "y", 1, 0);
    EQUAL(aio_write(&file), 0);
    EQUAL(aio_read(&in), 0);
    EQUAL(aio_write(&out), 0);
    EQUAL(result(&file), 1);
    EQUAL(result(&out), 1);
    EQUAL(result(&in), 1);
    EQUAL(byte, 'y');
  }
  close(d);
  return NULL;
}

TEST(many_threads_at_once, .seconds = 60) {
  pthread_t threads[8];
  for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, read_and_write, NULL) == 0);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
}

static int count_threads(void) {
  int count = 0;
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  CHECK(status);
  while (fgets(line, sizeof line, status)) sscanf(line, "Threads: %d", &count);
  fclose(status);
  return count;
}

/* The number of threads is bounded, whatever waits. */
TEST(threads_are_few) {
  enum { MANY = 500 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY];
  int ends[2], d = temporary_file(0);
  new_pair(ends);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = i % 2 ? on(ends[0], &bytes[i], 1, 0) : on(d, &bytes[i], 1, i);
    EQUAL(i % 2 ? aio_read(&blocks[i]) : aio_write(&blocks[i]), 0);
  }
  CHECK(count_threads() <= 1 + 64);
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
}

/* Without requests, nothing runs and nothing wakes up. */
TEST(idle_costs_nothing) {
  works();
  sleep_ms(1500);
  int64_t before = cpu_millis();
  long woken = sleeps();
  sleep_ms(1000);
  CHECK(cpu_millis() - before <= 10);
  CHECK(sleeps() - woken <= 5);
}

#ifdef __GLIBC__
TEST(hints_are_harmless) {
  struct aioinit hints;
  memset(&hints, 0xa5, sizeof hints);
  hints.aio_threads = 4;
  hints.aio_num = 8;
  aio_init(&hints);
  works();
  aio_init(&hints);
  works();
}
#endif
