/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting for descriptors, until a moment. */

#ifndef LIBOWFAT_IOPAUSE_H
#define LIBOWFAT_IOPAUSE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <poll.h>
#include <sys/types.h>
#include "taia.h"

/* A descriptor and what it is to be waited for. */
typedef struct pollfd iopause_fd;
#define IOPAUSE_READ POLLIN
#define IOPAUSE_WRITE POLLOUT

/* This iopause is poll(2). */
#define IOPAUSE_POLL


#ifdef __cplusplus
extern "C" {
#endif

/*
 Waits until one of the len descriptors at x is ready (or hung up, or not open), or the deadline has
 come, or a signal; stamp is the caller's current time. fd and events say what to wait for,
 entries with a negative fd are skipped. revents says what is the case: 0 for nothing. No wait is longer
 than 1000 seconds.
 */
void iopause(iopause_fd *x, unsigned int len, tai6464 *deadline, tai6464 *stamp);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IOPAUSE_H */
