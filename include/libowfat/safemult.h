/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Products that are checked for overflow. */

#ifndef LIBOWFAT_SAFEMULT_H
#define LIBOWFAT_SAFEMULT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "uint16.h"
#include "uint32.h"
#include "uint64.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 5)
/* Each stores a * b in *c and returns 1. If it does not fit, each returns 0 and leaves *c alone. */

static __inline int umult16(uint16 a, uint16 b, uint16 *c) {
  uint16 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

static __inline int imult16(int16 a, int16 b, int16 *c) {
  int16 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

static __inline int umult32(uint32 a, uint32 b, uint32 *c) {
  uint32 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

static __inline int imult32(int32 a, int32 b, int32 *c) {
  int32 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

static __inline int umult64(uint64 a, uint64 b, uint64 *c) {
  uint64 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

static __inline int imult64(int64 a, int64 b, int64 *c) {
  int64 product;
  if (__builtin_mul_overflow(a, b, &product)) return 0;
  *c = product;
  return 1;
}

#else

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int umult16(uint16 a, uint16 b, uint16 *c);

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int imult16(int16 a, int16 b, int16 *c);

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int umult32(uint32 a, uint32 b, uint32 *c);

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int imult32(int32 a, int32 b, int32 *c);

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int umult64(uint64 a, uint64 b, uint64 *c);

/* Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone. */
int imult64(int64 a, int64 b, int64 *c);

#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_SAFEMULT_H */
