/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* fmt.h: numbers and strings. */
#include "edge.h"

#include <libowfat/fmt.h>
#include <limits.h>
#if __has_include(<alloca.h>)
#include <alloca.h> /* the BSDs have it in <stdlib.h> */
#endif

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
  NEEDS_64_BITS(long);
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
  NEEDS_64_BITS(long);
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
  EQUAL(fmt_pad(0, "", SIZE_MAX / 2 + 1, 1, 1), 0);
  EQUAL(fmt_pad(0, "", 1, SIZE_MAX / 2 + 1, 1), 0);
  EQUAL(fmt_pad(0, "", 1, 1, SIZE_MAX / 2 + 1), 0);
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

TEST(short_numbers_for_people, .valgrind = 1) {
  WRITES(fmt_human(dest, 0), "0");
  WRITES(fmt_human(dest, 999), "999");
  WRITES(fmt_human(dest, 1000), "1.0k");
  WRITES(fmt_human(dest, 4900), "4.9k");
  WRITES(fmt_human(dest, 9999), "10.0k");
  WRITES(fmt_human(dest, 999999), "1000.0k");
  WRITES(fmt_human(dest, 1000001), "1.0M");
  WRITES(fmt_human(dest, 2300000), "2.3M");
  WRITES(fmt_human(dest, ULLONG_MAX), "18446744.1T");
  WRITES(fmt_humank(dest, 999), "999");
  WRITES(fmt_humank(dest, 4900), "4.8k");
}

TEST(a_million_is_a_unit) {
  WRITES(fmt_human(dest, 1000000), "1.0M");
  WRITES(fmt_human(dest, 1000000000), "1.0G");
  WRITES(fmt_human(dest, 1000000000000), "1.0T");
}

TEST(fmt_humank_rounds) {
  WRITES(fmt_humank(dest, 1000), "1.0k");
  WRITES(fmt_humank(dest, 1023), "1.0k");
  WRITES(fmt_humank(dest, 999999), "976.6k");
  WRITES(fmt_humank(dest, 1048576), "1.0M");
  WRITES(fmt_humank(dest, 2300000), "2.2M");
  WRITES(fmt_humank(dest, ULLONG_MAX), "16777216.0T");
}

TEST(doubles, .valgrind = 1) {
  WRITES(fmt_double(dest, 1.0, 99, 10), "1.000000000");
  WRITES(fmt_double(dest, 123.456, 99, 10), "123.4560000");
  WRITES(fmt_double(dest, 0.0, 99, 5), "0");
  WRITES(fmt_double(dest, -0.0, 99, 5), "-0");
  WRITES(fmt_double(dest, 12345, 99, 3), "1.23e4");
  WRITES(fmt_double(dest, 1e15, 99, 10), "1.000000000e15");
  WRITES(fmt_double(dest, 1.0, 99, 0), "");
}

TEST(doubles_of_less_than_no_digits) { WRITES(fmt_double(dest, 1.0, 99, -1), ""); }

TEST(doubles_are_rounded) {
  WRITES(fmt_double(dest, 99.996, 99, 4), "100.0");
  WRITES(fmt_double(dest, -12345.678, 99, 6), "-12345.7");
  WRITES(fmt_double(dest, 1.7, 99, 10), "1.700000000");
  WRITES(fmt_double(dest, 1e100, 99, 10), "1.000000000e100");
}

TEST(doubles_without_a_fraction_have_no_point) { WRITES(fmt_double(dest, 123, 99, 3), "123"); }

TEST(doubles_with_one_digit_too_many) {
  WRITES(fmt_double(dest, 1234, 99, 3), "1.23e3");
  WRITES(fmt_double(dest, 1e10, 99, 10), "1.000000000e10");
}

TEST(doubles_below_one) {
  WRITES(fmt_double(dest, 0.5, 99, 10), "0.5000000000");
  WRITES(fmt_double(dest, 0.001, 99, 3), "0.00100");
  WRITES(fmt_double(dest, 0.00001, 99, 3), "0.0000100");
  WRITES(fmt_double(dest, 0.000001, 99, 3), "1.00e-6");
}

