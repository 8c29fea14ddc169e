/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sets of strings and constant databases. */
#include "faults.h"

#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/critbit.h>

static int count(const char *member, void *arg) {
  CHECK(*member == 'm');
  return ++*(int *)arg, 1;
}

TEST(sets) {
  critbit0_tree set = {0};
  char member[20];
  int members = 0;
  for (int i = 0; i < 50; i++) {
    snprintf(member, sizeof member, "m%d", i);
    INSIST(critbit0_insert(&set, member), == 2);
    EQUAL(critbit0_insert(&set, member), 1);
  }
  for (int i = 0; i < 25; i++) {
    snprintf(member, sizeof member, "m%d", i);
    EQUAL(critbit0_delete(&set, member), 1);
    EQUAL(critbit0_contains(&set, member), 0);
  }
  EQUAL(critbit0_allprefixed(&set, "m", count, &members), 1);
  EQUAL(members, 25);
  critbit0_clear(&set);
  CHECK(set.root == 0);
}

typedef const unsigned char *bytes;

/* So many that they need several blocks of memory, and files several calls. */
enum { RECORDS = 2500, EVERY = 500, ENOUGH = 60 };

static struct cdb_make m;

static size_t key_of(int i, char key[20]) { return (size_t)sprintf(key, "key %d", i); }

static uint32 hash_of(const char *key) {
  uint32 h = CDB_HASHSTART;
  while (*key) h = cdb_hashadd(h, (unsigned char)*key++);
  return h;
}

/* Every second record goes through the buffer. */
static int add(int i) {
  char key[20];
  size_t length = key_of(i, key);
  if (i % 2) return cdb_make_add(&m, (bytes)key, length, (bytes) "data", 4);
  if (cdb_make_addbegin(&m, length, 4) == -1) return -1;
  if (buffer_putalign(&m.b, key, length) == -1 || buffer_putalign(&m.b, "data", 4) == -1) return -1;
  return cdb_make_addend(&m, length, 4, i % 4 ? hash_of(key) : cdb_hash((bytes)key, length));
}

/* After an error there is nothing to do but to begin again; its memory is given back all the same. */
static int write_database(void) {
  int file = file_of(0);
  for (;;) {
    long faults = shim_faults();
    CHECK(ftruncate(file, 0) == 0);
    errno = 0;
    int result = cdb_make_start(&m, file) == -1 ? -1 : 0;
    for (int i = 0; result == 0 && i < RECORDS; i++) result = add(i);
    int error = errno, finished = cdb_make_finish(&m);
    if (result == 0 && finished == 0) return file;
    if (result == -1) errno = error;
    blame("writing a database", -1, faults);
  }
}

#define EXPECT_DATA(C)                                                           \
  do {                                                                           \
    char got[4];                                                                 \
    EQUAL(cdb_datalen(C), 4);                                                    \
    INSIST(cdb_read((C), (unsigned char *)got, 4, cdb_datapos(C)), == 0);        \
    CHECK(memcmp(got, "data", 4) == 0);                                          \
  } while (0)

static void expect_key(struct cdb *c, int i) {
  char key[20], got[20];
  size_t length = key_of(i, key);
  EQUAL(cdb_keylen(c), length);
  INSIST(cdb_read(c, (unsigned char *)got, (unsigned long)length, cdb_keypos(c)), == 0);
  CHECK(memcmp(got, key, length) == 0);
}

static void look_at_database(int file) {
  struct cdb c = {0};
  char key[20];
  uint32 at;
  cdb_init(&c, file);
  for (int i = 0; i <= RECORDS; i += EVERY) {
    size_t length = key_of(i, key);
    if (i == RECORDS) {
      INSIST(cdb_find(&c, (bytes)key, length), == 0);
      break;
    }
    INSIST(cdb_find(&c, (bytes)key, length), == 1);
    EXPECT_DATA(&c);
    for (;;) {
      cdb_findstart(&c);
      INSIST(cdb_findnext(&c, (bytes)key, length), == 1);
      long faults = shim_faults();
      int more = cdb_findnext(&c, (bytes)key, length);
      if (more == 0) break;
      blame("cdb_findnext", more, faults);
    }
  }
  INSIST(cdb_firstkey(&c, &at), == 1);
  expect_key(&c, 0);
  for (int i = 1; i < 5; i++) {
    INSIST(cdb_nextkey(&c, &at), == 1);
    expect_key(&c, i);
    EXPECT_DATA(&c);
  }
  /* So often that a copy takes the mapping's place, or stays away. */
  for (int i = 0; i < ENOUGH; i++) EXPECT_DATA(&c);
  INSIST(cdb_successor(&c, (bytes) "key 77", 6), == 1);
  expect_key(&c, 78);
  EXPECT_DATA(&c);
  cdb_free(&c);
}

TEST(databases) {
  int file = write_database();
  look_at_database(file);
  close(file);
}
