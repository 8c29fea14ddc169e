/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a descriptor is registered for with the kernel is the library's business, and changes with what the program does: many
 * at once are registered for reading alone, and one that is never seen drained is reported level-triggered. A
 * program may notice nothing of it. */
#include "loop.h"

static int rd, wr;

/* A pair of Unix datagram sockets: a read takes one message, so nothing ever tells that there is no other. */
static void open_messages(void) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  rd = pair[0];
  wr = pair[1];
  known(rd);
  nonblocking(wr);
  io_wantread(rd);
}

static void put_message(void) { EQUAL(send(wr, "m", 1, 0), 1); }

static void take_message(void) {
  char c;
  EQUAL(recv(rd, &c, 1, 0), 1);
}

/* One message per event, until the library has had enough of asking. */
static void become_level_triggered(void) {
  open_messages();
  for (int i = 0; i < 5; i++) {
    put_message();
    wait_round();
    EQUAL(was_readable(rd), 1);
    take_message();
    EQUAL(in_read_round(rd), 0);
  }
}

/* Waits for so many milliseconds in which nothing is to be reported, and demands that it slept. */
static void sleep_through(int ms) {
  long before = sleeps();
  int64_t end = millis() + ms, used = cpu_millis();
  while (millis() < end) {
    io_waituntil(in_ms(end - millis()));
    collect();
    EQUAL(t_round.reads + t_round.writes, 0);
  }
  if (sleeps() - before > 10) FAIL("woke up %ld times", sleeps() - before);
  if (cpu_millis() - used > ms / 2) FAIL("used %lld ms of %d", (long long)(cpu_millis() - used), ms);
}

TEST(messages_are_reported_until_they_are_taken, .valgrind = 1) {
  become_level_triggered();
  for (int i = 0; i < 3; i++) put_message();
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
    take_message();
  }
  EQUAL(in_read_round(rd), 0);
  sleep_through(50);
}

TEST(untouched_messages_are_reported_each_time) {
  become_level_triggered();
  put_message();
  for (int i = 0; i < 5; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
  }
  take_message();
  EQUAL(in_read_round(rd), 0);
}

TEST(messages_without_interest_do_not_wake) {
  become_level_triggered();
  io_dontwantread(rd);
  io_timeout(rd, in_ms(3600 * 1000)); /* or else nothing would be waited for */
  put_message();
  sleep_through(100);
  io_wantread(rd);
  wait_round();
  EQUAL(was_readable(rd), 1);
  take_message();
  EQUAL(in_read_round(rd), 0);
  /* What was quietened once goes on being heard. */
  for (int i = 0; i < 3; i++) {
    put_message();
    wait_round();
    EQUAL(was_readable(rd), 1);
    take_message();
    EQUAL(in_read_round(rd), 0);
  }
}

TEST(messages_that_wait_for_their_turn_are_reported_once) {
  enum { MANY = 100 };
  int reader[MANY], writer[MANY], seen[MANY] = {0};
  for (int i = 0; i < MANY; i++) {
    become_level_triggered();
    reader[i] = rd;
    writer[i] = wr;
  }
  for (int i = 0; i < MANY; i++) EQUAL(send(writer[i], "m", 1, 0), 1);
  /* One per wait; all come before any comes twice. */
  for (int turn = 0; turn < 2 * MANY; turn++) {
    io_wait();
    int64 d = io_canread();
    int i = 0;
    while (i < MANY && reader[i] != d) i++;
    CHECK(i < MANY);
    EQUAL(seen[i]++, turn / MANY);
  }
}

TEST(room_is_reported_as_asked) {
  char block[1000] = {0};
  become_level_triggered();
  EQUAL(in_write_round(rd), 0);
  io_wantwrite(rd);
  EQUAL(in_write_round(rd), 1);
  while (io_trywrite(rd, block, sizeof block) == (int64)sizeof block) {
  }
  EQUAL(in_write_round(rd), 0);
  EQUAL(in_write_round(rd), 0);
  while (recv(wr, block, sizeof block, 0) > 0) {
  }
  wait_round();
  EQUAL(was_writable(rd), 1);
  put_message();
  wait_round();
  EQUAL(was_readable(rd), 1);
  take_message();
  EQUAL(in_read_round(rd), 0);
}

TEST(messages_to_a_closed_number_do_not_wake) {
  become_level_triggered();
  int other = dup(rd);
  CHECK(other != -1);
  io_close(rd);
  int p[2];
  CHECK(pipe(p) == 0);
  known(p[0]);
  io_wantread(p[0]);
  put_message();
  sleep_through(100);
  close(other);
}

TEST(registered_again_without_interest) {
  become_level_triggered();
  io_dontwantread(rd);
  EQUAL(io_fd(rd), 1);
  io_timeout(rd, in_ms(3600 * 1000));
  put_message();
  sleep_through(100);
  io_wantread(rd);
  wait_round();
  EQUAL(was_readable(rd), 1);
}

