/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sockets: a call fails with the kernel's word for it and leaves nothing behind; repeated, it works. */
#include "faults.h"

#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/socket.h>

static const char GROUP4[4] = "\xef\xff\x12\x34";
static const char GROUP6[16] = "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\x12\x34";

/* A kernel without IPv6 is what some of the faults look like; the library remembers it, here for one script at most. */
TEST(creators) {
  int (*const create[])(void) = {socket_tcp4,  socket_tcp4b,  socket_udp4,  socket_udp4b,
                                 socket_tcp6,  socket_tcp6b,  socket_udp6,  socket_udp6b,
                                 socket_sctp4, socket_sctp4b, socket_sctp6, socket_sctp6b};
  for (unsigned i = 0; i < sizeof create / sizeof *create; i++) {
    int s = -1;
    /* SCTP need not be there. */
    if (i < 8) s = INSIST(create[i](), != -1);
    else s = create[i]();
    if (s != -1) EQUAL(is_nonblocking(s), i % 2 == 0);
    if (s != -1) io_close(s);
  }
}

TEST(connections_and_datagrams) {
  uint16 port = 0, from = 0;
  char ip[4], buf[10];
  int listener = INSIST(socket_tcp4b(), != -1);
  INSIST(socket_bind4_reuse(listener, ip4loopback, 0), == 0);
  INSIST(socket_listen(listener, 5), == 0);
  INSIST(socket_local4(listener, ip, &port), == 0);
  CHECK(memcmp(ip, ip4loopback, 4) == 0 && port != 0);
  int client = INSIST(socket_tcp4b(), != -1);
  INSIST(socket_connect4(client, ip4loopback, port), == 0);
  INSIST(socket_connected(client), == 1);
  int server = INSIST(socket_accept4(listener, ip, &from), != -1);
  INSIST(socket_remote4(server, ip, &port), == 0);
  EQUAL(port, from);
  io_close(client);
  io_close(server);
  io_close(listener);

  int a = INSIST(socket_udp4b(), != -1), b = INSIST(socket_udp4b(), != -1);
  INSIST(socket_bind4(a, ip4loopback, 0), == 0);
  INSIST(socket_bind4(b, ip4loopback, 0), == 0);
  INSIST(socket_local4(a, 0, &port), == 0);
  EQUAL(INSIST(socket_send4(b, "one", 3, ip4loopback, port), != -1), 3);
  EQUAL(INSIST(socket_send4_flag(b, "two", 3, ip4loopback, port, MSG_DONTWAIT), != -1), 3);
  for (int i = 0; i < 2; i++) {
    /* What was cut short is lost, with datagrams. */
    INSIST(socket_recv4(a, buf, sizeof buf, ip, &from), != -1);
    CHECK(memcmp(buf, i ? "two" : "one", fault == SHORT ? 1 : 3) == 0);
  }
  io_close(a);
  io_close(b);
}

TEST(connections_and_datagrams_of_ipv6) {
  uint16 port = 0, from = 0;
  uint32 scope;
  char ip[16], buf[10];
  int listener = INSIST(socket_tcp6b(), != -1);
  INSIST(socket_bind6_reuse(listener, V6loopback, 0, 0), == 0);
  INSIST(socket_listen(listener, 5), == 0);
  INSIST(socket_local6(listener, ip, &port, &scope), == 0);
  int client = INSIST(socket_tcp6b(), != -1);
  INSIST(socket_connect6(client, V6loopback, port, 0), == 0);
  int server = INSIST(socket_accept6(listener, ip, &from, &scope), != -1);
  INSIST(socket_remote6(server, ip, &port, &scope), == 0);
  EQUAL(port, from);
  io_close(client);
  io_close(server);
  io_close(listener);

  int a = INSIST(socket_udp6b(), != -1);
  INSIST(socket_bind6(a, V6loopback, 0, 0), == 0);
  INSIST(socket_local6(a, 0, &port, 0), == 0);
  EQUAL(INSIST(socket_send6(a, "one", 3, V6loopback, port, 0), != -1), 3);
  EQUAL(INSIST(socket_send6_flag(a, "two", 3, V6loopback, port, 0, MSG_DONTWAIT), != -1), 3);
  for (int i = 0; i < 2; i++) {
    INSIST(socket_recv6(a, buf, sizeof buf, ip, &from, &scope), != -1);
    CHECK(memcmp(buf, i ? "two" : "one", fault == SHORT ? 1 : 3) == 0);
  }
  io_close(a);
}

static void expect_modes(int s, int nonblocking, int close_on_exec) {
  EQUAL(is_nonblocking(s), nonblocking);
  EQUAL((fcntl(s, F_GETFD) & FD_CLOEXEC) != 0, close_on_exec);
  io_close(s);
}

