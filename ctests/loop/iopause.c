/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iopause.h. */
#include "edge.h"

#include <libowfat/iopause.h>
#include <sys/socket.h>

static struct taia after(const struct taia *stamp, double seconds) {
  struct taia deadline = *stamp;
  uint64 nano = stamp->nano + (uint64)(seconds * 1e9);
  deadline.sec.x += nano / 1000000000;
  deadline.nano = (uint32)(nano % 1000000000);
  return deadline;
}

/* Pauses until some seconds after a stamp of now, and says how many milliseconds that took. */
static int64_t pause_for(iopause_fd *x, unsigned len, double seconds) {
  struct taia stamp, deadline;
  int64_t start = millis();
  taia_now(&stamp);
  deadline = after(&stamp, seconds);
  iopause(x, len, &deadline, &stamp);
  return millis() - start;
}

TEST(types) {
  EQUAL(sizeof(iopause_fd), 8);
  EQUAL(IOPAUSE_READ, POLLIN);
  EQUAL(IOPAUSE_WRITE, POLLOUT);
#ifndef IOPAUSE_POLL
  FAIL("no IOPAUSE_POLL");
#endif
}

TEST(waits_for_the_deadline, .valgrind = 1) {
  int64_t took = pause_for(0, 0, 0.1);
  CHECK(took >= 99 && took < 1000);
}

TEST(a_deadline_that_is_past) {
  struct taia stamp, deadline;
  taia_now(&stamp);
  deadline = stamp;
  stamp.sec.x += 5;
  int64_t start = millis();
  iopause(0, 0, &deadline, &stamp);
  CHECK(millis() - start < 2000);
}

TEST(returns_what_is_ready, .valgrind = 1) {
  int pair[2], ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(ends) == 0);
  iopause_fd x[] = {{pair[0], IOPAUSE_READ | IOPAUSE_WRITE, 99}, {ends[0], IOPAUSE_READ, 99}, {-1, IOPAUSE_READ, 99}};
  iopause_fd *edge = (iopause_fd *)at_the_edge(x, sizeof x);
  CHECK(pause_for(edge, 3, 60) < 5000);
  EQUAL(edge[0].revents, IOPAUSE_WRITE);
  EQUAL(edge[1].revents, 0);
  EQUAL(edge[2].revents, 0);
  EQUAL(write(pair[1], "x", 1), 1);
  close(ends[1]);
  CHECK(pause_for(edge, 3, 60) < 5000);
  EQUAL(edge[0].revents, IOPAUSE_READ | IOPAUSE_WRITE);
  EQUAL(edge[1].revents, POLLHUP);
  EQUAL(edge[0].fd, pair[0]);
  EQUAL(edge[0].events, IOPAUSE_READ | IOPAUSE_WRITE);
}

TEST(nothing_is_ready_at_the_deadline) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  iopause_fd x = {ends[0], IOPAUSE_READ, 99};
  CHECK(pause_for(&x, 1, 0.05) >= 49);
  EQUAL(x.revents, 0);
}

static void ignore(int number) { (void)number; }

TEST(a_signal_ends_it) {
  int ends[2];
  struct sigaction action = {.sa_handler = ignore};
  CHECK(pipe(ends) == 0 && sigaction(SIGALRM, &action, 0) == 0);
  iopause_fd x = {ends[0], IOPAUSE_READ, 99};
  alarm(1);
  CHECK(pause_for(&x, 1, 60) < 5000);
  EQUAL(x.revents, 0);
}

TEST(moments_stay_as_they_are) {
  struct taia stamp, deadline, stamp_before, deadline_before;
  taia_now(&stamp);
  deadline = after(&stamp, 0.01);
  stamp_before = stamp;
  deadline_before = deadline;
  iopause(0, 0, &deadline, &stamp);
  CHECK(memcmp(&stamp, &stamp_before, sizeof stamp) == 0);
  CHECK(memcmp(&deadline, &deadline_before, sizeof deadline) == 0);
}

/* A caller that goes round until the deadline is past may not spin. */
TEST(waits_do_not_spin) {
  struct taia stamp, deadline;
  int rounds = 0;
  taia_now(&stamp);
  deadline = after(&stamp, 0.0505);
  while (taia_now(&stamp), !taia_less(&deadline, &stamp)) {
    iopause(0, 0, &deadline, &stamp);
    rounds++;
  }
  CHECK(rounds <= 5);
}
