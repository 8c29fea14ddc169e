/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * tls: a web server for https, on libowfat's io.h and iob.h and OpenSSL 3. It shows a folder to browsers.
 *
 *     tls [-p port] certificate.pem key.pem [folder]
 *
 * What HTTP wants is in httpd/, as for httpd.c; this file is about TLS. Its answer goes out by iob_write, whose callback hands
 * the bytes to SSL_write. Three things are different from plain sockets:
 *
 * SSL_write that could not finish has to be called again with the same bytes at the same address. iob_write offers
 * exactly those, so no mode of OpenSSL that hides moved buffers is needed.
 *
 * Either of SSL_read and SSL_write may have to wait for either direction of the socket. So a client remembers which
 * direction it waits for, and whatever it was doing goes on when that direction is ready.
 *
 * OpenSSL may hold bytes that were read from the socket already. So we read until it wants more, and only then wait.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <fcntl.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd/http.h"

enum {
  RECORD = 16384,         /* bytes for one call of SSL_write: a record of TLS */
  RECORDS_PER_EVENT = 16, /* written before another client gets its turn */
  IDLE_SECONDS = 15,
};

struct client {
  int64 fd;
  SSL *ssl;
  enum { SHAKING, READING, SENDING, CLOSING } state;
  bool keep_alive;
  int budget;     /* records that may be written in this turn */
  io_batch batch; /* autofree: the header is freed before the file is sent */
  size_t in_len, in_scanned;
  char in[REQUEST_MAX];
};

static SSL_CTX *context;
static int64 listener;
static int root;

