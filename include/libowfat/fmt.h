/*
 * Formatting: numbers, strings, dates and binary encodings, written to memory.
 *
 * The first argument is the destination, and the result the number of bytes written there. If the destination
 * is NULL (FMT_LEN), nothing is written, and the result is the number of bytes that would be. No function
 * appends a NUL: write buf[fmt_ulong(buf,number)]=0 where one is needed. A function that can refuse its
 * argument says so; it then returns 0.
 */

#ifndef LIBOWFAT_FMT_H
#define LIBOWFAT_FMT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

/* Room for any signed integer of up to 128 bits in decimal, with a NUL. */
#define FMT_LONG 41

/* Room for any unsigned integer of up to 128 bits in decimal, with a NUL. */
#define FMT_ULONG 40

/* Room for any unsigned integer of up to 128 bits in octal, with a NUL. */
#define FMT_8LONG 44

/* Room for any unsigned integer of up to 128 bits in hexadecimal, with a NUL. */
#define FMT_XLONG 33

#ifdef __cplusplus
extern "C" {
#endif

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

/* Returns the hexadecimal digit, in lower case, for c from 0 to 15. Other values give some other character. */
char fmt_tohex(char c);

/* Copies the string src without its NUL. */
size_t fmt_str(char *dest, const char *src);

/* Copies the string src, but no more than limit bytes of it; these need no NUL behind them. */
size_t fmt_strn(char *dest, const char *src, size_t limit);

/*
 Writes the srclen bytes at src, behind as many blanks as bring them to padlen bytes: foo becomes two
 blanks and foo for a padlen of 5. The whole is cut to maxlen bytes. dest and src may be the same. Returns
 0 if one of the lengths is half the address space or more.
 */
size_t fmt_pad(char *dest, const char *src, size_t srclen, size_t padlen, size_t maxlen);

/*
 Appends blanks to the srclen bytes that dest holds already, until there are padlen, but never beyond
 maxlen. Returns the length of the whole, srclen included, and maxlen if that is less.
 */
size_t fmt_fill(char *dest, size_t srclen, size_t padlen, size_t maxlen);

/* Instead of a destination: only tell the length. */
#define FMT_LEN ((char *)0)

/* The same for int, which fits in a long. */
#define fmt_uint(dest,src) fmt_ulong(dest,src)
#define fmt_int(dest,src) fmt_long(dest,src)
#define fmt_xint(dest,src) fmt_xlong(dest,src)
#define fmt_8int(dest,src) fmt_8long(dest,src)
#define fmt_uint0(dest,src,padto) fmt_ulong0(dest,src,padto)

/* Copies n bytes. */
static inline size_t fmt_copybytes(char *dest, const char *src, size_t n) {
  if (dest && n) memcpy(dest, src, n);
  return n;
}

/*
 Writes strings one after the other, up to a NULL, without their NULs. Returns the highest size_t if the
 length does not fit in one.
 */
size_t fmt_strm_internal(char *dest, ...);

/* The same with the NULL added. */
#define fmt_strm(dest,...) fmt_strm_internal(dest, __VA_ARGS__, (char *)0)

#ifndef MAX_ALLOCA
#define MAX_ALLOCA 100000
#endif

/* Strings, one after the other, with a NUL, on the stack; NULL if that would take MAX_ALLOCA bytes. */
#define fmt_strm_alloca(a,...) __extension__ ({ \
  size_t fmt_len = fmt_strm((char *)0, a, __VA_ARGS__) + 1; \
  char *fmt_mem = fmt_len && fmt_len < MAX_ALLOCA ? (char *)alloca(fmt_len) : (char *)0; \
  if (fmt_mem) fmt_mem[fmt_strm(fmt_mem, a, __VA_ARGS__)] = 0; \
  fmt_mem; })

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_FMT_H */
