/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Buffers over operations that follow a script. */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "t.h"

#include <libowfat/buffer.h>

/* What the operations below have written, or are to read, and how they are told to behave: script[i], where it is not 0, is
 * what call i answers: up to so many bytes, or minus an errno; END stands for 0. */
enum { END = 1000000 };
static char text[1 << 16];
static size_t text_bytes, text_read;
static int script[64], calls;
static size_t lengths[64];

/* How many bytes this call is to move, -1 with errno for none. */
static inline ssize_t act(int fd, size_t len) {
  int what = calls < 64 ? script[calls] : 0;
  EQUAL(fd, 77);
  if (calls < 64) lengths[calls] = len;
  calls++;
  if (what == END) return 0;
  if (what < 0) {
    errno = -what;
    return -1;
  }
  return what && (size_t)what < len ? what : (ssize_t)len;
}

static inline ssize_t put_text(int fd, const void *from, size_t len, buffer *b) {
  ssize_t moved = act(fd, len);
  EQUAL(b->fd, 77);
  if (moved <= 0) return moved;
  CHECK(text_bytes + (size_t)moved <= sizeof text);
  memcpy(text + text_bytes, from, (size_t)moved);
  text_bytes += (size_t)moved;
  return moved;
}

static inline ssize_t get_text(int fd, void *to, size_t len, buffer *b) {
  size_t left = text_bytes - text_read;
  ssize_t moved = act(fd, len < left ? len : left);
  EQUAL(b->fd, 77);
  if (moved <= 0) return moved;
  memcpy(to, text + text_read, (size_t)moved);
  text_read += (size_t)moved;
  return moved;
}

#define PUT_TEXT ((ssize_t(*)())put_text)
#define GET_TEXT ((ssize_t(*)())get_text)

/* A buffer of exactly SIZE bytes from malloc. */
#define OUTPUT(b, SIZE) buffer b = BUFFER_INIT(PUT_TEXT, 77, malloc(SIZE), (SIZE))
#define INPUT(b, SIZE, TEXT)                                                  \
  buffer b = BUFFER_INIT(GET_TEXT, 77, malloc(SIZE), (SIZE));                 \
  text_bytes = sizeof TEXT - 1;                                               \
  text_read = 0;                                                              \
  memcpy(text, TEXT, text_bytes)

/* What was written is exactly this. */
#define WRITTEN(TEXT)                                                         \
  do {                                                                        \
    EQUAL(text_bytes, sizeof TEXT - 1);                                       \
    CHECK(memcmp(text, TEXT, text_bytes) == 0);                               \
  } while (0)

#endif
