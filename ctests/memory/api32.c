/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program for libowfat 0.32 that has functions of its own under the names that later versions declare: it sees no declaration of
 * ours, and gets its own. */
#include "t.h"

#include <stddef.h>

#define likely "own"
#define unlikely "own"
#define noexcept "own"
#define att_pure "own"
#define fmt_strm_malloc "own"
#define fmt_copybytes_sizeof_minus1 "own"

static int SOCKET_NONBLOCK = 32, SOCKET_CLOEXEC = 33;

static char *fmt_uint16(int x) { return x ? "own" : 0; }
static char *fmt_uint32(int x) { return x ? "own" : 0; }
static char *fmt_uint64(int x) { return x ? "own" : 0; }
static char *fmt_uint16_big(int x) { return x ? "own" : 0; }
static char *fmt_uint32_big(int x) { return x ? "own" : 0; }
static char *fmt_uint64_big(int x) { return x ? "own" : 0; }
static char *scan_uint16(int x) { return x ? "own" : 0; }
static char *scan_uint32(int x) { return x ? "own" : 0; }
static char *scan_uint16_big(int x) { return x ? "own" : 0; }
static char *scan_uint32_big(int x) { return x ? "own" : 0; }
static char *scan_uint64_big(int x) { return x ? "own" : 0; }
static char *byte_start(int x) { return x ? "own" : 0; }
static char *byte_starts(int x) { return x ? "own" : 0; }
static char *fmt_utf8_scratch(int x) { return x ? "own" : 0; }
static char *fmt_asn1derlength_scratch(int x) { return x ? "own" : 0; }
static char *fmt_asn1dertag_scratch(int x) { return x ? "own" : 0; }

#include <libowfat/array.h>
#include <libowfat/buffer.h>
#include <libowfat/byte.h>
#include <libowfat/case.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/critbit.h>
#include <libowfat/dns.h>
#include <libowfat/errmsg.h>
#include <libowfat/fmt.h>
#include <libowfat/iarray.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/mmap.h>
#include <libowfat/ndelay.h>
#include <libowfat/open.h>
#include <libowfat/openreadclose.h>
#include <libowfat/parse.h>
#include <libowfat/rangecheck.h>
#include <libowfat/safemult.h>
#include <libowfat/scan.h>
#include <libowfat/socket.h>
#include <libowfat/str.h>
#include <libowfat/stralloc.h>
#include <libowfat/tai.h>
#include <libowfat/taia.h>
#include <libowfat/textcode.h>
#include <libowfat/uint16.h>
#include <libowfat/uint32.h>
#include <libowfat/uint64.h>

/* A parser of numbers, as a chat server of 2016 has it. */
static int scan_uint64(const char *text, uint64 *number) {
  for (*number = 0; *text >= '0' && *text <= '9'; text++) *number = *number * 10 + (uint64)(*text - '0');
  return !*text;
}

TEST(own_functions) {
  uint64 number;
  CHECK(scan_uint64("123", &number) && number == 123);
  char *(*const own[])(int) = {fmt_uint16, fmt_uint32, fmt_uint64, fmt_uint16_big, fmt_uint32_big, fmt_uint64_big,
                               scan_uint16, scan_uint32, scan_uint16_big, scan_uint32_big, scan_uint64_big,
                               byte_start, byte_starts, fmt_utf8_scratch, fmt_asn1derlength_scratch,
                               fmt_asn1dertag_scratch};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) CHECK(strcmp(own[i](1), "own") == 0);
  CHECK(strcmp(likely, "own") == 0 && strcmp(unlikely, "own") == 0 && strcmp(noexcept, "own") == 0);
  CHECK(strcmp(fmt_strm_malloc, "own") == 0 && strcmp(fmt_copybytes_sizeof_minus1, "own") == 0);
  CHECK(SOCKET_NONBLOCK == 32 && SOCKET_CLOEXEC == 33 && strcmp(att_pure, "own") == 0);
}

/* The batch of 0.32. */
TEST(size_of_a_batch) {
  /* Rounded up: Arm gives a number of 64 bits the place of one, with 32 bits too. */
  size_t end = offsetof(io_batch, files) + sizeof(long), unit = _Alignof(io_batch);
  EQUAL(sizeof(io_batch), (end + unit - 1) / unit * unit);
  EQUAL(offsetof(io_batch, bytesleft), sizeof(array));
}

/* What a compiled program for 0.32 has around its batch stays as it is. */
TEST(what_lies_behind_a_batch) {
  struct {
    io_batch batch;
    uint64 counter;
  } own = {.counter = 0x1122334455667788};
  int64 ends[2];
  CHECK(io_socketpair(ends) == 1);
  for (int i = 0; i < 3; i++) {
    CHECK(iob_adds(&own.batch, "abc") == 1);
    EQUAL(iob_send(ends[1], &own.batch), 3);
    iob_reset(&own.batch);
    CHECK(own.counter == 0x1122334455667788);
  }
}

/* A program that was compiled for 0.32 hands iob_new an int: what the upper half of the register holds means nothing, on machines
 * where it may hold something else than the sign. */
#if defined __x86_64__ || defined __aarch64__
TEST(a_hint_is_an_int, .valgrind = 1) {
  io_batch *(*narrow)(int) = iob_new, *(*wide)(uint64);
  memcpy(&wide, &narrow, sizeof wide);
  io_batch *batch = wide(0xdeadbeef00000004);
  CHECK(batch && iob_adds(batch, "abc") == 1);
  iob_free(batch);
}
#endif
