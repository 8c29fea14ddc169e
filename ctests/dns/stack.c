/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How much stack functions use, libc's included: a thread's stack is painted, and what has lost its paint is counted. The
 * functions are those whose call graph takes more than a kilobyte by itself; ctests/stack.rs sees to it that none is missing. */
#include "dnsserver.h"

#include <fcntl.h>
#include <libowfat/dns.h>
#include <libowfat/errmsg.h>
#include <libowfat/fmt.h>
#include <libowfat/io.h>
#include <libowfat/scan.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { SIZE = 256 * 1024, PAINT = 0x5a, LIMIT = 8192 };

static unsigned char *stack;
static int s[2];
static iomux_t mux;
static stralloc out, name;
static char answered[] =
    "\0\1\201\200\0\1\0\1\0\0\0\0\1a\7example\0\0\17\0\1\300\14\0\17\0\1\0\0\0\5\0\4\1\2\300\14";

static void nothing(void) {}
static void call_io_wait(void) { io_wait(); }
static void call_io_check(void) { io_check(); }
static void call_io_waituntil(void) { tai6464 now; taia_now(&now); io_waituntil(now); }
static void call_io_waituntil2(void) { io_waituntil2(1); }
static void call_errmsg_warn(void) { errmsg_warn("a", "b", (char *)0); }
static void call_errmsg_warnsys(void) { errno = ENOENT; errmsg_warnsys("a", "b", (char *)0); }
static void call_errmsg_info(void) { errmsg_info("a", "b", (char *)0); }
static void call_errmsg_infosys(void) { errno = 9999; errmsg_infosys("a", "b", (char *)0); }
void errmsg_write(int d, const char *error, const char *message, va_list list);
static void with_list(const char *message, ...) {
  va_list list;
  va_start(list, message);
  errmsg_write(2, "error", message, list);
  va_end(list);
}
static void call_errmsg_write(void) { with_list("a", "b", (char *)0); }
static void call_iom_wait(void) { int64 d; unsigned e; iom_wait(&mux, &d, &e, 1); }
static void ask(int (*function)(stralloc *, const stralloc *)) {
  stralloc_copys(&name, "localhost");
  function(&out, &name);
}
static void call_dns_transmit_get(void) {
  static char servers[256], local[16];
  struct dns_transmit d = {0};
  iopause_fd x;
  tai6464 now, deadline = {{UINT64_MAX}, 0, 0};
  memcpy(servers, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1", 16);
  CHECK(dns_transmit_start(&d, servers, 1, "\1a\0", "\0\1", local) == 0);
  do {
    dns_transmit_io(&d, &x, &deadline);
    poll(&x, 1, 1000);
    taia_now(&now);
  } while (dns_transmit_get(&d, &x, &now) == 0);
  dns_transmit_free(&d);
}
static void call_dns_ip4(void) { ask(dns_ip4); }
static void call_dns_ip6(void) { stralloc_copys(&name, "localhost"); dns_ip6(&out, &name); }
static void call_dns_txt(void) { ask(dns_txt); }
static void call_dns_mx(void) { ask(dns_mx); }
static void call_dns_name4(void) { dns_name4(&out, "\177\0\0\1"); }
static void call_dns_name6(void) { dns_name6(&out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"); }
static void call_dns_resolve(void) { dns_resolve("\1a\0", "\0\1"); }
static void call_dns_mx_packet(void) { dns_mx_packet(&out, answered, sizeof answered - 1); }
static void call_dns_name_packet(void) { dns_name_packet(&out, answered, sizeof answered - 1); }
static void call_scan_double(void) { double d; scan_double("1.234567890123456789e-300", &d); }
static void call_fmt_double(void) { char b[500]; fmt_double(b, 1e300, 400, 10); }
static void call_io_passfd(void) { io_passfd(s[0], 0); }
static void call_io_receivefd(void) { io_receivefd(s[0]); }

static struct {
  const char *name;
  void (*call)(void);
} calls[] = {
#define CALL(NAME) {#NAME, call_##NAME}
    CALL(io_wait),      CALL(io_check),        CALL(io_waituntil),   CALL(io_waituntil2), CALL(errmsg_warn),
    CALL(errmsg_warnsys), CALL(errmsg_info),   CALL(errmsg_infosys), CALL(iom_wait),
    CALL(dns_ip4),      CALL(dns_ip6),         CALL(dns_txt),        CALL(dns_mx),        CALL(dns_name4),
    CALL(dns_name6),    CALL(dns_resolve),     CALL(dns_mx_packet),  CALL(dns_name_packet), CALL(scan_double),
    CALL(dns_transmit_get), CALL(errmsg_write), CALL(fmt_double),   CALL(io_passfd),       CALL(io_receivefd),
};

static void answer(struct question *q) {
  begin(q, 0, 4);
  record(DNS_T_A, "\1\2\3\4", 4);
  record(DNS_T_AAAA, "0123456789abcdef", 16);
  record(DNS_T_PTR, "\1b\7example", 11);
  record(DNS_T_MX, "\0\12\1b\7example", 13);
  reply(q);
}

static void (*under_test)(void);

static void *run(void *x) {
  (void)x;
  /* Once before: the loader resolves names on this stack, too. */
  under_test();
  return 0;
}

static void *run_painted(void *x) {
  (void)x;
  /* Behind this function's frame. */
  uintptr_t here = (uintptr_t)__builtin_frame_address(0) - 1024;
  for (uintptr_t p = (uintptr_t)stack + 4096; p < here; p++) *(volatile unsigned char *)p = PAINT;
  under_test();
  return 0;
}

static size_t used(void (*call)(void)) {
  pthread_attr_t attributes;
  pthread_t thread;
  size_t n = 4096;
  under_test = call;
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstack(&attributes, stack, SIZE) == 0);
  CHECK(pthread_create(&thread, &attributes, run, 0) == 0 && pthread_join(thread, 0) == 0);
  CHECK(pthread_create(&thread, &attributes, run_painted, 0) == 0 && pthread_join(thread, 0) == 0);
  while (n < SIZE && stack[n] == PAINT) n++;
  return SIZE - n;
}

TEST(eight_kilobytes_are_enough, .seconds = 60) {
  stack = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(stack != MAP_FAILED);
  private_network();
  serve("127.0.0.1", answer);
  ask_servers("127.0.0.1");
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s) == 0);
  CHECK(io_fd(s[0]) == 1 && iom_init(&mux) == 1);
  io_wantwrite(s[0]);
  int said = dup(2), null = open("/dev/null", O_WRONLY);
  CHECK(said != -1 && dup2(null, 2) == 2);
  size_t base = used(nothing), most = 0;
  for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
    size_t n = used(calls[i].call) - base;
    if (n > LIMIT) dprintf(said, "%s takes %zu bytes\n", calls[i].name, n);
    if (n > most) most = n;
    if (getenv("SHOW")) dprintf(said, "%-20s %zu\n", calls[i].name, n);
  }
  dup2(said, 2);
  CHECK(most <= LIMIT);
}
