/*
 * Encodings of arbitrary bytes as text.
 *
 * The encoders, fmt_*, write len bytes from src, NULs among them if need be, to dest in encoded form, without a
 * NUL behind it, and return the number of bytes written. If dest is NULL, they only count. If the text would
 * not fit in half of the address space, they return the highest size_t.
 *
 * The decoders, scan_*, decode the string src to dest, which may be src, because no text becomes longer. They
 * stop at the NUL or at the first thing that they do not understand, store the number of bytes made in
 * *destlen and return the number of bytes of src used: if it is less than the length of the string, the rest
 * was not understood. dest may be NULL, then they only count, and destlen may be NULL.
 */

#ifndef LIBOWFAT_TEXTCODE_H
#define LIBOWFAT_TEXTCODE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 Percent encoding, and + for a blank, as in forms. Stops at blanks, control characters, ?, &, and a %
 without two hexadecimal digits.
 */
size_t scan_urlencoded(const char *src, char *dest, size_t *destlen);

/* The same, with + for itself. */
size_t scan_urlencoded2(const char *src, char *dest, size_t *destlen);

/* Pairs of hexadecimal digits of either case. Stops in front of anything else. */
size_t scan_hexdump(const char *src, char *dest, size_t *destlen);

/*
 Percent encoding, for URLs: %xx, in lower case, for everything but letters, digits and $ - . / = _ ~. At
 most 3*len bytes.
 */
size_t fmt_urlencoded(char *dest, const char *src, size_t len);

/* The same, and the characters of the string escapeme are encoded too. It may be NULL. */
size_t fmt_urlencoded2(char *dest, const char *src, size_t len, const char *escapeme);

/* Two hexadecimal digits per byte, in lower case: 2*len bytes. */
size_t fmt_hexdump(char *dest, const char *src, size_t len);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_TEXTCODE_H */
