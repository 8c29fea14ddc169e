/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Between the library and the C library: every call that can fail, made to fail when the test says so. */
#ifndef SHIM_H
#define SHIM_H

#include <stddef.h>

/* How a call goes wrong, besides the errno values, which are positive. */
enum {
  SHORT = -1,    /* it moves one byte only */
  SPURIOUS = -2, /* it returns at once, with nothing */
};

/* The calls, and what befalls each; a list ends with 0. */
extern const struct shim_call {
  const char *name;
  int faults[8];
} shim_calls[];

/* From now on the calls number `from` to `from` + `times` - 1 of this name fail; none for `times` 0. */
void shim_arm(int call, int fault, long from, long times);

/* No more faults. */
void shim_disarm(void);

/* How often this call was made, and how many faults there were so far. */
long shim_count(int call);
long shim_faults(void);

/* What the library holds: blocks of memory, and pages mapped. */
long shim_blocks(void);
long shim_mappings(void);

/* malloc and free of a program that takes memory from the library, or hands it over: never fails. */
void *shim_given(size_t size);
void shim_taken(void *block);

/* The program has mapped something that the library is to unmap. */
void shim_mapped(void);

#endif
