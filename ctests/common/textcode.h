/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the tests of textcode.h have in common. */
#ifndef TEXTCODE_TESTS_H
#define TEXTCODE_TESTS_H

#include "edge.h"

#include <libowfat/textcode.h>

typedef size_t decoder(const char *, char *, size_t *);

/* CALL encodes to `dest`: it announces the length of the literal WANTED, writes that, and not a byte more, also to
 * memory that ends there. */
#define ENCODES(CALL, WANTED)                                                                          \
  do {                                                                                                 \
    char *dest = 0, text[1000];                                                                        \
    size_t length = sizeof(WANTED) - 1;                                                                \
    EQUAL(CALL, length);                                                                               \
    memset(text, '#', sizeof text);                                                                    \
    dest = text + 1;                                                                                   \
    EQUAL(CALL, length);                                                                               \
    if (memcmp(dest, WANTED, length) != 0) FAIL("%s wrote %.*s", #CALL, (int)length, dest);            \
    CHECK(text[0] == '#' && dest[length] == '#');                                                      \
    dest = malloc(length);                                                                             \
    EQUAL(CALL, length);                                                                               \
    CHECK(memcmp(dest, WANTED, length) == 0);                                                          \
    free(dest);                                                                                        \
  } while (0)

/* The same for a function of three arguments and the bytes of a literal, behind which nothing can be read. */
#define ENCODES_BYTES(ENCODER, BYTES, WANTED)                                                          \
  ENCODES(ENCODER(dest, at_the_edge(BYTES, sizeof(BYTES) - 1), sizeof(BYTES) - 1), WANTED)

/* DECODER makes the bytes of the literal WANTED of STRING, and uses USED bytes. */
#define DECODES(DECODER, STRING, USED, WANTED)                                                         \
  decodes(DECODER, #DECODER, STRING, USED, WANTED, sizeof(WANTED) - 1)

static inline void decodes(decoder decode, const char *name, const char *string, size_t used,
                           const char *wanted, size_t length) {
  size_t all = strlen(string), made = 77;
  char *source = string_at_the_edge(string), *dest = at_the_edge(string, all);
  char *heap = strdup(string), *exact = malloc(all);
  EQUAL(decode(source, dest, &made), used);
  EQUAL(made, length);
  if (memcmp(dest, wanted, made) != 0) FAIL("%s of %s", name, string);
  EQUAL(decode(source, source, &made), used);
  EQUAL(made, length);
  CHECK(memcmp(source, wanted, made) == 0);
  made = 77;
  EQUAL(decode(heap, exact, &made), used);
  EQUAL(made, length);
  CHECK(memcmp(exact, wanted, made) == 0);
  free(heap);
  free(exact);
}

/* The same without places for the bytes and their number. */
static inline void only_counts(decoder decode, const char *string, size_t used, size_t length) {
  size_t made = 77;
  char text[100];
  EQUAL(decode(string, 0, &made), used);
  EQUAL(made, length);
  EQUAL(decode(string, text, 0), used);
  EQUAL(decode(string, 0, 0), used);
}

/* Whatever a text is cut to, nothing behind it is read, and no more is made than is used. */
static inline void survives(decoder decode, const char *const *texts) {
  for (; *texts; texts++) {
    for (size_t length = 0; length <= strlen(*texts); length++) {
      size_t page = (size_t)sysconf(_SC_PAGESIZE), made = 77, used;
      char cut[100] = "", *source, *dest;
      memcpy(cut, *texts, length);
      source = string_at_the_edge(cut);
      dest = at_the_edge(cut, length);
      used = decode(source, dest, &made);
      if (used > length || made > used) FAIL("%s: %zu bytes of %zu", cut, made, used);
      EQUAL(decode(source, 0, &made), used);
      munmap((void *)((uintptr_t)source / page * page), 2 * page);
      munmap((void *)((uintptr_t)(dest - 1) / page * page), 2 * page);
    }
  }
}

#endif
