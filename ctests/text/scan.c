/* SPDX-License-Identifier: MIT OR Apache-2.0 */
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
  NEEDS_64_BITS(long);
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
  NEEDS_64_BITS(long);
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
  NEEDS_64_BITS(long);
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
#ifdef __LP64__
  SCANS(scan_8long, unsigned long, "1777777777777777777777", 22, ULONG_MAX);
  SCANS(scan_8long, unsigned long, "2000000000000000000000", 21, 1ul << 61);
#endif
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

TEST(scan_charsetnskip_ends_at_the_null_byte) {
  EQUAL(scan_charsetnskip("aa\0aa", "a", 5), 2);
  EQUAL(scan_charsetnskip(string_at_the_edge("aa"), "a", 99), 2);
}

TEST(doubles, .valgrind = 1) {
  SCANS(scan_double, double, "1.5", 3, 1.5);
  SCANS(scan_double, double, "-1.5e3", 6, -1500);
  SCANS(scan_double, double, ".5", 2, 0.5);
  SCANS(scan_double, double, "5.", 2, 5);
  SCANS(scan_double, double, "1.e2", 4, 100);
  SCANS(scan_double, double, "", 0, 0);
  SCANS(scan_double, double, "x", 0, 0);
}

TEST(doubles_with_signed_exponents) {
  SCANS(scan_double, double, "1e-3", 4, 0);
  SCANS(scan_double, double, "1000e-3", 7, 1);
  SCANS(scan_double, double, "1e+3", 4, 1000);
}

TEST(doubles_without_an_exponent) {
  SCANS(scan_double, double, "1e", 1, 1);
  SCANS(scan_double, double, "1e ", 1, 1);
  SCANS(scan_double, double, "1ex", 1, 1);
  SCANS(scan_double, double, "1e+", 1, 1);
}

TEST(doubles_without_digits) {
  SCANS(scan_double, double, "-", 0, 0);
  SCANS(scan_double, double, "+", 0, 0);
  SCANS(scan_double, double, ".", 0, 0);
  SCANS(scan_double, double, "e5", 0, 0);
}

TEST(doubles_are_rounded) {
  double d;
  EQUAL(scan_double("0.1", &d), 3);
  CHECK(d == 0.1);
  EQUAL(scan_double("123456789.123456789e22", &d), 22);
  CHECK(d == 123456789.123456789e22);
  EQUAL(scan_double("1e400", &d), 5);
  CHECK(d == __builtin_inf());
  EQUAL(scan_double("1e99999999999", &d), 13);
  CHECK(d == __builtin_inf());
}

static void httpdate(const char *text, size_t used, time_t wanted) {
  time_t t = -77;
  EQUAL(scan_httpdate(string_at_the_edge(text), &t), used);
  EQUAL(t, wanted);
}

TEST(dates_of_http, .valgrind = 1) {
  httpdate("Sun, 06 Nov 1994 08:49:37 GMT", 29, 784111777);
  httpdate("Sun, 06 nov 1994 08:49:37 GMT", 29, 784111777);
  httpdate("Sun, 06 Nov 94 08:49:37 GMT", 27, 784111777);
  httpdate("Sun Nov  6 08:49:37 1994", 24, 784111777);
  httpdate("Sun, 06 Nov 1994 08:49:37", 0, -77);
}

TEST(dates_that_end_early) {
  static const char date[] = "Sun, 06 Nov 1994 08:49:37 ";
  time_t t = -77;
  for (size_t length = 0; length < sizeof date - 1; length++) {
    char *text = strndup(date, length);
    EQUAL(scan_httpdate(string_at_the_edge(text), &t), 0);
    free(text);
  }
  EQUAL(scan_httpdate(0, &t), 0);
  EQUAL(t, -77);
}

TEST(dates_of_rfc_850) {
  httpdate("Sunday, 06-Nov-94 08:49:37 GMT", 30, 784111777);
  httpdate("Wednesday, 06-Nov-94 08:49:37 GMT", 33, 784111777);
}

TEST(dates_of_no_month) { httpdate("Sun, 06 Foo 1994 08:49:37 GMT", 0, -77); }

