/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Encodings of arbitrary bytes as text.
 *
 * The encoders, fmt_*, write len bytes from src, null bytes among them if need be, to dest in encoded form, without a
 * null byte behind it, and return the number of bytes written. If dest is NULL, they only count. If the text would
 * not fit in half of the address space, they return the highest size_t.
 *
 * The decoders, scan_*, decode the string src to dest, which may be src, because no text becomes longer. They
 * stop at the null byte or at the first thing that they do not understand, store the number of bytes made in
 * *destlen and return the number of bytes of src used: if it is less than the length of the string, the rest
 * was not understood. dest may be NULL, then they only count, and destlen may be NULL.
 */

#ifndef LIBOWFAT_TEXTCODE_H
#define LIBOWFAT_TEXTCODE_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 Base64 of RFC 4648. The = at the end may be missing, if the bits that belong to no byte are 0; if they
 are not, what belongs to no whole group of four characters is not used. Stops at everything else, blanks
 too.
 */
size_t scan_base64(const char *src, char *dest, size_t *destlen);

/* The same with - and _ instead of + and /. Stops at =, and ignores bits that belong to no byte. */
size_t scan_base64url(const char *src, char *dest, size_t *destlen);

/*
 One line of uuencode(1). The newline is not used. A line that is cut short, or has a character that does
 not belong there, gives 0, with 0 bytes made.
 */
size_t scan_uuencoded(const char *src, char *dest, size_t *destlen);

/*
 One line of yEnc. Stops at the line's end, at = before the null byte, and behind the = of =y, which begins a
 line of another kind.
 */
size_t scan_yenc(const char *src, char *dest, size_t *destlen);

/*
 Quoted-printable. = at the end of a line is used together with that end, and makes nothing. Stops in
 front of = with anything else but two hexadecimal digits behind it.
 */
size_t scan_quotedprintable(const char *src, char *dest, size_t *destlen);

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
 HTML up to a tag: &name; for all names that the standard lists with a semicolon, and &#decimal; and
 &#xhex; make UTF-8. What is no such reference, or means no character, stays as it is; so do &nGt; and
 &nLt;, because what they stand for is longer. Stops in front of <.
 */
size_t scan_html(const char *src, char *dest, size_t *destlen);

/*
 The same for the value of an attribute: with a " at the beginning up to the next one, else up to a
 blank, tab, newline or ". The first " is used, the second one is not. Stops in front of < too.
 */
size_t scan_html_tagarg(const char *src, char *dest, size_t *destlen);

/*
 The escapes of C: \a \b \e \f \n \r \t \v \\ \" \' \?, \x with one or two digits, \ with one to three
 octal digits, \u with four digits and \U with eight, which make UTF-8. Other characters stay as they
 are, with the \ before them. Stops in front of ", of \u and \U without their digits, and of numbers of
 more than 31 bits.
 */
size_t scan_cescape(const char *src, char *dest, size_t *destlen);

/* The escapes of LDAP: \ with two hexadecimal digits. Stops in front of any other \. */
size_t scan_ldapescape(const char *src, char *dest, size_t *destlen);

/*
 A string of JSON: \n \r \b \t \f, \u with four digits, two of them for a pair of surrogates, and \
 before any other character for that itself. Stops in front of ", of half a pair, of \u without its
 digits, and of what is no UTF-8.
 */
size_t scan_jsonescape(const char *src, char *dest, size_t *destlen);

/* Base64 of RFC 4648, with = at the end: (len+2)/3*4 bytes. */
size_t fmt_base64(char *dest, const char *src, size_t len);

/*
 The same with - and _ instead of + and /, for URLs and names of files, and without = at the end:
 (len*4+2)/3 bytes.
 */
size_t fmt_base64url(char *dest, const char *src, size_t len);

/*
 The lines of uuencode(1), without those at the beginning and the end: 45 bytes make 62, of a last line
 every 3 bytes or part of 3 make 4, and there are 2 more.
 */
size_t fmt_uuencoded(char *dest, const char *src, size_t len);

/*
 The lines of yEnc, without =ybegin and the like: at most 2*len bytes, and one more for every 253. A dot
 at the beginning of a line is escaped, and so is the F of From.
 */
size_t fmt_yenc(char *dest, const char *src, size_t len);

/*
 Quoted-printable: =xx, in lower case, for control characters (newlines too), bytes from 128 on, and =.
 Lines do not get shorter, and blanks at their end stay. At most 3*len bytes.
 */
