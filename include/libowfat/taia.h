/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TAI64NA labels: times with a precision of 10^-18 seconds. */

#ifndef LIBOWFAT_TAIA_H
#define LIBOWFAT_TAIA_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "tai.h"
#include "uint32.h"

/* Size in bytes of a label in its external format. */
#define TAIA_PACK 16

/* Room that taia_fmtfrac's digits need, with a null byte behind them. */
#define TAIA_FMTFRAC 19

/* Seconds and a fraction in units of 10^-18 s: a TAI64NA label, or the difference between two. */
struct taia {
  /* Whole seconds. */
  tai64 sec;
  /* Billionths of a second, 0 to 999999999. */
  uint32 nano;
  /* Billionths of a billionth of a second, 0 to 999999999. */
  uint32 atto;
};

/* The same type under its other name. */
typedef struct taia tai6464;

#ifdef __cplusplus
extern "C" {
#endif

/* Stores the whole seconds of *source in *dest. */
void taia_tai(const tai6464 *source, tai64 *dest);

/* Stores the current time in *t: the wall clock in microseconds, plus 500 ns. Does not fail. */
void taia_now(struct taia *t);

/*
 Returns *t in seconds as a double. Meant for differences: near a label of today, doubles are about
 1000 s apart.
 */
double taia_approx(const tai6464 *t);

/* Returns the fraction of *t in seconds; a fraction just below 1 rounds to 1.0. */
double taia_frac(const tai6464 *t);

/* Stores a + b in *dest, modulo 2^64 seconds. The three may overlap. */
void taia_add(tai6464 *dest, const tai6464 *a, const tai6464 *b);

/* Stores *source, moved by secs seconds (which may be negative), in *dest, modulo 2^64 seconds. */
void taia_addsec(tai6464 *dest, const tai6464 *source, long secs);

/* Stores a - b in *dest, modulo 2^64 seconds. The three may overlap. */
void taia_sub(tai6464 *dest, const tai6464 *a, const tai6464 *b);

/* Stores half of *source in *dest, rounded down to a multiple of 10^-18 s. */
void taia_half(tai6464 *dest, const tai6464 *source);

/* Returns 1 if *a is before *b, else 0. */
int taia_less(const tai6464 *a, const tai6464 *b);

/*
 Writes *src to buf in the external TAI64NA format: TAIA_PACK (16) bytes, the seconds first, then the two
 halves of the fraction, each most significant byte first.
 */
void taia_pack(char *buf, const tai6464 *src);

/* Reads the 16 bytes of the external TAI64NA format at buf into *dest. The fraction is taken as it is. */
void taia_unpack(const char *buf, tai6464 *dest);

/*
 Writes the 18 decimal digits of the fraction of *t to s, without a null byte. s may be NULL: then nothing is
 written. Returns 18.
 */
unsigned int taia_fmtfrac(char *s, const tai6464 *t);

/* Stores the plain number of seconds secs in *t (not a moment in Unix time). */
void taia_uint(tai6464 *t, unsigned int secs);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_TAIA_H */
