/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Growing strings.
 *
 * A stralloc is all zeros at first: use stralloc_init, or make it static. The functions that need memory
 * return 1, or 0 with errno ENOMEM if there is none; then nothing has changed.
 */

#ifndef LIBOWFAT_STRALLOC_H
#define LIBOWFAT_STRALLOC_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

/*
 A string that grows, and may hold null bytes. All zeros is a string without memory yet; the memory comes from
 malloc, and a caller that takes s over may free it. There is no null byte behind the last byte.
 */
typedef struct stralloc {
  /* The first byte; NULL if there is no memory. */
  char *s;
  /* Bytes in use. */
  size_t len;
  /* Bytes of memory at s. */
  size_t a;
} stralloc;

#ifdef __cplusplus
extern "C" {
#endif

/* Makes *sa a string without memory. What it held before is not freed. */
void stralloc_init(struct stralloc *sa);

/* Makes sure that there is memory for at least len bytes in all. */
int stralloc_ready(struct stralloc *sa, size_t len);

/* Makes sure that there is memory for at least len more bytes. */
int stralloc_readyplus(struct stralloc *sa, size_t len);

/* Replaces the contents by the len bytes at buf. */
int stralloc_copyb(struct stralloc *sa, const char *buf, size_t len);

/* Replaces the contents by the string buf, without its null byte. */
int stralloc_copys(struct stralloc *sa, const char *buf);

/* Replaces the contents by those of *sa2. */
int stralloc_copy(struct stralloc *sa, const struct stralloc *sa2);

/* Appends the len bytes at in, which may lie in the string itself, as in all functions that append. */
int stralloc_catb(struct stralloc *sa, const char *in, size_t len);

/* Appends the string in, without its null byte. */
int stralloc_cats(struct stralloc *sa, const char *in);

/* Appends the contents of *in. */
int stralloc_cat(struct stralloc *sa, const struct stralloc *in);

/* Appends the one byte *in. */
int stralloc_append(struct stralloc *sa, const char *in);

/* Appends the number in in decimal, with zeros in front if that has fewer than n digits. */
int stralloc_catulong0(struct stralloc *sa, unsigned long in, size_t n);

/*
 Appends the number in in decimal, with zeros in front if that has fewer than n digits, and a minus sign
 in front of them if it is negative: -10 and 4 make -0010.
 */
int stralloc_catlong0(struct stralloc *sa, long in, size_t n);

/* Makes the string empty. The memory stays. */
void stralloc_zero(struct stralloc *sa);

/* Frees the memory. *sa is as after stralloc_init. */
void stralloc_free(struct stralloc *sa);

/* Returns 1 if *sa starts with the string in, else 0. */
int stralloc_starts(struct stralloc *sa, const char *in);

/*
 Compares byte by byte: returns 0 if both are the same, -1 or 1 if *a or *b is the start of the other,
 else the difference of the first bytes that differ (negative if that of *a is less).
 */
int stralloc_diff(const struct stralloc *a, const struct stralloc *b);

/* The same for a string b, which ends at its null byte, while *a may hold some. */
int stralloc_diffs(const struct stralloc *a, const char *b);

/* Removes the last byte and returns it (0 to 255), or -1 if there is none. */
int stralloc_chop(struct stralloc *sa);

/*
 Removes one "\r\n", "\n" or "\r" at the end, and returns how many bytes that was: 2, 1, or 0 if there is
 none.
 */
int stralloc_chomp(struct stralloc *sa);

/* Appends strings up to a NULL, without their null bytes. */
int stralloc_catm_internal(stralloc *sa, ...);

/* The same with the NULL added. */
#define stralloc_catm(sa,...) stralloc_catm_internal((sa), __VA_ARGS__, (char *)0)

/* Replaces the contents by strings. */
#define stralloc_copym(sa,...) (stralloc_zero(sa), stralloc_catm_internal((sa), __VA_ARGS__, (char *)0))

/* Appends the one byte *in, without a call if there is room. */
static __inline int stralloc_APPEND(stralloc *sa, const char *in) {
  if (sa->len < sa->a) {
    sa->s[sa->len++] = *in;
    return 1;
  }
  return stralloc_append(sa, in);
}

/* Appends a null byte. */
#define stralloc_0(sa) stralloc_append((sa), "")

/* 1 if both are the same, else 0. */
#define stralloc_equal(a,b) (!stralloc_diff((a), (b)))
#define stralloc_equals(a,b) (!stralloc_diffs((a), (b)))

/* Append a number in decimal, the ones with 0 with zeros in front if it has fewer than n digits. */
#define stralloc_catlong(sa,l) stralloc_catlong0((sa), (l), 0)
#define stralloc_catulong(sa,l) stralloc_catulong0((sa), (l), 0)
#define stralloc_catint(sa,i) stralloc_catlong0((sa), (i), 0)
#define stralloc_catuint(sa,i) stralloc_catulong0((sa), (i), 0)
#define stralloc_catint0(sa,i,n) stralloc_catlong0((sa), (i), (n))
#define stralloc_catuint0(sa,i,n) stralloc_catulong0((sa), (i), (n))

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_STRALLOC_H */
