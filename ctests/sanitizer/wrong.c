/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What no program may do, done by the library at a program's request: whether the sanitizer sees it there. */
#include "t.h"

#include <libowfat/byte.h>
#include <pthread.h>

static char *block;

/* Says that there is one byte more than there is. */
TEST(address) {
  block = malloc(16);
  CHECK(block);
  byte_zero(block, 16);
  CHECK(byte_rchr(block, 17, 'x') == 17);
}

static void *zero(void *arg) {
  byte_copyr(block, 8, "12345678");
  return arg;
}

/* Lets two threads write to the same bytes. */
TEST(thread) {
  pthread_t other;
  block = calloc(16, 1);
  CHECK(block);
  CHECK(pthread_create(&other, 0, zero, 0) == 0);
  zero(0);
  CHECK(pthread_join(other, 0) == 0);
}
