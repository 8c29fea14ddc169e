/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * deflate: a compressing proxy, on libowfat's io.h and iob.h and zlib. What a server sends comes to the client as gzip(1) would
 * make it of the same bytes; what the client sends goes to the server as it is.
 *
 *     deflate [-p port] server-port
 *
 * What comes from the server is queued in an autofree batch, in whatever pieces it comes, and goes out by iob_write. The
 * callback compresses. Three points:
 *
 * The callback finds its state by the cookie of the descriptor.
 *
 * What deflate(3) has taken is taken, although nothing may be out yet: it lies in zlib's window or in `out`. So a byte counts
 * as taken when zlib has it, and the end has come only when the batch is empty, zlib is finished and `out` is sent.
 *
 * A batch of many small pieces is one offer after the other. The work of a turn is bounded by a budget of bytes, not of offers.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

enum {
  BYTES_PER_EVENT = 65536, /* compressed before another connection gets its turn */
  AHEAD = 262144,          /* read from the server and not compressed yet, at most */
  PIECE = 4096,
};

/* A client and its server. It is the cookie of both descriptors. */
struct link {
  int64 client, server;
  int server_ended, finished;
  uint64 budget;
  io_batch plain; /* from the server, to be compressed */
  z_stream zlib;
  unsigned char out[16384];
  size_t out_start, out_end;
};

static int64 listener;
static struct sockaddr_in upstream;

