/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_finishandshutdown, and fork: parent and child go on without hearing each other's events. */
#include "loop.h"


static int s[2], t[2];

static void begin(void) {
  unix_pair(s);
  unix_pair(t);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

static void works(int d, int peer) {
  put(peer, "x");
  wait_round();
  EQUAL(was_readable(d), 1);
  drain(d);
  EQUAL(in_read_round(d), 0);
}

static int open_descriptors(void) {
  int n = 0;
  for (int d = 0; d < 256; d++) n += is_open(d);
  return n;
}

/* ---- io_finishandshutdown ---- */

TEST(finish_forgets_and_closes_nothing, .valgrind = 1) {
  int cookie;
  begin();
  io_setcookie(s[0], &cookie);
  io_timeout(s[0], in_ms(-1000));
  put(s[1], "x");
  io_wait();
  io_finishandshutdown();
  CHECK(is_open(s[0]));
  CHECK(io_getcookie(s[0]) == 0);
  EQUAL(io_timedout(s[0]), 0);
  EQUAL(io_timeouted(), -1);
  EQUAL(io_canread(), -1);
  EQUAL(in_read_round(s[0]), 0);
  EQUAL(io_fd(s[0]), 1);
  EQUAL(in_read_round(s[0]), 0);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 1);
}

TEST(finish_gives_back_kernel_objects) {
  int before;
  unix_pair(s);
  before = open_descriptors();
  for (int i = 0; i < 3; i++) {
    EQUAL(io_fd(s[0]), 1);
    io_wantread(s[0]);
    io_timeout(s[0], in_ms(10));
    io_waituntil(in_ms(5));
    put(s[1], "x");
    EQUAL(in_read_round(s[0]), 1);
    drain(s[0]);
    io_finishandshutdown();
    EQUAL(open_descriptors(), before);
  }
}

TEST(finish_gives_back_memory, .valgrind = 1) {
  size_t before = 0;
  unix_pair(s);
  for (int i = 0; i < 20; i++) {
    int d[300];
    for (int j = 0; j < 300; j++) {
      CHECK((d[j] = dup(s[0])) != -1);
      EQUAL(io_fd(d[j]), 1);
      io_wantread(d[j]);
      io_timeout(d[j], in_ms(1000 + j));
    }
    io_check();
    io_finishandshutdown();
    for (int j = 0; j < 300; j++) close(d[j]);
    /* malloc counts what it keeps in its own caches as used: let these fill first. */
    if (i == 9) before = memory_in_use();
  }
  CHECK(memory_in_use() <= before + 1000);
}

TEST(finish_twice_and_at_the_start) {
  io_finishandshutdown();
  io_finishandshutdown();
  begin();
  io_finishandshutdown();
  io_finishandshutdown();
  io_fd(s[0]);
  io_wantread(s[0]);
  works(s[0], s[1]);
}

/* ---- fork ---- */

TEST(fork_child_has_the_inherited_interest) {
  begin();
  pid_t pid = child();
  if (pid == 0) {
    works(s[0], s[1]);
    works(s[0], s[1]);
    done();
  }
  join(pid);
  works(s[0], s[1]);
}

TEST(fork_both_get_events_of_one_descriptor) {
  int ready[2];
  char c;
  begin();
  CHECK(pipe(ready) == 0);
  pid_t pid = child();
  if (pid == 0) {
    put(ready[1], "x");
    wait_round();
    EQUAL(was_readable(s[0]), 1);
    done();
  }
  EQUAL(read(ready[0], &c, 1), 1);
  sleep_ms(50);
  put(s[1], "x");
  wait_round();
  EQUAL(was_readable(s[0]), 1);
  join(pid);
}

/* What the child closes and unlearns stays with the parent. */
TEST(fork_child_does_not_cancel_the_parent) {
  begin();
  known(t[0]);
  io_wantread(t[0]);
  EQUAL(in_read_round(t[0]), 0);
  pid_t pid = child();
  if (pid == 0) {
    in_read_round(s[0]);
    io_dontwantread(s[0]);
    io_close(s[0]);
    io_close(t[0]);
    done();
  }
  join(pid);
  works(s[0], s[1]);
  works(t[0], t[1]);
}

