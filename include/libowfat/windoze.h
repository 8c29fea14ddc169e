/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What programs call for the sake of Windows; elsewhere it is nothing. */

#ifndef LIBOWFAT_WINDOZE_H
#define LIBOWFAT_WINDOZE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

/* The result of a socket function, with errno set. */
#define winsock2errno(result) (result)

/* Starts the socket library. */
#define __winsock_init()

#endif  /* LIBOWFAT_WINDOZE_H */
