/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* array_shift and array_chop: the C library's header declares them, and the library lacks them. */
#include "t.h"

#include <libowfat/array.h>

static array sixteen(void) {
  array x;
  memset(&x, 0, sizeof x);
  array_catb(&x, "0123456789abcdef", 16);
  return x;
}

TEST(shift_takes_from_the_front, .valgrind = 1) {
  array x = sixteen();
  array_shift(&x, 3, 2);
  CHECK(array_bytes(&x) == 10 && memcmp(x.p, "6789abcdef", 10) == 0);
  array_shift(&x, 0, 5);
  array_shift(&x, 5, 0);
  EQUAL(array_bytes(&x), 10);
  array_shift(&x, (uint64)1 << 63, 2);
  EQUAL(array_bytes(&x), 0);
  free(x.p);
}

TEST(chop_takes_from_the_end, .valgrind = 1) {
  array x = sixteen();
  array_chop(&x, 3, 2);
  CHECK(array_bytes(&x) == 10 && memcmp(x.p, "0123456789", 10) == 0);
  array_chop(&x, 4, 3);
  EQUAL(array_bytes(&x), 0);
  array_fail(&x);
  array_chop(&x, 1, 1);
  array_shift(&x, 1, 1);
  CHECK(array_failed(&x));
}
