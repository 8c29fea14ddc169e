/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Writing to a pipe without readers does not kill the process, and its children are none the wiser. */
#include "batch.h"

static int p[2];

static void broken_pipe(void) {
  CHECK(pipe(p) == 0);
  known(p[1]);
  close(p[0]);
}

static void (*disposition(void))(int) {
  struct sigaction action;
  CHECK(sigaction(SIGPIPE, 0, &action) == 0);
  return action.sa_handler;
}

/* Whether SIGPIPE kills a program that this process starts. */
static int kills_a_new_program(void) {
  int status;
  pid_t pid = child();
  if (pid == 0) {
    execl("/bin/sh", "sh", "-c", "kill -s PIPE $$; exit 0", (char *)0);
    _exit(127);
  }
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE;
}

TEST(trywrite_survives) {
  broken_pipe();
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}

TEST(waitwrite_survives) {
  broken_pipe();
  EQUAL(io_waitwrite(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}

TEST(trywritetimeout_survives) {
  broken_pipe();
  EQUAL(io_trywritetimeout(p[1], "x", 1), -3);
  EQUAL(errno, EPIPE);
}

TEST(sendfile_survives) {
  int fd = file_of("x", 1);
  broken_pipe();
  EQUAL(io_sendfile(p[1], fd, 0, 1), -3);
  EQUAL(errno, EPIPE);
}

TEST(batches_survive) {
  broken_pipe();
  BATCH(b);
  EQUAL(iob_adds(&b, "x"), 1);
  EQUAL(iob_send(p[1], &b), -3);
  EQUAL(errno, EPIPE);
  iob_reset(&b);
}

static int64 plain_write(int64 d, const void *bytes, uint64 n) {
  return write((int)d, bytes, n);
}

/* By calls of the program's own, too. */
TEST(callbacks_of_batches_survive) {
  broken_pipe();
  BATCH(b);
  EQUAL(iob_adds(&b, "x"), 1);
  EQUAL(iob_write(p[1], &b, plain_write), -3);
  EQUAL(errno, EPIPE);
  iob_reset(&b);
}

TEST(sockets_survive_in_both_modes) {
  for (int blocking = 0; blocking < 2; blocking++) {
    unix_pair(p);
    known(p[1]);
    if (blocking) io_block(p[1]);
    close(p[0]);
    EQUAL(io_trywrite(p[1], "x", 1), -3);
    EQUAL(errno, EPIPE);
    EQUAL(io_waitwrite(p[1], "x", 1), -3);
    EQUAL(errno, EPIPE);
  }
}

/* Plain write by the program, after the library has arranged it. */
TEST(an_empty_handler_catches_it) {
  broken_pipe();
  CHECK(disposition() == SIG_DFL);
  io_trywrite(p[1], "x", 1);
  CHECK(disposition() != SIG_DFL && disposition() != SIG_IGN);
  EQUAL(write(p[1], "x", 1), -1);
  EQUAL(errno, EPIPE);
}

TEST(a_program_started_by_exec_has_the_default) {
  broken_pipe();
  CHECK(kills_a_new_program());
  io_trywrite(p[1], "x", 1);
  io_waitwrite(p[1], "x", 1);
  CHECK(kills_a_new_program());
}

TEST(a_handler_of_the_program_stays) {
  count_signal(SIGPIPE);
  broken_pipe();
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() == t_count_signal);
  EQUAL(signals_seen, 1);
}

TEST(ignored_stays_ignored) {
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  broken_pipe();
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() == SIG_IGN);
}

/* The first write arranges it; a program that changes it afterwards is left its choice. */
TEST(a_later_choice_of_the_program_stays) {
  broken_pipe();
  io_trywrite(p[1], "x", 1);
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() == SIG_IGN);
  count_signal(SIGPIPE);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() == t_count_signal);
}

/* The handler must not make other system calls of the program fail with EINTR. */
TEST(the_handler_lets_system_calls_go_on) {
  int s[2];
  char c;
  broken_pipe();
  io_trywrite(p[1], "x", 1);
  unix_pair(s);
  pest(SIGPIPE, 10, 5);
  put_after(200, &s[1]);
  EQUAL(read(s[0], &c, 1), 1);
}

/* A plugin that contains the library may be unloaded then: SIGPIPE must not call what is gone, nor end the process. */
TEST(the_end_leaves_no_handler) {
  broken_pipe();
  io_trywrite(p[1], "x", 1);
  io_finishandshutdown();
  CHECK(disposition() == SIG_IGN);
  EQUAL(write(p[1], "x", 1), -1);
  EQUAL(errno, EPIPE);
  /* A new beginning brings the handler back, for the sake of programs that are started. */
  known(p[1]);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() != SIG_DFL && disposition() != SIG_IGN);
  CHECK(kills_a_new_program());
}

TEST(the_end_leaves_the_programs_choice) {
  broken_pipe();
  io_finishandshutdown();
  CHECK(disposition() == SIG_DFL);
  io_trywrite(p[1], "x", 1);
  count_signal(SIGPIPE);
  io_finishandshutdown();
  CHECK(disposition() == t_count_signal);
}

TEST(ignored_by_the_program_between_end_and_beginning) {
  broken_pipe();
  CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
  io_trywrite(p[1], "x", 1);
  io_finishandshutdown();
  known(p[1]);
  EQUAL(io_trywrite(p[1], "x", 1), -3);
  CHECK(disposition() == SIG_IGN);
}
