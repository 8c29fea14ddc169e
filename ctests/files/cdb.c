/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* cdb.h, and what is in files. */
#include "database.h"

#include <stddef.h>

TEST(layout) {
  NEEDS_64_BITS(long);
  EQUAL(sizeof(struct cdb), 48);
  EQUAL(offsetof(struct cdb, fd), 8);
  EQUAL(offsetof(struct cdb, size), 16);
  EQUAL(offsetof(struct cdb, loop), 20);
  EQUAL(offsetof(struct cdb, khash), 24);
  EQUAL(offsetof(struct cdb, kpos), 28);
  EQUAL(offsetof(struct cdb, hpos), 32);
  EQUAL(offsetof(struct cdb, hslots), 36);
  EQUAL(offsetof(struct cdb, dpos), 40);
  EQUAL(offsetof(struct cdb, dlen), 44);
}

TEST(hash_values) {
  EQUAL(CDB_HASHSTART, 5381);
  EQUAL(cdb_hash((bytes) "", 0), 5381);
  EQUAL(cdb_hash((bytes)at_the_edge("one", 3), 3), 193420161);
  EQUAL(cdb_hashadd(CDB_HASHSTART, 'a'), 177604);
  EQUAL(cdb_hashadd(0xffffffff, 0xff), 0xffffff20);
}

static void check_small(struct cdb *c) {
  uint32 k = 7;
  for (int turn = 0; turn < 2; turn++) {
    EQUAL(find(c, "one"), 1);
    DATA(c, "eins");
    EQUAL(cdb_findnext(c, (bytes) "one", 3), 1);
    DATA(c, "un");
    EQUAL(cdb_findnext(c, (bytes) "one", 3), 0);
    EQUAL(cdb_findnext(c, (bytes) "one", 3), 0);
  }
  EQUAL(find(c, "two"), 1);
  DATA(c, "zwei");
  EQUAL(find(c, ""), 1);
  DATA(c, "");
  EQUAL(find(c, "three"), 0);
  EQUAL(find(c, "on"), 0);

  EQUAL(cdb_firstkey(c, &k), 1);
  EQUAL(k, 2063);
  KEY(c, "one");
  DATA(c, "eins");
  EQUAL(cdb_nextkey(c, &k), 1);
  KEY(c, "two");
  DATA(c, "zwei");
  EQUAL(cdb_nextkey(c, &k), 1);
  KEY(c, "one");
  DATA(c, "un");
  EQUAL(cdb_nextkey(c, &k), 1);
  KEY(c, "");
  DATA(c, "");
  EQUAL(cdb_nextkey(c, &k), 0);
  EQUAL(cdb_nextkey(c, &k), 0);

  EQUAL(cdb_successor(c, 0, 0), 1);
  KEY(c, "one");
  DATA(c, "eins");
  EQUAL(cdb_successor(c, (bytes) "one", 3), 1);
  KEY(c, "two");
  EQUAL(cdb_successor(c, (bytes) "two", 3), 1);
  KEY(c, "one");
  DATA(c, "un");
  EQUAL(cdb_successor(c, (bytes) "", 0), 0);
  EQUAL(cdb_successor(c, (bytes) "three", 5), 0);
}

TEST(what_is_written_is_found, .valgrind = 1) {
  struct cdb c = {0};
  int fd = small();
  cdb_init(&c, fd);
  CHECK(c.map != 0 && c.fd == fd);
  EQUAL(c.size, lseek(fd, 0, SEEK_END));
  check_small(&c);
  cdb_free(&c);
  CHECK(c.map == 0);
  /* The descriptor is still the program's, and reading without a mapping comes to the same. */
  check_small(&c);
}

TEST(files_too_long_to_map, .valgrind = 1) {
  struct cdb c = {0};
  int fd = small();
  NEEDS_64_BITS(off_t);
  CHECK(ftruncate(fd, (off_t)(5LL << 30)) == 0);
  cdb_init(&c, fd);
  CHECK(c.map == 0);
  check_small(&c);
}

