/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Messages to the standard descriptors: argv0 and a colon, the strings one after the other, and a newline, in
 * one write. Lists of strings end with a NULL; the macros add it.
 *
 * buffer_1 and buffer_2 are not involved: flush them first. errno stays as it is.
 */

#ifndef LIBOWFAT_ERRMSG_H
#define LIBOWFAT_ERRMSG_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets argv0. The string is not copied. */
void errmsg_iam(const char *who);

/* The name of the program, in front of every message; NULL for none. */
extern const char *argv0;

/* To the standard error; sys adds what strerror says of errno. */
void errmsg_warn(const char *message, ...);
void errmsg_warnsys(const char *message, ...);

/* The same to the standard output. */
void errmsg_info(const char *message, ...);
void errmsg_infosys(const char *message, ...);

#define carp(...) errmsg_warn(__VA_ARGS__, (char *)0)
#define carpsys(...) errmsg_warnsys(__VA_ARGS__, (char *)0)
#define msg(...) errmsg_info(__VA_ARGS__, (char *)0)
#define msgsys(...) errmsg_infosys(__VA_ARGS__, (char *)0)

/* The same, and exit(n). */
#define die(n,...) do { errmsg_warn(__VA_ARGS__, (char *)0); exit(n); } while (0)
#define diesys(n,...) do { errmsg_warnsys(__VA_ARGS__, (char *)0); exit(n); } while (0)

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_ERRMSG_H */
