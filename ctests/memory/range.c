/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* rangecheck.h and safemult.h. */
#include "t.h"

#include <libowfat/rangecheck.h>
#include <libowfat/safemult.h>

#define TOP ((const char *)UINTPTR_MAX)

TEST(addresses_in_buffers) {
  const char buf[10] = "";
  CHECK(range_ptrinbuf(buf, 10, buf) && range_ptrinbuf(buf, 10, buf + 9));
  CHECK(!range_ptrinbuf(buf, 10, buf + 10) && !range_ptrinbuf(buf + 1, 9, buf));
  CHECK(!range_ptrinbuf(buf, 0, buf) && !range_ptrinbuf(0, 10, 0) && !range_ptrinbuf(buf, SIZE_MAX, buf + 1));
  CHECK(range_ptrinbuf2(buf, buf + 10, buf + 9) && !range_ptrinbuf2(buf, buf + 10, buf + 10));
  CHECK(!range_ptrinbuf2(buf, buf, buf) && !range_ptrinbuf2(0, buf, buf - 1));
}

TEST(buffers_that_can_be) {
  const char buf[10] = "";
  CHECK(range_validbuf(buf, 10) && range_validbuf(buf, 0) && range_validbuf(TOP, 0));
  CHECK(!range_validbuf(0, 0) && !range_validbuf(TOP, 1) && !range_validbuf(buf, SIZE_MAX));
  CHECK(range_validbuf2(buf, buf) && !range_validbuf2(buf + 1, buf) && !range_validbuf2(0, buf));
}

TEST(buffers_in_buffers) {
  const char buf[10] = "";
  CHECK(range_bufinbuf(buf, 10, buf, 10) && range_bufinbuf(buf, 10, buf + 10, 0));
  CHECK(!range_bufinbuf(buf, 10, buf + 10, 1) && !range_bufinbuf(buf + 1, 9, buf, 2));
  CHECK(!range_bufinbuf(buf, 10, buf + 5, SIZE_MAX) && !range_bufinbuf(buf, 10, 0, 0));
  CHECK(range_arrayinbuf(buf, 10, buf, 5, 2) && range_arrayinbuf(buf, 10, buf + 10, 0, 4));
  CHECK(!range_arrayinbuf(buf, 10, buf, 4, 3) && !range_arrayinbuf(buf, 10, buf, SIZE_MAX / 2 + 1, 2));
  CHECK(!range_arrayinbuf(buf, 10, 0, 0, 1));
}

/* The inline functions and the one of the library, all over the address space. */
TEST(inline_functions_agree_with_the_library) {
  static const uintptr_t at[] = {0, 1, 2, 3, 100, UINTPTR_MAX / 2, UINTPTR_MAX - 2, UINTPTR_MAX - 1, UINTPTR_MAX};
  const size_t n = sizeof at / sizeof *at;
  size_t a, b, c, d;
  for (a = 0; a < n; a++)
    for (b = 0; b < n; b++)
      for (c = 0; c < n; c++)
        for (d = 0; d < n; d++) {
          const void *buf = (const void *)at[a], *inner = (const void *)at[c];
          EQUAL(range_bufinbuf(buf, at[b], inner, at[d]), range_arrayinbuf(buf, at[b], inner, at[d], 1));
        }
}

TEST(terminators, .valgrind = 1) {
  char *buf = malloc(8);
  memcpy(buf, "ab\0\0cd\0e", 8);
  CHECK(range_strinbuf(buf, 8, buf) && range_strinbuf(buf, 7, buf + 4) && !range_strinbuf(buf, 2, buf));
  CHECK(!range_strinbuf(buf, 8, buf + 8) && !range_strinbuf(buf, 8, buf - 1) && !range_strinbuf(0, 8, 0));
  CHECK(range_str2inbuf(buf, 4, buf) && range_str2inbuf(buf + 1, 7, buf + 2));
  CHECK(!range_str2inbuf(buf, 2, buf) && !range_str4inbuf(buf, 8, buf));
  memset(buf + 3, 0, 5);
  CHECK(range_str4inbuf(buf, 8, buf) && range_str4inbuf(buf, 7, buf + 3));
  free(buf);
}

TEST(nothing_behind_the_buffer_is_read, .valgrind = 1) {
  char *buf = malloc(8);
  memcpy(buf, "abcdef\0g", 8);
  CHECK(!range_strinbuf(buf, 8, buf + 7));
  CHECK(!range_str2inbuf(buf, 8, buf) && !range_str2inbuf(buf, 7, buf));
  CHECK(!range_str4inbuf(buf, 8, buf) && !range_str4inbuf(buf, 7, buf + 5));
  free(buf);
}

TEST(a_terminator_outside_does_not_count, .valgrind = 1) {
  char buf[200];
  memset(buf, 'x', sizeof buf);
  buf[110] = buf[111] = buf[112] = buf[113] = 0;
  CHECK(!range_strinbuf(buf, 100, buf + 50));
  CHECK(!range_str2inbuf(buf, 100, buf + 50));
  CHECK(!range_str4inbuf(buf, 100, buf + 50));
}

/* The function of the library, which hides behind an inline one. */
static int library_imult16(int16 a, int16 b, int16 *c) {
  int (*function)(int16, int16, int16 *);
  *(void **)&function = dlsym(RTLD_DEFAULT, "imult16");
  return function ? function(a, b, c) : imult16(a, b, c);
}

TEST(products, .valgrind = 1) {
  uint64 u;
  int64 i;
  int16 h;
  CHECK(umult64(1ULL << 32, (1ULL << 32) - 1, &u) && u == 0xffffffff00000000ULL);
  CHECK(!umult64(1ULL << 32, 1ULL << 32, &u));
  CHECK(imult64(INT64_MIN, 1, &i) && i == INT64_MIN && !imult64(INT64_MIN, -1, &i));
  CHECK(library_imult16(181, 181, &h) && h == 32761 && !library_imult16(182, 182, &h));
}

TEST(a_product_that_does_not_fit_is_not_stored) {
  int16 h = 5;
  CHECK(!imult16(300, 300, &h) && h == 5);
  CHECK(!library_imult16(300, 300, &h) && h == 5);
}
