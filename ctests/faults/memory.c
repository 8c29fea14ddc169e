/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What keeps its contents in memory of its own: strings, arrays, messages. */
#include "faults.h"

#include <libowfat/array.h>
#include <libowfat/errmsg.h>
#include <libowfat/iarray.h>
#include <libowfat/iopause.h>
#include <libowfat/stralloc.h>

#include <libowfat/textcode.h>

TEST(strings) {
  stralloc a = {0}, b = {0};
  char piece[1000], expected[64];
  stralloc_init(&a);
  INSIST(stralloc_ready(&a, 10), == 1);
  INSIST(stralloc_readyplus(&a, 300), == 1);
  INSIST(stralloc_copys(&a, "one"), == 1);
  INSIST(stralloc_copyb(&b, bytes_at(0, piece, sizeof piece), sizeof piece), == 1);
  expect_bytes(b.s, 0, b.len);
  INSIST(stralloc_copy(&b, &a), == 1);
  EQUAL(stralloc_diffs(&b, "one"), 0);
  INSIST(stralloc_cats(&b, " two"), == 1);
  INSIST(stralloc_cat(&b, &a), == 1);
  INSIST(stralloc_catb(&b, " ", 1), == 1);
  INSIST(stralloc_append(&b, "3"), == 1);
  INSIST(stralloc_catm_internal(&b, " four", " five", (char *)0), == 1);
  INSIST(stralloc_catulong0(&b, 6, 3), == 1);
  INSIST(stralloc_catlong0(&b, -7, 0), == 1);
  INSIST(stralloc_0(&b), == 1);
  strcpy(expected, "one twoone 3 four five006-7");
  EQUAL(b.len, strlen(expected) + 1);
  CHECK(strcmp(b.s, expected) == 0);
  CHECK(stralloc_starts(&b, "one"));
  EQUAL(stralloc_chop(&b), 0);
  EQUAL(stralloc_chomp(&b), 0);
  CHECK(stralloc_diff(&a, &b) < 0);
  /* A failure leaves a string as it was. */
  for (size_t n = 0; n < 40; n++) {
    while (stralloc_append(&a, "x") != 1) {
      EQUAL(errno, fault);
      EQUAL(a.len, 3 + n);
    }
    CHECK(stralloc_starts(&a, "one"));
  }
  stralloc_zero(&b);
  stralloc_free(&a);
  stralloc_free(&b);
}

/* An array that could not be appended to has failed until it is reset: then everything again. */
TEST(arrays) {
  static array a, b;
  for (int i = 0; i < 200; i++) {
    int *element = INSIST(array_allocate(&a, sizeof *element, i), != 0);
    EQUAL(*element, 0);
    *element = i;
  }
  for (;;) {
    long faults = shim_faults();
    array_catb(&b, "abc", 3);
    array_cats(&b, "def");
    array_cats0(&b, "ghi");
    array_cat0(&b);
    array_cat(&b, &a);
    array_cate(&b, &a, 0, 4);
    if (!array_failed(&b)) break;
    CHECK(shim_faults() > faults && array_start(&b) == 0);
    array_reset(&b);
  }
  for (int i = 0; i < 200; i++) EQUAL(*(int *)array_get(&a, sizeof i, i), i);
  EQUAL(array_length(&a, sizeof(int)), 200);
  EQUAL(array_bytes(&b), 11 + 800 + 4);
  CHECK(memcmp(array_start(&b), "abcdefghi\0", 11) == 0);
  CHECK(!array_equal(&a, &b));
  array_shift(&b, 1, 2);
  array_chop(&b, 1, 2);
  array_truncate(&b, 1, 5);
  CHECK(memcmp(array_start(&b), "cdefg", 5) == 0);
  array_trunc(&b);
  array_reset(&a);
  array_fail(&b);
  array_reset(&b);
}

TEST(arrays_that_do_not_move) {
  iarray a;
  int *places[600];
  iarray_init(&a, sizeof(int));
  for (int i = 0; i < 600; i++) {
    places[i] = INSIST(iarray_allocate(&a, (size_t)i), != 0);
    *places[i] = i;
  }
  for (int i = 0; i < 600; i++) {
    CHECK(iarray_get(&a, (size_t)i) == places[i]);
    EQUAL(*places[i], i);
  }
  EQUAL(iarray_length(&a), 600);
  iarray_free(&a);
}

