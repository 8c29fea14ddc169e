/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HAVE_N2I: the system can turn the name of a network interface into its number. */

#ifndef LIBOWFAT_HAVEN2I_H
#define LIBOWFAT_HAVEN2I_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifndef HAVE_N2I
#define HAVE_N2I
#endif

#endif  /* LIBOWFAT_HAVEN2I_H */
