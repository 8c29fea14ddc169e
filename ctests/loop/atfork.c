/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* fork() beside threads that are inside the library, and fork handlers of the program that call it: whatever the order of
 * registration, no child hangs on a lock. */
#include "loop.h"

#include <libowfat/dns.h>
/* The queue of messages; no header declares it, but compiled programs use it. */
void errmsg_puts(int d, const char *s);
void errmsg_flush(int d);

/* ---- handlers of the program ---- */

/* What the handlers work on, made before the fork. */
static int s[2];
static iomux_t mux;
static int handlers_run;

/* Uses every lock of the library. */
static void use_all(void) {
  char servers[256];
  stralloc rules = {0};
  iomux_t own;
  int64 d;
  unsigned events;
  EQUAL(io_fd(s[0]), 1);
  io_wantread(s[0]);
  io_timeout(s[0], in_ms(100000));
  io_check();
  io_dontwantread(s[0]);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  EQUAL(iom_init(&own), 1);
  EQUAL(iom_add(&own, s[1], IOM_WRITE), 0);
  EQUAL(iom_wait(&own, &d, &events, 1000), 1);
  close(own.ctx);
  errmsg_puts(2, "");
  errmsg_flush(2);
  EQUAL(dns_resolvconfip(servers), 0);
  EQUAL(dns_resolvconfrewrite(&rules), 0);
  free(rules.s);
  handlers_run++;
}

/* At which points the handlers of a test use the library. */
static int before_fork, in_parent, in_child;

static void prepare(void) {
  if (before_fork) use_all();
}
static void parent(void) {
  if (in_parent) use_all();
}
static void child_side(void) {
  if (in_child) use_all();
}

static void close_both(void) {
  io_close(s[0]);
  io_close(s[1]);
}

/* Other libcs have nothing that runs before the constructors of a shared library, and sanitizers are not ready by then. */
#if defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined __GLIBC__ && !defined SANITIZED
#define CAN_BE_FIRST
#endif

#ifdef CAN_BE_FIRST
static int registered_first;

/* Runs before the library's constructor, and before getenv works. */
static void register_first(int argc, char **argv, char **environment) {
  (void)argc;
  (void)argv;
  for (; *environment; environment++) {
    if (strcmp(*environment, "REGISTER_FIRST=use") == 0)
      registered_first = pthread_atfork(prepare, parent, child_side) == 0;
    if (strcmp(*environment, "REGISTER_FIRST=close") == 0)
      registered_first = pthread_atfork(0, 0, close_both) == 0;
  }
}
__attribute__((section(".preinit_array"), used)) static void (*const first)(int, char **, char **) = register_first;
#endif

/* Forks a child that goes on with the loop; it must not hang. */
static void fork_and_use(void) {
  put(s[1], "x");
  pid_t pid = child();
  if (pid == 0) {
    alarm(10);
    use_all();
    io_wantread(s[0]);
    io_wait();
    EQUAL(io_canread(), s[0]);
    done();
  }
  use_all();
  io_wantread(s[0]);
  io_wait();
  EQUAL(io_canread(), s[0]);
  join(pid);
}

static void handlers_everywhere(void) {
  unix_pair(s);
  EQUAL(iom_init(&mux), 1);
  for (int i = 0; i < 8; i++) {
    char x;
    before_fork = i & 1;
    in_parent = i & 2;
    in_child = i & 4;
    handlers_run = 0;
    fork_and_use();
    EQUAL(handlers_run, 1 + !!before_fork + !!in_parent);
    EQUAL(read(s[0], &x, 1), 1);
    io_close(s[0]);
    close(s[1]);
    unix_pair(s);
  }
}

TEST(fork_handlers_registered_before_the_first_descriptor) {
  CHECK(pthread_atfork(prepare, parent, child_side) == 0);
  handlers_everywhere();
}

