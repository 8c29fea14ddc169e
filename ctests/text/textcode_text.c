/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* textcode.h: text in the strings of C, JSON and LDAP, and in fields. */
#include "textcode.h"

TEST(fmt_cescape_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_cescape, "\a\b\33\f\n\r\t\v\\\0\x01\x1f \"'\x7f\xe4", "\\a\\b\\e\\f\\n\\r\\t\\v\\\\\\x00\\x01\\x1f \"'\x7f\xe4");
  ENCODES(fmt_cescape2(dest, "a\"b\\\n", 5, "\"b\\\n"), "a\\x22\\x62\\\\\\n");
}

TEST(fmt_cescape2_escapes_bytes_beyond_ascii, .valgrind = 1) {
  ENCODES(fmt_cescape2(dest, "a\xe4", 2, "\xe4"), "a\\xe4");
}

TEST(scan_cescape_decodes, .valgrind = 1) {
  DECODES(scan_cescape, "\\a\\b\\e\\f\\n\\r\\t\\v\\\\", 18, "\a\b\33\f\n\r\t\v\\");
  DECODES(scan_cescape, "test\\n\");", 6, "test\n");
  DECODES(scan_cescape, "\\x4\\x41\\x414", 12, "\x04" "AA4");
  DECODES(scan_cescape, "\\1\\12\\1234\\777\\400", 18, "\1\12S4\377\0");
  DECODES(scan_cescape, "\\u00e4\\u20ac\\U0001d11e", 22, "\xc3\xa4\xe2\x82\xac\xf0\x9d\x84\x9e");
  DECODES(scan_cescape, "a\\u00e", 1, "a");
  DECODES(scan_cescape, "a\\U0011000g", 1, "a");
  DECODES(scan_cescape, "\\q\\8\\xg", 7, "\\q\\8\\g");
  DECODES(scan_cescape, "ab\\", 3, "ab\\");
}

TEST(scan_cescape_decodes_quotation_marks, .valgrind = 1) {
  DECODES(scan_cescape, "\\\"a\\\"\" b", 5, "\"a\"");
  DECODES(scan_cescape, "\\'\\?", 4, "'?");
}

TEST(scan_cescape_with_half_an_escape_at_the_end, .valgrind = 1) { DECODES(scan_cescape, "a\\x", 3, "a\\"); }

TEST(scan_cescape_stops_at_numbers_of_32_bits, .valgrind = 1) {
  DECODES(scan_cescape, "a\\U7fffffff", 11, "a\xfd\xbf\xbf\xbf\xbf\xbf");
  DECODES(scan_cescape, "a\\U80000000", 1, "a");
}

TEST(scan_cescape_without_a_place) { only_counts(scan_cescape, "\\61\\u00e4\\n", 11, 4); }

TEST(fmt_jsonescape_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_jsonescape, "\"\\\n\r\b\t\f/\x7f", "\\\"\\\\\\n\\r\\b\\t\\f/\x7f");
  ENCODES_BYTES(fmt_jsonescape, "\0\x1f\v", "\\u0000\\u001f\\u000b");
  ENCODES_BYTES(fmt_jsonescape, "\xc3\xa4\xf0\x9d\x84\x9e", "\xc3\xa4\xf0\x9d\x84\x9e");
  ENCODES_BYTES(fmt_jsonescape, "\xe4\xff", "\xc3\xa4\xc3\xbf");
  ENCODES_BYTES(fmt_jsonescape, "\xed\xa0\x80", "\xc3\xad\xc2\xa0\xc2\x80");
  ENCODES_BYTES(fmt_jsonescape, "a\xc3", "a\xc3\x83");
}

TEST(fmt_jsonescape_makes_nothing_beyond_10ffff, .valgrind = 1) {
  ENCODES_BYTES(fmt_jsonescape, "\xf4\x90\x80\x80", "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80");
}

