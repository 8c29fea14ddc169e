/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* parse.h. */
#include "edge.h"

#include <stddef.h>
#include <libowfat/parse.h>

#define BYTES ((const unsigned char *)"\1\2\3\4\5\6\7\10\11\12")

static struct bytestream over(const void *bytes, size_t n) {
  struct bytestream bs;
  bs_init_membuf(&bs, (const unsigned char *)at_the_edge(bytes, n), n);
  return bs;
}

static void in_error(struct bytestream *bs) {
  char room[3] = "##";
  CHECK(bs_err(bs) == 1 && bs->cur == 1 && bs->max == 0);
  CHECK(bs_get(bs) == 0 && bs_peek(bs) == 0 && bs_capacityleft(bs) == 0 && bs_skip(bs, 1) == 0);
  CHECK(!bs_capacitycheck(bs, 0) && !bs_capacityassert(bs, 0) && !bs_nomoredataassert(bs));
  CHECK(bs_consumeleftovers(bs) == 0 && prs_u64(bs) == 0 && prs_u16_big(bs) == 0);
  CHECK(prs_readblob(bs, (unsigned char *)room, 0) == -1 && prs_asciiz(bs, room, 2) == -1);
  CHECK(prs_asciiz_fixedlen(bs, room, 1) == -1 && bs_err(bs) == 1);
}

TEST(layout) {
  EQUAL(sizeof(struct bytestream), 4 * sizeof(size_t));
  EQUAL(offsetof(struct bytestream, cur), sizeof(size_t));
  EQUAL(offsetof(struct bytestream, max), 2 * sizeof(size_t));
  EQUAL(offsetof(struct bytestream, u), 3 * sizeof(size_t));
}

TEST(memory, .valgrind = 1) {
  struct bytestream bs = over("abc", 3);
  CHECK(bs_capacityleft(&bs) == 3 && bs_capacitycheck(&bs, 3) && !bs_capacitycheck(&bs, 4));
  EQUAL(bs_peek(&bs), 'a');
  EQUAL(bs_get(&bs), 'a');
  EQUAL(bs_skip(&bs, 1), 1);
  EQUAL(bs.cur, 2);
  CHECK(bs_capacityassert(&bs, 1) && !bs_err(&bs));
  EQUAL(bs_get(&bs), 'c');
  CHECK(!bs_err(&bs) && bs_nomoredataassert(&bs) && bs_capacitycheck(&bs, 0));
  EQUAL(bs_consumeleftovers(&bs), 0);
  EQUAL(bs_skip(&bs, 0), 0);
  CHECK(!bs_err(&bs));
  EQUAL(bs_get(&bs), 0);
  in_error(&bs);
}

TEST(initialisers) {
  static char text[] = "abc";
  static struct bytestream fixed = BS_FROM_MEMBUF(text, 3);
  buffer b;
  buffer_frombuf(&b, "abcdef", 6);
  struct bytestream all = BS_FROM_BUFFER(&b), some = BS_FROM_BUFFER_SIZE(&b, 2);
  CHECK(fixed.type == MEMBUF && fixed.max == 3 && fixed.u.base == (const unsigned char *)text && fixed.cur == 0);
  CHECK(all.type == IOBUF && all.max == SIZE_MAX && all.u.b == &b && some.max == 2);
  EQUAL(bs_get(&fixed), 'a');
  CHECK(bs_get(&some) == 'a' && bs_get(&all) == 'b' && bs_get(&some) == 'c');
  EQUAL(bs_get(&some), 0);
  in_error(&some);
  CHECK(!bs_err(&all) && bs_capacityleft(&all) == SIZE_MAX && bs_consumeleftovers(&all) == 3 && !bs_err(&all));
  EQUAL(all.cur, 4);
  CHECK(!bs_nomoredataassert(&all));
  in_error(&all);
}

