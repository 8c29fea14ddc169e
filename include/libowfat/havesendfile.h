/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_SENDFILE: the system has a sendfile() like that of Linux. */

#ifndef LIBOWFAT_HAVESENDFILE_H
#define LIBOWFAT_HAVESENDFILE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if defined(__linux__) && !defined(HAVE_SENDFILE)
#define HAVE_SENDFILE
#endif

#endif  /* LIBOWFAT_HAVESENDFILE_H */
