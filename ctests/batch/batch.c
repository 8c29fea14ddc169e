/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob.h: what is added, what is left, and when cleanups run. */
#include "batch.h"

#include <stddef.h>

#ifdef __LP64__
_Static_assert(sizeof(io_batch) == 64, "programs embed it");
_Static_assert(offsetof(io_batch, bytesleft) == 32 && offsetof(io_batch, next) == 40, "as compiled programs know it");
_Static_assert(offsetof(io_batch, bufs) == 48 && offsetof(io_batch, files) == 56, "as compiled programs know it");
_Static_assert(sizeof(iob_entry) == 48 && offsetof(iob_entry, cleanup) == 40, "as compiled programs know it");
_Static_assert(offsetof(iob_entry, fd) == 8 && offsetof(iob_entry, buf) == 16, "as compiled programs know it");
_Static_assert(offsetof(iob_entry, offset) == 24 && offsetof(iob_entry, n) == 32, "as compiled programs know it");
#endif

TEST(zeroed_batch_is_empty, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_bytesleft(&b), 0);
  EQUAL(io_fd(1), 1);
  EQUAL(iob_send(1, &b), 0);
  iob_reset(&b);
}

TEST(new_takes_any_hint, .valgrind = 1) {
  static const int hints[] = {0, 1, 100, 5000};
  for (unsigned i = 0; i < sizeof hints / sizeof *hints; i++) {
    io_batch *b = iob_new(hints[i]);
    CHECK(b != 0);
    EQUAL(iob_bytesleft(b), 0);
    EQUAL(iob_adds(b, "x"), 1);
    EQUAL(iob_bytesleft(b), 1);
    iob_free(b);
  }
}

TEST(new_takes_a_negative_hint, .valgrind = 1) {
  io_batch *b = iob_new(-5);
  CHECK(b != 0);
  iob_free(b);
}

TEST(bytes_left_are_counted, .valgrind = 1) {
  int fd = file_of("0123456789", 10);
  BATCH(b);
  EQUAL(iob_addbuf(&b, "abc", 3), 1);
  EQUAL(iob_adds(&b, "defg"), 1);
  EQUAL(iob_addfile(&b, fd, 2, 5), 1);
  EQUAL(iob_bytesleft(&b), 12);
  EQUAL(b.bufs, 2);
  EQUAL(b.files, 1);
  iob_reset(&b);
  EQUAL(iob_bytesleft(&b), 0);
  CHECK(is_open(fd));
}

TEST(nothing_is_added_for_no_bytes, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_addbuf(&b, "abc", 0), 1);
  EQUAL(iob_addbuf(&b, 0, 0), 1);
  EQUAL(iob_adds(&b, ""), 1);
  EQUAL(iob_addfile(&b, 0, 0, 0), 1);
  EQUAL(iob_bytesleft(&b), 0);
  EQUAL(b.bufs, 0);
  iob_reset(&b);
}

TEST(empty_buffer_is_freed_at_once, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_addbuf_free(&b, copy_of("abc"), 0), 1);
  EQUAL(iob_adds_free(&b, copy_of("")), 1);
  EQUAL(b.b.initialized, 0);
}

TEST(empty_file_is_closed_at_once, .valgrind = 1) {
  int fd = file_of("", 0);
  BATCH(b);
  EQUAL(iob_addfile_close(&b, fd, 0, 0), 1);
  CHECK(!is_open(fd));
}

TEST(reset_cleans_up_once, .valgrind = 1) {
  int fd = file_of("0123456789", 10);
  BATCH(b);
  EQUAL(iob_addbuf_free(&b, copy_of("abc"), 3), 1);
  EQUAL(iob_addbuf_internal(&b, "abc", 3, count_cleanup), 1);
  EQUAL(iob_addfile_close(&b, fd, 0, 10), 1);
  iob_reset(&b);
  EQUAL(cleanups, 1);
  CHECK(!is_open(fd));
  iob_reset(&b);
  EQUAL(cleanups, 1);
}

