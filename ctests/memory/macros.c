/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the headers bring without the library: macros and inline functions. */
#define OWFAT_API 33
#include "t.h"

#include <libowfat/CAS.h>
#include <libowfat/byte.h>
#include <libowfat/case.h>
#include <libowfat/compiletimeassert.h>
#include <libowfat/isset.h>
#include <libowfat/rangecheck.h>
#include <libowfat/str.h>
#include <libowfat/uint16.h>
#include <libowfat/uint32.h>
#include <libowfat/uint64.h>
#include <libowfat/va_narg.h>
#include <libowfat/windoze.h>

#define DEFINED_AS_NOTHING
#define DEFINED_AS_1 1
#define DEFINED_AS_0 0
#define DEFINED_AS_WORD word

compiletimeassert(sizeof(uint64) == 8)

#if !is_set(DEFINED_AS_NOTHING) || !is_set(DEFINED_AS_1) || is_set(DEFINED_AS_0) || is_set(DEFINED_AS_WORD) || \
    is_set(NOT_DEFINED)
#error is_set is wrong in the preprocessor
#endif

TEST(is_set_in_c) {
  compiletimeassert(is_set(DEFINED_AS_1) == 1)
  EQUAL(is_set(DEFINED_AS_NOTHING), 1);
  EQUAL(is_set(DEFINED_AS_0) + is_set(DEFINED_AS_WORD) + is_set(NOT_DEFINED), 0);
}

TEST(sums_and_differences) {
  int i = 0;
  unsigned char c = 0;
  unsigned long u = 0;
  CHECK(add_of(i, 1, 2) == 0 && i == 3);
  CHECK(add_of(c, 200, 55) == 0 && c == 255);
  CHECK(add_of(c, 200, 56) != 0);
  CHECK(add_of(i, 0x7fffffff, 1) != 0);
  CHECK(sub_of(i, 5u, 7u) == 0 && i == -2);
  CHECK(sub_of(u, 5, 7) != 0);
}

TEST(assignments) {
  unsigned char c = 7;
  unsigned long u = 7;
  int i = 7;
  CHECK(assign(c, 255) == 0 && c == 255);
  CHECK(assign(c, 256) == 1 && assign(c, -1) == 1 && assign(c, 1LL << 40) == 1 && c == 255);
  CHECK(assign(u, -1L) == 1 && u == 7 && assign(u, 0) == 0 && u == 0);
  CHECK(assign(i, 0x80000000u) == 1 && i == 7 && assign(i, (signed char)-5) == 0 && i == -5);
  if (__unlikely(assign(i, 9))) FAIL("it fits");
  if (!__likely(i == 9) || __expect(i, 9) != 9) FAIL("hints change values");
}

TEST(limits_of_types) {
  CHECK(__MIN(signed char) == -128 && __MAX(signed char) == 127);
  CHECK(__MIN(short) == -32768 && __MAX(short) == 32767);
  CHECK(__MIN(unsigned short) == 0 && __MAX(unsigned short) == 65535);
  CHECK(__MIN(int) == -2147483647 - 1 && __MAX(int) == 2147483647);
  CHECK(__MIN(unsigned long) == 0 && __MAX(unsigned long) == ~0UL);
  CHECK(__MIN(long long) == -9223372036854775807LL - 1 && __MAX(long long) == 9223372036854775807LL);
  CHECK(__MIN_SIGNED(int) == __MIN(int) && __MAX_SIGNED(int) == __MAX(int));
  CHECK(__HALF_MAX_SIGNED(int) == 0x40000000);
}

TEST(atomic_operations) {
  size_t x = 5;
  CHECK(compare_and_swap(&x, 5, 6) == 1 && compare_and_swap(&x, 5, 7) == 0 && x == 6);
  EQUAL(atomic_add_return(&x, 4), 10);
  EQUAL(atomic_inc_return(&x), 11);
  EQUAL(atomic_dec_return(&x), 10);
  atomic_inc(&x);
  atomic_add(&x, 2);
  atomic_dec(&x);
  EQUAL(x, 12);
  atomic_or(&x, 3);
  atomic_and(&x, 6);
  EQUAL(x, 6);
  barrier();
  mb();
  rmb();
  wmb();
  smp_mb__before_atomic_dec();
  smp_mb__after_atomic_dec();
  smp_mb__before_atomic_inc();
  smp_mb__after_atomic_inc();
}

/* Blocks of exactly the size, at odd addresses. */
TEST(integers_as_bytes, .valgrind = 1) {
  char *b = malloc(9);
  uint16 h;
  uint32 w;
  uint64 d;
  uint64_pack(b + 1, 0x0102030405060708ULL);
  CHECK(memcmp(b + 1, "\10\7\6\5\4\3\2\1", 8) == 0);
  uint64_unpack(b + 1, &d);
  CHECK(d == 0x0102030405060708ULL && uint64_read(b + 1) == d && uint64_read_big(b + 1) == 0x0807060504030201ULL);
  uint32_pack_big(b + 5, 0x01020304);
  uint32_unpack_big(b + 5, &w);
  CHECK(w == 0x01020304 && uint32_read(b + 5) == 0x04030201);
  uint16_pack(b + 7, 0x0102);
  uint16_unpack(b + 7, &h);
  CHECK(h == 0x0102 && uint16_read_big(b + 7) == 0x0201);
  free(b);
}

/* As macros, which they are on little-endian machines of 64 bits, they always took pointers to whatever there was. */
#ifdef uint64_pack
TEST(uint64_takes_any_pointer) {
  unsigned char b[8];
  long long d = 0;
  uint64_pack(b, 77);
  uint64_unpack(b, &d);
  CHECK(d == 77 && uint64_read((const void *)b) == 77);
}
#endif

TEST(integers_in_the_newer_style, .valgrind = 1) {
  char *b = malloc(8);
  uint16 h = 9;
  uint32 w = 9;
  uint64 d = 9;
  EQUAL(fmt_uint16(0, 1) + fmt_uint16_big(0, 1) + fmt_uint32(0, 1) + fmt_uint32_big(0, 1), 12);
  EQUAL(fmt_uint64(0, 1) + fmt_uint64_big(0, 1), 16);
  EQUAL(fmt_uint64_big(b, 0x0102030405060708ULL), 8);
  CHECK(scan_uint64(b, 7, &d) == 0 && d == 9 && scan_uint64(b, 8, &d) == 8 && d == 0x0807060504030201ULL);
  CHECK(scan_uint64_big(b, 8, &d) == 8 && d == 0x0102030405060708ULL);
  CHECK(scan_uint32(b, 3, &w) == 0 && scan_uint32_big(b + 4, 4, &w) == 4 && w == 0x05060708);
  CHECK(scan_uint16(b, 1, &h) == 0 && h == 9 && scan_uint16_big(b + 6, 2, &h) == 2 && h == 0x0708);
  free(b);
}

TEST(numbers_of_arguments) {
  EQUAL(PP_NARG("a"), 1);
  EQUAL(PP_NARG(1, 2.0, 3u, 0), 4);
}

TEST(the_rest) {
  int x = 4;
  CHECK(str_equal("a", "a") && !str_equal("a", "b") && case_equals("a", "A") && case_equalb("aB", 2, "Ab"));
  CHECK(byte_equal("abc", 2, "abd") && !byte_equal("abc", 3, "abd"));
  __winsock_init();
  EQUAL(winsock2errno(x), 4);
}