TEST(doubles_that_are_no_numbers) {
  WRITES(fmt_double(dest, __builtin_inf(), 99, 3), "inf");
  WRITES(fmt_double(dest, -__builtin_inf(), 99, 3), "-inf");
  WRITES(fmt_double(dest, __builtin_nan(""), 99, 3), "nan");
  WRITES(fmt_double(dest, 5e-324, 99, 3), "4.94e-324");
}

TEST(doubles_that_do_not_fit) {
  WRITES(fmt_double(dest, -1.5, 4, 2), "-1.5");
  WRITES(fmt_double(dest, -1.5, 3, 2), "");
  WRITES(fmt_double(dest, -1.5, 0, 2), "");
  WRITES(fmt_double(dest, -1.5, INT_MIN, 2), "");
  EQUAL(fmt_double(0, 1.5, INT_MAX, INT_MAX), 1001);
}

/* The same for bytes, NULs among them. */
#define WRITES_BYTES(CALL, WANTED)                                                                     \
  do {                                                                                                 \
    char *dest = 0, text[200];                                                                         \
    size_t length = sizeof(WANTED) - 1;                                                                \
    EQUAL(CALL, length);                                                                               \
    memset(text, '#', sizeof text);                                                                    \
    dest = text + 1;                                                                                   \
    EQUAL(CALL, length);                                                                               \
    CHECK(memcmp(dest, WANTED, length) == 0);                                                          \
    CHECK(text[0] == '#' && dest[length] == '#');                                                      \
  } while (0)

TEST(netstrings_announce_their_length, .valgrind = 1) {
  WRITES_BYTES(fmt_netstring(dest, at_the_edge("hello", 5), 5), "5:hello,");
  WRITES_BYTES(fmt_netstring(dest, at_the_edge("a\0b", 3), 3), "3:a\0b,");
  WRITES_BYTES(fmt_netstring(dest, "", 0), "0:,");
}

TEST(netstrings_of_nothing) {
  EQUAL(fmt_netstring(0, 0, 5), 0);
  EQUAL(fmt_netstring(0, "x", SIZE_MAX), 0);
}