static void die(const char *what) {
  fprintf(stderr, "tls: %s: %s\n", what, strerror(errno));
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void client_close(struct client *c) {
  iob_reset(&c->batch);
  SSL_free(c->ssl);
  io_close(c->fd);
  free(c);
}

static void set_deadline(struct client *c) {
  tai6464 now;
  taia_now(&now);
  taia_addsec(&now, &now, IDLE_SECONDS);
  io_timeout(c->fd, now);
}

/* What OpenSSL says of a call that did not succeed: 0 if the client is waiting for a direction now, -1 if it is lost. OpenSSL has
   met the socket's EAGAIN itself, so the library has to be told. */
static int wait_for(struct client *c, int result) {
  switch (SSL_get_error(c->ssl, result)) {
  case SSL_ERROR_WANT_READ:
    io_dontwantwrite(c->fd);
    io_wantread(c->fd);
    io_eagain_read(c->fd);
    return 0;
  case SSL_ERROR_WANT_WRITE:
    io_dontwantread(c->fd);
    io_wantwrite(c->fd);
    io_eagain_write(c->fd);
    return 0;
  default:
    return -1;
  }
}

/* The callback of iob_write. The cookie of the descriptor leads to the client. A call for one record: what iob_write offers
   again is at least as long, so it is the same record. */
static int64 write_record(int64 fd, const void *buf, uint64 n) {
  struct client *c = io_getcookie(fd);
  if (c->budget == 0) { /* the others come first */
    errno = EAGAIN;
    return -1;
  }
  ERR_clear_error();
  int written = SSL_write(c->ssl, buf, n < RECORD ? (int)n : RECORD);
  if (written > 0) {
    c->budget--;
    return written;
  }
  if (wait_for(c, written) == -1)
    return -3;
  errno = EAGAIN;
  return -1;
}

/* Queues the answer to the request in the buffer. 1, 0 if it is not all there, -1 if there can be none. */
static int take_request(struct client *c) {
  struct request r = {0};
  struct answer a;
  size_t len = request_length(c->in, c->in_len, &c->in_scanned);
  if (len)
    request_parse(&r, c->in, len);
  else if (c->in_len == sizeof c->in)
    r.error = request_too_long(c->in, len = c->in_len);
  else
    return 0;
  if (!answer_request(&a, &r, root))
    return -1;
  c->keep_alive = r.keep_alive;
  memmove(c->in, c->in + len, c->in_len -= len);
  c->in_scanned = 0;
  bool queued = iob_addbuf_free(&c->batch, a.text, a.text_len);
  if (a.file != -1)
    queued &= iob_addfile_close(&c->batch, a.file, (uint64)a.offset, (uint64)a.left);
  return queued ? 1 : -1;
}

/* Each of these does what can be done now: 1 if it is done, 0 if the client waits, -1 if it is lost. */

static int shake(struct client *c) {
  int result = SSL_accept(c->ssl);
  return result == 1 ? 1 : wait_for(c, result);
}

static int read_request(struct client *c) {
  for (;;) {
    int taken = take_request(c);
    if (taken)
      return taken;
    int got = SSL_read(c->ssl, c->in + c->in_len, (int)(sizeof c->in - c->in_len));
    if (got <= 0)
      return wait_for(c, got);
    c->in_len += (size_t)got;
  }
}

static int send_answer(struct client *c) {
  while (iob_bytesleft(&c->batch)) {
    int64 sent = iob_write(c->fd, &c->batch, write_record);
    if (sent == -3)
      return -1;
    if (iob_bytesleft(&c->batch) == 0)
      break;
    if (c->budget == 0) { /* the socket may take more: io_canwrite names it again, after the others */
      io_dontwantread(c->fd);
      io_wantwrite(c->fd);
      return 0;
    }
    if (sent == -1)
      return 0;
  }
  return 1;
}

/* Our "close notify" goes out; the client's is awaited, so that it has everything before the connection ends. */
static int say_goodbye(struct client *c) {
  int result = SSL_shutdown(c->ssl);
  if (result == 0)
    result = SSL_shutdown(c->ssl);
  return result == 1 ? -1 : wait_for(c, result);
}

static void client_step(struct client *c) {
  int done = 1;
  c->budget = RECORDS_PER_EVENT;
  set_deadline(c);
  while (done == 1) {
    ERR_clear_error(); /* SSL_get_error looks at the whole queue of this thread */
    switch (c->state) {
    case SHAKING:
      if ((done = shake(c)) == 1)
        c->state = READING;
      break;
    case READING:
      if ((done = read_request(c)) == 1)
        c->state = SENDING;
      break;
    case SENDING:
      if ((done = send_answer(c)) == 1)
        c->state = c->keep_alive ? READING : CLOSING;
      break;
    case CLOSING:
      done = say_goodbye(c);
      break;
    }
  }
  if (done == -1)
    client_close(c);
}

static void accept_clients(void) {
  int fd;
  while ((fd = accept4((int)listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
    struct client *c = calloc(1, sizeof *c);
    if (!c || !(c->ssl = SSL_new(context)) || !SSL_set_fd(c->ssl, fd) ||
        !io_fd_flags(fd, IO_FD_NONBLOCK | IO_FD_CANWRITE)) {
      if (c)
        SSL_free(c->ssl);
      free(c);
      close(fd);
      continue;
    }
    c->fd = fd;
    iob_init_autofree(&c->batch, 0);
    io_setcookie(fd, c);
    client_step(c);
  }
  io_eagain_read(listener);
}

static void start(const char *port) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  socklen_t size = sizeof at;
  int on = 1;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int fd = (int)listener;
  if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1 ||
      bind(fd, (struct sockaddr *)&at, sizeof at) == -1 || listen(fd, SOMAXCONN) == -1 ||
      getsockname(fd, (struct sockaddr *)&at, &size) == -1)
    die(port);
  io_nonblock(listener);
  if (!io_fd(listener))
    die("io_fd");
  io_wantread(listener);
  printf("Serving at https://127.0.0.1:%d/\n", ntohs(at.sin_port));
  fflush(stdout);
}

int main(int argc, char **argv) {
  const char *port = "8443";
  for (int option; (option = getopt(argc, argv, "p:")) != -1;)
    if (option == 'p')
      port = optarg;
    else
      return 2;
  if (argc - optind < 2 || argc - optind > 3) {
    fputs("usage: tls [-p port] certificate.pem key.pem [folder]\n", stderr);
    return 2;
  }
  root = open(argc - optind == 3 ? argv[optind + 2] : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root == -1)
    die("folder");
  context = SSL_CTX_new(TLS_server_method());
  if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
      SSL_CTX_use_certificate_chain_file(context, argv[optind]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, argv[optind + 1], SSL_FILETYPE_PEM) != 1)
    die("certificate");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  start(port);
  for (;;) {
    io_wait();
    for (int64 fd; (fd = io_canread()) != -1;)
      if (fd == listener)
        accept_clients();
      else
        client_step(io_getcookie(fd));
    for (int64 fd; (fd = io_canwrite()) != -1;)
      client_step(io_getcookie(fd));
    for (int64 fd; (fd = io_timeouted()) != -1;)
      client_close(io_getcookie(fd));
  }
}
