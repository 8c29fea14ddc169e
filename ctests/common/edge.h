/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory of which not one byte too many can be read. */
#ifndef EDGE_H
#define EDGE_H

#include "t.h"

#include <sys/mman.h>

/* A copy of n bytes behind which the next one cannot be read. */
static inline char *at_the_edge(const void *bytes, size_t n) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  size_t size = (n + page - 1) / page * page;
  char *both = mmap(0, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(both != MAP_FAILED);
  CHECK(mprotect(both + size, page, PROT_NONE) == 0);
  return n ? memcpy(both + size - n, bytes, n) : both + size;
}

/* The same for a string, with its null byte. */
static inline char *string_at_the_edge(const char *string) { return at_the_edge(string, strlen(string) + 1); }

#endif