TEST(memory_that_cannot_be) {
  struct bytestream bs;
  bs_init_membuf(&bs, BYTES, SIZE_MAX);
  in_error(&bs);
  bs_init_membuf(&bs, 0, 1);
  in_error(&bs);
  bs_init_membuf(&bs, 0, 0);
  CHECK(!bs_err(&bs) && bs_nomoredataassert(&bs));
  struct bytestream wraps = BS_FROM_MEMBUF(BYTES, SIZE_MAX - 1);
  EQUAL(bs_get(&wraps), 0);
  CHECK(bs_err(&wraps));
  struct bytestream nothing = BS_FROM_BUFFER(0);
  EQUAL(bs_get(&nothing), 0);
  CHECK(bs_err(&nothing));
  /* More than a result can say is cut, and more than there is. */
  unsigned char room[10];
  bs = over(BYTES, 10);
  EQUAL(prs_readblob(&bs, room, SIZE_MAX), -1);
  in_error(&bs);
}

/* A source that gives a byte or two at a time, and then fails, or ends. */
static const char *source;
static int source_error;

static ssize_t trickle(int fd, char *x, size_t n) {
  (void)fd;
  if (!*source && source_error) {
    errno = source_error;
    return -1;
  }
  ssize_t i = 0;
  while (i < 2 && (size_t)i < n && *source) x[i++] = *source++;
  return i;
}

static buffer trickling(const char *text, int error) {
  static char memory[4];
  buffer b;
  source = text;
  source_error = error;
  buffer_init(&b, (ssize_t (*)())trickle, -1, memory, sizeof memory);
  return b;
}

TEST(buffers, .valgrind = 1) {
  buffer b = trickling("abcdefghij", 0);
  struct bytestream bs;
  unsigned char room[6];
  bs_init_iobuf_size(&bs, &b, 9);
  EQUAL(bs_get(&bs), 'a');
  /* Not one byte more than asked for: what the buffer has at hand stays there. */
  EQUAL(*buffer_PEEK(&b), 'b');
  EQUAL(prs_readblob(&bs, room, 6), 6);
  CHECK(memcmp(room, "bcdefg", 6) == 0);
  EQUAL(bs_peek(&bs), 'h');
  EQUAL(bs_consumeleftovers(&bs), 2);
  CHECK(bs_nomoredataassert(&bs));
  EQUAL(bs_get(&bs), 0);
  in_error(&bs);
  char x;
  EQUAL(buffer_getc(&b, &x), 1);
  EQUAL(x, 'j');
}

TEST(buffers_that_end) {
  buffer b = trickling("abc", 0);
  struct bytestream bs;
  unsigned char room[6];
  bs_init_iobuf(&bs, &b);
  EQUAL(bs_skip(&bs, 4), 0);
  in_error(&bs);
  b = trickling("abc", 0);
  bs_init_iobuf(&bs, &b);
  EQUAL(prs_readblob(&bs, room, 4), -1);
  in_error(&bs);
  b = trickling("abc", 0);
  bs_init_iobuf_size(&bs, &b, 5);
  EQUAL(bs_consumeleftovers(&bs), 0);
  in_error(&bs);
  b = trickling("", EIO);
  bs_init_iobuf(&bs, &b);
  EQUAL(bs_peek(&bs), 0);
  in_error(&bs);
  b = trickling("abc", EIO);
  bs_init_iobuf(&bs, &b);
  EQUAL(bs_consumeleftovers(&bs), 0);
  in_error(&bs);
}

TEST(integers, .valgrind = 1) {
  struct bytestream bs = over(BYTES, 10);
  CHECK(prs_u16(&bs) == 0x0201 && prs_u64(&bs) == 0x0a09080706050403 && bs_nomoredataassert(&bs));
  bs = over(BYTES, 10);
  CHECK(prs_u16_big(&bs) == 0x0102 && prs_u64_big(&bs) == 0x030405060708090a && bs_nomoredataassert(&bs));
  bs = over(BYTES, 8);
  CHECK(prs_u32(&bs) == 0x04030201 && prs_u32_big(&bs) == 0x05060708 && !bs_err(&bs));
  /* What is missing counts as 0. */
  bs = over(BYTES, 3);
  EQUAL(prs_u32(&bs), 0x030201);
  in_error(&bs);
  bs = over(BYTES, 3);
  EQUAL(prs_u32_big(&bs), 0x01020300);
  in_error(&bs);
}

