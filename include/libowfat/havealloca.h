/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Brings alloca(). */

#ifndef LIBOWFAT_HAVEALLOCA_H
#define LIBOWFAT_HAVEALLOCA_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stdlib.h>
#if defined(__linux__) || defined(__APPLE__)
#include <alloca.h>
#endif
#ifdef __linux__
#include <malloc.h>
#endif

#endif  /* LIBOWFAT_HAVEALLOCA_H */
