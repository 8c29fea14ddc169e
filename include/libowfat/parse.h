/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Reading binary messages, with every range checked.
 *
 * Bytes are taken from a stream, which has a limit. Once something is asked for that is not there, the stream is in error
 * and stays so: it gives zeros. So a program takes a whole message apart, and looks once, at the end, with bs_err.
 */

#ifndef LIBOWFAT_PARSE_H
#define LIBOWFAT_PARSE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "buffer.h"
#include "uint16.h"
#include "uint32.h"
#include "uint64.h"

/* Bytes from memory, a buffer or another stream, up to a limit. Nothing in it is allocated, nothing needs to be closed. */
struct bytestream {
  /* Where the bytes come from; as wide as an int, also in programs with -fshort-enums. */
  enum
#ifdef __GNUC__
  __attribute__((__mode__(__SI__)))
#endif
  {
    MEMBUF,
    IOBUF,
    BSTREAM
  } type;
  /* How many bytes were taken, and how many there are at most: SIZE_MAX for any number. In error, cur > max. */
  size_t cur, max;
  union {
    const unsigned char *base;
    struct buffer *b;
    struct bytestream *bs;
  } u;
};

#ifdef __cplusplus
#define __owfat_stream_type(type) bytestream::type
#else
#define __owfat_stream_type(type) type
#endif

/* Static initialisers: a stream over len bytes of memory, over a buffer, and over at most len bytes of a buffer. */
#define BS_FROM_MEMBUF(buf,len) { __owfat_stream_type(MEMBUF), 0, (len), { (const unsigned char *)(buf) } }
#define BS_FROM_BUFFER(buffer) BS_FROM_BUFFER_SIZE(buffer, (size_t)-1)
#define BS_FROM_BUFFER_SIZE(buffer,len) \
  { __owfat_stream_type(IOBUF), 0, (len), { (const unsigned char *)(const void *)(buffer) } }

#ifdef __cplusplus
extern "C" {
#endif

/* Makes *bs a stream over the len bytes at membuf, which have to stay there. In error at once if memory ends before. */
void bs_init_membuf(struct bytestream *bs,
                    const unsigned char *membuf,
                    size_t len);

/* Makes *bs a stream over a buffer that reads. The stream takes no byte from it before it is asked for that byte. */
void bs_init_iobuf(struct bytestream *bs,
                   struct buffer *b);

/* The same for at most maxlen bytes of the buffer. */
void bs_init_iobuf_size(struct bytestream *bs, struct buffer *b, size_t maxlen);

/*
 Makes *bs a stream over the next maxlen bytes of *parent, which takes them from there. If *parent does not have so many
 left, both are in error.
 */
void bs_init_bstream_size(struct bytestream *bs,
                          struct bytestream *parent,
                          size_t maxlen);

/* Returns the next byte. Returns 0, and *bs is in error, at the limit, at the end of the input, or if a read fails. */
unsigned char bs_get(struct bytestream *bs);

/* Does what bs_get does, but the byte is the next one still. */
unsigned char bs_peek(struct bytestream *bs);

/* Returns 1 if *bs is in error, else 0. To have reached the end is no error. */
int bs_err(const struct bytestream *bs);

/* Puts *bs in error, and all streams around it. */
void bs_seterrorstate(struct bytestream *bs);

/* Returns 1 if n bytes are left up to the limit, else 0; 0 in error. */
int bs_capacitycheck(struct bytestream *bs, size_t n);

/* The same, and if it returns 0, *bs is in error. */
int bs_capacityassert(struct bytestream *bs, size_t n);

/* Returns how many bytes are left up to the limit: SIZE_MAX for a stream without limit, 0 in error. */
size_t bs_capacityleft(const struct bytestream *bs);

/* Returns 1 if *bs is exactly at its limit. Else returns 0, and *bs is in error. */
int bs_nomoredataassert(struct bytestream *bs);

/* Passes over n bytes and returns n. Returns 0, and *bs is in error, if there are not so many. */
size_t bs_skip(struct bytestream *bs, size_t n);

/* Passes over all bytes up to the limit, or without one up to the end of the input, and returns how many; 0 in error. */
size_t bs_consumeleftovers(struct bytestream *bs);

/*
 Takes n bytes to dest, n being cut to SSIZE_MAX, and returns how many. Returns -1, and *bs is in error, if there are not
 so many; the memory at dest is undefined then.
 */
ssize_t prs_readblob(struct bytestream *bs,
                     unsigned char *dest,
                     size_t n);

/* Returns an integer of 2 bytes, the least significant first. Missing bytes count as 0, and *bs is in error. */
uint16_t prs_u16(struct bytestream *bs);

/* The same, the most significant byte first. */
uint16_t prs_u16_big(struct bytestream *bs);

/* prs_u16 for 4 bytes. */
uint32_t prs_u32(struct bytestream *bs);

/* prs_u16_big for 4 bytes. */
uint32_t prs_u32_big(struct bytestream *bs);

/* prs_u16 for 8 bytes. */
uint64_t prs_u64(struct bytestream *bs);

/* prs_u16_big for 8 bytes. */
uint64_t prs_u64_big(struct bytestream *bs);

/*
 Takes a string and its null byte to dest, and returns its length. Returns -1, and *bs is in error, if no null byte comes
 within destsize bytes or before the end; then dest holds what came, with a null byte, or nothing if destsize is 0.
 */
ssize_t prs_asciiz(struct bytestream *bs,
                   char *dest,
                   size_t destsize);

/*
 Takes a field of exactly destsize - 1 bytes to dest, adds a null byte, and returns the length of the string in it.
 Returns -1, and *bs is in error, if there are not so many bytes or destsize is 0.
 */
ssize_t prs_asciiz_fixedlen(struct bytestream *bs,
                            char *dest,
                            size_t destsize);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_PARSE_H */
