/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The best alternative: what libc has, or a plain loop of C. */
static size_t best_byte_chr(const void *s, size_t n, char c) {
  const char *found = memchr(s, c, n);
  return found ? (size_t)(found - (const char *)s) : n;
}
static size_t best_byte_rchr(const void *s, size_t n, char c) {
  const char *found = memrchr(s, c, n);
  return found ? (size_t)(found - (const char *)s) : n;
}
static int best_byte_diff(const void *a, size_t n, const void *b) { return memcmp(a, b, n); }
static int best_str_diff(const char *a, const char *b) { return strcmp(a, b); }
static int best_str_diffn(const char *a, const char *b, size_t n) { return strncmp(a, b, n); }
static int best_str_start(const char *a, const char *b) { return strncmp(a, b, strlen(b)) == 0; }
static int best_case_diffs(const char *a, const char *b) { return strcasecmp(a, b); }
static int best_case_diffb(const void *a, size_t n, const void *b) { return strncasecmp(a, b, n); }
static int best_case_starts(const char *a, const char *b) { return strncasecmp(a, b, strlen(b)) == 0; }
static void best_case_lowerb(void *s, size_t n) {
  unsigned char *p = s;
  for (size_t i = 0; i < n; i++)
    if ((unsigned)p[i] - 'A' < 26) p[i] |= 32;
}
static void best_case_lowers(char *s) { best_case_lowerb(s, strlen(s)); }
static int best_equal(const void *a, size_t n, const void *b) {
  const unsigned char *p = a, *q = b;
  size_t i = 0;
  unsigned long d = 0;
  for (; i + 8 <= n; i += 8) {
    unsigned long x, y;
    memcpy(&x, p + i, 8), memcpy(&y, q + i, 8);
    d |= x ^ y;
    __asm__("" : "+r"(d));
  }
  for (; i < n; i++) d |= p[i] ^ q[i];
  return d == 0;
}
static size_t best_scan_whitenskip(const char *s, size_t n) { (void)n; return strspn(s, " \t\n\v\f\r"); }
static size_t best_scan_nonwhitenskip(const char *s, size_t n) { (void)n; return strcspn(s, " \t\n\v\f\r"); }
static size_t best_scan_charsetnskip(const char *s, const char *set, size_t n) { (void)n; return strspn(s, set); }
static size_t best_scan_noncharsetnskip(const char *s, const char *set, size_t n) { (void)n; return strcspn(s, set); }

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static unsigned char values64[256], values16[256], plain_json[256], plain_url[256];

