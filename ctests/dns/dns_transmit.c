/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dns.h: questions that do not wait, and where servers and rules come from. */
#include "dnsserver.h"

#include <fcntl.h>

static struct dns_transmit d;
static char servers[256], anywhere[16];

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\377\377"

/* Asks 127.0.0.1 and 127.0.0.2, which are in places 1 and 15 of the list. */
static void start(int recursive) {
  memcpy(servers + 16, MAPPED "\177\0\0\1", 16);
  memcpy(servers + 15 * 16, MAPPED "\177\0\0\2", 16);
  EQUAL(dns_transmit_start(&d, servers, recursive, "\1a\7example", DNS_T_A, anywhere), 0);
}

/* What dns_transmit_get says after a wait for at most so many seconds. */
static int wait_and_get(unsigned seconds) {
  iopause_fd x;
  struct taia now, deadline;
  taia_now(&now);
  taia_addsec(&deadline, &now, seconds);
  dns_transmit_io(&d, &x, &deadline);
  CHECK(x.fd == d.s1 - 1 && (x.events == IOPAUSE_READ || x.events == IOPAUSE_WRITE));
  iopause(&x, 1, &deadline, &now);
  taia_now(&now);
  return dns_transmit_get(&d, &x, &now);
}

static void one_address(struct question *q) {
  begin(q, 0, 1);
  record(DNS_T_A, "\1\2\3\4", 4);
  reply(q);
}

static void silent(struct question *q) { (void)q; }

TEST(a_question_and_its_answer, .valgrind = 1) {
  static const char end[] = "\1a\7example\0\0\1\0\1";
  private_network();
  serve("127.0.0.1", one_address);
  start(1);
  CHECK(d.s1 > 0 && d.tcpstate == 0 && d.curserver == 1);
  EQUAL(d.querylen, 11 + 18);
  CHECK(memcmp(d.query, "\0\33", 2) == 0 && memcmp(d.query + 4, "\1\0\0\1\0\0\0\0\0\0", 10) == 0);
  CHECK(memcmp(d.query + 14, end, sizeof end - 1) == 0);
  EQUAL(wait_and_get(10), 1);
  CHECK(d.packetlen == 43 && d.query == 0 && d.s1 == 0);
  dns_transmit_free(&d);
  CHECK(d.packet == 0);
}

TEST(nothing_happens_without_an_answer) {
  private_network();
  serve("127.0.0.1", silent);
  start(0);
  EQUAL(d.query[4], 0);
  int s1 = d.s1;
  iopause_fd x = {0};
  struct taia now;
  taia_now(&now);
  EQUAL(dns_transmit_get(&d, &x, &now), 0);
  EQUAL(d.s1, s1);
  dns_transmit_free(&d);
  CHECK(d.s1 == 0 && d.query == 0);
  EQUAL(fcntl(s1 - 1, F_GETFD), -1);
}

/* No server answers: rounds of 1, 3, 11 and 45 seconds, of which recursive questions leave out the first. The clock of
 * this test is as fast as need be. */
static void rounds(int recursive) {
  static const int timeout[] = {1, 3, 11, 45};
  private_network();
  serve("127.0.0.1", silent);
  serve("127.0.0.2", silent);
  start(recursive);
  for (unsigned round = recursive ? 1 : 0; round < 4; round++) {
    for (int server = 0; server < 2; server++) {
      iopause_fd x = {0};
      struct taia now, deadline, late;
      taia_now(&now);
      taia_addsec(&deadline, &now, 1000);
      dns_transmit_io(&d, &x, &deadline);
      EQUAL(d.udploop, round);
      EQUAL(d.curserver, server ? 15 : 1);
      taia_sub(&late, &deadline, &now);
      double seconds = taia_approx(&late);
      CHECK(seconds <= timeout[round] && seconds > timeout[round] - 0.5);
      x.revents = 0;
      EQUAL(dns_transmit_get(&d, &x, &now), 0);
      EQUAL(dns_transmit_get(&d, &x, &deadline), round == 3 && server ? -1 : 0);
    }
  }
  EQUAL(errno, ETIMEDOUT);
  CHECK(d.s1 == 0 && d.query == 0 && d.packet == 0);
}

TEST(rounds_of_a_recursive_question) { rounds(1); }
TEST(rounds_of_another_question) { rounds(0); }

static void truncating(struct question *q) {
  if (q->tcp) sleep_ms(100000);
  begin(q, 0x200, 0);
  reply(q);
}

