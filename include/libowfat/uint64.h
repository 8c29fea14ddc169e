/* Integers of 64 bits. */

#ifndef LIBOWFAT_UINT64_H
#define LIBOWFAT_UINT64_H

#include <inttypes.h>

/* An unsigned integer of 64 bits. */
typedef uint64_t uint64;

/* A signed integer of 64 bits. */
typedef int64_t int64;

#endif  /* LIBOWFAT_UINT64_H */