TEST(complete_batch_cleans_up_once, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  io_batch *b = iob_new(4);
  sending_pair(s);
  EQUAL(iob_addbuf_free(b, copy_of("abc"), 3), 1);
  EQUAL(iob_addbuf_internal(b, "def", 3, count_cleanup), 1);
  EQUAL(iob_addfile_close(b, fd, 0, 10), 1);
  EQUAL(iob_send(s[0], b), 16);
  EQUAL(cleanups, 1);
  CHECK(!is_open(fd));
  EQUAL(iob_bytesleft(b), 0);
  EQUAL(iob_send(s[0], b), 0);
  iob_free(b);
  EQUAL(cleanups, 1);
  EXPECT(s[1], "abcdef0123456789");
}

TEST(batch_is_used_again, .valgrind = 1) {
  int s[2];
  BATCH(b);
  sending_pair(s);
  for (int i = 0; i < 3; i++) {
    EQUAL(iob_adds(&b, "again"), 1);
    EQUAL(iob_send(s[0], &b), 5);
    EXPECT(s[1], "again");
  }
}

TEST(mapping_is_unmapped_whole, .valgrind = 1) {
  long page = sysconf(_SC_PAGESIZE);
  int s[2];
  BATCH(b);
  char *map = mmap(0, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(map != MAP_FAILED);
  sending_pair(s);
  nonblocking(s[0]);
  EQUAL(iob_addbuf_munmap(&b, map, (uint64)page * 2), 1);
  EQUAL(iob_addbuf(&b, "x", 1), 1);
  while (iob_send(s[0], &b) > 0) drain(s[1]);
  CHECK(!is_mapped(map));
  CHECK(!is_mapped(map + page));
}

TEST(strings_are_freed, .valgrind = 1) {
  int s[2];
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_adds_free(&b, copy_of("one ")), 1);
  EQUAL(iob_adds(&b, "two "), 1);
  EQUAL(iob_adds_free(&b, copy_of("three")), 1);
  EQUAL(iob_send(s[0], &b), 13);
  EXPECT(s[1], "one two three");
}

TEST(overflow_of_the_byte_count_is_refused, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_addbuf(&b, "abc", 3), 1);
  errno = 0;
  EQUAL(iob_addfile(&b, 0, 0, UINT64_MAX - 1), 0);
  EQUAL(errno, EOVERFLOW);
  EQUAL(iob_addbuf_internal(&b, "abc", UINT64_MAX, count_cleanup), 0);
  EQUAL(cleanups, 1);
  EQUAL(iob_addbuf_free(&b, copy_of("abc"), UINT64_MAX), 0);
  EQUAL(iob_bytesleft(&b), 3);
  iob_reset(&b);
}

TEST(no_batch_is_an_error, .valgrind = 1) {
  errno = 0;
  EQUAL(iob_addbuf(0, "abc", 3), 0);
  EQUAL(errno, EINVAL);
  EQUAL(iob_addbuf_free(0, copy_of("abc"), 3), 0);
  EQUAL(iob_send(1, 0), -3);
  EQUAL(iob_write(1, 0, 0), -3);
  EQUAL(iob_bytesleft(0), 0);
  iob_reset(0);
  iob_free(0);
  iob_prefetch(0, 100);
}

TEST(prefetch_changes_nothing, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  BATCH(b);
  io_batch before;
  sending_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile(&b, fd, 0, 10), 1);
  EQUAL(iob_addfile(&b, 9999, 0, 10), 1);
  before = b;
  errno = 0;
  iob_prefetch(&b, 5);
  iob_prefetch(&b, UINT64_MAX);
  EQUAL(errno, 0);
  CHECK(memcmp(&before, &b, sizeof b) == 0);
  EQUAL(iob_send(s[0], &b), 13);
  EXPECT(s[1], "abc0123456789");
  iob_reset(&b);
}

