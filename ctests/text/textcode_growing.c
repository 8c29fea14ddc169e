/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* textcode.h: into growing strings and arrays. */
#include "t.h"

#include <libowfat/array.h>
#include <libowfat/stralloc.h>
#include <libowfat/textcode.h>

/* The contents are "x" and those of a literal. */
#define HOLDS(START, LENGTH, LITERAL)                                                     \
  do {                                                                                    \
    EQUAL(LENGTH, sizeof("x" LITERAL) - 1);                                               \
    if (memcmp(START, "x" LITERAL, LENGTH) != 0) FAIL("it is %.*s", (int)(LENGTH), (char *)(START)); \
  } while (0)

static stralloc x_string(void) {
  stralloc sa = {0};
  CHECK(stralloc_copys(&sa, "x"));
  return sa;
}

static array x_array(void) {
  array a;
  memset(&a, 0, sizeof a);
  array_cats(&a, "x");
  return a;
}

TEST(fmt_to_sa_appends, .valgrind = 1) {
  stralloc sa = x_string();
  EQUAL(fmt_to_sa(fmt_hexdump, &sa, "a", 1) != 0, 1);
  HOLDS(sa.s, sa.len, "61");
  CHECK(fmt_base64_sa(&sa, "fnord", 5));
  CHECK(fmt_quotedprintable_sa(&sa, "=", 1));
  CHECK(fmt_urlencoded_sa(&sa, "%", 1));
  CHECK(fmt_html_sa(&sa, "&", 1));
  CHECK(fmt_cescape_sa(&sa, "\n", 1));
  CHECK(fmt_ldapescape_sa(&sa, "*", 1));
  CHECK(fmt_jsonescape_sa(&sa, "\"", 1));
  CHECK(fmt_yenc_sa(&sa, "a", 1));
  CHECK(fmt_hexdump_sa(&sa, "b", 1));
  HOLDS(sa.s, sa.len, "61Zm5vcmQ==3d%25&amp;\\n\\2a\\\"\x8b\n62");
  stralloc_free(&sa);
}

TEST(fmt_to_sa_says_1, .valgrind = 1) {
  stralloc sa = x_string();
  EQUAL(fmt_to_sa(fmt_hexdump, &sa, "ab", 2), 1);
  EQUAL(fmt_to_sa(fmt_hexdump, &sa, "", 0), 1);
  stralloc_free(&sa);
}

TEST(fmt_to_sa_of_encoders_that_announced_wrong_lengths, .valgrind = 1) {
  stralloc sa = x_string();
  CHECK(fmt_uuencoded_sa(&sa, "abc", 3));
  CHECK(fmt_base64url_sa(&sa, "f", 1));
  HOLDS(sa.s, sa.len, "#86)C\nZg");
  stralloc_free(&sa);
}

TEST(fmt_to_sa_without_memory) {
  stralloc sa = x_string();
  char *s = sa.s;
  size_t a = sa.a;
  errno = 0;
  EQUAL(fmt_to_sa(fmt_hexdump, &sa, "", SIZE_MAX), 0);
  EQUAL(errno, ENOMEM);
  CHECK(sa.s == s && sa.len == 1 && sa.a == a && *s == 'x');
}

TEST(fmt_to_sa_without_an_encoder) {
  stralloc sa = x_string();
  EQUAL(fmt_to_sa(0, &sa, "a", 1), 0);
  EQUAL(errno, EINVAL);
  EQUAL(scan_to_sa(0, "a", &sa), 0);
  EQUAL(errno, EINVAL);
  EQUAL(sa.len, 1);
}

TEST(scan_to_sa_appends, .valgrind = 1) {
  stralloc sa = x_string();
  EQUAL(scan_to_sa(scan_hexdump, "3031 ", &sa), 4);
  EQUAL(scan_uuencoded_sa("#0V%T", &sa), 5);
  EQUAL(scan_base64_sa("Zm5vcmQ=", &sa), 8);
  EQUAL(scan_base64url_sa("Zg", &sa), 2);
  EQUAL(scan_quotedprintable_sa("=3d", &sa), 3);
  EQUAL(scan_urlencoded_sa("%25", &sa), 3);
  EQUAL(scan_yenc_sa("a", &sa), 1);
  EQUAL(scan_html_sa("&amp;", &sa), 5);
  EQUAL(scan_cescape_sa("\\n", &sa), 2);
  EQUAL(scan_ldapescape_sa("\\2a", &sa), 3);
  EQUAL(scan_jsonescape_sa("\\t", &sa), 2);
  EQUAL(scan_hexdump_sa("x", &sa), 0);
  EQUAL(scan_hexdump_sa("", &sa), 0);
  HOLDS(sa.s, sa.len, "01Catfnordf=%7&\n*\t");
  stralloc_free(&sa);
}

