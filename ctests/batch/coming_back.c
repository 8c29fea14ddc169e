/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cleanups and callbacks of the program that come back to the batch at hand: with iob_send, with files, and at random. */
#include "batch.h"

enum { MOST = 4000 };

/* Each byte of the stream is the number of its entry; each entry is cleaned up once, in order. */
static unsigned char numbers[MOST];
static int made, cleaned, left_to_add, resets;
static io_batch *in_hand;
static unsigned seed;

static unsigned chance(unsigned of) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 16) % of;
}

static void come_back(struct iob_entry *entry);

static void add_one(void) {
  CHECK(made < MOST);
  numbers[made] = (unsigned char)(made % 251);
  EQUAL(iob_addbuf_internal(in_hand, &numbers[made++], 1, come_back), 1);
}

static void come_back(struct iob_entry *entry) {
  EQUAL(entry->buf - (const char *)numbers, cleaned);
  cleaned++;
  CHECK(iob_bytesleft(in_hand) <= (uint64)(made - cleaned + 1));
  for (unsigned adds = chance(4); adds > 0 && left_to_add > 0; adds--, left_to_add--) add_one();
}

static size_t arrived;

static void expect_numbers(int d) {
  unsigned char bytes[256];
  ssize_t n;
  while ((n = recv(d, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
    for (ssize_t i = 0; i < n; i++) EQUAL(bytes[i], arrived++ % 251);
}

TEST(cleanups_add_while_iob_send_runs, .valgrind = 1) {
  for (seed = 1; seed < 20; seed++) {
    io_batch b;
    int s[2];
    unsigned start = seed;
    in_hand = &b;
    made = cleaned = 0, arrived = 0, left_to_add = 600;
    sending_pair(s);
    nonblocking(s[0]);
    EQUAL(iob_init_autofree(&b, 0), 0);
    for (int i = 0; i < 10; i++) add_one();
    while (iob_bytesleft(&b)) {
      int64 n = iob_send(s[0], &b);
      CHECK(n > 0 || n == -1);
      expect_numbers(s[1]);
    }
    EQUAL(cleaned, made);
    EQUAL(arrived, made);
    iob_reset(&b);
    close(s[0]), close(s[1]);
    seed = start;
  }
}

/* A function that takes a little, or nothing, and comes back itself. */
static int64 take_some(int64 d, const void *buf, uint64 n) {
  (void)d;
  if (left_to_add > 0 && chance(3) == 0) left_to_add--, add_one();
  if (chance(5) == 0) {
    errno = EAGAIN;
    return -1;
  }
  uint64 taken = 1 + chance((unsigned)n);
  for (uint64 i = 0; i < taken; i++) EQUAL(((const unsigned char *)buf)[i], arrived++ % 251);
  return (int64)taken;
}

TEST(callbacks_and_cleanups_add_while_iob_write_runs, .valgrind = 1) {
  for (seed = 1; seed < 20; seed++) {
    io_batch b;
    unsigned start = seed;
    in_hand = &b;
    made = cleaned = 0, arrived = 0, left_to_add = 600;
    EQUAL(iob_init_autofree(&b, 1), 0);
    for (int i = 0; i < 10; i++) add_one();
    while (iob_bytesleft(&b)) {
      int64 n = iob_write(7, &b, take_some);
      CHECK(n > 0 || n == -1);
    }
    EQUAL(cleaned, made);
    EQUAL(arrived, made);
    iob_reset(&b);
    seed = start;
  }
}

static void reset_and_begin_anew(struct iob_entry *entry) {
  (void)entry;
  cleanups++;
  if (resets == 0) return;
  resets--;
  iob_reset(in_hand);
  for (int i = 0; i < 20; i++) EQUAL(iob_addbuf_internal(in_hand, "n", 1, reset_and_begin_anew), 1);
}

TEST(cleanups_reset_while_iob_send_runs, .valgrind = 1) {
  for (int kind = 0; kind < 2; kind++) {
    io_batch b;
    int s[2];
    in_hand = &b;
    resets = 5, cleanups = 0;
    sending_pair(s);
    EQUAL(kind ? iob_init_autofree(&b, 0) : iob_init(&b, 0), 0);
    for (int i = 0; i < 20; i++) EQUAL(iob_addbuf_internal(&b, "o", 1, reset_and_begin_anew), 1);
    while (iob_bytesleft(&b)) CHECK(iob_send(s[0], &b) > 0);
    iob_reset(&b);
    EQUAL(cleanups, 20 + 5 * 20);
    EQUAL(resets, 0);
  }
}

static int64 reset_inside(int64 d, const void *buf, uint64 n) {
  (void)d, (void)buf;
  if (resets > 0) {
    resets--;
    iob_reset(in_hand);
    EQUAL(iob_addbuf_internal(in_hand, "new", 3, count_cleanup), 1);
  }
  return (int64)n;
}

TEST(callbacks_reset_while_iob_write_runs, .valgrind = 1) {
  for (int kind = 0; kind < 2; kind++) {
    io_batch b;
    in_hand = &b;
    resets = 3, cleanups = 0;
    EQUAL(kind ? iob_init_autofree(&b, 0) : iob_init(&b, 0), 0);
    for (int i = 0; i < 5; i++) EQUAL(iob_addbuf_internal(&b, "old", 3, count_cleanup), 1);
    while (iob_bytesleft(&b)) CHECK(iob_write(7, &b, reset_inside) > 0);
    EQUAL(cleanups, 5 + 3);
    iob_reset(&b);
    EQUAL(cleanups, 5 + 3);
  }
}

/* Files between the buffers, each closed in the call that sent its last byte. */
static void add_a_file(struct iob_entry *entry) {
  (void)entry;
  cleanups++;
  if (left_to_add == 0) return;
  left_to_add--;
  EQUAL(iob_addfile_close(in_hand, file_of("file", 4), 0, 4), 1);
  EQUAL(iob_addbuf_internal(in_hand, "buf", 3, add_a_file), 1);
}

TEST(cleanups_add_files, .valgrind = 1) {
  io_batch b;
  int s[2];
  in_hand = &b;
  left_to_add = 30;
  sending_pair(s);
  int before = open_descriptors();
  EQUAL(iob_init_autofree(&b, 0), 0);
  EQUAL(iob_addbuf_internal(&b, "buf", 3, add_a_file), 1);
  while (iob_bytesleft(&b)) CHECK(iob_send(s[0], &b) > 0);
  EQUAL(cleanups, 31);
  EQUAL(open_descriptors(), before);
  EXPECT(s[1], "buf");
  for (int i = 0; i < 30; i++) EXPECT(s[1], "filebuf");
  iob_reset(&b);
}