TEST(dates_out_of_range) { httpdate("Sun, 32 Nov 1994 28:99:97 GMT", 0, -77); }

TEST(dates_elsewhere) {
  httpdate("Sun, 06 Nov 1994 08:49:37 +0100", 31, 784111777 - 3600);
  httpdate("Sun, 06 Nov 1994 08:49:37 GMT-0130", 34, 784111777 + 5400);
}

/* RFC 9110: a date that is more than 50 years ahead is the latest one in the past with the same two digits. */
static void short_year(int years_ahead, int seconds_ahead, int wanted_years) {
  char text[100];
  time_t t = -77, now = time(0);
  struct tm ahead = *gmtime(&now), wanted;
  ahead.tm_mday = 1;
  ahead.tm_year += years_ahead;
  ahead.tm_sec += seconds_ahead;
  timegm(&ahead);
  wanted = ahead;
  wanted.tm_year += wanted_years - years_ahead;
  CHECK(strftime(text, sizeof text, "%A, %d-%b-%y %H:%M:%S GMT", &ahead) > 0);
  EQUAL(scan_httpdate(text, &t), strlen(text));
  if (t != timegm(&wanted)) FAIL("%s is %ld, not %ld", text, (long)t, (long)timegm(&wanted));
}

TEST(years_of_two_digits) {
  NEEDS_64_BITS(time_t);
  short_year(0, 0, 0);
  short_year(-40, 0, -40);
  short_year(-49, 0, -49);
  short_year(30, 0, 30);
  short_year(49, 0, 49);
  /* The first of this month in 50 years, and of the next month but one. */
  short_year(50, -86400, 50);
  short_year(50, 62 * 86400, -50);
  short_year(51, 0, -49);
}

TEST(days_that_do_not_exist) {
  httpdate("Thu, 29 Feb 2024 08:49:37 GMT", 29, 1709196577);
  httpdate("Thu, 29 Feb 2023 08:49:37 GMT", 0, -77);
  httpdate("Thu, 30 Feb 2024 08:49:37 GMT", 0, -77);
  httpdate("Thu, 31 Apr 2024 08:49:37 GMT", 0, -77);
  httpdate("Thu Feb 29 08:49:37 1900", 0, -77);
}

static void iso8601(const char *text, size_t used, time_t seconds, long nanoseconds) {
  struct timespec t = {-77, -77};
  EQUAL(scan_iso8601(string_at_the_edge(text), &t), used);
  EQUAL(t.tv_sec, seconds);
  EQUAL(t.tv_nsec, nanoseconds);
}

TEST(dates_of_iso_8601, .valgrind = 1) {
  iso8601("2014-05-27T19:22:16.Z", 21, 1401218536, 0);
  iso8601("2014-05-27T19:22:16.247Z", 24, 1401218536, 247000000);
  iso8601("2014-05-27T19:22:16.123456789Z", 30, 1401218536, 123456789);
  if (sizeof(time_t) == 8) iso8601("12014-05-27T19:22:16.0Z", 23, (time_t)316970738536, 0);
  iso8601("201-05-27T19:22:16Z", 0, -77, -77);
  iso8601("2014-5-27T19:22:16Z", 0, -77, -77);
  iso8601("2014-05-27 19:22:16Z", 0, -77, -77);
  iso8601("2014-05-27T19:22Z", 0, -77, -77);
}

TEST(iso_8601_without_a_fraction) { iso8601("2014-05-27T19:22:16Z", 20, 1401218536, 0); }

TEST(iso_8601_with_a_long_fraction) { iso8601("2014-05-27T19:22:16.1234567891Z", 31, 1401218536, 123456789); }

TEST(iso_8601_elsewhere) {
  iso8601("2014-05-27T19:22:16.0+0130", 26, 1401218536 - 5400, 0);
  iso8601("2014-05-27T19:22:16.0-0130", 26, 1401218536 + 5400, 0);
}

TEST(iso_8601_elsewhere_with_a_colon) { iso8601("2014-05-27T19:22:16.0+01:00", 27, 1401218536 - 3600, 0); }

