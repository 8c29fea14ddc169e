/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* socket.h and ndelay.h: sockets, addresses, connections and datagrams, on the loopback interface. */
#include "t.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/ndelay.h>
#include <libowfat/socket.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

static const char MAPPED[16] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1";
/* 2001:db8::1 is an address for documentation: no machine has it. */
static const char STRANGER[16] = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1";

/* Fails with WANTED. */
#define REFUSED(CALL, WANTED) \
  do {                        \
    errno = 0;                \
    EQUAL(CALL, -1);          \
    EQUAL(errno, WANTED);     \
  } while (0)

static int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  CHECK(getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

static void wait_for(int fd, short events) {
  struct pollfd p = {fd, events, 0};
  EQUAL(poll(&p, 1, 5000), 1);
}

static uint16 port_of(int fd) {
  uint16 port = 0;
  EQUAL(socket_local6(fd, 0, &port, 0), 0);
  CHECK(port != 0);
  return port;
}

/* A bound UDP socket, or a TCP listener. */
static int bound4(int fd, int listener) {
  CHECK(fd >= 0);
  EQUAL(socket_bind4(fd, ip4loopback, 0), 0);
  if (listener) EQUAL(socket_listen(fd, 5), 0);
  return fd;
}

static int bound6(int fd, const char *ip, int listener) {
  CHECK(fd >= 0);
  EQUAL(socket_bind6(fd, ip, 0, 0), 0);
  if (listener) EQUAL(socket_listen(fd, 5), 0);
  return fd;
}

/* The family of a socket; it has an address of that from the beginning. */
static int domain_of(int fd) {
  struct sockaddr_storage own;
  socklen_t size = sizeof own;
  CHECK(getsockname(fd, (struct sockaddr *)&own, &size) == 0);
  return own.ss_family;
}

TEST(creators_make_what_they_say) {
  static const struct {
    int (*create)(void);
    int domain, type, protocol, nonblocking;
  } kinds[] = {
      {socket_tcp4, AF_INET, SOCK_STREAM, IPPROTO_TCP, 1},  {socket_tcp4b, AF_INET, SOCK_STREAM, IPPROTO_TCP, 0},
      {socket_udp4, AF_INET, SOCK_DGRAM, IPPROTO_UDP, 1},   {socket_udp4b, AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0},
      {socket_tcp6, AF_INET6, SOCK_STREAM, IPPROTO_TCP, 1}, {socket_tcp6b, AF_INET6, SOCK_STREAM, IPPROTO_TCP, 0},
      {socket_udp6, AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 1},  {socket_udp6b, AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 0},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    int fd = kinds[i].create();
    CHECK(fd >= 0);
    EQUAL(domain_of(fd), kinds[i].domain);
    EQUAL(option(fd, SOL_SOCKET, SO_TYPE), kinds[i].type);
#ifdef SO_PROTOCOL
    EQUAL(option(fd, SOL_SOCKET, SO_PROTOCOL), kinds[i].protocol);
#endif
    EQUAL(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), kinds[i].nonblocking);
    EQUAL(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    if (kinds[i].domain == AF_INET6) EQUAL(option(fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
  }
  EQUAL(noipv6, 0);
  EQUAL(domain_of(socket_tcp()), AF_INET);
  EQUAL(option(socket_udp(), SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
}

TEST(creators_without_descriptors) {
  struct rlimit limit = {0, 0};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = 0;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REFUSED(socket_tcp4(), EMFILE);
  REFUSED(socket_tcp6(), EMFILE);
  REFUSED(socket_udp6b(), EMFILE);
  EQUAL(noipv6, 0);
}

TEST(tcp4, .valgrind = 1) {
  char buf[20], ip[5];
  uint16 port = 0;
  int listener = bound4(socket_tcp4(), 1), client = socket_tcp4(), server;
  REFUSED(socket_accept4(listener, ip, &port), EAGAIN);
  REFUSED(socket_remote4(client, ip, &port), ENOTCONN);
  EQUAL(socket_local4(listener, ip + 1, &port), 0);
  CHECK(memcmp(ip + 1, ip4loopback, 4) == 0);
  memmove(ip, ip + 1, 4);
  errno = 0;
  CHECK(socket_connect4(client, ip, port) == 0 || errno == EINPROGRESS);
  wait_for(listener, POLLIN);
  memset(ip, 0, sizeof ip);
  server = socket_accept4(listener, ip + 1, &port);
  CHECK(server >= 0);
  CHECK(memcmp(ip + 1, ip4loopback, 4) == 0);
  EQUAL(port, port_of(client));
  EQUAL(fcntl(server, F_GETFL) & O_NONBLOCK, 0);
  EQUAL(fcntl(server, F_GETFD) & FD_CLOEXEC, 0);
  wait_for(client, POLLOUT);
  EQUAL(socket_connected(client), 1);
  EQUAL(socket_connected(server), 1);
  EQUAL(socket_remote4(client, ip, &port), 0);
  CHECK(memcmp(ip, ip4loopback, 4) == 0);
  EQUAL(port, port_of(listener));
  EQUAL(write(server, "hello", 5), 5);
  wait_for(client, POLLIN);
  EQUAL(socket_recv4(client, buf, sizeof buf, 0, 0), 5);
  CHECK(memcmp(buf, "hello", 5) == 0);
}

TEST(tcp6, .valgrind = 1) {
  char ip[17];
  uint16 port = 0;
  uint32 scope = 4711;
  int listener = bound6(socket_tcp6(), V6loopback, 1), client = socket_tcp6b(), server;
  REFUSED(socket_accept6(listener, ip, &port, &scope), EAGAIN);
  EQUAL(socket_connect6(client, V6loopback, port_of(listener), 0), 0);
  server = socket_accept6(listener, ip + 1, &port, &scope);
  CHECK(server >= 0);
  CHECK(memcmp(ip + 1, V6loopback, 16) == 0);
  EQUAL(port, port_of(client));
  EQUAL(scope, 0);
  EQUAL(fcntl(server, F_GETFL) & O_NONBLOCK, 0);
  EQUAL(fcntl(server, F_GETFD) & FD_CLOEXEC, 0);
  EQUAL(socket_remote6(client, ip, &port, &scope), 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
  EQUAL(port, port_of(listener));
  EQUAL(socket_local6(client, ip, &port, &scope), 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
}

TEST(a_dual_stack_listener_takes_both) {
  char ip[16];
  int listener = bound6(socket_tcp6b(), 0, 1), client = socket_tcp4b();
  uint16 port = port_of(listener);
  EQUAL(socket_connect4(client, ip4loopback, port), 0);
  CHECK(socket_accept6(listener, ip, 0, 0) >= 0);
  CHECK(ip6_isv4mapped(ip) && memcmp(ip, MAPPED, 16) == 0);
  client = socket_tcp6b();
  EQUAL(socket_connect6(client, MAPPED, port, 0), 0);
  CHECK(socket_accept6(listener, ip, 0, 0) >= 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(socket_remote6(client, ip, 0, 0), 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  client = socket_tcp6b();
  EQUAL(socket_connect6(client, V6loopback, port, 0), 0);
  CHECK(socket_accept6(listener, ip, 0, 0) >= 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
}

TEST(every_place_may_be_missing, .valgrind = 1) {
  char buf[4];
  int listener = bound4(socket_tcp4b(), 1), client = socket_tcp4b(), server;
  int udp4 = bound4(socket_udp4(), 0), udp6 = bound6(socket_udp6(), V6loopback, 0);
  uint16 port = port_of(listener);
  EQUAL(socket_connect4(client, ip4loopback, port), 0);
  server = socket_accept4(listener, 0, 0);
  CHECK(server >= 0);
  EQUAL(socket_local4(server, 0, 0), 0);
  EQUAL(socket_remote4(server, 0, 0), 0);
  EQUAL(socket_local6(server, 0, 0, 0), 0);
  EQUAL(socket_remote6(server, 0, 0, 0), 0);
  client = socket_tcp4b();
  EQUAL(socket_connect4(client, ip4loopback, port), 0);
  CHECK(socket_accept6(listener, 0, 0, 0) >= 0);
  EQUAL(socket_send4(udp4, "a", 1, ip4loopback, port_of(udp4)), 1);
  EQUAL(socket_recv4(udp4, buf, sizeof buf, 0, 0), 1);
  EQUAL(socket_send6(udp6, "a", 1, V6loopback, port_of(udp6), 0), 1);
  EQUAL(socket_recv6(udp6, buf, sizeof buf, 0, 0, 0), 1);
}

TEST(ipv4_seen_as_ipv6_has_no_scope) {
  char ip[16];
  uint16 port;
  uint32 scope = 4711;
  int listener = bound4(socket_tcp4b(), 1), client = socket_tcp4b(), udp = bound4(socket_udp4(), 0);
  EQUAL(socket_connect4(client, ip4loopback, port_of(listener)), 0);
  CHECK(socket_accept6(listener, ip, &port, &scope) >= 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(port, port_of(client));
  EQUAL(scope, 0);
  scope = 4711;
  EQUAL(socket_local6(client, ip, &port, &scope), 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(scope, 0);
  scope = 4711;
  EQUAL(socket_remote6(client, ip, &port, &scope), 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(scope, 0);
  scope = 4711;
  EQUAL(socket_send4(udp, "a", 1, ip4loopback, port_of(udp)), 1);
  EQUAL(socket_recv6(udp, ip, sizeof ip, ip, &port, &scope), 1);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(scope, 0);
}

TEST(ipv6_seen_as_ipv4_is_mapped_or_refused) {
  char ip[4];
  uint16 port;
  int listener = bound6(socket_tcp6b(), 0, 1), client = socket_tcp6b(), server, next;
  int udp = bound6(socket_udp6(), 0, 0);
  EQUAL(socket_connect6(client, MAPPED, port_of(listener), 0), 0);
  server = socket_accept4(listener, ip, &port);
  CHECK(server >= 0);
  CHECK(memcmp(ip, ip4loopback, 4) == 0);
  EQUAL(port, port_of(client));
  EQUAL(socket_local4(client, ip, &port), 0);
  CHECK(memcmp(ip, ip4loopback, 4) == 0);
  EQUAL(socket_remote4(client, ip, &port), 0);
  CHECK(memcmp(ip, ip4loopback, 4) == 0);
  EQUAL(socket_send6(udp, "a", 1, MAPPED, port_of(udp), 0), 1);
  EQUAL(socket_recv4(udp, ip, 1, ip, &port), 1);
  CHECK(memcmp(ip, ip4loopback, 4) == 0);

  client = socket_tcp6b();
  EQUAL(socket_connect6(client, V6loopback, port_of(listener), 0), 0);
  next = dup(0);
  close(next);
  REFUSED(socket_accept4(listener, ip, &port), EAFNOSUPPORT);
  EQUAL(fcntl(next, F_GETFD), -1);
  REFUSED(socket_local4(client, ip, &port), EAFNOSUPPORT);
  REFUSED(socket_remote4(client, ip, &port), EAFNOSUPPORT);
  EQUAL(socket_send6(udp, "a", 1, V6loopback, port_of(udp), 0), 1);
  REFUSED(socket_recv4(udp, ip, 1, ip, &port), EAFNOSUPPORT);
}

TEST(what_the_program_says_of_ipv6_does_not_change_addresses) {
  char ip[16];
  uint16 port;
  int listener = bound6(socket_tcp6b(), V6loopback, 1), client = socket_tcp6b();
  EQUAL(socket_connect6(client, V6loopback, port_of(listener), 0), 0);
  noipv6 = 1;
  CHECK(socket_accept6(listener, ip, &port, 0) >= 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
  EQUAL(socket_local6(client, ip, &port, 0), 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
  EQUAL(socket_remote6(client, ip, &port, 0), 0);
  CHECK(memcmp(ip, V6loopback, 16) == 0);
}

TEST(udp4, .valgrind = 1) {
  char buf[5] = "....", ip[4];
  uint16 port = 0;
  int a = bound4(socket_udp4(), 0), b = bound4(socket_udp4b(), 0);
  REFUSED(socket_recv4(a, buf, sizeof buf, ip, &port), EAGAIN);
  EQUAL(socket_send4(b, "hello, world", 12, ip4loopback, port_of(a)), 12);
  EQUAL(socket_recv4(a, buf, 4, ip, &port), 4);
  CHECK(memcmp(buf, "hell", 5) == 0 && memcmp(ip, ip4loopback, 4) == 0);
  EQUAL(port, port_of(b));
  EQUAL(socket_send4(b, 0, 0, ip4loopback, port_of(a)), 0);
  EQUAL(socket_recv4(a, buf, 4, ip, &port), 0);
  REFUSED(socket_send4_flag(b, "a", 1, ip4loopback, port_of(a), MSG_OOB), EOPNOTSUPP);
  EQUAL(socket_send4_flag(b, "a", 1, ip4loopback, port_of(a), MSG_DONTWAIT), 1);
}

TEST(udp6, .valgrind = 1) {
  char buf[5] = "....", ip[16];
  uint16 port = 0;
  uint32 scope = 4711;
  int a = bound6(socket_udp6(), 0, 0), b = bound6(socket_udp6b(), V6loopback, 0), c = bound4(socket_udp4b(), 0);
  REFUSED(socket_recv6(a, buf, sizeof buf, ip, &port, &scope), EAGAIN);
  EQUAL(socket_send6(b, "hello, world", 12, V6loopback, port_of(a), 0), 12);
  EQUAL(socket_recv6(a, buf, 4, ip, &port, &scope), 4);
  CHECK(memcmp(buf, "hell", 5) == 0 && memcmp(ip, V6loopback, 16) == 0);
  EQUAL(port, port_of(b));
  EQUAL(scope, 0);
  EQUAL(socket_send4(c, "abc", 3, ip4loopback, port_of(a)), 3);
  EQUAL(socket_recv6(a, buf, 4, ip, &port, &scope), 3);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(socket_send6_flag(b, "a", 1, V6loopback, port_of(a), 0, MSG_DONTWAIT), 1);
}

TEST(a_stream_names_no_sender) {
  char buf[4], ip[16];
  uint16 port = 4711;
  uint32 scope = 4711;
  int listener = bound6(socket_tcp6b(), V6loopback, 1), client = socket_tcp6b(), server;
  EQUAL(socket_connect6(client, V6loopback, port_of(listener), 0), 0);
  server = socket_accept6(listener, 0, 0, 0);
  EQUAL(write(server, "abc", 3), 3);
  EQUAL(socket_recv6(client, buf, sizeof buf, ip, &port, &scope), 3);
  CHECK(memcmp(ip, V6any, 16) == 0);
  EQUAL(port, 0);
  EQUAL(scope, 0);
}

TEST(an_address_of_another_family_is_all_zeros) {
  char ip[16];
  uint16 port = 4711;
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  EQUAL(socket_connected(pair[0]), 1);
  EQUAL(socket_remote6(pair[0], ip, &port, 0), 0);
  CHECK(memcmp(ip, V6any, 16) == 0);
  EQUAL(port, 0);
}

TEST(scopes_reach_the_kernel) {
  char ip[16];
  uint32 lo = socket_getifidx(LOOPBACK), scope = 0;
  int udp = socket_udp6();
  memset(ip, 0, sizeof ip);
  ip[0] = (char)0xfe;
  ip[1] = (char)0x80;
  ip[15] = 1;
  /* Without an interface, a link-local address means nothing. */
  REFUSED(socket_bind6(udp, ip, 0, 0), EINVAL);
  REFUSED(socket_bind6(udp, ip, 0, 0x7fffffff), ENODEV);
  errno = 0;
  EQUAL(socket_connect6(udp, ip, 9, 0), -1);
  if (socket_connect6(udp, ip, 9, lo) == 0) {
    EQUAL(socket_remote6(udp, ip, 0, &scope), 0);
    EQUAL(scope, lo);
  }
}

TEST(bind_reuse_shares_a_port) {
  int a = socket_tcp4(), b = socket_tcp4(), c = socket_tcp4(), six = socket_udp6(), seven = socket_udp6();
  EQUAL(socket_bind4_reuse(a, ip4loopback, 0), 0);
  EQUAL(socket_bind4_reuse(b, ip4loopback, port_of(a)), 0);
  EQUAL(socket_listen(a, 1), 0);
  EQUAL(socket_listen(b, 1), 0);
  REFUSED(socket_bind4(c, ip4loopback, port_of(a)), EADDRINUSE);
  EQUAL(option(a, SOL_SOCKET, SO_REUSEADDR), 1);
  EQUAL(option(a, SOL_SOCKET, SO_REUSEPORT), 1);
  EQUAL(socket_bind6_reuse(six, 0, 0, 0), 0);
  EQUAL(socket_bind6_reuse(seven, 0, port_of(six), 0), 0);
  REFUSED(socket_bind6(socket_udp6(), 0, port_of(six), 0), EADDRINUSE);
}

TEST(any_address_is_null) {
  char ip[16];
  int four = socket_udp4(), six = socket_udp6();
  EQUAL(socket_bind4(four, 0, 0), 0);
  EQUAL(socket_local4(four, ip, 0), 0);
  CHECK(memcmp(ip, V6any, 4) == 0);
  EQUAL(socket_bind6(six, 0, 0, 0), 0);
  EQUAL(socket_local6(six, ip, 0, 0), 0);
  CHECK(memcmp(ip, V6any, 16) == 0);
}

/* A port of the loopback interface on which no socket listens. */
static uint16 silent_port(void) { return port_of(bound4(socket_tcp4(), 0)); }

TEST(connected_says_no) {
  int client = socket_tcp4();
  EQUAL(socket_connected(client), 0);
  EQUAL(errno, ENOTCONN);
  EQUAL(socket_connected(-1), 0);
  EQUAL(errno, EBADF);
  REFUSED(socket_connect4(socket_tcp4b(), ip4loopback, silent_port()), ECONNREFUSED);
}

TEST(connected_tells_what_went_wrong_in_the_background) {
  int client = socket_tcp4();
  REFUSED(socket_connect4(client, ip4loopback, silent_port()), EINPROGRESS);
  wait_for(client, POLLOUT);
  EQUAL(socket_connected(client), 0);
  EQUAL(errno, ECONNREFUSED);
  EQUAL(socket_connected(client), 0);
  EQUAL(errno, ENOTCONN);
}

TEST(listen_takes_any_backlog) {
  int fd = bound4(socket_tcp4(), 0);
  EQUAL(socket_listen(fd, 0xffffffffu), 0);
  EQUAL(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
  REFUSED(socket_listen(socket_udp4(), 1), EOPNOTSUPP);
}

TEST(fallback_on_request) {
  char buf[4], ip[16];
  uint16 port = 0;
  int tcp, udp, client;
  noipv6 = 1;
  tcp = bound6(socket_tcp6b(), V6any, 1);
  udp = bound6(socket_udp6(), MAPPED, 0);
  EQUAL(domain_of(tcp), AF_INET);
  EQUAL(domain_of(udp), AF_INET);
  REFUSED(socket_bind6(socket_udp6(), STRANGER, 0, 0), EAFNOSUPPORT);
  client = socket_tcp6b();
  EQUAL(socket_connect6(client, MAPPED, port_of(tcp), 0), 0);
  CHECK(socket_accept6(tcp, ip, &port, 0) >= 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
  EQUAL(port, port_of(client));
  EQUAL(socket_connect6(socket_tcp6b(), V6loopback, port_of(tcp), 0), 0);
  REFUSED(socket_connect6(socket_tcp6b(), STRANGER, port_of(tcp), 0), EAFNOSUPPORT);
  EQUAL(socket_send6(udp, "a", 1, MAPPED, port_of(udp), 0), 1);
  EQUAL(socket_send6_flag(udp, "b", 1, V6loopback, port_of(udp), 0, 0), 1);
  REFUSED(socket_send6(udp, "a", 1, STRANGER, port_of(udp), 0), EPROTONOSUPPORT);
  EQUAL(socket_recv6(udp, buf, sizeof buf, ip, &port, 0), 1);
  CHECK(memcmp(ip, MAPPED, 16) == 0 && buf[0] == 'a');
}

TEST(fallback_of_the_loopback_address) {
  char ip[16];
  int fd;
  noipv6 = 1;
  fd = bound6(socket_udp6(), V6loopback, 0);
  EQUAL(socket_local6(fd, ip, 0, 0), 0);
  CHECK(memcmp(ip, MAPPED, 16) == 0);
}

TEST(ndelay) {
  int fd = socket_tcp4b(), copy = dup(fd);
  EQUAL(ndelay_on(fd), 0);
  CHECK(fcntl(copy, F_GETFL) & O_NONBLOCK);
  EQUAL(ndelay_on(fd), 0);
  EQUAL(ndelay_off(fd), 0);
  CHECK(!(fcntl(copy, F_GETFL) & O_NONBLOCK));
  REFUSED(ndelay_on(-1), EBADF);
  REFUSED(ndelay_off(-1), EBADF);
  REFUSED(ndelay_on(1023), EBADF);
  fd = open("/dev/null", O_WRONLY | O_APPEND);
  EQUAL(ndelay_on(fd), 0);
  CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
  CHECK(fcntl(fd, F_GETFL) & O_APPEND);
}

TEST(bad_descriptors) {
  char buf[16] = "";
  uint16 port;
  uint32 scope;
  REFUSED(socket_connect4(-1, ip4loopback, 1), EBADF);
  REFUSED(socket_connect6(-1, V6loopback, 1, 0), EBADF);
  REFUSED(socket_bind4(-1, 0, 0), EBADF);
  REFUSED(socket_bind4_reuse(-1, 0, 0), EBADF);
  REFUSED(socket_bind6(-1, 0, 0, 0), EBADF);
  REFUSED(socket_bind6_reuse(-1, 0, 0, 0), EBADF);
  REFUSED(socket_listen(-1, 1), EBADF);
  REFUSED(socket_accept4(-1, buf, &port), EBADF);
  REFUSED(socket_accept6(-1, buf, &port, &scope), EBADF);
  REFUSED(socket_recv4(-1, buf, 1, buf, &port), EBADF);
  REFUSED(socket_recv6(-1, buf, 1, buf, &port, &scope), EBADF);
  REFUSED(socket_send4(-1, buf, 1, ip4loopback, 1), EBADF);
  REFUSED(socket_send4_flag(-1, buf, 1, ip4loopback, 1, 0), EBADF);
  REFUSED(socket_send6(-1, buf, 1, V6loopback, 1, 0), EBADF);
  REFUSED(socket_send6_flag(-1, buf, 1, V6loopback, 1, 0, 0), EBADF);
  REFUSED(socket_local4(-1, buf, &port), EBADF);
  REFUSED(socket_local6(-1, buf, &port, &scope), EBADF);
  REFUSED(socket_remote4(-1, buf, &port), EBADF);
  REFUSED(socket_remote6(-1, buf, &port, &scope), EBADF);
  REFUSED(socket_local4(0, buf, &port), ENOTSOCK);
  REFUSED(socket_recv6(socket_udp6(), (char *)1, 1, 0, 0, 0), EAGAIN);
}
