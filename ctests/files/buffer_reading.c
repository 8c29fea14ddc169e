/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* buffer.h: reading. */
#include <libowfat/array.h> /* first, so that buffer.h declares what takes one */

#include "edge.h"
#include "scripted.h"

#include <libowfat/stralloc.h>

TEST(bytes, .valgrind = 1) {
  char got[20], c;
  INPUT(b, 4, "0123456789");
  EQUAL(buffer_feed(&b), 4);
  EQUAL(buffer_feed(&b), 4);
  CHECK(buffer_peek(&b) == b.x);
  EQUAL(buffer_getc(&b, &c), 1);
  EQUAL(c, '0');
  CHECK(buffer_PEEK(&b) == b.x + 1);
  EQUAL(buffer_GETC(&b, &c), 1);
  EQUAL(c, '1');
  EQUAL(buffer_get(&b, got, 3), 3);
  CHECK(memcmp(got, "234", 3) == 0);
  EQUAL(buffer_getn(&b, got, 20), 5);
  CHECK(memcmp(got, "56789", 5) == 0);
  EQUAL(buffer_get(&b, got, 20), 0);
  EQUAL(buffer_GETC(&b, &c), 0);
  EQUAL(buffer_feed(&b), 0);
  free(b.x);
}

TEST(looking_and_passing_over, .valgrind = 1) {
  char c;
  INPUT(b, 8, "0123456789");
  EQUAL(buffer_feed(&b), 8);
  buffer_seek(&b, 3);
  EQUAL(*buffer_peek(&b), '3');
  buffer_SEEK(&b, 1);
  EQUAL(*buffer_PEEK(&b), '4');
  buffer_seek(&b, SIZE_MAX);
  EQUAL(*buffer_peek(&b), '4');
  buffer_seek(&b, 4);
  EQUAL(buffer_feed(&b), 2);
  EQUAL(buffer_getc(&b, &c), 1);
  EQUAL(c, '8');
  free(b.x);
}

/* Of what is behind the buffer as well. */
TEST(passing_over_more_than_is_buffered, .valgrind = 1) {
  char c;
  INPUT(b, 8, "0123456789abcdefghij");
  EQUAL(buffer_feed(&b), 8);
  EQUAL(buffer_seek(&b, 17), 17);
  EQUAL(buffer_getc(&b, &c), 1);
  EQUAL(c, 'h');
  EQUAL(buffer_seek(&b, 1000), 1000);
  EQUAL(buffer_feed(&b), 0);
  free(b.x);
}

TEST(signals_do_not_interrupt, .valgrind = 1) {
  char got[20];
  INPUT(b, 4, "0123456789");
  script[0] = script[1] = script[3] = -EINTR;
  script[2] = 1;
  EQUAL(buffer_get(&b, got, 10), 10);
  EQUAL(calls, 7);
  free(b.x);
}

TEST(stubborn_reading, .valgrind = 1) {
  char got[20] = "";
  INPUT(b, 4, "0123456789");
  script[0] = -EINTR;
  script[1] = 3;
  script[2] = -EPIPE;
  EQUAL(buffer_stubborn_read(GET_TEXT, 77, got, 20, &b), 3);
  EQUAL(buffer_stubborn_read(GET_TEXT, 77, got, 20, &b), -1);
  EQUAL(errno, EPIPE);
  EQUAL(buffer_stubborn_read(GET_TEXT, 77, got, 20, &b), 7);
  EQUAL(buffer_stubborn_read(GET_TEXT, 77, got, 20, &b), 0);
  free(b.x);
}

TEST(lines, .valgrind = 1) {
  char line[20];
  INPUT(b, 3, "ab\n\ncd");
  EQUAL(buffer_getline(&b, line, sizeof line), 2);
  CHECK(memcmp(line, "ab\n", 3) == 0);
  EQUAL(buffer_getline(&b, line, sizeof line), 0);
  EQUAL(line[0], '\n');
  EQUAL(buffer_getline(&b, line, sizeof line), 2);
  CHECK(memcmp(line, "cd", 2) == 0);
  EQUAL(buffer_getline(&b, line, sizeof line), 0);
  free(b.x);
}

TEST(the_last_line_ends_with_a_null_byte) {
  char line[20];
  INPUT(b, 3, "a\ncd");
  EQUAL(buffer_getline(&b, line, sizeof line), 1);
  EQUAL(buffer_getline(&b, line, sizeof line), 2);
  EQUAL(line[2], 0);
  line[0] = 'x';
  EQUAL(buffer_get_token(&b, line, sizeof line, " ", 1), 0);
  EQUAL(line[0], 0);
}

TEST(a_full_line_goes_on, .valgrind = 1) {
  char *line = malloc(4);
  INPUT(b, 16, "abcdefg\nh");
  EQUAL(buffer_getline(&b, line, 4), 4);
  CHECK(memcmp(line, "abcd", 4) == 0);
  EQUAL(buffer_getline(&b, line, 4), 3);
  CHECK(memcmp(line, "efg\n", 4) == 0);
  EQUAL(buffer_getline(&b, line, 1), 1);
  EQUAL(buffer_getline(&b, line, 0), 0);
  free(line);
  free(b.x);
}

