/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob_init, iob_init_autofree, iob_new_autofree: when cleanups run, how often, and what they may do. */
#include "batch.h"

static char seen[64];
static int seen_count;

/* Writes the first letter of its buffer down. */
static void note(struct iob_entry *entry) { seen[seen_count++] = *entry->buf; }

static int64 take_2(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  return n < 2 ? (int64)n : 2;
}

static int64 take_all(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  return (int64)n;
}

static io_batch autofree(size_t hint) {
  io_batch b;
  memset(&b, 0xaa, sizeof b);
  EQUAL(iob_init_autofree(&b, hint), 0);
  return b;
}

TEST(init_makes_an_empty_batch, .valgrind = 1) {
  static const size_t hints[] = {0, 1, 100};
  for (unsigned i = 0; i < sizeof hints / sizeof *hints; i++) {
    io_batch b;
    memset(&b, 0xaa, sizeof b);
    EQUAL(iob_init(&b, hints[i]), 0);
    EQUAL(b.b.headroom, 0);
    EQUAL(iob_bytesleft(&b), 0);
    EQUAL(b.b.p != 0, hints[i] > 0);
    EQUAL(iob_adds(&b, "x"), 1);
    iob_reset(&b);
    b = autofree(hints[i]);
    CHECK(b.b.headroom != 0);
    EQUAL(b.b.p != 0, hints[i] > 0);
    EQUAL(iob_adds(&b, "x"), 1);
    iob_reset(&b);
  }
}

TEST(init_without_memory, .valgrind = 1) {
  static const size_t hints[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 48};
  for (unsigned i = 0; i < sizeof hints / sizeof *hints; i++) {
    io_batch b;
    memset(&b, 0xaa, sizeof b);
    errno = 0;
    EQUAL(iob_init(&b, hints[i]), -1);
    EQUAL(errno, ENOMEM);
    /* Not by memcmp: on Arm there are bytes between the members. */
    CHECK(!b.b.p && !b.b.allocated && !b.b.initialized && !b.b.headroom);
    CHECK(!b.bytesleft && !b.next && !b.bufs && !b.files);
    errno = 0;
    EQUAL(iob_init_autofree(&b, hints[i]), -1);
    EQUAL(errno, ENOMEM);
    EQUAL(iob_addbuf_internal(&b, "a", 1, note), 1);
    EQUAL(iob_adds(&b, "b"), 1);
    EQUAL(iob_write(0, &b, take_2), 2);
    errno = 0;
    CHECK(iob_new_autofree(hints[i]) == 0);
    EQUAL(errno, ENOMEM);
  }
  errno = 0;
  EQUAL(iob_init(0, 4), -1);
  EQUAL(errno, EINVAL);
  errno = 0;
  EQUAL(iob_init_autofree(0, 0), -1);
  EQUAL(errno, EINVAL);
}

TEST(new_has_room_for_the_larger_struct, .valgrind = 1) {
  char larger[sizeof(io_batch) + sizeof(int)];
  io_batch *b[] = {iob_new(0), iob_new_autofree(3)};
  for (int i = 0; i < 2; i++) {
    int autofree_field;
    CHECK(b[i] != 0);
    memcpy(larger, b[i], sizeof larger);
    memcpy(&autofree_field, larger + sizeof(io_batch), sizeof autofree_field);
    EQUAL(autofree_field, 0);
    iob_free(b[i]);
  }
}

TEST(cleanups_run_in_the_call_that_took_the_last_byte, .valgrind = 1) {
  io_batch b = autofree(2);
  int s[2];
  sending_pair(s);
  EQUAL(iob_addbuf_internal(&b, "aa", 2, note), 1);
  EQUAL(iob_addbuf_internal(&b, "bbb", 3, note), 1);
  EQUAL(iob_addbuf_internal(&b, "c", 1, note), 1);
  EQUAL(iob_write(0, &b, take_2), 4);
  EQUAL(seen_count, 1);
  EQUAL(b.next, 1);
  EQUAL(iob_bytesleft(&b), 2);
  EQUAL(iob_send(s[0], &b), 2);
  EQUAL(seen_count, 3);
  CHECK(memcmp(seen, "abc", 3) == 0);
  EQUAL(iob_bytesleft(&b), 0);
  iob_reset(&b);
  EQUAL(seen_count, 3);
}

