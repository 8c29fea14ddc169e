/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dns.h: what needs no server. */
#include "edge.h"

#include <libowfat/dns.h>
#include <stddef.h>

#ifdef __LP64__
_Static_assert(sizeof(struct dns_transmit) == 104, "programs have it in their own memory");
_Static_assert(offsetof(struct dns_transmit, querylen) == 8 && offsetof(struct dns_transmit, packet) == 16, "as known");
_Static_assert(offsetof(struct dns_transmit, packetlen) == 24 && offsetof(struct dns_transmit, s1) == 28, "as known");
_Static_assert(offsetof(struct dns_transmit, tcpstate) == 32 && offsetof(struct dns_transmit, udploop) == 36, "as known");
_Static_assert(offsetof(struct dns_transmit, curserver) == 40 && offsetof(struct dns_transmit, deadline) == 48, "as known");
_Static_assert(offsetof(struct dns_transmit, pos) == 64 && offsetof(struct dns_transmit, servers) == 72, "as known");
_Static_assert(offsetof(struct dns_transmit, localip) == 80 && offsetof(struct dns_transmit, scope_id) == 96, "as known");
_Static_assert(offsetof(struct dns_transmit, qtype) == 100, "as known");
#endif

/* Some bytes are those of a literal, which ends with its null byte. */
#define IS(BYTES, LITERAL) CHECK(memcmp(BYTES, LITERAL, sizeof(LITERAL)) == 0)

#define HOLDS(SA, LITERAL)                                                    \
  do {                                                                        \
    EQUAL((SA).len, sizeof(LITERAL) - 1);                                     \
    CHECK((SA).len == 0 || memcmp((SA).s, LITERAL, (SA).len) == 0);           \
  } while (0)

/* The domain of a text. */
static char *domain(const char *text) {
  char *made = 0;
  EQUAL(dns_domain_fromdot(&made, text, strlen(text)), 1);
  return made;
}

TEST(constants) {
  IS(DNS_C_IN, "\0\1");
  IS(DNS_C_ANY, "\0\377");
  IS(DNS_T_A, "\0\1");
  IS(DNS_T_NS, "\0\2");
  IS(DNS_T_CNAME, "\0\5");
  IS(DNS_T_SOA, "\0\6");
  IS(DNS_T_PTR, "\0\014");
  IS(DNS_T_HINFO, "\0\015");
  IS(DNS_T_MX, "\0\017");
  IS(DNS_T_TXT, "\0\020");
  IS(DNS_T_RP, "\0\021");
  IS(DNS_T_SIG, "\0\030");
  IS(DNS_T_KEY, "\0\031");
  IS(DNS_T_AAAA, "\0\034");
  IS(DNS_T_AXFR, "\0\374");
  IS(DNS_T_ANY, "\0\377");
  EQUAL(DNS_NAME4_DOMAIN, 31);
  EQUAL(DNS_NAME6_DOMAIN, 75);
  static const struct dns_transmit none;
  CHECK(memcmp(&dns_resolve_tx, &none, sizeof none) == 0);
}

TEST(domains_from_text, .valgrind = 1) {
  char *d = 0;
  EQUAL(dns_domain_fromdot(&d, string_at_the_edge("www..Example.ORG."), 17), 1);
  IS(d, "\3www\7Example\3ORG");
  EQUAL(dns_domain_length(d), 17);
  EQUAL(dns_domain_fromdot(&d, at_the_edge("a\\.b\\062\\\\\\", 10), 10), 1);
  IS(d, "\5a.b2\\");
  EQUAL(dns_domain_fromdot(&d, "", 0), 1);
  IS(d, "");
  EQUAL(dns_domain_length(d), 1);
  dns_domain_free(&d);
  CHECK(d == 0);
  dns_domain_free(&d);
}

TEST(domains_that_are_too_long, .valgrind = 1) {
  char text[600], *d = domain("before");
  memset(text, 'a', sizeof text);
  EQUAL(dns_domain_fromdot(&d, text, 64), 0);
  EQUAL(errno, EINVAL);
  IS(d, "\6before");
  for (int i = 1; i < 600; i += 2) text[i] = '.';
  EQUAL(dns_domain_fromdot(&d, text, 255), 0);
  EQUAL(errno, EINVAL);
  EQUAL(dns_domain_fromdot(&d, text, 254), 1);
  EQUAL(dns_domain_length(d), 255);
  dns_domain_free(&d);
}

