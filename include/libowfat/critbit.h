/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Sets of strings, as crit-bit trees.
 *
 * A new set is all zeros: critbit0_tree set = {0}. Members are strings of any bytes; they are in the order of
 * their bytes, taken as unsigned, with a string before those that it is the beginning of.
 */

#ifndef LIBOWFAT_CRITBIT_H
#define LIBOWFAT_CRITBIT_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

/* A set of strings. All zeros is an empty one. */
typedef struct {
  /* What the set is made of; NULL if it is empty. Programs leave it alone. */
  void *root;
} critbit0_tree;

#ifdef __cplusplus
extern "C" {
#endif

/* Returns 1 if the string u is a member, else 0. */
int critbit0_contains(critbit0_tree *t, const char *u);

/*
 Adds a copy of the string u. Returns 2, or 1 if it was a member already, or 0 with errno ENOMEM if there is no
 memory for it; then nothing has changed.
 */
int critbit0_insert(critbit0_tree *t,
                    const char *u);

/* Removes the string u. Returns 1, or 0 if it was no member. */
int critbit0_delete(critbit0_tree *t, const char *u);

/* Removes all members and frees their memory. */
void critbit0_clear(critbit0_tree *t);

/*
 Calls handle with each member that starts with the string prefix, and with arg, in the order of their bytes,
 for as long as it returns 1. handle must not change the set, except that it may delete the very member that
 it got. Returns 1 when all are done, 0 if handle returned 0, -1 if it returned anything else.
 */
int critbit0_allprefixed(critbit0_tree *t, const char *prefix, int (*handle)(const char*, void*), void *arg);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_CRITBIT_H */
