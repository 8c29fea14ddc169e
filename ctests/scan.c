/* scan.h: numbers and runs of characters. */
#include "edge.h"

#include <libowfat/scan.h>
#include <limits.h>

/* FUNCTION, on a string of which nothing more can be read, uses USED bytes and makes *dest WANTED of -77. */
#define SCANS(FUNCTION, TYPE, STRING, USED, WANTED)                                                    \
  do {                                                                                                 \
    TYPE value = (TYPE)-77;                                                                            \
    EQUAL(FUNCTION(string_at_the_edge(STRING), &value), USED);                                         \
    EQUAL(value, (TYPE)(WANTED));                                                                      \
  } while (0)

TEST(unsigned_decimal, .valgrind = 1) {
  SCANS(scan_ulong, unsigned long, "23", 2, 23);
  SCANS(scan_ulong, unsigned long, "23,42", 2, 23);
  SCANS(scan_ulong, unsigned long, "0x23", 1, 0);
  SCANS(scan_ulong, unsigned long, "000000000000000000000000000000000023", 36, 23);
  SCANS(scan_ulong, unsigned long, "+23", 0, -77);
  SCANS(scan_ulong, unsigned long, "-23", 0, -77);
  SCANS(scan_ulong, unsigned long, " 23", 0, -77);
  SCANS(scan_ulong, unsigned long, "", 0, -77);
  SCANS(scan_ulong, unsigned long, "18446744073709551615", 20, ULONG_MAX);
  SCANS(scan_ulong, unsigned long, "18446744073709551616", 19, 1844674407370955161ul);
  SCANS(scan_ulonglong, unsigned long long, "18446744073709551615", 20, ULLONG_MAX);
  SCANS(scan_ulonglong, unsigned long long, "18446744073709551616", 19, 1844674407370955161ull);
  SCANS(scan_uint, unsigned int, "4294967295", 10, UINT_MAX);
  SCANS(scan_uint, unsigned int, "4294967296", 9, 429496729);
  SCANS(scan_ushort, unsigned short, "65535", 5, 65535);
  SCANS(scan_ushort, unsigned short, "65536", 4, 6553);
  SCANS(scan_ushort, unsigned short, "x", 0, -77);
}

TEST(signed_decimal, .valgrind = 1) {
  SCANS(scan_long, long, "23", 2, 23);
  SCANS(scan_long, long, "+23", 3, 23);
  SCANS(scan_long, long, "-23", 3, -23);
  SCANS(scan_long, long, "-", 0, -77);
  SCANS(scan_long, long, "+", 0, -77);
  SCANS(scan_long, long, "--23", 0, -77);
  SCANS(scan_long, long, "- 23", 0, -77);
  SCANS(scan_long, long, "", 0, -77);
  SCANS(scan_long, long, "9223372036854775807", 19, LONG_MAX);
  SCANS(scan_long, long, "9223372036854775808", 18, 922337203685477580l);
  SCANS(scan_long, long, "-9223372036854775808", 20, LONG_MIN);
  SCANS(scan_longlong, long long, "-9223372036854775808", 20, LLONG_MIN);
  SCANS(scan_longlong, long long, "-9223372036854775809", 19, -922337203685477580ll);
  SCANS(scan_int, int, "-2147483648", 11, INT_MIN);
  SCANS(scan_int, int, "2147483648", 9, 214748364);
  SCANS(scan_short, short, "-32768", 6, SHRT_MIN);
  SCANS(scan_short, short, "32768", 4, 3276);
}

TEST(hexadecimal, .valgrind = 1) {
  SCANS(scan_xlong, unsigned long, "fEfec0de", 8, 0xfefec0deul);
  SCANS(scan_xlong, unsigned long, "12345678123456789", 16, 0x1234567812345678ul);
  SCANS(scan_xlong, unsigned long, "0x23", 1, 0);
  SCANS(scan_xlong, unsigned long, "g", 0, 0);
  SCANS(scan_xlonglong, unsigned long long, "ffffffffffffffff", 16, ULLONG_MAX);
  SCANS(scan_xint, unsigned int, "fefec0debaad", 8, 0xfefec0deu);
  SCANS(scan_xint, unsigned int, "-1", 0, 0);
  SCANS(scan_xshort, unsigned short, "10000", 4, 0x1000);
}