TEST(domains_as_text, .valgrind = 1) {
  stralloc text = {0};
  EQUAL(stralloc_copys(&text, "it is "), 1);
  EQUAL(dns_domain_todot_cat(&text, "\3WwW\3a.b\2\n\xff"), 1);
  HOLDS(text, "it is www.a\\056b.\\012\\377");
  stralloc_zero(&text);
  EQUAL(dns_domain_todot_cat(&text, ""), 1);
  HOLDS(text, ".");
  stralloc_free(&text);
}

TEST(domains_and_their_parents, .valgrind = 1) {
  char *big = domain("c.Bb.a"), *copy = 0;
  EQUAL(dns_domain_copy(&copy, big), 1);
  CHECK(copy != big && dns_domain_equal(copy, big));
  char *little = at_the_edge("\2bB\1A", 6);
  EQUAL(dns_domain_equal(big, little), 0);
  EQUAL(dns_domain_suffix(big, little), 1);
  EQUAL(dns_domain_suffixpos(big, little), 2);
  EQUAL(dns_domain_suffix(big, ""), 1);
  EQUAL(dns_domain_suffixpos(big, ""), 7);
  EQUAL(dns_domain_suffix(big, big), 1);
  EQUAL(dns_domain_suffixpos(big, big), 0);
  EQUAL(dns_domain_suffix(little, big), 0);
  EQUAL(dns_domain_suffixpos(little, big), 0);
  dns_domain_free(&big);
  dns_domain_free(&copy);
}

