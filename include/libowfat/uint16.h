/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Integers of 16 bits, and their bytes in either order.
 *
 * Define NO_UINT16_MACROS before this header to call the library's functions instead of the inline ones. */

#ifndef LIBOWFAT_UINT16_H
#define LIBOWFAT_UINT16_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <inttypes.h>
#include <stddef.h>

/* An unsigned integer of 16 bits. */
typedef uint16_t uint16;

/* A signed integer of 16 bits. */
typedef int16_t int16;

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(NO_UINT16_MACROS) && defined(__GNUC__) && \
    defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Writes in to the 2 bytes at out, least significant first. */
static __inline void uint16_pack(char *out, uint16 in) {
  __builtin_memcpy(out, &in, sizeof in);
}

/* Writes in to the 2 bytes at out, most significant first. */
static __inline void uint16_pack_big(char *out, uint16 in) {
  uint16_pack(out, __builtin_bswap16(in));
}

/* Returns what the 2 bytes at in say, least significant first. */
static __inline uint16 uint16_read(const char *in) {
  uint16 out;
  __builtin_memcpy(&out, in, sizeof out);
  return out;
}

/* Returns what the 2 bytes at in say, most significant first. */
static __inline uint16 uint16_read_big(const char *in) {
  return __builtin_bswap16(uint16_read(in));
}

/* Stores in *out what the 2 bytes at in say, least significant first. */
static __inline void uint16_unpack(const char *in, uint16 *out) {
  *out = uint16_read(in);
}

/* Stores in *out what the 2 bytes at in say, most significant first. */
static __inline void uint16_unpack_big(const char *in, uint16 *out) {
  *out = uint16_read_big(in);
}

#else

/* Writes in to the 2 bytes at out, least significant first. */
void uint16_pack(char *out, uint16 in);

/* Writes in to the 2 bytes at out, most significant first. */
void uint16_pack_big(char *out, uint16 in);

/* Stores in *out what the 2 bytes at in say, least significant first. */
void uint16_unpack(const char *in, uint16 *out);

/* Stores in *out what the 2 bytes at in say, most significant first. */
void uint16_unpack_big(const char *in, uint16 *out);

/* Returns what the 2 bytes at in say, least significant first. */
uint16 uint16_read(const char *in);

/* Returns what the 2 bytes at in say, most significant first. */
uint16 uint16_read_big(const char *in);

#endif

#if defined(OWFAT_API) && OWFAT_API >= 33
/* Writes in to the 2 bytes at out, least significant first, unless out is NULL. Returns 2. */
static __inline size_t fmt_uint16(char *out, uint16 in) {
  if (out) uint16_pack(out, in);
  return 2;
}

/* Writes in to the 2 bytes at out, most significant first, unless out is NULL. Returns 2. */
static __inline size_t fmt_uint16_big(char *out, uint16 in) {
  if (out) uint16_pack_big(out, in);
  return 2;
}

/* Stores in *out what the first 2 of len bytes at in say, least significant first, and returns 2. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint16(const char *in, size_t len, uint16 *out) {
  if (len < 2) return 0;
  *out = uint16_read(in);
  return 2;
}

/* Stores in *out what the first 2 of len bytes at in say, most significant first, and returns 2. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint16_big(const char *in, size_t len, uint16 *out) {
  if (len < 2) return 0;
  *out = uint16_read_big(in);
  return 2;
}
#endif

#if defined(__cplusplus) && defined(OWFAT_API) && OWFAT_API >= 34
/* The same for pointers of other types. */
extern "C++" {
#ifndef uint16_pack
inline void uint16_pack(unsigned char *out, uint16 in) { uint16_pack((char *)out, in); }
inline void uint16_pack(uint16 *out, uint16 in) { uint16_pack((char *)out, in); }
#endif
inline void uint16_pack_big(unsigned char *out, uint16 in) { uint16_pack_big((char *)out, in); }
inline void uint16_pack_big(uint16 *out, uint16 in) { uint16_pack_big((char *)out, in); }
#ifndef uint16_unpack
inline void uint16_unpack(const unsigned char *in, uint16 *out) { uint16_unpack((const char *)in, out); }
#endif
inline void uint16_unpack_big(const unsigned char *in, uint16 *out) { uint16_unpack_big((const char *)in, out); }
#ifndef uint16_read
inline uint16 uint16_read(const unsigned char *in) { return uint16_read((const char *)in); }
inline uint16 uint16_read(const uint16 *in) { return uint16_read((const char *)in); }
#endif
inline uint16 uint16_read_big(const unsigned char *in) { return uint16_read_big((const char *)in); }
inline uint16 uint16_read_big(const uint16 *in) { return uint16_read_big((const char *)in); }
inline uint16 uint_read(const uint16 *in) { return uint16_read((const char *)in); }
inline uint16 uint_read_big(const uint16 *in) { return uint16_read_big((const char *)in); }
}
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_UINT16_H */