/* ---- what the kernel is asked to read ahead, seen in the place of Linux's C libraries ---- */
#ifdef __linux__

static struct {
  int fd, advice;
  int64_t offset, length;
} advised[8];

static int advices;

static int64 take_one(int64 d, const void *bytes, uint64 n) {
  (void)d, (void)bytes, (void)n;
  return 1;
}

/* Instead of the C library's. */
int posix_fadvise64(int fd, off64_t offset, off64_t length, int advice) {
  CHECK(advices < 8);
  advised[advices].fd = fd;
  advised[advices].offset = offset;
  advised[advices].length = length;
  advised[advices++].advice = advice;
  return 0;
}

TEST(prefetch_asks_for_what_is_left_of_files) {
  int s[2], one = file_of("0123456789", 10), two = file_of("abcdefghij", 10);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_addfile(&b, one, 1, 9), 1);
  EQUAL(iob_adds(&b, "between"), 1);
  EQUAL(iob_addfile(&b, two, 2, 6), 1);
  iob_prefetch(&b, 12);
  EQUAL(advices, 2);
  EQUAL(advised[0].fd, one);
  EQUAL(advised[0].offset, 1);
  EQUAL(advised[0].length, 9);
  EQUAL(advised[1].fd, two);
  EQUAL(advised[1].offset, 2);
  EQUAL(advised[1].length, 3);
  EQUAL(advised[0].advice, POSIX_FADV_WILLNEED);

  /* What has been sent is not read again. */
  for (int64 left = 4; left; left--) EQUAL(iob_write(0, &b, take_one), 1);
  advices = 0;
  iob_prefetch(&b, 3);
  EQUAL(advices, 1);
  EQUAL(advised[0].fd, one);
  EQUAL(advised[0].offset, 5);
  EQUAL(advised[0].length, 3);
  iob_reset(&b);
}

#endif

static io_batch *shared;

static void reset_again(struct iob_entry *entry) {
  (void)entry;
  cleanups++;
  iob_reset(shared);
}

TEST(cleanup_may_reset_the_batch, .valgrind = 1) {
  BATCH(b);
  shared = &b;
  for (int i = 0; i < 3; i++) EQUAL(iob_addbuf_internal(&b, "abc", 3, reset_again), 1);
  iob_reset(&b);
  EQUAL(cleanups, 3);
  EQUAL(iob_bytesleft(&b), 0);
}

static void spoil_errno(struct iob_entry *entry) {
  (void)entry;
  errno = ENOTTY;
}

/* What a program asks errno about is the call that it made. */
TEST(cleanups_leave_errno_alone) {
  int s[2];
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_addbuf_internal(&b, "abc", 3, spoil_errno), 1);
  errno = EDOM;
  iob_reset(&b);
  EQUAL(errno, EDOM);
  EQUAL(iob_addbuf_internal(&b, "abc", 3, spoil_errno), 1);
  errno = EDOM;
  EQUAL(iob_send(s[0], &b), 3);
  EQUAL(errno, EDOM);
  EQUAL(iob_addbuf_internal(&b, "abc", 0, spoil_errno), 1);
  EQUAL(errno, EDOM);
}

TEST(no_memory_leaves_the_batch_as_it_was) {
  struct rlimit none = {0, 0};
  BATCH(b);
  char *text = copy_of("abc");
  EQUAL(iob_adds(&b, "abc"), 1);
  CHECK(setrlimit(MEMORY_LIMIT, &none) == 0);
  /* The storage grows by the page; sooner or later it does not. */
  uint64 count = 1;
  while (iob_addbuf(&b, "abc", 3) == 1) CHECK(++count < 10000000);
  EQUAL(errno, ENOMEM);
  EQUAL(iob_bytesleft(&b), 3 * count);
  EQUAL(iob_addbuf_free(&b, text, 3), 0);
  iob_reset(&b);
}
