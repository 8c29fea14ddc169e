/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* array.h. */
#include "t.h"

#include <libowfat/array.h>

static void fill(array *x, const char *text) {
  memset(x, 0, sizeof *x);
  array_cats(x, text);
}

static int holds(const array *x, const char *text) {
  return array_bytes(x) == (int64)strlen(text) && memcmp(array_start(x), text, strlen(text)) == 0;
}

TEST(layout, .valgrind = 1) {
  NEEDS_64_BITS(long);
  EQUAL(sizeof(array), 32);
  EQUAL(offsetof(array, allocated), 8);
  EQUAL(offsetof(array, initialized), 16);
  EQUAL(offsetof(array, headroom), 24);
}

TEST(elements_are_zero_and_stay, .valgrind = 1) {
  static array x;
  int i;
  CHECK(array_unallocated(&x) && !array_failed(&x) && array_start(&x) == 0);
  for (i = 0; i < 1000; i++) {
    int *p = array_allocate(&x, sizeof(int), i);
    CHECK(p && *p == 0);
    *p = i;
  }
  EQUAL(array_length(&x, sizeof(int)), 1000);
  EQUAL(array_bytes(&x), 1000 * sizeof(int));
  for (i = 0; i < 1000; i++) EQUAL(*(int *)array_get(&x, sizeof(int), i), i);
  CHECK(array_get(&x, sizeof(int), 1000) == 0);
  CHECK(array_get(&x, sizeof(int), -1) == 0);
  array_truncate(&x, sizeof(int), 10);
  EQUAL(array_length(&x, sizeof(int)), 10);
  array_truncate(&x, sizeof(int), 11);
  array_truncate(&x, sizeof(int), -1);
  EQUAL(array_length(&x, sizeof(int)), 10);
  array_reset(&x);
  CHECK(array_unallocated(&x));
}

TEST(the_caller_may_take_the_memory_over, .valgrind = 1) {
  array x;
  fill(&x, "taken");
  array_cat0(&x);
  CHECK(strcmp(x.p, "taken") == 0);
  free(x.p);
}

TEST(appending, .valgrind = 1) {
  array x, y;
  fill(&x, "ab");
  fill(&y, "12345");
  array_cat(&x, &y);
  array_catb(&x, "cdef", 2);
  array_catb(&x, 0, 0);
  array_cate(&x, &y, 1, 3);
  array_cate(&x, &y, 5, 5);
  array_cats(&x, "");
  CHECK(holds(&x, "ab12345cd23"));
  array_cats0(&y, "");
  EQUAL(array_bytes(&y), 6);
  CHECK(!array_equal(&x, &y));
  array_trunc(&x);
  array_cat(&x, &y);
  CHECK(array_equal(&x, &y));
  array_reset(&x);
  array_reset(&y);
}

TEST(failed_until_reset, .valgrind = 1) {
  array x, y;
  fill(&x, "x");
  fill(&y, "y");
  array_fail(&x);
  CHECK(array_failed(&x) && array_bytes(&x) == -1 && array_length(&x, 1) == -1 && array_start(&x) == 0);
  array_cats(&x, "more");
  array_trunc(&x);
  CHECK(array_failed(&x) && array_allocate(&x, 1, 0) == 0 && array_get(&x, 1, 0) == 0);
  array_cat(&y, &x);
  CHECK(array_failed(&y));
  array_reset(&x);
  CHECK(array_unallocated(&x));
  array_cats(&x, "again");
  CHECK(holds(&x, "again"));
  array_reset(&x);
}

TEST(a_length_beyond_all_memory_fails_the_array, .valgrind = 1) {
  array x;
  fill(&x, "xyz");
  array_catb(&x, "abc", (uint64)-2);
  CHECK(array_failed(&x));
}

TEST(nonsense_changes_nothing, .valgrind = 1) {
  array x;
  fill(&x, "xyz");
  CHECK(array_allocate(&x, 1, -1) == 0);
  CHECK(array_allocate(&x, (uint64)-1, 5) == 0);
  CHECK(array_allocate(&x, (uint64)1 << 62, 1) == 0);
  CHECK(array_get(&x, (uint64)-1, 5) == 0);
  CHECK(holds(&x, "xyz"));
  array_reset(&x);
}

TEST(errno_says_why) {
  array x;
  fill(&x, "xyz");
  errno = 0;
  CHECK(array_allocate(&x, 1, -1) == 0 && errno == EINVAL);
  errno = 0;
  CHECK(array_allocate(&x, (uint64)-1, 5) == 0 && errno == ENOMEM);
  array_fail(&x);
  errno = 0;
  CHECK(array_allocate(&x, 1, 0) == 0 && errno == EINVAL);
}

TEST(bytes_that_come_back_into_use_are_zero, .valgrind = 1) {
  array x;
  fill(&x, "secret");
  array_truncate(&x, 1, 2);
  CHECK(array_allocate(&x, 1, 5));
  CHECK(memcmp(array_start(&x), "se\0\0\0\0", 6) == 0);
  array_reset(&x);
}

TEST(half_an_element_is_none, .valgrind = 1) {
  array x;
  fill(&x, "1234567");
  CHECK(array_get(&x, 4, 0) != 0);
  CHECK(array_get(&x, 4, 1) == 0);
  array_reset(&x);
}

TEST(an_array_can_be_appended_to_itself, .valgrind = 1) {
  array x;
  int i;
  fill(&x, "ab");
  for (i = 0; i < 16; i++) array_cat(&x, &x);
  EQUAL(array_bytes(&x), 2 << 16);
  for (i = 0; i < 2 << 16; i++) EQUAL(x.p[i], "ab"[i % 2]);
  array_catb(&x, x.p + 1, 2);
  CHECK(memcmp(x.p + (2 << 16) - 1, "bba", 3) == 0);
  array_reset(&x);
}

TEST(what_the_source_lacks_cannot_be_appended, .valgrind = 1) {
  array x, y;
  fill(&x, "x");
  fill(&y, "12345");
  array_cate(&x, &y, 2, 6);
  CHECK(array_failed(&x));
  array_reset(&x);
  array_reset(&y);
}

TEST(an_empty_source_has_nothing_to_append, .valgrind = 1) {
  array x;
  static array y;
  fill(&x, "x");
  array_cate(&x, &y, 0, 0);
  CHECK(holds(&x, "x"));
  array_cate(&x, &y, 0, 1);
  CHECK(array_failed(&x));
}

TEST(a_failed_array_equals_none) {
  static array x, y;
  array_fail(&x);
  CHECK(!array_equal(&x, &y));
  CHECK(!array_equal(&y, &x));
}

TEST(there_are_no_elements_without_size) {
  array x;
  fill(&x, "xyz");
  EQUAL(array_length(&x, 0), 0);
}
