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
  /* Rounded up: Arm gives a number of 64 bits the place of one, with 32 bits too. */
  size_t end = offsetof(io_batch, files) + sizeof(long), unit = _Alignof(io_batch);
  EQUAL(sizeof(io_batch), (end + unit - 1) / unit * unit);
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

static void *given_many(size_t n, size_t size) att_malloc att_calloc(1, 2) att_cold;
static void *given_many(size_t n, size_t size) { return calloc(n, size); }

static int sum(const char *p, size_t n) att_readn(1, 2);
static int sum(const char *p, size_t n) { return n ? *p + sum(p + 1, n - 1) : 0; }

static void fill(char *first, char *rest, size_t n) att_write(1) att_writen(2, 3);
static void fill(char *first, char *rest, size_t n) {
  *first = 1;
  while (n) rest[--n] = 2;
}

static void increase(char *first, char *rest, size_t n) att_mangle(1) att_manglen(2, 3);
static void increase(char *first, char *rest, size_t n) {
  *first = (char)(*first + 1);
  while (n) rest[--n]++;
}

static int four(void) att_const;
static int four(void) { return 4; }

/* Calls of these would be warnings or errors, so there are none. */
void not_to_be_used(void) att_dontuse;
void not_without_a_warning(void) att_warn("it does nothing");
void not_at_all(void) att_error("there is no such function");

TEST(attributes) {
  void *p = given(3), *many = given_many(3, 4);
  char bytes[3];
  EQUAL(used_hot("a"), 'a');
  fill(&bytes[0], &bytes[1], 2);
  increase(&bytes[0], &bytes[1], 2);
  EQUAL(sum(bytes, 3), 2 + 3 + 3);
  EQUAL(four(), 4);
  free(many);
  free(p);
}

TEST(a_constant_string_without_its_null_byte) {
  char dest[] = "####";
  EQUAL(fmt_copybytes_sizeof_minus1(dest, "abc"), 3);
  CHECK(strcmp(dest, "abc#") == 0);
}