TEST(iso_8601_of_days_that_do_not_exist) {
  iso8601("2024-02-29T19:22:16.0Z", 22, 1709234536, 0);
  iso8601("2023-02-29T19:22:16.0Z", 0, -77, -77);
  iso8601("2024-11-31T19:22:16.0Z", 0, -77, -77);
}

TEST(iso_8601_stores_only_dates) {
  iso8601("2014-05-27T19:22:16", 0, -77, -77);
  iso8601("2014-05-27T19:22:16z", 0, -77, -77);
}

TEST(iso_8601_out_of_range) {
  iso8601("2014-13-27T19:22:16.0Z", 0, -77, -77);
  iso8601("2014-05-27T19:60:16.0Z", 0, -77, -77);
}

/* FUNCTION, on the bytes of a literal behind which nothing can be read, uses USED of them and makes n WANTED of 77. */
#define SCANS_BYTES(FUNCTION, TYPE, BYTES, USED, WANTED)                                               \
  do {                                                                                                 \
    TYPE n = 77;                                                                                       \
    size_t length = sizeof(BYTES) - 1;                                                                 \
    EQUAL(FUNCTION(at_the_edge(BYTES, length), length, &n), USED);                                     \
    EQUAL(n, WANTED);                                                                                  \
  } while (0)

TEST(utf8, .valgrind = 1) {
  SCANS_BYTES(scan_utf8, uint32_t, "a", 1, 'a');
  SCANS_BYTES(scan_utf8, uint32_t, "\0", 1, 0);
  SCANS_BYTES(scan_utf8, uint32_t, "\xc3\xa4x", 2, 0xe4);
  SCANS_BYTES(scan_utf8, uint32_t, "\xed\xa0\x80", 3, 0xd800);
  SCANS_BYTES(scan_utf8, uint32_t, "\xf4\x90\x80\x80", 4, 0x110000);
  SCANS_BYTES(scan_utf8, uint32_t, "\xfd\xbf\xbf\xbf\xbf\xbf", 6, 0x7fffffff);
  SCANS_BYTES(scan_utf8, uint32_t, "", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\xc3", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\xc3x", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\x80", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\xc0\x80", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\xe0\x9f\xbf", 0, 77);
  SCANS_BYTES(scan_utf8, uint32_t, "\xfe\xbf\xbf\xbf\xbf\xbf\xbf", 0, 77);
  EQUAL(scan_utf8("\xc3\xa4", 2, 0), 2);
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xc3\xa4x", 2, 0xe4);
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xed\x9f\xbf", 3, 0xd7ff);
}

TEST(utf8_without_meaning) {
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xed\xa0\x80", 0, 77);
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xef\xb7\x90", 0, 77);
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xef\xbf\xbe", 0, 77);
  SCANS_BYTES(scan_utf8_sem, uint32_t, "\xf4\x90\x80\x80", 0, 77);
}

TEST(utf8_sem_without_a_place) { EQUAL(scan_utf8_sem("\xc3\xa4", 2, 0), 2); }

size_t scan_asn1derlengthvalue(const char *, size_t, unsigned long long *);

TEST(asn1, .valgrind = 1) {
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x7f", 1, 127);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x81\x80", 2, 128);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x88\xff\xff\xff\xff\xff\xff\xff\xff", 9, -1);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x80", 0, 77);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x89\1\1\1\1\1\1\1\1\1", 0, 77);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x82\x00\x80", 0, 77);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x82\x01", 0, 77);
  SCANS_BYTES(scan_asn1derlength, unsigned long long, "\x02xy", 1, 2);
  SCANS_BYTES(scan_asn1derlength, unsigned long long, "\x02x", 0, 77);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "\x81\x00", 2, 128);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, -1);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "\x80\x01", 0, 77);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "\x81", 0, 77);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00", 0, 77);
}

TEST(asn1_in_its_shortest_form) { SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x81\x7f", 0, 77); }

TEST(asn1_of_nothing) {
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "", 0, 77);
  SCANS_BYTES(scan_asn1derlengthvalue, unsigned long long, "\x81", 0, 77);
  SCANS_BYTES(scan_asn1derlength, unsigned long long, "", 0, 77);
  SCANS_BYTES(scan_asn1dertag, unsigned long long, "", 0, 77);
}

