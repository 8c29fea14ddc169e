/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which waits a signal interrupts, and which it does not. */
#include "loop.h"

#ifdef __linux__
#include <sys/auxv.h>
#endif

enum { EVERY = 5, TIMES = 40 };

static int s[2];

static void begin(void) {
  count_signal(SIGUSR1);
  count_signal(SIGALRM);
  unix_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

/* Signals from now on, the first of which has come. */
static void pestered(int every_ms, int times) {
  pest(SIGUSR1, every_ms, times);
  while (!signals_seen) sleep_ms(1);
}

/* A child that sends signals for a while, and only then the byte that ends the wait. */
static pid_t pest_then_byte(int sig) {
  pid_t parent = getpid(), pid = child();
  if (pid == 0) {
    for (int i = 0; i < TIMES; i++) {
      sleep_ms(EVERY);
      kill(parent, sig);
    }
    put(s[1], "x");
    done();
  }
  return pid;
}

TEST(wait_goes_on_after_a_signal) {
  begin();
  pid_t pid = pest_then_byte(SIGUSR1);
  io_wait();
  EQUAL(io_canread(), s[0]);
  CHECK(signals_seen > 0);
  while (waitpid(pid, 0, 0) == -1) CHECK(errno == EINTR);
}

TEST(wait_goes_on_after_a_restarting_signal) {
  struct sigaction action;
  begin();
  CHECK(sigaction(SIGUSR1, 0, &action) == 0);
  action.sa_flags |= SA_RESTART;
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  pest_then_byte(SIGUSR1);
  io_wait();
  EQUAL(io_canread(), s[0]);
  CHECK(signals_seen > 0);
}

TEST(waituntil_goes_on_for_what_is_left) {
  begin();
  pestered(EVERY, 4000);
  tai6464 end = in_ms(300);
  struct taia now;
  int64_t start = millis();
  io_waituntil(end);
  taia_now(&now);
  EQUAL(taia_less(&now, &end), 0);
  CHECK(millis() - start < 5000);
}

TEST(waituntil_goes_on_until_something_is_ready) {
  begin();
  pest_then_byte(SIGUSR1);
  io_waituntil(in_ms(3600 * 1000));
  EQUAL(io_canread(), s[0]);
}

TEST(waituntil2_is_interrupted) {
  begin();
  pest(SIGUSR1, 50, 100);
  errno = 0;
  EQUAL(io_waituntil2(-1), -1);
  EQUAL(errno, EINTR);
  CHECK(signals_seen > 0);
  errno = 0;
  EQUAL(io_waituntil2(3600 * 1000), -1);
  EQUAL(errno, EINTR);
}

TEST(waituntil2_reports_what_is_ready_all_the_same) {
  begin();
  pest(SIGUSR1, EVERY, 1000);
  while (!signals_seen) io_waituntil2(-1);
  put(s[1], "x");
  while (io_waituntil2(-1) == -1) EQUAL(errno, EINTR);
  EQUAL(io_canread(), s[0]);
}

/* Even without a handler the kernel interrupts some waits when a stopped process goes on. */
TEST(wait_goes_on_after_stop_and_continue) {
  begin();
  pid_t parent = getpid(), pid = child();
  if (pid == 0) {
    for (int i = 0; i < 5; i++) {
      sleep_ms(30);
      kill(parent, SIGSTOP);
      sleep_ms(5);
      kill(parent, SIGCONT);
    }
    sleep_ms(30);
    put(s[1], "x");
    done();
  }
  io_wait();
  EQUAL(io_canread(), s[0]);
}

TEST(a_deadline_is_met_in_spite_of_signals) {
  begin();
  pestered(EVERY, 4000);
  io_timeout(s[0], in_ms(200));
  for (int i = 0; i < 3 && io_timeouted() == -1; i++) io_wait();
  EQUAL(io_timedout(s[0]), 1);
}

/* The self-pipe trick, the manual's own advice: the handler writes, the wait reports the pipe. */
static int self_pipe[2];

static void write_to_self(int sig) {
  (void)sig;
  io_trywrite(self_pipe[1], "s", 1);
}

TEST(self_pipe_written_by_a_handler) {
  struct sigaction action;
  begin();
  CHECK(pipe(self_pipe) == 0);
  known(self_pipe[0]);
  known(self_pipe[1]);
  io_wantread(self_pipe[0]);
  memset(&action, 0, sizeof action);
  action.sa_handler = write_to_self;
  CHECK(sigaction(SIGUSR1, &action, 0) == 0);
  pest(SIGUSR1, 50, 1);
  io_wait();
  EQUAL(io_canread(), self_pipe[0]);
}

/* The signal may come while the program is anywhere inside the library. */
TEST(self_pipe_handler_at_any_moment) {
  struct sigaction action;
  struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
  begin();
  CHECK(pipe(self_pipe) == 0);
  known(self_pipe[0]);
  known(self_pipe[1]);
  io_wantread(self_pipe[0]);
  memset(&action, 0, sizeof action);
  action.sa_handler = write_to_self;
  CHECK(sigaction(SIGALRM, &action, 0) == 0);
  CHECK(setitimer(ITIMER_REAL, &often, 0) == 0);
  int64_t end = millis() + 1000;
  while (millis() < end) {
    for (int i = 0; i < 100; i++) {
      int d = dup(s[0]);
      CHECK(d != -1);
      EQUAL(io_fd(d), 1);
      io_wantread(d);
      io_timeout(d, in_ms(3600 * 1000));
      io_wantwrite(d);
      io_check();
      while (io_canread() != -1) {
      }
      while (io_canwrite() != -1) {
      }
      EQUAL(io_timeouted(), -1);
      io_dontwantwrite(d);
      io_close(d);
    }
    drain(self_pipe[0]);
  }
  CHECK(setitimer(ITIMER_REAL, &never, 0) == 0);
  in_read_round(self_pipe[0]);
  drain(self_pipe[0]);
  EQUAL(in_read_round(self_pipe[0]), 0);
  write_to_self(0);
  EQUAL(in_read_round(self_pipe[0]), 1);
}

/* ---- OWFAT_SIGNALS=interrupt, for programs that rely on the C library's behaviour ---- */

TEST(interrupt_ends_io_wait_after_a_handler_ran) {
  CHECK(setenv("OWFAT_SIGNALS", "interrupt", 1) == 0);
  begin();
  pest(SIGUSR1, 50, 1);
  io_wait();
  EQUAL(signals_seen, 1);
  EQUAL(io_canread(), -1);
  EQUAL(io_canwrite(), -1);
}

TEST(interrupt_ends_io_waituntil_after_a_handler_ran) {
  CHECK(setenv("OWFAT_SIGNALS", "interrupt", 1) == 0);
  begin();
  int64_t start = millis();
  pest(SIGUSR1, 50, 1);
  io_waituntil(in_ms(10000));
  CHECK(millis() - start < 5000);
  EQUAL(signals_seen, 1);
  EQUAL(io_canread(), -1);
}

/* Any other value is none. */
TEST(interrupt_has_one_value) {
  CHECK(setenv("OWFAT_SIGNALS", "Interrupt", 1) == 0);
  begin();
  pest(SIGUSR1, 20, 3);
  int64_t start = millis();
  io_waituntil(in_ms(200));
  CHECK(millis() - start >= 195);
}

/* The harness runs this as a set-user-ID program, too, with the variable set by its caller. */
#ifdef __linux__
TEST(interrupt_counts_without_privileges) {
  int secure = getauxval(AT_SECURE) != 0;
  EQUAL(secure, getenv("EXPECT_PRIVILEGES") != 0);
  CHECK(setenv("OWFAT_SIGNALS", "interrupt", 1) == 0);
  begin();
  int64_t start = millis();
  pest(SIGUSR1, 50, 1);
  io_waituntil(in_ms(500));
  EQUAL(signals_seen, 1);
  CHECK(secure ? millis() - start >= 495 : millis() - start < 450);
}
#endif
