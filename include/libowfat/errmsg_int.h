/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What messages are made of. There is one queue, for all threads and descriptors; the functions of errmsg.h and
 * errmsg_write do not use it.
 */

#ifndef LIBOWFAT_ERRMSG_INT_H
#define LIBOWFAT_ERRMSG_INT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 Queues a string, which has to stay as it is until it has been written. When 25 are queued they are
 written at once.
 */
void errmsg_puts(int fd, const char *s);

/* Writes what is queued, in one call if fd takes it. Errors are ignored. */
void errmsg_flush(int fd);

/* Queues argv0 and a colon, unless it is NULL. */
void errmsg_start(int fd);

/*
 Writes a message: argv0 and a colon (unless it is NULL), the string message and those in the list up to a NULL,
 a colon and the string err (unless it is NULL), and a newline.
 */
void errmsg_write(int fd, const char *err, const char *message, va_list list);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_ERRMSG_INT_H */
