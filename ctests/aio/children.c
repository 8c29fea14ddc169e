/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a forked child sees of its parent's requests, and the parent of the child. */
#include "aio_test.h"

/* A block and its buffer in memory that a child shares. */
struct shared {
  struct aiocb block;
  char byte;
};

static struct shared *new_shared(void) {
  struct shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(shared != MAP_FAILED);
  return shared;
}

/* In the child the request is cancelled; in the parent it goes on, and completes in the memory of both. */
TEST(block_in_shared_memory) {
  int ends[2];
  struct shared *shared = new_shared();
  new_pipe(ends);
  shared->block = on(ends[0], &shared->byte, 1, 0);
  EQUAL(aio_read(&shared->block), 0);
  stays_pending(&shared->block);
  pid_t pid = child();
  if (pid == 0) {
    const struct aiocb *list[] = {&shared->block};
    EQUAL(aio_error(&shared->block), ECANCELED);
    EQUAL(aio_suspend(list, 1, NULL), 0);
    errno = 0;
    EQUAL(aio_return(&shared->block), -1);
    EQUAL(errno, ECANCELED);
    EQUAL(aio_cancel(ends[0], &shared->block), AIO_ALLDONE);
    pid_t grandchild = child();
    if (grandchild == 0) {
      EQUAL(aio_error(&shared->block), ECANCELED);
      done();
    }
    join(grandchild);
    done();
  }
  join(pid);
  EQUAL(aio_error(&shared->block), EINPROGRESS);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&shared->block), 1);
  EQUAL(shared->byte, 'x');
}

/* A parent may look at a block that its child has submitted, as any process with that memory may. */
TEST(block_of_a_child_in_shared_memory) {
  int ends[2];
  struct shared *shared = new_shared();
  new_pipe(ends);
  pid_t pid = child();
  if (pid == 0) {
    shared->block = on(ends[0], &shared->byte, 1, 0);
    EQUAL(aio_read(&shared->block), 0);
    EQUAL(result(&shared->block), 1);
    done();
  }
  int64_t end = millis() + TIMEOUT * 1000;
  while (aio_error(&shared->block) != EINPROGRESS) CHECK(millis() < end);
  stays_pending(&shared->block);
  CHECK(write(ends[1], "x", 1) == 1);
  join(pid);
  EQUAL(aio_error(&shared->block), 0);
  EQUAL(shared->byte, 'x');
}

/* The child may use the block again. */
TEST(block_used_again_by_the_child) {
  int ends[2], d = temporary_file(0);
  static char byte;
  static struct aiocb block;
  new_pipe(ends);
  block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  pid_t pid = child();
  if (pid == 0) {
    block = on(d, "y", 1, 0);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    done();
  }
  join(pid);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
  EQUAL(byte, 'x');
}

static pid_t forked = -1;
static int pipe_ends[2];
static struct aiocb waiting;
static char waiting_byte;

static void fork_here(int number) {
  (void)number;
  forked = fork();
}

static void *signal_then_put(void *waiter) {
  sleep_ms(100);
  pthread_kill(*(pthread_t *)waiter, SIGUSR1);
  sleep_ms(200);
  CHECK(write(pipe_ends[1], "x", 1) == 1);
  return NULL;
}

