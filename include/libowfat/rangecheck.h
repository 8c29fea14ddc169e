/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Checks of addresses and numbers that came in from outside.
 *
 * The functions return 1 for fine and 0 for not; the macros add_of, sub_of and assign are 0 for fine. */

#ifndef LIBOWFAT_RANGECHECK_H
#define LIBOWFAT_RANGECHECK_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <inttypes.h>
#include <stddef.h>
#include "likely.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 Returns 1 if elements elements of membersize bytes at arraystart lie within the len bytes at buf, else 0.
 An array without elements may begin at the very end.
 */
int range_arrayinbuf(const void *buf, size_t len, const void *arraystart, size_t elements, size_t membersize);

/*
 Returns 1 if stringstart and the next null byte from there on lie within the len bytes at buf, else 0. Nothing
 outside of buf is read.
 */
int range_strinbuf(const void *buf,
                   size_t len,
                   const void *stringstart);

/* Like range_strinbuf for strings of 16-bit units, which need not be aligned: the null byte is a unit of zeros. */
int range_str2inbuf(const void *buf, size_t len, const void *stringstart);

/* Like range_strinbuf for strings of 32-bit units, which need not be aligned: the null byte is a unit of zeros. */
int range_str4inbuf(const void *buf, size_t len, const void *stringstart);

/* Returns 1 if ptr points to one of the len bytes at buf, else 0. */
static __inline int range_ptrinbuf(const void *buf, size_t len, const void *ptr) {
  return __likely(buf && (uintptr_t)buf + len > (uintptr_t)buf && (uintptr_t)ptr - (uintptr_t)buf < len);
}

/* Returns 1 if ptr points to one of the bytes from Min up to, but not including, Max, else 0. */
static __inline int range_ptrinbuf2(const void *Min, const void *Max, const void *ptr) {
  return __likely(Min && (uintptr_t)ptr >= (uintptr_t)Min && (uintptr_t)ptr < (uintptr_t)Max);
}

/* Returns 1 if len bytes (perhaps 0) at buf are possible: buf is not NULL, and memory does not end before. */
static __inline int range_validbuf(const void *buf, size_t len) {
  return __likely(buf && (uintptr_t)buf + len >= (uintptr_t)buf);
}

/* Returns 1 if a buffer (perhaps empty) from Min up to, but not including, Max is possible. */
static __inline int range_validbuf2(const void *Min, const void *Max) {
  return __likely(Min && (uintptr_t)Max >= (uintptr_t)Min);
}

/* Returns 1 if the len2 bytes (perhaps 0) at buf2 lie within the len1 bytes at buf1, else 0. */
static __inline int range_bufinbuf(const void *buf1, size_t len1, const void *buf2, size_t len2) {
  return range_validbuf(buf1, len1) && range_validbuf(buf2, len2) &&
         __likely((uintptr_t)buf1 <= (uintptr_t)buf2 && (uintptr_t)buf2 + len2 <= (uintptr_t)buf1 + len1);
}

/* dest = a + b, for integers of any types. 0 if the sum fits; else 1, and dest gets its lower bits. */
#define add_of(dest,a,b) __builtin_add_overflow((a), (b), &(dest))

/* dest = a - b, for integers of any types. 0 if the result fits; else 1, and dest gets its lower bits. */
#define sub_of(dest,a,b) __builtin_sub_overflow((a), (b), &(dest))

/* dest = src, for integers of any types. 0 if the value fits; else 1, and dest is unchanged. */
#ifdef __cplusplus
/* A macro would replace the member functions of this name in the standard library's headers. */
extern "C++" {
template <class Dest, class Src>
inline int assign(Dest &dest, Src src) {
  const Dest owfat_dest = (Dest)src;
  if ((Src)owfat_dest != src || (owfat_dest < 1) != (src < 1)) return 1;
  dest = owfat_dest;
  return 0;
}
}
#else
#define assign(dest,src) __extension__ ({ \
  const __typeof__(src) owfat_src = (src); \
  const __typeof__(dest) owfat_dest = (__typeof__(dest))owfat_src; \
  const int owfat_lost = (__typeof__(src))owfat_dest != owfat_src || (owfat_dest < 1) != (owfat_src < 1); \
  if (!owfat_lost) (dest) = owfat_dest; \
  owfat_lost; })
#endif

/* The least and the greatest value of an integer type. */
#ifdef __NetBSD__
/* Macros of <sys/cdefs.h> need others of these names, with two arguments: so both are there. */
#undef __MIN
#undef __MAX
#define __MIN(...) __owfat_third(__VA_ARGS__, __owfat_lesser, __owfat_least, 0)(__VA_ARGS__)
#define __MAX(...) __owfat_third(__VA_ARGS__, __owfat_greater, __owfat_greatest, 0)(__VA_ARGS__)
#define __owfat_third(one,two,three,...) three
#define __owfat_lesser(a,b) ((a) <= (b) ? (a) : (b))
#define __owfat_greater(a,b) ((a) > (b) ? (a) : (b))
#define __owfat_least(type) ((type)-1 < 1 ? __MIN_SIGNED(type) : (type)0)
#define __owfat_greatest(type) ((type)~__owfat_least(type))
#else
#define __MIN(type) ((type)-1 < 1 ? __MIN_SIGNED(type) : (type)0)
#define __MAX(type) ((type)~__MIN(type))
#endif

/* The same for a signed type, and half of its range. */
#define __HALF_MAX_SIGNED(type) ((type)1 << (sizeof(type) * 8 - 2))
#define __MAX_SIGNED(type) (__HALF_MAX_SIGNED(type) - 1 + __HALF_MAX_SIGNED(type))
#define __MIN_SIGNED(type) (-1 - __MAX_SIGNED(type))

/* Inline functions of this kind have no code of their own. */
#ifdef __GNUC_STDC_INLINE__
#define __gnuinline __attribute__((__gnu_inline__))
#else
#define __gnuinline
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_RANGECHECK_H */