TEST(fmt_to_sa_of_itself, .valgrind = 1) {
  stralloc sa = x_string();
  for (int i = 0; i < 6; i++) CHECK(fmt_to_sa(fmt_hexdump, &sa, sa.s, sa.len));
  EQUAL(sa.len, 729);
  CHECK(memcmp(sa.s, "x78783738", 9) == 0);
  stralloc_free(&sa);
}

TEST(fmt_to_array_appends, .valgrind = 1) {
  array a = x_array();
  fmt_to_array(fmt_hexdump, &a, "ab", 2);
  fmt_to_array(fmt_base64, &a, "f", 1);
  HOLDS(array_start(&a), array_bytes(&a), "6162Zg==");
  array_reset(&a);
}

TEST(fmt_to_array_of_nothing, .valgrind = 1) {
  array a;
  memset(&a, 0, sizeof a);
  fmt_to_array(fmt_hexdump, &a, "", 0);
  CHECK(!array_failed(&a) && array_bytes(&a) == 0);
}

TEST(fmt_to_array_of_encoders_that_announced_wrong_lengths, .valgrind = 1) {
  array a = x_array();
  fmt_to_array(fmt_uuencoded, &a, "abc", 3);
  fmt_to_array(fmt_base64url, &a, "f", 1);
  HOLDS(array_start(&a), array_bytes(&a), "#86)C\nZg");
  array_reset(&a);
}

TEST(fmt_to_array_without_memory) {
  array a = x_array();
  errno = 0;
  fmt_to_array(fmt_hexdump, &a, "", SIZE_MAX);
  EQUAL(errno, ENOMEM);
  CHECK(array_failed(&a));
}

TEST(fmt_tofrom_array_appends, .valgrind = 1) {
  array a = x_array(), b = x_array();
  fmt_tofrom_array(fmt_hexdump, &a, &b);
  HOLDS(array_start(&a), array_bytes(&a), "78");
  array_reset(&a);
  array_reset(&b);
}

TEST(fmt_tofrom_array_into_a_new_one, .valgrind = 1) {
  array a, b = x_array();
  memset(&a, 0, sizeof a);
  fmt_tofrom_array(fmt_hexdump, &a, &b);
  EQUAL(array_bytes(&a), 2);
  CHECK(memcmp(array_start(&a), "78", 2) == 0);
  array_reset(&a);
  array_reset(&b);
}

TEST(fmt_tofrom_array_passes_failure_on, .valgrind = 1) {
  array a = x_array(), b = x_array();
  array_fail(&b);
  fmt_tofrom_array(fmt_hexdump, &a, &b);
  CHECK(array_failed(&a));
  b = x_array();
  fmt_tofrom_array(fmt_hexdump, &a, &b);
  CHECK(array_failed(&a) && array_bytes(&b) == 1);
  array_reset(&b);
}

TEST(scan_to_array_appends, .valgrind = 1) {
  array a = x_array();
  EQUAL(scan_to_array(scan_hexdump, "3031 ", &a), 4);
  EQUAL(scan_to_array(scan_base64, "Zm5vcmQ=", &a), 8);
  EQUAL(scan_to_array(scan_base64, "!", &a), 0);
  HOLDS(array_start(&a), array_bytes(&a), "01fnord");
  array_reset(&a);
}

TEST(scan_to_array_that_is_new_or_failed, .valgrind = 1) {
  array a;
  memset(&a, 0, sizeof a);
  EQUAL(scan_to_array(scan_hexdump, "3031", &a), 4);
  CHECK(array_bytes(&a) == 2 && memcmp(array_start(&a), "01", 2) == 0);
  array_fail(&a);
  EQUAL(scan_to_array(scan_hexdump, "3031", &a), 0);
  CHECK(array_failed(&a));
}

TEST(scan_tofrom_array_appends, .valgrind = 1) {
  array a = x_array(), b;
  memset(&b, 0, sizeof b);
  array_cats(&b, "3031!");
  EQUAL(scan_tofrom_array(scan_hexdump, &b, &a), 4);
  HOLDS(array_start(&a), array_bytes(&a), "01");
  CHECK(array_bytes(&b) == 5 && memcmp(array_start(&b), "3031!", 5) == 0);
  array_fail(&b);
  EQUAL(scan_tofrom_array(scan_hexdump, &b, &a), 0);
  CHECK(array_failed(&a));
}

TEST(scan_tofrom_array_with_full_memory, .valgrind = 1) {
  array a = x_array(), b;
  char digits[128];
  memset(digits, '3', 128);
  memset(&b, 0, sizeof b);
  array_catb(&b, digits, 128);
  EQUAL(scan_tofrom_array(scan_hexdump, &b, &a), 128);
  EQUAL(array_bytes(&a), 65);
  EQUAL(array_bytes(&b), 128);
  array_reset(&a);
  array_reset(&b);
}
