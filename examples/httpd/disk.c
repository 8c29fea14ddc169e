/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pieces of files, read by libowfat-aio. */
#define _GNU_SOURCE
#include "disk.h"

#include <libowfat/aio.h>
#include <stdlib.h>

struct piece {
  struct aiocb block; /* comes first: the address that aio_waitcomplete hands out is the piece's */
  void *owner;        /* NULL: gone */
  char *bytes;
};

int disk_descriptor(void) { return owfat_aio_fd(); }

struct piece *disk_read(int file, off_t offset, size_t len, void *owner) {
  struct piece *piece = calloc(1, sizeof *piece);
  char *bytes = malloc(len);
  if (piece && bytes) {
    piece->owner = owner;
    piece->bytes = bytes;
    piece->block.aio_fildes = file;
    piece->block.aio_buf = bytes;
    piece->block.aio_nbytes = len;
    piece->block.aio_offset = offset;
    piece->block.aio_sigevent.sigev_notify = SIGEV_NONE;
    if (aio_read(&piece->block) == 0)
      return piece;
  }
  free(bytes);
  free(piece);
  return NULL;
}

void disk_forget(struct piece *piece) { piece->owner = NULL; /* block and buffer are the kernel's until it is complete */ }

void *disk_next(char **bytes, size_t *len) {
  const struct timespec zero = {0, 0};
  for (struct timespec limit = zero;; limit = zero) {
    struct aiocb *done;
    ssize_t n = aio_waitcomplete(&done, &limit);
    if (!done)
      return NULL;
    struct piece *piece = (struct piece *)done;
    void *owner = piece->owner;
    *bytes = piece->bytes;
    *len = piece->block.aio_nbytes;
    if (!owner || n != (ssize_t)*len) { /* no connection waits for it, an error, or the file became shorter */
      free(*bytes);
      *bytes = NULL;
    }
    free(piece);
    if (owner)
      return owner;
  }
}

void disk_end(void) {
  for (struct aiocb *done; aio_waitcomplete(&done, NULL), done;) {
    struct piece *piece = (struct piece *)done;
    free(piece->bytes);
    free(piece);
  }
}
