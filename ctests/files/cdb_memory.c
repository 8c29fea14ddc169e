/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* critbit.h and cdb_make.h when memory is refused. This program has the allocator refuse it to the library. */
#include "t.h"

#include <fcntl.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/critbit.h>

/* How many allocations are granted before all are refused; negative for all of them. */
static int granted = -1;

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static int refused(void) {
  if (granted == 0) errno = ENOMEM;
  return granted == 0 || (granted > 0 && granted-- == 0);
}

void *malloc(size_t size) { return refused() ? 0 : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return refused() ? 0 : __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { return refused() ? 0 : __libc_realloc(block, size); }

static int count(const char *member, void *arg) {
  (void)member;
  return ++*(int *)arg, 1;
}

TEST(a_set_without_memory_stays_as_it_is) {
  static const char *const members[] = {"b", "a", "", "ab", "abc", "\xff"};
  critbit0_tree set = {0};
  for (int i = 0; i < 6; i++) {
    int calls = 0;
    /* The first takes one block, the others two. */
    for (int blocks = 0; blocks < 1 + (i > 0); blocks++) {
      granted = blocks;
      errno = 0;
      EQUAL(critbit0_insert(&set, members[i]), 0);
      EQUAL(errno, ENOMEM);
      granted = 0;
      EQUAL(critbit0_contains(&set, members[i]), 0);
    }
    EQUAL(critbit0_allprefixed(&set, "", count, &calls), 1);
    EQUAL(calls, i);
    granted = -1;
    EQUAL(critbit0_insert(&set, members[i]), 2);
  }
  granted = 0;
  for (int i = 0; i < 6; i++) EQUAL(critbit0_insert(&set, members[i]), 1);
  for (int i = 0; i < 6; i++) EQUAL(critbit0_delete(&set, members[i]), 1);
  CHECK(set.root == 0);
}

static struct cdb_make m;

static int add(int number) {
  return cdb_make_add(&m, (const unsigned char *)&number, sizeof number, (const unsigned char *)"data", 4);
}

/* Where the first record, and the 1001st, find no memory: nothing has happened, and later it may. */
TEST(a_record_without_memory_can_be_added_again) {
  struct cdb c = {0};
  int fd = open(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", O_TMPFILE | O_RDWR, 0600);
  CHECK(fd != -1);
  EQUAL(cdb_make_start(&m, fd), 2048);
  for (int number = 0; number < 1500; number++) {
    if (number % 1000 == 0) {
      granted = 0;
      errno = 0;
      EQUAL(add(number), -1);
      EQUAL(errno, ENOMEM);
      granted = -1;
    }
    EQUAL(add(number), 0);
  }
  EQUAL(cdb_make_finish(&m), 0);
  granted = 0;
  cdb_init(&c, fd);
  for (int number = 0; number < 1500; number++)
    EQUAL(cdb_find(&c, (const unsigned char *)&number, sizeof number), 1);
  cdb_free(&c);
}

TEST(tables_without_memory) {
  int fd = open(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", O_TMPFILE | O_RDWR, 0600);
  CHECK(fd != -1);
  EQUAL(cdb_make_start(&m, fd), 2048);
  EQUAL(add(1), 0);
  granted = 0;
  errno = 0;
  EQUAL(cdb_make_finish(&m), -1);
  EQUAL(errno, ENOMEM);
  /* All memory was given back, so there is nothing left to finish. */
  granted = -1;
  EQUAL(cdb_make_finish(&m), -1);
  EQUAL(errno, EINVAL);
}
