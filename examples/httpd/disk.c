/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pieces of files, read by libowfat-aio. */
#define _GNU_SOURCE
#include "disk.h"

#include <stdlib.h>

/* Pieces that nothing uses are kept. Memory fresh from the system costs more than reading into it: a page fault, and
   zeros, for every 4 KiB. */
enum { SPARE_MAX = 16 };

static struct piece *spare;
static int spare_count;

int disk_descriptor(void) { return owfat_aio_fd(); }

struct piece *disk_read(int file, off_t offset, size_t len, void *owner) {
  struct piece *piece = spare;
  if (piece) {
    spare = piece->next;
    spare_count--;
  } else if (!(piece = malloc(sizeof *piece)))
    return NULL;
  piece->owner = owner;
  piece->block = (struct aiocb){.aio_fildes = file, .aio_buf = piece->bytes, .aio_nbytes = len, .aio_offset = offset};
  piece->block.aio_sigevent.sigev_notify = SIGEV_NONE;
  if (aio_read(&piece->block) == 0)
    return piece;
  disk_free(piece);
  return NULL;
}

void disk_free(struct piece *piece) {
  if (spare_count == SPARE_MAX) {
    free(piece);
    return;
  }
  piece->next = spare;
  spare = piece;
  spare_count++;
}

struct piece *disk_next(void) {
  for (;;) {
    struct timespec limit = {0, 0};
    struct aiocb *done;
    ssize_t got = aio_waitcomplete(&done, &limit);
    struct piece *piece = (struct piece *)done;
    if (!piece)
      return NULL;
    piece->len = got > 0 ? (size_t)got : 0;
    if (piece->owner)
      return piece;
    disk_free(piece);
  }
}

void disk_end(void) {
  for (struct aiocb *done; aio_waitcomplete(&done, NULL), done;)
    free(done);
  for (struct piece *next; spare; spare = next) {
    next = spare->next;
    free(spare);
  }
}
