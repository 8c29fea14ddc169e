/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading files without waiting for the disk, with libowfat-aio: pieces are asked for, and come in through the loop. */
#ifndef HTTPD_DISK_H
#define HTTPD_DISK_H

#include <libowfat/aio.h>
#include <stddef.h>
#include <sys/types.h>

/* The longest piece. Long enough that handing it over costs little beside copying it, and short enough that sending it is
   no long turn; each slow client keeps one. */
enum { PIECE_MAX = 1 << 18 };

/* A piece of a file. Until it is complete it belongs to the library, and only `owner` may be changed. */
struct piece {
  struct aiocb block; /* comes first: the address that aio_waitcomplete hands out is the piece's */
  void *owner;        /* NULL: gone */
  struct piece *next; /* among the spare ones */
  size_t len;         /* what was read: less than aio_nbytes at the end of the file, 0 after an error */
  char bytes[PIECE_MAX];
};

/* The descriptor that is readable when a piece is there, for io_fd and io_wantread; -1 with errno. */
int disk_descriptor(void);

/* Asks for `len` bytes at `offset`, for `owner`. The file may be closed at once. Returns NULL without memory. */
struct piece *disk_read(int file, off_t offset, size_t len, void *owner);

/* The next piece that is complete and whose owner is still there, or NULL. */
struct piece *disk_next(void);

/* Gives back a piece that is complete. One that is not is given its NULL for an owner instead. */
void disk_free(struct piece *piece);

/* Waits for what was forgotten, and gives back the memory. */
void disk_end(void);

#endif