TEST(connections_with_modes) {
  uint16 port = 0;
  int listener = INSIST(socket_tcp4b(), != -1), clients[4];
  INSIST(socket_bind4_reuse(listener, ip4loopback, 0), == 0);
  INSIST(socket_listen(listener, 5), == 0);
  INSIST(socket_local4(listener, 0, &port), == 0);
  for (int i = 0; i < 4; i++) {
    clients[i] = INSIST(socket_tcp4b(), != -1);
    INSIST(socket_connect4(clients[i], ip4loopback, port), == 0);
  }
  expect_modes(INSIST(socket_accept4_flags(listener, 0, 0, 0), != -1), 0, 0);
  expect_modes(INSIST(socket_accept4_makenonblocking(listener, 0, 0), != -1), 1, 0);
  expect_modes(INSIST(socket_accept4_setcloseonexec(listener, 0, 0), != -1), 0, 1);
  expect_modes(INSIST(socket_accept4_makenonblocking_setcloseonexec(listener, 0, 0), != -1), 1, 1);
  for (int i = 0; i < 4; i++) {
    io_close(clients[i]);
    clients[i] = INSIST(socket_tcp4b(), != -1);
    INSIST(socket_connect4(clients[i], ip4loopback, port), == 0);
  }
  expect_modes(INSIST(socket_accept6_flags(listener, 0, 0, 0, 0), != -1), 0, 0);
  expect_modes(INSIST(socket_accept6_makenonblocking(listener, 0, 0, 0), != -1), 1, 0);
  expect_modes(INSIST(socket_accept6_setcloseonexec(listener, 0, 0, 0), != -1), 0, 1);
  expect_modes(INSIST(socket_accept6_makenonblocking_setcloseonexec(listener, 0, 0, 0), != -1), 1, 1);
  for (int i = 0; i < 4; i++) io_close(clients[i]);
  io_close(listener);
}

/* Data with the first packet, where the kernel has it; else after it, or not at all yet. */
TEST(fast_connections) {
  for (int i = 0; i < 2; i++) {
    uint16 port = 0;
    char buf[10];
    int listener = i ? INSIST(socket_tcp6b(), != -1) : INSIST(socket_tcp4b(), != -1);
    if (i) INSIST(socket_bind6(listener, V6loopback, 0, 0), == 0);
    else INSIST(socket_bind4(listener, ip4loopback, 0), == 0);
    socket_fastopen(listener);
    socket_deferaccept(listener, 1);
    INSIST(socket_listen(listener, 5), == 0);
    if (i) INSIST(socket_local6(listener, 0, &port, 0), == 0);
    else INSIST(socket_local4(listener, 0, &port), == 0);
    int client = i ? INSIST(socket_tcp6b(), != -1) : INSIST(socket_tcp4b(), != -1);
    ssize_t n = i ? INSIST(socket_fastopen_connect6(client, V6loopback, port, 0, "hello", 5), != -1)
                  : INSIST(socket_fastopen_connect4(client, ip4loopback, port, "hello", 5), != -1);
    CHECK(n >= 0 && n <= 5);
    if (n < 5) EQUAL(write(client, &"hello"[n], (size_t)(5 - n)), 5 - n);
    int server = accept(listener, 0, 0);
    EQUAL(recv(server, buf, 5, MSG_WAITALL), 5);
    CHECK(memcmp(buf, "hello", 5) == 0);
    INSIST(socket_quickack(server, 1), == 0);
    socket_tryreservein(server, 100000);
    close(server);
    close(client);
    close(listener);
  }
}

TEST(options) {
  int s = INSIST(socket_udp4(), != -1), t = INSIST(socket_udp6(), != -1);
  INSIST(socket_broadcast(s), == 0);
  INSIST(socket_mcjoin4(s, GROUP4, ip4loopback), == 0);
  INSIST(socket_mcttl4(s, 3), == 0);
  INSIST(socket_mcloop4(s, 1), == 0);
  INSIST(socket_mcleave4(s, GROUP4), == 0 || errno == EADDRNOTAVAIL);
  INSIST(socket_mcjoin6(t, GROUP6, 1), == 0);
  INSIST(socket_mchopcount6(t, 3), == 0);
  INSIST(socket_mcloop6(t, 1), == 0);
  INSIST(socket_mcleave6(t, GROUP6), == 0);
  io_close(s);
  io_close(t);
}

/* The name that a thread is given is its own until it ends. */
static void *ask_for_names(void *arg) {
  (void)arg;
  uint32 index = INSIST(socket_getifidx("lo"), != 0);
  const char *name = INSIST(socket_getifname(index), != 0);
  CHECK(strcmp(name, "lo") == 0 || strcmp(name, "[unknown]") == 0 || shim_faults() > 0);
  return 0;
}

TEST(names_of_interfaces) {
  pthread_t thread;
  CHECK(pthread_create(&thread, 0, ask_for_names, 0) == 0);
  pthread_join(thread, 0);
}
