/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program for a version that is still to come: it sees what one for 0.34 sees. */
#define OWFAT_API 1000000
#include "t.h"

#include <stddef.h>
#include <libowfat/iob.h>
#include <libowfat/uint64.h>

TEST(what_is_later_is_034) {
  char bytes[8];
  io_batch *batch = iob_new(1);
  CHECK(batch && iob_bytesleft(batch) == 0);
  iob_free(batch);
  EQUAL(offsetof(io_batch, owfat_reserved), offsetof(io_batch, files) + sizeof(long));
  EQUAL(fmt_uint64_big(bytes, 7), 8);
  CHECK(bytes[7] == 7 && likely(1) && GCC_VERSION_ATLEAST(3, 0));
}