TEST(octal, .valgrind = 1) {
  SCANS(scan_8long, unsigned long, "178", 2, 15);
  SCANS(scan_8long, unsigned long, "8", 0, 0);
  SCANS(scan_8long, unsigned long, "1777777777777777777777", 22, ULONG_MAX);
  SCANS(scan_8long, unsigned long, "2000000000000000000000", 21, 1ul << 60 << 1);
  SCANS(scan_8longlong, unsigned long long, "23", 2, 19);
  SCANS(scan_8int, unsigned int, "37777777777", 11, UINT_MAX);
  SCANS(scan_8int, unsigned int, "40000000000", 10, 1u << 29);
  SCANS(scan_8short, unsigned short, "200000", 5, 8192);
}

TEST(numbers_of_counted_bytes, .valgrind = 1) {
  unsigned long u = 77;
  EQUAL(scan_ulongn(at_the_edge("123", 3), 3, &u), 3);
  EQUAL(u, 123);
  EQUAL(scan_ulongn("123", 2, &u), 2);
  EQUAL(u, 12);
  EQUAL(scan_ulongn(at_the_edge("", 0), 0, &u), 0);
  EQUAL(u, 12);
  EQUAL(scan_xlongn(at_the_edge("aB", 2), 2, &u), 2);
  EQUAL(u, 0xab);
  EQUAL(scan_8longn(at_the_edge("17", 2), 2, &u), 2);
  EQUAL(u, 15);
  EQUAL(scan_8longn(string_at_the_edge("17"), SIZE_MAX / 2, &u), 2);
}

TEST(scan_longn_counts_the_sign, .valgrind = 1) {
  long l = 77;
  EQUAL(scan_longn(at_the_edge("12", 2), 2, &l), 2);
  EQUAL(l, 12);
  EQUAL(scan_longn("123", 2, &l), 2);
  EQUAL(l, 12);
  EQUAL(scan_longn("7", 1, &l), 1);
  EQUAL(l, 7);
  EQUAL(scan_longn(at_the_edge("-12", 3), 3, &l), 3);
  EQUAL(l, -12);
  EQUAL(scan_longn("-12", 2, &l), 2);
  EQUAL(l, -1);
  EQUAL(scan_longn(at_the_edge("-", 1), 1, &l), 0);
  EQUAL(l, -1);
}

TEST(single_characters) {
  SCANS(scan_plusminus, int, "+", 1, 1);
  SCANS(scan_plusminus, int, "-", 1, -1);
  SCANS(scan_plusminus, int, "1", 0, 1);
  SCANS(scan_plusminus, int, "", 0, 1);
  for (int c = 0; c < 256; c++) {
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : 0;
    EQUAL(scan_fromhex((unsigned char)c), at ? (at - digits) % 16 : -1);
  }
}

TEST(white_space) {
  EQUAL(scan_whitenskip(" \t\r\n\v\fx", 99), 6);
  EQUAL(scan_whitenskip(string_at_the_edge("  "), 99), 2);
  EQUAL(scan_whitenskip(at_the_edge("  ", 2), 2), 2);
  EQUAL(scan_whitenskip("  ", 1), 1);
  EQUAL(scan_nonwhitenskip("ab c", 4), 2);
  EQUAL(scan_nonwhitenskip("ab\0c d", 6), 4);
  EQUAL(scan_nonwhitenskip(at_the_edge("ab", 2), 2), 2);
  EQUAL(scan_nonwhitenskip("\xe4\xa0\x85 ", 4), 3);
}

TEST(sets_of_characters) {
  EQUAL(scan_charsetnskip("aabcab", "ab", 99), 3);
  EQUAL(scan_charsetnskip(at_the_edge("ab", 2), "ab", 2), 2);
  EQUAL(scan_charsetnskip("\xe4\xf6", "\xf6\xe4", 2), 2);
  EQUAL(scan_noncharsetnskip("xyabc", "ab", 99), 2);
  EQUAL(scan_noncharsetnskip(string_at_the_edge("xy"), "ab", 99), 2);
  EQUAL(scan_noncharsetnskip(at_the_edge("xy", 2), "", 2), 2);
}

TEST(scan_charsetnskip_ends_at_the_nul) {
  EQUAL(scan_charsetnskip("aa\0aa", "a", 5), 2);
  EQUAL(scan_charsetnskip(string_at_the_edge("aa"), "a", 99), 2);
}