static int mappings(void) {
  char line[500];
  int found = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps != 0);
  while (fgets(line, sizeof line, maps)) found += strstr(line, "/owfat-cdb-") != 0;
  fclose(maps);
  return found;
}

/* Long enough to be mapped. */
static int mapped(void) {
  int fd = small();
  CHECK(ftruncate(fd, 100000) == 0);
  return fd;
}

TEST(a_second_init_lets_go_of_the_first) {
  struct cdb c = {0};
  int fd = mapped();
  for (int turn = 0; turn < 3; turn++) cdb_init(&c, fd);
  EQUAL(mappings(), 1);
  cdb_free(&c);
  cdb_free(&c);
  EQUAL(mappings(), 0);
}

TEST(a_second_init_frees_the_first_copy, .valgrind = 1) {
  struct cdb c = {0};
  int fd = small();
  for (int turn = 0; turn < 3; turn++) cdb_init(&c, fd);
  check_small(&c);
  cdb_free(&c);
  cdb_free(&c);
}

static void reading_stays_inside(int fd) {
  struct cdb c = {0};
  cdb_init(&c, fd);
  for (int turn = 0; turn < 2; turn++) {
    unsigned char room[8];
    uint32 size = (uint32)lseek(fd, 0, SEEK_END);
    EQUAL(cdb_read(&c, room, 8, size - 8), 0);
    for (uint32 missing = 1; missing <= 8; missing++) {
      errno = 0;
      EQUAL(cdb_read(&c, room, 8, size - 8 + missing), -1);
      EQUAL(errno, EPROTO);
    }
    errno = 0;
    EQUAL(cdb_read(&c, room, 8, 0xffffffff), -1);
    EQUAL(errno, EPROTO);
    cdb_free(&c);
  }
}

TEST(reading_stays_inside_of_a_copy, .valgrind = 1) { reading_stays_inside(small()); }
TEST(reading_stays_inside_of_a_mapping, .valgrind = 1) { reading_stays_inside(mapped()); }

TEST(descriptors_that_are_none) {
  struct cdb c = {0};
  int fds[2];
  uint32 k;
  errno = 0;
  EQUAL(cdb_make_start(&m, -1), -1);
  EQUAL(errno, EBADF);
  CHECK(pipe(fds) == 0);
  errno = 0;
  EQUAL(cdb_make_start(&m, fds[1]), -1);
  EQUAL(errno, ESPIPE);
  cdb_init(&c, -1);
  CHECK(c.map == 0 && c.fd == -1);
  errno = 0;
  EQUAL(find(&c, "one"), -1);
  EQUAL(errno, EBADF);
  cdb_init(&c, fds[0]);
  errno = 0;
  EQUAL(cdb_firstkey(&c, &k), -1);
  EQUAL(errno, ESPIPE);
}

TEST(numbers_beyond_int_are_no_descriptors) {
  struct cdb c = {0};
  int fd = small();
  cdb_init(&c, (1LL << 32) + fd);
  errno = 0;
  EQUAL(find(&c, "one"), -1);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(cdb_make_start(&m, (1LL << 32) + fd), -1);
  EQUAL(errno, EBADF);
}

/* A number of the file, whatever the order of bytes here. */
static void put32(int fd, uint32 value, off_t at) {
  const unsigned char number[4] = {value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24};
  EQUAL(pwrite(fd, number, sizeof number, at), 4);
}

TEST(empty_and_short_files, .valgrind = 1) {
  struct cdb c = {0};
  uint32 k;
  int fd = new_file();
  for (int size = 0; size < 2048; size += 1000) {
    CHECK(ftruncate(fd, size) == 0);
    if (size) put32(fd, 5000, 0);
    cdb_init(&c, fd);
    errno = 0;
    EQUAL(cdb_firstkey(&c, &k), -1);
    EQUAL(errno, EPROTO);
    cdb_free(&c);
  }
}

