/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* cdb_make.h. */
#include "database.h"

#include <stddef.h>

TEST(layout) {
  NEEDS_64_BITS(long);
  EQUAL(sizeof(struct cdb_hp), 8);
  EQUAL(sizeof(struct cdb_hplist), 8016);
  EQUAL(CDB_HPLIST, 1000);
  EQUAL(offsetof(struct cdb_hplist, next), 8000);
  EQUAL(offsetof(struct cdb_hplist, num), 8008);
  EQUAL(sizeof(struct cdb_make), 12400);
  EQUAL(offsetof(struct cdb_make, final), 8192);
  EQUAL(offsetof(struct cdb_make, count), 10240);
  EQUAL(offsetof(struct cdb_make, start), 11264);
  EQUAL(offsetof(struct cdb_make, head), 12288);
  EQUAL(offsetof(struct cdb_make, split), 12296);
  EQUAL(offsetof(struct cdb_make, hash), 12304);
  EQUAL(offsetof(struct cdb_make, numentries), 12312);
  EQUAL(offsetof(struct cdb_make, b), 12320);
  EQUAL(offsetof(struct cdb_make, pos), 12384);
  EQUAL(offsetof(struct cdb_make, fd), 12392);
}

/* What a compiled program sees of the struct. */
TEST(fields_while_writing, .valgrind = 1) {
  int fd = new_file();
  start(fd);
  CHECK(m.head == 0 && m.numentries == 0 && m.pos == 2048 && m.fd == fd);
  CHECK(m.b.x == m.bspace && m.b.p == 0 && m.b.n == 0 && m.b.a == 8192 && m.b.fd == fd);
  EQUAL(lseek(fd, 0, SEEK_CUR), 2048);
  add("one", "eins");
  CHECK(m.numentries == 1 && m.pos == 2063 && m.b.p == 15);
  EQUAL(m.head->num, 1);
  EQUAL(m.head->hp[0].h, 193420161);
  EQUAL(m.head->hp[0].p, 2048);
  EQUAL(cdb_make_finish(&m), 0);
  EQUAL(m.pos, 2063 + 16);
  EQUAL(m.count[193420161 & 255], 1);
  EQUAL(m.b.p, 0);
  EQUAL(lseek(fd, 0, SEEK_CUR), 2048);
  EQUAL(memcmp(m.final + 8 * (193420161 & 255), "\x0f\x08\0\0\2\0\0", 8), 0);
}

TEST(keys_and_data_through_the_buffer, .valgrind = 1) {
  struct cdb c = {0};
  int fd = new_file();
  start(fd);
  for (int i = 0; i < 100; i++) {
    uint32 h = CDB_HASHSTART;
    for (const char *at = "through the buffer"; *at; at++) h = cdb_hashadd(h, (unsigned char)*at);
    EQUAL(cdb_make_addbegin(&m, 18, 300), 0);
    EQUAL(buffer_putalign(&m.b, "through the buffer", 18), 0);
    for (int piece = 0; piece < 3; piece++) {
      char data[100];
      memset(data, i, 100);
      EQUAL(buffer_putalign(&m.b, data, 100), 0);
    }
    EQUAL(cdb_make_addend(&m, 18, 300, h), 0);
  }
  EQUAL(cdb_make_finish(&m), 0);
  cdb_init(&c, fd);
  cdb_findstart(&c);
  for (int i = 0; i < 100; i++) {
    unsigned char data[300];
    EQUAL(cdb_findnext(&c, (bytes) "through the buffer", 18), 1);
    EQUAL(cdb_datalen(&c), 300);
    EQUAL(cdb_read(&c, data, 300, cdb_datapos(&c)), 0);
    CHECK(data[0] == i && data[299] == i);
  }
  EQUAL(cdb_findnext(&c, (bytes) "through the buffer", 18), 0);
  cdb_free(&c);
}

TEST(many_records, .valgrind = 1, .seconds = 60) {
  struct cdb c = {0};
  int fd = new_file();
  char key[20], data[40];
  start(fd);
  for (int i = 0; i < 5000; i++) {
    snprintf(key, sizeof key, "%d", i);
    snprintf(data, sizeof data, "number %d", i);
    EQUAL(cdb_make_add(&m, (bytes)key, strlen(key), (bytes)data, strlen(data)), 0);
  }
  EQUAL(cdb_make_finish(&m), 0);
  cdb_init(&c, fd);
  for (int i = 0; i < 6000; i++) {
    snprintf(key, sizeof key, "%d", i);
    snprintf(data, sizeof data, "number %d", i);
    EQUAL(cdb_find(&c, (bytes)key, strlen(key)), i < 5000);
    if (i < 5000) DATA(&c, data);
  }
  cdb_free(&c);
}

