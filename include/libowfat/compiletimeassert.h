/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* compiletimeassert(condition): the program does not compile if the constant condition is 0. It stands where a
 * declaration may stand, and brings its own semicolon. */

#ifndef LIBOWFAT_COMPILETIMEASSERT_H
#define LIBOWFAT_COMPILETIMEASSERT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#if defined(__cplusplus) && __cplusplus >= 201103L
#define compiletimeassert(condition) static_assert(condition, #condition);
#elif !defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define compiletimeassert(condition) _Static_assert(condition, #condition);
#else
/* An array cannot have -1 members. The line number makes a name of its own for each use. */
#define compiletimeassert(condition) compiletimeassert_in_line(condition, __LINE__)
#define compiletimeassert_in_line(condition, line) compiletimeassert_named(condition, line)
#define compiletimeassert_named(condition, line) \
  struct compiletimeassert_##line { char holds[(condition) ? 1 : -1]; };
#endif

#endif  /* LIBOWFAT_COMPILETIMEASSERT_H */