TEST(fork_handlers_registered_after_the_first_descriptor) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  io_check();
  io_close(s[0]);
  CHECK(pthread_atfork(prepare, parent, child_side) == 0);
  handlers_everywhere();
}

/* The child closes the parent's connections in a handler; the parent's registrations stay. */
static void close_in_the_child(void) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
  EQUAL(io_fd(s[1]), 1);
  io_wantread(s[0]);
  io_check();
  pid_t pid = child();
  if (pid == 0) done();
  join(pid);
  put(s[1], "x");
  io_wait();
  EQUAL(io_canread(), s[0]);
}

TEST(fork_handler_of_the_child_closes, .seconds = 5) {
  pthread_atfork(0, 0, close_both);
  close_in_the_child();
}

#ifdef CAN_BE_FIRST
/* Another process, whose handlers are there before the library is. */
static void run_anew(const char *test, const char *what) {
  pid_t pid = child();
  if (pid == 0) {
    char name[64], *arguments[] = {"atfork", name, 0};
    snprintf(name, sizeof name, "%s", test);
    setenv("REGISTER_FIRST", what, 1);
    execv("/proc/self/exe", arguments);
    _exit(127);
  }
  join(pid);
}

TEST(fork_handlers_registered_before_the_library_was_loaded, .seconds = 10) {
  if (registered_first) handlers_everywhere();
  else run_anew("fork_handlers_registered_before_the_library_was_loaded", "use");
}

TEST(fork_handler_of_the_child_closes_before_the_librarys_own_runs, .seconds = 5) {
  if (registered_first) close_in_the_child();
  else run_anew("fork_handler_of_the_child_closes_before_the_librarys_own_runs", "close");
}
#endif

static int forks_in_handler;

static void fork_again(void) {
  if (forks_in_handler++ == 0) {
    pid_t pid = child();
    if (pid == 0) done();
    join(pid);
    use_all();
  }
}

TEST(fork_handler_that_forks) {
  unix_pair(s);
  EQUAL(iom_init(&mux), 1);
  pthread_atfork(fork_again, 0, 0);
  fork_and_use();
}

/* ---- threads inside the library ---- */

static _Atomic int stop;

static void nonblocking_pipe(int p[2]) {
  CHECK(pipe(p) == 0);
  nonblocking(p[0]);
  nonblocking(p[1]);
}

static void *use_the_loop(void *x) {
  (void)x;
  while (!stop) {
    int p[2];
    nonblocking_pipe(p);
    EQUAL(io_fd(p[0]), 1);
    io_wantread(p[0]);
    io_timeout(p[0], in_ms(100000));
    io_close(p[0]);
    close(p[1]);
  }
  return 0;
}

static void *use_the_mux(void *x) {
  int p[2];
  (void)x;
  nonblocking_pipe(p);
  while (!stop) {
    int64 d;
    unsigned events;
    EQUAL(iom_add(&mux, p[1], IOM_WRITE), 0);
    iom_wait(&mux, &d, &events, 1);
  }
  return 0;
}

static void *use_messages_and_names(void *x) {
  char servers[256];
  (void)x;
  while (!stop) {
    stralloc rules = {0};
    errmsg_puts(2, "");
    errmsg_flush(2);
    dns_resolvconfip(servers);
    dns_resolvconfrewrite(&rules);
    free(rules.s);
  }
  return 0;
}

TEST(fork_beside_threads, .seconds = 60) {
  static void *(*const work[])(void *) = {use_the_loop, use_the_mux, use_the_mux, use_messages_and_names};
  enum { THREADS = sizeof work / sizeof *work };
  pthread_t threads[THREADS];
  unix_pair(s);
  EQUAL(iom_init(&mux), 1);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], 0, work[i], 0) == 0);
  for (int i = 0; i < 300; i++) {
    pid_t pid = child();
    if (pid == 0) {
      alarm(10);
      unix_pair(s);
      EQUAL(iom_init(&mux), 1);
      use_all();
      done();
    }
    join(pid);
  }
  stop = 1;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], 0);
}
