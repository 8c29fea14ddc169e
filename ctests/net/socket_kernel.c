/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* socket.h on kernels that lack something: this program's own system calls stand in for the C library's. */
#include "t.h"
#include "plain.h"

#include <fcntl.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/socket.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* What socket(2) says to either family; no flags, like a kernel before 2.6.27; how often it was called. */
static int error4, error6, no_flags, calls;
/* What setsockopt says to IPV6_V6ONLY, and the value it was last set to, -1 if never. */
static int v6only_error, v6only = -1;
/* What sendto says to MSG_FASTOPEN. */
static int fastopen_error;
/* The flags that it was last called with. */
static int send_flags = -1;

static int fail(int error) {
  errno = error;
  return -1;
}

int socket(int domain, int type, int protocol) {
  calls++;
  if (no_flags && type & ~0xf) return fail(EINVAL);
  if (domain == AF_INET && error4) return fail(error4);
  if (domain == AF_INET6 && error6) return fail(error6);
  return (int)syscall(SYS_socket, domain, type, protocol == IPPROTO_SCTP ? 0 : protocol);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size) {
  if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY) {
    v6only = *(const int *)value;
    if (v6only_error) return fail(v6only_error);
  }
  return (int)syscall(SYS_setsockopt, fd, level, name, value, size);
}

ssize_t sendto(int fd, const void *buf, size_t len, int flags, const struct sockaddr *to, socklen_t size) {
  send_flags = flags;
  if (flags & MSG_FASTOPEN && fastopen_error) {
    if (fastopen_error == EPIPE && !(flags & MSG_NOSIGNAL)) raise(SIGPIPE);
    return fail(fastopen_error);
  }
  return syscall(SYS_sendto, fd, buf, len, flags, to, size);
}

static int family(int fd) {
  int value = -1;
  socklen_t size = sizeof value;
  CHECK(fd >= 0);
  CHECK(getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &size) == 0);
  return value;
}

static int nonblocking(int fd) { return !!(fcntl(fd, F_GETFL) & O_NONBLOCK); }

static int (*const six[])(void) = {socket_tcp6, socket_tcp6b, socket_udp6, socket_udp6b};

static int (*const sctp6[])(void) = {socket_sctp6, socket_sctp6b};

TEST(ipv4_in_place_of_ipv6) {
  static const int errors[] = {EINVAL, EAFNOSUPPORT, EPFNOSUPPORT, EPROTONOSUPPORT};
  for (size_t i = 0; i < 4; i++) {
    for (size_t error = 0; error < 4; error++) {
      noipv6 = 0;
      error6 = errors[error];
      int fd = six[i]();
      EQUAL(family(fd), AF_INET);
      EQUAL(noipv6, 1);
      EQUAL(nonblocking(fd), i % 2 == 0);
    }
  }
}

TEST(noipv6_saves_the_attempt) {
  noipv6 = 1;
  for (size_t i = 0; i < 4; i++) {
    calls = 0;
    EQUAL(family(six[i]()), AF_INET);
    EQUAL(calls, 1);
  }
}

TEST(other_errors_are_just_told) {
  for (size_t i = 0; i < 4; i++) {
    error6 = EMFILE;
    EQUAL(six[i](), -1);
    EQUAL(errno, EMFILE);
    EQUAL(noipv6, 0);
  }
}

TEST(without_ipv4_either_noipv6_stays) {
  for (size_t i = 0; i < 4; i++) {
    error6 = EAFNOSUPPORT;
    error4 = EACCES;
    EQUAL(six[i](), -1);
    EQUAL(errno, EAFNOSUPPORT);
    EQUAL(noipv6, 0);
  }
}

TEST(without_sctp_there_is_ipv6) {
  for (size_t i = 0; i < 2; i++) {
    error4 = error6 = EPROTONOSUPPORT;
    EQUAL(sctp6[i](), -1);
    EQUAL(errno, EPROTONOSUPPORT);
    error4 = error6 = 0;
    EQUAL(noipv6, 0);
    EQUAL(family(socket_tcp6()), AF_INET6);
  }
}

