/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every function may be called from any thread; one at a time runs the loop. */
#include "loop.h"

static int s[2], t[2], quiet[2];

/* A wait that nothing but another thread's doing can end. */
static void begin(void) {
  unix_pair(s);
  unix_pair(t);
  unix_pair(quiet);
  known(s[0]);
  known(t[0]);
  known(quiet[0]);
  io_wantread(quiet[0]);
  io_check();
  collect();
}

static void wait_for_read(int64 d) {
  do {
    wait_round();
  } while (!was_readable(d));
}

static void want_read(void *d) { io_wantread(*(int *)d); }

static void want_write(void *d) { io_wantwrite(*(int *)d); }

static void set_deadline(void *d) { io_timeout(*(int *)d, in_ms(50)); }

TEST(interest_takes_effect_in_a_running_wait) {
  begin();
  put(s[1], "x");
  after(100, want_read, &s[0]);
  wait_for_read(s[0]);
}

TEST(interest_in_a_known_ready_direction_takes_effect_in_a_running_wait) {
  begin();
  io_wantwrite(s[0]);
  EQUAL(in_write_round(s[0]), 1);
  EQUAL(io_trywrite(s[0], "x", 1), 1);
  io_dontwantwrite(s[0]);
  in_write_round(s[0]);
  after(100, want_write, &s[0]);
  do {
    wait_round();
  } while (!was_writable(s[0]));
}

TEST(interest_before_the_data_takes_effect_in_a_running_wait) {
  begin();
  after(50, want_read, &s[0]);
  put_after(150, &s[1]);
  wait_for_read(s[0]);
}

static void become_known(void *d) {
  known(*(int *)d);
  io_wantread(*(int *)d);
}

TEST(a_new_descriptor_takes_effect_in_a_running_wait) {
  int fresh[2];
  begin();
  unix_pair(fresh);
  put(fresh[1], "x");
  after(100, become_known, &fresh[0]);
  wait_for_read(fresh[0]);
}

TEST(a_deadline_takes_effect_in_a_running_wait) {
  begin();
  after(100, set_deadline, &quiet[0]);
  do {
    io_wait();
  } while (io_timeouted() != quiet[0]);
}

TEST(an_earlier_deadline_takes_effect_in_a_running_wait) {
  begin();
  io_timeout(quiet[0], in_ms(3600 * 1000));
  after(100, set_deadline, &quiet[0]);
  do {
    io_wait();
  } while (io_timeouted() != quiet[0]);
}

static _Atomic int stop, passed;

static void *putting_off(void *unused) {
  (void)unused;
  while (!stop) {
    if (passed) {
      io_timeout(quiet[0], in_ms(3600 * 1000));
      passed = 0;
    }
    sched_yield();
  }
  return 0;
}

TEST(a_deadline_that_was_put_off_has_not_passed) {
  pthread_t thread;
  begin();
  CHECK(pthread_create(&thread, 0, putting_off, 0) == 0);
  for (int64_t end = millis() + 500; millis() < end;) {
    io_timeout(quiet[0], in_ms(0));
    passed = 1;
    while (passed) {
      int64_t d = io_timeouted();
      CHECK(d == -1 || d == quiet[0]);
      sched_yield();
    }
    EQUAL(io_timeouted(), -1);
  }
  stop = 1;
  pthread_join(thread, 0);
  io_timeout(quiet[0], in_ms(0));
  io_wait();
  EQUAL(io_timeouted(), quiet[0]);
}

static void drop_interest_and_put(void *d) {
  io_dontwantread(*(int *)d);
  put(s[1], "x");
  sleep_ms(50);
  put(quiet[1], "x");
}

TEST(interest_cleared_during_a_wait) {
  begin();
  io_wantread(s[0]);
  in_read_round(s[0]);
  after(50, drop_interest_and_put, &s[0]);
  do {
    wait_round();
    EQUAL(was_readable(s[0]), 0);
  } while (!was_readable(quiet[0]));
}

static void close_it(void *d) { io_close(*(int *)d); }

TEST(a_close_during_a_wait) {
  char c;
  begin();
  io_wantread(s[0]);
  in_read_round(s[0]);
  after(50, close_it, &s[0]);
  put_after(200, &quiet[1]);
  do {
    wait_round();
    EQUAL(was_readable(s[0]), 0);
  } while (!was_readable(quiet[0]));
  EQUAL(read(s[1], &c, 1), 0);
}

/* ---- workers that report on a self-pipe ---- */

enum { WORKERS = 4, REPORTS = 2000 };

static int64 pipe_ends[2];

static void *worker(void *arg) {
  (void)arg;
  for (int i = 0; i < REPORTS; i++)
    while (io_trywrite(pipe_ends[1], "r", 1) != 1) sched_yield();
  return 0;
}

TEST(workers_write_on_a_self_pipe, .valgrind = 1) {
  pthread_t workers[WORKERS];
  char buf[4096];
  int seen = 0;
  EQUAL(io_pipe(pipe_ends), 1);
  io_nonblock(pipe_ends[0]);
  io_nonblock(pipe_ends[1]);
  io_wantread(pipe_ends[0]);
  for (int i = 0; i < WORKERS; i++) CHECK(pthread_create(&workers[i], 0, worker, 0) == 0);
  while (seen < WORKERS * REPORTS) {
    int64 n;
    wait_round();
    EQUAL(t_round.reads, was_readable(pipe_ends[0]));
    while ((n = io_tryread(pipe_ends[0], buf, sizeof buf)) > 0) seen += (int)n;
    EQUAL(n, -1);
  }
  EQUAL(seen, WORKERS * REPORTS);
  for (int i = 0; i < WORKERS; i++) pthread_join(workers[i], 0);
}

