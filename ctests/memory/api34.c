/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program for libowfat 0.34: its batches are larger by one integer, in which the library has no interest. */
#define OWFAT_API 34
#include "t.h"

#include <stddef.h>
#include <libowfat/byte.h>
#include <libowfat/iob.h>
#include <libowfat/uint64.h>

TEST(size_of_a_batch) {
  size_t smaller = offsetof(io_batch, files) + sizeof(long);
  size_t aligned = (smaller + sizeof(int) + _Alignof(uint64) - 1) / _Alignof(uint64) * _Alignof(uint64);
  EQUAL(sizeof(io_batch), aligned);
  EQUAL(offsetof(io_batch, owfat_reserved), smaller);
  if (sizeof(long) == 8) EQUAL(sizeof(io_batch), 72);
}

TEST(a_batch_of_its_own) {
  io_batch batch;
  int64 ends[2];
  CHECK(io_socketpair(ends) == 1);
  memset(&batch, 0, sizeof batch);
  batch.owfat_reserved = 1;
  for (int i = 0; i < 3; i++) {
    CHECK(iob_adds(&batch, "abc") == 1 && iob_adds(&batch, "de") == 1);
    EQUAL(iob_send(ends[1], &batch), 5);
    iob_reset(&batch);
    EQUAL(batch.owfat_reserved, 1);
  }
}

/* A batch that the library has made can be copied as a whole. */
TEST(a_batch_of_the_library, .valgrind = 1) {
  io_batch *made = iob_new(10), copy;
  CHECK(made);
  memcpy(&copy, made, sizeof copy);
  EQUAL(copy.owfat_reserved, 0);
  CHECK(iob_adds(made, "abc") == 1);
  iob_free(made);
}

TEST(newer_declarations) {
  char bytes[8];
  uint64 x = 0;
  EQUAL(fmt_uint64(bytes, 0x0102030405060708), 8);
  CHECK(bytes[0] == 8 && scan_uint64(bytes, 8, &x) == 8 && x == 0x0102030405060708);
  CHECK(byte_starts(bytes, 8, "\10\7") == 1);
}
