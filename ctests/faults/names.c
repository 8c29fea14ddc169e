/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* DNS: packets, and questions to a server that is this program's own, in a network of its own. */
static void prepare(void);
#define PREPARE prepare

#include "faults.h"

#include "dnsserver.h"

/* The memory that found servers and rules stay in. */
enum { CACHES = 2 };

static int of_type(const struct question *q, const char *type) {
  return memcmp(q->bytes + question_end(q) - 4, type, 2) == 0;
}

/* What begins with "long" is too long for a datagram. */
static void answer(struct question *q) {
  static const char domain[] = "\1b\7example", mail[] = "\0\12\1b\7example", text[] = "\4text";
  if (!q->tcp && memcmp(q->bytes + 13, "long", 4) == 0) {
    begin(q, 0x200, 0);
  } else {
    begin(q, 0, 1);
    if (of_type(q, DNS_T_A)) record(DNS_T_A, "\1\2\3\4", 4);
    if (of_type(q, DNS_T_AAAA)) record(DNS_T_AAAA, "0123456789abcdef", 16);
    if (of_type(q, DNS_T_PTR)) record(DNS_T_PTR, domain, sizeof domain);
    if (of_type(q, DNS_T_MX)) record(DNS_T_MX, mail, sizeof mail);
    if (of_type(q, DNS_T_TXT)) record(DNS_T_TXT, text, sizeof text - 1);
  }
  reply(q);
}

static void prepare(void) {
  private_network();
  serve("127.0.0.1", answer);
  ask_servers("127.0.0.1");
  setenv("LOCALDOMAIN", "example", 1);
  unsetenv("DNSREWRITEFILE");
}

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\377\377"

/* A name in a string whose memory the library may change. */
static stralloc *named(stralloc *name, const char *text) {
  INSIST(stralloc_copys(name, text), == 1);
  return name;
}

static void expect(const stralloc *got, const char *wanted, size_t n) {
  EQUAL(got->len, n);
  CHECK(memcmp(got->s, wanted, n) == 0);
}

TEST(domains_and_packets) {
  static const char domain[] = "\1a\7example", packet[] =
      "\0\1\201\200\0\1\0\1\0\0\0\0\1a\7example\0\0\1\0\1\300\14\0\1\0\1\0\0\0\5\0\4\1\2\3\4";
  enum { LENGTH = sizeof packet - 1 };
  char *d = 0, *copy = 0, name[DNS_NAME6_DOMAIN], id[2];
  stralloc text = {0};
  INSIST(dns_domain_fromdot(&d, "a.example", 9), == 1);
  CHECK(dns_domain_equal(d, domain) && dns_domain_suffix(d, domain + 2));
  EQUAL(dns_domain_suffixpos(d, domain + 2), 2);
  EQUAL(dns_domain_length(d), sizeof domain);
  INSIST(dns_domain_copy(&copy, d), == 1);
  INSIST(dns_domain_todot_cat(&text, copy), == 1);
  expect(&text, "a.example", 9);
  EQUAL(INSIST(dns_packet_getname(packet, LENGTH, 12, &copy), != 0), 23);
  CHECK(dns_domain_equal(copy, domain));
  EQUAL(dns_packet_skipname(packet, LENGTH, 12), 23);
  EQUAL(dns_packet_copy(packet, LENGTH, 0, id, 2), 2);
  INSIST(dns_ip4_packet(&text, packet, LENGTH), == 0);
  expect(&text, "\1\2\3\4", 4);
  INSIST(dns_ip6_packet(&text, packet, LENGTH), == 0);
  expect(&text, MAPPED "\1\2\3\4", 16);
  INSIST(dns_name_packet(&text, packet, LENGTH), == 0);
  INSIST(dns_txt_packet(&text, packet, LENGTH), == 0);
  INSIST(dns_mx_packet(&text, packet, LENGTH), == 0);
  dns_name4_domain(name, "\1\2\3\4");
  dns_name6_domain(name, MAPPED "\1\2\3\4");
  dns_domain_free(&d);
  dns_domain_free(&copy);
  stralloc_free(&text);
}

/* Whatever the kernel says, there are random numbers, and they are not all the same. */
TEST(random_numbers) {
  char seed[128] = "not much of a secret", addresses[32 * 4] = "";
  unsigned first, others = 0;
  dns_random_init(seed);
  first = dns_random(1000000);
  for (int i = 0; i < 100; i++) {
    unsigned n = dns_random(1000000);
    CHECK(n < 1000000);
    others += n != first;
  }
  CHECK(others > 90);
  for (int i = 0; i < 8; i++) addresses[16 * i] = (char)(1 << i);
  dns_sortip(addresses, sizeof addresses);
  dns_sortip6(addresses, sizeof addresses);
  int all = 0;
  for (size_t i = 0; i < sizeof addresses; i++) all |= addresses[i];
  EQUAL(all & 0xff, 0xff);
}

