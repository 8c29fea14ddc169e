/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Batches in the program's memory, as a tracker keeps them: an array that realloc moves, of the small struct, with memory of the
 * program's own right behind each; autofree, reused for one chunked answer after the other. */
#include "batch.h"

enum { CLIENTS = 40, ROUNDS = 30 };

/* What a program for 0.32 has behind its batch, and what one for 0.34 has in the place of autofree. */
struct client {
  io_batch batch;
  unsigned behind;
};

static unsigned colour(size_t i) { return 0xdeadbeefu ^ (unsigned)i; }

static void expect_colours(const struct client *clients, size_t count) {
  for (size_t i = 0; i < count; i++) EQUAL(clients[i].behind, colour(i));
}

static int64 take_some(int64 s, const void *buf, uint64 n) {
  (void)s;
  for (uint64 i = 0; i < n; i++) CHECK(((const char *)buf)[i] != '\xdd');
  return n < 7 ? (int64)n : 7;
}

static void freed(struct iob_entry *entry) {
  memset((void *)(uintptr_t)entry->buf, 0xdd, 8);
  free((void *)(uintptr_t)entry->buf);
  cleanups++;
}

static int added;

static void add_chunk(io_batch *b, int number) {
  char *chunk = malloc(64), *end = "\r\n";
  CHECK(chunk != 0);
  int length = snprintf(chunk, 64, "%x\r\nchunk %d of an answer\r\n", 30, number);
  EQUAL(iob_addbuf_internal(b, chunk, (uint64)length, freed), 1);
  EQUAL(iob_addbuf(b, end, 2), 1);
  added++;
}

TEST(an_array_that_realloc_moves, .valgrind = 1) {
  struct client *clients = 0;
  for (size_t count = 1; count <= CLIENTS; count++) {
    struct client *grown = malloc(count * sizeof *grown);
    CHECK(grown != 0);
    if (clients) memcpy(grown, clients, (count - 1) * sizeof *clients);
    if (clients) memset(clients, 0xdd, (count - 1) * sizeof *clients);
    free(clients); /* realloc that always moves */
    clients = grown;
    EQUAL(iob_init_autofree(&clients[count - 1].batch, 0), 0);
    clients[count - 1].behind = colour(count - 1);
    for (size_t i = 0; i < count; i++) {
      add_chunk(&clients[i].batch, (int)count);
      CHECK(iob_write((int64)i, &clients[i].batch, take_some) > 0);
    }
    expect_colours(clients, count);
  }
  for (int round = 0; round < ROUNDS; round++)
    for (size_t i = 0; i < CLIENTS; i++) {
      if (round % 3 == 0)
        while (iob_bytesleft(&clients[i].batch)) CHECK(iob_write(1, &clients[i].batch, take_some) > 0);
      if (round % 7 == 5) iob_reset(&clients[i].batch);
      CHECK(clients[i].batch.b.headroom != 0);
      for (int k = 0; k < round % 4; k++) add_chunk(&clients[i].batch, k);
      expect_colours(clients, CLIENTS);
    }
  for (size_t i = 0; i < CLIENTS; i++) iob_reset(&clients[i].batch);
  expect_colours(clients, CLIENTS);
  EQUAL(cleanups, added);
  free(clients);
}

/* Every function on a batch of 64 bytes whose neighbours may be neither read nor written. */
static char *at_the_end_of_a_page(size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *map = mmap(0, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(map != MAP_FAILED && mprotect(map + page, page, PROT_READ | PROT_WRITE) == 0);
  return map + 2 * page - size;
}

static int64 take_all(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  return (int64)n;
}

static void use(io_batch *b, int s, int peer) {
  int fd = file_of("0123456789", 10);
  EQUAL(iob_adds(b, "abc"), 1);
  EQUAL(iob_addbuf_free(b, copy_of("def"), 3), 1);
  EQUAL(iob_addfile_close(b, fd, 0, 10), 1);
  iob_prefetch(b, 100);
  EQUAL(iob_bytesleft(b), 16);
  EQUAL(iob_write(0, b, take_some), 3 + 3 + 7);
  EQUAL(iob_write(0, b, take_all), 3);
  EQUAL(iob_adds(b, "ghi"), 1);
  iob_reset(b);
  EQUAL(iob_adds(b, "jkl"), 1);
  EQUAL(iob_write2(0, b, take_some, io_mmapwritefile), 3);
  EQUAL(iob_adds(b, "mno"), 1);
  EQUAL(iob_send(s, b), 3);
  EXPECT(peer, "mno");
}

TEST(nothing_is_touched_behind_the_fields) {
  io_batch *b = (io_batch *)(void *)at_the_end_of_a_page(sizeof *b);
  int s[2];
  unix_pair(s);
  use(b, s[0], s[1]); /* zeroed */
  EQUAL(iob_init(b, 3), 0);
  use(b, s[0], s[1]);
  iob_reset(b);
  EQUAL(iob_init_autofree(b, 0), 0);
  use(b, s[0], s[1]);
  EQUAL(iob_init_autofree(b, SIZE_MAX), -1);
  use(b, s[0], s[1]);
}

/* The struct of 0.34: one int longer, with whatever in it. */
TEST(both_sizes_zeroed_and_moved, .valgrind = 1) {
  static const int fields[] = {0, 1, -1};
  static const size_t sizes[] = {sizeof(io_batch), sizeof(io_batch) + 8};
  for (int i = 0; i < 6; i++) {
    size_t size = sizes[i % 2];
    char *one = calloc(1, size), *two = malloc(size);
    CHECK(one != 0 && two != 0);
    if (size > sizeof(io_batch)) memcpy(one + sizeof(io_batch), &fields[i / 2], sizeof(int));
    iob_reset((io_batch *)(void *)one);
    EQUAL(iob_addbuf_internal((io_batch *)(void *)one, "abc", 3, count_cleanup), 1);
    EQUAL(iob_adds((io_batch *)(void *)one, "defghijklm"), 1);
    memcpy(two, one, size);
    free(one);
    EQUAL(iob_write(0, (io_batch *)(void *)two, take_some), 3 + 7);
    EQUAL(cleanups, i); /* a plain batch, whatever the field says */
    iob_reset((io_batch *)(void *)two);
    EQUAL(cleanups, i + 1);
    iob_reset((io_batch *)(void *)two);
    free(two);
  }
}
