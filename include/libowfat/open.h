/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Opening files.
 *
 * All return a descriptor, or -1 with errno from open(2). The descriptors are in nonblocking mode, which is
 * of no consequence for files, but keeps FIFOs from waiting for their other end; they are inherited by
 * programs that are executed. The umask applies to modes. Interrupted calls are not repeated.
 */

#ifndef LIBOWFAT_OPEN_H
#define LIBOWFAT_OPEN_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Opens filename for reading. */
int open_read(const char *filename);

/* Creates filename, which may not exist yet, with mode 0600, for writing. */
int open_excl(const char *filename);

/* Opens filename for writing at its end, wherever that is by then. Created with mode 0600 if need be. */
int open_append(const char *filename);

/* Opens filename for writing and cuts it to nothing. Created with mode 0644 if need be. */
int open_trunc(const char *filename);

/* Opens filename for writing over what is there. Created with mode 0644 if need be. */
int open_write(const char *filename);

/* Opens filename for reading and writing. Created with mode 0644 if need be. */
int open_rw(const char *filename);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_OPEN_H */
