/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* str_*, byte_* and case_* on strings that end where their memory does: read to the null byte, and no further. */
#include "t.h"

#include <libowfat/byte.h>
#include <libowfat/case.h>
#include <libowfat/scan.h>
#include <libowfat/str.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 72 };

/* A string of so many letters in memory of its own. */
static char *letters(size_t length) {
  char *string = malloc(length + 1);
  CHECK(string != 0);
  for (size_t i = 0; i < length; i++) string[i] = (char)('a' + i % 26);
  string[length] = 0;
  return string;
}

static int sign(int number) { return (number > 0) - (number < 0); }

TEST(equal_ones_are_read_to_their_end, .valgrind = 1) {
  for (size_t n = 0; n < LONGEST; n++) {
    char *a = letters(n), *b = letters(n);
    EQUAL(str_len(a), n);
    EQUAL(str_diff(a, b), 0);
    EQUAL(str_diffn(a, b, n), 0);
    EQUAL(str_diffn(a, b, 10 * n + 10), 0);
    EQUAL(str_equal(a, b), 1);
    EQUAL(str_start(a, b), 1);
    EQUAL(str_chr(a, '!'), n);
    EQUAL(str_rchr(a, '!'), n);
    EQUAL(byte_diff(a, n + 1, b), 0);
    EQUAL(case_diffs(a, b), 0);
    EQUAL(case_diffb(a, n + 1, b), 0);
    EQUAL(case_starts(a, b), 1);
    for (size_t i = 0; i < n; i++) b[i] = (char)(b[i] - 'a' + 'A');
    EQUAL(case_diffs(a, b), 0);
    EQUAL(case_diffb(b, n + 1, a), 0);
    EQUAL(case_starts(b, a), 1);
    case_lowers(b);
    EQUAL(str_copy(b, a), n);
    EQUAL(scan_noncharsetnskip(a, "!", n + 1), n);
    free(a);
    free(b);
  }
}

TEST(others_are_read_to_their_difference, .valgrind = 1) {
  for (size_t n = 1; n < LONGEST; n++) {
    for (size_t place = 0; place < n; place++) {
      /* The shorter one ends with the difference, and with its memory. */
      char *a = letters(n), *b = letters(place);
      EQUAL(sign(str_diff(a, b)), 1);
      EQUAL(sign(str_diff(b, a)), -1);
      EQUAL(sign(str_diffn(a, b, n)), 1);
      EQUAL(str_start(a, b), 1);
      EQUAL(str_start(b, a), 0);
      EQUAL(sign(case_diffs(a, b)), 1);
      EQUAL(sign(case_diffs(b, a)), -1);
      EQUAL(case_starts(b, a), 0);
      EQUAL(byte_diff(a, place, b), 0);
      b[place] = '~';
      EQUAL(sign(byte_diff(a, place + 1, b)), -1);
      EQUAL(sign(case_diffb(a, place + 1, b)), -1);
      free(a);
      free(b);
    }
  }
}
