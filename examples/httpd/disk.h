/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading files without waiting for the disk, with libowfat-aio: pieces are asked for, and come in through the loop. */
#ifndef HTTPD_DISK_H
#define HTTPD_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A piece that is being read. */
struct piece;

/* The descriptor that is readable when a piece is there, for io_fd and io_wantread; -1 with errno. */
int disk_descriptor(void);

/* Asks for `len` bytes at `offset`, for `owner`. The file may be closed at once. Returns NULL without memory. */
struct piece *disk_read(int file, off_t offset, size_t len, void *owner);

/* The owner goes and does not want the piece any more. */
void disk_forget(struct piece *piece);

/* The next piece that is there: its owner, or NULL if there is none. *bytes, which the caller frees, is NULL if the piece
   could not be read whole. */
void *disk_next(char **bytes, size_t *len);

/* Waits for what was forgotten. */
void disk_end(void);

#endif
