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

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

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

/* A sign: a plus makes *dest 1 and a minus -1, and the result is 1. Else *dest becomes 1 and the result is 0. */
size_t scan_plusminus(const char *src, int *dest);

/* Returns the value of a hexadecimal digit of either case, -1 for any other character. */
int scan_fromhex(unsigned char c);

/*
 Returns how many white space characters (blank, \t, \n, \v, \f, \r) are at the start of src, at most limit.
 A NUL is not white.
 */
size_t scan_whitenskip(const char *src, size_t limit);

/*
 Returns how many other characters are at the start of src, at most limit. A NUL is one of them: limit is
 the length of the text.
 */
size_t scan_nonwhitenskip(const char *src, size_t limit);

/* Returns how many characters at the start of src are in the string charset, at most limit. A NUL is not. */
size_t scan_charsetnskip(const char *src, const char *charset, size_t limit);

/* Returns how many characters at the start of src are neither in the string charset nor NUL, at most limit. */
size_t scan_noncharsetnskip(const char *src, const char *charset, size_t limit);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_SCAN_H */
