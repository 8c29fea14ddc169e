/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A server that forks its processes beforehand: all of them wait for the listener that the parent has registered. */
#include "loop.h"

enum { CHILDREN = 8, CONNECTIONS = 400 };

static int own[2], ends[2], counts[2];

static int is_last(int64 d) {
  char c;
  return d == ends[0] && read(ends[0], &c, 1) == 0;
}

/* Accepts all that there is, as several may: another process may be first. */
static int serve_newcomers(int listener) {
  int served = 0, s;
  while ((s = accept(listener, 0, 0)) != -1) {
    int number;
    known(s);
    io_wantread(s);
    AWAIT(s, POLLIN);
    EQUAL(io_tryread(s, (char *)&number, sizeof number), sizeof number);
    EQUAL(io_trywrite(s, (char *)&number, sizeof number), sizeof number);
    io_close(s);
    served++;
  }
  EQUAL(errno, EAGAIN);
  io_eagain_read(listener);
  return served;
}

/* A child's life: until the parent closes the pipe. It must not hear of what the parent alone waits for. */
static void serve(int listener) {
  int served = 0;
  close(ends[1]);
  io_dontwantread(own[0]);
  io_wantread(ends[0]);
  for (;;) {
    int64 d;
    io_wait();
    while ((d = io_canread()) != -1) {
      CHECK(d == listener || d == ends[0]);
      if (is_last(d)) {
        EQUAL(write(counts[1], &served, sizeof served), sizeof served);
        done();
      }
      if (d == listener) served += serve_newcomers(listener);
    }
    EQUAL(io_canwrite(), -1);
  }
}

static void ask(const struct sockaddr_in *at, int number) {
  int answer = -1, s = tcp_connect(at);
  EQUAL(write(s, &number, sizeof number), sizeof number);
  EQUAL(recv(s, &answer, sizeof answer, MSG_WAITALL), sizeof answer);
  EQUAL(answer, number);
  EQUAL(read(s, &answer, 1), 0);
  close(s);
}

/* The parent's own events go on beside the children's. */
static void hear_own(void) {
  put(own[1], "x");
  do wait_round();
  while (!was_readable(own[0]));
  drain(own[0]);
}

static void run(int parent_keeps_listener) {
  struct sockaddr_in at;
  pid_t pids[CHILDREN];
  int listener = tcp_listener(128, &at), sum = 0;
  unix_pair(own);
  CHECK(pipe(ends) == 0 && pipe(counts) == 0);
  known(own[0]);
  io_wantread(own[0]);
  known(listener);
  io_wantread(listener);
  known(ends[0]);
  io_check();
  collect();
  for (int i = 0; i < CHILDREN; i++)
    if ((pids[i] = child()) == 0) serve(listener);
  if (parent_keeps_listener) io_dontwantread(listener);
  else io_close(listener);
  for (int i = 0; i < CONNECTIONS; i++) {
    ask(&at, i);
    if (i % 10 == 0) hear_own();
  }
  close(ends[1]);
  for (int i = 0; i < CHILDREN; i++) {
    int count;
    EQUAL(read(counts[0], &count, sizeof count), sizeof count);
    sum += count;
    join(pids[i]);
  }
  EQUAL(sum, CONNECTIONS);
  hear_own();
}

TEST(every_connection_is_served_once) { run(1); }

TEST(every_connection_is_served_once_without_the_parent) { run(0); }

/* What the children do with connections of their own is nothing that the parent, or another process, hears of or is woken by. */
TEST(processes_do_not_wake_each_other) {
  pid_t pids[CHILDREN];
  int over[2];
  unix_pair(own);
  CHECK(pipe(over) == 0);
  known(own[0]);
  io_wantread(own[0]);
  io_check();
  collect();
  for (int i = 0; i < CHILDREN; i++)
    if ((pids[i] = child()) == 0) {
      int s[2];
      io_dontwantread(own[0]);
      unix_pair(s);
      known(s[0]);
      io_wantread(s[0]);
      for (int j = 0; j < 300; j++) {
        put(s[1], "x");
        do wait_round();
        while (!was_readable(s[0]));
        EQUAL(t_round.reads, 1);
        drain(s[0]);
      }
      done();
    }
  put_after(200, &own[1]);
  long before = sleeps();
  do wait_round();
  while (!was_readable(own[0]));
  CHECK(sleeps() - before < 20);
  for (int i = 0; i < CHILDREN; i++) join(pids[i]);
}