TEST(sctp_creators) {
  EQUAL(family(socket_sctp4()), AF_INET);
  EQUAL(nonblocking(socket_sctp4()), 1);
  EQUAL(nonblocking(socket_sctp4b()), 0);
  EQUAL(family(socket_sctp6()), AF_INET6);
  EQUAL(nonblocking(socket_sctp6()), 1);
  EQUAL(nonblocking(socket_sctp6b()), 0);
  error6 = EAFNOSUPPORT;
  EQUAL(family(socket_sctp6()), AF_INET);
  EQUAL(noipv6, 1);
}

TEST(an_old_kernel_has_no_flags) {
  no_flags = 1;
  for (size_t i = 0; i < 4; i++) {
    int fd = six[i]();
    EQUAL(family(fd), AF_INET6);
    EQUAL(nonblocking(fd), i % 2 == 0);
  }
  EQUAL(nonblocking(socket_tcp4()), 1);
  EQUAL(nonblocking(socket_udp4()), 1);
  EQUAL(noipv6, 0);
}

TEST(every_ipv6_socket_speaks_ipv4) {
  for (size_t i = 0; i < 4; i++) {
    v6only = -1;
    EQUAL(family(six[i]()), AF_INET6);
    EQUAL(v6only, 0);
  }
}

TEST(success_leaves_errno_alone) {
  v6only_error = ENOPROTOOPT;
  for (size_t i = 0; i < 4; i++) {
    errno = EXDEV;
    CHECK(six[i]() >= 0);
    EQUAL(errno, EXDEV);
  }
  error6 = EAFNOSUPPORT;
  for (size_t i = 0; i < 4; i++) {
    noipv6 = 0;
    v6only = -1;
    errno = EXDEV;
    CHECK(six[i]() >= 0);
    EQUAL(errno, EXDEV);
    EQUAL(v6only, -1);
  }
}

TEST(flags_are_passed_on) {
  uint16 port;
  int fd = socket_udp6();
  EQUAL(socket_bind6(fd, 0, 0, 0), 0);
  EQUAL(socket_local6(fd, 0, &port, 0), 0);
  EQUAL(socket_send6_flag(fd, "a", 1, V6loopback, port, 0, MSG_DONTWAIT | MSG_NOSIGNAL), 1);
  EQUAL(send_flags, MSG_DONTWAIT | MSG_NOSIGNAL);
  EQUAL(socket_send6(fd, "a", 1, V6loopback, port, 0), 1);
  EQUAL(send_flags, 0);
  fd = socket_udp4();
  EQUAL(socket_send4_flag(fd, "a", 1, ip4loopback, port, MSG_DONTWAIT | MSG_NOSIGNAL), 1);
  EQUAL(send_flags, MSG_DONTWAIT | MSG_NOSIGNAL);
  EQUAL(socket_send4(fd, "a", 1, ip4loopback, port), 1);
  EQUAL(send_flags, 0);
}

TEST(flags_are_passed_on_without_ipv6) {
  noipv6 = 1;
  socket_send6_flag(socket_udp6(), "a", 1, V6loopback, 9, 0, MSG_DONTWAIT);
  EQUAL(send_flags, MSG_DONTWAIT);
}

static void connects_all_the_same(int error) {
  char buf[10];
  uint16 port;
  int listener = socket_tcp4b(), client, server;
  EQUAL(socket_bind4(listener, ip4loopback, 0), 0);
  EQUAL(socket_listen(listener, 5), 0);
  EQUAL(socket_local4(listener, 0, &port), 0);
  fastopen_error = error;
  client = socket_tcp4b();
  EQUAL(socket_fastopen_connect4(client, ip4loopback, port, "hello", 5), 5);
  server = socket_accept4(listener, 0, 0);
  EQUAL(read(server, buf, sizeof buf), 5);
  CHECK(memcmp(buf, "hello", 5) == 0);
}

TEST(fastopen_of_an_old_kernel) { connects_all_the_same(ENOTCONN); }

TEST(fastopen_of_an_old_kernel_raises_no_signal) { connects_all_the_same(EPIPE); }

TEST(fastopen_switched_off) {
  connects_all_the_same(EOPNOTSUPP);
  connects_all_the_same(ENOPROTOOPT);
}
