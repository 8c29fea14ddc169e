/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Text whose case does not matter. Only A to Z have a case, in every locale. */

#ifndef LIBOWFAT_CASE_H
#define LIBOWFAT_CASE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Turns the capitals of a string into small letters. */
void case_lowers(char *s);

/* Turns the capitals among len bytes into small letters. */
void case_lowerb(void *buf, size_t len);

/*
 Returns 0 if the strings are equal, else the difference (a - b) of the first two bytes that differ, as
 numbers from 0 to 255, capitals counting as small letters.
 */
int case_diffs(const char *a, const char *b);

/*
 Returns 0 if the len bytes at a and b are equal, else the difference (a - b) of the first two that differ,
 as numbers from 0 to 255, capitals counting as small letters. Nothing behind those is read.
 */
int case_diffb(const void *a, size_t len, const void *b);

/* Returns 1 if a begins with b, else 0. */
int case_starts(const char *a, const char *b);

/* 1 if the strings are equal, else 0. */
#define case_equals(a,b) (!case_diffs((a), (b)))

/* 1 if the len bytes at a and b are equal, else 0. */
#define case_equalb(a,len,b) (!case_diffb((a), (len), (b)))

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_CASE_H */
