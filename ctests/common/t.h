/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A test framework in one file. A program is a list of tests:
 *
 *     TEST(name) { CHECK(1 + 1 == 2); }
 *
 * `program --list` names them, `program NAME` runs one in this very process, `program` alone runs each in a
 * process of its own. The first CHECK that does not hold ends the test. */
#ifndef T_H
#define T_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A test, and what the harness has to know of it; TEST(name, .valgrind = 1, .seconds = 60) sets it. */
struct t_case {
  const char *name;
  void (*run)(void);
  int valgrind; /* run it under valgrind too */
  int seconds;  /* time limit, if it is not the usual one */
  struct t_case *next;
};

static struct t_case *t_first, **t_last = &t_first;

static inline void t_add(struct t_case *test) {
  *t_last = test;
  t_last = &test->next;
}

#define TEST(NAME, ...)                                                       \
  static void test_##NAME(void);                                              \
  static struct t_case t_case_##NAME = {                                      \
      .name = #NAME, .run = test_##NAME, __VA_ARGS__};                        \
  __attribute__((constructor)) static void t_add_##NAME(void) {               \
    t_add(&t_case_##NAME);                                                    \
  }                                                                           \
  static void test_##NAME(void)

/* Ends the test, or the child process that it runs in, as failed. */
#define FAIL(...)                                                             \
  do {                                                                        \
    int t_errno = errno;                                                      \
    dprintf(2, "%s:%d: ", __FILE__, __LINE__);                                \
    dprintf(2, __VA_ARGS__);                                                  \
    dprintf(2, " (errno %d, %s)\n", t_errno, strerror(t_errno));              \
    _exit(1);                                                                 \
  } while (0)

/* What a test ends with that cannot run on this machine. */
#define T_SKIPPED 77

#define SKIP(...)                                                             \
  do {                                                                        \
    dprintf(2, __VA_ARGS__);                                                  \
    dprintf(2, "\n");                                                         \
    _exit(T_SKIPPED);                                                         \
  } while (0)