TEST(domains_of_addresses, .valgrind = 1) {
  char *four = malloc(DNS_NAME4_DOMAIN), *six = malloc(DNS_NAME6_DOMAIN);
  dns_name4_domain(four, "\1\24\377\0");
  IS(four, "\0010\003255\00220\0011\7in-addr\4arpa");
  dns_name4_domain(four, "\377\377\377\377");
  EQUAL(dns_domain_length(four), 30);
  dns_name6_domain(six, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x1f");
  EQUAL(dns_domain_length(six), 74);
  IS(six + 58, "\0010\0010\0012\3ip6\4arpa");
  CHECK(memcmp(six, "\1f\0011\0010", 6) == 0);
  free(four);
  free(six);
}

TEST(no_memory_for_domains) {
  char *d = domain("before"), *big = domain("a.b.c");
  stralloc text = {0};
  EQUAL(stralloc_copys(&text, "before"), 1);
  struct rlimit none = {1, RLIM_INFINITY};
  CHECK(setrlimit(MEMORY_LIMIT, &none) == 0);
  for (size_t size = 1 << 20; size >= 8; size /= 2)
    while (malloc(size)) {
    }
  EQUAL(dns_domain_copy(&d, big), 0);
  EQUAL(errno, ENOMEM);
  EQUAL(dns_domain_fromdot(&d, "a.b", 3), 0);
  EQUAL(errno, ENOMEM);
  EQUAL(dns_packet_getname("\1a", 3, 0, &d), 0);
  EQUAL(errno, ENOMEM);
  IS(d, "\6before");
  char many[256];
  for (int i = 0; i < 252; i += 63) memset(many + i, 'x', 63), many[i] = 62;
  many[252] = 0;
  EQUAL(dns_domain_todot_cat(&text, many), 0);
  EQUAL(errno, ENOMEM);
  HOLDS(text, "before");
}

TEST(names_in_packets, .valgrind = 1) {
  char *packet = at_the_edge("\1a\0\3www\300\0", 9), *d = 0;
  EQUAL(dns_packet_getname(packet, 9, 3, &d), 9);
  IS(d, "\3www\1a");
  EQUAL(dns_packet_skipname(packet, 9, 3), 9);
  EQUAL(dns_packet_getname(packet, 9, 0, &d), 3);
  IS(d, "\1a");
  for (unsigned pos = 9; pos < 12; pos++) {
    EQUAL(dns_packet_getname(packet, 9, pos, &d), 0);
    EQUAL(errno, EINVAL);
    EQUAL(dns_packet_skipname(packet, 9, pos), 0);
  }
  EQUAL(dns_packet_getname(packet, 9, 0xffffffff, &d), 0);
  IS(d, "\1a");
  dns_domain_free(&d);
}

TEST(hostile_names, .valgrind = 1) {
  static const struct {
    const char *bytes;
    unsigned len;
  } hostile[] = {{"\300\0", 2},  {"\300\2\300\0", 4}, {"\1a\300\0", 4}, {"\300", 1},       {"\1a\300", 3},
                 {"\77ab", 3},   {"\100a\0", 3},      {"\200a\0", 3},   {"\377\377", 2},   {"\1a", 2},
                 {"\300\1", 2},  {"\300\3\0", 3},     {"", 0},          {"\1a\1b\300\2", 6}};
  for (unsigned i = 0; i < sizeof hostile / sizeof *hostile; i++) {
    char *packet = at_the_edge(hostile[i].bytes, hostile[i].len), *d = 0;
    EQUAL(dns_packet_getname(packet, hostile[i].len, 0, &d), 0);
    EQUAL(errno, EINVAL);
    CHECK(d == 0);
    dns_packet_skipname(packet, hostile[i].len, 0);
  }
}

TEST(copies_out_of_packets, .valgrind = 1) {
  char *packet = at_the_edge("0123456789", 10), *out = at_the_edge("....", 4);
  EQUAL(dns_packet_copy(packet, 10, 6, out, 4), 10);
  CHECK(memcmp(out, "6789", 4) == 0);
  EQUAL(dns_packet_copy(packet, 10, 10, out, 0), 10);
  EQUAL(dns_packet_copy(packet, 10, 0xfffffffe, out, 4), 0);
  EQUAL(errno, EINVAL);
}

TEST(a_copy_that_fails_leaves_alone) {
  char out[] = "....";
  EQUAL(dns_packet_copy("0123456789", 10, 8, out, 3), 0);
  EQUAL(errno, EINVAL);
  IS(out, "....");
}

#define HEADER "ab\201\200\0\1"
#define QUESTION "\0\0\0\0\1a\0\0\377\0\1"

/* What a function finds in a packet that ends at the edge of readable memory. */
#define FINDS(FUNCTION, PACKET, LITERAL)                                                       \
  do {                                                                                         \
    stralloc out = {0};                                                                        \
    CHECK(stralloc_copys(&out, "old"));                                                        \
    EQUAL(FUNCTION(&out, at_the_edge(PACKET, sizeof(PACKET) - 1), sizeof(PACKET) - 1), 0);     \
    HOLDS(out, LITERAL);                                                                       \
    stralloc_free(&out);                                                                       \
  } while (0)

/* The same for every packet that is cut off: it is malformed. */
#define REFUSES_ALL_CUT(FUNCTION, PACKET)                                     \
  do {                                                                        \
    for (unsigned len = 0; len < sizeof(PACKET) - 1; len++) {                 \
      stralloc out = {0};                                                     \
      EQUAL(FUNCTION(&out, at_the_edge(PACKET, len), len), -1);               \
      EQUAL(errno, EINVAL);                                                   \
      stralloc_free(&out);                                                    \
    }                                                                         \
  } while (0)

#define A_RECORD "\300\14\0\1\0\1\0\0\0\5\0\4\1\2\3\4"
#define AAAA_RECORD "\300\14\0\34\0\1\0\0\0\5\0\020" "0123456789abcdef"
#define ALIAS "\300\14\0\5\0\1\0\0\0\5\0\3\1b\0"

TEST(addresses_in_answers, .valgrind = 1) {
  FINDS(dns_ip4_packet, HEADER "\0\1" QUESTION A_RECORD, "\1\2\3\4");
  FINDS(dns_ip4_packet, HEADER "\0\3" QUESTION ALIAS AAAA_RECORD A_RECORD, "\1\2\3\4");
  FINDS(dns_ip6_packet, HEADER "\0\2" QUESTION ALIAS AAAA_RECORD, "0123456789abcdef");
  FINDS(dns_ip6_packet, HEADER "\0\1" QUESTION A_RECORD, "\0\0\0\0\0\0\0\0\0\0\377\377\1\2\3\4");
  FINDS(dns_ip4_packet, HEADER "\0\0" QUESTION, "");
  REFUSES_ALL_CUT(dns_ip4_packet, HEADER "\0\1" QUESTION A_RECORD);
  REFUSES_ALL_CUT(dns_ip6_packet, HEADER "\0\1" QUESTION AAAA_RECORD);
}

TEST(names_in_answers, .valgrind = 1) {
  FINDS(dns_name_packet, HEADER "\0\1" QUESTION "\300\14\0\14\0\1\0\0\0\5\0\4\1B\300\14", "b.a");
  REFUSES_ALL_CUT(dns_name_packet, HEADER "\0\1" QUESTION "\300\14\0\14\0\1\0\0\0\5\0\4\1B\300\14");
  FINDS(dns_mx_packet, HEADER "\0\1" QUESTION "\300\14\0\17\0\1\0\0\0\5\0\4\1\2\300\14", "\1\2a\0");
  REFUSES_ALL_CUT(dns_mx_packet, HEADER "\0\1" QUESTION "\300\14\0\17\0\1\0\0\0\5\0\4\1\2\300\14");
  FINDS(dns_txt_packet, HEADER "\0\1" QUESTION "\300\14\0\20\0\1\0\0\0\5\0\7\2ab\3c\200d", "abc?d");
  REFUSES_ALL_CUT(dns_txt_packet, HEADER "\0\1" QUESTION "\300\14\0\20\0\1\0\0\0\5\0\7\2ab\3c\200d");
}

TEST(loops_in_answers, .valgrind = 1) {
  static const char loop[] = HEADER "\0\1" QUESTION "\300\14\0\14\0\1\0\0\0\5\0\4\1B\300\37";
  stralloc out = {0};
  EQUAL(dns_name_packet(&out, at_the_edge(loop, sizeof loop - 1), sizeof loop - 1), -1);
  EQUAL(errno, EINVAL);
  stralloc_free(&out);
}

TEST(random_numbers) {
  for (unsigned n = 1; n < 100; n++)
    for (int i = 0; i < 50; i++) CHECK(dns_random(n) < n);
  EQUAL(dns_random(0), 0);
  unsigned long all = 0;
  for (int i = 0; i < 100; i++) all |= dns_random(0xffffffff);
  CHECK(all > 0xf0000000);
}

/* Writes ten numbers into a pipe, and exits. */
static void numbers_into(int fd) {
  unsigned numbers[10];
  for (int i = 0; i < 10; i++) numbers[i] = dns_random(0xffffffff);
  CHECK(write(fd, numbers, sizeof numbers) == sizeof numbers);
  done();
}

/* Whatever runs again, or was forked, asks with other ids and ports than before. */
TEST(random_numbers_cannot_be_guessed) {
  static const char seed[128];
  int ends[2];
  unsigned seen[3][10];
  CHECK(pipe(ends) == 0);
  for (int i = 0; i < 3; i++) {
    pid_t pid = child();
    if (pid == 0) {
      if (i == 2) dns_random_init(seed);
      numbers_into(ends[1]);
    }
    join(pid);
    CHECK(read(ends[0], seen[i], sizeof *seen) == sizeof *seen);
  }
  CHECK(memcmp(seen[0], seen[1], sizeof *seen) != 0 && memcmp(seen[0], seen[2], sizeof *seen) != 0);
}

static int compare(const void *a, const void *b) { return memcmp(a, b, 4); }
static int compare16(const void *a, const void *b) { return memcmp(a, b, 16); }

TEST(shuffled_addresses, .valgrind = 1) {
  char s[4 * 50 + 3], before[sizeof s];
  for (unsigned i = 0; i < sizeof s; i++) s[i] = before[i] = (char)i;
  dns_sortip(s, sizeof s);
  CHECK(memcmp(s, before, sizeof s) != 0);
  qsort(s, 50, 4, compare);
  qsort(before, 50, 4, compare);
  CHECK(memcmp(s, before, sizeof s) == 0);
  dns_sortip6(s, 16 * 12 + 5);
  CHECK(memcmp(s, before, sizeof s) != 0);
  qsort(s, 12, 16, compare16);
  qsort(before, 12, 16, compare16);
  CHECK(memcmp(s, before, sizeof s) == 0);
  dns_sortip(0, 0);
}

/* What dns_ip4 or dns_ip6 makes of a text. */
#define LITERALLY(SIX, TEXT, RESULT, LITERAL)                                 \
  do {                                                                        \
    stralloc out = {0}, in = {0};                                             \
    CHECK(stralloc_copys(&in, TEXT) && stralloc_copys(&out, "old"));          \
    EQUAL(SIX ? dns_ip6(&out, &in) : dns_ip4(&out, &in), RESULT);             \
    if (RESULT == 0) HOLDS(out, LITERAL);                                     \
    stralloc_free(&out);                                                      \
    stralloc_free(&in);                                                       \
  } while (0)

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\377\377"

TEST(addresses_that_need_no_question, .valgrind = 1) {
  LITERALLY(0, "1.2.3.4", 0, "\1\2\3\4");
  LITERALLY(0, "[1.2.3.4].5.6.7.8.9", 0, "\1\2\3\4\5\6\7\10");
  LITERALLY(0, "1.2.3", 0, "");
  LITERALLY(1, "1.2.3.4", 0, MAPPED "\1\2\3\4");
  LITERALLY(1, "::1", 0, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
  LITERALLY(1, "::1x", -1, "");
}

TEST(numbers_above_255_are_in_no_address) {
  LITERALLY(0, "1.2.3.256", -1, "");
  EQUAL(errno, EINVAL);
  LITERALLY(1, "1.2.3.256", -1, "");
  EQUAL(errno, EINVAL);
}

TEST(ip4_addresses_in_brackets_are_16_bytes_for_ip6) { LITERALLY(1, "[1.2.3.4]", 0, MAPPED "\1\2\3\4"); }

TEST(names_are_completed_by_rules, .valgrind = 1) {
  static const char text[] = "?:+.2.3+.2.3.4\0*.:\0=9:1.1.1.1";
  stralloc out = {0}, fqdn = {0}, in = {0}, rules = {0};
  CHECK(stralloc_copyb(&rules, text, sizeof text) && stralloc_copys(&in, "1"));
  EQUAL(dns_ip4_qualify_rules(&out, &fqdn, &in, &rules), 0);
  HOLDS(fqdn, "1.2.3.4");
  HOLDS(out, "\1\2\3\4");
  CHECK(stralloc_copys(&in, "4.3.2.1."));
  EQUAL(dns_ip6_qualify_rules(&out, &fqdn, &in, &rules), 0);
  HOLDS(fqdn, "4.3.2.1");
  HOLDS(out, MAPPED "\4\3\2\1");
  /* The result may come where the name was. */
  CHECK(stralloc_copys(&in, "9"));
  EQUAL(dns_ip4_qualify_rules(&out, &in, &in, &rules), 0);
  HOLDS(in, "9.2.3.4");
  stralloc_free(&out);
  stralloc_free(&fqdn);
  stralloc_free(&in);
  stralloc_free(&rules);
}

/* A few bytes of a packet, with pointers to one long name full of bytes that take an escape, are not to become megabytes. */
TEST(mail_exchangers_in_proportion_to_the_packet) {
  static char packet[65535];
  stralloc out = {0};
  size_t n = 12;
  unsigned records = 0;
  memcpy(packet, "\0\1\201\200\0\1\0\0\0\0\0\0", 12);
  for (int label = 0; label < 3; label++) {
    packet[n++] = 63;
    memset(packet + n, 1, 63);
    n += 63;
  }
  packet[n++] = 0;
  memcpy(packet + n, "\0\17\0\1", 4);
  n += 4;
  for (; n + 16 <= sizeof packet; n += 16, records++) memcpy(packet + n, "\300\14\0\17\0\1\0\0\0\5\0\4\1\2\300\14", 16);
  packet[6] = (char)(records >> 8);
  packet[7] = (char)records;
  EQUAL(dns_mx_packet(&out, packet, (unsigned)n), -1);
  EQUAL(errno, EINVAL);
  CHECK(out.a < 2 << 20);
  /* As many honest names are fine. */
  for (size_t i = 12; packet[i]; i++)
    if (packet[i] == 1) packet[i] = 'a';
  EQUAL(dns_mx_packet(&out, packet, (unsigned)n), 0);
  EQUAL(out.len, records * (2 + 3 * 63 + 2 + 1));
}
