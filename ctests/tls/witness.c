/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between examples/tls.c and OpenSSL, by LD_PRELOAD: notes in the file that TLS_WITNESS names which call wants which direction of
 * the socket. With TLS_RENEGOTIATE in the environment it also brings about what the server does not allow, so that OpenSSL's SSL_write
 * wants to read: the server asks for a new handshake in the middle of an answer, and looks for the client's part of it before
 * each record. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *last;

#define REAL(NAME) ((__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME))

static void note(const char *what) {
  int error = 0, d = open(getenv("TLS_WITNESS"), O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (d == -1 || write(d, last, strlen(last)) < 0 || write(d, what, strlen(what)) < 0) error = 1;
  if (error) abort();
  close(d);
}

int SSL_get_error(const SSL *ssl, int result) {
  int error = REAL(SSL_get_error)(ssl, result);
  if (error == SSL_ERROR_WANT_READ) note(" wants to read\n");
  if (error == SSL_ERROR_WANT_WRITE) note(" wants to write\n");
  return error;
}

int SSL_accept(SSL *ssl) {
  last = "SSL_accept";
  return REAL(SSL_accept)(ssl);
}

int SSL_read(SSL *ssl, void *to, int length) {
  last = "SSL_read";
  return REAL(SSL_read)(ssl, to, length);
}

int SSL_write(SSL *ssl, const void *from, int length) {
  static int calls, complete;
  char c;
  last = "SSL_write";
  if (getenv("TLS_RENEGOTIATE")) {
    if (calls++ == 20 && (SSL_renegotiate(ssl) != 1 || SSL_do_handshake(ssl) != 1)) abort();
    /* What was refused has to be offered again before anything else is written. */
    if (complete) SSL_peek(ssl, &c, 1);
  }
  int written = REAL(SSL_write)(ssl, from, length);
  complete = written > 0;
  return written;
}

uint64_t SSL_CTX_set_options(SSL_CTX *context, uint64_t options) {
  if (getenv("TLS_RENEGOTIATE")) options &= ~SSL_OP_NO_RENEGOTIATION;
  return REAL(SSL_CTX_set_options)(context, options);
}