TEST(strings, .valgrind = 1) {
  char room[4];
  struct bytestream bs = over("abc\0x", 5);
  EQUAL(prs_asciiz(&bs, room, 4), 3);
  CHECK(strcmp(room, "abc") == 0 && bs_get(&bs) == 'x' && !bs_err(&bs));
  bs = over("abcd", 5);
  EQUAL(prs_asciiz(&bs, room, 4), -1);
  CHECK(strcmp(room, "abc") == 0);
  in_error(&bs);
  bs = over("ab", 2);
  EQUAL(prs_asciiz(&bs, room, 4), -1);
  CHECK(strcmp(room, "ab") == 0);
  in_error(&bs);
  bs = over("abc", 3);
  EQUAL(prs_asciiz(&bs, room, 4), -1);
  in_error(&bs);
  bs = over("", 1);
  EQUAL(prs_asciiz(&bs, room, 1), 0);
  CHECK(!bs_err(&bs));
  EQUAL(prs_asciiz(&bs, 0, 0), -1);
  in_error(&bs);
}

TEST(fields, .valgrind = 1) {
  char room[4];
  struct bytestream bs = over("abcd\0ef\0\0", 9);
  EQUAL(prs_asciiz_fixedlen(&bs, room, 4), 3);
  CHECK(memcmp(room, "abc", 4) == 0);
  EQUAL(prs_asciiz_fixedlen(&bs, room, 3), 1);
  CHECK(memcmp(room, "d\0", 3) == 0);
  EQUAL(prs_asciiz_fixedlen(&bs, room, 1), 0);
  CHECK(room[0] == 0);
  EQUAL(bs_skip(&bs, 2), 2);
  EQUAL(prs_asciiz_fixedlen(&bs, room, 3), 0);
  CHECK(!bs_err(&bs));
  EQUAL(prs_asciiz_fixedlen(&bs, room, 2), -1);
  in_error(&bs);
  bs = over("abc", 3);
  EQUAL(prs_asciiz_fixedlen(&bs, 0, 0), -1);
  in_error(&bs);
}

TEST(streams_in_streams, .valgrind = 1) {
  struct bytestream outer = over(BYTES, 10), middle, inner;
  bs_init_bstream_size(&middle, &outer, 6);
  bs_init_bstream_size(&inner, &middle, 2);
  CHECK(bs_get(&inner) == 1 && bs_get(&inner) == 2 && bs_nomoredataassert(&inner));
  CHECK(outer.cur == 2 && middle.cur == 2);
  /* Its own limit is the inner one's own error. */
  EQUAL(bs_get(&inner), 0);
  in_error(&inner);
  CHECK(!bs_err(&middle) && !bs_err(&outer));
  EQUAL(bs_consumeleftovers(&middle), 4);
  EQUAL(bs_get(&outer), 7);
  /* The parent does not have so many. */
  bs_init_bstream_size(&inner, &outer, 4);
  in_error(&inner);
  in_error(&outer);
}

TEST(streams_whose_parents_fail) {
  struct bytestream outer = over(BYTES, 4), middle, inner;
  bs_init_bstream_size(&middle, &outer, 4);
  bs_init_bstream_size(&inner, &middle, 4);
  /* The program itself takes from the middle. */
  EQUAL(bs_skip(&middle, 2), 2);
  EQUAL(prs_u32(&inner), 0x0403);
  in_error(&inner);
  in_error(&middle);
  CHECK(!bs_err(&outer));

  buffer b = trickling("abc", 0);
  bs_init_iobuf_size(&outer, &b, 10);
  bs_init_bstream_size(&inner, &outer, 5);
  EQUAL(bs_skip(&inner, 5), 0);
  in_error(&inner);
  in_error(&outer);

  outer = over(BYTES, 4);
  bs_init_bstream_size(&middle, &outer, 3);
  bs_init_bstream_size(&inner, &middle, 2);
  bs_seterrorstate(&inner);
  in_error(&inner);
  in_error(&middle);
  in_error(&outer);
}

/* A long chain needs no stack. */
TEST(many_streams_in_streams) {
  static struct bytestream chain[100000];
  struct rlimit stack = {256 << 10, 256 << 10};
  chain[0] = over(BYTES, 10);
  for (size_t i = 1; i < 100000; i++) bs_init_bstream_size(&chain[i], &chain[i - 1], 10);
  CHECK(setrlimit(RLIMIT_STACK, &stack) == 0);
  EQUAL(prs_u16(&chain[99999]), 0x0201);
  EQUAL(chain[0].cur, 2);
  bs_seterrorstate(&chain[99999]);
  CHECK(bs_err(&chain[0]));
}
