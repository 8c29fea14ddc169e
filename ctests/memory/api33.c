/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program for libowfat 0.33. */
#define OWFAT_API 33
#include "t.h"

#include <stddef.h>
#include <libowfat/fmt.h>
#include <libowfat/iob.h>
#include <libowfat/socket.h>
#include <libowfat/stralloc.h>
#include <libowfat/uint32.h>

TEST(declarations) {
  char dest[20], same[20];
  uint32 x;
  size_t n = fmt_uint32_big(dest, 0x01020304);
  CHECK(n == 4 && scan_uint32_big(dest, 4, &x) == 4 && x == 0x01020304 && scan_uint32(dest, 3, &x) == 0);
  EQUAL(SOCKET_NONBLOCK + SOCKET_CLOEXEC, 3);
  EQUAL(GCC_VERSION_ATLEAST(3, 0), 1);
  CHECK(likely(1) && !unlikely(0));
  /* The smaller batch. */
  EQUAL(sizeof(io_batch), offsetof(io_batch, files) + sizeof(long));
  n = fmt_utf8_scratch(dest, 0x20ac);
  CHECK(n == 3 && fmt_utf8(same, 0x20ac) == 3 && memcmp(dest, same, 3) == 0);
  n = fmt_asn1derlength_scratch(dest, 1000);
  CHECK(n == 3 && fmt_asn1derlength(same, 1000) == 3 && memcmp(dest, same, 3) == 0);
  n = fmt_asn1dertag_scratch(dest, 1000);
  CHECK(n == 2 && fmt_asn1dertag(same, 1000) == 2 && memcmp(dest, same, 2) == 0);
  CHECK(fmt_utf8_scratch(0, 0x20ac) == 3 && fmt_asn1derlength_scratch(0, 1000) == 3);
}

TEST(strings_in_memory_from_malloc, .valgrind = 1) {
  char *text = fmt_strm_malloc("one", " ", "two"), *big = malloc(200001), *both;
  CHECK(strcmp(text, "one two") == 0);
  memset(big, 'x', 200000);
  big[200000] = 0;
  both = fmt_strm_malloc(big, text);
  EQUAL(strlen(both), 200007);
  free(both);
  free(big);
  free(text);
}

static int used_hot(const char *p) att_hot att_pure att_nonnull(1) att_read(1);
static int used_hot(const char *p) { return *p; }

static void *given(size_t n) att_malloc att_alloc(1) att_warn_unused_result;
static void *given(size_t n) { return malloc(n); }

TEST(attributes) {
  void *p = given(3);
  EQUAL(used_hot("a"), 'a');
  free(p);
}
