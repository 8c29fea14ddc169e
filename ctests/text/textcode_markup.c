/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* textcode.h: HTML and XML. */
#include "textcode.h"

TEST(fmt_html_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_html, "\"'&<>\xe4\0", "\"'&amp;&lt;&gt;\xe4\0");
  ENCODES_BYTES(fmt_html, "a\nb\n\nc\n\n\nd", "a<br>b<p>c<p><br>d");
}

TEST(fmt_html_looks_at_nothing_behind_the_bytes, .valgrind = 1) {
  ENCODES_BYTES(fmt_html, "a\n", "a<br>");
  ENCODES(fmt_html(dest, "a\n\nb", 2), "a<br>");
}

TEST(fmt_html_tagarg_escapes, .valgrind = 1) { ENCODES_BYTES(fmt_html_tagarg, "'&<>\n\xe4\0", "'&amp;&lt;&gt;\n\xe4\0"); }

TEST(fmt_html_tagarg_escapes_quotation_marks, .valgrind = 1) { ENCODES_BYTES(fmt_html_tagarg, "\"", "&quot;"); }

TEST(fmt_xml_escapes, .valgrind = 1) { ENCODES_BYTES(fmt_xml, "\"'&<>\n\xe4\0", "\"'&amp;&lt;>\n\xe4\0"); }

TEST(scan_html_knows_names, .valgrind = 1) {
  DECODES(scan_html, "a&amp;b&lt;&gt;&quot;&apos;&AMP;", 32, "a&b<>\"'&");
  DECODES(scan_html, "&nbsp;&euro;&Afr;", 17, "\xc2\xa0\xe2\x82\xac\xf0\x9d\x94\x84");
  DECODES(scan_html, "&CounterClockwiseContourIntegral;", 33, "\xe2\x88\xb3");
  DECODES(scan_html, "&fnord;", 7, "&fnord;");
  DECODES(scan_html, "a&b&&amp;", 9, "a&b&&");
}

TEST(scan_html_knows_numbers, .valgrind = 1) {
  DECODES(scan_html, "&#65;&#x41;&#X41;&#xe4;&#128169;", 32, "AAA\xc3\xa4\xf0\x9f\x92\xa9");
  DECODES(scan_html, "&#0;&#00065;", 12, "\0A");
  DECODES(scan_html, "&#65", 4, "&#65");
  DECODES(scan_html, "&#;&#x;&#-1;&#+1;&# 65;", 23, "&#;&#x;&#-1;&#+1;&# 65;");
}

TEST(scan_html_stops_before_a_tag, .valgrind = 1) {
  DECODES(scan_html, "a>b<br>", 3, "a>b");
  DECODES(scan_html, "<br>", 0, "");
  DECODES(scan_html, "", 0, "");
}

TEST(scan_html_invents_no_names, .valgrind = 1) {
  DECODES(scan_html, "&q;&am;&l;&a;", 13, "&q;&am;&l;&a;");
  DECODES(scan_html, "&;", 2, "&;");
}

TEST(scan_html_wants_the_semicolon, .valgrind = 1) {
  DECODES(scan_html, "&nbsp", 5, "&nbsp");
  DECODES(scan_html, "&lt&lt;", 7, "&lt<");
}

TEST(scan_html_ends_with_an_ampersand, .valgrind = 1) {
  DECODES(scan_html, "&", 1, "&");
  DECODES(scan_html, "a&", 2, "a&");
}

TEST(scan_html_knows_pairs, .valgrind = 1) {
  DECODES(scan_html, "&acE;&NotEqualTilde;&fjlig;", 27, "\xe2\x88\xbe\xcc\xb3\xe2\x89\x82\xcc\xb8" "fj");
}

/* The only names that stand for more bytes than they have: a program's memory may end here. */
TEST(scan_html_never_makes_more_than_it_reads, .valgrind = 1) {
  DECODES(scan_html, "&nGt;&nLt;", 10, "&nGt;&nLt;");
}

TEST(scan_html_refuses_numbers_of_no_character, .valgrind = 1) {
  DECODES(scan_html, "&#xd800;&#x110000;", 18, "&#xd800;&#x110000;");
  DECODES(scan_html, "&#xffffffff;&#4294967361;", 25, "&#xffffffff;&#4294967361;");
}

TEST(scan_html_tagarg_reads_a_value, .valgrind = 1) {
  DECODES(scan_html_tagarg, "\"a b&quot;c\" x", 11, "a b\"c");
  DECODES(scan_html_tagarg, "\"a\nb\"", 4, "a\nb");
  DECODES(scan_html_tagarg, "\"a<b\"", 2, "a");
  DECODES(scan_html_tagarg, "\"\"", 1, "");
  DECODES(scan_html_tagarg, "\"abc", 4, "abc");
  DECODES(scan_html_tagarg, "a&lt;>' b", 7, "a<>'");
  DECODES(scan_html_tagarg, "a\tb", 1, "a");
  DECODES(scan_html_tagarg, "a\nb", 1, "a");
  DECODES(scan_html_tagarg, "a\"b", 1, "a");
  DECODES(scan_html_tagarg, "a<b", 1, "a");
  DECODES(scan_html_tagarg, "", 0, "");
}

TEST(html_without_a_place, .valgrind = 1) {
  only_counts(scan_html, "a&amp;&#x20ac;", 14, 5);
  only_counts(scan_html_tagarg, "a&amp;&#x20ac; b", 14, 5);
}

static const char *const hostile[] = {"&CounterClockwiseContourIntegral;", "&amp;&&lt&#", "&#x10ffff;", "&#1114111;&#", "&zwnj",
                                      "\"&quot;\" x", "&#xffffffffffffffff41;", "&nGt;&nGt;&nLt;&nLt;", "&;&a;&zz;&Z;", "&\xff;&\x80", 0};

TEST(truncated_html) { survives(scan_html, hostile); }

TEST(truncated_tagarg) { survives(scan_html_tagarg, hostile); }
