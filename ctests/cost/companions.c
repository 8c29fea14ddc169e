/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Fifty functions beside the loop, each TIMES times; callgrind is told to write what each took. */
#include <libowfat/array.h>
#include <libowfat/byte.h>
#include <libowfat/case.h>
#include <libowfat/critbit.h>
#include <libowfat/fmt.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/scan.h>
#include <libowfat/str.h>
#include <libowfat/stralloc.h>
#include <libowfat/buffer.h>
#include <libowfat/textcode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/callgrind.h>

enum { TIMES = 100, SIZE = 1000 };

static char text[SIZE + 1], other[SIZE + 1], html[SIZE + 1], ampersands[SIZE + 1], base64_text[2 * SIZE], out[8 * SIZE];

#define CASE(name, ...)                        \
  do {                                         \
    CALLGRIND_ZERO_STATS;                      \
    for (int i = 0; i < TIMES; i++) {          \
      __VA_ARGS__;                             \
      __asm__ volatile("" ::: "memory");       \
    }                                          \
    CALLGRIND_DUMP_STATS_AT(name);             \
  } while (0)

/* A function without side effects, which the compiler must not call once for all. */
#define PURE(name, ...) CASE(name, sink += (unsigned long)(__VA_ARGS__))

static volatile unsigned long sink;

static void repeat(char *to, const char *piece) {
  for (size_t i = 0; i < SIZE; i++) to[i] = piece[i % strlen(piece)];
}

static ssize_t take(int fd, const void *x, size_t n, void *b) {
  (void)fd, (void)x, (void)b;
  return (ssize_t)n;
}

static int visit(const char *s, void *arg) {
  (void)s, (void)arg;
  return 1;
}

int main(void) {
  size_t n;
  unsigned long ul;
  unsigned long long ull;
  uint32 u32;
  double real;
  array a = {0};
  stralloc sa = {0};
  critbit0_tree tree = {0};
  static char space[8 * SIZE];
  buffer b = BUFFER_INIT((ssize_t(*)())take, -1, space, sizeof space), in;
  char ip[16] = {0x20, 1, 0xd, 0x38};
  repeat(text, "Some <b>text</b> & \"more\" of it; 100% of a=b.\n");
  repeat(html, "text &amp; more &lt;of&gt; it &#228; &auml; &unknown; ");
  repeat(ampersands, "&");
  memcpy(other, text, sizeof other);
  base64_text[fmt_base64(base64_text, text, SIZE)] = 0;
  stralloc_ready(&sa, 8 * SIZE);
  array_allocate(&a, 8, SIZE);
  for (int i = 0; i < 100; i++) {
    char key[4] = {(char)('0' + i / 10), (char)('0' + i % 10)};
    critbit0_insert(&tree, key);
  }

  PURE("byte_diff", byte_diff(text, SIZE, other));
  PURE("byte_rchr", byte_rchr(text, SIZE, '~'));
  PURE("byte_equal_notimingattack", byte_equal_notimingattack(text, SIZE, other));
  PURE("str_diff", str_diff(text, other));
  PURE("str_start", str_start(text, other));
  CASE("case_lowerb", case_lowerb(out, SIZE));
  CASE("case_diffs", case_diffs(text, other));
  CASE("case_diffb", case_diffb(text, SIZE, other));
  PURE("scan_whitenskip", scan_whitenskip(" \t  x", 5));
  PURE("scan_charsetnskip", scan_charsetnskip(text, "Some ", SIZE));
  CASE("fmt_base64", fmt_base64(out, text, SIZE));
  CASE("fmt_base64_length", fmt_base64(NULL, text, SIZE));
  CASE("fmt_uuencoded", fmt_uuencoded(out, text, SIZE));
  CASE("fmt_yenc", fmt_yenc(out, text, SIZE));
  CASE("fmt_quotedprintable", fmt_quotedprintable(out, text, SIZE));
  CASE("fmt_urlencoded", fmt_urlencoded(out, text, SIZE));
  CASE("fmt_hexdump", fmt_hexdump(out, text, SIZE));
  CASE("fmt_html", fmt_html(out, text, SIZE));
  CASE("fmt_xml", fmt_xml(out, text, SIZE));
  CASE("fmt_cescape", fmt_cescape(out, text, SIZE));
  CASE("fmt_ldapescape", fmt_ldapescape(out, text, SIZE));
  CASE("fmt_jsonescape", fmt_jsonescape(out, text, SIZE));
  CASE("scan_base64", scan_base64(base64_text, out, &n));
  CASE("scan_quotedprintable", scan_quotedprintable(text, out, &n));
  CASE("scan_urlencoded", scan_urlencoded("a%20b%2fc+d", out, &n));
  CASE("scan_hexdump", scan_hexdump("00112233445566778899aabbccddeeff", out, &n));
  CASE("scan_html", scan_html(html, out, &n));
  CASE("scan_html_ampersands", scan_html(ampersands, out, &n));
  CASE("scan_jsonescape", scan_jsonescape(text, out, &n));
  CASE("fmt_ulong", fmt_ulong(out, 1234567890));
  CASE("fmt_long", fmt_long(out, -123));
  CASE("fmt_xlong", fmt_xlong(out, 0xdeadbeef));
  CASE("fmt_human", fmt_human(out, 123456789));
  CASE("scan_ulong", scan_ulong("1234567890", &ul));
  CASE("scan_double", scan_double("1.5", &real));
  CASE("scan_varint", scan_varint("\x81\x82\x03", 3, &ull));
  CASE("scan_utf8", scan_utf8("\xe2\x82\xac", 3, &u32));
  CASE("scan_ip4", scan_ip4("192.168.117.23", out));
  CASE("fmt_ip4", fmt_ip4(out, "\xc0\xa8\x75\x17"));
  CASE("scan_ip6", scan_ip6("2001:db8::12:0:1", out));
  CASE("fmt_ip6", fmt_ip6(out, ip));
  CASE("array_allocate", array_allocate(&a, 8, i));
  CASE("array_get", array_get(&a, 8, i));
  CASE("stralloc_append", stralloc_append(&sa, "x"));
  CASE("stralloc_catb", sa.len = 0; stralloc_catb(&sa, text, SIZE));
  CASE("stralloc_catulong", sa.len = 0; stralloc_catulong(&sa, 1234567890));
  PURE("critbit0_contains", critbit0_contains(&tree, "57"));
  CASE("critbit0_allprefixed", critbit0_allprefixed(&tree, "", visit, NULL));
  CASE("buffer_put", b.p = 0; buffer_put(&b, text, 24));
  buffer_frombuf(&in, text, SIZE);
  CASE("buffer_getc", buffer_getc(&in, out));
  return 0;
}