/* Encoded and decoded, always behind what is there already. */
TEST(encoded_strings) {
  stralloc a = {0}, b = {0};
  for (int i = 0; i < 30; i++) {
    INSIST(fmt_to_sa(fmt_hexdump, &a, "abc", 3), == 1);
    INSIST(fmt_to_sa2(fmt_quotedprintable2, &a, "de", 2, "e"), == 1);
  }
  EQUAL(a.len, 30 * 10);
  CHECK(stralloc_starts(&a, "616263d=65616263"));
  for (int i = 0; i < 30; i++) EQUAL(INSIST(scan_to_sa(scan_hexdump, "616263", &b), != 0), 6);
  EQUAL(b.len, 30 * 3);
  CHECK(stralloc_starts(&b, "abcabc"));
  stralloc_free(&a);
  stralloc_free(&b);
}

TEST(encoded_arrays) {
  static array a, b, c;
  for (;;) {
    long faults = shim_faults();
    size_t used = 0;
    for (int i = 0; i < 30; i++) {
      fmt_to_array(fmt_hexdump, &a, "abc", 3);
      fmt_to_array2(fmt_quotedprintable2, &a, "de", 2, "e");
    }
    fmt_tofrom_array(fmt_hexdump, &b, &a);
    fmt_tofrom_array2(fmt_quotedprintable2, &b, &a, "");
    used += scan_tofrom_array(scan_hexdump, &b, &c);
    used += scan_to_array(scan_hexdump, "616263", &c);
    if (!array_failed(&a) && !array_failed(&b) && !array_failed(&c) && used > 600) break;
    CHECK(shim_faults() > faults);
    array_reset(&a);
    array_reset(&b);
    array_reset(&c);
  }
  EQUAL(array_bytes(&a), 300);
  CHECK(memcmp(array_start(&c), array_start(&a), 300) == 0);
  array_reset(&a);
  array_reset(&b);
  array_reset(&c);
}

/* Lines arrive whole, as far as the kernel takes them at all. */
TEST(messages) {
  int p[2], saved = dup(2);
  char text[200] = "";
  CHECK(pipe(p) == 0 && dup2(p[1], 2) == 2);
  errmsg_iam("me");
  errno = ENOENT;
  errmsg_warnsys("cannot open ", "it", (char *)0);
  EQUAL(errno, ENOENT);
  errmsg_warn("second", (char *)0);
  dup2(saved, 2);
  close(saved);
  CHECK((saved = dup(1)) != -1 && dup2(p[1], 1) == 1);
  errmsg_info("third", (char *)0);
  errno = 0;
  errmsg_infosys("fourth", (char *)0);
  dup2(saved, 1);
  nonblocking(p[0]);
  ssize_t n = read(p[0], text, sizeof text - 1);
  static const char all[] = "me: cannot open it: No such file or directory\nme: second\nme: third\nme: fourth: Success\n";
  if (shim_faults() == 0 || fault == EINTR || fault == SHORT) CHECK(strcmp(text, all) == 0);
  else CHECK(n <= (ssize_t)strlen(all));
  close(p[0]);
  close(p[1]);
  close(saved);
}

/* A wait without the loop. */
TEST(waits_by_iopause) {
  int s[2];
  unix_pair(s);
  for (int i = 0; i < 3; i++) {
    iopause_fd queries[2] = {{.fd = s[0], .events = IOPAUSE_READ}, {.fd = -1}};
    tai6464 stamp, deadline;
    if (i == 1) put(s[1], "x");
    do {
      taia_now(&stamp);
      deadline = plus_ms(stamp, i ? 5000 : 3);
      iopause(queries, 2, &deadline, &stamp);
      CHECK(i || !queries[0].revents);
    } while (i && !queries[0].revents);
    if (i) EQUAL(queries[0].revents & IOPAUSE_READ, IOPAUSE_READ);
  }
  close_both(s[0], s[1]);
}
