/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PP_NARG(...): how many arguments these are, as a constant. They are not evaluated; each must be something that
 * C can convert to _Bool, and there must be one at least. */

#ifndef LIBOWFAT_VA_NARG_H
#define LIBOWFAT_VA_NARG_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

/* The 0 in front is for a string that comes alone, and would be taken for the whole array. */
#define PP_NARG(...) (sizeof((_Bool[]){0, __VA_ARGS__}) / sizeof(_Bool) - 1)

#endif  /* LIBOWFAT_VA_NARG_H */
