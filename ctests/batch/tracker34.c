/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The tracker's batches in a program for 0.34, where the struct is larger. */
#define OWFAT_API 34
#include "tracker.c"