TEST(memory_is_given_back, .valgrind = 1) {
  for (int turn = 0; turn < 3; turn++) {
    close(small());
    CHECK(m.head == 0 && m.split == 0 && m.hash == 0);
  }
}

TEST(lengths_of_4_gib, .valgrind = 1) {
  NEEDS_64_BITS(long);
  int fd = new_file();
  start(fd);
  add("one", "eins");
  errno = 0;
  EQUAL(cdb_make_addbegin(&m, 1UL << 16 << 16, 0), -1);
  EQUAL(errno, ENOMEM);
  errno = 0;
  EQUAL(cdb_make_add(&m, (bytes) "one", 3, (bytes) "", 1UL << 16 << 16), -1);
  EQUAL(errno, ENOMEM);
  errno = 0;
  EQUAL(cdb_make_addend(&m, ~0UL, 9, 0), -1);
  EQUAL(errno, ENOMEM);
  EQUAL(m.b.p, 15);
  EQUAL(cdb_make_finish(&m), 0);
}

/* What does not fit is refused before any of it is written: the records before it are a database. */
TEST(no_file_of_4_gib) {
  NEEDS_64_BITS(off_t);
  struct cdb c = {0};
  int fd = new_file();
  static unsigned char data[90];
  start(fd);
  add("one", "eins");
  /* As if most of 4 GiB had been written. */
  EQUAL(buffer_flush(&m.b), 0);
  m.pos = 0xffffffff - 100;
  EQUAL(lseek(fd, m.pos, SEEK_SET), m.pos);
  errno = 0;
  EQUAL(cdb_make_add(&m, (bytes) "two", 3, data, sizeof data), -1);
  EQUAL(errno, ENOMEM);
  add("two", "zwei");
  EQUAL(cdb_make_finish(&m), 0);
  cdb_init(&c, fd);
  EQUAL(find(&c, "one"), 1);
  DATA(&c, "eins");
  EQUAL(find(&c, "two"), 1);
  DATA(&c, "zwei");
  CHECK(ftruncate(fd, 0) == 0);
}

TEST(tables_beyond_4_gib) {
  NEEDS_64_BITS(off_t);
  int fd = new_file();
  start(fd);
  add("one", "eins");
  EQUAL(buffer_flush(&m.b), 0);
  m.pos = 0xffffffff - 15;
  EQUAL(lseek(fd, m.pos, SEEK_SET), m.pos);
  errno = 0;
  EQUAL(cdb_make_finish(&m), -1);
  EQUAL(errno, ENOMEM);
}

static void limit_of_files(rlim_t bytes_per_file) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  limit.rlim_cur = bytes_per_file;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  signal(SIGXFSZ, SIG_IGN);
}

TEST(a_full_disk_is_told_by_finish) {
  int fd = new_file();
  start(fd);
  add("one", "eins");
  limit_of_files(2060);
  errno = 0;
  EQUAL(cdb_make_finish(&m), -1);
  EQUAL(errno, EFBIG);
}

TEST(a_full_disk_is_told_by_add) {
  static unsigned char data[10000];
  int fd = new_file();
  start(fd);
  limit_of_files(4000);
  errno = 0;
  EQUAL(cdb_make_add(&m, (bytes) "one", 3, data, sizeof data), -1);
  EQUAL(errno, EFBIG);
}

/* There must be no database of which a part is missing. */
TEST(errors_that_were_not_looked_at_show_in_the_end) {
  static unsigned char data[10000];
  int fd = new_file();
  start(fd);
  limit_of_files(4000);
  cdb_make_add(&m, (bytes) "one", 3, data, sizeof data);
  limit_of_files(RLIM_INFINITY);
  EQUAL(cdb_make_add(&m, (bytes) "two", 3, (bytes) "", 0), 0);
  EQUAL(cdb_make_finish(&m), -1);
}

TEST(records_that_are_shorter_than_announced) {
  start(new_file());
  EQUAL(cdb_make_addbegin(&m, 3, 4), 0);
  EQUAL(buffer_putalign(&m.b, "one", 3), 0);
  EQUAL(cdb_make_addend(&m, 3, 4, cdb_hash((bytes) "one", 3)), 0);
  errno = 0;
  EQUAL(cdb_make_finish(&m), -1);
  EQUAL(errno, EINVAL);
}
