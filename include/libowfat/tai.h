/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TAI64 labels: times with a precision of one second. */

#ifndef LIBOWFAT_TAI_H
#define LIBOWFAT_TAI_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "uint64.h"

/* Size in bytes of a label in its external format. */
#define TAI_PACK 8

/*
 Seconds as a 64-bit number: a TAI64 label (2^62 plus the seconds since 1970-01-01 00:00:00 TAI), or the
 difference between two.
 */
struct tai {
  /* The seconds, counted modulo 2^64. */
  uint64 x;
};

/* The same type under its other name. */
typedef struct tai tai64;

#ifdef __cplusplus
extern "C" {
#endif

/* Stores the current time (the wall clock, as time(2) gives it) in *t. Does not fail. */
void tai_now(struct tai *t);

/* Stores a + b in *t, modulo 2^64. The three may overlap. */
void tai_add(struct tai *t, const struct tai *a, const struct tai *b);

/* Stores a - b in *t, modulo 2^64. The three may overlap. */
void tai_sub(struct tai *t, const struct tai *a, const struct tai *b);

/* Stores the plain number of seconds u in *t (not a moment in Unix time: see tai_unix for that). */
void tai_uint(struct tai *t, unsigned int u);

/* Writes *t to buf in the external TAI64 format: TAI_PACK (8) bytes, most significant first. */
void tai_pack(char *buf, const struct tai *t);

/* Reads the 8 bytes of the external TAI64 format at buf into *t. Every bit pattern is accepted. */
void tai_unpack(const char *buf, struct tai *t);

/* Stores the moment u, in seconds of Unix time, in *t. */
#define tai_unix(t,u) ((void)((t)->x = 4611686018427387914ULL + (uint64)(u)))

/* The seconds of *t as a double, never negative. */
#define tai_approx(t) ((double)(t)->x)

/* 1 if *t is before *u, else 0. */
#define tai_less(t,u) ((t)->x < (u)->x)

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_TAI_H */
