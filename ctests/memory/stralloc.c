/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* stralloc.h. */
#include "edge.h"

#include <libowfat/stralloc.h>
#include <limits.h>
#include <stddef.h>

/* The contents are those of a literal. */
#define HOLDS(SA, LITERAL)                                                                             \
  do {                                                                                                 \
    EQUAL((SA).len, sizeof(LITERAL) - 1);                                                              \
    CHECK((SA).len <= (SA).a);                                                                         \
    if (memcmp((SA).s, LITERAL, (SA).len) != 0) FAIL("it is %.*s", (int)(SA).len, (SA).s);             \
  } while (0)

TEST(layout) {
  NEEDS_64_BITS(long);
  EQUAL(sizeof(stralloc), 24);
  EQUAL(offsetof(struct stralloc, s), 0);
  EQUAL(offsetof(struct stralloc, len), 8);
  EQUAL(offsetof(struct stralloc, a), 16);
}

TEST(init_and_free, .valgrind = 1) {
  stralloc sa;
  memset(&sa, 'x', sizeof sa);
  stralloc_init(&sa);
  CHECK(sa.s == 0 && sa.len == 0 && sa.a == 0);
  stralloc_free(&sa);
  EQUAL(stralloc_copys(&sa, "foo"), 1);
  stralloc_free(&sa);
  CHECK(sa.s == 0 && sa.len == 0 && sa.a == 0);
}

TEST(memory_belongs_to_malloc, .valgrind = 1) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, "foo"));
  free(sa.s);
  sa.s = strdup("a long enough string");
  sa.len = 3;
  sa.a = 21;
  CHECK(stralloc_cats(&sa, "bcdefghijklmnopqrstuvwxyz"));
  HOLDS(sa, "a lbcdefghijklmnopqrstuvwxyz");
  stralloc_free(&sa);
}

TEST(stralloc_ready_makes_room_and_some_more, .valgrind = 1) {
  static const size_t sizes[][2] = {{0, 30}, {1, 31}, {8, 39}, {1000, 1155}};
  for (size_t i = 0; i < 4; i++) {
    stralloc sa = {0};
    EQUAL(stralloc_ready(&sa, sizes[i][0]), 1);
    EQUAL(sa.a, sizes[i][1]);
    EQUAL(sa.len, 0);
    EQUAL(stralloc_ready(&sa, 1), 1);
    EQUAL(sa.a, sizes[i][1]);
    stralloc_free(&sa);
  }
}

TEST(stralloc_readyplus_counts_what_is_there, .valgrind = 1) {
  stralloc sa = {0};
  sa.len = 1000;
  EQUAL(stralloc_readyplus(&sa, 8), 1);
  EQUAL(sa.a, 39);
  sa.len = 32;
  EQUAL(stralloc_readyplus(&sa, 7), 1);
  EQUAL(sa.a, 39);
  EQUAL(stralloc_readyplus(&sa, 8), 1);
  EQUAL(sa.a, 75);
  stralloc_free(&sa);
}

TEST(sizes_that_no_memory_has_change_nothing) {
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 2, SIZE_MAX - 40, SIZE_MAX / 2, SIZE_MAX / 2 + 1};
  stralloc sa = {0};
  char *s;
  CHECK(stralloc_copys(&sa, "foo"));
  s = sa.s;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    EQUAL(stralloc_ready(&sa, sizes[i]), 0);
    EQUAL(stralloc_readyplus(&sa, sizes[i]), 0);
    EQUAL(stralloc_catb(&sa, "x", sizes[i]), 0);
    EQUAL(stralloc_copyb(&sa, "x", sizes[i]), 0);
    EQUAL(stralloc_catulong0(&sa, 1, sizes[i]), 0);
    EQUAL(stralloc_catlong0(&sa, -1, sizes[i]), 0);
    CHECK(sa.s == s);
    HOLDS(sa, "foo");
  }
}

TEST(overflow_is_enomem) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, "foo"));
  errno = 0;
  EQUAL(stralloc_readyplus(&sa, SIZE_MAX), 0);
  EQUAL(errno, ENOMEM);
  errno = 0;
  EQUAL(stralloc_catb(&sa, "x", SIZE_MAX - 2), 0);
  EQUAL(errno, ENOMEM);
}