size_t fmt_quotedprintable(char *dest, const char *src, size_t len);

/* The same, and the characters of the string escapeme are encoded too. It may be NULL. */
size_t fmt_quotedprintable2(char *dest, const char *src, size_t len, const char *escapeme);

/*
 Percent encoding, for URLs: %xx, in lower case, for everything but letters, digits and $ - . / = _ ~. At
 most 3*len bytes.
 */
size_t fmt_urlencoded(char *dest, const char *src, size_t len);

/* The same, and the characters of the string escapeme are encoded too. It may be NULL. */
size_t fmt_urlencoded2(char *dest, const char *src, size_t len, const char *escapeme);

/* Two hexadecimal digits per byte, in lower case: 2*len bytes. */
size_t fmt_hexdump(char *dest, const char *src, size_t len);

/*
 For between the tags of HTML: &amp; &lt; &gt; for the characters that these stand for, <p> for two
 newlines, and <br> for a single one. At most 5*len bytes.
 */
size_t fmt_html(char *dest, const char *src, size_t len);

/*
 For an attribute of HTML in double quotation marks: &amp; &lt; &gt; &quot; for the characters that these
 stand for. At most 6*len bytes.
 */
size_t fmt_html_tagarg(char *dest, const char *src, size_t len);

/*
 For between the tags of XML: &amp; and &lt; for the characters that these stand for. At most 5*len
 bytes.
 */
size_t fmt_xml(char *dest, const char *src, size_t len);

/*
 For a string literal of C: \a \b \e \f \n \r \t \v \\ for the characters that these stand for, and \xNN
 for other control characters. Quotation marks stay: use fmt_cescape2 for them. At most 4*len bytes.
 */
size_t fmt_cescape(char *dest, const char *src, size_t len);

/*
 The same, and the characters of the string escapeme become \xNN, unless they have a shorter form. It may
 be NULL.
 */
size_t fmt_cescape2(char *dest, const char *src, size_t len, const char *escapeme);

/* _ for blanks, tabs and newlines, for a field of a log file: len bytes. */
size_t fmt_foldwhitespace(char *dest, const char *src, size_t len);

/* For a search filter of LDAP: \xx for control characters, parentheses, * and \. At most 3*len bytes. */
size_t fmt_ldapescape(char *dest, const char *src, size_t len);

/*
 The same for control characters, \, and the characters of the string escapeme, but neither for
 parentheses nor for *. escapeme may be NULL.
 */
size_t fmt_ldapescape2(char *dest, const char *src, size_t len, const char *escapeme);

/*
 For a string of JSON: \" \\ \n \r \b \t \f for the characters that these stand for, and \u00xx for other
 control characters. UTF-8 stays as it is; every other byte, and every one of a surrogate or
 noncharacter, is taken for Latin-1, and becomes UTF-8. At most 6*len bytes.
 */
size_t fmt_jsonescape(char *dest, const char *src, size_t len);

#ifdef LIBOWFAT_STRALLOC_H

/*
 Appends len bytes from src, encoded by func. Returns 1, or 0 and sets errno without changing anything:
 ENOMEM, or EINVAL if func is NULL.
 */
int fmt_to_sa(size_t (*func)(char*, const char*, size_t), stralloc *sa, const char *src, size_t len);

/* The same for an encoder with a fourth argument. */
int fmt_to_sa2(size_t (*func)(char*, const char*, size_t, const char*),
               stralloc *sa,
               const char *src,
               size_t len,
               const char *escapeme);

/*
 Appends what func decodes of the string src. Returns how many bytes of src were used, or 0 and sets
 errno without changing anything: ENOMEM, or EINVAL if func is NULL.
 */
size_t scan_to_sa(size_t (*func)(const char*, char*, size_t*), const char *src, stralloc *sa);