TEST(a_child_gets_messages_too) {
  become_level_triggered();
  pid_t pid = child();
  if (pid == 0) {
    put_message();
    wait_round();
    EQUAL(was_readable(rd), 1);
    take_message();
    EQUAL(in_read_round(rd), 0);
    done();
  }
  join(pid);
  EQUAL(in_read_round(rd), 0);
  put_message();
  wait_round();
  EQUAL(was_readable(rd), 1);
}

static void interest_again(void *d) { io_wantread(*(int *)d); }

TEST(interest_of_another_thread_in_messages) {
  become_level_triggered();
  io_dontwantread(rd);
  io_timeout(rd, in_ms(3600 * 1000));
  put_message();
  EQUAL(in_read_round(rd), 0);
  pthread_t thread = after(50, interest_again, &rd);
  wait_round();
  EQUAL(was_readable(rd), 1);
  CHECK(pthread_join(thread, 0) == 0);
}

/* ---- many at once ---- */

enum { CROWD = 400, LAST = CROWD - 1 };

static int near[CROWD], far[CROWD];

/* Streams that are registered without a wait in between. */
static void open_crowd(int flags) {
  for (int i = 0; i < CROWD; i++) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    near[i] = pair[0];
    far[i] = pair[1];
    nonblocking(near[i]);
    nonblocking(far[i]);
    EQUAL(io_fd_flags(near[i], IO_FD_NONBLOCK | flags), 1);
    io_wantread(near[i]);
  }
}

static void write_until_full(int64 d) {
  char block[4096] = {0};
  while (io_trywrite(d, block, sizeof block) > 0) {
  }
  EQUAL(errno, EAGAIN);
}

static void echo(int i) {
  char c;
  EQUAL(send(far[i], "x", 1, 0), 1);
  wait_round();
  EQUAL(was_readable(near[i]), 1);
  EQUAL(io_tryread(near[i], &c, 1), 1);
  io_dontwantread(near[i]);
  io_wantwrite(near[i]);
  wait_round();
  EQUAL(was_writable(near[i]), 1);
  EQUAL(io_trywrite(near[i], &c, 1), 1);
  io_dontwantwrite(near[i]);
  io_wantread(near[i]);
  EQUAL(recv(far[i], &c, 1, 0), 1);
}

TEST(each_of_many_is_served, .valgrind = 1) {
  open_crowd(0);
  EQUAL(in_read_round(near[LAST]), 0);
  EQUAL(t_round.reads + t_round.writes, 0);
  for (int turn = 0; turn < 2; turn++)
    for (int i = 0; i < CROWD; i += 7) echo(i);
}

TEST(room_of_one_of_many) {
  open_crowd(0);
  io_wantwrite(near[LAST]);
  wait_round();
  EQUAL(was_writable(near[LAST]), 1);
  write_until_full(near[LAST]);
  EQUAL(in_write_round(near[LAST]), 0);
  drain(far[LAST]);
  wait_round();
  EQUAL(was_writable(near[LAST]), 1);
}

TEST(a_full_one_of_many_is_not_writable) {
  open_crowd(0);
  fill(near[LAST]);
  io_wantwrite(near[LAST]);
  EQUAL(in_write_round(near[LAST]), 0);
  EQUAL(in_write_round(near[LAST]), 0);
  drain(far[LAST]);
  wait_round();
  EQUAL(was_writable(near[LAST]), 1);
}

TEST(one_of_many_that_was_said_to_be_writable) {
  open_crowd(IO_FD_CANWRITE);
  io_wantwrite(near[LAST]);
  write_until_full(near[LAST]);
  EQUAL(in_write_round(near[LAST]), 0);
  drain(far[LAST]);
  wait_round();
  EQUAL(was_writable(near[LAST]), 1);
}

static void want_room(void *d) { io_wantwrite(*(int *)d); }

TEST(interest_of_another_thread_in_room_of_one_of_many) {
  open_crowd(0);
  io_check();
  pthread_t thread = after(50, want_room, &near[LAST]);
  wait_round();
  EQUAL(was_writable(near[LAST]), 1);
  CHECK(pthread_join(thread, 0) == 0);
}

TEST(ends_of_many) {
  char c;
  open_crowd(0);
  EQUAL(send(far[LAST], "x", 1, 0), 1);
  close(far[LAST]);
  wait_round();
  EQUAL(was_readable(near[LAST]), 1);
  EQUAL(io_tryread(near[LAST], &c, 1), 1);
  wait_round();
  EQUAL(was_readable(near[LAST]), 1);
  EQUAL(io_tryread(near[LAST], &c, 1), 0);
}
