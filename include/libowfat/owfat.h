/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which library this is: only this implementation has this header. */

#ifndef LIBOWFAT_OWFAT_H
#define LIBOWFAT_OWFAT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <sys/types.h>

/* The bits of a time_t in the library; `make install` says so where there are two widths, on older 32-bit machines. */
#define LIBOWFAT_TIME_BITS (8 * sizeof(time_t))

/*
 An error here means that the program has another time_t than the library, which is compiled with -D_TIME_BITS=64
 -D_FILE_OFFSET_BITS=64, or without. `pkg-config --cflags libowfat` tells.
 */
typedef char libowfat_has_another_time_t[LIBOWFAT_TIME_BITS == 8 * sizeof(time_t) ? 1 : -1];

#ifdef __cplusplus
extern "C" {
#endif

/*
 Returns the version of this implementation, such as "1.2.3": major, minor and patch level, and behind a hyphen the name of
 a prerelease. It says nothing about the interface, whose version pkg-config knows. The string is constant, ends with a
 null byte and stays valid until the program ends.

 The file holds it behind the text "@(#)owfat ".
 */
const char *owfat_version(void);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_OWFAT_H */
