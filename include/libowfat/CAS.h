/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Atomic operations on machine words. All of them are sequentially consistent. */

#ifndef LIBOWFAT_CAS_H
#define LIBOWFAT_CAS_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* If *x is oldval, makes it newval and returns 1; else returns 0. */
static __inline int compare_and_swap(volatile size_t *x, size_t oldval, size_t newval) {
  return __sync_bool_compare_and_swap(x, oldval, newval);
}

/* Adds val to *x and returns the sum. */
static __inline size_t atomic_add_return(size_t *x, size_t val) {
  return __sync_add_and_fetch(x, val);
}

/* Adds val to *x. */
static __inline void atomic_add(size_t *x, size_t val) {
  (void)atomic_add_return(x, val);
}

/* Adds 1 to *x. */
static __inline void atomic_inc(size_t *x) {
  atomic_add(x, 1);
}

/* Adds 1 to *x and returns the sum. */
static __inline size_t atomic_inc_return(size_t *x) {
  return atomic_add_return(x, 1);
}

/* Subtracts 1 from *x. */
static __inline void atomic_dec(size_t *x) {
  atomic_add(x, (size_t)-1);
}

/* Subtracts 1 from *x and returns what is left. */
static __inline size_t atomic_dec_return(size_t *x) {
  return atomic_add_return(x, (size_t)-1);
}

/* Sets in *x the bits that are set in val. */
static __inline void atomic_or(volatile size_t *x, size_t val) {
  (void)__sync_or_and_fetch(x, val);
}

/* Clears in *x the bits that are not set in val. */
static __inline void atomic_and(volatile size_t *x, size_t val) {
  (void)__sync_and_and_fetch(x, val);
}

/* The compiler moves no access to memory across this. */
#ifdef __cplusplus
/* A macro would replace the constructor of std::barrier. */
static __inline void barrier(void) {
  __asm__ __volatile__("" ::: "memory");
}
#else
#define barrier() __asm__ __volatile__("" ::: "memory")
#endif

/* Nor does the processor: mb for every access, rmb for reading, wmb for writing. */
#if defined(__x86_64__)
#define mb() __asm__ __volatile__("mfence" ::: "memory")
#define rmb() __asm__ __volatile__("lfence" ::: "memory")
#define wmb() __asm__ __volatile__("sfence" ::: "memory")
#else
#define mb() __sync_synchronize()
#define rmb() __sync_synchronize()
#define wmb() __sync_synchronize()
#endif

/* What the operations above need around them to order other accesses: nothing but the compiler's good will. */
#define smp_mb__before_atomic_dec() barrier()
#define smp_mb__after_atomic_dec() barrier()
#define smp_mb__before_atomic_inc() barrier()
#define smp_mb__after_atomic_inc() barrier()

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_CAS_H */
