/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_queueforread, io_queueforwrite: the C library declares them, and they are defined nowhere in it. */
#include "loop.h"

#ifndef HAVE_IO_QUEUEFORREAD
#error HAVE_IO_QUEUEFORREAD is missing
#endif

static int s[2];

static void begin(void) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  fill(s[0]);
  in_read_round(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(was_writable(s[0]), 0);
}

TEST(queued_for_read_is_returned_once, .valgrind = 1) {
  begin();
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_canread(), s[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
  EQUAL(in_read_round(s[0]), 0);
}

TEST(queued_for_write_is_returned_once, .valgrind = 1) {
  begin();
  EQUAL(io_queueforwrite(s[0]), 1);
  EQUAL(io_queueforwrite(s[0]), 1);
  EQUAL(io_canwrite(), s[0]);
  EQUAL(io_canwrite(), -1);
  EQUAL(io_canread(), -1);
  EQUAL(in_write_round(s[0]), 0);
}

/* The wait finds it there, and does not wait. */
TEST(queued_ends_a_wait) {
  begin();
  EQUAL(io_queueforread(s[0]), 1);
  io_wait();
  EQUAL(io_canread(), s[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_queueforwrite(s[0]), 1);
  io_wait();
  EQUAL(io_canwrite(), s[0]);
}

TEST(queued_without_interest_is_not_returned) {
  begin();
  io_dontwantread(s[0]);
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_canread(), -1);
}

TEST(queued_and_closed_is_not_returned) {
  begin();
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_queueforwrite(s[0]), 1);
  io_close(s[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
}

TEST(data_comes_after_it_all_the_same) {
  begin();
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_canread(), s[0]);
  EQUAL(in_read_round(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

static void *queue_it(void *arg) {
  (void)arg;
  sleep_ms(100);
  EQUAL(io_queueforread(s[0]), 1);
  return 0;
}

TEST(queued_by_another_thread_ends_a_wait) {
  pthread_t thread;
  begin();
  CHECK(pthread_create(&thread, 0, queue_it, 0) == 0);
  do {
    wait_round();
  } while (!was_readable(s[0]));
  pthread_join(thread, 0);
}

TEST(unknown_descriptors_give_0) {
  int64 numbers[5] = {-1, INT64_MIN, INT64_MAX, (int64)1 << 32, 0};
  unix_pair(s);
  numbers[4] = s[0];
  for (int i = 0; i < 5; i++) {
    errno = 0;
    EQUAL(io_queueforread(numbers[i]), 0);
    EQUAL(errno, EBADF);
    errno = 0;
    EQUAL(io_queueforwrite(numbers[i]), 0);
    EQUAL(errno, EBADF);
  }
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
}

/* Returned a moment ago, it is in the list of what the next wait looks at; the very next round has it nevertheless. */
TEST(queued_after_it_was_returned) {
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  io_wantwrite(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(was_writable(s[0]), 1);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_canread(), s[0]);
  EQUAL(io_canread(), -1);
  EQUAL(io_queueforwrite(s[0]), 1);
  EQUAL(io_canwrite(), s[0]);
  EQUAL(io_canwrite(), -1);
}

/* Full, and found ready once: as a server has it whose client does not read. */
TEST(queued_for_write_before_a_wait) {
  unix_pair(s);
  known(s[0]);
  io_wantwrite(s[0]);
  EQUAL(in_write_round(s[0]), 1);
  fill(s[0]);
  EQUAL(io_queueforwrite(s[0]), 1);
  EQUAL(io_canwrite(), s[0]);
  EQUAL(io_canwrite(), -1);
}

/* Another one is ready besides, and comes first. */
TEST(queued_behind_what_is_ready) {
  int t[2];
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  known(t[0]);
  io_wantread(s[0]);
  io_wantread(t[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(io_queueforread(t[0]), 1);
  EQUAL(io_queueforread(s[0]), 1);
  EQUAL(io_canread(), t[0]);
  EQUAL(io_canread(), s[0]);
  EQUAL(io_canread(), -1);
}