/* For what a test's numbers take: on other machines it is skipped. */
#define NEEDS_64_BITS(TYPE)                                                   \
  do {                                                                        \
    if (sizeof(TYPE) < 8) SKIP(#TYPE " has 32 bits here");                    \
  } while (0)

#define CHECK(COND)                                                           \
  do {                                                                        \
    if (!(COND)) FAIL("does not hold: %s", #COND);                            \
  } while (0)

/* CHECK for numbers, which says what came instead. */
#define EQUAL(GOT, WANTED)                                                    \
  do {                                                                        \
    long long t_got = (long long)(GOT), t_wanted = (long long)(WANTED);       \
    if (t_got != t_wanted)                                                    \
      FAIL("%s is %lld, not %s = %lld", #GOT, t_got, #WANTED, t_wanted);      \
  } while (0)

/* A pattern for mkstemp and mkdtemp, in the folder for temporary files. A name that a killed test leaves there is removed with
 * the folder. */
enum { T_NAME = 256 };
static inline char *temporary(char name[T_NAME], const char *what) {
  const char *folder = getenv("TMPDIR");
  int n = snprintf(name, T_NAME, "%s/owfat-%s-XXXXXX", folder && *folder ? folder : "/tmp", what);
  CHECK(n > 0 && n < T_NAME);
  return name;
}

/* Milliseconds of a clock that is never set. */
static inline int64_t millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

/* Milliseconds of processor time that this process has used. */
static inline int64_t cpu_millis(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * (int64_t)1000 +
         (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

/* The name of the loopback interface. */
#ifdef __linux__
#define LOOPBACK "lo"
#else
#define LOOPBACK "lo0"
#endif

/* How often this process has gone to sleep: a wait that is woken for nothing shows here. */
static inline long sleeps(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_nvcsw;
}

static inline void sleep_ms(int ms) {
  struct timespec rest = {ms / 1000, ms % 1000 * 1000000L};
  while (nanosleep(&rest, &rest) == -1 && errno == EINTR) {
  }
}

/* Whether there is memory at the page `at`. Not every system has mincore, and valgrind lets msync look at memory alone. */
static inline int is_mapped(void *at) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
#ifdef __linux__
  unsigned char there;
  return mincore(at, page, &there) == 0;
#else
  return msync(at, page, MS_ASYNC) == 0;
#endif
}

/* What setrlimit calls the memory of a process. OpenBSD counts what malloc takes, and has no other number. */
#ifdef RLIMIT_AS
#define MEMORY_LIMIT RLIMIT_AS
#else
#define MEMORY_LIMIT RLIMIT_DATA
#endif

/* Gives a pipe room for so many bytes. Only Linux lets a program choose. */
static inline void resize_pipe(int end, int bytes) {
#ifdef F_SETPIPE_SZ
  CHECK(fcntl(end, F_SETPIPE_SZ, bytes) >= bytes);
#else
  SKIP("pipe %d cannot be given %d bytes here", end, bytes);
#endif
}

/* Bytes that malloc has handed out, where libc counts them; else 0. */
static inline size_t memory_in_use(void) {
#ifdef __GLIBC__
  return mallinfo2().uordblks;
#else
  return 0;
#endif
}

/* fork, in which a failed CHECK of the child becomes one of the parent's in join(). A child ends with done(). */
static inline pid_t child(void) {
  pid_t pid = fork();
  CHECK(pid != -1);
  return pid;
}

static inline void done(void) { _exit(0); }

static inline void join(pid_t pid) {
  int status;
  while (waitpid(pid, &status, 0) == -1) CHECK(errno == EINTR);
  if (status != 0) FAIL("child ended with status 0x%x", (unsigned)status);
}

/* Where the functions of the library come from: its file, or "static". */
static inline const char *t_library(void) {
  static const char *const known[] = {"io_fd", "tai_now"};
  Dl_info info;
  for (unsigned i = 0; i < sizeof known / sizeof *known; i++) {
    void *at = dlsym(RTLD_DEFAULT, known[i]);
    if (at && dladdr(at, &info) && info.dli_fname) return info.dli_fname;
  }
  return "static";
}

/* Runs one test in a process of its own, for at most its time; 1 if it passed. */
static inline int t_run_apart(const struct t_case *test) {
  int64_t end = millis() + (test->seconds ? test->seconds : 20) * 1000;
  int status = 0;
  pid_t pid = fork();
  if (pid == 0) {
    test->run();
    _exit(0);
  }
  setpgid(pid, pid);
  while (waitpid(pid, &status, WNOHANG) == 0) {
    sleep_ms(2);
    if (millis() < end) continue;
    dprintf(2, "%s: out of time\n", test->name);
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    break;
  }
  int skipped = WIFEXITED(status) && WEXITSTATUS(status) == T_SKIPPED;
  printf("%-60s %s\n", test->name, status == 0 ? "ok" : skipped ? "skipped" : "FAILED");
  fflush(stdout);
  return status == 0 || skipped;
}

#ifndef T_OWN_MAIN
int main(int argc, char **argv) {
  int failed = 0;
  /* Whatever the caller has left open: numbers are to be the same every time. */
  for (int d = 3; d < 256; d++) close(d);
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    printf("library %s\n", t_library());
    for (struct t_case *test = t_first; test; test = test->next)
      printf("test %s %d %d\n", test->name, test->valgrind, test->seconds);
    return 0;
  }
  for (struct t_case *test = t_first; test; test = test->next) {
    if (argc == 1) {
      failed += !t_run_apart(test);
    } else if (strcmp(argv[1], test->name) == 0) {
      test->run();
      return 0;
    }
  }
  if (argc > 1) FAIL("no test %s", argv[1]);
  return failed != 0;
}
#endif

#endif
