/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Arrays whose elements never move: one thread may use an element while another one adds more.
 *
 * Element n is in list n % 16, at place n / 16 of it; a list is a chain of pages of elemperpage elements. */

#ifndef LIBOWFAT_IARRAY_H
#define LIBOWFAT_IARRAY_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include <pthread.h>
#include "uint64.h"

/* A page of elements, and the way to the next one of its chain. */
#ifdef __GNUC__
__extension__ /* C++ has no flexible array members, its compilers do. */
#endif
typedef struct _iarray_page {
  struct _iarray_page *next;
  char data[];
} iarray_page;


/* An array whose elements never move: element n is in chain n % 16, at place n / 16 of it. */
typedef struct {
  /* The first page of each chain; NULL before the first element of that chain. */
  iarray_page *pages[16];
  /* Bytes per element. */
  size_t elemsize;
  /* Elements per page. */
  size_t elemperpage;
  /* Bytes per page, the pointer to the next page included. */
  size_t bytesperpage;
  /* The number of the last element that was ever allocated, plus one. */
  size_t len;
} iarray;

#ifdef __cplusplus
extern "C" {
#endif

/* Makes *ia an array without elements, whose elements will have elemsize bytes each. Takes no memory yet. */
void iarray_init(iarray *ia, size_t elemsize);

/*
 Returns the address of element number pos, or NULL if it is not there. Elements that were never asked for
 may be there, full of zeros, because others of their page were.
 */
void *iarray_get(iarray *ia, size_t pos);

/*
 Returns the address of element number pos, which is made, full of zeros, if it is not there. It stays
 valid until iarray_free. Any number of threads may call this at the same time. Returns NULL if memory is
 lacking (ENOMEM) or the elements have no size (EINVAL); the array is unchanged then.
 */
void *iarray_allocate(iarray *ia, size_t pos);

/* Returns the number of the last element that was ever allocated, plus one; 0 if there was none. */
size_t iarray_length(iarray *ia);

/* Frees all elements; the array is as after iarray_init. No other thread may use it during the call. */
void iarray_free(iarray *ia);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IARRAY_H */