TEST(tokens, .valgrind = 1) {
  char token[20];
  INPUT(b, 5, "one, two;;three\xff");
  EQUAL(buffer_get_token(&b, token, sizeof token, ",; \xff", 4), 3);
  EQUAL(token[3], ',');
  EQUAL(buffer_get_token(&b, token, sizeof token, ",; \xff", 4), 0);
  EQUAL(token[0], ' ');
  EQUAL(buffer_get_token(&b, token, sizeof token, ",;", 2), 3);
  EQUAL(buffer_get_token(&b, token, sizeof token, ",;", 2), 0);
  EQUAL(buffer_get_token(&b, token, sizeof token, "\xff", 1), 5);
  EQUAL(buffer_get_token(&b, token, sizeof token, ",;", 2), 0);
  EQUAL(token[0], 0);
  EQUAL(buffer_get_token(&b, token, sizeof token, NULL, 0), 0);
  free(b.x);
}

/* An error comes after three bytes. */
#define FAILING(CALL)                                                         \
  do {                                                                        \
    char got[20];                                                             \
    INPUT(b, 4, "0123456789");                                                \
    calls = 0;                                                                \
    script[0] = 3;                                                            \
    script[1] = -EPIPE;                                                       \
    EQUAL(CALL, -1);                                                          \
    EQUAL(errno, EPIPE);                                                      \
    free(b.x);                                                                \
    (void)got;                                                                \
  } while (0)

static int never(const char *x, size_t len) {
  CHECK(len > 0 && x[len - 1]);
  return 0;
}

TEST(errors, .valgrind = 1) {
  char c;
  FAILING((buffer_feed(&b), buffer_seek(&b, 3), buffer_feed(&b)));
  FAILING(buffer_get(&b, got, 20));
  FAILING((buffer_get(&b, got, 3), buffer_getc(&b, &c)));
  FAILING(buffer_get_token(&b, got, 20, "\n ", 2));
  FAILING(buffer_get_token_pred(&b, got, 20, never));
}

TEST(errors_behind_the_buffer, .valgrind = 1) {
  FAILING(buffer_seek(&b, 9));
  FAILING((buffer_feed(&b), buffer_seek(&b, 9)));
}

TEST(errors_in_a_line) {
  FAILING(buffer_getline(&b, got, 20));
  FAILING(buffer_get_token(&b, got, 20, "\n", 1));
}

/* Two newlines end a header. */
static int empty_line(const char *x, size_t len) { return len > 1 && x[len - 1] == '\n' && x[len - 2] == '\n'; }

static int give_up(const char *x, size_t len) {
  errno = EDOM;
  return x[len - 1] == '!' ? -1 : 0;
}

TEST(tokens_of_a_function, .valgrind = 1) {
  char token[20];
  INPUT(b, 5, "a: b\nc: d\n\nbody");
  EQUAL(buffer_get_token_pred(&b, token, 20, empty_line), 10);
  CHECK(memcmp(token, "a: b\nc: d\n\n", 11) == 0);
  EQUAL(buffer_get_token_pred(&b, token, 2, empty_line), 2);
  EQUAL(buffer_get_token_pred(&b, token, 20, empty_line), 2);
  EQUAL(buffer_get_token_pred(&b, token, 20, empty_line), 0);
  free(b.x);
}

TEST(functions_may_give_up) {
  char token[20];
  INPUT(b, 5, "abc!def");
  EQUAL(buffer_get_token_pred(&b, token, 20, give_up), -1);
  EQUAL(errno, EDOM);
}

TEST(from_memory, .valgrind = 1) {
  char got[20];
  stralloc sa = {0};
  buffer b;
  memset(&b, 0xa5, sizeof b);
  buffer_frombuf(&b, at_the_edge("abc", 3), 3);
  EQUAL(b.fd, 0);
  CHECK(b.deinit == 0);
  EQUAL(buffer_feed(&b), 3);
  EQUAL(buffer_getline(&b, got, 20), 3);
  EQUAL(buffer_feed(&b), 0);
  buffer_fromsa(&b, &sa);
  EQUAL(buffer_feed(&b), 0);
  CHECK(stralloc_copys(&sa, "def"));
  buffer_fromsa(&b, &sa);
  EQUAL(buffer_get(&b, got, 20), 3);
  CHECK(memcmp(got, "def", 3) == 0);
  buffer_close(&b);
  stralloc_free(&sa);
}

TEST(cookies_are_not_left_as_they_were) {
  buffer b;
  memset(&b, 0xa5, sizeof b);
  buffer_frombuf(&b, "abc", 3);
  CHECK(b.cookie == 0);
}

TEST(from_arrays, .valgrind = 1) {
  char got[20];
  array a = {0};
  buffer b;
  buffer_fromarray(&b, &a);
  EQUAL(buffer_feed(&b), 0);
  array_cats(&a, "abc");
  buffer_fromarray(&b, &a);
  EQUAL(buffer_get(&b, got, 20), 3);
  array_fail(&a);
  buffer_fromarray(&b, &a);
  EQUAL(buffer_feed(&b), 0);
  array_reset(&a);
}