/* fmt_to_sa with the encoder of that name. */
#define fmt_uuencoded_sa(sa,src,len) fmt_to_sa(fmt_uuencoded, (sa), (src), (len))
#define fmt_base64_sa(sa,src,len) fmt_to_sa(fmt_base64, (sa), (src), (len))
#define fmt_base64url_sa(sa,src,len) fmt_to_sa(fmt_base64url, (sa), (src), (len))
#define fmt_quotedprintable_sa(sa,src,len) fmt_to_sa(fmt_quotedprintable, (sa), (src), (len))
#define fmt_urlencoded_sa(sa,src,len) fmt_to_sa(fmt_urlencoded, (sa), (src), (len))
#define fmt_yenc_sa(sa,src,len) fmt_to_sa(fmt_yenc, (sa), (src), (len))
#define fmt_hexdump_sa(sa,src,len) fmt_to_sa(fmt_hexdump, (sa), (src), (len))
#define fmt_html_sa(sa,src,len) fmt_to_sa(fmt_html, (sa), (src), (len))
#define fmt_cescape_sa(sa,src,len) fmt_to_sa(fmt_cescape, (sa), (src), (len))
#define fmt_ldapescape_sa(sa,src,len) fmt_to_sa(fmt_ldapescape, (sa), (src), (len))
#define fmt_jsonescape_sa(sa,src,len) fmt_to_sa(fmt_jsonescape, (sa), (src), (len))

/* fmt_to_sa2 with the encoder of that name. */
#define fmt_quotedprintable2_sa(sa,src,len,escapeme) fmt_to_sa2(fmt_quotedprintable2, (sa), (src), (len), (escapeme))
#define fmt_urlencoded2_sa(sa,src,len,escapeme) fmt_to_sa2(fmt_urlencoded2, (sa), (src), (len), (escapeme))
#define fmt_cescape2_sa(sa,src,len,escapeme) fmt_to_sa2(fmt_cescape2, (sa), (src), (len), (escapeme))

/* scan_to_sa with the decoder of that name. */
#define scan_uuencoded_sa(src,sa) scan_to_sa(scan_uuencoded, (src), (sa))
#define scan_base64_sa(src,sa) scan_to_sa(scan_base64, (src), (sa))
#define scan_base64url_sa(src,sa) scan_to_sa(scan_base64url, (src), (sa))
#define scan_quotedprintable_sa(src,sa) scan_to_sa(scan_quotedprintable, (src), (sa))
#define scan_urlencoded_sa(src,sa) scan_to_sa(scan_urlencoded, (src), (sa))
#define scan_yenc_sa(src,sa) scan_to_sa(scan_yenc, (src), (sa))
#define scan_hexdump_sa(src,sa) scan_to_sa(scan_hexdump, (src), (sa))
#define scan_html_sa(src,sa) scan_to_sa(scan_html, (src), (sa))
#define scan_cescape_sa(src,sa) scan_to_sa(scan_cescape, (src), (sa))
#define scan_ldapescape_sa(src,sa) scan_to_sa(scan_ldapescape, (src), (sa))
#define scan_jsonescape_sa(src,sa) scan_to_sa(scan_jsonescape, (src), (sa))

#endif

#ifdef LIBOWFAT_ARRAY_H

/*
 Appends len bytes from src, encoded by func. If there is no memory (ENOMEM), or func is NULL (EINVAL),
 the array fails; so with all of these.
 */
void fmt_to_array(size_t (*func)(char*, const char*, size_t), array *a, const char *src, size_t len);

/* The same for an encoder with a fourth argument. */
void fmt_to_array2(size_t (*func)(char*, const char*, size_t, const char*),
                   array *a,
                   const char *src,
                   size_t len,
                   const char *escapeme);

/* Appends the bytes of src, encoded by func, to dest. If src has failed (EINVAL), dest fails too. */
void fmt_tofrom_array(size_t (*func)(char*, const char*, size_t), array *dest, array *src);

/* The same for an encoder with a fourth argument. */
void fmt_tofrom_array2(size_t (*func)(char*, const char*, size_t, const char*),
                       array *dest,
                       array *src,
                       const char *escapeme);

/*
 Appends what func decodes of the string src. Returns how many bytes of src were used; 0 if the array has
 failed.
 */
size_t scan_to_array(size_t (*func)(const char*, char*, size_t*), const char *src, array *dest);

/*
 Appends what func decodes of the bytes of src, which end at the first null byte, if there is any, to dest.
 Returns how many bytes of src were used; 0 if either array has failed, or there is no memory for a null byte
 behind the bytes of src.
 */
size_t scan_tofrom_array(size_t (*func)(const char*, char*, size_t*), array *src, array *dest);

#endif

/* The characters of base64 and base64url, those for 0 first. */
extern const char base64[64];
extern const char base64url[64];

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_TEXTCODE_H */
