/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Scanning: numbers, dates and binary encodings, read from memory.
 *
 * The first argument is the source, and the result the number of bytes of it that were used. 0 says that what
 * was looked for is not there; then nothing is stored, unless the function says otherwise. Numbers end in
 * front of the first byte that is no digit, or whose digit would make the number too big for its type: 65536
 * as an unsigned short is 6553, and 4 bytes are used. No blanks are skipped, and no prefix such as 0x is
 * understood.
 */

#ifndef LIBOWFAT_SCAN_H
#define LIBOWFAT_SCAN_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include "owfat.h"

/* C99 as such does not have it. */
struct timespec;

#ifdef __cplusplus
extern "C" {
#endif

/*
 A date in any of the three forms of HTTP, with whatever name of a day, of 31 letters at most: Sun, 06 Nov 1994
 08:49:37 GMT, where a difference to UTC (+hhmm) may stand instead of GMT or behind it; Sunday, 06-Nov-94 08:49:37 GMT,
 the same; and Sun Nov  6 08:49:37 1994. Two digits stand for the latest year that ends in them and whose date is not
 more than 50 years ahead (RFC 9110); years from 100 to 1000 count from 1900. Returns 0 for a day that the month does not have.
 */
size_t scan_httpdate(const char *src,
                     time_t *t);

/*
 A date of ISO 8601 with a time, perhaps a fraction (of which nine digits count), and Z or a difference
 to UTC (+hhmm or +hh:mm): 2014-05-27T19:22:16.247Z. Returns 0 for a day that the month does not have.
 */
size_t scan_iso8601(const char *src, struct timespec *t);

/*
 UTF-8 in up to 6 bytes, as it was first defined: values of up to 31 bits, surrogates included. n may be
 NULL, as in all functions of integers.
 */
size_t scan_utf8(const char *src, size_t len, uint32_t *n);

/*
 The same for what Unicode allows in text: no surrogates, no noncharacters (FDD0 to FDEF, and what ends
 in FFFE or FFFF), nothing beyond 10FFFF.
 */
size_t scan_utf8_sem(const char *src, size_t len, uint32_t *n);

/* A length of ASN.1 DER, of up to 64 bits. */
size_t scan_asn1derlengthvalue(const char *src, size_t len, unsigned long long *n);

/* The same, and that many bytes follow within the len bytes. */
size_t scan_asn1derlength(const char *src, size_t len, unsigned long long *n);

/* The number of a tag of ASN.1 DER, of up to 64 bits. */
size_t scan_asn1dertag(const char *src, size_t len, unsigned long long *n);

/* An integer of protocol buffers, of up to 64 bits. */
size_t scan_varint(const char *src, size_t len, unsigned long long *n);

/* A decimal number without a sign. */
size_t scan_ulong(const char *src, unsigned long *dest);

/* The same, looking at no more than n bytes. */
size_t scan_ulongn(const char *src, size_t n, unsigned long *dest);

/* A hexadecimal number of either case, without a sign or prefix. Without a digit *dest becomes 0. */
size_t scan_xlong(const char *src, unsigned long *dest);

/* The same, looking at no more than n bytes. */
size_t scan_xlongn(const char *src, size_t n, unsigned long *dest);

/* An octal number without a sign. Without a digit *dest becomes 0. */
size_t scan_8long(const char *src, unsigned long *dest);

/* The same, looking at no more than n bytes. */
size_t scan_8longn(const char *src, size_t n, unsigned long *dest);

/* A decimal number with an optional sign. A sign alone is no number. */
size_t scan_long(const char *src, long *dest);

/* The same, looking at no more than n bytes, the sign included. */
size_t scan_longn(const char *src, size_t n, long *dest);

/* Like scan_ulong. */
size_t scan_ulonglong(const char *src, unsigned long long *dest);

/* Like scan_long. */
size_t scan_longlong(const char *src, long long *dest);

/* Like scan_xlong. */
size_t scan_xlonglong(const char *src, unsigned long long *dest);

/* Like scan_8long. */
size_t scan_8longlong(const char *src, unsigned long long *dest);

/* Like scan_ulong. */
size_t scan_uint(const char *src, unsigned int *dest);

/* Like scan_long. */
size_t scan_int(const char *src, int *dest);

/* Like scan_xlong. */
size_t scan_xint(const char *src, unsigned int *dest);

/* Like scan_8long. */
size_t scan_8int(const char *src, unsigned int *dest);

/* Like scan_ulong. */
size_t scan_ushort(const char *src, unsigned short *dest);

/* Like scan_long. */
size_t scan_short(const char *src, short *dest);

/* Like scan_xlong. */
size_t scan_xshort(const char *src, unsigned short *dest);

/* Like scan_8long. */
size_t scan_8short(const char *src, unsigned short *dest);

/*
 A sign: a plus makes *dest 1 and a minus -1, and the result is 1. Else *dest becomes 1 and the result is
 0.
 */
size_t scan_plusminus(const char *src, int *dest);

/*
 A number in decimal with an optional sign, point and exponent, correctly rounded. An exponent without a
 digit is none. If there is no digit before it, *dest becomes 0.
 */
size_t scan_double(const char *src, double *dest);

/* Returns the value of a hexadecimal digit of either case, -1 for any other character. */
int scan_fromhex(unsigned char c);

/* The tag of a field: its number and the type of its value, 0 to 7. */
size_t scan_pb_tag(const char *src, size_t len, size_t *fieldno, unsigned char *type);

/* A value of type 0: the same as scan_varint. */
size_t scan_pb_type0_int(const char *src, size_t len, unsigned long long *l);

/* A signed value of type 0. */
size_t scan_pb_type0_sint(const char *src, size_t len, long long *l);

/* A value of type 1: 8 bytes, the least significant first. */
size_t scan_pb_type1_double(const char *src, size_t len, double *d);

/* The same for an integer. */
size_t scan_pb_type1_fixed64(const char *src, size_t len, uint64_t *b);

/*
 The length of a value of type 2, and where its bytes start: right behind what is used. They are not
 counted, and may reach beyond the len bytes: compare *slen with what is left.
 */
size_t scan_pb_type2_stringlen(const char *src, size_t len, const char **string, size_t *slen);

/* A value of type 5: 4 bytes, the least significant first. */
size_t scan_pb_type5_float(const char *src, size_t len, float *f);

/* The same for an integer. */
size_t scan_pb_type5_fixed32(const char *src, size_t len, uint32_t *b);

/* A netstring within the len bytes: *dest points to its slen bytes, which are not copied. */
size_t scan_netstring(const char *src, size_t len, char **dest, size_t *slen);

/*
 Returns how many white space characters (blank, \t, \n, \v, \f, \r) are at the start of src, at most
 limit. A null byte is not white.
 */
size_t scan_whitenskip(const char *src, size_t limit);

/*
 Returns how many other characters are at the start of src, at most limit. A null byte is one of them: limit is
 the length of the text.
 */
size_t scan_nonwhitenskip(const char *src,
                          size_t limit);

/* Returns how many characters at the start of src are in the string charset, at most limit. A null byte is not. */
size_t scan_charsetnskip(const char *src, const char *charset, size_t limit);

/*
 Returns how many characters at the start of src are neither in the string charset nor a null byte, at most
 limit.
 */
size_t scan_noncharsetnskip(const char *src, const char *charset, size_t limit);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_SCAN_H */
