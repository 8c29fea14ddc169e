/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LIBC_HAS_SCOPE_ID: an IPv6 address of the system has a scope. */

#ifndef LIBOWFAT_HAVESCOPE_H
#define LIBOWFAT_HAVESCOPE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifndef LIBC_HAS_SCOPE_ID
#define LIBC_HAS_SCOPE_ID
#endif

#endif  /* LIBOWFAT_HAVESCOPE_H */
