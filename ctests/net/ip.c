/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ip4.h and ip6.h. */
#include "edge.h"

#include <arpa/inet.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <net/if.h>

/* The same address for fmt_*, as eight groups. */
#define GROUPS(A, B, C, D, E, F, G, H) \
  {(char)(A >> 8), (char)A, (char)(B >> 8), (char)B, (char)(C >> 8), (char)C, (char)(D >> 8), (char)D, \
   (char)(E >> 8), (char)E, (char)(F >> 8), (char)F, (char)(G >> 8), (char)G, (char)(H >> 8), (char)H}

struct form {
  const char *text;
  char ip[16];
};

static void check_form(const struct form *form) {
  char text[FMT_IP6 + 1], ip[18];
  size_t length = strlen(form->text);
  char *edge = at_the_edge(form->ip, 16);
  EQUAL(fmt_ip6(0, edge), length);
  memset(text, '#', sizeof text);
  EQUAL(fmt_ip6(text, edge), length);
  if (memcmp(text, form->text, length) != 0) FAIL("%s became %s", form->text, text);
  EQUAL(text[length], '#');
  memset(ip, '#', sizeof ip);
  EQUAL(scan_ip6(at_the_edge(form->text, length + 1), ip + 1), length);
  CHECK(memcmp(ip + 1, form->ip, 16) == 0);
  CHECK(ip[0] == '#' && ip[17] == '#');
}

TEST(fmt_ip6_compresses_the_longest_zeros) {
  static const struct form forms[] = {
      {"::", GROUPS(0, 0, 0, 0, 0, 0, 0, 0)},
      {"::1", GROUPS(0, 0, 0, 0, 0, 0, 0, 1)},
      {"1:0:0:2::3", GROUPS(1, 0, 0, 2, 0, 0, 0, 3)},
      {"0:1:2:3:4:5:6:7", GROUPS(0, 1, 2, 3, 4, 5, 6, 7)},
      {"1::1:0:0:1:1", GROUPS(1, 0, 0, 1, 0, 0, 1, 1)},
      {"fe80::abcd:ff:f", GROUPS(0xfe80, 0, 0, 0, 0, 0xabcd, 0xff, 0xf)},
      {"::ffff:1.2.3.4", GROUPS(0, 0, 0, 0, 0, 0xffff, 0x102, 0x304)},
      {"::102:304", GROUPS(0, 0, 0, 0, 0, 0, 0x102, 0x304)},
      {"1111:2222:3333:4444:5555:6666:7777:8888",
       GROUPS(0x1111, 0x2222, 0x3333, 0x4444, 0x5555, 0x6666, 0x7777, 0x8888)},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) check_form(&forms[i]);
}

TEST(fmt_ip6_with_zeros_at_the_end) {
  static const struct form forms[] = {
      {"1::", GROUPS(1, 0, 0, 0, 0, 0, 0, 0)},
      {"1:2:3:4:5:6::", GROUPS(1, 2, 3, 4, 5, 6, 0, 0)},
      {"2001:db8::", GROUPS(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0)},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) check_form(&forms[i]);
}

TEST(fmt_ip6_keeps_a_single_zero_group) {
  static const struct form forms[] = {
      {"2001:db8:5:6:1:2:3:0", GROUPS(0x2001, 0xdb8, 5, 6, 1, 2, 3, 0)},
      {"2001:db8::1:2:3:0", GROUPS(0x2001, 0xdb8, 0, 0, 1, 2, 3, 0)},
      {"1:2:3:4:5:6:7:0", GROUPS(1, 2, 3, 4, 5, 6, 7, 0)},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) check_form(&forms[i]);
}

TEST(fmt_ip6c_writes_mapped_addresses_as_ipv4) {
  static const char mapped[16] = GROUPS(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1);
  char text[FMT_IP6 + 1 + IF_NAMESIZE] = "";
  EQUAL(fmt_ip6c(text, mapped), 9);
  CHECK(strcmp(text, "127.0.0.1") == 0);
  memset(text, 0, sizeof text);
  EQUAL(fmt_ip6ifc(text, mapped, 1), 9);
  CHECK(strcmp(text, "127.0.0.1") == 0);
  memset(text, 0, sizeof text);
  EQUAL(fmt_ip6c(text, V6loopback), 3);
  CHECK(strcmp(text, "::1") == 0);
}

