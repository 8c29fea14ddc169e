/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The ways of a request from the call to the notification, and the places where the engine could lose one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "../../ctests/common/t.h"
#include <libowfat/aio.h>

static struct aiocb block(int fd, void *buffer, size_t bytes, off_t offset) {
  struct aiocb made;
  memset(&made, 0xa5, sizeof made);
  made.aio_fildes = fd;
  made.aio_reqprio = 0;
  made.aio_buf = buffer;
  made.aio_nbytes = bytes;
  made.aio_offset = offset;
  memset(&made.aio_sigevent, 0, sizeof made.aio_sigevent);
  made.aio_sigevent.sigev_notify = SIGEV_NONE;
  return made;
}

static int finished(struct aiocb *one) {
  const struct aiocb *list[1] = {one};
  while (aio_error(one) == EINPROGRESS) CHECK(aio_suspend(list, 1, NULL) == 0 || errno == EINTR);
  return aio_error(one);
}

static int scratch(int flags) {
  char name[T_NAME];
  int fd = mkostemp(temporary(name, "aio"), flags);
  CHECK(fd != -1);
  CHECK(unlink(name) == 0);
  return fd;
}

TEST(reads_and_writes_at_offsets, .valgrind = 1) {
  int fd = scratch(0);
  char buffer[16] = {0};
  struct aiocb one = block(fd, "hello", 5, 3);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), 0);
  EQUAL(aio_return(&one), 5);
  EQUAL(aio_return(&one), 5);
  one = block(fd, buffer, sizeof buffer, 1);
  EQUAL(aio_read(&one), 0);
  EQUAL(finished(&one), 0);
  EQUAL(aio_return(&one), 7);
  CHECK(memcmp(buffer, "\0\0hello", 7) == 0);
  EQUAL(lseek(fd, 0, SEEK_CUR), 0);
  EQUAL(aio_fsync(O_DSYNC, &one), 0);
  EQUAL(finished(&one), 0);
}

TEST(errors_at_the_call_and_later) {
  int fd = scratch(0), p[2];
  char buffer[16];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(fd, buffer, 16, -1);
  EQUAL(aio_read(&one), 0);
  EQUAL(finished(&one), EINVAL);
  one = block(fd, buffer, 16, LLONG_MAX - 3);
  EQUAL(aio_write(&one), 0);
  CHECK(finished(&one) == EINVAL);
  one = block(-1, buffer, 16, 0);
  EQUAL(aio_read(&one), 0);
  EQUAL(finished(&one), EBADF);
  EQUAL(aio_return(&one), -1);
  one = block(p[0], buffer, 0, 0);
  EQUAL(aio_read(&one), 0);
  EQUAL(finished(&one), 0);
  one = block(p[0], buffer, 1, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), EBADF);
  one = block(fd, buffer, (size_t)SSIZE_MAX + 1, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), EINVAL);
  one = block(fd, (void *)8, 16, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), EFAULT);
  one = block(fd, buffer, 16, 0);
  one.aio_reqprio = 21;
  EQUAL(aio_write(&one), -1);
  EQUAL(errno, EINVAL);
  EQUAL(aio_error(&one), EINVAL);
  one = block(-1, buffer, 16, 0);
  EQUAL(aio_fsync(O_SYNC, &one), -1);
  EQUAL(errno, EBADF);
  int folder = open("/", O_RDONLY);
  one = block(folder, buffer, 16, 0);
  EQUAL(aio_read(&one), 0);
  EQUAL(finished(&one), EISDIR);
  close(p[0]);
  signal(SIGPIPE, SIG_DFL);
  one = block(p[1], buffer, 16, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), EPIPE);
}

