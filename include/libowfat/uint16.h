/* Integers of 16 bits. */

#ifndef LIBOWFAT_UINT16_H
#define LIBOWFAT_UINT16_H

#include <inttypes.h>

/* An unsigned integer of 16 bits. */
typedef uint16_t uint16;

/* A signed integer of 16 bits. */
typedef int16_t int16;

#endif  /* LIBOWFAT_UINT16_H */
