/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A server for IPv6 and IPv4 on the same sockets, in the way of a tracker: TCP and UDP in one loop, every client is told
 * which address it comes from. */
#include "t.h"

#include <arpa/inet.h>
#include <libowfat/fmt.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <libowfat/ip6.h>
#include <libowfat/socket.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { CLIENTS = 32, CONNECTIONS = 2 * CLIENTS, TEXT = 100 };

/* One connection, as the cookie of its descriptor. */
struct peer {
  char ip[16];
  uint16 port;
  io_batch batch;
};

/* ADDRESS PORT, as both sides write it. */
static size_t describe(char *text, const char *ip, uint16 port) {
  size_t length = fmt_ip6c(text, ip);
  text[length++] = ' ';
  return length + fmt_ulong(text + length, port);
}

/* Bound to a free port, and watched. */
static int listening(int fd, uint16 *port) {
  CHECK(fd >= 0);
  EQUAL(socket_bind6_reuse(fd, V6any, 0, 0), 0);
  EQUAL(socket_local6(fd, 0, port, 0), 0);
  CHECK(io_fd(fd) == 1);
  io_nonblock(fd);
  io_wantread(fd);
  return fd;
}

/* ---- clients ---- */

/* A connected socket to the server, over IPv6 or IPv4. */
static int connected(int type, int version, uint16 port) {
  struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct timeval timeout = {10, 0};
  int fd = socket(version == 6 ? AF_INET6 : AF_INET, type, 0);
  CHECK(fd >= 0);
  EQUAL(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
  if (version == 6)
    EQUAL(connect(fd, (struct sockaddr *)&to6, sizeof to6), 0);
  else
    EQUAL(connect(fd, (struct sockaddr *)&to4, sizeof to4), 0);
  return fd;
}

/* The answer is the address that this end of the connection has. */
static void expect_own_address(int fd, const char *answer, ssize_t length) {
  char ip[16], text[TEXT];
  uint16 port;
  EQUAL(socket_local6(fd, ip, &port, 0), 0);
  size_t expected = describe(text, ip, port);
  if ((size_t)length != expected || memcmp(answer, text, expected) != 0)
    FAIL("%.*s instead of %.*s", (int)length, answer, (int)expected, text);
}

static void clients(uint16 tcp_port, uint16 udp_port) {
  int tcp[CONNECTIONS], udp[2] = {connected(SOCK_DGRAM, 4, udp_port), connected(SOCK_DGRAM, 6, udp_port)};
  char answer[TEXT];
  for (int i = 0; i < CONNECTIONS; i++) tcp[i] = connected(SOCK_STREAM, i % 2 ? 6 : 4, tcp_port);
  for (int i = 0; i < CONNECTIONS; i++) {
    EQUAL(write(tcp[i], "who", 3), 3);
    EQUAL(write(udp[i % 2], "who", 3), 3);
    expect_own_address(udp[i % 2], answer, read(udp[i % 2], answer, sizeof answer));
  }
  for (int i = 0; i < CONNECTIONS; i++) {
    ssize_t length = 0, more;
    while ((more = read(tcp[i], answer + length, sizeof answer - length)) > 0) length += more;
    EQUAL(more, 0);
    expect_own_address(tcp[i], answer, length);
  }
}

/* ---- the server ---- */

static void take_connections(int listener) {
  char ip[16];
  uint16 port;
  uint32 scope;
  int fd;
  while ((fd = socket_accept6(listener, ip, &port, &scope)) >= 0) {
    struct peer *peer = calloc(1, sizeof *peer);
    CHECK(peer && io_fd(fd) == 1);
    memcpy(peer->ip, ip, sizeof ip);
    peer->port = port;
    io_nonblock(fd);
    io_setcookie(fd, peer);
    io_wantread(fd);
  }
  io_eagain(listener);
}

static void take_datagram(int fd) {
  char question[TEXT], answer[TEXT], ip[16];
  uint16 port;
  uint32 scope;
  EQUAL(socket_recv6(fd, question, sizeof question, ip, &port, &scope), 3);
  size_t length = describe(answer, ip, port);
  EQUAL(socket_send6(fd, answer, length, ip, port, scope), length);
}

static void take_question(int fd) {
  char question[TEXT], *answer = malloc(TEXT);
  struct peer *peer = io_getcookie(fd);
  EQUAL(io_tryread(fd, question, sizeof question), 3);
  CHECK(answer);
  CHECK(iob_addbuf_free(&peer->batch, answer, describe(answer, peer->ip, peer->port)));
  io_dontwantread(fd);
  io_wantwrite(fd);
}

static void answer_question(int fd) {
  struct peer *peer = io_getcookie(fd);
  CHECK(iob_send(fd, &peer->batch) > 0);
  EQUAL(iob_bytesleft(&peer->batch), 0);
  iob_reset(&peer->batch);
  free(peer);
  io_close(fd);
}

TEST(a_server_for_both_families, .valgrind = 1) {
  uint16 tcp_port, udp_port;
  int tcp = listening(socket_tcp6(), &tcp_port), udp = listening(socket_udp6(), &udp_port), answered = 0, datagrams = 0;
  EQUAL(socket_listen(tcp, CONNECTIONS), 0);
  pid_t pid = child();
  if (pid == 0) {
    clients(tcp_port, udp_port);
    done();
  }
  while (answered < CONNECTIONS || datagrams < CONNECTIONS) {
    int64 fd;
    io_wait();
    while ((fd = io_canread()) != -1) {
      if (fd == tcp)
        take_connections(tcp);
      else if (fd == udp)
        take_datagram(udp), datagrams++;
      else
        take_question(fd);
    }
    while ((fd = io_canwrite()) != -1) {
      answer_question(fd);
      answered++;
    }
  }
  join(pid);
  io_close(tcp);
  io_close(udp);
}
