/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Scripts that go on working while one call of the library after the other fails.
 *
 *     TEST(name) { ... }
 *
 * is a script. `program --calls` names the calls that can fail, `program --list` the scripts, and the calls that each of them
 * makes, and how often. `program SCRIPT CALL` runs the script again and again: with the first call of that name failing, with the second, and so on until the script no longer
 * makes so many; for each way to fail; once alone, and once with those that follow. Each run is a process of its own. A
 * script ends with nothing open, nothing lost, and all that it asked for done. */
#ifndef FAULTS_H
#define FAULTS_H

#define T_OWN_MAIN
#include "loop.h"

#include "shim.h"

#define malloc shim_given
#define free shim_taken

/* What a program needs for all its scripts; if it cannot have it, it ends with SKIP. */
#ifndef PREPARE
#define PREPARE()
#endif

/* The fault under test. */
static int fault;

/* How many blocks of memory the library may keep for good. */
static int keeps;

/* A call has failed: that needs a fault since `faults` were counted, and the errno of it. */
static inline void blame(const char *call, long long result, long faults) {
  int expected = fault == EINTR && errno == EAGAIN ? EAGAIN : fault;
  if (shim_faults() == faults) FAIL("%s is %lld, and nothing went wrong", call, result);
  if (errno != expected) FAIL("%s is %lld, and not with errno %d", call, result, expected);
}

/* Makes a call until its result is GOOD. A fault may keep it from that, and nothing else. */
#define INSIST(CALL, GOOD)                                   \
  __extension__({                                            \
    __typeof__(CALL) t_result;                               \
    for (;;) {                                               \
      long t_faults = shim_faults();                         \
      errno = 0;                                             \
      t_result = (CALL);                                     \
      if (t_result GOOD) break;                              \
      blame(#CALL, (long long)(intptr_t)t_result, t_faults); \
    }                                                        \
    t_result;                                                \
  })

/* Bytes that a call has moved, of those that answer with -1 and EAGAIN, or -3 and another errno: then 0. */
#define MOVED(CALL)                                           \
  __extension__({                                             \
    long t_faults = shim_faults();                            \
    int64 t_moved = (CALL);                                   \
    if (t_moved == -3) {                                      \
      CHECK(errno != EAGAIN && errno != EINTR);               \
      blame(#CALL, t_moved, t_faults);                        \
      t_moved = 0;                                            \
    } else if (t_moved == -1) {                               \
      EQUAL(errno, EAGAIN);                                   \
      t_moved = 0;                                            \
    }                                                         \
    CHECK(t_moved >= 0);                                      \
    t_moved;                                                  \
  })

/* Byte number i of what the scripts send. */
static inline char byte_at(size_t i) { return (char)(i * 7 + i / 251); }

static inline char *bytes_at(size_t from, char *to, size_t n) {
  for (size_t i = 0; i < n; i++) to[i] = byte_at(from + i);
  return to;
}

static inline void expect_bytes(const char *got, size_t from, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (got[i] != byte_at(from + i)) FAIL("byte %zu is wrong", from + i);
}

static inline void register_both(int64 a, int64 b) {
  INSIST(io_fd(a), == 1);
  INSIST(io_fd(b), == 1);
}

static inline void close_both(int64 a, int64 b) {
  io_close(a);
  io_close(b);
}

/* A new file of n bytes; its name comes to `name`. */
static inline int new_file(char name[T_NAME], size_t n) {
  char piece[4096];
  int d = mkstemp(temporary(name, "faults"));
  CHECK(d != -1);
  for (size_t at = 0; at < n; at += sizeof piece) {
    size_t size = n - at < sizeof piece ? n - at : sizeof piece;
    EQUAL(write(d, bytes_at(at, piece, size), size), size);
  }
  return d;
}

/* A file without a name, of n bytes. */
static inline int file_of(size_t n) {
  char name[T_NAME];
  int d = new_file(name, n);
  CHECK(unlink(name) == 0);
  return d;
}

/* ---- the runs ---- */

enum { PASSED = 0, NOT_REACHED = 42, BURST = 20, HIGHEST = 256 };

static inline void run_script(struct t_case *script) {
  char open_before[HIGHEST];
  long held;
  alarm(script->seconds ? (unsigned)script->seconds : 10);
  for (int d = 0; d < HIGHEST; d++) open_before[d] = (char)is_open(d);
  held = shim_blocks();
  script->run();
  shim_disarm();
  io_finishandshutdown();
  CHECK(shim_blocks() >= held && shim_blocks() <= held + keeps);
  EQUAL(shim_mappings(), 0);
  for (int d = 0; d < HIGHEST; d++) EQUAL(is_open(d) ? d : -1, open_before[d] ? d : -1);
}

/* How a script ends whose calls of this name number `from` and up to `times` - 1 more fail. */
static inline int run_with_fault(struct t_case *script, int call, int how, long from, long times) {
  int status;
  pid_t pid = child();
  if (pid == 0) {
    fault = how;
    shim_arm(call, how, from, times);
    run_script(script);
    _exit(shim_count(call) >= from ? PASSED : NOT_REACHED);
  }
  while (waitpid(pid, &status, 0) == -1) CHECK(errno == EINTR);
  return status;
}

static inline int run_all_faults(struct t_case *script, int call) {
  int failed = 0;
  long runs = 0;
  for (const int *how = shim_calls[call].faults; *how; how++)
    for (long times = 1; times <= BURST; times += BURST - 1)
      for (long from = 1;; from++) {
        int status = run_with_fault(script, call, *how, from, times);
        if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_REACHED) break;
        runs++;
        if (status == PASSED) continue;
        dprintf(2, "%s: %s from number %ld, %ld times: %s: status 0x%x\n", script->name, shim_calls[call].name,
                from, times, *how > 0 ? strerror(*how) : *how == SHORT ? "short" : "spurious", (unsigned)status);
        if (++failed == 5) return 1;
      }
  printf("%ld runs\n", runs);
  return failed != 0;
}

/* The calls that a script makes when nothing goes wrong. */
static inline int list_calls(struct t_case *script) {
  pid_t pid = child();
  if (pid == 0) {
    shim_disarm();
    run_script(script);
    for (int i = 0; shim_calls[i].name; i++)
      if (shim_count(i)) printf("%s %s %ld\n", script->name, shim_calls[i].name, shim_count(i));
    fflush(stdout);
    _exit(0);
  }
  join(pid);
  return 0;
}

int main(int argc, char **argv) {
  for (int d = 3; d < HIGHEST; d++) close(d);
  PREPARE();
  for (int i = 0; argc == 2 && strcmp(argv[1], "--calls") == 0 && shim_calls[i].name; i++) puts(shim_calls[i].name);
  for (struct t_case *script = t_first; script; script = script->next) {
    if (argc == 2 && strcmp(argv[1], "--list") == 0) list_calls(script);
    if (argc != 3 || strcmp(argv[1], script->name) != 0) continue;
    for (int i = 0; shim_calls[i].name; i++)
      if (strcmp(argv[2], shim_calls[i].name) == 0) return run_all_faults(script, i);
    FAIL("no call %s", argv[2]);
  }
  if (argc == 3) FAIL("no script %s", argv[1]);
  return 0;
}

#endif