TEST(fmt_ip6if_names_the_interface) {
  char text[FMT_IP6 + 1 + IF_NAMESIZE] = "";
  EQUAL(fmt_ip6if(text, V6loopback, if_nametoindex(LOOPBACK)), 3 + sizeof LOOPBACK);
  CHECK(strcmp(text, "::1%" LOOPBACK) == 0);
  memset(text, 0, sizeof text);
  EQUAL(fmt_ip6ifc(text, V6loopback, 0x7fffffff), 13);
  CHECK(strcmp(text, "::1%[unknown]") == 0);
  EQUAL(fmt_ip6if(0, V6loopback, 0), 3);
}

TEST(fmt_ip6if_counts_the_percent_sign) {
  EQUAL(fmt_ip6if(0, V6loopback, if_nametoindex(LOOPBACK)), 3 + sizeof LOOPBACK);
  EQUAL(fmt_ip6ifc(0, V6loopback, if_nametoindex(LOOPBACK)), 3 + sizeof LOOPBACK);
}

TEST(ip6_flat) {
  char text[40], ip[16];
  memset(text, '#', sizeof text);
  EQUAL(fmt_ip6_flat(0, V6loopback), 32);
  EQUAL(fmt_ip6_flat(text, V6loopback), 32);
  CHECK(memcmp(text, "00000000000000000000000000000001#", 33) == 0);
  EQUAL(scan_ip6_flat(text, ip), 32);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
  EQUAL(scan_ip6_flat(at_the_edge("20010DB8000000000000000000abcdef", 33), ip), 32);
  EQUAL(fmt_ip6_flat(text, ip), 32);
  CHECK(memcmp(text, "20010db8000000000000000000abcdef", 32) == 0);
  EQUAL(scan_ip6_flat(at_the_edge("0000", 5), ip), 0);
  EQUAL(scan_ip6_flat(at_the_edge("", 1), ip), 0);
}

TEST(fmt_ip4) {
  char text[FMT_IP4];
  memset(text, '#', sizeof text);
  EQUAL(fmt_ip4(0, ip4loopback), 9);
  EQUAL(ip4_fmt(text, at_the_edge("\xff\x0a\x00\x63", 4)), 11);
  CHECK(memcmp(text, "255.10.0.99#", 12) == 0);
}

static size_t scan4(const char *text, const char *wanted) {
  char ip[6] = "######";
  size_t used = ip4_scan(at_the_edge(text, strlen(text) + 1), ip + 1);
  if (used) CHECK(memcmp(ip + 1, wanted, 4) == 0);
  CHECK(ip[0] == '#' && ip[5] == '#');
  return used;
}

TEST(scan_ip4) {
  static const char *const none[] = {"", "1.2.3", "1.2.3.", "1.2.3.256", ".1.2.3", "1..2.3", "1.2.3.x",
                                     " 1.2.3.4", "-1.2.3.4", "1.2.3.18446744073709551620"};
  EQUAL(scan4("1.2.3.4", "\1\2\3\4"), 7);
  EQUAL(scan4("1.2.3.4.5", "\1\2\3\4"), 7);
  EQUAL(scan4("1.2.3.4x", "\1\2\3\4"), 7);
  EQUAL(scan4("010.00.0.0255", "\12\0\0\377"), 13);
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (scan4(none[i], "")) FAIL("taken: %s", none[i]);
}

static size_t scan6(const char *text) {
  char ip[16];
  return scan_ip6(at_the_edge(text, strlen(text) + 1), ip);
}

TEST(scan_ip6_stops_where_the_address_ends) {
  EQUAL(scan6("1.2.3.4:80"), 7);
  EQUAL(scan6("1:2:3:4:5:6:7:8:9"), 15);
  EQUAL(scan6("::1:"), 3);
  EQUAL(scan6("1::2::3"), 4);
  EQUAL(scan6("::1]"), 3);
  EQUAL(scan6("1:2:3:4:5:6:1.2.3.4"), 19);
  EQUAL(scan6("::1.2.3.4"), 9);
  EQUAL(scan6("::g"), 2);
  EQUAL(scan6("::1:80"), 6);
  EQUAL(scan6("1::1.2.3"), 4);
}

