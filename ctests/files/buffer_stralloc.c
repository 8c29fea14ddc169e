/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* buffer.h: tokens of any length, and buffers that write to a stralloc. */
#include "scripted.h"

#include <libowfat/stralloc.h>

/* The calls of realloc that succeed before one fails; all do while it is negative. */
static int reallocs = -1;

void *__libc_realloc(void *, size_t);

void *realloc(void *block, size_t size) {
  if (reallocs == 0) {
    errno = ENOMEM;
    return 0;
  }
  reallocs -= reallocs > 0;
  return __libc_realloc(block, size);
}

#define HOLDS(sa, BYTES)                                                      \
  do {                                                                        \
    EQUAL((sa).len, sizeof BYTES - 1);                                        \
    CHECK(memcmp((sa).s, BYTES, (sa).len) == 0);                              \
  } while (0)

TEST(lines, .valgrind = 1) {
  stralloc sa = {0};
  INPUT(b, 3, "abcdef\n\ngh");
  EQUAL(buffer_getline_sa(&b, &sa), 1);
  HOLDS(sa, "abcdef\n");
  EQUAL(buffer_getline_sa(&b, &sa), 1);
  HOLDS(sa, "abcdef\n\n");
  EQUAL(buffer_getnewline_sa(&b, &sa), 0);
  HOLDS(sa, "gh");
  EQUAL(buffer_getline_sa(&b, &sa), 0);
  HOLDS(sa, "gh");
  EQUAL(buffer_getnewline_sa(&b, &sa), 0);
  HOLDS(sa, "");
  stralloc_free(&sa);
  free(b.x);
}

TEST(tokens, .valgrind = 1) {
  stralloc sa = {0};
  INPUT(b, 3, "one two;three");
  EQUAL(buffer_get_new_token_sa(&b, &sa, " ;", 2), 1);
  EQUAL(buffer_get_token_sa(&b, &sa, " ;", 2), 1);
  HOLDS(sa, "one two;");
  EQUAL(buffer_get_new_token_sa(&b, &sa, " ;", 2), 0);
  HOLDS(sa, "three");
  stralloc_free(&sa);
  free(b.x);
}

TEST(a_token_goes_on_after_eagain, .valgrind = 1) {
  stralloc sa = {0};
  INPUT(b, 3, "one two\n");
  script[0] = 2;
  script[1] = script[2] = -EAGAIN;
  EQUAL(buffer_getline_sa(&b, &sa), -1);
  EQUAL(errno, EAGAIN);
  HOLDS(sa, "on");
  EQUAL(buffer_getline_sa(&b, &sa), -1);
  EQUAL(buffer_getline_sa(&b, &sa), 1);
  HOLDS(sa, "one two\n");
  stralloc_free(&sa);
  free(b.x);
}

static int ends_with_c(stralloc *sa) {
  switch (sa->s[sa->len - 1]) {
  case 'c': return 1;
  case '2': return 2;
  case '!': errno = EDOM; return -1;
  default: return 0;
  }
}

TEST(tokens_of_a_function, .valgrind = 1) {
  stralloc sa = {0};
  INPUT(b, 4, "ab2cdc!ef");
  EQUAL(buffer_get_token_sa_pred(&b, &sa, ends_with_c), 0);
  HOLDS(sa, "ab2c");
  EQUAL(buffer_get_token_sa_pred(&b, &sa, ends_with_c), 0);
  HOLDS(sa, "ab2cdc");
  errno = 0;
  EQUAL(buffer_get_new_token_sa_pred(&b, &sa, ends_with_c), -1);
  EQUAL(errno, EDOM);
  HOLDS(sa, "!");
  EQUAL(buffer_get_new_token_sa_pred(&b, &sa, ends_with_c), 0);
  HOLDS(sa, "ef");
  script[calls] = -EPIPE;
  EQUAL(buffer_get_token_sa_pred(&b, &sa, ends_with_c), -1);
  EQUAL(errno, EPIPE);
  stralloc_free(&sa);
  free(b.x);
}