/* Each server has ten seconds to take the question, and ten to answer it. */
TEST(timeout_over_tcp) {
  private_network();
  serve("127.0.0.1", truncating);
  serve("127.0.0.2", truncating);
  start(1);
  EQUAL(wait_and_get(10), 0);
  for (int server = 0; server < 2; server++) {
    CHECK(d.tcpstate == 1 || d.tcpstate == 2);
    while (d.tcpstate != 3) EQUAL(wait_and_get(10), 0);
    iopause_fd x = {0};
    struct taia now, deadline;
    taia_now(&now);
    taia_addsec(&deadline, &now, 1000);
    dns_transmit_io(&d, &x, &deadline);
    EQUAL(x.events, IOPAUSE_READ);
    EQUAL(dns_transmit_get(&d, &(iopause_fd){0}, &now), 0);
    taia_addsec(&now, &now, 11);
    CHECK(taia_less(&deadline, &now));
    /* The second server may still give a shorter answer over UDP. */
    int outcome = dns_transmit_get(&d, &(iopause_fd){0}, &now);
    if (server == 0) EQUAL(outcome, 0);
    for (int i = 0; server == 1 && outcome == 0 && i < 10; i++) outcome = wait_and_get(10);
    if (server == 1) EQUAL(outcome, -1);
  }
}

TEST(a_new_question_ends_the_old_one, .valgrind = 1) {
  private_network();
  serve("127.0.0.1", one_address);
  start(1);
  start(1);
  EQUAL(wait_and_get(10), 1);
  start(1);
  CHECK(d.packet == 0);
  EQUAL(wait_and_get(10), 1);
  dns_transmit_free(&d);
  dns_transmit_free(&d);
}

TEST(no_server) {
  char none[256] = {0};
  EQUAL(dns_transmit_start(&d, none, 1, "", DNS_T_A, anywhere), -1);
  CHECK(d.s1 == 0 && d.query == 0);
}

TEST(no_descriptor_is_left) {
  struct rlimit none = {3, 3};
  private_network();
  memcpy(servers, MAPPED "\177\0\0\1", 16);
  CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
  EQUAL(dns_transmit_start(&d, servers, 1, "\1a\7example", DNS_T_A, anywhere), -1);
  EQUAL(errno, EMFILE);
  CHECK(d.s1 == 0 && d.query == 0);
}

TEST(an_answer_to_no_question_is_an_error) {
  iopause_fd x = {.fd = -1, .revents = IOPAUSE_READ};
  struct taia now;
  taia_now(&now);
  EQUAL(dns_transmit_get(&d, &x, &now), -1);
  EQUAL(errno, EBADF);
}

/* The address to send from. */
static void from_127_0_0_7(struct question *q) {
  if (memcmp(q->from.sin6_addr.s6_addr, MAPPED "\177\0\0\7", 16) == 0) one_address(q);
}

TEST(the_address_to_send_from) {
  private_network();
  serve("127.0.0.1", from_127_0_0_7);
  memcpy(anywhere, MAPPED "\177\0\0\7", 16);
  start(1);
  EQUAL(wait_and_get(10), 1);
  memcpy(anywhere, MAPPED "\1\2\3\4", 16);
  EQUAL(dns_transmit_start(&d, servers, 1, "", DNS_T_A, anywhere), -1);
  EQUAL(errno, EADDRNOTAVAIL);
  CHECK(d.s1 == 0 && d.query == 0);
}

TEST(sockets_close_on_exec) {
  private_network();
  serve("127.0.0.1", silent);
  start(1);
  CHECK(fcntl(d.s1 - 1, F_GETFD) & FD_CLOEXEC);
  CHECK(fcntl(d.s1 - 1, F_GETFL) & O_NONBLOCK);
}

/* A server that is started again gets time for that in the third round. */
TEST(a_refused_question_in_the_third_round_is_not_the_end) {
  private_network();
  start(1);
  while (d.udploop < 2) EQUAL(wait_and_get(10), 0);
  unsigned server = d.curserver;
  EQUAL(wait_and_get(10), 0);
  EQUAL(d.curserver, server);
  serve("127.0.0.1", one_address);
  iopause_fd x = {0};
  struct taia later;
  taia_now(&later);
  taia_addsec(&later, &later, 12);
  for (int i = 0; i < 3 && d.udploop < 3; i++) EQUAL(dns_transmit_get(&d, &x, &later), 0);
  EQUAL(wait_and_get(10), 1);
}

/* The addresses in the list of servers, as text. */
static const char *found(void) {
  static char text[700];
  char list[256], one[64];
  memset(list, 'x', sizeof list);
  EQUAL(dns_resolvconfip(list), 0);
  text[0] = 0;
  for (int at = 0; at < 256; at += 16) {
    static const char none[16];
    if (memcmp(list + at, none, 16) == 0) continue;
    inet_ntop(AF_INET6, list + at, one, sizeof one);
    strcat(strcat(text, one), " ");
  }
  return text;
}

#define FOUND(TEXT)                                                           \
  do {                                                                        \
    const char *text = found();                                               \
    if (strcmp(text, TEXT) != 0) FAIL("found %s", text);                      \
  } while (0)

TEST(servers_from_the_environment) {
  private_network();
  ask_servers("1.2.3.4.::1..5.6.7.8");
  FOUND("::ffff:1.2.3.4 ::1 ::ffff:5.6.7.8 ");
}

TEST(servers_from_resolv_conf) {
  private_network();
  private_file("/etc/resolv.conf", "# nameserver 9.9.9.9\nnameserver\t1.1.1.1\nnameserver 2.2.2.2 # yes\n"
                                   "nameserver ::3\nnameserver 4.4.4.4\nnameserver 5.5.5.5\n");
  FOUND("::ffff:1.1.1.1 ::ffff:2.2.2.2 ::3 ::ffff:4.4.4.4 ");
}

