/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Blocking and nonblocking descriptors. */

#ifndef LIBOWFAT_NDELAY_H
#define LIBOWFAT_NDELAY_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 Makes fd nonblocking: instead of waiting, calls fail with EAGAIN. The mode belongs to the open file description, which other
 descriptors and processes may share. Returns 0, or -1 and sets errno: EBADF if fd is not open.
 */
int ndelay_on(int fd);

/* Makes fd blocking: calls wait. Returns 0, or -1 and sets errno: EBADF if fd is not open. */
int ndelay_off(int fd);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_NDELAY_H */
