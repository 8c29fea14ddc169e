/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iom_requeue, which the C library of Debian does not have yet. */
#include "loop.h"

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
