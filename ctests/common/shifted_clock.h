/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A wall clock in front of libc's, so many seconds off as the test says: by set_shift. */
#ifndef SHIFTED_CLOCK_H
#define SHIFTED_CLOCK_H

#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift;
/* How often a clock was asked. */
static long questions;

int clock_gettime(clockid_t which, struct timespec *now) {
  __atomic_fetch_add(&questions, 1, __ATOMIC_SEQ_CST);
  int outcome = (int)syscall(SYS_clock_gettime, which, now);
  if (which == CLOCK_REALTIME) now->tv_sec += __atomic_load_n(&shift, __ATOMIC_SEQ_CST);
  return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int outcome = (int)syscall(SYS_gettimeofday, now, zone);
  now->tv_sec += __atomic_load_n(&shift, __ATOMIC_SEQ_CST);
  return outcome;
}

static inline void set_shift(long seconds) { __atomic_store_n(&shift, seconds, __ATOMIC_SEQ_CST); }

#endif
