/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_PREAD: the system has pread(). */

#ifndef LIBOWFAT_HAVEPREAD_H
#define LIBOWFAT_HAVEPREAD_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifndef HAVE_PREAD
#define HAVE_PREAD
#endif

#endif  /* LIBOWFAT_HAVEPREAD_H */