TEST(varint, .valgrind = 1) {
  SCANS_BYTES(scan_varint, unsigned long long, "\x01", 1, 1);
  SCANS_BYTES(scan_varint, unsigned long long, "\x96\x01x", 2, 150);
  SCANS_BYTES(scan_varint, unsigned long long, "\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9, LLONG_MAX);
  SCANS_BYTES(scan_varint, unsigned long long, "\x96", 0, 77);
  SCANS_BYTES(scan_varint, unsigned long long, "\x96\x00", 0, 77);
  SCANS_BYTES(scan_varint, unsigned long long, "", 0, 77);
  SCANS_BYTES(scan_varint, unsigned long long, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 0, 77);
  SCANS_BYTES(scan_varint, unsigned long long, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 0, 77);
}

TEST(varint_0) { SCANS_BYTES(scan_varint, unsigned long long, "\0", 1, 0); }

TEST(varint_of_64_bits) {
  SCANS_BYTES(scan_varint, unsigned long long, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, -1);
  SCANS_BYTES(scan_pb_type0_sint, long long, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, LLONG_MIN);
}

TEST(protocol_buffers, .valgrind = 1) {
  size_t field = 77, length = 77;
  unsigned char type = 77;
  const char *string = 0, *text;
  EQUAL(scan_pb_tag(at_the_edge("\x85\x01", 2), 2, &field, &type), 2);
  CHECK(field == 16 && type == 5);
  EQUAL(scan_pb_tag("\x85", 1, &field, &type), 0);
  CHECK(field == 16 && type == 5);
  EQUAL(scan_pb_tag("\x07", 1, &field, &type), 1);
  CHECK(field == 0 && type == 7);
  SCANS_BYTES(scan_pb_type0_int, unsigned long long, "\x96\x01", 2, 150);
  SCANS_BYTES(scan_pb_type0_sint, long long, "\x03", 1, -2);
  SCANS_BYTES(scan_pb_type1_double, double, "\0\0\0\0\0\0\xf0\x3f", 8, 1);
  SCANS_BYTES(scan_pb_type1_double, double, "\0\0\0\0\0\0\xf0", 0, 77);
  SCANS_BYTES(scan_pb_type1_fixed64, uint64_t, "\x08\x07\x06\x05\x04\x03\x02\x01x", 8, 0x0102030405060708);
  SCANS_BYTES(scan_pb_type1_fixed64, uint64_t, "\x08\x07", 0, 77);
  SCANS_BYTES(scan_pb_type5_float, float, "\0\0\x80\x3f", 4, 1);
  SCANS_BYTES(scan_pb_type5_float, float, "\0\0\x80", 0, 77);
  SCANS_BYTES(scan_pb_type5_fixed32, uint32_t, "\x04\x03\x02\x01", 4, 0x01020304);
  SCANS_BYTES(scan_pb_type5_fixed32, uint32_t, "", 0, 77);
  text = at_the_edge("\x83\x01" "ab", 4);
  EQUAL(scan_pb_type2_stringlen(text, 4, &string, &length), 2);
  CHECK(string == text + 2 && length == 131);
  EQUAL(scan_pb_type2_stringlen("\x83", 1, &string, &length), 0);
  CHECK(string == text + 2 && length == 131);
}

TEST(netstrings, .valgrind = 1) {
  static const char *const bad[] = {"", "3", "3:", "3:abc", "3:abcd,", ":,", "+3:abc,", "18446744073709551615:a,"};
  char *string, *text = at_the_edge("003:a\0b,", 8);
  size_t length;
  EQUAL(scan_netstring(text, 8, &string, &length), 8);
  CHECK(string == text + 4 && length == 3);
  text = at_the_edge("0:,x", 4);
  EQUAL(scan_netstring(text, 4, &string, &length), 3);
  EQUAL(length, 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    size_t n = strlen(bad[i]);
    EQUAL(scan_netstring(at_the_edge(bad[i], n), n, &string, &length), 0);
  }
}
