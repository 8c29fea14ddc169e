/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Integers of 64 bits, and their bytes in either order.
 *
 * Define NO_UINT64_MACROS before this header to call the library's functions instead of the inline ones. */

#ifndef LIBOWFAT_UINT64_H
#define LIBOWFAT_UINT64_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <inttypes.h>
#include <stddef.h>

/* An unsigned integer of 64 bits. */
typedef uint64_t uint64;

/* A signed integer of 64 bits. */
typedef int64_t int64;

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(NO_UINT64_MACROS) && defined(__GNUC__) && \
    defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Writes in to the 8 bytes at out, least significant first. */
static __inline void uint64_pack(char *out, uint64 in) {
  __builtin_memcpy(out, &in, sizeof in);
}

/* Writes in to the 8 bytes at out, most significant first. */
static __inline void uint64_pack_big(char *out, uint64 in) {
  uint64_pack(out, __builtin_bswap64(in));
}

/* Returns what the 8 bytes at in say, least significant first. */
static __inline uint64 uint64_read(const char *in) {
  uint64 out;
  __builtin_memcpy(&out, in, sizeof out);
  return out;
}

/* Returns what the 8 bytes at in say, most significant first. */
static __inline uint64 uint64_read_big(const char *in) {
  return __builtin_bswap64(uint64_read(in));
}

/* Stores in *out what the 8 bytes at in say, least significant first. */
static __inline void uint64_unpack(const char *in, uint64 *out) {
  *out = uint64_read(in);
}

/* Stores in *out what the 8 bytes at in say, most significant first. */
static __inline void uint64_unpack_big(const char *in, uint64 *out) {
  *out = uint64_read_big(in);
}

/* These three were macros from the beginning, and programs rely on it: pointers of any type will do. */
#define uint64_pack(out,in) uint64_pack((char *)(out), (in))
#define uint64_read(in) uint64_read((const char *)(in))
#define uint64_unpack(in,out) (*(out) = uint64_read(in))

#else

/* Writes in to the 8 bytes at out, least significant first. */
void uint64_pack(char *out, uint64 in);

/* Writes in to the 8 bytes at out, most significant first. */
void uint64_pack_big(char *out, uint64 in);

/* Stores in *out what the 8 bytes at in say, least significant first. */
void uint64_unpack(const char *in, uint64 *out);

/* Stores in *out what the 8 bytes at in say, most significant first. */
void uint64_unpack_big(const char *in, uint64 *out);

/* Returns what the 8 bytes at in say, least significant first. */
uint64 uint64_read(const char *in);

/* Returns what the 8 bytes at in say, most significant first. */
uint64 uint64_read_big(const char *in);

#endif

/* An error here means that the program is compiled with -fpack-struct, -malign-double, or within a #pragma pack: its structs
   would not be laid out as the library's. */
struct libowfat_layout {
  char c;
  uint64 n;
};
#if defined(__i386__) && !defined(_WIN32)
typedef char libowfat_has_another_layout[sizeof(struct libowfat_layout) == 12 ? 1 : -1];
#else
typedef char libowfat_has_another_layout[sizeof(struct libowfat_layout) > 9 ? 1 : -1];
#endif

#if defined(OWFAT_API) && OWFAT_API >= 33
/* Writes in to the 8 bytes at out, least significant first, unless out is NULL. Returns 8. */
static __inline size_t fmt_uint64(char *out, uint64 in) {
  if (out) uint64_pack(out, in);
  return 8;
}

/* Writes in to the 8 bytes at out, most significant first, unless out is NULL. Returns 8. */
static __inline size_t fmt_uint64_big(char *out, uint64 in) {
  if (out) uint64_pack_big(out, in);
  return 8;
}

/* Stores in *out what the first 8 of len bytes at in say, least significant first, and returns 8. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint64(const char *in, size_t len, uint64 *out) {
  if (len < 8) return 0;
  *out = uint64_read(in);
  return 8;
}

/* Stores in *out what the first 8 of len bytes at in say, most significant first, and returns 8. Returns 0,
   and stores nothing, if len is less. */
static __inline size_t scan_uint64_big(const char *in, size_t len, uint64 *out) {
  if (len < 8) return 0;
  *out = uint64_read_big(in);
  return 8;
}
#endif

#if defined(__cplusplus) && defined(OWFAT_API) && OWFAT_API >= 34
/* The same for pointers of other types. */
extern "C++" {
#ifndef uint64_pack
inline void uint64_pack(unsigned char *out, uint64 in) { uint64_pack((char *)out, in); }
inline void uint64_pack(uint64 *out, uint64 in) { uint64_pack((char *)out, in); }
#endif
inline void uint64_pack_big(unsigned char *out, uint64 in) { uint64_pack_big((char *)out, in); }
inline void uint64_pack_big(uint64 *out, uint64 in) { uint64_pack_big((char *)out, in); }
#ifndef uint64_unpack
inline void uint64_unpack(const unsigned char *in, uint64 *out) { uint64_unpack((const char *)in, out); }
#endif
inline void uint64_unpack_big(const unsigned char *in, uint64 *out) { uint64_unpack_big((const char *)in, out); }
#ifndef uint64_read
inline uint64 uint64_read(const unsigned char *in) { return uint64_read((const char *)in); }
inline uint64 uint64_read(const uint64 *in) { return uint64_read((const char *)in); }
#endif
inline uint64 uint64_read_big(const unsigned char *in) { return uint64_read_big((const char *)in); }
inline uint64 uint64_read_big(const uint64 *in) { return uint64_read_big((const char *)in); }
inline uint64 uint_read(const uint64 *in) { return uint64_read((const char *)in); }
inline uint64 uint_read_big(const uint64 *in) { return uint64_read_big((const char *)in); }
}
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_UINT64_H */
