/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* buffer.h: what libowfat 0.33 and 0.34 have added. */
#include "t.h"

#include <fcntl.h>
#include <limits.h>
#include <libowfat/buffer.h>

static ssize_t (*const reading)() = (ssize_t (*)())read;

static int a_file(const char *text) {
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "buffer"));
  CHECK(fd != -1 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && lseek(fd, 0, SEEK_SET) == 0);
  unlink(name);
  return fd;
}

TEST(a_file_that_was_not_opened) {
  buffer b, before;
  char y[4];
  memset(&b, '#', sizeof b);
  before = b;
  errno = ENOENT;
  EQUAL(buffer_init_read(&b, -1, y, 4), -1);
  EQUAL(buffer_init_write(&b, -1, y, 4), -1);
  EQUAL(buffer_init_allocbuf(&b, reading, -1, 4), -1);
  EQUAL(buffer_init_read_allocbuf(&b, -1, 4), -1);
  EQUAL(buffer_init_write_allocbuf(&b, -1, 4), -1);
  EQUAL(errno, ENOENT);
  CHECK(memcmp(&b, &before, sizeof b) == 0);
}

TEST(reading_and_writing, .valgrind = 1) {
  buffer in, out;
  char y[4], x[9] = "";
  int ends[2];
  CHECK(pipe(ends) == 0);
  EQUAL(buffer_init_write(&out, ends[1], y, sizeof y), 0);
  EQUAL(buffer_putsflush(&out, "fourteen bytes"), 0);
  EQUAL(buffer_init_read_allocbuf(&in, ends[0], 5), 0);
  CHECK(in.a == 5 && in.fd == ends[0] && in.p == 0 && in.n == 0);
  EQUAL(buffer_get(&in, x, 8), 8);
  CHECK(strcmp(x, "fourteen") == 0);
  buffer_close(&in);
  CHECK(in.x == 0 && fcntl(ends[0], F_GETFD) == -1);
  CHECK(pipe(ends) == 0);
  EQUAL(buffer_init_write_allocbuf(&out, ends[1], 100), 0);
  EQUAL(buffer_putsflush(&out, "abc"), 0);
  EQUAL(buffer_init_read(&in, ends[0], y, 2), 0);
  EQUAL(buffer_get(&in, x, 3), 3);
  CHECK(memcmp(x, "abc", 3) == 0);
  buffer_close(&out);
}

TEST(no_memory_and_none_needed, .valgrind = 1) {
  NEEDS_64_BITS(size_t);
  buffer b, before;
  char x;
  memset(&b, '#', sizeof b);
  before = b;
  errno = 0;
  EQUAL(buffer_init_allocbuf(&b, reading, 0, SIZE_MAX / 2), -1);
  EQUAL(errno, ENOMEM);
  CHECK(memcmp(&b, &before, sizeof b) == 0);
  EQUAL(buffer_init_allocbuf(&b, reading, 0, 0), 0);
  EQUAL(buffer_getc(&b, &x), 0);
  buffer_close(&b);
}

TEST(static_contents, .valgrind = 1) {
  static char text[] = "abc";
  buffer b;
  char x[4];
  buffer_init_staticcontents(&b, text, 3);
  CHECK(b.fd == -1 && b.n == 3 && b.deinit == 0);
  EQUAL(buffer_get(&b, x, 4), 3);
  EQUAL(buffer_getc(&b, x), 0);
  EQUAL(buffer_feed(&b), 0);
  buffer_close(&b);
  buffer_init_staticcontents_free(&b, strdup("abcd"), 4);
  EQUAL(buffer_get(&b, x, 4), 4);
  buffer_close(&b);
  buffer_close(&b);
}

static int calls, limit = -1;

static ssize_t counting(int fd, char *x, size_t n) {
  calls++;
  if (limit-- == 0) {
    errno = EIO;
    return -1;
  }
  return read(fd, x, n);
}

TEST(peeking) {
  buffer b;
  char y[4], x = '#';
  buffer_init(&b, (ssize_t (*)())counting, a_file("ab"), y, sizeof y);
  CHECK(buffer_peekc(&b, &x) == 1 && x == 'a' && buffer_peekc(&b, &x) == 1 && x == 'a');
  EQUAL(calls, 1);
  EQUAL(buffer_seek(&b, 2), 2);
  x = '#';
  EQUAL(buffer_peekc(&b, &x), 0);
  CHECK(x == '#');
  limit = 0;
  EQUAL(buffer_peekc(&b, &x), -1);
  CHECK(x == '#' && errno == EIO);
}

TEST(passing_over_bytes) {
  buffer b;
  char y[4], x;
  buffer_init(&b, (ssize_t (*)())counting, a_file("0123456789abcdef"), y, sizeof y);
  EQUAL(buffer_seek(&b, 0), 0);
  EQUAL(calls, 0);
  EQUAL(buffer_seek(&b, 10), 10);
  CHECK(buffer_getc(&b, &x) == 1 && x == 'a');
  EQUAL(buffer_seek(&b, 1), 1);
  CHECK(buffer_getc(&b, &x) == 1 && x == 'c');
  EQUAL(buffer_seek(&b, (size_t)SSIZE_MAX + 1), -1);
  EQUAL(errno, EINVAL);
  CHECK(buffer_getc(&b, &x) == 1 && x == 'd');
  /* The input ends before. */
  EQUAL(buffer_seek(&b, 100), 100);
  EQUAL(buffer_getc(&b, &x), 0);
  limit = 0;
  EQUAL(buffer_seek(&b, 1), -1);
  EQUAL(errno, EIO);
}

TEST(initialisers_take_any_memory_and_operation) {
  static unsigned char y[4];
  static buffer b = BUFFER_INIT(read, 0, y, sizeof y);
  buffer c = BUFFER_INIT_FREE(write, 1, malloc(3), 3);
  CHECK(b.x == (char *)y && b.a == 4 && b.op == reading && c.a == 3 && c.fd == 1);
  buffer_close(&c);
}
