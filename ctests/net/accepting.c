/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* socket.h: accepting connections with the modes that a server wants. */
#define OWFAT_API 33
#include "t.h"

#include <fcntl.h>
#include <libowfat/byte.h>
#include <libowfat/ip6.h>
#include <libowfat/ndelay.h>
#include <libowfat/socket.h>

static int listener;
static uint16 port;

static void listen6(void) {
  char ip[16];
  CHECK((listener = socket_tcp6b()) != -1);
  EQUAL(socket_bind6_reuse(listener, V6any, 0, 0), 0);
  EQUAL(socket_listen(listener, 10), 0);
  EQUAL(socket_local6(listener, ip, &port, 0), 0);
}

static int connecting(const char *ip6) {
  int s = socket_tcp6b();
  EQUAL(socket_connect6(s, ip6, port, 0), 0);
  return s;
}

/* Its modes as the flags have them. */
static void is(int fd, int flags) {
  CHECK(fd != -1);
  EQUAL(!!(fcntl(fd, F_GETFL) & O_NONBLOCK), !!(flags & SOCKET_NONBLOCK));
  EQUAL(!!(fcntl(fd, F_GETFD) & FD_CLOEXEC), !!(flags & SOCKET_CLOEXEC));
  close(fd);
}

TEST(modes_are_what_the_flags_say) {
  char ip[16];
  uint16 from;
  uint32 scope = 77;
  listen6();
  for (int mode = 0; mode < 2; mode++) {
    for (int flags = 0; flags < 4; flags++) {
      int s = connecting(V6loopback);
      is(socket_accept6_flags(listener, ip, &from, &scope, flags | 0x7ffffffc), flags);
      CHECK(memcmp(ip, V6loopback, 16) == 0 && from != 0 && scope == 0);
      close(s);
    }
    ndelay_on(listener);
  }
}

TEST(names_for_the_flags) {
  static const char mapped[16] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1";
  char ip[16];
  uint16 from;
  uint32 scope = 77;
  listen6();
#define CONNECTED(IP, CALL, FLAGS)                                            \
  do {                                                                        \
    int s = connecting(IP);                                                   \
    memset(ip, '#', sizeof ip);                                               \
    is(CALL, FLAGS);                                                          \
    CHECK(from != 0);                                                         \
    close(s);                                                                 \
  } while (0)
  CONNECTED(mapped, socket_accept4_flags(listener, ip, &from, 3), 3);
  CHECK(memcmp(ip, "\x7f\0\0\1#", 5) == 0);
  CONNECTED(mapped, socket_accept4_makenonblocking(listener, ip, &from), SOCKET_NONBLOCK);
  CONNECTED(mapped, socket_accept4_setcloseonexec(listener, ip, &from), SOCKET_CLOEXEC);
  CONNECTED(mapped, socket_accept4_makenonblocking_setcloseonexec(listener, ip, &from), 3);
  CONNECTED(mapped, socket_accept6_makenonblocking(listener, ip, &from, &scope), SOCKET_NONBLOCK);
  CHECK(memcmp(ip, mapped, 16) == 0 && scope == 0);
  CONNECTED(V6loopback, socket_accept6_setcloseonexec(listener, ip, &from, 0), SOCKET_CLOEXEC);
  CONNECTED(V6loopback, socket_accept6_makenonblocking_setcloseonexec(listener, ip, &from, 0), 3);
  CONNECTED(V6loopback, socket_accept6(listener, 0, &from, 0), 0);
  connecting(V6loopback);
  is(socket_accept6_flags(listener, 0, 0, 0, 3), 3);
}

TEST(errors_of_accept) {
  char ip[16] = "#";
  uint16 from = 7;
  listen6();
  ndelay_on(listener);
  EQUAL(socket_accept6_flags(listener, ip, &from, 0, 3), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(socket_accept4_flags(-1, ip, &from, 3), -1);
  EQUAL(errno, EBADF);
  CHECK(ip[0] == '#' && from == 7);
  /* An IPv6 address does not fit into 4 bytes. */
  connecting(V6loopback);
  int next = dup(listener);
  close(next);
  EQUAL(socket_accept4_makenonblocking(listener, ip, &from), -1);
  EQUAL(errno, EAFNOSUPPORT);
  EQUAL(dup(listener), next);
}

TEST(beginnings) {
  const char *text = "abcdef";
  char *at = malloc(3);
  memcpy(at, "abc", 3);
  CHECK(byte_start(at, 3, "ab", 2) == 1 && byte_start(at, 3, "abc", 3) == 1 && byte_start(at, 3, "abcd", 4) == 0);
  CHECK(byte_start(at, 3, "ac", 2) == 0 && byte_start(0, 0, 0, 0) == 1 && byte_start(at, 3, 0, 0) == 1);
  CHECK(byte_start(0, 0, "a", 1) == 0);
  CHECK(byte_starts(at, 3, "ab") == 1 && byte_starts(at, 3, "") == 1 && byte_starts(at, 3, "abcd") == 0);
  CHECK(byte_starts(at, 3, text) == 0);
  CHECK((byte_starts)(text, 6, "abc") == 1 && (byte_starts)(text, 2, "abc") == 0 && (byte_starts)(0, 0, "") == 1);
  free(at);
}