/* A question that fails can be asked again. */
static void ask(const char *domain) {
  static char servers[256], anywhere[16];
  struct dns_transmit d = {0};
  memcpy(servers, MAPPED "\177\0\0\1", 16);
  for (int done = 0; done < 1;) {
    long faults = shim_faults();
    errno = 0;
    done = dns_transmit_start(&d, servers, 1, domain, DNS_T_A, anywhere);
    while (done == 0) {
      iopause_fd x;
      tai6464 now, deadline;
      taia_now(&now);
      deadline = plus_ms(now, 120000);
      dns_transmit_io(&d, &x, &deadline);
      iopause(&x, 1, &deadline, &now);
      taia_now(&now);
      done = dns_transmit_get(&d, &x, &now);
    }
    if (done == -1) blame("dns_transmit_get", done, faults);
  }
  CHECK(memcmp(d.packet + d.packetlen - 4, "\1\2\3\4", 4) == 0);
  dns_transmit_free(&d);
}

TEST(a_question) { ask("\1a\7example"); }

TEST(a_question_over_tcp) { ask("\4long\7example"); }

TEST(questions_that_are_waited_for) {
  stralloc out = {0}, name = {0}, fqdn = {0};
  keeps = CACHES;
  INSIST(dns_resolve("\1a\7example", DNS_T_A), == 0);
  CHECK(memcmp(dns_resolve_tx.packet + dns_resolve_tx.packetlen - 4, "\1\2\3\4", 4) == 0);
  dns_transmit_free(&dns_resolve_tx);
  INSIST(dns_ip4(&out, named(&name, "a.example")), == 0);
  expect(&out, "\1\2\3\4", 4);
  INSIST(dns_name4(&out, "\1\2\3\4"), == 0);
  expect(&out, "b.example", 9);
  INSIST(dns_name6(&out, "0123456789abcdef"), == 0);
  expect(&out, "b.example", 9);
  INSIST(dns_txt(&out, named(&name, "a.example")), == 0);
  expect(&out, "text", 4);
  INSIST(dns_mx(&out, named(&name, "a.example")), == 0);
  expect(&out, "\0\12b.example", 12);
  INSIST(dns_ip4_qualify(&out, &fqdn, named(&name, "a")), == 0);
  expect(&out, "\1\2\3\4", 4);
  expect(&fqdn, "a.example", 9);
  stralloc_free(&out);
  stralloc_free(&name);
  stralloc_free(&fqdn);
}

/* One address of two is enough for a result. */
static void expect_ip6(const stralloc *out, long faults) {
  static const char both[] = "0123456789abcdef" MAPPED "\1\2\3\4";
  if (shim_faults() == faults) EQUAL(out->len, 32);
  CHECK(out->len == 32 || out->len == 16);
  for (size_t i = 0; i < out->len; i += 16)
    CHECK(memcmp(out->s + i, both, 16) == 0 || memcmp(out->s + i, both + 16, 16) == 0);
}

TEST(two_questions_at_once) {
  stralloc out = {0}, name = {0}, fqdn = {0};
  long faults = shim_faults();
  keeps = CACHES;
  INSIST(dns_ip6(&out, named(&name, "a.example")), == 0);
  expect_ip6(&out, faults);
  faults = shim_faults();
  INSIST(dns_ip6_qualify(&out, &fqdn, named(&name, "a")), == 0);
  expect_ip6(&out, faults);
  expect(&fqdn, "a.example", 9);
  stralloc_free(&out);
  stralloc_free(&name);
  stralloc_free(&fqdn);
}

/* What the administrator's files say, which are this machine's own. */
TEST(servers_and_rules) {
  stralloc rules = {0}, out = {0}, fqdn = {0}, name = {0};
  char servers[256];
  keeps = CACHES;
  unsetenv("DNSCACHEIP");
  unsetenv("LOCALDOMAIN");
  INSIST(dns_resolvconfip(servers), == 0);
  INSIST(dns_resolvconfrewrite(&rules), == 0);
  CHECK(rules.len > 0 && rules.s[rules.len - 1] == 0);
  INSIST(stralloc_copyb(&rules, "*.x:.example", 13), == 1);
  INSIST(dns_ip4_qualify_rules(&out, &fqdn, named(&name, "1.2.3.4"), &rules), == 0);
  expect(&out, "\1\2\3\4", 4);
  INSIST(dns_ip6_qualify_rules(&out, &fqdn, named(&name, "::"), &rules), == 0);
  EQUAL(out.len, 16);
  stralloc_free(&rules);
  stralloc_free(&out);
  stralloc_free(&fqdn);
  stralloc_free(&name);
}
