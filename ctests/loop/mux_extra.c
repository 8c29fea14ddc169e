/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iom_requeue, which the C library of Debian does not have yet, and system calls that it does not save. */
#include "loop.h"

#include <sys/epoll.h>
#include <sys/syscall.h>

static int calls, in_vain;

/* In front of libc's: counts. */
int epoll_ctl(int queue, int operation, int d, struct epoll_event *event) {
  int result = (int)syscall(SYS_epoll_ctl, queue, operation, d, event);
  calls++;
  in_vain += result == -1;
  return result;
}

/* There with our kqueue, which makes calls of its own. */
int kevent(void) __attribute__((weak));
/* Not in the C library, which makes two calls each time: no program can tell, so it is no difference. */
const char *owfat_version(void) __attribute__((weak));

/* A program that adds where it could requeue: the first time shows it, and then each event costs one call, a new descriptor
 * two. */
TEST(what_is_added_again_costs_one_call) {
  static iomux_t mux;
  int s[2];
  if (!owfat_version) return;
  EQUAL(iom_init(&mux), 1);
  unix_pair(s);
  calls = in_vain = 0;
  for (int i = 0; i < 10; i++) EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  CHECK(kevent || calls == 0 || (calls == 11 && in_vain == 1));
  EQUAL(iom_add(&mux, s[1], IOM_READ), 0);
  CHECK(kevent || calls == 0 || (calls == 13 && in_vain == 2));
}

TEST(requeue_arms_again, .valgrind = 1) {
  static iomux_t mux;
  int s[2];
  int64 d;
  unsigned revents;
  unix_pair(s);
  EQUAL(iom_init(&mux), 1);
  errno = 0;
  EQUAL(iom_requeue(&mux, s[0], IOM_READ), -1);
  EQUAL(errno, ENOENT);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  put(s[1], "x");
  for (int i = 0; i < 3; i++) {
    EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
    EQUAL(d, s[0]);
    EQUAL(iom_wait(&mux, &d, &revents, 20), 0);
    EQUAL(iom_requeue(&mux, s[0], IOM_READ), 0);
  }
  EQUAL(iom_requeue(&mux, -1, IOM_READ), -1);
  EQUAL(errno, EBADF);
}