static void die(const char *what) {
  fprintf(stderr, "deflate: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void end_link(struct link *l) {
  iob_reset(&l->plain);
  deflateEnd(&l->zlib);
  io_close(l->client);
  io_close(l->server);
  free(l);
}

/* Sends what is compressed. 1 if all of it is out, 0 if the client takes no more now, -1 if it is gone. */
static int flush_out(struct link *l) {
  while (l->out_start < l->out_end) {
    int64 sent = io_trywrite(l->client, (char *)l->out + l->out_start, (int64)(l->out_end - l->out_start));
    if (sent <= 0)
      return sent == -1 ? 0 : -1;
    l->out_start += (size_t)sent;
  }
  l->out_start = l->out_end = 0;
  return 1;
}

/* The callback of iob_write: takes what fits into `out` once compressed. */
static int64 compress_bytes(int64 client, const void *buf, uint64 n) {
  struct link *l = io_getcookie(client);
  int flushed = l->budget ? flush_out(l) : 0;
  if (flushed != 1) {
    errno = flushed ? EPIPE : EAGAIN;
    return flushed ? -3 : -1;
  }
  uInt offered = (uInt)(n < l->budget ? n : l->budget);
  l->zlib.next_in = (Bytef *)(uintptr_t)buf;
  l->zlib.avail_in = offered;
  l->zlib.next_out = l->out;
  l->zlib.avail_out = sizeof l->out;
  if (deflate(&l->zlib, Z_NO_FLUSH) == Z_STREAM_ERROR) {
    errno = EIO;
    return -3;
  }
  l->out_end = sizeof l->out - l->zlib.avail_out;
  l->budget -= offered - l->zlib.avail_in;
  return (int64)(offered - l->zlib.avail_in);
}

/* After the last byte: what zlib still holds. 1 if all of it is out. */
static int finish(struct link *l) {
  int flushed;
  while ((flushed = flush_out(l)) == 1 && !l->finished) {
    l->zlib.avail_in = 0;
    l->zlib.next_out = l->out;
    l->zlib.avail_out = sizeof l->out;
    l->finished = deflate(&l->zlib, Z_FINISH) == Z_STREAM_END;
    l->out_end = sizeof l->out - l->zlib.avail_out;
  }
  return flushed;
}

static void want_write(struct link *l, int so) {
  if (so)
    io_wantwrite(l->client);
  else
    io_dontwantwrite(l->client);
}

/* Compresses and sends as much as this turn allows. */
static void client_writable(struct link *l) {
  l->budget = BYTES_PER_EVENT;
  if (iob_bytesleft(&l->plain) && iob_write(l->client, &l->plain, compress_bytes) == -3) {
    end_link(l);
    return;
  }
  uint64 left = iob_bytesleft(&l->plain);
  if (left == 0) {
    int out = l->server_ended ? finish(l) : flush_out(l);
    if (out == -1 || (out == 1 && l->finished)) {
      end_link(l);
      return;
    }
    want_write(l, out == 0);
  } else {
    want_write(l, 1);
  }
  if (left < AHEAD && !l->server_ended)
    io_wantread(l->server);
}

static void server_readable(struct link *l) {
  char *piece = malloc(PIECE);
  int64 got = piece ? io_tryread(l->server, piece, PIECE) : -3;
  if (got > 0) {
    if (!iob_addbuf_free(&l->plain, piece, (uint64)got)) {
      end_link(l);
      return;
    }
  } else {
    free(piece);
    if (got == -1)
      return;
    if (got == -3) {
      end_link(l);
      return;
    }
    l->server_ended = 1;
  }
  if (l->server_ended || iob_bytesleft(&l->plain) >= AHEAD)
    io_dontwantread(l->server);
  want_write(l, 1);
}

/* Requests are small: the server takes them at once, or the client waits. */
static void client_readable(struct link *l) {
  char request[PIECE];
  int64 got = io_tryread(l->client, request, sizeof request);
  if (got == -1)
    return;
  if (got == 0) {
    io_dontwantread(l->client);
    shutdown((int)l->server, SHUT_WR);
  } else if (got == -3 || io_waitwrite(l->server, request, got) != got) {
    end_link(l);
  }
}

static void accept_clients(void) {
  int client;
  while ((client = accept4((int)listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
    struct link *l = calloc(1, sizeof *l);
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!l || server == -1 || connect(server, (struct sockaddr *)&upstream, sizeof upstream) == -1 ||
        deflateInit2(&l->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      free(l);
      close(client);
      if (server != -1)
        close(server);
      continue;
    }
    l->client = client;
    l->server = server;
    iob_init_autofree(&l->plain, 0);
    io_nonblock(server);
    if (!io_fd(client) || !io_fd(server)) {
      end_link(l);
      continue;
    }
    io_setcookie(client, l);
    io_setcookie(server, l);
    io_wantread(client);
    io_wantread(server);
  }
  io_eagain_read(listener);
}

int main(int argc, char **argv) {
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t size = sizeof at;
  for (int option; (option = getopt(argc, argv, "p:")) != -1;)
    if (option == 'p')
      at.sin_port = htons((uint16_t)atoi(optarg));
  if (optind + 1 != argc) {
    fputs("usage: deflate [-p port] server-port\n", stderr);
    return 2;
  }
  upstream.sin_family = AF_INET;
  upstream.sin_port = htons((uint16_t)atoi(argv[optind]));
  upstream.sin_addr.s_addr = at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener == -1 || bind((int)listener, (struct sockaddr *)&at, sizeof at) == -1 ||
      listen((int)listener, SOMAXCONN) == -1 || getsockname((int)listener, (struct sockaddr *)&at, &size) == -1)
    die("listen");
  io_nonblock(listener);
  if (!io_fd(listener))
    die("io_fd");
  io_wantread(listener);
  printf("Compressing at 127.0.0.1:%d\n", ntohs(at.sin_port));
  fflush(stdout);
  for (;;) {
    io_wait();
    for (int64 fd; (fd = io_canread()) != -1;) {
      struct link *l = io_getcookie(fd);
      if (fd == listener)
        accept_clients();
      else if (fd == l->server)
        server_readable(l);
      else
        client_readable(l);
    }
    for (int64 fd; (fd = io_canwrite()) != -1;)
      client_writable(io_getcookie(fd));
  }
}