/* One report per event, plain read: the pipe is never drained for long. */
TEST(workers_and_one_read_per_event) {
  pthread_t workers[WORKERS];
  char c;
  EQUAL(io_pipe(pipe_ends), 1);
  io_nonblock(pipe_ends[0]);
  io_nonblock(pipe_ends[1]);
  io_wantread(pipe_ends[0]);
  for (int i = 0; i < WORKERS; i++) CHECK(pthread_create(&workers[i], 0, worker, 0) == 0);
  for (int seen = 0; seen < WORKERS * REPORTS;) {
    wait_round();
    if (was_readable(pipe_ends[0])) {
      EQUAL(read((int)pipe_ends[0], &c, 1), 1);
      seen++;
    }
  }
  EQUAL(in_read_round(pipe_ends[0]), 0);
  for (int i = 0; i < WORKERS; i++) pthread_join(workers[i], 0);
}

/* ---- everything at once ---- */

static void *busybody(void *arg) {
  int cookie;
  (void)arg;
  while (!stop) {
    int p[2];
    char c, text[512];
    unix_pair(p);
    known(p[0]);
    known(p[1]);
    io_setcookie(p[0], &cookie);
    io_wantread(p[0]);
    io_wantwrite(p[1]);
    io_timeout(p[0], in_ms(1));
    EQUAL(io_trywrite(p[1], "x", 1), 1);
    io_tryread(p[0], &c, 1);
    io_debugstring(p[0], text, sizeof text);
    io_dontwantwrite(p[1]);
    io_eagain_read(p[0]);
    io_timeout(p[0], no_moment());
    CHECK(io_getcookie(p[0]) == &cookie);
    io_close(p[0]);
    io_close(p[1]);
  }
  return 0;
}

TEST(busy_threads_beside_the_loop) {
  pthread_t workers[3];
  begin();
  io_wantread(s[0]);
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&workers[i], 0, busybody, 0) == 0);
  int64_t end = millis() + 1500;
  while (millis() < end) {
    io_waituntil2(5);
    collect();
    while (io_timeouted() != -1) {
    }
  }
  stop = 1;
  for (int i = 0; i < 3; i++) pthread_join(workers[i], 0);
  put(s[1], "x");
  wait_for_read(s[0]);
}

/* A thread forks while the loop waits: the child can use the library at once. */
static void fork_a_child(void *arg) {
  pid_t pid = child();
  (void)arg;
  if (pid == 0) {
    known(s[0]);
    io_wantread(s[0]);
    put(s[1], "x");
    wait_for_read(s[0]);
    done();
  }
  join(pid);
  put(quiet[1], "x");
}

TEST(fork_by_another_thread_during_a_wait) {
  begin();
  after(50, fork_a_child, 0);
  wait_for_read(quiet[0]);
}

/* fork at any moment, while other threads are inside the library. */
TEST(fork_beside_busy_threads) {
  pthread_t workers[2];
  begin();
  for (int i = 0; i < 2; i++) CHECK(pthread_create(&workers[i], 0, busybody, 0) == 0);
  for (int i = 0; i < 50; i++) {
    pid_t pid = child();
    if (pid == 0) {
      known(s[0]);
      io_wantread(s[0]);
      put(s[1], "x");
      wait_for_read(s[0]);
      done();
    }
    join(pid);
  }
  stop = 1;
  for (int i = 0; i < 2; i++) pthread_join(workers[i], 0);
}

/* How often the loop's own eventfd was written to; the loop never reads it. -1 where it wakes a wait in another way: on poll,
   and on kqueue, whose kevent may be one of eventfds. */
static long wake_ups(void) {
  if (strstr(t_library(), "kqueue")) return -1;
  for (int d = 0; d < 64; d++) {
    char name[64];
    unsigned long long count;
    snprintf(name, sizeof name, "/proc/self/fdinfo/%d", d);
    FILE *file = fopen(name, "r");
    if (!file) continue;
    for (char line[100]; fgets(line, sizeof line, file);)
      if (sscanf(line, "eventfd-count: %llx", &count) == 1) {
        fclose(file);
        return (long)count;
      }
    fclose(file);
  }
  return -1;
}

enum { JOBS = 64 };

static int jobs[JOBS][2];
static _Atomic int served, held, released;

/* Keeps the thread that waits from looking at what has changed. */
static void hold(int number) {
  (void)number;
  held = 1;
  while (!released) sleep_ms(1);
}

static void *serve(void *unused) {
  (void)unused;
  while (served < JOBS) {
    io_wait();
    for (int64_t d; (d = io_canread()) != -1; served++) io_dontwantread(d);
  }
  return NULL;
}

/* However much changes before the thread that waits runs again: it is woken once. */
TEST(a_wait_is_ended_once) {
  pthread_t thread;
  begin();
  CHECK(signal(SIGUSR1, hold) != SIG_ERR);
  for (int i = 0; i < JOBS; i++) {
    unix_pair(jobs[i]);
    known(jobs[i][0]);
    io_wantread(jobs[i][0]);
  }
  io_check();
  collect();
  for (int i = 0; i < JOBS; i++) io_dontwantread(jobs[i][0]);
  CHECK(pthread_create(&thread, NULL, serve, NULL) == 0);
  sleep_ms(100);
  CHECK(pthread_kill(thread, SIGUSR1) == 0);
  while (!held) sleep_ms(1);
  long before = wake_ups();
  for (int i = 0; i < JOBS; i++) {
    io_wantread(jobs[i][0]);
    io_queueforread(jobs[i][0]);
  }
  if (before != -1) EQUAL(wake_ups() - before, 1);
  released = 1;
  CHECK(pthread_join(thread, NULL) == 0);
}