static size_t best_fmt_base64(char *to, const char *from, size_t n) {
  const unsigned char *s = (const unsigned char *)from;
  char *p = to;
  for (; n >= 3; n -= 3, s += 3, p += 4) {
    unsigned v = (unsigned)s[0] << 16 | (unsigned)s[1] << 8 | s[2];
    p[0] = digits64[v >> 18], p[1] = digits64[v >> 12 & 63], p[2] = digits64[v >> 6 & 63], p[3] = digits64[v & 63];
  }
  if (n) {
    unsigned v = (unsigned)s[0] << 16 | (n > 1 ? (unsigned)s[1] << 8 : 0);
    p[0] = digits64[v >> 18], p[1] = digits64[v >> 12 & 63], p[2] = n > 1 ? digits64[v >> 6 & 63] : '=', p[3] = '=';
    p += 4;
  }
  return (size_t)(p - to);
}
static size_t best_scan_base64(const char *from, char *to, size_t *made) {
  const unsigned char *s = (const unsigned char *)from;
  char *p = to;
  for (;;) {
    unsigned a, b, c, d;
    if ((a = values64[s[0]]) > 63 || (b = values64[s[1]]) > 63) break;
    if ((c = values64[s[2]]) > 63 || (d = values64[s[3]]) > 63) break;
    p[0] = (char)(a << 2 | b >> 4), p[1] = (char)(b << 4 | c >> 2), p[2] = (char)(c << 6 | d);
    s += 4, p += 3;
  }
  *made = (size_t)(p - to);
  return (size_t)((const char *)s - from);
}
static size_t best_fmt_hexdump(char *to, const char *from, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)from[i];
    to[2 * i] = "0123456789abcdef"[c >> 4], to[2 * i + 1] = "0123456789abcdef"[c & 15];
  }
  return 2 * n;
}
static size_t best_scan_hexdump(const char *from, char *to, size_t *made) {
  size_t i = 0;
  for (;; i++) {
    unsigned a, b;
    if ((a = values16[(unsigned char)from[2 * i]]) > 15 || (b = values16[(unsigned char)from[2 * i + 1]]) > 15) break;
    to[i] = (char)(a << 4 | b);
  }
  *made = i;
  return 2 * i;
}
static size_t best_fmt_urlencoded(char *to, const char *from, size_t n) {
  char *p = to;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)from[i];
    if (plain_url[c]) *p++ = (char)c;
    else p[0] = '%', p[1] = "0123456789abcdef"[c >> 4], p[2] = "0123456789abcdef"[c & 15], p += 3;
  }
  return (size_t)(p - to);
}
static size_t best_fmt_jsonescape(char *to, const char *from, size_t n) {
  char *p = to;
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)from[i];
    if (plain_json[c]) *p++ = (char)c;
    else p[0] = '\\', p[1] = (char)c, p += 2;
  }
  return (size_t)(p - to);
}
static size_t best_fmt_ulong(char *to, unsigned long v) {
  size_t n = 1;
  for (unsigned long w = v; w > 9; w /= 10) n++;
  for (char *p = to + n; p > to; v /= 10) *--p = (char)('0' + v % 10);
  return n;
}
static size_t best_scan_ulong(const char *s, unsigned long *to) {
  unsigned long v = 0;
  size_t i = 0;
  for (; (unsigned)s[i] - '0' < 10; i++) v = v * 10 + (unsigned long)(s[i] - '0');
  *to = v;
  return i;
}

static const struct library best = {
  .byte_chr = best_byte_chr, .byte_rchr = best_byte_rchr, .byte_diff = best_byte_diff, .str_diff = best_str_diff,
  .str_diffn = best_str_diffn, .str_start = best_str_start, .case_diffs = best_case_diffs,
  .case_diffb = best_case_diffb, .case_starts = best_case_starts, .case_lowerb = best_case_lowerb,
  .case_lowers = best_case_lowers, .byte_equal_notimingattack = best_equal, .scan_whitenskip = best_scan_whitenskip,
  .scan_nonwhitenskip = best_scan_nonwhitenskip, .scan_charsetnskip = best_scan_charsetnskip,
  .scan_noncharsetnskip = best_scan_noncharsetnskip, .fmt_base64 = best_fmt_base64, .scan_base64 = best_scan_base64,
  .fmt_hexdump = best_fmt_hexdump, .scan_hexdump = best_scan_hexdump, .fmt_urlencoded = best_fmt_urlencoded,
  .fmt_jsonescape = best_fmt_jsonescape, .fmt_ulong = best_fmt_ulong, .scan_ulong = best_scan_ulong,
};

static void prepare_best(void) {
  memset(values64, 64, 256);
  for (unsigned char i = 0; i < 64; i++) values64[(unsigned char)digits64[i]] = i;
  memset(values16, 16, 256);
  for (unsigned char i = 0; i < 16; i++) {
    values16[(unsigned char)"0123456789abcdef"[i]] = i;
    values16[(unsigned char)"0123456789ABCDEF"[i]] = i;
  }
  for (int c = ' '; c < 256; c++) plain_json[c] = c != '"' && c != '\\';
  for (int c = 1; c < 128; c++) plain_url[c] = strchr("$-./=_~", c) || ((unsigned)c | 32) - 'a' < 26 || (unsigned)c - '0' < 10;
}
