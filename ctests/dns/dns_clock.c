/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The wall clock is set, back and forward by hours, while a question waits for an answer. */
#include "dnsserver.h"
#include "shifted_clock.h"

#include <pthread.h>

enum { HOURS = 5 * 3600 };

static void *set_clock(void *by) {
  sleep_ms(200);
  set_shift((long)(intptr_t)by);
  return 0;
}

static void silent(struct question *q) { (void)q; }

static void one_address(struct question *q) {
  begin(q, 0, 1);
  record(DNS_T_A, "\1\2\3\4", 4);
  reply(q);
}

/* The first server does not answer in its three seconds; the second one does. */
static void the_second_server_has_its_turn(long by) {
  static stralloc out, name;
  pthread_t thread;
  private_network();
  serve("127.0.0.1", silent);
  serve("127.0.0.2", one_address);
  ask_servers("127.0.0.1.127.0.0.2");
  CHECK(stralloc_copys(&name, "a.example"));
  CHECK(pthread_create(&thread, 0, set_clock, (void *)(intptr_t)by) == 0);
  int64_t start = millis();
  EQUAL(dns_ip4(&out, &name), 0);
  CHECK(out.len == 4 && memcmp(out.s, "\1\2\3\4", 4) == 0);
  CHECK(millis() - start >= 2900 && millis() - start < 15000);
  pthread_join(thread, 0);
}

TEST(set_back_during_a_question) { the_second_server_has_its_turn(-HOURS); }

TEST(set_forward_during_a_question) { the_second_server_has_its_turn(HOURS); }
