/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* errmsg.h and errmsg_int.h. */
#include "t.h"

#include <fcntl.h>
#include <libowfat/errmsg.h>
#include <libowfat/errmsg_int.h>
#include <pthread.h>
#include <sys/time.h>

/* Reads what comes out of a descriptor that CALLS write to (1 or 2), as a string. */
static char text[1 << 20];
static int ends[2], saved;

static void catch(int fd) {
  CHECK(pipe(ends) == 0);
  saved = dup(fd);
  CHECK(dup2(ends[1], fd) == fd);
  close(ends[1]);
}

static void release(int fd) {
  size_t length = 0;
  ssize_t n;
  CHECK(dup2(saved, fd) == fd);
  close(saved);
  while ((n = read(ends[0], text + length, sizeof text - 1 - length)) > 0) length += (size_t)n;
  text[length] = 0;
  close(ends[0]);
}

#define SAYS(FD, CALLS, WANTED)                                     \
  do {                                                              \
    catch(FD);                                                      \
    CALLS;                                                          \
    release(FD);                                                    \
    if (strcmp(text, WANTED) != 0) FAIL("it says: %s", text);       \
  } while (0)

TEST(without_a_name, .valgrind = 1) {
  CHECK(argv0 == 0);
  SAYS(2, carp("foo"), "foo\n");
  SAYS(2, carp("foo", "", "bar", "baz"), "foobarbaz\n");
  SAYS(2, errmsg_warn("foo", (char *)0), "foo\n");
  SAYS(1, msg("foo", "bar"), "foobar\n");
  SAYS(1, errmsg_info("", (char *)0), "\n");
}

TEST(with_a_name, .valgrind = 1) {
  errmsg_iam("me");
  CHECK(strcmp(argv0, "me") == 0);
  SAYS(2, carp("foo"), "me: foo\n");
  argv0 = "you";
  SAYS(1, msg("foo"), "you: foo\n");
  errmsg_iam(0);
  SAYS(2, carp("foo"), "foo\n");
}

/* A line that ends in what this libc says of an error. */
static const char *behind(const char *start, int error) {
  static char line[200];
  snprintf(line, sizeof line, "%s%s\n", start, strerror(error));
  return line;
}

TEST(with_the_error, .valgrind = 1) {
  argv0 = "me";
  errno = ENOENT;
  SAYS(2, carpsys("foo"), behind("me: foo: ", ENOENT));
  errno = 0;
  SAYS(1, msgsys("foo", "bar"), behind("me: foobar: ", 0));
  errno = 12345;
  SAYS(2, errmsg_warnsys("foo", (char *)0), behind("me: foo: ", 12345));
}

TEST(all_arguments_are_walked, .valgrind = 1) {
  SAYS(2, carp("1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
               "m", "n", "o", "p", "q", "r", "s", "t"),
       "123456789abcdefghijklmnopqrst\n");
}

#define SIXTEEN "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x"
#define X256 SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, \
             SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN

TEST(more_strings_than_one_call_takes, .valgrind = 1) {
  char wanted[1100];
  memset(wanted, 'x', 1024);
  strcpy(wanted + 1024, "\n");
  SAYS(2, carp(X256, X256, X256, X256), wanted);
}

static void write_message(int fd, const char *err, const char *message, ...) {
  va_list list;
  va_start(list, message);
  errmsg_write(fd, err, message, list);
  va_end(list);
}

TEST(errmsg_write_takes_a_list, .valgrind = 1) {
  argv0 = "me";
  SAYS(2, write_message(2, 0, "a", "b", "c", "d", "e", "f", "g", (char *)0), "me: abcdefg\n");
  SAYS(2, write_message(2, "no", "a", (char *)0), "me: a: no\n");
}

static void die_of(int sys) {
  errno = EPERM;
  if (sys) diesys(7, "foo");
  die(8, "foo", "bar");
}