/* A handler that forks in the middle of a wait, which is then started again in both processes. */
static void prepare(void) {
  static pthread_t self, thread;
  struct sigaction action = {.sa_handler = fork_here, .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  new_pipe(pipe_ends);
  waiting = on(pipe_ends[0], &waiting_byte, 1, 0);
  waiting.aio_lio_opcode = LIO_READ;
  self = pthread_self();
  CHECK(pthread_create(&thread, NULL, signal_then_put, &self) == 0);
}

TEST(handler_that_forks_in_aio_suspend) {
  const struct aiocb *list[] = {&waiting};
  prepare();
  EQUAL(aio_read(&waiting), 0);
  EQUAL(aio_suspend(list, 1, NULL), 0);
  if (forked == 0) {
    EQUAL(aio_error(&waiting), ECANCELED);
    done();
  }
  join(forked);
  EQUAL(result(&waiting), 1);
}

TEST(handler_that_forks_in_lio_listio) {
  struct aiocb *list[] = {&waiting};
  prepare();
  errno = 0;
  int answer = lio_listio(LIO_WAIT, list, 1, NULL);
  if (forked == 0) {
    EQUAL(answer, -1);
    EQUAL(errno, EIO);
    EQUAL(aio_error(&waiting), ECANCELED);
    done();
  }
  EQUAL(answer, 0);
  join(forked);
  EQUAL(result(&waiting), 1);
}

/* A child is notified of nothing that its parent has submitted. */
static volatile sig_atomic_t told;

static void tell(int number) {
  (void)number;
  told++;
}

TEST(child_is_not_notified) {
  int ends[2];
  char byte;
  new_pipe(ends);
  signal(SIGUSR1, tell);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
  block.aio_sigevent.sigev_signo = SIGUSR1;
  EQUAL(aio_read(&block), 0);
  pid_t pid = child();
  if (pid == 0) {
    struct aiocb own = on(temporary_file(0), "x", 1, 0);
    EQUAL(aio_write(&own), 0);
    EQUAL(result(&own), 1);
    sleep_ms(100);
    EQUAL(told, 0);
    done();
  }
  join(pid);
  EQUAL(told, 0);
  CHECK(write(ends[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
  for (int i = 0; i < 1000 && !told; i++) sleep_ms(2);
  EQUAL(told, 1);
}

static _Atomic int over;

static void *use_pipes(void *unused) {
  (void)unused;
  while (!over) {
    int ends[2];
    new_pipe(ends);
    struct aiocb block = on(ends[1], "x", 1, 0);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    close(ends[0]), close(ends[1]);
  }
  return NULL;
}

/* What the library holds open for its requests, it does not hold open in a child: a peer would wait for the end for ever. */
TEST(no_number_of_the_library_stays_open, .seconds = 60) {
  pthread_t threads[3];
  struct rlimit limit = {1024, 1024};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, use_pipes, NULL) == 0);
  for (int i = 0; i < 500; i++) {
    pid_t pid = child();
    if (pid == 0) {
      for (int number = 512; number < 1024; number++) EQUAL(fcntl(number, F_GETFD), -1);
      done();
    }
    join(pid);
  }
  over = 1;
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
}

static int target;

static void *first_request(void *unused) {
  (void)unused;
  struct aiocb block = on(target, "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1);
  return NULL;
}

static int open_numbers(void) {
  int count = 0;
  for (int number = 0; number < 1024; number++) count += fcntl(number, F_GETFD) != -1;
  return count;
}

/* Nor a number that the library had for a moment, while its engine was starting. */
TEST(no_number_of_the_engine_stays_open, .seconds = 60) {
  target = temporary_file(0);
  int before = open_numbers();
  for (int i = 0; i < 100; i++) {
    pid_t pid = child();
    if (pid == 0) {
      pthread_t thread;
      CHECK(pthread_create(&thread, NULL, first_request, NULL) == 0);
      for (int k = 0; k < 6; k++) {
        pid_t grandchild = child();
        if (grandchild == 0) {
          EQUAL(open_numbers(), before);
          done();
        }
        join(grandchild);
      }
      pthread_join(thread, NULL);
      done();
    }
    join(pid);
  }
}

/* _exit does not wait for what a pipe never delivers. */
TEST(quick_exit_does_not_wait) {
  pid_t pid = child();
  if (pid == 0) {
    int ends[2];
    static char byte;
    static struct aiocb block;
    new_pipe(ends);
    block = on(ends[0], &byte, 1, 0);
    EQUAL(aio_read(&block), 0);
    sleep_ms(20);
    _exit(0);
  }
  join(pid);
}