/* Before the callback is offered the next entry. */
static int64 count_offers(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  EQUAL(seen_count, cleanups++);
  return (int64)n;
}

TEST(cleanup_comes_before_the_next_offer, .valgrind = 1) {
  io_batch b = autofree(0);
  for (int i = 0; i < 5; i++) EQUAL(iob_addbuf_internal(&b, &"abcde"[i], 1, note), 1);
  EQUAL(iob_write(0, &b, count_offers), 5);
  CHECK(memcmp(seen, "abcde", 5) == 0);
}

TEST(each_kind_of_cleanup, .valgrind = 1) {
  long page = sysconf(_SC_PAGESIZE);
  int fd = file_of("0123456789", 10);
  io_batch b = autofree(0);
  char *map = mmap(0, (size_t)page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(map != MAP_FAILED);
  EQUAL(iob_addbuf_free(&b, copy_of("abc"), 3), 1);
  EQUAL(iob_adds_free(&b, copy_of("def")), 1);
  EQUAL(iob_addbuf_munmap(&b, map, (uint64)page), 1);
  EQUAL(iob_addfile_close(&b, fd, 0, 10), 1);
  EQUAL(iob_adds(&b, "and one that is left"), 1);
  while (iob_bytesleft(&b) > 10) CHECK(iob_write(0, &b, take_2) > 0);
  CHECK(!is_mapped(map));
  CHECK(!is_open(fd));
  iob_reset(&b);
}

/* EAGAIN and errors finish nothing; a part that was taken neither. */
TEST(what_is_not_finished_is_kept, .valgrind = 1) {
  static char large[1 << 20];
  int s[2];
  io_batch b = autofree(1);
  unix_pair(s);
  nonblocking(s[0]);
  EQUAL(iob_addbuf_internal(&b, large, sizeof large, note), 1);
  CHECK(iob_send(s[0], &b) > 0);
  EQUAL(iob_send(s[0], &b), -1);
  close(s[1]);
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(seen_count, 0);
  iob_reset(&b);
  EQUAL(seen_count, 1);
}

TEST(the_mark_stays, .valgrind = 1) {
  io_batch b = autofree(0);
  for (int i = 0; i < 3; i++) {
    EQUAL(iob_addbuf_internal(&b, "ab", 2, note), 1);
    EQUAL(iob_adds(&b, "cd"), 1);
    EQUAL(iob_write(0, &b, take_all), 4); /* complete */
    EQUAL(seen_count, 2 * i + 1);
    EQUAL(iob_addbuf_internal(&b, "ab", 2, note), 1);
    EQUAL(iob_adds(&b, "cde"), 1);
    EQUAL(iob_write(0, &b, take_2), 4);
    EQUAL(seen_count, 2 * i + 2);
    iob_reset(&b);
    CHECK(b.b.headroom != 0);
  }
  EQUAL(iob_init(&b, 0), 0);
  EQUAL(iob_addbuf_internal(&b, "ab", 2, note), 1);
  EQUAL(iob_adds(&b, "cde"), 1);
  EQUAL(iob_write(0, &b, take_2), 4);
  EQUAL(seen_count, 6);
  iob_reset(&b);
  EQUAL(seen_count, 7);
}

/* ---- coming back ---- */

static io_batch *in_hand;
static int adds;

static void add_more(struct iob_entry *entry) {
  note(entry);
  errno = ENOTTY;
  EQUAL(iob_bytesleft(in_hand) < 100, 1);
  if (adds > 0 && adds--) {
    for (int i = 0; i < 20; i++) EQUAL(iob_addbuf(in_hand, "+", 1), 1);
    EQUAL(iob_addbuf_internal(in_hand, "m", 1, add_more), 1);
  }
}

TEST(a_cleanup_may_add, .valgrind = 1) {
  for (int kind = 0; kind < 2; kind++) {
    io_batch b = autofree(0);
    uint64 total = 0;
    int64 r;
    in_hand = &b;
    adds = 3;
    seen_count = 0;
    EQUAL(iob_addbuf_internal(&b, "a", 1, add_more), 1);
    EQUAL(iob_addbuf_internal(&b, "b", 1, add_more), 1);
    errno = EDOM;
    while ((r = iob_write(0, &b, kind ? take_all : take_2)) > 0) total += (uint64)r;
    EQUAL(r, 0);
    EQUAL(errno, EDOM);
    EQUAL(total, 2 + 3 * 21);
    EQUAL(seen_count, 5);
    CHECK(memcmp(seen, "abmmm", 5) == 0);
  }
}

/* A cleanup of a plain batch runs when the batch is complete; what it adds is a new batch. */
TEST(a_cleanup_of_a_plain_batch_may_add, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  adds = 2;
  EQUAL(iob_addbuf_internal(&b, "a", 1, add_more), 1);
  EQUAL(iob_adds(&b, "b"), 1);
  EQUAL(iob_write(0, &b, take_all), 2 + 2 * 21);
  EQUAL(seen_count, 3);
  adds = 1;
  EQUAL(iob_addbuf_internal(&b, "a", 1, add_more), 1);
  iob_reset(&b);
  EQUAL(iob_bytesleft(&b), 21);
  iob_reset(&b);
  EQUAL(seen_count, 5);
}

TEST(free_cleans_up_what_cleanups_add, .valgrind = 1) {
  in_hand = iob_new_autofree(1);
  adds = 2;
  EQUAL(iob_addbuf_internal(in_hand, "a", 1, add_more), 1);
  iob_free(in_hand);
  EQUAL(seen_count, 3);
}

static void reset_all(struct iob_entry *entry) {
  note(entry);
  iob_reset(in_hand);
  EQUAL(iob_bytesleft(in_hand), 0);
}

TEST(a_cleanup_may_reset, .valgrind = 1) {
  io_batch b = autofree(0);
  in_hand = &b;
  EQUAL(iob_addbuf_internal(&b, "a", 1, note), 1);
  EQUAL(iob_addbuf_internal(&b, "b", 1, reset_all), 1);
  EQUAL(iob_addbuf_internal(&b, "c", 1, note), 1);
  EQUAL(iob_addbuf_internal(&b, "d", 1, reset_all), 1);
  EQUAL(iob_write(0, &b, take_all), 2);
  EQUAL(seen_count, 4);
  CHECK(memcmp(seen, "abcd", 4) == 0);
  EQUAL(iob_adds(&b, "again"), 1);
  EQUAL(iob_write(0, &b, take_all), 5);
}

static int64 add_while_taking(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  if (adds > 0 && adds--)
    for (int i = 0; i < 30; i++) EQUAL(iob_addbuf_internal(in_hand, "z", 1, note), 1);
  return (int64)n;
}

TEST(a_callback_may_add, .valgrind = 1) {
  io_batch b = autofree(0);
  in_hand = &b;
  adds = 2;
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_write(0, &b, add_while_taking), 63);
  EQUAL(seen_count, 60);
}

/* Many entries finished in one call: each once, in order. */
static int expected;

static void in_order(struct iob_entry *entry) {
  int number;
  memcpy(&number, entry->buf, sizeof number);
  EQUAL(number, expected);
  expected++;
}

TEST(many_at_once) {
  static int numbers[100000];
  io_batch b = autofree(0);
  for (int i = 0; i < 100000; i++) {
    numbers[i] = i;
    EQUAL(iob_addbuf_internal(&b, &numbers[i], sizeof numbers[i], in_order), 1);
  }
  int null = open("/dev/null", O_WRONLY);
  EQUAL(iob_send(null, &b), (int64)sizeof numbers);
  EQUAL(expected, 100000);
}
