/* textcode.h. */
#include "edge.h"

#include <libowfat/textcode.h>

/* CALL encodes to `dest`: it announces the length of WANTED, writes that, and not a byte more. */
#define ENCODES(CALL, WANTED)                                                                          \
  do {                                                                                                 \
    char *dest = 0, text[1000];                                                                        \
    size_t length = strlen(WANTED);                                                                    \
    EQUAL(CALL, length);                                                                               \
    memset(text, '#', sizeof text);                                                                    \
    dest = text + 1;                                                                                   \
    EQUAL(CALL, length);                                                                               \
    if (memcmp(dest, WANTED, length) != 0) FAIL("%s wrote %.*s", #CALL, (int)length, dest);            \
    CHECK(text[0] == '#' && dest[length] == '#');                                                      \
  } while (0)

/* DECODER makes the bytes of the literal WANTED of STRING, and uses USED bytes. */
#define DECODES(DECODER, STRING, USED, WANTED)                                                         \
  decodes(DECODER, #DECODER, STRING, USED, WANTED, sizeof(WANTED) - 1)

static void decodes(size_t (*decoder)(const char *, char *, size_t *), const char *name, const char *string,
                    size_t used, const char *wanted, size_t length) {
  char *source = string_at_the_edge(string), *dest = at_the_edge(string, strlen(string));
  size_t made = 77;
  EQUAL(decoder(source, dest, &made), used);
  EQUAL(made, length);
  if (memcmp(dest, wanted, made) != 0) FAIL("%s of %s", name, string);
  EQUAL(decoder(source, source, &made), used);
  EQUAL(made, length);
  CHECK(memcmp(source, wanted, made) == 0);
}

/* The same without places for the bytes and their number. */
static void only_counts(size_t (*decoder)(const char *, char *, size_t *), const char *string, size_t used,
                        size_t length) {
  size_t made = 77;
  char text[100];
  EQUAL(decoder(string, 0, &made), used);
  EQUAL(made, length);
  EQUAL(decoder(string, text, 0), used);
  EQUAL(decoder(string, 0, 0), used);
}

TEST(fmt_urlencoded_keeps_what_it_may, .valgrind = 1) {
  for (int c = 0; c < 256; c++) {
    char byte = (char)c, wanted[4] = {byte};
    if (!(c && (strchr("$-./=_~", c) || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z' && c < 128))))
      snprintf(wanted, sizeof wanted, "%%%02x", c);
    ENCODES(fmt_urlencoded(dest, at_the_edge(&byte, 1), 1), wanted);
  }
  ENCODES(fmt_urlencoded(dest, "a b/c%", 6), "a%20b/c%25");
  ENCODES(fmt_urlencoded(dest, 0, 0), "");
}

TEST(fmt_urlencoded2_escapes_more, .valgrind = 1) {
  ENCODES(fmt_urlencoded2(dest, "a b/c", 5, "/"), "a%20b%2fc");
  ENCODES(fmt_urlencoded2(dest, "a b/c", 5, ""), "a%20b/c");
}

TEST(fmt_urlencoded2_wants_no_set) { ENCODES(fmt_urlencoded2(dest, "a/", 2, 0), "a/"); }

TEST(fmt_hexdump_of_all_bytes, .valgrind = 1) {
  char all[256], wanted[513];
  for (int c = 0; c < 256; c++) {
    all[c] = (char)c;
    snprintf(wanted + 2 * c, 3, "%02x", c);
  }
  ENCODES(fmt_hexdump(dest, at_the_edge(all, 256), 256), wanted);
}

TEST(impossible_lengths) {
  EQUAL(fmt_hexdump(0, "", SIZE_MAX), (long long)SIZE_MAX);
  EQUAL(fmt_urlencoded(0, "", SIZE_MAX), (long long)SIZE_MAX);
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
