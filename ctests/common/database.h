/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Databases to test with. */
#ifndef DATABASE_H
#define DATABASE_H

#include "edge.h"

#include <fcntl.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>

typedef const unsigned char *bytes;

/* A new file without a name. */
static inline int new_file(void) {
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "cdb"));
  CHECK(fd != -1 && unlink(name) == 0);
  return fd;
}

static struct cdb_make m;

static inline void start(int fd) {
  memset(&m, 'x', sizeof m);
  EQUAL(cdb_make_start(&m, fd), 2048);
}

static inline void add(const char *key, const char *data) {
  size_t key_len = strlen(key), len = strlen(data);
  EQUAL(cdb_make_add(&m, (bytes)at_the_edge(key, key_len), key_len, (bytes)at_the_edge(data, len), len), 0);
}

/* A database of "one" twice, "two" and the empty key. */
static inline int small(void) {
  int fd = new_file();
  start(fd);
  add("one", "eins");
  add("two", "zwei");
  add("one", "un");
  add("", "");
  EQUAL(cdb_make_finish(&m), 0);
  return fd;
}

#define DATA(C, WANTED)                                                                                \
  do {                                                                                                 \
    unsigned char got[100];                                                                            \
    EQUAL(cdb_datalen(C), strlen(WANTED));                                                             \
    EQUAL(cdb_read((C), got, cdb_datalen(C), cdb_datapos(C)), 0);                                      \
    CHECK(memcmp(got, WANTED, strlen(WANTED)) == 0);                                                   \
  } while (0)

#define KEY(C, WANTED)                                                                                 \
  do {                                                                                                 \
    unsigned char got[100];                                                                            \
    EQUAL(cdb_keylen(C), strlen(WANTED));                                                              \
    EQUAL(cdb_read((C), got, cdb_keylen(C), cdb_keypos(C)), 0);                                        \
    CHECK(memcmp(got, WANTED, strlen(WANTED)) == 0);                                                   \
  } while (0)

static inline int find(struct cdb *c, const char *key) {
  return cdb_find(c, (bytes)at_the_edge(key, strlen(key)), strlen(key));
}

#endif