TEST(a_pending_block_is_not_taken_twice) {
  int p[2];
  char buffer[4];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(p[0], buffer, 4, 0);
  EQUAL(aio_read(&one), 0);
  EQUAL(aio_read(&one), -1);
  EQUAL(errno, EINVAL);
  EQUAL(aio_error(&one), EINPROGRESS);
  CHECK(write(p[1], "abcd", 4) == 4);
  EQUAL(finished(&one), 0);
  EQUAL(aio_return(&one), 4);
}

TEST(the_file_is_the_one_that_was_meant) {
  int p[2], other = scratch(0);
  static char large[1 << 20];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(p[1], large, sizeof large, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(dup2(other, p[1]), p[1]);
  struct aiocb two = block(p[1], "file", 4, 0);
  EQUAL(aio_write(&two), 0);
  EQUAL(finished(&two), 0);
  size_t got = 0;
  for (ssize_t n; (n = read(p[0], large, sizeof large)) > 0;) got += (size_t)n;
  EQUAL(got, sizeof large);
  EQUAL(finished(&one), 0);
  struct stat status;
  CHECK(fstat(other, &status) == 0);
  EQUAL(status.st_size, 4);
}

TEST(streams_are_in_order_and_whole) {
  int s[2];
  enum { COUNT = 64, BYTES = 70000 };
  static unsigned char out[COUNT][BYTES], in[BYTES];
  static struct aiocb many[COUNT];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  char waits[4];
  struct aiocb reader = block(s[0], waits, 4, 0);
  EQUAL(aio_read(&reader), 0);
  for (int i = 0; i < COUNT; i++) {
    memset(out[i], i, BYTES);
    many[i] = block(s[0], out[i], BYTES, 0);
    EQUAL(aio_write(&many[i]), 0);
  }
  for (int i = 0; i < COUNT; i++) {
    for (size_t got = 0; got < BYTES;) {
      ssize_t n = read(s[1], in + got, BYTES - got);
      CHECK(n > 0);
      got += (size_t)n;
    }
    for (size_t k = 0; k < BYTES; k++) EQUAL(in[k], i);
  }
  for (int i = 0; i < COUNT; i++) EQUAL(finished(&many[i]), 0);
  EQUAL(aio_error(&reader), EINPROGRESS);
  EQUAL(aio_cancel(s[0], NULL), AIO_CANCELED);
  EQUAL(aio_error(&reader), ECANCELED);
}

TEST(appends_are_in_order) {
  int fd = scratch(O_APPEND);
  enum { COUNT = 200 };
  static struct aiocb many[COUNT];
  static struct aiocb *list[COUNT];
  static unsigned char bytes[COUNT][5000], back[5000];
  for (int i = 0; i < COUNT; i++) {
    memset(bytes[i], i, sizeof bytes[i]);
    many[i] = block(fd, bytes[i], (size_t)(i * 7919 % 4999 + 1), 0);
    many[i].aio_lio_opcode = LIO_WRITE;
    list[i] = &many[i];
  }
  EQUAL(lio_listio(LIO_WAIT, list, COUNT, NULL), 0);
  off_t at = 0;
  for (int i = 0; i < COUNT; i++) {
    ssize_t n = (ssize_t)many[i].aio_nbytes;
    EQUAL(aio_return(&many[i]), n);
    EQUAL(pread(fd, back, (size_t)n, at), n);
    CHECK(memcmp(back, bytes[i], (size_t)n) == 0);
    at += n;
  }
}

TEST(a_hundred_thousand_on_one_socket, .seconds = 60) {
  int s[2];
  enum { COUNT = 100000 };
  static struct aiocb many[COUNT];
  char byte;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
  int64_t begin = millis();
  for (int i = 0; i < COUNT; i++) {
    many[i] = block(s[0], &byte, 1, 0);
    EQUAL(aio_read(&many[i]), 0);
  }
  int64_t queued = millis();
  EQUAL(aio_cancel(s[0], NULL), AIO_CANCELED);
  int64_t cancelled = millis();
  for (int i = 0; i < COUNT; i++) EQUAL(aio_error(&many[i]), ECANCELED);
  printf("queued in %d ms, cancelled in %d ms\n", (int)(queued - begin), (int)(cancelled - queued));
  CHECK(queued - begin < 10000 && cancelled - queued < 10000);
}

static int calls;
static void called(union sigval value) { __sync_fetch_and_add(&calls, value.sival_int); }
static volatile sig_atomic_t signals, code, value;
static void caught(int number, siginfo_t *information, void *context) {
  (void)number, (void)context;
  signals++;
  code = information->si_code;
  value = information->si_value.sival_int;
}

TEST(notifications, .valgrind = 1) {
  int fd = scratch(0);
  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO | SA_RESTART};
  CHECK(sigaction(SIGRTMIN + 1, &action, NULL) == 0);
  struct aiocb one = block(fd, "x", 1, 0);
  one.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
  one.aio_sigevent.sigev_signo = SIGRTMIN + 1;
  one.aio_sigevent.sigev_value.sival_int = 42;
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), 0);
  for (int i = 0; i < 1000 && !signals; i++) sleep_ms(1);
  EQUAL(signals, 1);
  EQUAL(code, SI_ASYNCIO);
  EQUAL(value, 42);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  one.aio_sigevent.sigev_notify = SIGEV_THREAD;
  one.aio_sigevent.sigev_notify_function = called;
  one.aio_sigevent.sigev_notify_attributes = &attributes;
  EQUAL(aio_write(&one), 0);
  pthread_attr_destroy(&attributes);
  EQUAL(finished(&one), 0);
  struct aiocb more = block(fd, "y", 1, 0), *list[] = {&more, NULL};
  more.aio_lio_opcode = LIO_WRITE;
  struct sigevent event = one.aio_sigevent;
  event.sigev_value.sival_int = 100;
  event.sigev_notify_attributes = NULL;
  EQUAL(lio_listio(LIO_NOWAIT, list, 2, &event), 0);
  EQUAL(lio_listio(LIO_NOWAIT, list, 0, &event), 0);
  for (int i = 0; i < 3000 && __sync_fetch_and_add(&calls, 0) != 242; i++) sleep_ms(1);
  EQUAL(calls, 242);
}

