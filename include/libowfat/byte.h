/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bytes that are counted. With len 0, pointers may be NULL. */

#ifndef LIBOWFAT_BYTE_H
#define LIBOWFAT_BYTE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 Returns the position of the first needle among len bytes, or len if there is none. Nothing behind the
 first needle is read.
 */
size_t byte_chr(const void *haystack, size_t len, char needle) __attribute__((pure));

/* Returns the position of the last needle among len bytes, or len if there is none. */
size_t byte_rchr(const void *haystack, size_t len, char needle) __attribute__((pure));

/*
 Copies len bytes from in to out, the first one first: if they overlap, out should be before in. (Where out
 lies within the source, the bytes before it repeat.)
 */
void byte_copy(void *out, size_t len, const void *in);

/*
 Copies len bytes from in to out, the last one first: if they overlap, out should be behind in. (Where out
 ends within the source, the bytes behind it repeat.)
 */
void byte_copyr(void *out, size_t len, const void *in);

/*
 Returns 0 if the len bytes at a and b are equal, else the difference (a - b) of the first two that differ,
 as numbers from 0 to 255. Nothing behind those is read.
 */
int byte_diff(const void *a, size_t len, const void *b) __attribute__((pure));

/* Sets len bytes to 0. */
void byte_zero(void *out, size_t len);

/*
 Returns 1 if the len bytes at a and b are equal, else 0. The time that it takes depends on len only:
 a secret cannot be learned from it byte by byte.
 */
int byte_equal_notimingattack(const void *a, size_t len, const void *b) __attribute__((pure));

#if defined(OWFAT_API) && OWFAT_API >= 33

/* Returns 1 if the first of the alen bytes at a are the blen bytes at b, else 0. */
int byte_start(const void *a, size_t alen, const void *b, size_t blen) __attribute__((pure));

/* The same for a string, without its null byte. */
int byte_starts(const void *a, size_t alen, const char *str) __attribute__((pure));

#if defined(__GNUC__) && !defined(__LIBOWFAT_INTERNAL)
/* The compiler knows how long a constant string is. */
#define byte_starts(a,alen,str) \
  (__builtin_constant_p(__builtin_strlen(str)) ? byte_start((a), (alen), (str), __builtin_strlen(str)) \
                                               : byte_starts((a), (alen), (str)))
#endif

#endif

/* 1 if the len bytes at a and b are equal, else 0. */
#define byte_equal(a,len,b) (!byte_diff((a), (len), (b)))

/* Defined where the processor reads and writes integers at any address. (C itself does not allow that.) */
#if defined(__i386__) || defined(__x86_64__)
#define UNALIGNED_ACCESS_OK
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_BYTE_H */
