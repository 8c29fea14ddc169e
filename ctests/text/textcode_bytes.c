/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* textcode.h: encodings of binary data. */
#include "textcode.h"

TEST(fmt_base64_fills_up, .valgrind = 1) {
  ENCODES_BYTES(fmt_base64, "", "");
  ENCODES_BYTES(fmt_base64, "f", "Zg==");
  ENCODES_BYTES(fmt_base64, "fo", "Zm8=");
  ENCODES_BYTES(fmt_base64, "foo", "Zm9v");
  ENCODES_BYTES(fmt_base64, "foob", "Zm9vYg==");
  ENCODES_BYTES(fmt_base64, "\xfb\xff\xfe\0", "+//+AA==");
}

TEST(fmt_base64url_does_not_fill_up, .valgrind = 1) {
  char text[8] = "########";
  EQUAL(fmt_base64url(text, at_the_edge("\xfb\xff\xfe\0", 4), 4), 6);
  CHECK(memcmp(text, "-__-AA##", 8) == 0);
}

TEST(fmt_base64url_announces_what_it_writes, .valgrind = 1) {
  ENCODES_BYTES(fmt_base64url, "f", "Zg");
  ENCODES_BYTES(fmt_base64url, "fo", "Zm8");
  ENCODES_BYTES(fmt_base64url, "foo", "Zm9v");
}

TEST(scan_base64_to_the_end, .valgrind = 1) {
  DECODES(scan_base64, "Zm5vcmQ=", 8, "fnord");
  DECODES(scan_base64, "Zm5vcmQ", 7, "fnord");
  DECODES(scan_base64, "Zm5v====", 4, "fno");
  DECODES(scan_base64, "Zm5vcm==", 8, "fnor");
  DECODES(scan_base64, "Zm5vcm=x", 7, "fnor");
  DECODES(scan_base64, "Zm5vcmR=", 8, "fnord");
  DECODES(scan_base64, "Zg==Zg==", 4, "f");
  DECODES(scan_base64, "Zm5v\nZm5v", 4, "fno");
  DECODES(scan_base64, "AA", 2, "\0");
  DECODES(scan_base64, "A", 1, "");
  DECODES(scan_base64, "=", 0, "");
  DECODES(scan_base64, "", 0, "");
}

/* What belongs to no whole group may be decoded, as long as it does not count: there has to be room for it. */
TEST(scan_base64_cuts_off_a_bad_end, .valgrind = 1) {
  DECODES(scan_base64, "Zm5vcmR", 4, "fno");
  DECODES(scan_base64, "Zm5vcm", 4, "fno");
  DECODES(scan_base64, "AB", 0, "");
}

TEST(scan_base64url_to_the_end, .valgrind = 1) {
  DECODES(scan_base64url, "Zm5vcmQ=", 7, "fnord");
  DECODES(scan_base64url, "-__-", 4, "\xfb\xff\xfe");
  DECODES(scan_base64url, "Z", 1, "");
  DECODES(scan_base64url, "Zm5vc", 5, "fno");
  DECODES(scan_base64url, "", 0, "");
}

TEST(fmt_uuencoded_writes_lines) {
  char text[70] = "";
  EQUAL(fmt_uuencoded(text, "Cat", 3), 6);
  CHECK(strcmp(text, "#0V%T\n") == 0);
  memset(text, 0, sizeof text);
  EQUAL(fmt_uuencoded(text, "CatCatCatCatCatCatCatCatCatCatCatCatCatCatCatCat", 48), 68);
  CHECK(strcmp(text, "M0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T\n#0V%T\n") == 0);
  EQUAL(fmt_uuencoded(text, "\0\0\0", 3), 6);
  CHECK(memcmp(text, "#````\n", 6) == 0);
}

TEST(fmt_uuencoded_announces_what_it_writes) {
  EQUAL(fmt_uuencoded(0, "abc", 3), 6);
  EQUAL(fmt_uuencoded(0, "a", 1), 6);
}

TEST(fmt_uuencoded_reads_nothing_behind_the_bytes, .valgrind = 1) {
  char text[8] = "";
  EQUAL(fmt_uuencoded(text, "abc", 1), 6);
  CHECK(strcmp(text, "!80``\n") == 0);
  EQUAL(fmt_uuencoded(text, at_the_edge("ab", 2), 2), 6);
  CHECK(strcmp(text, "\"86(`\n") == 0);
}

TEST(scan_uuencoded_reads_a_line, .valgrind = 1) {
  DECODES(scan_uuencoded, "#0V%T", 5, "Cat");
  DECODES(scan_uuencoded, "#0V%T\n#0V%T", 5, "Cat");
  DECODES(scan_uuencoded, "#0V%Tx", 5, "Cat");
  DECODES(scan_uuencoded, "`\n", 1, "");
  DECODES(scan_uuencoded, " ", 1, "");
}

TEST(scan_uuencoded_refuses_lines, .valgrind = 1) {
  static const char *const bad[] = {"", "!", "!8", "!80`", "!80`\n", "#0V%\x1f", "a0000", "\n", "!80`a", "\xff"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) DECODES(scan_uuencoded, bad[i], 0, "");
}