TEST(the_completion_descriptor, .valgrind = 1) {
  int fd = scratch(0), q = owfat_aio_fd();
  CHECK(q > 100);
  EQUAL(owfat_aio_fd(), q);
  struct timespec none = {0, 0};
  struct pollfd ready = {.fd = q, .events = POLLIN};
  struct aiocb many[8], *done;
  EQUAL(aio_waitcomplete(&done, &none), -1);
  EQUAL(errno, EAGAIN);
  CHECK(done == NULL);
  for (int round = 0; round < 3; round++) {
    EQUAL(poll(&ready, 1, 0), 0);
    for (int i = 0; i < 8; i++) {
      many[i] = block(fd, "12345678", (size_t)i + 1, 0);
      EQUAL(aio_write(&many[i]), 0);
    }
    unsigned seen = 0;
    for (int i = 0; i < 7; i++) {
      EQUAL(poll(&ready, 1, 5000), 1);
      ssize_t n = aio_waitcomplete(&done, NULL);
      CHECK(done >= many && done < many + 8);
      EQUAL(n, done - many + 1);
      seen |= 1U << (done - many);
    }
    for (int i = 0; i < 8; i++)
      if (!(seen & 1U << i)) {
        EQUAL(finished(&many[i]), 0);
        EQUAL(aio_return(&many[i]), i + 1);
      }
    EQUAL(poll(&ready, 1, 0), 0);
    EQUAL(aio_waitcomplete(&done, &none), -1);
    CHECK(done == NULL);
  }
  struct iovec parts[2] = {{"ab", 2}, {"cde", 3}};
  struct aiocb vectored = block(fd, NULL, 0, 0);
  vectored.aio_iov = parts;
  vectored.aio_iovcnt = 2;
  EQUAL(aio_writev(&vectored), 0);
  parts[0].iov_base = NULL;
  EQUAL(aio_waitcomplete(&done, NULL), 5);
  CHECK(done == &vectored);
  EQUAL(aio_return(done), 5);
}

