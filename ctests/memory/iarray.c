/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iarray.h. */
#include "t.h"

#include <libowfat/iarray.h>
#include <pthread.h>

static iarray shared;

TEST(layout, .valgrind = 1) {
  NEEDS_64_BITS(long);
  EQUAL(sizeof(iarray), 160);
  EQUAL(offsetof(iarray, elemsize), 128);
  EQUAL(offsetof(iarray, elemperpage), 136);
  EQUAL(offsetof(iarray, bytesperpage), 144);
  EQUAL(offsetof(iarray, len), 152);
  EQUAL(offsetof(iarray_page, data), 8);
}

TEST(elements_are_zero_and_never_move, .valgrind = 1) {
  int *first, i;
  iarray_init(&shared, 24);
  CHECK(iarray_get(&shared, 3) == 0);
  first = iarray_allocate(&shared, 3);
  CHECK(first && *first == 0);
  *first = 7;
  for (i = 0; i < 100000; i += 77) CHECK(iarray_allocate(&shared, (size_t)i));
  CHECK(iarray_get(&shared, 3) == first && *first == 7);
  CHECK(iarray_allocate(&shared, 3) == first);
  CHECK(iarray_get(&shared, 1000000) == 0);
  iarray_free(&shared);
  CHECK(iarray_get(&shared, 3) == 0);
}

TEST(elements_lie_where_the_header_says, .valgrind = 1) {
  iarray_init(&shared, 24);
  CHECK(iarray_allocate(&shared, 16 * 170 + 5));
  CHECK(iarray_get(&shared, 5) == shared.pages[5]->data);
  CHECK(iarray_get(&shared, 16 + 5) == shared.pages[5]->data + 24);
  CHECK(iarray_get(&shared, 16 * 170 + 5) == shared.pages[5]->next->data);
  CHECK(shared.pages[5]->next->next == 0 && shared.pages[4] == 0);
  iarray_free(&shared);
}

static void *allocate_all(void *seen) {
  size_t i;
  for (i = 0; i < 4000; i++) ((void **)seen)[i] = iarray_allocate(&shared, i);
  return 0;
}

TEST(threads_get_the_same_elements, .valgrind = 1) {
  static void *seen[4][4000];
  pthread_t threads[4];
  int i;
  iarray_init(&shared, 100);
  for (i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], 0, allocate_all, seen[i]) == 0);
  for (i = 0; i < 4; i++) CHECK(pthread_join(threads[i], 0) == 0);
  for (i = 1; i < 4; i++) CHECK(memcmp(seen[0], seen[i], sizeof seen[0]) == 0);
  iarray_free(&shared);
}

TEST(length_is_a_count_that_never_falls) {
  iarray_init(&shared, 24);
  EQUAL(iarray_length(&shared), 0);
  CHECK(iarray_allocate(&shared, 0));
  EQUAL(iarray_length(&shared), 1);
  CHECK(iarray_allocate(&shared, 5) && iarray_allocate(&shared, 3));
  EQUAL(iarray_length(&shared), 6);
  iarray_free(&shared);
  EQUAL(iarray_length(&shared), 0);
}

TEST(a_new_array_has_a_length) {
  iarray x;
  memset(&x, 0x55, sizeof x);
  iarray_init(&x, 24);
  EQUAL(iarray_length(&x), 0);
}

/* More pages than there is memory: known before the first one is made. */
TEST(a_number_beyond_all_memory_changes_nothing) {
  struct rlimit little = {256 << 20, 256 << 20};
  CHECK(setrlimit(MEMORY_LIMIT, &little) == 0);
  iarray_init(&shared, 24);
  CHECK(iarray_allocate(&shared, SIZE_MAX / 16 + 1) == 0 && errno == ENOMEM);
  CHECK(iarray_get(&shared, 0) == 0);
  EQUAL(iarray_length(&shared), 0);
}

TEST(elements_without_size) {
  iarray_init(&shared, 0);
  CHECK(iarray_get(&shared, 0) == 0);
  CHECK(iarray_allocate(&shared, 0) == 0 && errno == EINVAL);
}
