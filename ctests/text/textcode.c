/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* textcode.h: percent encoding, hexadecimal digits, and what holds for all encodings. */
#include "textcode.h"

TEST(fmt_urlencoded_keeps_what_it_may, .valgrind = 1) {
  for (int c = 0; c < 256; c++) {
    char byte = (char)c, wanted[4] = {byte};
    if (!(c && (strchr("$-./=_~", c) || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z' && c < 128))))
      snprintf(wanted, sizeof wanted, "%%%02x", c);
    for (int place = 0; place < 2; place++) {
      char text[4] = "####";
      EQUAL(fmt_urlencoded(place ? text : 0, at_the_edge(&byte, 1), 1), strlen(wanted));
      CHECK(!place || memcmp(text, wanted, strlen(wanted)) == 0);
    }
  }
  ENCODES(fmt_urlencoded(dest, "a b/c%", 6), "a%20b/c%25");
  ENCODES(fmt_urlencoded(dest, 0, 0), "");
}

TEST(fmt_urlencoded2_escapes_more, .valgrind = 1) {
  ENCODES(fmt_urlencoded2(dest, "a b/c", 5, "/"), "a%20b%2fc");
  ENCODES(fmt_urlencoded2(dest, "a b/c", 5, ""), "a%20b/c");
}

TEST(fmt_hexdump_of_all_bytes, .valgrind = 1) {
  char all[256], wanted[513];
  for (int c = 0; c < 256; c++) {
    all[c] = (char)c;
    snprintf(wanted + 2 * c, 3, "%02x", c);
  }
  char text[514] = "";
  EQUAL(fmt_hexdump(0, all, 256), 512);
  EQUAL(fmt_hexdump(text, at_the_edge(all, 256), 256), 512);
  CHECK(strcmp(text, wanted) == 0);
}

static size_t (*const encoders[])(char *, const char *, size_t) = {
    fmt_uuencoded, fmt_base64, fmt_base64url, fmt_quotedprintable, fmt_urlencoded, fmt_yenc,
    fmt_hexdump, fmt_html, fmt_html_tagarg, fmt_xml, fmt_cescape, fmt_foldwhitespace,
    fmt_ldapescape, fmt_jsonescape, 0};

static size_t (*const encoders2[])(char *, const char *, size_t, const char *) = {
    fmt_quotedprintable2, fmt_urlencoded2, fmt_cescape2, fmt_ldapescape2, 0};

TEST(impossible_lengths) {
  for (int i = 0; encoders[i]; i++) EQUAL(encoders[i](0, "", SIZE_MAX), (long long)SIZE_MAX);
  for (int i = 0; encoders2[i]; i++) EQUAL(encoders2[i](0, "", SIZE_MAX / 2 + 1, ""), (long long)SIZE_MAX);
}

TEST(no_bytes_make_no_text, .valgrind = 1) {
  for (int i = 0; encoders[i]; i++) EQUAL(encoders[i]((char *)8, (char *)8, 0), 0);
  for (int i = 0; encoders2[i]; i++) EQUAL(encoders2[i]((char *)8, (char *)8, 0, "x"), 0);
}

TEST(no_set_is_the_empty_one) {
  for (int i = 0; encoders2[i]; i++) {
    char text[8] = "";
    EQUAL(encoders2[i](text, "a/", 2, 0), 2);
    CHECK(strcmp(text, "a/") == 0);
  }
}

/* Announced lengths are those of what is written, byte by byte. */
TEST(announced_lengths, .valgrind = 1) {
  for (int i = 0; encoders[i]; i++) {
    for (size_t length = 0; length < 300; length++) {
      char *bytes = malloc(length), *text;
      size_t announced;
      for (size_t at = 0; at < length; at++) bytes[at] = (char)(at * 37 + length * 11);
      announced = encoders[i](0, bytes, length);
      text = malloc(announced);
      EQUAL(encoders[i](text, bytes, length), announced);
      free(bytes);
      free(text);
    }
  }
}

TEST(scan_urlencoded_decodes, .valgrind = 1) {
  DECODES(scan_urlencoded, "foo%2xbar", 3, "foo");
  DECODES(scan_urlencoded, "a+b%00%2B", 9, "a b\0+");
  DECODES(scan_urlencoded2, "a+b%00%2b", 9, "a+b\0+");
  DECODES(scan_urlencoded, "a#=\x7f\xe4", 5, "a#=\x7f\xe4");
  DECODES(scan_urlencoded, "", 0, "");
}

TEST(scan_urlencoded_stops, .valgrind = 1) {
  static const char *const stops[] = {"ab x", "ab?x", "ab&x", "ab\nx", "ab%", "ab%4", "ab%4g", "ab%%41"};
  for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
    DECODES(scan_urlencoded, stops[i], 2, "ab");
    DECODES(scan_urlencoded2, stops[i], 2, "ab");
  }
}

TEST(scan_hexdump_decodes, .valgrind = 1) {
  DECODES(scan_hexdump, "302e", 4, "0.");
  DECODES(scan_hexdump, "302E", 4, "0.");
  DECODES(scan_hexdump, "0", 0, "");
  DECODES(scan_hexdump, "30 2e", 2, "0");
  DECODES(scan_hexdump, "3x", 0, "");
  DECODES(scan_hexdump, "", 0, "");
}

TEST(scan_urlencoded_without_a_place) {
  only_counts(scan_urlencoded, "a+b%41", 6, 4);
  only_counts(scan_urlencoded2, "a+b%41", 6, 4);
}

TEST(scan_hexdump_without_a_place) { only_counts(scan_hexdump, "302e", 4, 2); }

TEST(alphabets) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  EQUAL(sizeof base64, 64);
  EQUAL(sizeof base64url, 64);
  CHECK(memcmp(base64, letters, 62) == 0 && memcmp(base64url, letters, 62) == 0);
  CHECK(memcmp(base64 + 62, "+/", 2) == 0 && memcmp(base64url + 62, "-_", 2) == 0);
}

/* Programs have copies of these objects, of the size that the library says: = and a null byte follow. */
TEST(alphabets_are_longer_than_declared) {
  const char *volatile plain = base64, *volatile url = base64url;
  CHECK(strcmp(plain + 62, "+/=") == 0 && strcmp(url + 62, "-_=") == 0);
}
