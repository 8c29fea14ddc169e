/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which library this is: only this implementation has this header. */

#ifndef LIBOWFAT_OWFAT_H
#define LIBOWFAT_OWFAT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 Returns the version of this implementation, such as "1.2.3": major, minor and patch level, and behind a hyphen the name of
 a prerelease. It says nothing about the interface, whose version pkg-config knows. The string is constant, ends with a
 null byte and stays valid until the program ends.

 The file holds it behind the text "@(#)owfat ".
 */
const char *owfat_version(void);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_OWFAT_H */