TEST(scan_ip6_wants_a_group_for_the_double_colon) {
  EQUAL(scan6("1:2:3:4:5:6:7::"), 15);
  EQUAL(scan6("::2:3:4:5:6:7:8"), 15);
  EQUAL(scan6("1:2:3:4:5:6:7::8"), 0);
  EQUAL(scan6("::1:2:3:4:5:6:7:8"), 0);
  EQUAL(scan6("1:2:3:4:5:6::0.7.0.8"), 0);
}

TEST(scan_ip6_refuses) {
  static const char *const none[] = {"",      ":",   "1:",        "1:2:3:4:5:6:7",    "1:2:3:4:5:6:7:",
                                     "1.2.3", "10.", "256.1.1.1", "1:2:3:4:5:6:1.2.3"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (scan6(none[i])) FAIL("taken: %s", none[i]);
}

TEST(scan_ip6_wants_four_digits_at_most) {
  EQUAL(scan6("12345::"), 0);
  EQUAL(scan6("::12345"), 0);
  EQUAL(scan6("1:2:3:4:5:6:7:00008"), 0);
}

TEST(scan_ip6_refuses_a_single_colon_in_front) { EQUAL(scan6(":1:2:3:4:5:6:7:8"), 0); }

static uint64_t state = 88172645463325252;

static unsigned below(unsigned n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (unsigned)((state >> 32) * n >> 32);
}

/* A text that is an address, or nearly one. */
static void random_text(char *text) {
  static const char any[] = "0123456789abcdefABCDEF:::.%g";
  char *at = text;
  unsigned parts = below(4) ? 5 + below(5) : below(10), gap = below(11);
  if (below(16) == 0) {
    for (parts = below(24); parts > 0; parts--) *at++ = any[below(sizeof any - 1)];
    *at = 0;
    return;
  }
  for (unsigned i = 0; i < parts; i++) {
    if (i == gap) at += sprintf(at, i ? ":" : "::");
    if (i + 1 >= parts && below(3) == 0)
      at += sprintf(at, "%u.%u.%u.%u", below(260), below(256), below(12), below(256));
    else if (below(64) == 0)
      at += sprintf(at, "%0*x", (int)below(7), below(65536));
    else
      at += sprintf(at, below(2) ? "%x" : "%X", below(65536) >> below(16));
    if (i + 1 < parts) *at++ = ':';
  }
  if (gap == parts) at += sprintf(at, "::");
  if (below(32) == 0) sprintf(at, "%c", any[below(sizeof any - 1)]);
}

/* An octet in decimal with a zero in front: allowed here, as in scan_ip4. */
static int has_leading_zero(const char *text) {
  for (const char *dot = strchr(text, '.'); dot; dot = strchr(dot + 1, '.')) {
    const char *before = dot;
    while (before > text && before[-1] >= '0' && before[-1] <= '9') before--;
    if ((before[0] == '0' && before + 1 < dot) || (dot[1] == '0' && dot[2] >= '0' && dot[2] <= '9')) return 1;
  }
  return 0;
}

TEST(scan_ip6_takes_what_inet_pton_takes) {
  char text[100], ip[16], wanted[16];
  unsigned addresses = 0;
  for (int i = 0; i < 2000000; i++) {
    random_text(text);
    if (has_leading_zero(text)) continue;
    size_t used = scan_ip6(text, ip);
    /* An IPv4 address alone is taken as the mapped one. */
    if (inet_pton(AF_INET, text, wanted) == 1) continue;
    int is_one = inet_pton(AF_INET6, text, wanted) == 1;
    addresses += is_one;
    if (is_one != (used > 0 && !text[used])) FAIL("%s: scan_ip6 takes %zu bytes", text, used);
    if (is_one && memcmp(ip, wanted, 16) != 0) FAIL("%s is another address", text);
    /* What is taken of a longer text is an address, too. */
    if (used == 0 || !text[used]) continue;
    text[used] = 0;
    if (inet_pton(AF_INET6, text, wanted) != 1 && inet_pton(AF_INET, text, wanted) != 1)
      FAIL("%s was taken for an address", text);
  }
  if (addresses < 400000) FAIL("only %u addresses", addresses);
}

/* The inet_ntop of musl leaves out other zeros. */
#ifdef __GLIBC__
TEST(fmt_ip6_writes_what_inet_ntop_writes) {
  char ip[16], text[64], wanted[64];
  int64_t end = millis() + 5000; /* Emulators do not get to the last. */
  for (int i = 0; i < 2000000 && (i % 1024 || millis() < end); i++) {
    unsigned zeros = below(256);
    for (int group = 0; group < 8; group++) {
      unsigned value = zeros >> group & 1 ? 0 : below(8) ? below(65536) >> below(16) : 0xffff;
      ip[2 * group] = (char)(value >> 8);
      ip[2 * group + 1] = (char)value;
    }
    text[fmt_ip6(text, ip)] = 0;
    CHECK(inet_ntop(AF_INET6, ip, wanted, sizeof wanted));
    EQUAL(fmt_ip6(0, ip), strlen(text));
    /* inet_ntop writes the last two groups of ::102:304 as IPv4; only mapped addresses are such here. */
    if (memcmp(ip, V6any, 12) == 0 && strchr(wanted, '.')) continue;
    if (strcmp(text, wanted) != 0) FAIL("%s is %s", wanted, text);
  }
}
#endif

TEST(scan_ip6_leaves_the_place_alone_when_it_fails) {
  char ip[16];
  memset(ip, '#', sizeof ip);
  EQUAL(scan_ip6("1:2:3:", ip), 0);
  EQUAL(scan_ip6_flat("00112233", ip), 0);
  EQUAL(scan_ip4("1.2.3", ip), 0);
  for (int i = 0; i < 16; i++) EQUAL(ip[i], '#');
}

static size_t scanif(const char *text, uint32 wanted) {
  char ip[16];
  uint32 scope = 4711;
  size_t used = scan_ip6if(at_the_edge(text, strlen(text) + 1), ip, &scope);
  if (used) EQUAL(scope, wanted);
  return used;
}

TEST(scan_ip6if_finds_the_interface) {
  uint32 lo = if_nametoindex(LOOPBACK);
  EQUAL(scanif("fe80::1", 0), 7);
  EQUAL(scanif("fe80::1%", 0), 7);
  EQUAL(scanif("fe80::1%" LOOPBACK, lo), 7 + sizeof LOOPBACK);
  EQUAL(scanif("fe80::1%" LOOPBACK "]", lo), 7 + sizeof LOOPBACK);
  EQUAL(scanif("fe80::1%nosuchif", 0), 16);
}

TEST(scan_ip6if_takes_whole_names) {
  char ip[16], text[3000] = "fe80::1%";
  EQUAL(scanif("fe80::1%lo.5", 0), 12);
  EQUAL(scanif("fe80::1%lo-x_y", 0), 14);
  EQUAL(scan_ip6if("fe80::1%lo", ip, 0), 10);
  memset(text + 8, 'x', sizeof text - 9);
  EQUAL(scanif(text, 0), sizeof text - 1);
}

TEST(scan_ip6if_wants_an_address) { EQUAL(scanif("%lo", 0), 0); }

TEST(constants) {
  static const char zeros[16];
  EQUAL(sizeof ip4loopback, 4);
  EQUAL(sizeof V4mappedprefix, 12);
  EQUAL(sizeof V6loopback, 16);
  EQUAL(sizeof V6any, 16);
  CHECK(memcmp(ip4loopback, "\x7f\0\0\1", 4) == 0);
  CHECK(memcmp(V4mappedprefix, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0);
  CHECK(memcmp(V6loopback, zeros, 15) == 0 && V6loopback[15] == 1);
  CHECK(memcmp(V6any, zeros, 16) == 0);
  EQUAL(FMT_IP4, 20);
  EQUAL(IP4_FMT, 20);
  EQUAL(FMT_IP6, 40);
  EQUAL(IP6_FMT, 40);
  CHECK(!ip6_isv4mapped(V6any));
  CHECK(ip6_isv4mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff\1\2\3\4"));
}