TEST(a_file_that_was_cut, .valgrind = 1) {
  struct cdb c = {0};
  int fd = small();
  off_t size = lseek(fd, 0, SEEK_END);
  for (off_t cut = 1; cut <= size; cut++) {
    int got;
    CHECK(ftruncate(fd, size - cut) == 0);
    cdb_init(&c, fd);
    errno = 0;
    got = find(&c, "one");
    CHECK(got == 1 || (got == -1 && errno == EPROTO));
    cdb_free(&c);
  }
}

/* A table whose slots are all taken, by a record with another key and the same hash value. */
TEST(a_search_ends_in_a_full_table, .valgrind = 1) {
  struct cdb c = {0};
  uint32 hash = cdb_hash((bytes) "key", 3);
  int fd = new_file();
  CHECK(ftruncate(fd, 2048 + 8 * 4 + 11) == 0);
  put32(fd, 2048, 8 * (hash & 255));
  put32(fd, 4, 8 * (hash & 255) + 4);
  for (int slot = 0; slot < 4; slot++) {
    put32(fd, hash, 2048 + 8 * slot);
    put32(fd, 2080, 2052 + 8 * slot);
  }
  put32(fd, 3, 2080);
  cdb_init(&c, fd);
  EQUAL(find(&c, "key"), 0);
  EQUAL(cdb_findnext(&c, (bytes) "key", 3), 0);
  cdb_free(&c);
}

/* Data of nearly 4 GiB leads to a position before the record. */
TEST(walking_never_goes_back, .valgrind = 1) {
  struct cdb c = {0};
  uint32 k;
  int fd = small();
  put32(fd, 0xffffffff - 14, 2052);
  cdb_init(&c, fd);
  errno = 0;
  EQUAL(cdb_firstkey(&c, &k), -1);
  EQUAL(errno, EPROTO);
  cdb_free(&c);
}

TEST(data_that_would_end_beyond_4_gib, .valgrind = 1) {
  struct cdb c = {0};
  int fd = small();
  put32(fd, 0xffffffff, 2052);
  cdb_init(&c, fd);
  errno = 0;
  EQUAL(find(&c, "one"), -1);
  EQUAL(errno, EPROTO);
  cdb_free(&c);
}

/* A small file is in memory as it was. */
TEST(a_small_file_that_is_cut_short) {
  struct cdb c = {0};
  int fd = small();
  cdb_init(&c, fd);
  CHECK(ftruncate(fd, 0) == 0);
  check_small(&c);
  cdb_free(&c);
}

/* Another process cuts the file short while it is mapped. */
TEST(a_file_that_is_cut_short) {
  static struct cdb_make make;
  static struct cdb c;
  char name[T_NAME], key[20];
  uint32 k;
  int f = mkstemp(temporary(name, "cut"));
  CHECK(f != -1 && unlink(name) == 0);
  CHECK(cdb_make_start(&make, f) != -1);
  for (int i = 0; i < 3000; i++) {
    int n = snprintf(key, sizeof key, "k%d", i);
    EQUAL(cdb_make_add(&make, (bytes)key, (unsigned long)n, (bytes)key, (unsigned long)n), 0);
  }
  EQUAL(cdb_make_finish(&make), 0);
  cdb_init(&c, f);
  EQUAL(find(&c, "k77"), 1);
  EQUAL(ftruncate(f, 8192), 0);
  for (int i = 0; i < 3000; i++) {
    snprintf(key, sizeof key, "k%d", i);
    EQUAL(find(&c, key), -1);
    EQUAL(errno, EPROTO);
  }
  EQUAL(cdb_firstkey(&c, &k), 1);
  EQUAL(cdb_read(&c, (unsigned char *)key, 8, 8190), -1);
  EQUAL(cdb_read(&c, (unsigned char *)key, 8, 2048), 0);
  EQUAL(ftruncate(f, 0), 0);
  EQUAL(cdb_firstkey(&c, &k), -1);
  cdb_free(&c);
  close(f);
}
