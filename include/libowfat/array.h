/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Growing arrays: bytes that are malloc's, in elements of whatever size the caller names.
 *
 * A new array is all zeros (static, or cleared with memset). An array that has failed stays so until
 * array_reset: append many times, and look once at the end with array_failed. */

#ifndef LIBOWFAT_ARRAY_H
#define LIBOWFAT_ARRAY_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include "uint64.h"

/*
 An array of bytes that grows. All zeros is an array without memory yet; the memory comes from malloc, and
 a caller that takes p over may free it.
 */
typedef struct {
  /* The first byte; NULL if there is no memory. */
  char *p;
  /* Bytes of memory at p; -1 if the array has failed. */
  int64 allocated;
  /* Bytes in use. */
  uint64 initialized;
  /* Reserved, 0. */
  size_t headroom;
} array;

#ifdef __cplusplus
extern "C" {
#endif

/*
 Makes element number pos (counted from 0, of membersize bytes) exist, and all before it, and returns its
 address, which is valid until the array grows again. Bytes that come into use are zero. If the array has
 failed or pos is negative (EINVAL), or memory is lacking (ENOMEM), returns NULL and changes nothing.
 */
void *array_allocate(array *x, uint64 membersize, int64 pos);

/* Returns the address of element number pos, or NULL if not all of its bytes are in use. */
void *array_get(const array *x, uint64 membersize, int64 pos);

/* Returns the address of the first byte, or NULL without memory. */
void *array_start(const array *x);

/* Returns the number of elements of membersize bytes that are wholly in use, -1 if the array has failed. */
int64 array_length(const array *x, uint64 membersize);

/* Returns the number of bytes in use, -1 if the array has failed. */
int64 array_bytes(const array *x);

/*
 Keeps the first len elements of membersize bytes, if there are that many; else nothing changes. The memory
 stays allocated.
 */
void array_truncate(array *x, uint64 membersize, int64 len);

/* Keeps no element. The memory stays allocated; an array that has failed stays failed. */
void array_trunc(array *x);

/* Frees the memory. The array is as new, also if it had failed. */
void array_reset(array *x);

/* Frees the memory and makes the array failed. */
void array_fail(array *x);

/* Returns 1 if the same bytes are in use in both, else 0. An array that has failed equals none. */
int array_equal(const array *x, const array *y);

/*
 Appends the bytes of from, which may be the same array. If from has failed (EINVAL) or memory is lacking
 (ENOMEM), the array fails. One that has failed stays as it is; so with all functions that append.
 */
void array_cat(array *to, const array *from);

/*
 Appends len bytes, which may lie in the same array. With len 0, from is not looked at. If memory is
 lacking (ENOMEM), the array fails.
 */
void array_catb(array *to, const char *from, uint64 len);

/* Appends a string without its null byte. If memory is lacking (ENOMEM), the array fails. */
void array_cats(array *to, const char *from);

/* Appends a string with its null byte. If memory is lacking (ENOMEM), the array fails. */
void array_cats0(array *to, const char *from);

/* Appends one null byte. If memory is lacking (ENOMEM), the array fails. */
void array_cat0(array *to);

/*
 Appends the bytes of from at positions pos to stop-1. If they are not all in use in from, or from has
 failed (EINVAL), or memory is lacking (ENOMEM), the array fails.
 */
void array_cate(array *to, const array *from, int64 pos, int64 stop);

/*
 Removes the first members elements of membersize bytes, all if there are not that many. What is left
 moves to the front, which takes time in proportion to its size.
 */
void array_shift(array *x, uint64 membersize, uint64 members);

/* Removes the last members elements of membersize bytes, all if there are not that many. */
void array_chop(array *x, uint64 membersize, uint64 members);

/* 1 if the array has failed, else 0. */
#define array_failed(x) (array_bytes(x) == -1)

/* 1 if no byte of the array is in use (and it has not failed), else 0. */
#define array_unallocated(x) (array_bytes(x) == 0)

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_ARRAY_H */
