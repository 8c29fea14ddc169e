/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_KQUEUE: the system has kqueue. */

#ifndef LIBOWFAT_HAVEKQUEUE_H
#define LIBOWFAT_HAVEKQUEUE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if (defined(__APPLE__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
     defined(__DragonFly__)) && !defined(HAVE_KQUEUE)
#define HAVE_KQUEUE
#endif

#endif  /* LIBOWFAT_HAVEKQUEUE_H */
