/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Integers of 32 bits, and their bytes in either order.
 *
 * Define NO_UINT32_MACROS before this header to call the library's functions instead of the inline ones. */

#ifndef LIBOWFAT_UINT32_H
#define LIBOWFAT_UINT32_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <inttypes.h>
#include <stddef.h>

/* An unsigned integer of 32 bits. */
typedef uint32_t uint32;

/* A signed integer of 32 bits. */
typedef int32_t int32;

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(NO_UINT32_MACROS) && defined(__GNUC__) && \
    defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Writes in to the 4 bytes at out, least significant first. */
static __inline void uint32_pack(char *out, uint32 in) {
  __builtin_memcpy(out, &in, sizeof in);
}

/* Writes in to the 4 bytes at out, most significant first. */
static __inline void uint32_pack_big(char *out, uint32 in) {
  uint32_pack(out, __builtin_bswap32(in));
}

/* Returns what the 4 bytes at in say, least significant first. */
static __inline uint32 uint32_read(const char *in) {
  uint32 out;
  __builtin_memcpy(&out, in, sizeof out);
  return out;
}

/* Returns what the 4 bytes at in say, most significant first. */
static __inline uint32 uint32_read_big(const char *in) {
  return __builtin_bswap32(uint32_read(in));
}

/* Stores in *out what the 4 bytes at in say, least significant first. */
static __inline void uint32_unpack(const char *in, uint32 *out) {
  *out = uint32_read(in);
}

/* Stores in *out what the 4 bytes at in say, most significant first. */
static __inline void uint32_unpack_big(const char *in, uint32 *out) {
  *out = uint32_read_big(in);
}

#else

/* Writes in to the 4 bytes at out, least significant first. */
void uint32_pack(char *out, uint32 in);

/* Writes in to the 4 bytes at out, most significant first. */
void uint32_pack_big(char *out, uint32 in);

/* Stores in *out what the 4 bytes at in say, least significant first. */
void uint32_unpack(const char *in, uint32 *out);

/* Stores in *out what the 4 bytes at in say, most significant first. */
void uint32_unpack_big(const char *in, uint32 *out);

/* Returns what the 4 bytes at in say, least significant first. */
uint32 uint32_read(const char *in);

/* Returns what the 4 bytes at in say, most significant first. */
uint32 uint32_read_big(const char *in);

#endif

#if defined(OWFAT_API) && OWFAT_API >= 33
/* Writes in to the 4 bytes at out, least significant first, unless out is NULL. Returns 4. */
static __inline size_t fmt_uint32(char *out, uint32 in) {
  if (out) uint32_pack(out, in);
  return 4;
}

/* Writes in to the 4 bytes at out, most significant first, unless out is NULL. Returns 4. */
static __inline size_t fmt_uint32_big(char *out, uint32 in) {
  if (out) uint32_pack_big(out, in);
  return 4;
}

/* Stores in *out what the first 4 of len bytes at in say, least significant first, and returns 4. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint32(const char *in, size_t len, uint32 *out) {
  if (len < 4) return 0;
  *out = uint32_read(in);
  return 4;
}

/* Stores in *out what the first 4 of len bytes at in say, most significant first, and returns 4. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint32_big(const char *in, size_t len, uint32 *out) {
  if (len < 4) return 0;
  *out = uint32_read_big(in);
  return 4;
}
#endif

#if defined(__cplusplus) && defined(OWFAT_API) && OWFAT_API >= 34
/* The same for pointers of other types. */
extern "C++" {
#ifndef uint32_pack
inline void uint32_pack(unsigned char *out, uint32 in) { uint32_pack((char *)out, in); }
inline void uint32_pack(uint32 *out, uint32 in) { uint32_pack((char *)out, in); }
#endif
inline void uint32_pack_big(unsigned char *out, uint32 in) { uint32_pack_big((char *)out, in); }
inline void uint32_pack_big(uint32 *out, uint32 in) { uint32_pack_big((char *)out, in); }
#ifndef uint32_unpack
inline void uint32_unpack(const unsigned char *in, uint32 *out) { uint32_unpack((const char *)in, out); }
#endif
inline void uint32_unpack_big(const unsigned char *in, uint32 *out) { uint32_unpack_big((const char *)in, out); }
#ifndef uint32_read
inline uint32 uint32_read(const unsigned char *in) { return uint32_read((const char *)in); }
inline uint32 uint32_read(const uint32 *in) { return uint32_read((const char *)in); }
#endif
inline uint32 uint32_read_big(const unsigned char *in) { return uint32_read_big((const char *)in); }
inline uint32 uint32_read_big(const uint32 *in) { return uint32_read_big((const char *)in); }
inline uint32 uint_read(const uint32 *in) { return uint32_read((const char *)in); }
inline uint32 uint_read_big(const uint32 *in) { return uint32_read_big((const char *)in); }
}
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_UINT32_H */
