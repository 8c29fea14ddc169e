/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Formatting: numbers, strings, dates and binary encodings, written to memory.
 *
 * The first argument is the destination, and the result the number of bytes written there. If the destination
 * is NULL (FMT_LEN), nothing is written, and the result is the number of bytes that would be. No function
 * appends a null byte: write buf[fmt_ulong(buf,number)]=0 where one is needed. A function that can refuse its
 * argument says so; it then returns 0.
 */

#ifndef LIBOWFAT_FMT_H
#define LIBOWFAT_FMT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "byte.h"
#include "owfat.h"

/* Room for any signed integer of up to 128 bits in decimal, with a null byte. */
#define FMT_LONG 41

/* Room for any unsigned integer of up to 128 bits in decimal, with a null byte. */
#define FMT_ULONG 40

/* Room for any unsigned integer of up to 128 bits in octal, with a null byte. */
#define FMT_8LONG 44

/* Room for any unsigned integer of up to 128 bits in hexadecimal, with a null byte. */
#define FMT_XLONG 33

/* Room for any result of fmt_utf8. */
#define FMT_UTF8 6

/* Room for the length of 128 bits in ASN.1. */
#define FMT_ASN1LENGTH 17

/* Room for a tag of 128 bits in ASN.1. */
#define FMT_ASN1TAG 19