TEST(die_exits) {
  for (int sys = 0; sys < 2; sys++) {
    int status;
    catch(2);
    pid_t pid = fork();
    if (pid == 0) die_of(sys);
    CHECK(waitpid(pid, &status, 0) == pid);
    release(2);
    CHECK(WIFEXITED(status));
    EQUAL(WEXITSTATUS(status), sys ? 7 : 8);
    CHECK(strcmp(text, sys ? "foo: Operation not permitted\n" : "foobar\n") == 0);
  }
}

TEST(the_queue, .valgrind = 1) {
  argv0 = "me";
  SAYS(2, (errmsg_start(2), errmsg_puts(2, "foo"), errmsg_puts(2, "\n"), errmsg_flush(2)), "me: foo\n");
  SAYS(2, errmsg_flush(2), "");
  argv0 = 0;
  SAYS(2, (errmsg_start(2), errmsg_puts(2, "foo"), errmsg_flush(2)), "foo");
  catch(2);
  for (int i = 0; i < 60; i++) errmsg_puts(2, &"0123456789"[i % 10]);
  errmsg_flush(2);
  release(2);
  EQUAL(strlen(text), 6 * 55);
  CHECK(memcmp(text, "0123456789123456789", 19) == 0);
}

/* A pipe of Linux's that keeps what was written at a time together shows it. */
#ifdef __linux__
TEST(a_message_is_one_write) {
  char line[100];
  CHECK(pipe2(ends, O_DIRECT) == 0);
  saved = dup(2);
  dup2(ends[1], 2);
  argv0 = "me";
  errno = ENOENT;
  carpsys("1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
  dup2(saved, 2);
  ssize_t n = read(ends[0], line, sizeof line);
  CHECK(n > 0 && line[n - 1] == '\n');
  EQUAL(n, strlen("me: 123456789abcdefghijk: No such file or directory\n"));
}
#endif

TEST(errno_stays) {
  int nowhere = dup(2);
  close(2);
  errno = ENOENT;
  carp("foo");
  int after_carp = errno;
  errno = EPERM;
  carpsys("foo");
  int after_carpsys = errno;
  errmsg_puts(2, "foo");
  errmsg_flush(2);
  int after_flush = errno;
  dup2(nowhere, 2);
  EQUAL(after_carp, ENOENT);
  EQUAL(after_carpsys, EPERM);
  EQUAL(after_flush, EPERM);
}

static void ignore(int number) { (void)number; }

/* A write that waits for room in a pipe is cut short by a signal. */
TEST(short_writes_lose_nothing) {
  enum { SIZE = 1 << 19 };
  char *long_text = malloc(SIZE + 1);
  memset(long_text, 'x', SIZE);
  long_text[SIZE] = 0;
  catch(2);
  resize_pipe(2, 4096);
  pid_t pid = child();
  if (pid == 0) {
    struct sigaction action = {.sa_handler = ignore};
    struct itimerval often = {{0, 2000}, {0, 2000}};
    close(ends[0]);
    CHECK(sigaction(SIGALRM, &action, 0) == 0 && setitimer(ITIMER_REAL, &often, 0) == 0);
    carp("<", long_text, ">");
    done();
  }
  sleep_ms(50);
  release(2);
  join(pid);
  EQUAL(strlen(text), SIZE + 3);
  CHECK(strcmp(text + SIZE, "x>\n") == 0);
}

static void *say(void *string) {
  for (int i = 0; i < 500; i++) carp(string, string, string, string);
  return 0;
}

TEST(threads_do_not_mix_lines) {
  pthread_t threads[4];
  static char *const words[] = {"a", "bb", "ccc", "dddd"};
  catch(2);
  resize_pipe(2, 1 << 16);
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], 0, say, words[i]) == 0);
  for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], 0) == 0);
  release(2);
  int lines = 0;
  for (char *line = strtok(text, "\n"); line; line = strtok(0, "\n"), lines++) {
    size_t length = strlen(line);
    EQUAL(length, (size_t)(line[0] - 'a' + 1) * 4);
    EQUAL(strspn(line, (char[]){line[0], 0}), length);
  }
  EQUAL(lines, 2000);
}