TEST(scan_jsonescape_decodes, .valgrind = 1) {
  DECODES(scan_jsonescape, "a\\nb", 4, "a\nb");
  DECODES(scan_jsonescape, "a\\u005cb\\u005C", 14, "a\\b\\");
  DECODES(scan_jsonescape, "\\\"\\\\\\/\\q\\b\\t\\n\\f\\r", 18, "\"\\/q\b\t\n\f\r");
  DECODES(scan_jsonescape, "a\\ud834\\udd1eb", 14, "a\xf0\x9d\x84\x9e" "b");
  DECODES(scan_jsonescape, "\\u0000z\\uffff", 13, "\0z\xef\xbf\xbf");
  DECODES(scan_jsonescape, "a\"b", 1, "a");
  DECODES(scan_jsonescape, "\x01\n\t", 3, "\x01\n\t");
}

TEST(scan_jsonescape_stops, .valgrind = 1) {
  static const char *const bad[] = {"a\\udead\"", "a\\udafd\"", "a\xc0\xaf", "a\xff", "a\\u12", "a\\u12g4", "a\\ud834x"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) DECODES(scan_jsonescape, bad[i], 1, "a");
}

TEST(scan_jsonescape_reads_utf8, .valgrind = 1) {
  DECODES(scan_jsonescape, "\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\xef\xbf\xbf", 12, "\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\xef\xbf\xbf");
  DECODES(scan_jsonescape, "\\\xc3\xa9", 3, "\xc3\xa9");
}

TEST(scan_jsonescape_refuses_what_is_no_utf8, .valgrind = 1) {
  static const char *const bad[] = {"a\xc3", "a\xc3(", "a\xed\xa0\x80", "a\xf4\x90\x80\x80", "a\\\xc3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) DECODES(scan_jsonescape, bad[i], 1, "a");
}

TEST(scan_jsonescape_knows_all_pairs, .valgrind = 1) {
  DECODES(scan_jsonescape, "\\udbff\\udfff\\ud8c0\\udc00", 24, "\xf4\x8f\xbf\xbf\xf1\x80\x80\x80");
}

TEST(scan_jsonescape_stops_before_half_a_pair, .valgrind = 1) {
  DECODES(scan_jsonescape, "a\\ud834", 1, "a");
  DECODES(scan_jsonescape, "a\\ud834\\n", 1, "a");
  DECODES(scan_jsonescape, "a\\ud834\\u0041", 1, "a");
}

TEST(scan_jsonescape_stops_before_a_lone_backslash, .valgrind = 1) { DECODES(scan_jsonescape, "a\\", 1, "a"); }

TEST(scan_jsonescape_without_a_place) { only_counts(scan_jsonescape, "\\u0061\\n", 8, 2); }

TEST(fmt_ldapescape_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_ldapescape, "(a*)\\\0\x1f\x7f\xe4", "\\28a\\2a\\29\\5c\\00\\1f\x7f\xe4");
  ENCODES(fmt_ldapescape2(dest, "(a,\n\\\xe4", 6, ",\xe4"), "(a\\2c\\0a\\5c\\e4");
}

TEST(scan_ldapescape_decodes, .valgrind = 1) {
  DECODES(scan_ldapescape, "a\\41\\2A(*)\"\n", 12, "aA*(*)\"\n");
  DECODES(scan_ldapescape, "a\\4", 1, "a");
  DECODES(scan_ldapescape, "a\\4g", 1, "a");
  DECODES(scan_ldapescape, "\\", 0, "");
  only_counts(scan_ldapescape, "a\\41", 4, 2);
}

TEST(fmt_foldwhitespace_folds, .valgrind = 1) {
  ENCODES_BYTES(fmt_foldwhitespace, "a b\tc\nd\r\v\f\0\xa0", "a_b_c_d\r\v\f\0\xa0");
}

static const char *const hostile[] = {"\\u00e4\\U0001d11e", "\\ud834\\udd1e", "\\\\\\x41\\x4\\777\\7", "\xf0\x9d\x84\x9e\xe2\x82\xac\xc3",
                                      "\\\"\\'\"x", "\\e\\q\\8\\xg\\4", "\xf8\xff\xfe\x80", "\\u\\U\\x", 0};

TEST(truncated_c) { survives(scan_cescape, hostile); }

TEST(truncated_json) { survives(scan_jsonescape, hostile); }

TEST(truncated_ldap) { survives(scan_ldapescape, hostile); }
