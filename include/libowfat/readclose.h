/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading to the end of a file. */

#ifndef LIBOWFAT_READCLOSE_H
#define LIBOWFAT_READCLOSE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <sys/types.h>
#include "stralloc.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 Appends everything up to the end of the file to *buf, initlen bytes at a time (0 for a size that fits),
 and closes fd, whatever comes of it. Returns 0, or -1 with errno: what was read until then stays in
 *buf. On a descriptor in nonblocking mode EAGAIN is an error.
 */
ssize_t readclose_append(int fd, stralloc *buf, size_t initlen);

/* The same, replacing the contents of *buf. */
ssize_t readclose(int fd, stralloc *buf, size_t initlen);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_READCLOSE_H */