/* Without memory nothing is lost: what was not appended is still to be read. */
TEST(a_line_without_memory) {
  stralloc sa = {0};
  INPUT(b, 100, "0123456789 0123456789 0123456789 0123456789\n");
  CHECK(stralloc_copys(&sa, "before "));
  reallocs = 0;
  errno = 0;
  EQUAL(buffer_getline_sa(&b, &sa), -1);
  EQUAL(errno, ENOMEM);
  reallocs = -1;
  EQUAL(buffer_getline_sa(&b, &sa), 1);
  HOLDS(sa, "before 0123456789 0123456789 0123456789 0123456789\n");
  stralloc_free(&sa);
  free(b.x);
}

TEST(a_token_of_a_function_without_memory) {
  stralloc sa = {0};
  INPUT(b, 100, "abc");
  reallocs = 0;
  errno = 0;
  EQUAL(buffer_get_token_sa_pred(&b, &sa, ends_with_c), -1);
  EQUAL(errno, ENOMEM);
  reallocs = -1;
  EQUAL(buffer_get_token_sa_pred(&b, &sa, ends_with_c), 0);
  HOLDS(sa, "abc");
  stralloc_free(&sa);
  free(b.x);
}

TEST(to_an_empty_stralloc, .valgrind = 1) {
  stralloc sa = {0};
  buffer b;
  EQUAL(buffer_tosa(&b, &sa), 0);
  EQUAL(buffer_puts(&b, "abc"), 0);
  EQUAL(buffer_putulong(&b, 42), 0);
  EQUAL(sa.len, 0);
  EQUAL(buffer_flush(&b), 0);
  HOLDS(sa, "abc42");
  buffer_close(&b);
  stralloc_free(&sa);
}

TEST(to_a_stralloc_behind_what_is_there, .valgrind = 1) {
  stralloc sa = {0};
  buffer b;
  CHECK(stralloc_copys(&sa, "before "));
  EQUAL(buffer_tosa(&b, &sa), 0);
  EQUAL(buffer_puts(&b, "abc"), 0);
  EQUAL(buffer_flush(&b), 0);
  HOLDS(sa, "before abc");
  stralloc_free(&sa);
}

TEST(to_a_stralloc_at_once, .valgrind = 1) {
  stralloc sa = {0};
  buffer b;
  EQUAL(buffer_tosa(&b, &sa), 0);
  EQUAL(buffer_putsflush(&b, "abc"), 0);
  EQUAL(buffer_putmflush(&b, "de", "f"), 0);
  HOLDS(sa, "abcdef");
  stralloc_free(&sa);
}

TEST(to_a_stralloc_in_large_pieces, .valgrind = 1) {
  static char piece[5000];
  stralloc sa = {0};
  buffer b;
  for (size_t i = 0; i < sizeof piece; i++) piece[i] = (char)(i % 251);
  EQUAL(buffer_tosa(&b, &sa), 0);
  for (size_t len = 0, all = 0; len < sizeof piece; all += len, len += 97) {
    EQUAL(buffer_put(&b, piece, len), 0);
    EQUAL(sa.len + b.p, all + len);
  }
  EQUAL(buffer_flush(&b), 0);
  for (size_t len = 0, at = 0; len < sizeof piece; at += len, len += 97)
    CHECK(memcmp(sa.s + at, piece, len) == 0);
  stralloc_free(&sa);
}

TEST(to_a_stralloc_without_memory) {
  static char piece[1000];
  stralloc sa = {0};
  buffer b;
  reallocs = 0;
  EQUAL(buffer_tosa(&b, &sa), -1);
  EQUAL(errno, ENOMEM);
  reallocs = -1;
  EQUAL(buffer_tosa(&b, &sa), 0);
  memset(piece, 'x', sizeof piece);
  EQUAL(buffer_puts(&b, "abc"), 0);
  EQUAL(buffer_put(&b, piece, sizeof piece), 0);
  reallocs = 0;
  /* What waits is in the memory of the string already. */
  EQUAL(buffer_flush(&b), 0);
  EQUAL(sa.len, 1003);
  int result;
  size_t before;
  do {
    before = sa.len + b.p;
    result = buffer_put(&b, piece, sizeof piece);
  } while (result == 0);
  EQUAL(errno, ENOMEM);
  EQUAL(sa.len + b.p, before);
  reallocs = -1;
  EQUAL(buffer_puts(&b, "end"), 0);
  EQUAL(buffer_flush(&b), 0);
  EQUAL(sa.len, before + 3);
  CHECK(memcmp(sa.s, "abcx", 4) == 0 && memcmp(sa.s + before - 1, "xend", 4) == 0);
  stralloc_free(&sa);
}
