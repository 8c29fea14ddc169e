/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_EPOLL: the system has epoll. */

#ifndef LIBOWFAT_HAVEEPOLL_H
#define LIBOWFAT_HAVEEPOLL_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if defined(__linux__) && !defined(HAVE_EPOLL)
#define HAVE_EPOLL 1
#endif

#endif  /* LIBOWFAT_HAVEEPOLL_H */
