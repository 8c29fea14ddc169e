/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_UINT128: the compiler has integers of 128 bits. */

#ifndef LIBOWFAT_HAVEUINT128_H
#define LIBOWFAT_HAVEUINT128_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if defined(__SIZEOF_INT128__) && !defined(HAVE_UINT128)
#define HAVE_UINT128
#endif

#endif  /* LIBOWFAT_HAVEUINT128_H */
