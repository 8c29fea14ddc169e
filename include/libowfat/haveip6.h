/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LIBC_HAS_IP6: the system knows IPv6. */

#ifndef LIBOWFAT_HAVEIP6_H
#define LIBOWFAT_HAVEIP6_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifndef LIBC_HAS_IP6
#define LIBC_HAS_IP6
#endif

#endif  /* LIBOWFAT_HAVEIP6_H */
