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
static size_t best_scan_xlong(const char *s, unsigned long *to) {
  unsigned long v = 0;
  size_t i = 0;
  for (unsigned d; (d = values16[(unsigned char)s[i]]) < 16; i++) v = v << 4 | d;
  *to = v;
  return i;
}
static size_t best_scan_long(const char *s, long *to) {
  unsigned long v;
  size_t n = best_scan_ulong(s + (*s == '-'), &v);
  *to = *s == '-' ? -(long)v : (long)v;
  return n + (*s == '-');
}
static size_t best_fmt_long(char *to, long v) {
  if (v >= 0) return best_fmt_ulong(to, (unsigned long)v);
  *to = '-';
  return 1 + best_fmt_ulong(to + 1, -(unsigned long)v);
}

static void best_byte_copy(void *to, size_t n, const void *from) { memcpy(to, from, n); }
static void best_byte_copyr(void *to, size_t n, const void *from) { memmove(to, from, n); }
static void best_byte_zero(void *to, size_t n) { memset(to, 0, n); }
static size_t best_str_len(const char *s) { return strlen(s); }
static size_t best_str_chr(const char *s, char c) { return (size_t)(strchrnul(s, c) - s); }
static size_t best_str_rchr(const char *s, char c) {
  const char *found = strrchr(s, c);
  return found ? (size_t)(found - s) : strlen(s);
}
static size_t best_str_copy(char *to, const char *from) { return (size_t)(stpcpy(to, from) - to); }

/* The five characters, in the way of the table loops above. */
static size_t best_fmt_html(char *to, const char *from, size_t n) {
  char *p = to;
  for (size_t i = 0; i < n; i++) {
    switch (from[i]) {
      case '&': memcpy(p, "&amp;", 5), p += 5; break;
      case '<': memcpy(p, "&lt;", 4), p += 4; break;
      case '>': memcpy(p, "&gt;", 4), p += 4; break;
      default: *p++ = from[i];
    }
  }
  return (size_t)(p - to);
}
/* For text without references. */
static size_t best_scan_html(const char *from, char *to, size_t *made) {
  size_t i = 0;
  for (; from[i] && from[i] != '&'; i++) to[i] = from[i];
  *made = i;
  return i;
}
/* For ASCII without escapes. */
static size_t best_scan_jsonescape(const char *from, char *to, size_t *made) {
  size_t i = 0;
  for (; plain_json[(unsigned char)from[i]]; i++) to[i] = from[i];
  *made = i;
  return i;
}
static size_t best_scan_urlencoded(const char *from, char *to, size_t *made) {
  const unsigned char *s = (const unsigned char *)from;
  char *p = to;
  for (; *s; p++) {
    unsigned a, b;
    if (*s != '%') *p = *s == '+' ? ' ' : (char)*s, s++;
    else if ((a = values16[s[1]]) > 15 || (b = values16[s[2]]) > 15) break;
    else *p = (char)(a << 4 | b), s += 3;
  }
  *made = (size_t)(p - to);
  return (size_t)((const char *)s - from);
}
/* One character of up to four bytes, in its shortest form. */
static size_t best_scan_utf8(const char *from, size_t n, uint32 *to) {
  static const uint32 least[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *s = (const unsigned char *)from;
  if (!n) return 0;
  if (s[0] < 0x80) return *to = s[0], 1;
  size_t size = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
  if (s[0] < 0xc0 || s[0] > 0xf7 || n < size) return 0;
  uint32 c = s[0] & (0x7fu >> size);
  for (size_t i = 1; i < size; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
    c = c << 6 | (s[i] & 63u);
  }
  if (c < least[size]) return 0;
  *to = c;
  return size;
}
static size_t best_fmt_xlong(char *to, unsigned long v) {
  size_t n = 1;
  for (unsigned long w = v; w > 15; w >>= 4) n++;
  for (char *p = to + n; p > to; v >>= 4) *--p = "0123456789abcdef"[v & 15];
  return n;
}
static size_t best_fmt_ip4(char *to, const char ip[4]) { return inet_ntop(AF_INET, ip, to, 16) ? strlen(to) : 0; }
static size_t best_fmt_ip6(char *to, const char ip[16]) { return inet_ntop(AF_INET6, ip, to, 46) ? strlen(to) : 0; }
static size_t best_scan_ip4(const char *s, char ip[4]) { return inet_pton(AF_INET, s, ip) == 1 ? strlen(s) : 0; }
static size_t best_scan_ip6(const char *s, char ip[16]) { return inet_pton(AF_INET6, s, ip) == 1 ? strlen(s) : 0; }
static size_t best_fmt_double(char *to, double d, int most, int digits) {
  return (size_t)snprintf(to, (size_t)most, "%.*g", digits, d);
}
static size_t best_scan_double(const char *s, double *to) {
  char *end;
  *to = strtod(s, &end);
  return (size_t)(end - s);
}

static const struct library best = {
  .byte_copy = best_byte_copy, .byte_copyr = best_byte_copyr, .byte_zero = best_byte_zero, .str_len = best_str_len,
  .str_chr = best_str_chr, .str_rchr = best_str_rchr, .str_copy = best_str_copy, .fmt_html = best_fmt_html,
  .scan_html = best_scan_html, .scan_urlencoded = best_scan_urlencoded, .scan_utf8 = best_scan_utf8,
  .fmt_xlong = best_fmt_xlong, .fmt_ip4 = best_fmt_ip4, .fmt_ip6 = best_fmt_ip6, .scan_ip4 = best_scan_ip4,
  .scan_ip6 = best_scan_ip6, .fmt_double = best_fmt_double, .scan_double = best_scan_double,
  .byte_chr = best_byte_chr, .byte_rchr = best_byte_rchr, .byte_diff = best_byte_diff, .str_diff = best_str_diff,
  .str_diffn = best_str_diffn, .str_start = best_str_start, .case_diffs = best_case_diffs,
  .case_diffb = best_case_diffb, .case_starts = best_case_starts, .case_lowerb = best_case_lowerb,
  .case_lowers = best_case_lowers, .byte_equal_notimingattack = best_equal, .scan_whitenskip = best_scan_whitenskip,
  .scan_nonwhitenskip = best_scan_nonwhitenskip, .scan_charsetnskip = best_scan_charsetnskip,
  .scan_noncharsetnskip = best_scan_noncharsetnskip, .fmt_base64 = best_fmt_base64, .scan_base64 = best_scan_base64,
  .fmt_hexdump = best_fmt_hexdump, .scan_hexdump = best_scan_hexdump, .fmt_urlencoded = best_fmt_urlencoded,
  .fmt_jsonescape = best_fmt_jsonescape, .scan_jsonescape = best_scan_jsonescape, .fmt_ulong = best_fmt_ulong,
  .fmt_long = best_fmt_long, .scan_ulong = best_scan_ulong, .scan_xlong = best_scan_xlong, .scan_long = best_scan_long,
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