TEST(fork_child_that_finishes_does_not_cancel_the_parent) {
  begin();
  pid_t pid = child();
  if (pid == 0) {
    io_finishandshutdown();
    done();
  }
  join(pid);
  works(s[0], s[1]);
}

TEST(fork_parent_does_not_cancel_the_child) {
  int go[2];
  char c;
  begin();
  CHECK(pipe(go) == 0);
  pid_t pid = child();
  if (pid == 0) {
    EQUAL(read(go[0], &c, 1), 1);
    works(s[0], s[1]);
    done();
  }
  io_close(s[0]);
  io_finishandshutdown();
  put(go[1], "x");
  join(pid);
}

/* The child's own descriptors are no business of the parent's, even under a number that the parent knows. */
TEST(fork_child_registers_for_itself) {
  int over[2];
  begin();
  CHECK(pipe(over) == 0);
  pid_t pid = child();
  if (pid == 0) {
    io_close(s[0]);
    EQUAL(dup2(t[0], s[0]), s[0]);
    known(s[0]);
    io_wantread(s[0]);
    for (int i = 0; i < 500; i++) works(s[0], t[1]);
    put(over[1], "x");
    done();
  }
  close(t[0]);
  close(t[1]);
  known(over[0]);
  io_wantread(over[0]);
  long before = sleeps();
  do {
    wait_round();
    EQUAL(was_readable(s[0]), 0);
  } while (!was_readable(over[0]));
  CHECK(sleeps() - before < 100);
  join(pid);
  works(s[0], s[1]);
}

/* Events that are queued at the moment of the fork reach both. */
TEST(fork_with_queued_events) {
  begin();
  put(s[1], "x");
  io_wait();
  pid_t pid = child();
  collect();
  if (was_readable(s[0]) == 0) in_read_round(s[0]);
  EQUAL(was_readable(s[0]), 1);
  if (pid == 0) done();
  join(pid);
  EQUAL(in_read_round(s[0]), 1);
}

TEST(fork_of_a_fork) {
  begin();
  pid_t pid = child();
  if (pid == 0) {
    pid_t deeper = child();
    if (deeper == 0) {
      works(s[0], s[1]);
      done();
    }
    join(deeper);
    works(s[0], s[1]);
    done();
  }
  join(pid);
  works(s[0], s[1]);
}

TEST(fork_before_the_first_use) {
  pid_t pid = child();
  begin();
  works(s[0], s[1]);
  if (pid == 0) done();
  join(pid);
}

/* A server that forks a worker per connection, which closes the listener and serves. */
TEST(fork_per_connection) {
  struct sockaddr_in at;
  int listener = tcp_listener(10, &at);
  known(listener);
  io_wantread(listener);
  for (int i = 0; i < 10; i++) {
    char buf[8];
    int client = tcp_connect(&at);
    wait_round();
    EQUAL(was_readable(listener), 1);
    int64 c = accept(listener, 0, 0);
    CHECK(c != -1);
    pid_t pid = child();
    if (pid == 0) {
      io_close(listener);
      close(client);
      known(c);
      io_wantread(c);
      do {
        wait_round();
      } while (!was_readable(c));
      EQUAL(io_tryread(c, buf, sizeof buf), 2);
      EQUAL(io_trywrite(c, buf, 2), 2);
      io_close(c);
      done();
    }
    io_close(c);
    put(client, "hi");
    EQUAL(read(client, buf, sizeof buf), 2);
    close(client);
    join(pid);
  }
}

TEST(fork_deadlines_are_inherited) {
  begin();
  io_timeout(s[0], in_ms(50));
  pid_t pid = child();
  for (int i = 0; i < 3 && !io_timedout(s[0]); i++) io_wait();
  EQUAL(io_timeouted(), s[0]);
  EQUAL(io_timeouted(), -1);
  if (pid == 0) done();
  join(pid);
}
