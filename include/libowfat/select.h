/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* select(2), with all that its macros need on some systems. */

#ifndef LIBOWFAT_SELECT_H
#define LIBOWFAT_SELECT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <sys/types.h>
#include <sys/time.h>
#include <sys/select.h>
#include <string.h>

#endif  /* LIBOWFAT_SELECT_H */
