/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_SIGIO: the system can announce by a signal which descriptor is ready. */

#ifndef LIBOWFAT_HAVESIGIO_H
#define LIBOWFAT_HAVESIGIO_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if defined(__linux__) && !defined(HAVE_SIGIO)
#define HAVE_SIGIO
#endif

#endif  /* LIBOWFAT_HAVESIGIO_H */