TEST(dates, .valgrind = 1) {
  WRITES(fmt_httpdate(dest, 784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  WRITES(fmt_httpdate(dest, 0), "Thu, 01 Jan 1970 00:00:00 GMT");
  WRITES(fmt_httpdate(dest, 951782399), "Mon, 28 Feb 2000 23:59:59 GMT");
  if (sizeof(time_t) == 8) WRITES(fmt_httpdate(dest, (time_t)253402300799), "Fri, 31 Dec 9999 23:59:59 GMT");
  WRITES(fmt_iso8601(dest, 1401218536), "2014-05-27T19:22:16Z");
  WRITES(fmt_iso8601(dest, -1), "1969-12-31T23:59:59Z");
}

TEST(years_of_five_digits) {
  NEEDS_64_BITS(time_t);
  WRITES(fmt_httpdate(dest, 253402300800), "Sat, 01 Jan 10000 00:00:00 GMT");
  WRITES(fmt_iso8601(dest, 253402300800), "10000-01-01T00:00:00Z");
}

TEST(years_of_three_digits) {
  NEEDS_64_BITS(time_t);
  WRITES(fmt_iso8601(dest, -30610224001), "0999-12-31T23:59:59Z");
}

TEST(years_that_no_calendar_has) {
  NEEDS_64_BITS(time_t);
  WRITES(fmt_httpdate(dest, (time_t)INT64_MAX), "Sun, 04 Dec 292277026596 15:30:07 GMT");
  WRITES(fmt_iso8601(dest, (time_t)INT64_MAX), "292277026596-12-04T15:30:07Z");
  EQUAL(fmt_httpdate(0, (time_t)INT64_MIN), 0);
  EQUAL(fmt_iso8601(0, (time_t)INT64_MIN), 0);
}

/* CALL refuses, and leaves the destination `dest` alone: a program that asked for the length first has no room at all. */
#define REFUSES(CALL)                                                                                   \
  do {                                                                                                  \
    char *dest = 0, text[200];                                                                          \
    EQUAL(CALL, 0);                                                                                     \
    memset(text, '#', sizeof text);                                                                     \
    dest = text;                                                                                        \
    EQUAL(CALL, 0);                                                                                     \
    for (size_t i = 0; i < sizeof text; i++) CHECK(text[i] == '#');                                     \
  } while (0)

TEST(a_date_that_is_refused_is_not_begun) {
  NEEDS_64_BITS(time_t);
  REFUSES(fmt_httpdate(dest, (time_t)INT64_MIN));
  REFUSES(fmt_iso8601(dest, (time_t)INT64_MIN));
}

TEST(a_length_that_is_refused_is_not_begun) {
  REFUSES(fmt_netstring(dest, "x", SIZE_MAX));
  REFUSES(fmt_pb_type2_string(dest, "x", SIZE_MAX));
  REFUSES(fmt_pb_string(dest, 1, "x", SIZE_MAX));
}

TEST(utf8_of_31_bits, .valgrind = 1) {
  WRITES_BYTES(fmt_utf8(dest, 0), "\0");
  WRITES_BYTES(fmt_utf8(dest, 0x7f), "\x7f");
  WRITES_BYTES(fmt_utf8(dest, 0x80), "\xc2\x80");
  WRITES_BYTES(fmt_utf8(dest, 0x7ff), "\xdf\xbf");
  WRITES_BYTES(fmt_utf8(dest, 0xd800), "\xed\xa0\x80");
  WRITES_BYTES(fmt_utf8(dest, 0xffff), "\xef\xbf\xbf");
  WRITES_BYTES(fmt_utf8(dest, 0x1fffff), "\xf7\xbf\xbf\xbf");
  WRITES_BYTES(fmt_utf8(dest, 0x3ffffff), "\xfb\xbf\xbf\xbf\xbf");
  WRITES_BYTES(fmt_utf8(dest, 0x7fffffff), "\xfd\xbf\xbf\xbf\xbf\xbf");
  WRITES_BYTES(fmt_utf8(dest, 0x80000000), "");
}

TEST(asn1, .valgrind = 1) {
  WRITES_BYTES(fmt_asn1derlength(dest, 0), "\0");
  WRITES_BYTES(fmt_asn1derlength(dest, 0x7f), "\x7f");
  WRITES_BYTES(fmt_asn1derlength(dest, 0x80), "\x81\x80");
  WRITES_BYTES(fmt_asn1derlength(dest, 0x100), "\x82\x01\x00");
  WRITES_BYTES(fmt_asn1derlength(dest, ULLONG_MAX), "\x88\xff\xff\xff\xff\xff\xff\xff\xff");
  WRITES_BYTES(fmt_asn1dertag(dest, 0), "\0");
  WRITES_BYTES(fmt_asn1dertag(dest, 0x80), "\x81\x00");
  WRITES_BYTES(fmt_asn1dertag(dest, ULLONG_MAX), "\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
}

TEST(protocol_buffers, .valgrind = 1) {
  WRITES_BYTES(fmt_varint(dest, 0), "\0");
  WRITES_BYTES(fmt_varint(dest, 150), "\x96\x01");
  WRITES_BYTES(fmt_varint(dest, ULLONG_MAX), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  WRITES_BYTES(fmt_pb_type0_int(dest, 150), "\x96\x01");
  WRITES_BYTES(fmt_pb_type0_sint(dest, -2), "\x03");
  WRITES_BYTES(fmt_pb_type0_sint(dest, LLONG_MIN), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
  WRITES_BYTES(fmt_pb_type1_double(dest, 1.0), "\0\0\0\0\0\0\xf0\x3f");
  WRITES_BYTES(fmt_pb_type1_fixed64(dest, 0x0102030405060708), "\x08\x07\x06\x05\x04\x03\x02\x01");
  WRITES_BYTES(fmt_pb_type5_float(dest, 1.0f), "\0\0\x80\x3f");
  WRITES_BYTES(fmt_pb_type5_fixed32(dest, 0x01020304), "\x04\x03\x02\x01");
  WRITES_BYTES(fmt_pb_type2_string(dest, at_the_edge("abc", 3), 3), "\x03" "abc");
  WRITES_BYTES(fmt_pb_tag(dest, 1, 2), "\x0a");
  WRITES_BYTES(fmt_pb_tag(dest, 16, 5), "\x85\x01");
  WRITES_BYTES(fmt_pb_int(dest, 1, 150), "\x08\x96\x01");
  WRITES_BYTES(fmt_pb_sint(dest, 1, -1), "\x08\x01");
  WRITES_BYTES(fmt_pb_string(dest, 1, "abc", 3), "\x0a\x03" "abc");
  WRITES_BYTES(fmt_pb_double(dest, 1, 1.0), "\x09\0\0\0\0\0\0\xf0\x3f");
  WRITES_BYTES(fmt_pb_float(dest, 1, 1.0f), "\x0d\0\0\x80\x3f");
}

TEST(protocol_buffers_refuse_tags, .valgrind = 1) {
  NEEDS_64_BITS(long);
  EQUAL(fmt_pb_tag(0, 1, 6), 0);
  EQUAL(fmt_pb_tag(0, SIZE_MAX / 8 + 1, 0), 0);
  EQUAL(fmt_pb_type2_string(0, "x", SIZE_MAX), 0);
}

TEST(protocol_buffers_refuse_fields, .valgrind = 1) {
  NEEDS_64_BITS(long);
  EQUAL(fmt_pb_int(0, SIZE_MAX / 8 + 1, 1), 0);
  EQUAL(fmt_pb_sint(0, SIZE_MAX / 8 + 1, 1), 0);
  EQUAL(fmt_pb_double(0, SIZE_MAX / 8 + 1, 1), 0);
  EQUAL(fmt_pb_float(0, SIZE_MAX / 8 + 1, 1), 0);
  EQUAL(fmt_pb_string(0, SIZE_MAX / 8 + 1, "x", 1), 0);
}

TEST(escapes, .valgrind = 1) {
  WRITES(fmt_escapecharxml(dest, '&'), "&amp;");
  WRITES(fmt_escapecharxml(dest, '\''), "&apos;");
  WRITES(fmt_escapecharxml(dest, 0xe4), "&#228;");
  WRITES(fmt_escapecharhtml(dest, 0xffffffff), "&#xffffffff;");
  WRITES(fmt_escapecharjson(dest, '/'), "\\/");
  WRITES(fmt_escapecharjson(dest, '\t'), "\\u0009");
  WRITES(fmt_escapecharjson(dest, 0x1d11e), "\\ud834\\udd1e");
  WRITES(fmt_escapecharjson(dest, 0x10ffff), "\\udbff\\udfff");
  WRITES(fmt_escapecharjson(dest, 0x110000), "");
  WRITES(fmt_escapecharquotedprintable(dest, 0xf6), "=f6");
  WRITES(fmt_escapecharquotedprintable(dest, 0x100), "");
  WRITES(fmt_escapecharquotedprintableutf8(dest, 0xf6), "=c3=b6");
  WRITES(fmt_escapecharquotedprintableutf8(dest, 0x80000000), "");
  WRITES(fmt_escapecharc(dest, 27), "\\e");
  WRITES(fmt_escapecharc(dest, '"'), "\\042");
  WRITES(fmt_escapecharc(dest, 0x100), "\\u0100");
  WRITES(fmt_escapecharc(dest, 0x10000), "\\U00010000");
}

TEST(quoted_printable_of_six_bytes) {
  WRITES(fmt_escapecharquotedprintableutf8(dest, 0x7fffffff), "=fd=bf=bf=bf=bf=bf");
}

size_t fmt_xmlescape(char *, uint32_t);

TEST(xml_where_needed) {
  WRITES(fmt_xmlescape(dest, '<'), "&lt;");
  WRITES(fmt_xmlescape(dest, '>'), ">");
  WRITES(fmt_xmlescape(dest, 0x1f), "&#x1f;");
  WRITES(fmt_xmlescape(dest, '\n'), "\n");
  WRITES(fmt_xmlescape(dest, 0xe4), "\xc3\xa4");
  WRITES(fmt_xmlescape(dest, 0), "");
  WRITES(fmt_xmlescape(dest, 0xd800), "");
  WRITES(fmt_xmlescape(dest, 0xffff), "");
  WRITES(fmt_xmlescape(dest, 0x110000), "");
}

TEST(xml_knows_the_first_surrogate) { WRITES(fmt_xmlescape(dest, 0xd7ff), "\xed\x9f\xbf"); }
