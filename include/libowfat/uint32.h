/* Integers of 32 bits. */

#ifndef LIBOWFAT_UINT32_H
#define LIBOWFAT_UINT32_H

#include <inttypes.h>

/* An unsigned integer of 32 bits. */
typedef uint32_t uint32;

/* A signed integer of 32 bits. */
typedef int32_t int32;

#endif  /* LIBOWFAT_UINT32_H */
