/* fmt.h: numbers and strings. */
#include "edge.h"

#include <alloca.h>
#include <libowfat/fmt.h>
#include <limits.h>

/* CALL is a call with the destination `dest`. It announces the length of WANTED, writes that, and not a byte more. */
#define WRITES(CALL, WANTED)                                                                            \
  do {                                                                                                  \
    char *dest = 0, text[200];                                                                          \
    size_t length = strlen(WANTED);                                                                     \
    EQUAL(CALL, length);                                                                                \
    memset(text, '#', sizeof text);                                                                     \
    dest = text + 1;                                                                                    \
    EQUAL(CALL, length);                                                                                \
    if (memcmp(dest, WANTED, length) != 0) FAIL("%s wrote %.*s", #CALL, (int)length, dest);             \
    CHECK(text[0] == '#' && dest[length] == '#');                                                       \
  } while (0)

TEST(constants) {
  EQUAL(FMT_LONG, 41);
  EQUAL(FMT_ULONG, 40);
  EQUAL(FMT_8LONG, 44);
  EQUAL(FMT_XLONG, 33);
  EQUAL(MAX_ALLOCA, 100000);
  CHECK(FMT_LEN == 0);
}

TEST(unsigned_numbers, .valgrind = 1) {
  WRITES(fmt_ulong(dest, 0), "0");
  WRITES(fmt_ulong(dest, 23), "23");
  WRITES(fmt_ulong(dest, ULONG_MAX), "18446744073709551615");
  WRITES(fmt_ulonglong(dest, ULLONG_MAX), "18446744073709551615");
  WRITES(fmt_uint(dest, 4294967295u), "4294967295");
  WRITES(fmt_xlong(dest, 0), "0");
  WRITES(fmt_xlong(dest, 0xfefec0deul), "fefec0de");
  WRITES(fmt_xlonglong(dest, ULLONG_MAX), "ffffffffffffffff");
  WRITES(fmt_xint(dest, 35), "23");
  WRITES(fmt_8long(dest, 0), "0");
  WRITES(fmt_8long(dest, ULONG_MAX), "1777777777777777777777");
  WRITES(fmt_8int(dest, 19), "23");
}

size_t fmt_8longlong(char *, unsigned long long);

TEST(octal_long_long) { WRITES(fmt_8longlong(dest, ULLONG_MAX), "1777777777777777777777"); }

TEST(signed_numbers, .valgrind = 1) {
  WRITES(fmt_long(dest, 0), "0");
  WRITES(fmt_long(dest, -23), "-23");
  WRITES(fmt_long(dest, LONG_MAX), "9223372036854775807");
  WRITES(fmt_long(dest, LONG_MIN), "-9223372036854775808");
  WRITES(fmt_longlong(dest, LLONG_MIN), "-9223372036854775808");
  WRITES(fmt_int(dest, INT_MIN), "-2147483648");
}

TEST(fmt_ulong0_stores_its_digits, .valgrind = 1) {
  WRITES(fmt_ulong0(dest, 23, 4), "0023");
  WRITES(fmt_ulong0(dest, 234, 2), "234");
  WRITES(fmt_uint0(dest, 0, 3), "000");
  WRITES(fmt_uint0(dest, 0, 0), "0");
}

TEST(signs) {
  WRITES(fmt_plusminus(dest, -5), "-");
  WRITES(fmt_plusminus(dest, 5), "+");
  WRITES(fmt_plusminus(dest, 0), "");
  WRITES(fmt_plusminus(dest, INT_MIN), "-");
  WRITES(fmt_minus(dest, -5), "-");
  WRITES(fmt_minus(dest, 5), "");
  WRITES(fmt_minus(dest, 0), "");
}

TEST(fmt_tohex_from_0_to_15) {
  for (int i = 0; i < 16; i++) EQUAL(fmt_tohex((char)i), "0123456789abcdef"[i]);
}

TEST(strings, .valgrind = 1) {
  WRITES(fmt_str(dest, "foo"), "foo");
  WRITES(fmt_str(dest, ""), "");
  WRITES(fmt_strn(dest, "foo", 9), "foo");
  WRITES(fmt_strn(dest, "foo", 3), "foo");
  WRITES(fmt_strn(dest, "foo", 2), "fo");
  WRITES(fmt_strn(dest, "foo", 0), "");
}

TEST(fmt_strn_reads_no_further_than_the_limit) {
  WRITES(fmt_strn(dest, at_the_edge("foo", 3), 3), "foo");
  WRITES(fmt_strn(dest, at_the_edge("", 0), 0), "");
}

TEST(fmt_copybytes_copies) {
  char text[4] = "###";
  EQUAL(fmt_copybytes(text, "ab", 2), 2);
  CHECK(strcmp(text, "ab#") == 0);
  EQUAL(fmt_copybytes(FMT_LEN, "ab", 2), 2);
}

TEST(lists_of_strings, .valgrind = 1) {
  WRITES(fmt_strm(dest, "foo"), "foo");
  WRITES(fmt_strm(dest, "foo", "", "bar", "baz", "1", "2", "3", "4", "5", "6"), "foobarbaz123456");
  WRITES(fmt_strm_internal(dest, (char *)0), "");
  char *text = fmt_strm_alloca("foo", "bar");
  CHECK(strcmp(text, "foobar") == 0);
}

TEST(fmt_strm_alloca_has_a_limit) {
  char *text, *big = malloc(MAX_ALLOCA);
  memset(big, 'x', MAX_ALLOCA);
  big[MAX_ALLOCA - 3] = 0;
  text = fmt_strm_alloca(big, "y");
  CHECK(text && strlen(text) == MAX_ALLOCA - 2);
  text = fmt_strm_alloca(big, "y", "z");
  CHECK(text == 0);
  free(big);
}

TEST(padding, .valgrind = 1) {
  WRITES(fmt_pad(dest, "foo", 3, 5, 10), "  foo");
  WRITES(fmt_pad(dest, "foo", 3, 2, 10), "foo");
  WRITES(fmt_pad(dest, "foo", 3, 5, 5), "  foo");
  EQUAL(fmt_pad(0, "", (size_t)1 << 63, 1, 1), 0);
  EQUAL(fmt_pad(0, "", 1, (size_t)1 << 63, 1), 0);
  EQUAL(fmt_pad(0, "", 1, 1, (size_t)1 << 63), 0);
}

TEST(fmt_pad_stays_within_the_limit, .valgrind = 1) {
  WRITES(fmt_pad(dest, "foo", 3, 8, 5), "     ");
  WRITES(fmt_pad(dest, "foo", 3, 6, 4), "   f");
  WRITES(fmt_pad(dest, "foo", 3, 0, 2), "fo");
  WRITES(fmt_pad(dest, "foo", 3, 9, 0), "");
}

TEST(fmt_fill_appends_blanks, .valgrind = 1) {
  char text[] = "foo######";
  EQUAL(fmt_fill(0, 3, 5, 10), 5);
  EQUAL(fmt_fill(text, 3, 5, 10), 5);
  CHECK(strcmp(text, "foo  ####") == 0);
  EQUAL(fmt_fill(text, 3, 2, 10), 3);
  CHECK(strcmp(text, "foo  ####") == 0);
}

TEST(fmt_fill_stays_within_the_limit, .valgrind = 1) {
  char text[] = "foo######";
  EQUAL(fmt_fill(0, 3, 8, 5), 5);
  EQUAL(fmt_fill(text, 3, 8, 5), 5);
  CHECK(strcmp(text, "foo  ####") == 0);
  EQUAL(fmt_fill(text, 3, 8, 2), 2);
  CHECK(strcmp(text, "foo  ####") == 0);
}
