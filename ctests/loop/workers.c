/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A server as many are: the main thread loops, hands what is readable to worker threads, and hears from them on a
 * self-pipe. Workers read, answer, set interest again, move deadlines, look at cookies, and close; clients connect beside the
 * running wait, so that numbers come back at once. Each request has to be answered exactly once. */
#include "loop.h"

#include <sched.h>

enum { WORKERS = 4, CLIENTS = 3, CONNECTIONS = 8, REQUESTS = 600 };

/* ---- what the main thread hands to the workers ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t some = PTHREAD_COND_INITIALIZER;
static int64 queue[CLIENTS * CONNECTIONS];
static int queued, ending;

static void hand_over(int64 d) {
  pthread_mutex_lock(&lock);
  CHECK(queued < CLIENTS * CONNECTIONS);
  queue[queued++] = d;
  pthread_cond_signal(&some);
  pthread_mutex_unlock(&lock);
}

/* The next descriptor with a request; -1 at the end. */
static int64 next(void) {
  int64 d = -1;
  pthread_mutex_lock(&lock);
  while (!queued && !ending) pthread_cond_wait(&some, &lock);
  if (queued) d = queue[--queued];
  pthread_mutex_unlock(&lock);
  return d;
}

static void end_workers(void) {
  pthread_mutex_lock(&lock);
  ending = 1;
  pthread_cond_broadcast(&some);
  pthread_mutex_unlock(&lock);
}

/* ---- workers ---- */

static int64 self_pipe[2];

/* What a connection's cookie points to. */
struct connection {
  _Atomic int64 server; /* that a client has seen the end orders nothing in memory */
  int client;
};

static void report(char what) {
  while (io_trywrite(self_pipe[1], &what, 1) != 1) sched_yield();
}

static void answer(int64 d) {
  char request, end;
  EQUAL(io_tryread(d, &request, 1), 1);
  EQUAL(io_tryread(d, &end, 1), -1);
  const struct connection *connection = io_getcookie(d);
  CHECK(connection && connection->server == d);
  if (request == 'q') {
    io_close(d);
  } else {
    request++;
    EQUAL(io_trywrite(d, &request, 1), 1);
    io_timeout(d, in_ms(request % 8));
    io_wantread(d);
  }
  report('r');
}

static void *work(void *arg) {
  for (int64 d; (d = next()) != -1;) answer(d);
  return arg;
}

/* ---- clients ---- */

static void connect_anew(struct connection *to) {
  int s[2];
  unix_pair(s);
  to->server = s[0];
  to->client = s[1];
  known(s[0]);
  io_setcookie(s[0], to);
  io_timeout(s[0], in_ms(3600 * 1000));
  io_wantread(s[0]);
}

static void *ask(void *seed) {
  struct connection to[CONNECTIONS];
  unsigned random = *(const unsigned *)seed;
  for (int i = 0; i < CONNECTIONS; i++) connect_anew(&to[i]);
  for (int i = 0; i < REQUESTS; i++) {
    struct connection *one = &to[i % CONNECTIONS];
    char said = 0;
    random = random * 1103515245 + 12345;
    char request = random >> 16 & 7 ? (char)('a' + (random >> 20) % 10) : 'q';
    EQUAL(write(one->client, &request, 1), 1);
    if (request == 'q') {
      EQUAL(read(one->client, &said, 1), 0);
      close(one->client);
      connect_anew(one);
    } else {
      EQUAL(read(one->client, &said, 1), 1);
      EQUAL(said, request + 1);
    }
  }
  for (int i = 0; i < CONNECTIONS; i++) {
    put(to[i].client, "q");
    char said;
    EQUAL(read(to[i].client, &said, 1), 0);
    close(to[i].client);
  }
  report('c');
  return 0;
}

/* ---- the main thread ---- */

TEST(workers_answer_what_the_loop_hands_them, .valgrind = 1, .seconds = 60) {
  enum { ALL = CLIENTS * (REQUESTS + CONNECTIONS) };
  pthread_t workers[WORKERS], clients[CLIENTS];
  unsigned seeds[CLIENTS];
  char said[4096];
  int answered = 0, gone = 0;
  EQUAL(io_pipe(self_pipe), 1);
  io_nonblock(self_pipe[0]);
  io_nonblock(self_pipe[1]);
  io_wantread(self_pipe[0]);
  for (int i = 0; i < WORKERS; i++) CHECK(pthread_create(&workers[i], 0, work, 0) == 0);
  for (unsigned i = 0; i < CLIENTS; i++) {
    seeds[i] = i + 1;
    CHECK(pthread_create(&clients[i], 0, ask, &seeds[i]) == 0);
  }
  while (gone < CLIENTS || answered < ALL) {
    int64 d, n;
    io_wait();
    while ((d = io_canread()) != -1) {
      if (d != self_pipe[0]) {
        io_dontwantread(d);
        hand_over(d);
        continue;
      }
      while ((n = io_tryread(d, said, sizeof said)) > 0)
        for (int64 i = 0; i < n; i++) said[i] == 'r' ? answered++ : gone++;
      EQUAL(n, -1);
    }
    while ((d = io_timeouted()) != -1) io_timeout(d, in_ms(3600 * 1000));
  }
  EQUAL(answered, ALL);
  EQUAL(gone, CLIENTS);
  end_workers();
  for (int i = 0; i < WORKERS; i++) pthread_join(workers[i], 0);
  for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i], 0);
}
