/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* owfat_aio_fd: completions in an event loop. */
#include "aio_test.h"

#include <libowfat/aio.h>
#include <sys/epoll.h>

static struct timespec zero;

static int readable(int d, int wait) {
  struct pollfd asked = {d, POLLIN, 0};
  return poll(&asked, 1, wait) == 1 && (asked.revents & POLLIN);
}

TEST(one_number_per_process) {
  int d = owfat_aio_fd();
  CHECK(d >= 0);
  EQUAL(owfat_aio_fd(), d);
  CHECK(fcntl(d, F_GETFD) & FD_CLOEXEC);
  CHECK(fcntl(d, F_GETFL) & O_NONBLOCK);
  CHECK(!readable(d, 0));
}

TEST(readable_while_there_is_something) {
  int q = owfat_aio_fd(), d = temporary_file(0);
  struct aiocb first = on(d, "a", 1, 0), second = on(d, "bc", 2, 0), *block;
  EQUAL(aio_write(&first), 0);
  EQUAL(aio_write(&second), 0);
  EQUAL(settled(&first), 0);
  EQUAL(settled(&second), 0);
  CHECK(readable(q, 1000));
  CHECK(aio_waitcomplete(&block, &zero) > 0);
  CHECK(readable(q, 1000));
  CHECK(aio_waitcomplete(&block, &zero) > 0);
  EQUAL(aio_waitcomplete(&block, &zero), -1);
  CHECK(!readable(q, 0));
}

TEST(not_readable_after_aio_return) {
  int q = owfat_aio_fd(), d = temporary_file(0);
  for (int i = 0; i < 200; i++) {
    struct aiocb block = on(d, "a", 1, 0), *found;
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
    EQUAL(aio_waitcomplete(&found, &zero), -1);
    CHECK(found == NULL);
    CHECK(!readable(q, 0));
  }
}

/* The descriptor turns readable after the status changed, so that what woke is there to be collected. */
TEST(every_wake_up_finds_something, .seconds = 60) {
  int q = owfat_aio_fd(), d = temporary_file(0);
  for (int i = 0; i < 2000; i++) {
    struct aiocb block = on(d, "a", 1, 0), *found;
    EQUAL(aio_write(&block), 0);
    CHECK(readable(q, TIMEOUT * 1000));
    EQUAL(aio_waitcomplete(&found, &zero), 1);
    CHECK(found == &block);
  }
}

/* Edge-triggered, collecting until nothing is left: no completion is missed. */
TEST(edge_triggered_watchers, .seconds = 60) {
  enum { MANY = 3000 };
  static struct aiocb blocks[MANY];
  int q = owfat_aio_fd(), d = temporary_file(0), e = epoll_create1(0), count = 0, next = 0;
  struct epoll_event event = {EPOLLIN | EPOLLET, {.fd = q}};
  CHECK(epoll_ctl(e, EPOLL_CTL_ADD, q, &event) == 0);
  while (count < MANY) {
    struct aiocb *block;
    for (int i = 0; i < 7 && next < MANY; i++, next++) {
      blocks[next] = on(d, "x", 1, next);
      EQUAL(aio_write(&blocks[next]), 0);
    }
    EQUAL(epoll_wait(e, &event, 1, TIMEOUT * 1000), 1);
    while (aio_waitcomplete(&block, &zero), block) count++;
  }
  EQUAL(count, MANY);
}

TEST(child_asks_anew) {
  int q = owfat_aio_fd(), d = temporary_file(0);
  CHECK(q >= 0);
  pid_t pid = child();
  if (pid == 0) {
    int own = owfat_aio_fd();
    struct aiocb block = on(d, "a", 1, 0), *found;
    CHECK(own >= 0);
    EQUAL(aio_write(&block), 0);
    CHECK(readable(own, TIMEOUT * 1000));
    EQUAL(aio_waitcomplete(&found, &zero), 1);
    done();
  }
  join(pid);
  CHECK(!readable(q, 0));
}

/* A number that the program has closed, against the rules, and used for a file of its own: the file is left alone. */
TEST(number_that_was_closed_and_reused) {
  int q = owfat_aio_fd(), d = temporary_file(0);
  char head[9] = "";
  struct aiocb block = on(d, "0123456789", 10, 0), *found;
  CHECK(dup2(d, q) == q && lseek(q, 1, SEEK_SET) == 1);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), 0);
  EQUAL(aio_waitcomplete(&found, &zero), 10);
  EQUAL(aio_waitcomplete(&found, &zero), -1);
  pid_t pid = child();
  if (pid == 0) {
    CHECK(fcntl(q, F_GETFD) != -1);
    done();
  }
  join(pid);
  sleep_ms(20);
  CHECK(pread(d, head, 8, 0) == 8 && strcmp(head, "01234567") == 0);
  EQUAL(lseek(q, 0, SEEK_CUR), 1);
  /* The program asks anew, and gets another one. */
  int next = owfat_aio_fd();
  CHECK(next >= 0 && next != q);
  EQUAL(aio_write(&block), 0);
  CHECK(readable(next, TIMEOUT * 1000));
  EQUAL(aio_waitcomplete(&found, &zero), 10);
}

TEST(no_number_left) {
  struct rlimit limit = {8, 8};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  while (dup(0) != -1) {
  }
  errno = 0;
  EQUAL(owfat_aio_fd(), -1);
  EQUAL(errno, EMFILE);
}
