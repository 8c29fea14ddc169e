/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A client that asks for new keys again and again, and reads none of the answers, until the server cannot write any more: then its
 * SSL_read wants to write. After that it reads all, and prints what comes behind the header.
 *
 * OpenSSL works in memory here, so that what the socket does not take is no obstacle to reading.
 *
 *     key_updates PORT NAME */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHECK(COND)                                                           \
  do {                                                                        \
    if (!(COND)) {                                                            \
      fprintf(stderr, "does not hold: %s (%s)\n", #COND, strerror(errno));    \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

/* More than the server's socket can hold. */
enum { UPDATES = 1000000, SMALL = 536, QUIET_MS = 500, TIMEOUT_MS = 20000 };

static int s;
static SSL *ssl;
static BIO *from_server, *to_server;

/* Sends what OpenSSL has written, as far as the socket takes it. */
static void send_some(void) {
  static char piece[1024];
  static size_t at, length;
  for (;;) {
    if (at == length) {
      int n = BIO_read(to_server, piece, sizeof piece);
      at = 0;
      length = n > 0 ? (size_t)n : 0;
    }
    if (length == 0) return;
    ssize_t n = send(s, piece + at, length - at, MSG_DONTWAIT | MSG_NOSIGNAL);
    CHECK(n > 0 || errno == EAGAIN);
    if (n < 0) return;
    at += (size_t)n;
  }
}

/* Waits for the socket. False if nothing happens for so long; `over` is set at the end of what comes. */
static int move(int reading, int ms, int *over) {
  struct pollfd p = {.fd = s, .events = reading ? POLLIN : POLLOUT};
  char piece[16384];
  send_some();
  if (BIO_pending(to_server)) p.events |= POLLOUT;
  if (poll(&p, 1, ms) != 1) return 0;
  if (reading && p.revents & (POLLIN | POLLHUP)) {
    ssize_t n = recv(s, piece, sizeof piece, 0);
    CHECK(n >= 0);
    if (n == 0) *over = 1;
    else CHECK(BIO_write(from_server, piece, (int)n) == (int)n);
  }
  return 1;
}

static void connect_to(const char *port) {
  struct sockaddr_in to = {.sin_family = AF_INET};
  int size = SMALL, over = 0;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons((unsigned short)atoi(port));
  CHECK((s = socket(AF_INET, SOCK_STREAM, 0)) != -1);
  /* Small segments and little room: the server's socket is soon full. */
  CHECK(setsockopt(s, IPPROTO_TCP, TCP_MAXSEG, &size, sizeof size) == 0);
  size = 4096;
  CHECK(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0);
  CHECK(connect(s, (struct sockaddr *)&to, sizeof to) == 0);
  ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
  CHECK(ssl && (from_server = BIO_new(BIO_s_mem())) && (to_server = BIO_new(BIO_s_mem())));
  BIO_set_mem_eof_return(from_server, -1);
  SSL_set_bio(ssl, from_server, to_server);
  SSL_set_connect_state(ssl);
  CHECK(SSL_set_min_proto_version(ssl, TLS1_3_VERSION));
  while (SSL_do_handshake(ssl) != 1) CHECK(move(1, TIMEOUT_MS, &over) && !over);
}

int main(int argc, char **argv) {
  static char all[4 << 20], request[300];
  int updates = 0, over = 0, n;
  size_t got = 0;
  CHECK(argc == 3);
  connect_to(argv[1]);
  int length = snprintf(request, sizeof request, "GET /%s HTTP/1.0\r\n", argv[2]);
  CHECK(SSL_write(ssl, request, length) == length);
  /* In the middle of the request, so that the server reads. It stops when it can write no more, and then so do we. */
  do {
    CHECK(updates++ < UPDATES && SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) == 1);
    CHECK(SSL_do_handshake(ssl) == 1);
  } while (move(0, QUIET_MS, &over));
  CHECK(SSL_write(ssl, "\r\n", 2) == 2);
  while (!over) {
    CHECK(move(1, TIMEOUT_MS, &over));
    while ((n = SSL_read(ssl, all + got, (int)(sizeof all - got))) > 0) got += (size_t)n;
    /* The server awaits our goodbye. */
    if (SSL_get_error(ssl, n) == SSL_ERROR_ZERO_RETURN) SSL_shutdown(ssl);
  }
  const char *end = memmem(all, got, "\r\n\r\n", 4);
  CHECK(end);
  CHECK(fwrite(end + 4, 1, got - (size_t)(end + 4 - all), stdout) > 0);
  return 0;
}
