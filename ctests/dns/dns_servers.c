/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* dns.h: questions to servers, honest ones and others. */
#include "dnsserver.h"

#include <libowfat/socket.h>
#include <pthread.h>

#define HOLDS(SA, BYTES, N)                                                   \
  do {                                                                        \
    EQUAL((SA).len, N);                                                       \
    CHECK(memcmp((SA).s, BYTES, (N)) == 0);                                   \
  } while (0)

static stralloc out, name;

static stralloc *named(const char *text) {
  CHECK(stralloc_copys(&name, text));
  return &name;
}

#define MAPPED "\0\0\0\0\0\0\0\0\0\0\377\377"
#define SIX "0123456789abcdef"

/* Answers what it is asked for; no name begins with "no". */
static void honest(struct question *q) {
  if (asks(q, DNS_T_A, "no") || asks(q, DNS_T_TXT, "no")) {
    begin(q, 3, 0);
  } else if (asks(q, DNS_T_A, "two")) {
    begin(q, 0, 2);
    record(DNS_T_A, "\1\2\3\4", 4);
    record(DNS_T_A, "\5\6\7\10", 4);
  } else if (asks(q, DNS_T_A, "both")) {
    begin(q, 0, 1);
    record(DNS_T_A, "\1\2\3\4", 4);
  } else if (asks(q, DNS_T_AAAA, "both")) {
    begin(q, 0, 1);
    record(DNS_T_AAAA, SIX, 16);
  } else if (asks(q, DNS_T_TXT, "texts")) {
    begin(q, 0, 2);
    record(DNS_T_TXT, "\3one\2 \n", 7);
    record(DNS_T_TXT, "\4 two", 5);
  } else if (asks(q, DNS_T_MX, "mail")) {
    begin(q, 0, 2);
    record(DNS_T_MX, "\0\12\2mx\300\14", 7);
    record(DNS_T_MX, "\1\0\1b\0", 5);
  } else if (asks(q, DNS_T_PTR, "4") || asks(q, DNS_T_PTR, "f")) {
    begin(q, 0, 1);
    record(DNS_T_PTR, "\3Www\7example\0", 13);
  } else if (asks(q, DNS_T_A, "alias")) {
    int aliases = q->tcp ? 1000 : 20;
    begin(q, 0, (unsigned)aliases + 1);
    for (int i = 0; i < aliases; i++) record(DNS_T_CNAME, "\1b\300\14", 4);
    record(DNS_T_A, "\1\2\3\4", 4);
  } else {
    begin(q, 0, 0);
  }
  reply(q);
}

static void with(void (*answer)(struct question *)) {
  private_network();
  serve("127.0.0.1", answer);
  ask_servers("127.0.0.1");
}

TEST(addresses, .valgrind = 1) {
  with(honest);
  EQUAL(dns_ip4(&out, named("two.example")), 0);
  EQUAL(out.len, 8);
  CHECK(memcmp(out.s, "\1\2\3\4\5\6\7\10", 8) == 0 || memcmp(out.s, "\5\6\7\10\1\2\3\4", 8) == 0);
  EQUAL(dns_ip4(&out, named("no.example")), 0);
  EQUAL(out.len, 0);
  EQUAL(dns_ip4(&out, named("empty.example")), 0);
  EQUAL(out.len, 0);
  EQUAL(dns_ip6(&out, named("both.example")), 0);
  HOLDS(out, SIX MAPPED "\1\2\3\4", 32);
  EQUAL(seen->udp, 5);
  stralloc_free(&out);
  stralloc_free(&name);
}

