/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the functions work on. `text` is a string, `other` an equal one, `bytes` any bytes, `out` has room for all results. */
enum { MOST = 1 << 20, ROOM = 8 * MOST };

static char text[3 * MOST + 64], other[3 * MOST + 64], bytes[MOST + 64], out[ROOM];
static size_t length;

static unsigned random_number(void) {
  static unsigned state = 1;
  return (state = state * 1103515245 + 12345) >> 16;
}

/* A string of `n` bytes that repeats a piece, cut off at the end, and an equal one. Some functions of the C library read
 * behind the null byte: they find zeros there. */
static void repeat(const char *piece, size_t n) {
  size_t size = strlen(piece);
  memset(text, 0, sizeof text);
  for (size_t i = 0; i < n; i++) text[i] = piece[i % size];
  text[n] = 0;
  memcpy(other, text, n + 1);
}

/* Whole pieces. */
static void repeat_whole(const char *piece, size_t n) { repeat(piece, n / strlen(piece) * strlen(piece)); }

static void nothing(size_t n) { (void)n; }
static void letters(size_t n) { repeat("theQuickBrownFoxJumpsOverTheLazyDog", n); }
/* The strings differ in the middle. */
static void unequal(size_t n) {
  letters(n);
  other[n / 2] ^= 1;
}
/* What encoders have to escape, and an escape for decoders. */
static void backslashes(size_t n) {
  repeat("\\", n & ~(size_t)1);
  memset(bytes, '\\', n);
}
static void blanks(size_t n) { repeat(" \t \n", n); }
static void prose(size_t n) {
  repeat("Some <b>text</b> & \"more\" of it, as it comes; 100% of a=b and \\ too.\n", n);
  memcpy(bytes, text, n);
}
static void plain_prose(size_t n) {
  repeat("Some text, of the kind that has nothing to escape in it at all ", n);
  memcpy(bytes, text, n);
}
static void utf8(size_t n) {
  repeat_whole("Gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac \xf0\x9d\x84\x9e ", n);
  memcpy(bytes, text, n);
}
static void random_bytes(size_t n) {
  for (size_t i = 0; i < n; i++) bytes[i] = (char)random_number();
}

/* What an encoder of ours makes of random bytes or prose. */
static void encoded(size_t (*encode)(char *, const char *, size_t), size_t n) {
  memset(text, 0, sizeof text);
  encode(text, bytes, n);
}
static void base64_text(size_t n) { random_bytes(n), encoded(ours.fmt_base64, n); }
static void base64url_text(size_t n) { random_bytes(n), encoded(ours.fmt_base64url, n); }
static void uuencoded_line(size_t n) { random_bytes(n), encoded(ours.fmt_uuencoded, 45); }
static void yenc_line(size_t n) {
  random_bytes(n);
  for (size_t i = 0; i < n; i++)
    if (bytes[i] == '\n' - 42 || bytes[i] == '\r' - 42) bytes[i] = 1;
  encoded(ours.fmt_yenc, n);
  for (char *p = text; *p; p++)
    if (*p == '\n' || *p == '\r') *p = 'x';
}
static void hexdump_text(size_t n) { random_bytes(n), encoded(ours.fmt_hexdump, n); }
static void quoted_printable_text(size_t n) { prose(n), encoded(ours.fmt_quotedprintable, n); }
static void url_text(size_t n) { prose(n), encoded(ours.fmt_urlencoded, n); }
static void ldap_text(size_t n) { prose(n), encoded(ours.fmt_ldapescape, n); }
static void c_text(size_t n) {
  prose(n), encoded(ours.fmt_cescape, n);
  for (char *p = text; *p; p++)
    if (*p == '"') *p = '\'';
}
static void json_text(size_t n) {
  repeat_whole("Gr\xc3\xbc\xc3\x9f" "e \\n \\\" \\u00e4 plain text \xe2\x82\xac ", n < 36 ? 36 : n);
}
static void html_text(size_t n) { repeat("text &amp; more &lt;of&gt; it &#228; &auml; &euro;", n); }
static void html_argument(size_t n) {
  text[0] = '"';
  repeat("text&amp;more&lt;of&gt;it&#228;&auml;&euro;", n);
}
/* What costs a decoder of references most. */
static void ampersands(size_t n) { repeat("&", n); }
static void no_names(size_t n) { repeat("&CounterClockwiseContourIntegra", n); }
static void unknown_names(size_t n) { repeat("&zwnjx;", n); }
static void long_references(size_t n) { repeat("&CounterClockwiseContourIntegral;", n); }
static void two_characters(size_t n) { repeat("&NotGreaterSlantEqual;", n); }
static void long_number(size_t n) { repeat("&#00000000000000000000000000000000000000000000000000000000000000000000000x", n); }
