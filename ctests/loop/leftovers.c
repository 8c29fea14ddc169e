/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An open file description may live on elsewhere after io_close: in a child, in a process that got it passed, under another
 * number. What the other owner does with it must neither reach the program nor wake its wait. */
#include "loop.h"

#include <spawn.h>

extern char **environ;

enum { MESSAGES = 1000, WAKEUPS = 150 };

/* Sends back what comes in over d, until the end. */
static void echo(int d) {
  char c;
  while (read(d, &c, 1) == 1) put(d, "x");
  done();
}

static int s[2];

/* A registered socket s[0] with a past, and its peer s[1]. The mode belongs to the file, which is shared: it
 * stays blocking. */
static void begin(void) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  drain(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

/* Another process answers at the other end of `peer`, and this one sleeps. */
static void traffic_does_not_wake(int peer) {
  int over[2];
  long before;
  char c;
  CHECK(pipe(over) == 0);
  pid_t pid = child();
  if (pid == 0) {
    for (int i = 0; i < MESSAGES; i++) {
      put(peer, "x");
      EQUAL(read(peer, &c, 1), 1);
    }
    put(over[1], "x");
    done();
  }
  close(peer);
  known(over[0]);
  io_wantread(over[0]);
  before = sleeps();
  do {
    wait_round();
    EQUAL(t_round.reads, was_readable(over[0]));
    EQUAL(t_round.writes, 0);
  } while (t_round.reads == 0);
  if (sleeps() - before > WAKEUPS) FAIL("%ld wake-ups", sleeps() - before);
  join(pid);
}

TEST(leftover_in_a_forked_child) {
  begin();
  if (child() == 0) {
    close(s[1]);
    echo(s[0]);
  }
  io_close(s[0]);
  traffic_does_not_wake(s[1]);
}

TEST(leftover_in_a_child_forked_before_the_registration) {
  unix_pair(s);
  if (child() == 0) {
    close(s[1]);
    echo(s[0]);
  }
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  io_close(s[0]);
  traffic_does_not_wake(s[1]);
}

/* posix_spawn, and so popen and system, tell no fork handler. */
TEST(leftover_in_a_spawned_program) {
  posix_spawn_file_actions_t actions;
  char *argv[] = {"cat", 0};
  pid_t pid;
  begin();
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, s[0], 0);
  posix_spawn_file_actions_adddup2(&actions, s[0], 1);
  posix_spawn_file_actions_addclose(&actions, s[1]);
  CHECK(posix_spawnp(&pid, "cat", &actions, 0, argv, environ) == 0);
  io_close(s[0]);
  traffic_does_not_wake(s[1]);
}

static void pass(int over, int d) {
  char room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec byte = {"x", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &d, sizeof d);
  EQUAL(sendmsg(over, &message, 0), 1);
}

static int receive(int over) {
  char room[CMSG_SPACE(sizeof(int))] = {0}, c;
  struct iovec byte = {&c, 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  int d;
  EQUAL(recvmsg(over, &message, 0), 1);
  CHECK(CMSG_FIRSTHDR(&message) != 0);
  memcpy(&d, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof d);
  return d;
}

TEST(leftover_passed_to_another_process) {
  int way[2];
  unix_pair(way);
  if (child() == 0) echo(receive(way[1]));
  begin();
  pass(way[0], s[0]);
  io_close(s[0]);
  traffic_does_not_wake(s[1]);
}

/* The switches of one thread alone, which some systems do not count. */
#ifdef RUSAGE_THREAD

static void *echo_thread(void *d) {
  char c;
  while (read(*(int *)d, &c, 1) == 1) CHECK(write(*(int *)d, &c, 1) == 1);
  return 0;
}

/* The other owner may be this very process, under another number; only the events are looked at here. */
TEST(leftover_under_another_number) {
  int other;
  pthread_t thread;
  struct rusage before, after;
  begin();
  CHECK((other = dup(s[0])) != -1);
  io_close(s[0]);
  CHECK(pthread_create(&thread, 0, echo_thread, &other) == 0);
  int over[2];
  char c;
  CHECK(pipe(over) == 0);
  pid_t pid = child();
  if (pid == 0) {
    for (int i = 0; i < MESSAGES; i++) {
      put(s[1], "x");
      EQUAL(read(s[1], &c, 1), 1);
    }
    put(over[1], "x");
    done();
  }
  close(s[1]);
  known(over[0]);
  io_wantread(over[0]);
  getrusage(RUSAGE_THREAD, &before);
  do {
    wait_round();
    EQUAL(t_round.reads, was_readable(over[0]));
  } while (t_round.reads == 0);
  getrusage(RUSAGE_THREAD, &after);
  CHECK(after.ru_nvcsw - before.ru_nvcsw <= WAKEUPS);
  join(pid);
}

#endif

/* What lies there is not read: a level-triggered watch would never sleep again. */
TEST(leftover_with_unread_data_does_not_spin) {
  int t[2];
  begin();
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  if (child() == 0) {
    sleep_ms(60000);
    done();
  }
  io_close(s[0]);
  put(s[1], "unread");
  int64_t start = millis(), used = cpu_millis();
  do {
    io_waituntil(in_ms(300));
    collect();
    EQUAL(t_round.reads, 0);
  } while (millis() - start < 300);
  CHECK(cpu_millis() - used < 150);
}

/* The number means another descriptor, which has its own data and not the leftover's. */
TEST(leftover_is_not_taken_for_the_new_owner_of_its_number) {
  int t[2];
  begin();
  unix_pair(t);
  if (child() == 0) {
    sleep_ms(60000);
    done();
  }
  io_close(s[0]);
  EQUAL(dup2(t[0], s[0]), s[0]);
  known(s[0]);
  io_wantread(s[0]);
  for (int i = 0; i < 10; i++) {
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 0);
  }
  put(t[1], "x");
  EQUAL(in_read_round(s[0]), 1);
  drain(s[0]);
  EQUAL(in_read_round(s[0]), 0);
  put(s[1], "x");
  EQUAL(in_read_round(s[0]), 0);
  put(t[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

TEST(leftover_of_a_plain_close_is_not_taken_for_the_new_owner) {
  int t[2];
  begin();
  unix_pair(t);
  if (child() == 0) {
    sleep_ms(60000);
    done();
  }
  close(s[0]);
  EQUAL(dup2(t[0], s[0]), s[0]);
  known(s[0]);
  io_wantread(s[0]);
  in_read_round(s[0]);
  for (int i = 0; i < 10; i++) {
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 0);
  }
  put(t[1], "x");
  EQUAL(in_read_round(s[0]), 1);
}

/* Clearing leftovers away must not lose a descriptor that is still there. */
TEST(neighbours_of_leftovers_are_not_lost) {
  enum { MANY = 5, GONE = 2 };
  int all[MANY][2];
  for (int i = 0; i < MANY; i++) {
    unix_pair(all[i]);
    known(all[i][0]);
    io_wantread(all[i][0]);
  }
  in_read_round(0);
  put(all[MANY - 1][1], "early");
  if (child() == 0) {
    sleep_ms(60000);
    done();
  }
  for (int i = 0; i < GONE; i++) io_close(all[i][0]);
  for (int turn = 0; turn < 50; turn++) {
    for (int i = 0; i < GONE; i++) put(all[i][1], "x");
    EQUAL(in_read_round(all[MANY - 1][0]), 1);
    EQUAL(t_round.reads, 1);
  }
  for (int i = GONE; i < MANY - 1; i++) put(all[i][1], "x");
  io_check();
  collect();
  for (int i = GONE; i < MANY; i++) EQUAL(was_readable(all[i][0]), 1);
}