/* The list holds the address alone; the interface is found all the same. */
TEST(servers_of_one_link) {
  private_network();
  loopback_has("fe80::53");
  serve("fe80::53", one_address);
  private_file("/etc/resolv.conf", "nameserver fe80::53%lo\n");
  FOUND("fe80::53 ");
  EQUAL(dns_resolvconfip(servers), 0);
  EQUAL(dns_transmit_start(&d, servers, 1, "\1a\7example", DNS_T_A, anywhere), 0);
  EQUAL(wait_and_get(10), 1);
  dns_transmit_free(&d);
}

TEST(no_servers_anywhere) {
  private_network();
  private_file("/etc/resolv.conf", "search example\n");
  ask_servers("nonsense");
  FOUND("::1 ");
}

TEST(servers_are_found_anew_after_10000_calls) {
  private_network();
  ask_servers("1.1.1.1");
  FOUND("::ffff:1.1.1.1 ");
  ask_servers("2.2.2.2");
  for (int i = 1; i < 10000; i++) FOUND("::ffff:1.1.1.1 ");
  FOUND("::ffff:2.2.2.2 ");
}

/* The rules, with bars for their NULs. */
#define RULES(TEXT)                                                                         \
  do {                                                                                      \
    stralloc rules = {0};                                                                   \
    EQUAL(dns_resolvconfrewrite(&rules), 0);                                                \
    for (size_t i = 0; i < rules.len; i++) rules.s[i] = rules.s[i] ? rules.s[i] : '|';      \
    if (rules.len != strlen(TEXT) || memcmp(rules.s, TEXT, rules.len) != 0)                 \
      FAIL("they are %.*s", (int)rules.len, rules.s);                                       \
    stralloc_free(&rules);                                                                  \
  } while (0)

TEST(rules_from_a_file) {
  private_network();
  private_file("/etc/resolv.conf", "=a:b \n?:.c\t");
  setenv("DNSREWRITEFILE", "/etc/resolv.conf", 1);
  setenv("LOCALDOMAIN", "ignored", 1);
  RULES("=a:b|?:.c|");
}

TEST(rules_from_the_environment, .valgrind = 1) {
  private_network();
  setenv("DNSREWRITEFILE", "/nonexistent", 1);
  setenv("LOCALDOMAIN", "foo.com bar.org", 1);
  RULES("?:+.foo.com+.bar.org|*.:|");
  setenv("LOCALDOMAIN", "changed", 1);
  RULES("?:+.foo.com+.bar.org|*.:|");
}

TEST(rules_from_resolv_conf) {
  private_network();
  private_file("/etc/resolv.conf", "nameserver ::1\nsearch a.b\tc.d  \ndomain e.f\n");
  RULES("?:+.a.b+.c.d|*.:|");
}

TEST(rules_from_the_name_of_the_machine) {
  private_network();
  private_file("/etc/resolv.conf", "nameserver ::1\n");
  if (!apart(CLONE_NEWUTS)) SKIP("no namespace for the name of the machine");
  CHECK(sethostname("foo.bar.example", 15) == 0);
  RULES("?:.bar.example|*.:|");
}

TEST(a_file_of_rules_that_cannot_be_read) {
  stralloc rules = {0};
  private_network();
  setenv("DNSREWRITEFILE", "/", 1);
  EQUAL(dns_resolvconfrewrite(&rules), -1);
  EQUAL(errno, EISDIR);
}

/* Only b.second has an address. */
static void only_one(struct question *q) {
  if (asks(q, DNS_T_A, "b") && memcmp(q->bytes + 14, "\6second", 7) == 0) return one_address(q);
  begin(q, 3, 0);
  reply(q);
}

TEST(a_name_is_completed_until_it_has_an_address, .valgrind = 1) {
  stralloc out = {0}, fqdn = {0}, in = {0};
  private_network();
  serve("127.0.0.1", only_one);
  ask_servers("127.0.0.1");
  setenv("LOCALDOMAIN", "first second third", 1);
  CHECK(stralloc_copys(&in, "b"));
  EQUAL(dns_ip4_qualify(&out, &fqdn, &in), 0);
  CHECK(out.len == 4 && fqdn.len == 8 && memcmp(fqdn.s, "b.second", 8) == 0);
  EQUAL(seen->udp, 2);
  EQUAL(dns_ip6_qualify(&out, &fqdn, &in), 0);
  CHECK(out.len == 16 && fqdn.len == 8 && memcmp(fqdn.s, "b.second", 8) == 0);
  EQUAL(seen->udp, 6);
  CHECK(stralloc_copys(&in, "c.none."));
  EQUAL(dns_ip4_qualify(&out, &fqdn, &in), 0);
  CHECK(out.len == 0 && fqdn.len == 6 && memcmp(fqdn.s, "c.none", 6) == 0);
  stralloc_free(&out);
  stralloc_free(&fqdn);
  stralloc_free(&in);
}