#ifdef __cplusplus
extern "C" {
#endif

/*
 Writes t in UTC as HTTP does: Sun, 06 Nov 1994 08:49:37 GMT, which is 29 bytes, and more from year 10000
 on. Returns 0 for years before 0.
 */
size_t fmt_httpdate(char *dest, time_t t);

/*
 Writes t in UTC in the manner of ISO 8601: 2014-05-27T19:22:16Z, which is 20 bytes, and more from year
 10000 on. Returns 0 for years before 0.
 */
size_t fmt_iso8601(char *dest, time_t t);

/*
 Escapes a character for XML, whether it needs that or not, as all functions that follow: the five names
 of XML, else the number, in decimal unless it is shorter in hexadecimal.
 */
size_t fmt_escapecharxml(char *dest, uint32_t ch);

/* The same for HTML. */
size_t fmt_escapecharhtml(char *dest, uint32_t ch);

/*
 For JSON: \b \n \r \" \\ \/ or \u and four hexadecimal digits, twice (12 bytes) for what is beyond FFFF.
 Returns 0 for what is beyond 10FFFF.
 */
size_t fmt_escapecharjson(char *dest, uint32_t ch);

/* For MIME: = and two hexadecimal digits, in lower case. Returns 0 for what is beyond FF. */
size_t fmt_escapecharquotedprintable(char *dest, uint32_t ch);

/* For MIME: the same for each byte of UTF-8, at most 18 bytes. Returns 0 for values of more than 31 bits. */
size_t fmt_escapecharquotedprintableutf8(char *dest, uint32_t ch);

/*
 For C: \a \b \e \f \n \r \t \v \\, else \ and three octal digits up to FF, \u and four hexadecimal
 digits up to FFFF, or \U and eight.
 */
size_t fmt_escapecharc(char *dest, uint32_t ch);

/*
 For XML, but only where it is needed: & and < and control characters; everything else becomes UTF-8.
 Returns 0 for what XML cannot contain: null bytes, surrogates, FFFE, FFFF, and what is beyond 10FFFF.
 */
size_t fmt_xmlescape(char *dest, uint32_t ch);

/*
 Writes n as UTF-8, in up to 6 bytes (FMT_UTF8) as it was first defined; surrogates are nothing special.
 Returns 0 for values of more than 31 bits.
 */
size_t fmt_utf8(char *dest, uint32_t n);

/*
 Writes a length in the manner of ASN.1 DER: one byte up to 127, else their number and then up to 8
 bytes, the most significant first.
 */
size_t fmt_asn1derlength(char *dest, unsigned long long l);

/*
 Writes the number of a tag in the manner of ASN.1 DER: groups of 7 bits, the most significant first,
 with the high bit set in all bytes but the last. At most 10 bytes.
 */
size_t fmt_asn1dertag(char *dest, unsigned long long l);

/*
 Writes an integer in the manner of protocol buffers: groups of 7 bits, the least significant first, with
 the high bit set in all bytes but the last. At most 10 bytes.
 */
size_t fmt_varint(char *dest, unsigned long long l);

/* Writes src in decimal. */
size_t fmt_ulong(char *dest, unsigned long src);

/* Writes src in decimal, with a minus sign if it is negative. */
size_t fmt_long(char *dest, long src);

/* Writes src in hexadecimal, in lower case, without a prefix. */
size_t fmt_xlong(char *dest, unsigned long src);

/* Writes src in octal, without a prefix. */
size_t fmt_8long(char *dest, unsigned long src);

/* Writes src in decimal, with a minus sign if it is negative. */
size_t fmt_longlong(char *dest, long long src);

/* Writes src in decimal. */
size_t fmt_ulonglong(char *dest, unsigned long long src);

/* Writes src in hexadecimal, in lower case, without a prefix. */
size_t fmt_xlonglong(char *dest, unsigned long long src);

/* Writes src in octal, without a prefix. */
size_t fmt_8longlong(char *dest, unsigned long long src);

/*
 Writes src in decimal, with zeros in front if that has fewer than padto digits: 23 and 4 make 0023. More
 digits are never cut.
 */
size_t fmt_ulong0(char *dest, unsigned long src, size_t padto);

/* Writes the sign of src: a minus or a plus, or nothing for 0. */
size_t fmt_plusminus(char *dest, int src);

/* Writes a minus if src is negative, else nothing. */
size_t fmt_minus(char *dest, int src);

/*
 Returns the hexadecimal digit, in lower case, for c from 0 to 15. Other values give some other
 character.
 */
char fmt_tohex(char c);

/*
 Writes d in decimal with prec digits, counted from the first that is not 0 and rounded: 1.7 and 3 make
 1.70. With more digits than prec before the point, or more than four zeros behind it, in scientific
 notation: 12345 and 3 make 1.23e4. Also nan, inf, -inf, 0 and -0. Returns 0, and writes nothing, if that
 takes more than maxlen bytes or if prec is less than 1; no more than 1000 digits are written.
 */
size_t fmt_double(char *dest, double d, int maxlen, int prec);

/*
 Writes l with one digit behind the point and a unit: 4900 makes 4.9k, 2300000 makes 2.3M. Below 1000
 there is neither. The units are k, M, G and T; at most 11 bytes.
 */
size_t fmt_human(char *dest, unsigned long long l);

/* The same with units of 1024, its square and so on: 4900 makes 4.8k, 2300000 makes 2.2M. */
size_t fmt_humank(char *dest, unsigned long long l);

/*
 The tag of a field: its number and the type of its value. Returns 0 if the type is not 0 to 5 or the
 number has more than 61 bits.
 */
size_t fmt_pb_tag(char *dest, size_t fieldno, unsigned char type);

/* A value of type 0: the same as fmt_varint. */
size_t fmt_pb_type0_int(char *dest, unsigned long long l);

/* A signed value of type 0: 0, -1, 1, -2 become 0, 1, 2, 3. */
size_t fmt_pb_type0_sint(char *dest, long long l);

/* A value of type 1: 8 bytes, the least significant first. */
size_t fmt_pb_type1_double(char *dest, double d);

/* The same for an integer. */
size_t fmt_pb_type1_fixed64(char *dest, uint64_t l);

/*
 A value of type 2: the length l, and the l bytes at s. Returns 0 if they would reach beyond the end of
 the address space.
 */
size_t fmt_pb_type2_string(char *dest, const char *s, size_t l);

/* A value of type 5: 4 bytes, the least significant first. */
size_t fmt_pb_type5_float(char *dest, float f);

/* The same for an integer. */
size_t fmt_pb_type5_fixed32(char *dest, uint32_t l);

/* A tag and a value of type 0. Returns 0 if the number has more than 61 bits, as all that follow do. */
size_t fmt_pb_int(char *dest, size_t fieldno, unsigned long long l);

/* A tag and a signed value of type 0. */
size_t fmt_pb_sint(char *dest, size_t fieldno, long long l);

/* A tag and a value of type 1. */
size_t fmt_pb_double(char *dest, size_t fieldno, double d);

/* A tag and a value of type 5. */
size_t fmt_pb_float(char *dest, size_t fieldno, float f);

/*
 A tag and a value of type 2. Returns 0 also if the bytes would reach beyond the end of the address
 space.
 */
size_t fmt_pb_string(char *dest, size_t fieldno, const char *s, size_t l);

/* Copies the string src without its null byte. */
size_t fmt_str(char *dest, const char *src);

/* Copies the string src, but no more than limit bytes of it; these need no null byte behind them. */
size_t fmt_strn(char *dest, const char *src, size_t limit);

/*
 Writes the srclen bytes at src, behind as many blanks as bring them to padlen bytes: foo becomes two
 blanks and foo for a padlen of 5. The whole is cut to maxlen bytes. dest and src may be the same.
 Returns 0 if one of the lengths is half the address space or more.
 */
size_t fmt_pad(char *dest, const char *src, size_t srclen, size_t padlen, size_t maxlen);

/*
 Appends blanks to the srclen bytes that dest holds already, until there are padlen, but never beyond
 maxlen. Returns the length of the whole, srclen included, and maxlen if that is less.
 */
size_t fmt_fill(char *dest, size_t srclen, size_t padlen, size_t maxlen);

/*
 Writes a netstring: len in decimal, a colon, the len bytes at src, a comma. Returns 0 if src is NULL or
 the bytes would reach beyond the end of the address space.
 */
size_t fmt_netstring(char *dest, const char *src, size_t len);

#if defined(OWFAT_API) && OWFAT_API >= 33

/* The same as fmt_utf8. There may be up to 7 bytes more behind the result that it overwrites. */
size_t fmt_utf8_scratch(char *dest, uint32_t n);

/* The same as fmt_asn1derlength, likewise. */
size_t fmt_asn1derlength_scratch(char *dest, unsigned long long l);

/* The same as fmt_asn1dertag, likewise. */
size_t fmt_asn1dertag_scratch(char *dest, unsigned long long l);

#endif

/* Instead of a destination: only tell the length. */
#define FMT_LEN ((char *)0)

/* The same for int, which fits in a long. */
#define fmt_uint(dest,src) fmt_ulong(dest,src)
#define fmt_int(dest,src) fmt_long(dest,src)
#define fmt_xint(dest,src) fmt_xlong(dest,src)
#define fmt_8int(dest,src) fmt_8long(dest,src)
#define fmt_uint0(dest,src,padto) fmt_ulong0(dest,src,padto)

/* Copies n bytes. */
static __inline size_t fmt_copybytes(char *dest, const char *src, size_t n) {
  if (dest) byte_copy(dest, n, src);
  return n;
}

/* Copies the bytes of a literal. */
#ifndef fmt_copybytes_sizeof_minus1
#define fmt_copybytes_sizeof_minus1(dest,literal) fmt_copybytes((dest), ("" literal), sizeof("" literal) - 1)
#endif

/*
 Writes strings one after the other, up to a NULL, without their null bytes. Returns the highest size_t if the
 length does not fit in one.
 */
size_t fmt_strm_internal(char *dest, ...);

/* The same with the NULL added. */
#define fmt_strm(dest,...) fmt_strm_internal(dest, __VA_ARGS__, (char *)0)

#ifndef MAX_ALLOCA
#define MAX_ALLOCA 100000
#endif

/* Strings, one after the other, with a null byte, on the stack; NULL if that would take MAX_ALLOCA bytes. */
#define fmt_strm_alloca(a,...) __extension__ ({ \
  size_t fmt_len = fmt_strm((char *)0, a, __VA_ARGS__) + 1; \
  char *fmt_mem = fmt_len && fmt_len < MAX_ALLOCA ? (char *)alloca(fmt_len) : (char *)0; \
  if (fmt_mem) fmt_mem[fmt_strm(fmt_mem, a, __VA_ARGS__)] = 0; \
  fmt_mem; })

/* Two or more strings, one after the other, with a null byte, in memory from malloc; NULL if there is none. Include stdlib.h. */
#if !defined(fmt_strm_malloc) && defined(__GNUC__)
#define fmt_strm_malloc(a,...) __extension__ ({ \
  const size_t fmt_size = fmt_strm((char *)0, a, __VA_ARGS__) + 1; \
  char *const fmt_new = fmt_size ? (char *)malloc(fmt_size) : (char *)0; \
  if (fmt_new) fmt_new[fmt_strm(fmt_new, a, __VA_ARGS__)] = 0; \
  fmt_new; })
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_FMT_H */
