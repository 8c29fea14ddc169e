/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* socket.h: options, TCP Fast Open, and names of interfaces. */
#include "t.h"

#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>

static const char MAPPED[16] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1";
static const char GROUP4[4] = "\xef\xff\x12\x34";
static const char MAPPED_GROUP[16] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xef\xff\x12\x34";
static const char GROUP6[16] = "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\x12\x34";

#define REFUSED(CALL, WANTED) \
  do {                        \
    errno = 0;                \
    EQUAL(CALL, -1);          \
    EQUAL(errno, WANTED);     \
  } while (0)

static int option(int fd, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  CHECK(getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

static int listener(int fd) {
  EQUAL(socket_bind4(fd, ip4loopback, 0), 0);
  EQUAL(socket_listen(fd, 5), 0);
  return fd;
}

static uint16 port_of(int fd) {
  uint16 port = 0;
  EQUAL(socket_local4(fd, 0, &port), 0);
  return port;
}

TEST(broadcast) {
  int fd = socket_udp4();
  EQUAL(socket_broadcast(fd), 0);
  EQUAL(option(fd, SOL_SOCKET, SO_BROADCAST), 1);
  REFUSED(socket_broadcast(-1), EBADF);
}

TEST(multicast4, .valgrind = 1) {
  char buf[4];
  int a = socket_udp4(), b = socket_udp4(), gone;
  EQUAL(socket_bind4(a, 0, 0), 0);
  EQUAL(socket_mcjoin4(a, GROUP4, ip4loopback), 0);
  REFUSED(socket_mcjoin4(a, GROUP4, ip4loopback), EADDRINUSE);
  EQUAL(socket_bind4(b, ip4loopback, 0), 0);
  EQUAL(socket_mcloop4(b, 1), 0);
  EQUAL(socket_send4(b, "a", 1, GROUP4, port_of(a)), 1);
  EQUAL(socket_recv4(a, buf, sizeof buf, 0, 0), 1);
  REFUSED(socket_mcjoin4(a, ip4loopback, ip4loopback), EINVAL);
  gone = socket_mcleave4(a, GROUP4);
  /* Which interface is meant the routes say, and there may be none. */
  CHECK(gone == 0 || errno == EADDRNOTAVAIL || errno == ENODEV);
  REFUSED(socket_mcjoin4(-1, GROUP4, ip4loopback), EBADF);
  REFUSED(socket_mcleave4(-1, GROUP4), EBADF);
  REFUSED(socket_mcttl4(-1, 1), EBADF);
  REFUSED(socket_mcloop4(-1, 1), EBADF);
}

TEST(multicast4_numbers) {
  int fd = socket_udp4();
  EQUAL(socket_mcttl4(fd, 7), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_TTL), 7);
  EQUAL(socket_mcttl4(fd, (char)255), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_TTL), 255);
  EQUAL(socket_mcloop4(fd, 0), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
  EQUAL(socket_mcloop4(fd, 1), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
}

TEST(multicast4_without_an_interface) {
  /* Whether the machine has one to choose is another matter. */
  if (socket_mcjoin4(socket_udp4(), GROUP4, 0) == -1) EQUAL(errno, ENODEV);
}

TEST(multicast6, .valgrind = 1) {
  int fd = socket_udp6(), lo = (int)socket_getifidx(LOOPBACK);
  EQUAL(socket_mcjoin6(fd, GROUP6, lo), 0);
  REFUSED(socket_mcjoin6(fd, GROUP6, lo), EADDRINUSE);
  EQUAL(socket_mcleave6(fd, GROUP6), 0);
  REFUSED(socket_mcleave6(fd, GROUP6), EADDRNOTAVAIL);
  REFUSED(socket_mcjoin6(fd, GROUP6, 0x7fffffff), ENODEV);
  REFUSED(socket_mcjoin6(fd, V6loopback, lo), EINVAL);
  REFUSED(socket_mcjoin6(-1, GROUP6, lo), EBADF);
  REFUSED(socket_mcleave6(-1, GROUP6), EBADF);
}

TEST(multicast6_of_an_ipv4_group) {
  int fd = socket_udp6();
  if (socket_mcjoin6(fd, MAPPED_GROUP, 0) == 0) {
    EQUAL(socket_mcleave6(fd, MAPPED_GROUP), 0);
    REFUSED(socket_mcleave6(fd, MAPPED_GROUP), EADDRNOTAVAIL);
  } else {
    EQUAL(errno, ENODEV);
  }
}

TEST(mchopcount6) {
  int fd = socket_udp6();
  EQUAL(socket_mchopcount6(fd, 7), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 7);
  EQUAL(socket_mchopcount6(fd, (char)200), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 200);
  EQUAL(socket_mchopcount6(fd, (char)255), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 255);
  EQUAL(socket_mchopcount6(fd, 0), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 0);
  REFUSED(socket_mchopcount6(-1, 1), EBADF);
}

TEST(mcloop6) {
  int fd = socket_udp6();
  EQUAL(socket_mcloop6(fd, 0), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 0);
  EQUAL(socket_mcloop6(fd, 1), 0);
  EQUAL(option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP), 1);
  REFUSED(socket_mcloop6(-1, 1), EBADF);
}

TEST(mcloop6_without_ipv6) {
  int fd;
  noipv6 = 1;
  fd = socket_udp6();
  EQUAL(socket_mcloop6(fd, 0), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
}

TEST(mchopcount6_without_ipv6) {
  int fd;
  noipv6 = 1;
  fd = socket_udp6();
  EQUAL(socket_mchopcount6(fd, (char)200), 0);
  EQUAL(option(fd, IPPROTO_IP, IP_MULTICAST_TTL), 200);
}

TEST(deferaccept) {
  int fd = listener(socket_tcp4());
  socket_deferaccept(fd, DATAIN);
#ifdef TCP_DEFER_ACCEPT
  CHECK(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT) > 0);
#endif
  socket_deferaccept(fd, HTTPIN);
  socket_deferaccept(-1, DATAIN);
  EQUAL(DATAIN, 0);
  EQUAL(HTTPIN, 1);
  EQUAL(sizeof(enum defermode), 4);
}

TEST(deferaccept_leaves_errno_alone) {
  errno = EXDEV;
  socket_deferaccept(-1, (enum defermode)4711);
  EQUAL(errno, EXDEV);
}

TEST(tryreservein) {
  int fd = socket_udp4();
  socket_tryreservein(fd, 8192);
  CHECK(option(fd, SOL_SOCKET, SO_RCVBUF) >= 8192);
  socket_tryreservein(fd, 0x7fffffff);
  CHECK(option(fd, SOL_SOCKET, SO_RCVBUF) >= 8192);
  socket_tryreservein(fd, -1);
  socket_tryreservein(-1, 0x7fffffff);
}

#ifdef TCP_QUICKACK
TEST(quickack) {
  int fd = socket_tcp4();
  EQUAL(socket_quickack(fd, 0), 0);
  EQUAL(option(fd, IPPROTO_TCP, TCP_QUICKACK), 0);
  EQUAL(socket_quickack(fd, 1), 0);
  EQUAL(option(fd, IPPROTO_TCP, TCP_QUICKACK), 1);
  REFUSED(socket_quickack(-1, 1), EBADF);
}
#endif

#ifndef HAVE_SOCKET_FASTOPEN
#error "no HAVE_SOCKET_FASTOPEN"
#endif

static void hears(int fd, const char *what) {
  char buf[100];
  int server = socket_accept4(fd, 0, 0);
  CHECK(server >= 0);
  EQUAL(read(server, buf, sizeof buf), strlen(what));
  CHECK(memcmp(buf, what, strlen(what)) == 0);
  close(server);
}

#ifdef TCP_FASTOPEN
TEST(fastopen_connects_and_sends) {
  int fd = socket_tcp4b(), client;
  EQUAL(socket_fastopen(fd), 0);
  EQUAL(option(fd, IPPROTO_TCP, TCP_FASTOPEN), 5);
  listener(fd);
  for (int i = 0; i < 3; i++) {
    client = socket_tcp4b();
    EQUAL(socket_fastopen_connect4(client, ip4loopback, port_of(fd), "hello", 5), 5);
    hears(fd, "hello");
    EQUAL(socket_connected(client), 1);
    client = socket_tcp6b();
    EQUAL(socket_fastopen_connect6(client, MAPPED, port_of(fd), 0, "world", 5), 5);
    hears(fd, "world");
  }
  REFUSED(socket_fastopen(-1), EBADF);
}
#endif

TEST(fastopen_without_data_just_connects) {
  int fd = listener(socket_tcp4b()), client = socket_tcp4b();
  EQUAL(socket_fastopen_connect4(client, ip4loopback, port_of(fd), 0, 0), 0);
  EQUAL(socket_connected(client), 1);
  client = socket_tcp6b();
  EQUAL(socket_fastopen_connect6(client, MAPPED, port_of(fd), 0, 0, 0), 0);
  EQUAL(socket_connected(client), 1);
}

TEST(fastopen_without_ipv6) {
  int fd = listener(socket_tcp4b()), client;
  noipv6 = 1;
  client = socket_tcp6b();
  EQUAL(socket_fastopen_connect6(client, V6loopback, port_of(fd), 0, "hello", 5), 5);
  hears(fd, "hello");
}

TEST(fastopen_fails_as_connect_does) {
  int fd = socket_tcp4b();
  EQUAL(socket_bind4(fd, ip4loopback, 0), 0);
  REFUSED(socket_fastopen_connect4(socket_tcp4b(), ip4loopback, port_of(fd), "a", 1), ECONNREFUSED);
  REFUSED(socket_fastopen_connect4(-1, ip4loopback, 1, "a", 1), EBADF);
  REFUSED(socket_fastopen_connect6(-1, V6loopback, 1, 0, "a", 1), EBADF);
  REFUSED(socket_fastopen_connect6(-1, V6loopback, 1, 0, "a", 0), EBADF);
}

TEST(interface_names, .valgrind = 1) {
  uint32 lo = socket_getifidx(LOOPBACK);
  CHECK(lo != 0);
  CHECK(strcmp(socket_getifname(lo), LOOPBACK) == 0);
  CHECK(strcmp(socket_getifname(0x7fffffff), "[unknown]") == 0);
  CHECK(strcmp(socket_getifname(0), "[unknown]") == 0);
  EQUAL(socket_getifidx("no such interface, and too long"), 0);
  EQUAL(socket_getifidx(""), 0);
}

static void *name_of_lo(void *names) {
  const char *name = socket_getifname(socket_getifidx(LOOPBACK));
  CHECK(name != names);
  CHECK(strcmp(name, LOOPBACK) == 0);
  return 0;
}

TEST(every_thread_has_its_own_name, .valgrind = 1) {
  pthread_t thread;
  const char *mine = socket_getifname(socket_getifidx(LOOPBACK));
  CHECK(pthread_create(&thread, 0, name_of_lo, (void *)(size_t)mine) == 0);
  CHECK(pthread_join(thread, 0) == 0);
  CHECK(strcmp(mine, LOOPBACK) == 0);
}
