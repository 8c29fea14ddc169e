/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Numbers of the library's own that the program has closed, against the rules, and used for files of its own: the library
 * neither reads from such a file, nor writes to it, nor closes it. Each kind of number that there is has its tests. */
#include "aio_test.h"

#include <libowfat/aio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

enum { NUMBERS = 1024 };

/* What a number means, as the kernel names it. */
static const char *meaning(int d) {
  static char target[256];
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", d);
  ssize_t n = readlink(name, target, sizeof target - 1);
  target[n < 0 ? 0 : n] = 0;
  return target;
}

/* The highest number that means what `like` means, or what has that name; -1 without one. */
static int highest(const char *like) {
  for (int d = NUMBERS - 1; d > 2; d--)
    if (strcmp(meaning(d), like) == 0) return d;
  return -1;
}

/* The library's own number for the file of `d`, which has requests pending. */
static int pin_of(int d) {
  char name[256];
  strcpy(name, meaning(d));
  int64_t end = millis() + 5000;
  while (highest(name) == d) {
    CHECK(millis() < end);
    sleep_ms(1);
  }
  return highest(name);
}

static void begin(void) {
  struct rlimit limit = {NUMBERS, NUMBERS};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/* A file of the program's at the number, with something in it and a position that would show a read or a write. */
static int in_place_of(int number) {
  int d = temporary_file(0);
  CHECK(write(d, "0123456789", 10) == 10 && lseek(d, 3, SEEK_SET) == 3);
  CHECK(dup2(d, number) == number);
  return d;
}

static void left_alone(int number, int d) {
  struct stat one, other;
  char bytes[16] = "";
  sleep_ms(20);
  CHECK(fstat(number, &one) == 0 && fstat(d, &other) == 0);
  CHECK(one.st_ino == other.st_ino && one.st_size == 10);
  EQUAL(lseek(d, 0, SEEK_CUR), 3);
  CHECK(pread(d, bytes, 10, 0) == 10 && strcmp(bytes, "0123456789") == 0);
}

static struct aiocb waiting;
static char waiting_bytes[16];

static void a_read_waits(int ends[2]) {
  waiting = on(ends[0], waiting_bytes, sizeof waiting_bytes, 0);
  EQUAL(aio_read(&waiting), 0);
  stays_pending(&waiting);
}

/* The ring has no number that could be closed. */
TEST(no_number_of_the_ring) {
  int ends[2];
  begin();
  new_pipe(ends);
  a_read_waits(ends);
  EQUAL(highest("anon_inode:[io_uring]"), -1);
}

TEST(queue_of_readiness_closed_and_reused_by_a_file) {
  int ends[2], next[2];
  begin();
  new_pipe(ends);
  new_pipe(next);
  a_read_waits(ends);
  int queue = highest("anon_inode:[eventpoll]");
  CHECK(queue != -1);
  int d = in_place_of(queue);
  CHECK(write(ends[1], "abc", 3) == 3);
  EQUAL(result(&waiting), 3);
  a_read_waits(next);
  CHECK(write(next[1], "abcd", 4) == 4);
  EQUAL(result(&waiting), 4);
  left_alone(queue, d);
  pid_t pid = child();
  if (pid == 0) {
    CHECK(fcntl(queue, F_GETFD) != -1);
    done();
  }
  join(pid);
}

/* A queue of the program's own: nothing is registered there, and no event is taken out of it. */
TEST(queue_of_readiness_closed_and_reused_by_a_queue) {
  int ends[2], next[2], own = epoll_create1(0), counter = eventfd(0, EFD_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data = {.u64 = 77}};
  begin();
  new_pipe(ends);
  new_pipe(next);
  a_read_waits(ends);
  int queue = highest("anon_inode:[eventpoll]");
  CHECK(queue != -1 && queue != own);
  CHECK(dup2(own, queue) == queue);
  CHECK(epoll_ctl(own, EPOLL_CTL_ADD, counter, &event) == 0);
  CHECK(write(ends[1], "abc", 3) == 3);
  EQUAL(result(&waiting), 3);
  sleep_ms(20);
  CHECK(eventfd_write(counter, 1) == 0);
  sleep_ms(20);
  a_read_waits(next);
  CHECK(write(next[1], "abcd", 4) == 4);
  EQUAL(result(&waiting), 4);
  EQUAL(epoll_wait(own, &event, 1, 0), 1);
  EQUAL(event.data.u64, 77);
  EQUAL(epoll_wait(own, &event, 1, 0), 0);
  CHECK(fcntl(queue, F_GETFD) != -1);
}

/* Its bytes stay where they are, and so do those of the stream that the request was for. */
TEST(number_of_a_waiting_read_closed_and_reused) {
  int ends[2], other[2];
  char bytes[16];
  begin();
  new_pipe(ends);
  new_pipe(other);
  a_read_waits(ends);
  int pin = pin_of(ends[0]);
  CHECK(write(other[1], "secret", 6) == 6 && dup2(other[0], pin) == pin);
  CHECK(write(ends[1], "abc", 3) == 3);
  FAILS_WITH(&waiting, EBADF);
  EQUAL(read(other[0], bytes, sizeof bytes), 6);
  EQUAL(read(ends[0], bytes, sizeof bytes), 3);
  sleep_ms(20);
  CHECK(fcntl(pin, F_GETFD) != -1);
  /* The number that the program knows works as before. */
  CHECK(write(ends[1], "de", 2) == 2);
  waiting = on(ends[0], waiting_bytes, sizeof waiting_bytes, 0);
  EQUAL(aio_read(&waiting), 0);
  EQUAL(result(&waiting), 2);
}

TEST(number_of_a_waiting_write_closed_and_reused) {
  int ends[2];
  begin();
  new_pipe(ends);
  size_t full = fill(ends[1]);
  struct aiocb block = on(ends[1], "xyz", 3, 0);
  EQUAL(aio_write(&block), 0);
  stays_pending(&block);
  int pin = pin_of(ends[1]), d = in_place_of(pin);
  drain(ends[0], full);
  FAILS_WITH(&block, EBADF);
  left_alone(pin, d);
}

TEST(number_of_a_cancelled_read_closed_and_reused) {
  int ends[2];
  begin();
  new_pipe(ends);
  a_read_waits(ends);
  int pin = pin_of(ends[0]), d = in_place_of(pin);
  EQUAL(aio_cancel(ends[0], &waiting), AIO_CANCELED);
  FAILS_WITH(&waiting, ECANCELED);
  left_alone(pin, d);
}

/* Kept open for the locks of the program, and let go of in the end. */
TEST(number_that_keeps_locks_closed_and_reused) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int locked = temporary_file(0);
  begin();
  CHECK(fcntl(locked, F_SETLK, &lock) == 0);
  struct aiocb block = on(locked, "xyz", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 3);
  int pin = pin_of(locked), d;
  sleep_ms(20);
  d = in_place_of(pin);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 3);
  pid_t pid = child();
  if (pid == 0) {
    left_alone(pin, d);
    done();
  }
  join(pid);
  lock.l_type = F_UNLCK;
  CHECK(fcntl(locked, F_SETLK, &lock) == 0);
  for (int i = 0; i < 300; i++) {
    int another = temporary_file(0);
    block = on(another, "xyz", 3, 0);
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 3);
    close(another);
  }
  left_alone(pin, d);
}
