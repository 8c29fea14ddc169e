/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A call that succeeds leaves errno alone, whatever was tried on the way. */
#include "dnsserver.h"

#include <fcntl.h>
#include <libowfat/buffer.h>
#include <libowfat/cdb.h>
#include <libowfat/ip6.h>
#include <libowfat/mmap.h>
#include <libowfat/openreadclose.h>
#include <libowfat/socket.h>
#include <libowfat/textcode.h>

#define KEEPS(CALL)                                                           \
  do {                                                                        \
    errno = EXDEV;                                                            \
    long long t_result = (long long)(CALL);                                   \
    if (errno != EXDEV) FAIL("%s = %lld changed errno", #CALL, t_result);     \
  } while (0)

static stralloc sa;

static void on_alarm(int signal_number) { (void)signal_number; }

/* A signal every few milliseconds interrupts what waits. */
static void signals(void) {
  struct sigaction action = {.sa_handler = on_alarm};
  sigaction(SIGALRM, &action, 0);
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  struct itimerspec often = {{0, 3000000}, {0, 3000000}};
  CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &often, 0) == 0);
}

TEST(of_interfaces_that_do_not_exist) {
  char ip[16], text[100];
  uint32 scope;
  KEEPS(scan_ip6if("fe80::1%nosuchif", ip, &scope));
  KEEPS(fmt_ip6if(text, V6loopback, 0x7fffffff));
  KEEPS(socket_getifidx(LOOPBACK));
  KEEPS(socket_getifname(0x7fffffff) != 0);
  /* This one fails. */
  errno = EXDEV;
  EQUAL(socket_getifidx("nosuchif"), 0);
  EQUAL(errno, ENODEV);
}

TEST(of_sockets) {
  char ip[16] = "";
  uint16 port;
  int s, t;
  KEEPS(s = socket_tcp6());
  KEEPS(socket_bind6_reuse(s, V6loopback, 0, 0));
  KEEPS(socket_listen(s, 10));
  KEEPS(socket_local6(s, ip, &port, 0));
  KEEPS(t = socket_tcp6b());
  KEEPS((socket_quickack(t, 1), 0));
  KEEPS((socket_tryreservein(t, 1 << 30), 0));
  KEEPS(socket_connect6(t, V6loopback, port, 0));
  KEEPS(socket_connected(t));
  KEEPS(t = socket_accept6(s, ip, &port, 0));
  KEEPS((socket_deferaccept(s, DATAIN), 0));
  KEEPS(socket_udp6());
  KEEPS(socket_udp4());
  noipv6 = 1;
  KEEPS(socket_tcp6());
}

TEST(of_reads_that_signals_interrupt) {
  char x[5];
  int ends[2];
  CHECK(pipe(ends) == 0);
  if (child() == 0) {
    for (int i = 0; i < 3; i++) {
      sleep_ms(20);
      CHECK(write(ends[1], "abcde", 5) == 5);
    }
    done();
  }
  close(ends[1]);
  signals();
  buffer b;
  char memory[100];
  buffer_init(&b, (ssize_t (*)())read, ends[0], memory, sizeof memory);
  KEEPS(buffer_get(&b, x, 5));
  KEEPS(buffer_getline_sa(&b, &sa));
  KEEPS(buffer_get(&b, x, 5));
}

TEST(of_writes) {
  int ends[2];
  buffer b;
  char memory[10];
  CHECK(pipe(ends) == 0);
  buffer_init(&b, (ssize_t (*)())write, ends[1], memory, sizeof memory);
  KEEPS(buffer_puts(&b, "more than fits into the memory"));
  KEEPS(buffer_putsflush(&b, "x"));
  KEEPS(buffer_flush(&b));
}

TEST(of_files) {
  size_t n;
  struct cdb c = {0};
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "errno"));
  CHECK(fd != -1 && write(fd, "some", 4) == 4);
  KEEPS(openreadclose(name, &sa, 3));
  KEEPS(mmap_read(name, &n) != 0);
  KEEPS((cdb_init(&c, fd), 0));
  unlink(name);
}

TEST(of_iopause) {
  iopause_fd x = {.fd = -1};
  struct taia now, end;
  signals();
  taia_now(&now);
  taia_addsec(&end, &now, 1);
  KEEPS((iopause(&x, 1, &end, &now), 0));
}

static void answer(struct question *q) {
  begin(q, 0, 1);
  record(DNS_T_A, "\1\2\3\4", 4);
  reply(q);
}

TEST(of_questions) {
  stralloc name = {0};
  private_network();
  serve("127.0.0.3", answer);
  ask_servers("127.0.0.2.127.0.0.3");
  CHECK(stralloc_copys(&name, "a.example"));
  KEEPS(dns_ip4(&sa, &name));
  KEEPS(dns_ip4(&sa, &name));
  EQUAL(sa.len, 4);
  KEEPS(dns_resolvconfrewrite(&sa));
  KEEPS(dns_random(10));
}