TEST(fmt_yenc_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_yenc, "\x37\xd6\xe0\xe3\x13\x38", "a=@=J=M=}b\n");
  ENCODES_BYTES(fmt_yenc, "", "");
}

/* x, so many times, and some bytes, as what encodes to that. */
static char *offset(size_t count, const char *more) {
  size_t all = count + strlen(more);
  char bytes[300];
  memset(bytes, 'x', count);
  strcpy(bytes + count, more);
  for (size_t i = 0; i < all; i++) bytes[i] = (char)(bytes[i] - 42);
  return at_the_edge(bytes, all);
}

TEST(fmt_yenc_breaks_lines, .valgrind = 1) {
  static const struct {
    size_t count;
    const char *more, *end;
  } lines[] = {{254, "", "\n"}, {254, "y", "\ny\n"}, {253, " ", "\n \n"}, {252, " y", " y\n"}, {254, " ", "\n \n"}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    char *bytes = offset(lines[i].count, lines[i].more), text[300] = "", wanted[300] = "";
    memset(wanted, 'x', lines[i].count);
    strcat(wanted, lines[i].end);
    EQUAL(fmt_yenc(0, bytes, lines[i].count + strlen(lines[i].more)), strlen(wanted));
    EQUAL(fmt_yenc(text, bytes, lines[i].count + strlen(lines[i].more)), strlen(wanted));
    CHECK(strcmp(text, wanted) == 0);
  }
}

TEST(fmt_yenc_escapes_beginnings_of_lines, .valgrind = 1) {
  ENCODES(fmt_yenc(dest, offset(0, ".."), 2), "=n.\n");
  ENCODES(fmt_yenc(dest, offset(0, "From From "), 10), "=\x86rom From \n");
  ENCODES(fmt_yenc(dest, offset(0, "From"), 4), "From\n");
}

TEST(scan_yenc_reads_a_line, .valgrind = 1) {
  DECODES(scan_yenc, "a=}=n\x8b\r\nb", 6, "\x37\x13\x04\x61");
  DECODES(scan_yenc, "a\nb", 1, "\x37");
  DECODES(scan_yenc, "=ybegin", 1, "");
  DECODES(scan_yenc, "a=yend", 2, "\x37");
  DECODES(scan_yenc, "", 0, "");
}

TEST(scan_yenc_without_the_end_of_an_escape, .valgrind = 1) {
  DECODES(scan_yenc, "=", 0, "");
  DECODES(scan_yenc, "a=", 1, "\x37");
}

TEST(fmt_quotedprintable_escapes, .valgrind = 1) {
  ENCODES_BYTES(fmt_quotedprintable, "a=\xe4\r\n\t b\x7f\0", "a=3d=e4=0d=0a=09 b\x7f=00");
  ENCODES(fmt_quotedprintable2(dest, "a b=\xff", 5, " \xff"), "a=20b=3d=ff");
}

TEST(scan_quotedprintable_decodes, .valgrind = 1) {
  DECODES(scan_quotedprintable, "a=41b=e4=E4", 11, "aAb\xe4\xe4");
  DECODES(scan_quotedprintable, "a\nb\r\n ", 6, "a\nb\r\n ");
  DECODES(scan_quotedprintable, "a=4", 1, "a");
  DECODES(scan_quotedprintable, "a=4g", 1, "a");
  DECODES(scan_quotedprintable, "a=", 1, "a");
  DECODES(scan_quotedprintable, "a=\rb", 1, "a");
}

TEST(scan_quotedprintable_joins_lines, .valgrind = 1) {
  DECODES(scan_quotedprintable, "a=\nb=\r\nc", 8, "abc");
  DECODES(scan_quotedprintable, "a=\n", 3, "a");
}

TEST(base64_without_a_place, .valgrind = 1) {
  only_counts(scan_base64, "Zm5vcmQ=", 8, 5);
  only_counts(scan_base64url, "Zm5vcmQ", 7, 5);
}

TEST(scan_uuencoded_without_a_place) { only_counts(scan_uuencoded, "#0V%T", 5, 3); }

TEST(scan_yenc_without_a_place) { only_counts(scan_yenc, "a=}", 3, 2); }

TEST(scan_quotedprintable_without_a_place) { only_counts(scan_quotedprintable, "a=41", 4, 2); }

static const char *const hostile[] = {"Zm5vcmQ==Zm5v", "====", "-__-+//+", "302e0", "#0V%TM#0V%T", "_!!!!", "M0V%T0V%T",
                                      "=ybegin=y=\n=", "=4=41=\r\n=\r=", "\xff\xfe=\xff", 0};

TEST(truncated_base64) {
  survives(scan_base64, hostile);
  survives(scan_base64url, hostile);
  survives(scan_hexdump, hostile);
}

TEST(truncated_uuencoded) { survives(scan_uuencoded, hostile); }

TEST(truncated_yenc) { survives(scan_yenc, hostile); }

TEST(truncated_quotedprintable) { survives(scan_quotedprintable, hostile); }
