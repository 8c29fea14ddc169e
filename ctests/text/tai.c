/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* tai.h and taia.h. */
#include "t.h"

#include <libowfat/tai.h>
#include <libowfat/taia.h>

static const uint64 EPOCH = 4611686018427387914ULL;

static struct taia stamp(uint64 sec, uint32 nano, uint32 atto) {
  struct taia t;
  t.sec.x = sec;
  t.nano = nano;
  t.atto = atto;
  return t;
}

static int same(struct taia a, struct taia b) {
  return a.sec.x == b.sec.x && a.nano == b.nano && a.atto == b.atto;
}

TEST(sizes_of_types, .valgrind = 1) {
  EQUAL(sizeof(struct tai), 8);
  EQUAL(sizeof(tai64), 8);
  EQUAL(sizeof(struct taia), 16);
  EQUAL(sizeof(tai6464), 16);
  EQUAL(TAI_PACK, 8);
  EQUAL(TAIA_PACK, 16);
}

TEST(tai_now_is_the_wall_clock) {
  struct tai t;
  uint64 before = EPOCH + (uint64)time(0);
  tai_now(&t);
  CHECK(t.x >= before && t.x <= EPOCH + (uint64)time(0) + 1); /* time() may lag by a tick */
}

TEST(tai_unix_extends_the_sign) {
  struct tai t;
  tai_unix(&t, 0);
  CHECK(t.x == EPOCH);
  tai_unix(&t, (int64)-1);
  CHECK(t.x == EPOCH - 1);
}

TEST(tai_arithmetic_is_modulo_2_64) {
  struct tai a, b, t;
  tai_uint(&a, 4000000000u);
  EQUAL(a.x, 4000000000LL);
  tai_uint(&b, 1);
  tai_sub(&t, &b, &a);
  CHECK(t.x == 1 - (uint64)4000000000u);
  tai_add(&t, &t, &a);
  CHECK(t.x == 1);
  CHECK(tai_less(&b, &a) && !tai_less(&a, &b) && !tai_less(&a, &a));
  CHECK(tai_approx(&a) == 4000000000.0);
}

TEST(tai_pack_and_unpack) {
  char buf[10] = "..........";
  struct tai t;
  t.x = 0x4000000012345678ULL;
  tai_pack(buf + 1, &t);
  CHECK(memcmp(buf, ".\x40\0\0\0\x12\x34\x56\x78.", 10) == 0);
  t.x = 0;
  tai_unpack(buf + 1, &t);
  CHECK(t.x == 0x4000000012345678ULL);
}

TEST(taia_now_is_in_the_middle_of_a_microsecond) {
  struct taia t;
  uint64 before = EPOCH + (uint64)time(0);
  taia_now(&t);
  CHECK(t.sec.x >= before && t.sec.x <= EPOCH + (uint64)time(0) + 1);
  EQUAL(t.nano % 1000, 500);
  EQUAL(t.atto, 0);
}

TEST(taia_add_carries) {
  struct taia t = stamp(3, 999999999, 999999999);
  taia_add(&t, &t, &t);
  CHECK(same(t, stamp(7, 999999999, 999999998)));
}

TEST(taia_sub_borrows) {
  struct taia a = stamp(5, 0, 0), b = stamp(3, 999999999, 999999999), t;
  taia_sub(&t, &a, &b);
  CHECK(same(t, stamp(1, 0, 1)));
  taia_sub(&t, &b, &a);
  CHECK(same(t, stamp((uint64)-2, 999999999, 999999999)));
}

TEST(taia_half_rounds_down) {
  struct taia t = stamp(3, 999999999, 999999999);
  taia_half(&t, &t);
  CHECK(same(t, stamp(1, 999999999, 999999999)));
}

TEST(taia_addsec_takes_a_sign) {
  struct taia t = stamp(10, 7, 8);
  taia_addsec(&t, &t, -11);
  CHECK(same(t, stamp((uint64)-1, 7, 8)));
  taia_addsec(&t, &t, 3);
  CHECK(same(t, stamp(2, 7, 8)));
}

TEST(taia_less_looks_at_every_part) {
  struct taia low = stamp(1, 2, 3), atto = stamp(1, 2, 4), nano = stamp(1, 3, 0), sec = stamp(2, 0, 0);
  CHECK(taia_less(&low, &atto) && taia_less(&atto, &nano) && taia_less(&nano, &sec));
  CHECK(!taia_less(&low, &low) && !taia_less(&sec, &low));
}

TEST(taia_fractions) {
  struct taia t = stamp(2, 500000000, 0);
  struct tai whole;
  CHECK(taia_frac(&t) == 0.5);
  CHECK(taia_approx(&t) == 2.5);
  t = stamp(0, 999999999, 999999999);
  CHECK(taia_frac(&t) == 1.0);
  taia_uint(&t, 7);
  CHECK(same(t, stamp(7, 0, 0)));
  taia_tai(&t, &whole);
  CHECK(whole.x == 7);
}

TEST(taia_pack_and_unpack) {
  char buf[18] = "..................";
  struct taia t = stamp(1, 2, 0x01020304), back;
  taia_pack(buf + 1, &t);
  CHECK(memcmp(buf, ".\0\0\0\0\0\0\0\1\0\0\0\2\1\2\3\4.", 18) == 0);
  taia_unpack(buf + 1, &back);
  CHECK(same(t, back));
}