TEST(names_texts_and_mail, .valgrind = 1) {
  with(honest);
  EQUAL(dns_name4(&out, "\1\2\3\4"), 0);
  HOLDS(out, "www.example", 11);
  EQUAL(dns_name6(&out, MAPPED "\1\2\3\4"), 0);
  HOLDS(out, "www.example", 11);
  EQUAL(dns_name6(&out, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\xf"), 0);
  HOLDS(out, "www.example", 11);
  EQUAL(dns_name4(&out, "\1\2\3\5"), 0);
  EQUAL(out.len, 0);
  EQUAL(dns_txt(&out, named("texts.example")), 0);
  HOLDS(out, "one ? two", 9);
  EQUAL(dns_mx(&out, named("mail.example")), 0);
  HOLDS(out, "\0\12mx.mail.example\0\1\0b\0", 22);
  /* The result may come where the name was. */
  EQUAL(dns_txt(&name, named("texts.example")), 0);
  HOLDS(name, "one ? two", 9);
  stralloc_free(&out);
  stralloc_free(&name);
}

TEST(aliases) {
  with(honest);
  EQUAL(dns_ip4(&out, named("alias.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 1);
}

/* The same over TCP, where there is room for more. */
static void honest_over_tcp(struct question *q) {
  if (q->tcp) {
    honest(q);
  } else {
    begin(q, 0x200, 0);
    reply(q);
  }
}

TEST(aliases_over_tcp, .valgrind = 1) {
  with(honest_over_tcp);
  EQUAL(dns_ip4(&out, named("alias.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 1);
  EQUAL(seen->tcp, 1);
  stralloc_free(&out);
  stralloc_free(&name);
}

/* A thousand addresses, a few bytes at a time. */
static void many_and_slowly(struct question *q) {
  begin(q, q->tcp ? 0 : 0x200, q->tcp ? 1000 : 0);
  if (!q->tcp) return reply(q);
  for (unsigned i = 0; i < 1000; i++) {
    unsigned char ip[4] = {10, 0, i >> 8, i};
    record(DNS_T_A, ip, 4);
  }
  unsigned char length[2] = {packet_length >> 8, packet_length};
  send_to(q, length, 1);
  sleep_ms(20);
  send_to(q, length + 1, 1);
  for (size_t at = 0; at < packet_length; at += 1000) {
    sleep_ms(5);
    send_to(q, packet + at, packet_length - at < 1000 ? packet_length - at : 1000);
  }
}

TEST(a_long_answer_that_comes_slowly, .valgrind = 1) {
  with(many_and_slowly);
  EQUAL(dns_ip4(&out, named("many.example")), 0);
  EQUAL(out.len, 4000);
  char found[1000] = {0};
  for (int i = 0; i < 4000; i += 4) found[(unsigned char)out.s[i + 2] << 8 | (unsigned char)out.s[i + 3]] = 1;
  CHECK(memchr(found, 0, sizeof found) == 0);
  stralloc_free(&out);
  stralloc_free(&name);
}

/* What may be wrong with a connection. */
static int fault;

static void faulty_over_tcp(struct question *q) {
  begin(q, q->tcp ? 0 : 0x200, q->tcp);
  if (!q->tcp) return reply(q);
  record(DNS_T_A, "\6\6\6\6", 4);
  unsigned char length[2] = {packet_length >> 8, packet_length};
  struct linger reset = {1, 0};
  switch (fault) {
  case 0: return; /* nothing */
  case 1: setsockopt(q->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset); return;
  case 2: send_to(q, length, 1); return;
  case 3: send_to(q, length, 2); return;
  case 4: send_to(q, length, 2), send_to(q, packet, packet_length - 1); return;
  case 5: send_to(q, "\0\0", 2); return;
  case 6: send_to(q, "\0\13", 2), send_to(q, packet, 11); return;
  case 7: packet[0] ^= 1; break;
  case 8: packet[13] ^= 1; break;
  case 9: packet[2] |= 2; break;
  case 10: packet[3] |= 2; break;
  case 11: memset(packet + 12, 0xc0, packet_length - 12); break;
  }
  reply(q);
}

/* A server that is of no use over TCP is passed over for the next server. */
TEST(faults_over_tcp, .valgrind = 1) {
  private_network();
  serve("127.0.0.2", honest_over_tcp);
  ask_servers("127.0.0.3.127.0.0.2");
  for (fault = 0; fault < 12; fault++) {
    pid_t server = serve("127.0.0.3", faulty_over_tcp);
    EQUAL(dns_ip4(&out, named("both.example")), 0);
    HOLDS(out, "\1\2\3\4", 4);
    EQUAL(seen->tcp, 2 * fault + 2);
    kill(server, SIGKILL);
    waitpid(server, 0, 0);
  }
  stralloc_free(&out);
  stralloc_free(&name);
}

TEST(the_only_server_hangs_up) {
  with(faulty_over_tcp);
  EQUAL(dns_ip4(&out, named("a.example")), -1);
  EQUAL(errno, EIO);
}

/* Before the answer, much else. */
static void after_wrong_answers(struct question *q) {
  for (int i = 0; i < 10; i++) {
    begin(q, 0, 1);
    record(DNS_T_A, "\6\6\6\6", 4);
    size_t end = question_end(q);
    switch (i) {
    case 0: packet[0] ^= 1; break;
    case 1: packet[13] ^= 1; break;
    case 2: packet[end - 3] ^= 1; break;
    case 3: packet[end - 1] ^= 2; break;
    case 4: packet[5] = 2; break;
    case 5: packet[5] = 0; break;
    case 6: packet[12] = 0xc0, packet[13] = 12; break;
    case 7: packet_length = end - 1; break;
    case 8: packet_length = 1; break;
    case 9: packet_length = 513; break;
    }
    reply(q);
  }
  memset(packet, 0xc0, 512);
  packet_length = 512;
  reply(q);
  honest(q);
}

TEST(wrong_answers_are_passed_over, .valgrind = 1) {
  with(after_wrong_answers);
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 1);
  stralloc_free(&out);
  stralloc_free(&name);
}

static void after_an_echo(struct question *q) {
  send_to(q, q->bytes, q->length);
  honest(q);
}

TEST(a_question_is_no_answer) {
  with(after_an_echo);
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
}

static void after_nothing(struct question *q) {
  send_to(q, "", 0);
  honest(q);
}

TEST(an_empty_datagram_is_no_answer) {
  with(after_nothing);
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  EQUAL(seen->udp, 1);
}

/* An attacker is faster, with the very id and question. */
static void after_a_stranger(struct question *q) {
  int true_fd = q->fd;
  for (int i = 0; i < 2; i++) {
    q->fd = socket(AF_INET6, SOCK_DGRAM, 0);
    if (i == 1) bind_to_53(q->fd, "127.0.0.9");
    begin(q, 0, 1);
    record(DNS_T_A, "\6\6\6\6", 4);
    reply(q);
    close(q->fd);
  }
  q->fd = true_fd;
  sleep_ms(50);
  honest(q);
}

TEST(answers_from_other_addresses_are_passed_over) {
  with(after_a_stranger);
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
}

/* Malformed where the look-up does not matter, but the program's data come from. */
static void looping(struct question *q) {
  begin(q, 0, 2);
  record(DNS_T_PTR, "\1b\300\53", 4);
  record(DNS_T_MX, "\0\1\1b\300\55", 6);
  packet[packet_length - 1] = (unsigned char)(packet_length - 4);
  packet[packet_length - 6 - 12 - 1] = (unsigned char)(packet_length - 6 - 12 - 4);
  reply(q);
}

TEST(loops_in_answers_end, .valgrind = 1) {
  with(looping);
  EQUAL(dns_name4(&out, "\1\2\3\4"), -1);
  EQUAL(errno, EINVAL);
  EQUAL(dns_mx(&out, named("mail.example")), -1);
  EQUAL(errno, EINVAL);
  stralloc_free(&out);
  stralloc_free(&name);
}

/* Announces more records than there are. */
static void boasting(struct question *q) {
  begin(q, 0, 0xffff);
  record(DNS_T_A, "\1\2\3\4", 4);
  record(DNS_T_AAAA, SIX, 16);
  record(DNS_T_TXT, "\1a", 2);
  reply(q);
}

TEST(answers_that_lack_records, .valgrind = 1) {
  with(boasting);
  EQUAL(dns_ip4(&out, named("a.example")), -1);
  EQUAL(errno, EINVAL);
  EQUAL(dns_txt(&out, named("a.example")), -1);
  EQUAL(errno, EINVAL);
  stralloc_free(&out);
  stralloc_free(&name);
}

TEST(both_failures_of_ip6_are_one) {
  with(boasting);
  EQUAL(dns_ip6(&out, named("a.example")), -1);
  EQUAL(errno, EINVAL);
}

static void only_ip4(struct question *q) {
  if (memcmp(q->bytes + question_end(q) - 4, DNS_T_AAAA, 2) == 0)
    boasting(q);
  else
    honest(q);
}

TEST(one_failure_of_ip6_is_none) {
  with(only_ip4);
  EQUAL(dns_ip6(&out, named("both.example")), 0);
  HOLDS(out, MAPPED "\1\2\3\4", 16);
}

static void refusing(struct question *q) {
  begin(q, 5, 0);
  reply(q);
}

static void silent(struct question *q) { (void)q; }

/* The next server is asked at once if one refuses, if none listens, and in the end if none answers. */
TEST(fail_over) {
  private_network();
  serve("127.0.0.2", refusing);
  serve("127.0.0.3", honest);
  int64_t start = millis();
  ask_servers("127.0.0.4.127.0.0.2.127.0.0.3");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 2);
  CHECK(millis() - start < 2900);
}

/* One server has too much to say for UDP, and takes no connections; nor does the other, whose answer is short. */
static void too_long(struct question *q) {
  begin(q, 0x200, 0);
  reply(q);
}

TEST(an_answer_over_udp_after_refused_connections) {
  private_network();
  refuse_connections = 1;
  serve("127.0.0.2", too_long);
  serve("127.0.0.3", too_long);
  serve("127.0.0.4", honest);
  int64_t start = millis();
  ask_servers("127.0.0.2.127.0.0.3.127.0.0.4");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 3);
  CHECK(millis() - start < 2900);
}

TEST(refused_connections_to_the_only_server) {
  private_network();
  refuse_connections = 1;
  serve("127.0.0.2", too_long);
  ask_servers("127.0.0.2");
  EQUAL(dns_ip4(&out, named("both.example")), -1);
  EQUAL(seen->udp, 1);
}

TEST(servers_of_one_link) {
  private_network();
  loopback_has("fe80::53");
  serve("fe80::53", honest);
  private_file("/etc/resolv.conf", "nameserver fe80::53%nosuch\nnameserver fe80::53%lo\n");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(seen->udp, 1);
}

TEST(a_silent_server_costs_three_seconds) {
  private_network();
  serve("127.0.0.2", silent);
  serve("127.0.0.3", honest);
  int64_t start = millis();
  ask_servers("127.0.0.2.127.0.0.3");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
  CHECK(millis() - start >= 2990 && millis() - start < 6000);
}

/* Answers wrongly for ten seconds, all the time. */
static void flooding(struct question *q) {
  for (int64_t end = millis() + 10000; millis() < end; sleep_ms(1)) {
    begin(q, 0, 1);
    record(DNS_T_A, "\6\6\6\6", 4);
    packet[0] ^= 1;
    reply(q);
  }
}

TEST(a_flood_of_wrong_answers_costs_no_more) {
  private_network();
  serve("127.0.0.2", flooding);
  serve("127.0.0.3", honest);
  int64_t start = millis();
  ask_servers("127.0.0.2.127.0.0.3");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  CHECK(millis() - start >= 2990 && millis() - start < 9000);
}

TEST(ip6_servers) {
  private_network();
  serve("::1", honest);
  ask_servers("::1");
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
}

TEST(without_ip6) {
  with(honest);
  noipv6 = 1;
  EQUAL(dns_ip4(&out, named("both.example")), 0);
  HOLDS(out, "\1\2\3\4", 4);
}

/* A label that is too long: no server is asked. */
TEST(errors_of_names) {
  with(honest);
  char text[70] = "";
  memset(text, 'a', 64);
  EQUAL(dns_ip4(&out, named(text)), -1);
  EQUAL(errno, EINVAL);
  EQUAL(dns_txt(&out, named(text)), -1);
  EQUAL(errno, EINVAL);
  EQUAL(seen->udp, 0);
}

TEST(the_packet_itself, .valgrind = 1) {
  with(honest);
  EQUAL(dns_resolve("\4both\7example", DNS_T_A), 0);
  CHECK(dns_resolve_tx.packet && !dns_resolve_tx.query && !dns_resolve_tx.s1);
  EQUAL(dns_ip4_packet(&out, dns_resolve_tx.packet, dns_resolve_tx.packetlen), 0);
  HOLDS(out, "\1\2\3\4", 4);
  EQUAL(dns_resolve("\3two\7example", DNS_T_A), 0);
  EQUAL(dns_ip4_packet(&out, dns_resolve_tx.packet, dns_resolve_tx.packetlen), 0);
  EQUAL(out.len, 8);
  dns_transmit_free(&dns_resolve_tx);
  CHECK(!dns_resolve_tx.packet);
  stralloc_free(&out);
}

/* Of 200 questions, ids and ports are nearly all different; in a process that starts anew, they are others. */
TEST(ids_and_ports_cannot_be_guessed) {
  with(honest);
  for (int run = 0; run < 2; run++) {
    pid_t pid = child();
    if (pid == 0) {
      for (int i = 0; i < 100; i++) EQUAL(dns_ip4(&out, named("both.example")), 0);
      done();
    }
    join(pid);
  }
  EQUAL(seen->udp, 200);
  int ids = 0, ports = 0;
  for (int i = 0; i < 200; i++) {
    int same_id = 0, same_port = 0;
    for (int j = 0; j < i; j++) {
      same_id |= seen->udp_questions[i].id == seen->udp_questions[j].id;
      same_port |= seen->udp_questions[i].port == seen->udp_questions[j].port;
    }
    ids += same_id;
    ports += same_port;
    CHECK(seen->udp_questions[i].port >= 1025);
  }
  CHECK(ids < 10 && ports < 10);
}

static void *look_up(void *count) {
  stralloc found = {0}, of = {0};
  CHECK(stralloc_copys(&of, "both.example"));
  for (int i = 0; i < 200; i++) {
    EQUAL(dns_ip6(&found, &of), 0);
    HOLDS(found, SIX MAPPED "\1\2\3\4", 32);
    ++*(int *)count;
  }
  return 0;
}

TEST(threads_look_up_together) {
  pthread_t threads[4];
  int counts[4] = {0};
  with(honest);
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], 0, look_up, &counts[i]) == 0);
  for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], 0) == 0);
  for (int i = 0; i < 4; i++) EQUAL(counts[i], 200);
}
