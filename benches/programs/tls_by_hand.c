/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * examples/tls.c without batches: what is to be sent is handed to SSL_write by hand, the file from a buffer that pread fills.
 * All else is the example's own text, so that the two programs differ in nothing but iob_write.
 */
#define _GNU_SOURCE
#include <libowfat/iob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* What takes the place of a batch: a text, and after it a part of a file. */
struct by_hand {
  char *text;
  size_t text_len, text_sent;
  int file;
  off_t offset, left;
  size_t filled, taken; /* bytes of the buffer: read from the file, and of these sent */
  char buffer[16384];
};

static void hand_init(struct by_hand *h) { *h = (struct by_hand){.file = -1}; }

static bool hand_text(struct by_hand *h, char *text, size_t len) {
  h->text = text;
  h->text_len = len;
  h->text_sent = 0;
  return true;
}

static bool hand_file(struct by_hand *h, int file, off_t offset, off_t left) {
  h->file = file;
  h->offset = offset;
  h->left = left;
  h->filled = h->taken = 0;
  return true;
}

static uint64 hand_left(const struct by_hand *h) {
  return h->text_len - h->text_sent + (h->filled - h->taken) + (uint64)h->left;
}

static void hand_reset(struct by_hand *h) {
  free(h->text);
  if (h->file != -1)
    close(h->file);
  h->text = NULL;
  h->text_len = h->text_sent = 0;
  h->file = -1;
  h->left = 0;
  h->filled = h->taken = 0;
}

/* As iob_write: all that the sink takes; -1 once it takes no more, -3 if it has failed. */
static int64 hand_write(int64 fd, struct by_hand *h, io_write_callback sink) {
  int64 sent = 0;
  while (hand_left(h)) {
    const char *from = h->text + h->text_sent;
    size_t n = h->text_len - h->text_sent;
    if (n == 0) {
      if (h->taken == h->filled) {
        n = h->left < (off_t)sizeof h->buffer ? (size_t)h->left : sizeof h->buffer;
        ssize_t got = pread(h->file, h->buffer, n, h->offset);
        if (got <= 0)
          return -3;
        h->offset += got;
        h->left -= got;
        h->filled = (size_t)got;
        h->taken = 0;
      }
      from = h->buffer + h->taken;
      n = h->filled - h->taken;
    }
    int64 done = sink(fd, from, n);
    if (done < 0)
      return done == -1 && sent ? sent : done;
    sent += done;
    if (h->text_sent < h->text_len)
      h->text_sent += (size_t)done;
    else
      h->taken += (size_t)done;
  }
  hand_reset(h);
  return sent;
}

/* iob_write sees to that. */
__attribute__((constructor)) static void ignore_sigpipe(void) { signal(SIGPIPE, SIG_IGN); }

#define io_batch struct by_hand
#define iob_init_autofree(batch, hint) hand_init(batch)
#define iob_addbuf_free(batch, text, len) hand_text(batch, text, len)
#define iob_addfile_close(batch, file, offset, len) hand_file(batch, file, (off_t)(offset), (off_t)(len))
#define iob_bytesleft(batch) hand_left(batch)
#define iob_write(fd, batch, sink) hand_write(fd, batch, sink)
#define iob_reset(batch) hand_reset(batch)

#include "../../examples/tls.c"
