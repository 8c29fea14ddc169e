/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Functions of textcode.h that the C library's header declares, and the library lacks. */
#include "t.h"

#include <libowfat/array.h>
#include <libowfat/stralloc.h>
#include <libowfat/textcode.h>

TEST(fmt_to_sa2_appends, .valgrind = 1) {
  stralloc sa = {0};
  EQUAL(fmt_to_sa2(fmt_urlencoded2, &sa, "a/b", 3, "/"), 1);
  EQUAL(fmt_quotedprintable2_sa(&sa, "a b", 3, " "), 1);
  EQUAL(fmt_urlencoded2_sa(&sa, "c/", 2, "/"), 1);
  EQUAL(fmt_cescape2_sa(&sa, "\"", 1, "\""), 1);
  CHECK(stralloc_equals(&sa, "a%2fba=20bc%2f\\x22"));
  EQUAL(fmt_to_sa2(0, &sa, "", 0, ""), 0);
  EQUAL(errno, EINVAL);
  stralloc_free(&sa);
}

TEST(fmt_to_array2_appends, .valgrind = 1) {
  array a, b;
  memset(&a, 0, sizeof a);
  memset(&b, 0, sizeof b);
  fmt_to_array2(fmt_urlencoded2, &a, "a/b", 3, "/");
  fmt_tofrom_array2(fmt_urlencoded2, &b, &a, "a");
  CHECK(array_bytes(&a) == 5 && memcmp(array_start(&a), "a%2fb", 5) == 0);
  CHECK(array_bytes(&b) == 9 && memcmp(array_start(&b), "%61%252fb", 9) == 0);
  fmt_tofrom_array2(0, &b, &a, "a");
  CHECK(array_failed(&b));
  array_reset(&a);
}
