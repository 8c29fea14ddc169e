/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Hints for the compiler: which way a condition goes most of the time. */

#ifndef LIBOWFAT_LIKELY_H
#define LIBOWFAT_LIKELY_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

/* x, which is most likely v. */
#ifndef __expect
#ifdef __GNUC__
#define __expect(x,v) __builtin_expect((long)(x), (v))
#else
#define __expect(x,v) (x)
#endif
#endif

/* x, which is most likely 1. */
#ifndef __likely
#define __likely(x) __expect((x), 1)
#endif

/* x, which is most likely 0. */
#ifndef __unlikely
#define __unlikely(x) __expect((x), 0)
#endif

#endif  /* LIBOWFAT_LIKELY_H */
