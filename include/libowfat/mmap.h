/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Files as memory.
 *
 * All return the address of the first byte and store the size in *filesize. They return NULL and store nothing
 * if that fails, with errno from open(2), lseek(2) (ESPIPE for what has no size) or mmap(2), and for an empty
 * file, for which errno stays as it is.
 */

#ifndef LIBOWFAT_MMAP_H
#define LIBOWFAT_MMAP_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Maps the file filename for reading. What others write to it shows. */
const char *mmap_read(const char *filename, size_t *filesize);

/*
 The same for a name that, if it is relative, starts in the folder that the descriptor dirfd stands for.
 Waits for the other end of a FIFO.
 */
const char *mmap_readat(const char *filename, size_t *filesize, int dirfd);

/* Maps the file filename for reading and writing. What is written stays in memory. */
char *mmap_private(const char *filename, size_t *filesize);

/* Maps the file filename, which must exist, for reading and writing. What is written goes to the file. */
char *mmap_shared(const char *filename, size_t *filesize);

/* Unmaps a mapping of maplen bytes; nothing happens if that is 0. Returns 0, or -1 with errno EINVAL. */
int mmap_unmap(const char *mapped, size_t maplen);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_MMAP_H */