TEST(replacing, .valgrind = 1) {
  stralloc sa = {0}, other = {0};
  EQUAL(stralloc_copyb(&sa, at_the_edge("a\0b", 3), 3), 1);
  HOLDS(sa, "a\0b");
  EQUAL(stralloc_copys(&sa, string_at_the_edge("fnord")), 1);
  HOLDS(sa, "fnord");
  EQUAL(stralloc_copy(&other, &sa), 1);
  HOLDS(other, "fnord");
  EQUAL(stralloc_copys(&sa, ""), 1);
  HOLDS(sa, "");
  EQUAL(stralloc_copym(&sa, "a", "b", "c"), 1);
  HOLDS(sa, "abc");
  stralloc_zero(&sa);
  HOLDS(sa, "");
  CHECK(sa.s != 0);
  stralloc_free(&sa);
  stralloc_free(&other);
}

TEST(nothing_from_nowhere, .valgrind = 1) {
  stralloc sa = {0}, empty = {0};
  EQUAL(stralloc_copyb(&sa, 0, 0), 1);
  EQUAL(stralloc_catb(&sa, 0, 0), 1);
  EQUAL(stralloc_copy(&sa, &empty), 1);
  EQUAL(stralloc_cat(&sa, &empty), 1);
  HOLDS(sa, "");
  CHECK(sa.s != 0);
  EQUAL(stralloc_diff(&empty, &sa), 0);
  EQUAL(stralloc_diffs(&empty, ""), 0);
  stralloc_free(&sa);
}

TEST(appending, .valgrind = 1) {
  stralloc sa = {0}, other = {0};
  EQUAL(stralloc_cats(&sa, "foo"), 1);
  EQUAL(stralloc_catb(&sa, at_the_edge("a\0b", 3), 3), 1);
  CHECK(stralloc_copys(&other, "x"));
  EQUAL(stralloc_cat(&sa, &other), 1);
  EQUAL(stralloc_append(&sa, "yz"), 1);
  EQUAL(stralloc_0(&sa), 1);
  EQUAL(stralloc_catm(&sa, "1", "", "23"), 1);
  EQUAL(stralloc_catm_internal(&sa, (char *)0), 1);
  HOLDS(sa, "fooa\0bxy\0" "123");
  stralloc_free(&sa);
  stralloc_free(&other);
}

TEST(single_bytes_in_line, .valgrind = 1) {
  stralloc sa = {0};
  char model[1000];
  for (int i = 0; i < 1000; i++) {
    char byte = model[i] = (char)i;
    EQUAL(stralloc_APPEND(&sa, &byte), 1);
  }
  EQUAL(sa.len, 1000);
  CHECK(memcmp(sa.s, model, 1000) == 0);
  stralloc_free(&sa);
}

TEST(appending_itself, .valgrind = 1) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, "0123456789"));
  for (int i = 0; i < 4; i++) EQUAL(stralloc_cat(&sa, &sa), 1);
  EQUAL(sa.len, 160);
  for (size_t i = 0; i < 160; i++) EQUAL(sa.s[i], '0' + (int)(i % 10));
  EQUAL(stralloc_copyb(&sa, sa.s + 5, 7), 1);
  HOLDS(sa, "5678901");
  EQUAL(stralloc_copy(&sa, &sa), 1);
  HOLDS(sa, "5678901");
  stralloc_free(&sa);
}

TEST(appending_parts_of_itself, .valgrind = 1) {
  for (size_t filler = 0; filler < 100; filler++) {
    stralloc sa = {0};
    char wanted[400], many[100] = {0};
    memset(many, 'x', filler);
    CHECK(stralloc_copyb(&sa, "abc\0def", 8));
    EQUAL(stralloc_catm(&sa, sa.s, many, sa.s + 5, many, sa.s + 4), 1);
    size_t length = (size_t)snprintf(wanted, sizeof wanted, "abc%cdef%cabc%sef%sdef", 0, 0, many, many);
    EQUAL(sa.len, length);
    CHECK(memcmp(sa.s, wanted, length) == 0);
    stralloc_free(&sa);
  }
}