static void ignore(int number) { (void)number; }

TEST(a_signal_ends_the_wait_for_a_list) {
  int p[2];
  char buffer[4];
  CHECK(pipe(p) == 0);
  struct sigaction action = {.sa_handler = ignore};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  static struct aiocb one;
  one = block(p[0], buffer, 4, 0);
  one.aio_lio_opcode = LIO_READ;
  struct aiocb *list[1] = {&one};
  ualarm(50000, 50000);
  EQUAL(lio_listio(LIO_WAIT, list, 1, NULL), -1);
  EQUAL(errno, EINTR);
  ualarm(0, 0);
  EQUAL(aio_error(&one), EINPROGRESS);
  CHECK(write(p[1], "abcd", 4) == 4);
  EQUAL(finished(&one), 0);
  struct timespec soon = {0, 20000000};
  EQUAL(aio_read(&one), 0);
  EQUAL(aio_suspend((const struct aiocb *const *)list, 1, &soon), -1);
  EQUAL(errno, EAGAIN);
}

static void *suspended(void *argument) {
  const struct aiocb *list[1] = {argument};
  aio_suspend(list, 1, NULL);
  return NULL;
}

static void *listed(void *argument) {
  struct aiocb *list[1] = {argument};
  lio_listio(LIO_WAIT, list, 1, NULL);
  return NULL;
}

static void *waits_for_any(void *argument) {
  struct aiocb *done;
  (void)argument;
  aio_waitcomplete(&done, NULL);
  return NULL;
}

TEST(waits_are_cancellation_points) {
  int p[2];
  char buffer[4];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(p[0], buffer, 4, 0), two = one;
  two.aio_lio_opcode = LIO_READ;
  EQUAL(aio_read(&one), 0);
  void *(*const functions[])(void *) = {suspended, listed, waits_for_any};
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    void *result;
    CHECK(pthread_create(&thread, NULL, functions[i], i == 1 ? &two : &one) == 0);
    sleep_ms(30);
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
  }
  CHECK(write(p[1], "abcdefgh", 8) == 8);
  EQUAL(finished(&one), 0);
  EQUAL(finished(&two), 0);
}

static int stop;
static void *submits(void *argument) {
  int fd = *(int *)argument;
  while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
    struct aiocb one = block(fd, "z", 1, 0);
    EQUAL(aio_write(&one), 0);
    EQUAL(finished(&one), 0);
  }
  return NULL;
}

TEST(forks_while_others_submit, .seconds = 60) {
  int fd = scratch(0), p[2];
  char buffer[4];
  CHECK(pipe(p) == 0);
  pthread_t threads[2];
  struct aiocb waits = block(p[0], buffer, 4, 0);
  EQUAL(aio_read(&waits), 0);
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, submits, &fd) == 0);
  for (int i = 0; i < 100; i++) {
    pid_t pid = child();
    if (pid == 0) {
      alarm(20);
      EQUAL(aio_error(&waits), ECANCELED);
      const struct aiocb *list[1] = {&waits};
      EQUAL(aio_suspend(list, 1, NULL), 0);
      struct aiocb own = block(fd, "c", 1, 1);
      EQUAL(aio_write(&own), 0);
      EQUAL(finished(&own), 0);
      struct aiocb stream = block(p[1], "", 0, 1);
      EQUAL(aio_write(&stream), 0);
      EQUAL(finished(&stream), 0);
      done();
    }
    join(pid);
  }
  __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
  for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(write(p[1], "abcd", 4) == 4);
  EQUAL(finished(&waits), 0);
}

