/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A server whose work is done by threads: the main thread loops, the workers answer, and change interest, deadlines, cookies
 * and descriptors while it does. Also to be run under ThreadSanitizer. */
#include "loop.h"

enum { WORKERS = 4, REQUESTS = 600, AT_ONCE = 8 };

struct job {
  int64 fd;
  int number;
  int done;
  struct job *next;
};

static struct job jobs[REQUESTS];
static struct sockaddr_in address;
static int64 report[2];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job *queue;
static int over, closed;

static void enqueue(struct job *job) {
  pthread_mutex_lock(&lock);
  job->next = queue;
  queue = job;
  pthread_cond_signal(&more);
  pthread_mutex_unlock(&lock);
}

static struct job *dequeue(void) {
  struct job *job;
  pthread_mutex_lock(&lock);
  while (!queue && !over) pthread_cond_wait(&more, &lock);
  job = queue;
  if (job) queue = job->next;
  pthread_mutex_unlock(&lock);
  return job;
}

static void count_closed(void) {
  pthread_mutex_lock(&lock);
  closed++;
  pthread_mutex_unlock(&lock);
}

static int all_closed(void) {
  pthread_mutex_lock(&lock);
  int all = closed == REQUESTS;
  pthread_mutex_unlock(&lock);
  return all;
}

static void set_done(struct job *job) {
  pthread_mutex_lock(&lock);
  job->done = 1;
  pthread_mutex_unlock(&lock);
}

static int is_done(struct job *job) {
  pthread_mutex_lock(&lock);
  int result = job->done;
  pthread_mutex_unlock(&lock);
  return result;
}

static void tell(int number) {
  while (io_trywrite(report[1], (char *)&number, sizeof number) != sizeof number) sched_yield();
}

/* Answers, and leaves the end to itself, to the main thread by the self-pipe, or to it by a deadline. */
static void *work(void *arg) {
  struct job *job;
  (void)arg;
  while ((job = dequeue())) {
    int answer = job->number * 2 + 1;
    CHECK(io_getcookie(job->fd) == job);
    io_timeout(job->fd, in_ms(20000));
    EQUAL(io_trywrite(job->fd, (char *)&answer, sizeof answer), sizeof answer);
    switch (job->number % 4) {
    case 0:
      io_close(job->fd);
      count_closed();
      tell(-1);
      break;
    case 1: tell(job->number); break;
    case 2: io_timeout(job->fd, in_ms(-1000)); break;
    /* The client sees the end of our words, and closes: then the descriptor is readable again. */
    case 3:
      io_setcookie(job->fd, job + 1);
      io_setcookie(job->fd, job);
      set_done(job);
      shutdown((int)job->fd, SHUT_WR);
      io_wantread(job->fd);
      break;
    }
  }
  return 0;
}

/* Asks REQUESTS / AT_ONCE questions, one after the other. */
static void *ask(void *arg) {
  for (int number = (int)(intptr_t)arg; number < REQUESTS; number += AT_ONCE) {
    int answer = -1, s = tcp_connect(&address);
    EQUAL(write(s, &number, sizeof number), sizeof number);
    EQUAL(recv(s, &answer, sizeof answer, MSG_WAITALL), sizeof answer);
    EQUAL(answer, number * 2 + 1);
    EQUAL(read(s, &answer, 1), 0);
    close(s);
  }
  return 0;
}

static void accept_all(int listener) {
  int s;
  while ((s = accept(listener, 0, 0)) != -1) {
    known(s);
    io_timeout(s, in_ms(10000));
    io_wantread(s);
  }
  EQUAL(errno, EAGAIN);
  io_eagain_read(listener);
}

static void end(struct job *job) {
  io_close(job->fd);
  count_closed();
}

static void take_request(int64 d) {
  struct job *job = io_getcookie(d);
  char c;
  int number;
  if (job) { /* The client has closed. */
    CHECK(is_done(job));
    EQUAL(io_tryread(d, &c, 1), 0);
    end(job);
    return;
  }
  EQUAL(io_tryread(d, (char *)&number, sizeof number), sizeof number);
  CHECK(number >= 0 && number < REQUESTS && jobs[number].fd == 0);
  io_dontwantread(d);
  jobs[number].fd = d;
  jobs[number].number = number;
  io_setcookie(d, &jobs[number]);
  enqueue(&jobs[number]);
}

static void take_reports(void) {
  int numbers[256];
  int64 n;
  while ((n = io_tryread(report[0], (char *)numbers, sizeof numbers)) > 0)
    for (size_t i = 0; i < (size_t)n / sizeof *numbers; i++)
      if (numbers[i] != -1) end(&jobs[numbers[i]]);
  EQUAL(n, -1);
}

TEST(workers_answer_and_close, .seconds = 60) {
  pthread_t workers[WORKERS], clients[AT_ONCE];
  int listener = tcp_listener(128, &address);
  known(listener);
  io_wantread(listener);
  EQUAL(io_pipe(report), 1);
  io_nonblock(report[0]);
  io_nonblock(report[1]);
  io_wantread(report[0]);
  for (int i = 0; i < WORKERS; i++) CHECK(pthread_create(&workers[i], 0, work, 0) == 0);
  for (intptr_t i = 0; i < AT_ONCE; i++) CHECK(pthread_create(&clients[i], 0, ask, (void *)i) == 0);
  while (!all_closed()) {
    int64 d;
    io_wait();
    while ((d = io_canread()) != -1) {
      if (d == listener) accept_all(listener);
      else if (d == report[0]) take_reports();
      else take_request(d);
    }
    while ((d = io_timeouted()) != -1) {
      struct job *job = io_getcookie(d);
      CHECK(job && job->number % 4 == 2);
      end(job);
    }
  }
  pthread_mutex_lock(&lock);
  over = 1;
  pthread_cond_broadcast(&more);
  pthread_mutex_unlock(&lock);
  for (int i = 0; i < WORKERS; i++) pthread_join(workers[i], 0);
  for (int i = 0; i < AT_ONCE; i++) pthread_join(clients[i], 0);
  for (int i = 0; i < REQUESTS; i++) CHECK(jobs[i].fd != 0);
}