TEST(a_list_without_memory_changes_nothing) {
  enum { COUNT = 24, BIG = 1 << 20 };
  struct rlimit limit = {64 << 20, 64 << 20};
  stralloc sa = {0};
  char *big = malloc(BIG + 1), *s;
  memset(big, 'x', BIG);
  big[BIG] = 0;
  CHECK(stralloc_copys(&sa, "foo"));
  s = sa.s;
  CHECK(setrlimit(MEMORY_LIMIT, &limit) == 0);
  errno = 0;
#define FOUR big, big, big, big
#define SIXTEEN FOUR, FOUR, FOUR, FOUR
  EQUAL(stralloc_catm(&sa, "bar", SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN), 0);
  EQUAL(errno, ENOMEM);
  CHECK(sa.s == s);
  HOLDS(sa, "foo");
}

TEST(numbers, .valgrind = 1) {
  NEEDS_64_BITS(long);
  stralloc sa = {0};
  EQUAL(stralloc_catulong0(&sa, 23, 4), 1);
  EQUAL(stralloc_catlong0(&sa, -10, 4), 1);
  EQUAL(stralloc_catlong0(&sa, 10, 4), 1);
  EQUAL(stralloc_catulong(&sa, ULONG_MAX), 1);
  EQUAL(stralloc_catlong(&sa, 0), 1);
  EQUAL(stralloc_catint(&sa, -7), 1);
  EQUAL(stralloc_catuint(&sa, 7u), 1);
  EQUAL(stralloc_catint0(&sa, -7, 2), 1);
  EQUAL(stralloc_catuint0(&sa, 7u, 2), 1);
  HOLDS(sa, "0023-0010001018446744073709551615" "0-77-0707");
  stralloc_free(&sa);
}

TEST(the_lowest_number, .valgrind = 1) {
  NEEDS_64_BITS(long);
  stralloc sa = {0};
  EQUAL(stralloc_catlong(&sa, LONG_MIN), 1);
  HOLDS(sa, "-9223372036854775808");
  stralloc_free(&sa);
}

TEST(comparing, .valgrind = 1) {
  static const struct {
    const char *a, *b;
    int difference;
  } pairs[] = {{"", "", 0}, {"abc", "abc", 0}, {"ab", "abc", -1}, {"abc", "ab", 1}, {"a\xff", "a\x01", 254}, {"x", "y", -1}};
  stralloc a = {0}, b = {0};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    CHECK(stralloc_copys(&a, pairs[i].a) && stralloc_copys(&b, pairs[i].b));
    EQUAL(stralloc_diff(&a, &b), pairs[i].difference);
    EQUAL(stralloc_diffs(&a, string_at_the_edge(pairs[i].b)), pairs[i].difference);
    EQUAL(stralloc_equal(&a, &b), pairs[i].difference == 0);
    EQUAL(stralloc_equals(&a, pairs[i].b), pairs[i].difference == 0);
  }
  CHECK(stralloc_copyb(&a, "ab\0", 3));
  EQUAL(stralloc_diffs(&a, "ab"), 1);
  EQUAL(stralloc_starts(&a, ""), 1);
  EQUAL(stralloc_starts(&a, "ab"), 1);
  EQUAL(stralloc_starts(&a, "b"), 0);
  EQUAL(stralloc_starts(&a, "abc"), 0);
  stralloc_free(&a);
  stralloc_free(&b);
}

TEST(the_last_byte, .valgrind = 1) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, "a\xff"));
  EQUAL(stralloc_chop(&sa), 0xff);
  EQUAL(stralloc_chop(&sa), 'a');
  EQUAL(stralloc_chop(&sa), -1);
  stralloc_free(&sa);
  EQUAL(stralloc_chop(&sa), -1);
  EQUAL(stralloc_chomp(&sa), 0);
}

static void chomp(const char *line, int removed) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, line));
  EQUAL(stralloc_chomp(&sa), removed);
  EQUAL(sa.len, strlen(line) - (size_t)removed);
  stralloc_free(&sa);
}

TEST(ends_of_lines, .valgrind = 1) {
  chomp("", 0);
  chomp("a", 0);
  chomp("\n", 1);
  chomp("\r", 1);
  chomp("a\n", 1);
  chomp("a\r", 1);
  chomp("a\r\n", 2);
  chomp("a\n\n", 1);
  chomp("a\n\r", 1);
}

TEST(a_line_that_is_nothing_but_its_end, .valgrind = 1) { chomp("\r\n", 2); }