TEST(everything_above_two_is_closed) {
  int fd = scratch(0), p[2];
  char buffer[4];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(fd, "a", 1, 0), two = block(p[0], buffer, 4, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), 0);
  EQUAL(aio_read(&two), 0);
  sleep_ms(20);
  int in = dup2(p[1], 1), kept = dup2(p[0], 0);
  CHECK(in == 1 && kept == 0);
  syscall(SYS_close_range, 3, ~0U, 0);
  fd = scratch(0);
  one = block(fd, "a", 1, 0);
  if (aio_write(&one) == 0) finished(&one);
  struct aiocb three = block(0, buffer, 1, 0);
  if (aio_read(&three) == 0) {
    CHECK(write(1, "abcdefgh", 8) == 8);
    int status = finished(&three);
    if (status) EQUAL(status, EBADF);
  }
}

TEST(few_descriptors) {
  struct rlimit limit = {40, 40};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  enum { PIPES = 12 };
  int p[PIPES][2];
  char buffer[PIPES];
  static struct aiocb many[PIPES];
  for (int i = 0; i < PIPES; i++) {
    CHECK(pipe(p[i]) == 0);
    many[i] = block(p[i][0], &buffer[i], 1, 0);
    EQUAL(aio_read(&many[i]), 0);
  }
  for (int i = 0; i < PIPES; i++) {
    CHECK(write(p[i][1], "x", 1) == 1);
    EQUAL(finished(&many[i]), 0);
    EQUAL(aio_return(&many[i]), 1);
  }
}

TEST(a_flush_waits_for_what_came_before) {
  int fd = scratch(0);
  static char large[8 << 20], byte;
  struct aiocb writes[4], sync = block(fd, NULL, 0, 0), later;
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 4; i++) {
      writes[i] = block(fd, large, sizeof large, i * (off_t)sizeof large);
      EQUAL(aio_write(&writes[i]), 0);
    }
    EQUAL(aio_fsync(O_SYNC, &sync), 0);
    later = block(fd, &byte, 1, 0);
    EQUAL(aio_read(&later), 0);
    EQUAL(finished(&sync), 0);
    for (int i = 0; i < 4; i++) EQUAL(aio_error(&writes[i]), 0);
    EQUAL(finished(&later), 0);
  }
}

/* Closing any number of a file gives up the process's locks on it; the library closes numbers of its own. */
TEST(locks_of_the_program_stay) {
  int fd = scratch(0);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  for (int i = 0; i < 3; i++) {
    struct aiocb one = block(fd, "a", 1, 0);
    EQUAL(aio_write(&one), 0);
    EQUAL(finished(&one), 0);
  }
  pid_t pid = child();
  if (pid == 0) {
    CHECK(fcntl(fd, F_GETLK, &lock) == 0);
    EQUAL(lock.l_type, F_WRLCK);
    done();
  }
  join(pid);
  lock.l_type = F_UNLCK;
  CHECK(fcntl(fd, F_SETLK, &lock) == 0);
  /* The number that held it open goes when it is in no program's way any more. */
  int other = scratch(0);
  for (int i = 0; i < 20; i++) {
    struct aiocb one = block(other, "a", 1, 0);
    EQUAL(aio_write(&one), 0);
    EQUAL(finished(&one), 0);
  }
  for (int number = 512; number < 600; number++) EQUAL(fcntl(number, F_GETFL) != -1 && lseek(number, 0, SEEK_CUR) != -1, 0);
}

TEST(an_idle_process_sleeps) {
  int fd = scratch(0), p[2];
  char buffer[1];
  CHECK(pipe(p) == 0);
  struct aiocb one = block(fd, "a", 1, 0), two = block(p[0], buffer, 1, 0);
  EQUAL(aio_write(&one), 0);
  EQUAL(finished(&one), 0);
  EQUAL(aio_read(&two), 0);
  sleep_ms(300);
  long before = sleeps();
  sleep_ms(500);
  CHECK(sleeps() - before <= 2);
}
