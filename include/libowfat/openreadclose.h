/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading a whole file. */

#ifndef LIBOWFAT_OPENREADCLOSE_H
#define LIBOWFAT_OPENREADCLOSE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "stralloc.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 Replaces the contents of *buf by those of the file filename, which is read initlen bytes at a time (0
 for a size that fits). Returns 1, or 0 if there is no such file (errno is ENOENT, and *buf stays as it
 is), or -1 with errno: what was read until then stays in *buf.
 */
int openreadclose(const char *filename, stralloc *buf, size_t initlen);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_OPENREADCLOSE_H */
