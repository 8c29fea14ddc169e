/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Strings that end in a null byte. */

#ifndef LIBOWFAT_STR_H
#define LIBOWFAT_STR_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Copies the string in, with its null byte, to out. Returns its length without the null byte. */
size_t str_copy(char *out, const char *in);

/*
 Returns 0 if the strings are equal, else the difference (a - b) of the first two bytes that differ, as
 numbers from 0 to 255. Nothing behind those is read.
 */
int str_diff(const char *a, const char *b) __attribute__((pure));

/* Like str_diff, for the first limit bytes at most. */
int str_diffn(const char *a, const char *b, size_t limit) __attribute__((pure));

/* Returns the length of the string without its null byte. */
size_t str_len(const char *s) __attribute__((pure));

/* Returns the position of the first needle, or of the null byte if there is none. */
size_t str_chr(const char *haystack, char needle) __attribute__((pure));

/* Returns the position of the last needle, or of the null byte if there is none. */
size_t str_rchr(const char *haystack, char needle) __attribute__((pure));

/* Returns 1 if a begins with b, else 0. */
int str_start(const char *a, const char *b) __attribute__((pure));

/* 1 if the strings are equal, else 0. */
#define str_equal(a,b) (!str_diff((a), (b)))

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_STR_H */
