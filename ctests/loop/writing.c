/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob_write and io_mmapwritefile: batches and file regions to a function of the program. */
#include "batch.h"

/* What the callback has taken, and how it is told to behave. */
static char taken[1 << 20];
static size_t taken_bytes;
static uint64 largest, limit;
static int64 script[64];
static int script_length, calls;
static int64 script_target;

/* Takes up to `limit` bytes; script[i], where it is not 0, is what call i answers instead: the negative ones with EAGAIN
 * for -1, EIO for -2 (answered as -1) and ENOSPC for -3; 1000000 stands for 0. */
static int64 take(int64 s, const void *buf, uint64 n) {
  int64 what = calls < script_length ? script[calls] : 0;
  calls++;
  EQUAL(s, script_target);
  CHECK(n > 0);
  if (n > largest) largest = n;
  if (what == 1000000) return 0;
  if (what < 0) {
    errno = what == -1 ? EAGAIN : what == -2 ? EIO : ENOSPC;
    return what == -3 ? -3 : -1;
  }
  if (what == 0) what = (int64)(limit ? limit : n);
  if ((uint64)what > n) what = (int64)n;
  CHECK(taken_bytes + (size_t)what <= sizeof taken);
  memcpy(taken + taken_bytes, buf, (size_t)what);
  taken_bytes += (size_t)what;
  return what;
}

static int64 boast(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  return (int64)n + 1000;
}

static void expect_taken(const char *text) {
  EQUAL(taken_bytes, strlen(text));
  CHECK(memcmp(taken, text, taken_bytes) == 0);
}

static void fill_batch(io_batch *b) {
  int fd = file_of("0123456789", 10);
  EQUAL(iob_adds(b, "abcd"), 1);
  EQUAL(iob_addfile_close(b, fd, 2, 6), 1);
  EQUAL(iob_addbuf_internal(b, "efgh", 4, count_cleanup), 1);
}

#define ALL "abcd234567efgh"

TEST(everything_is_taken, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  script_target = 77;
  EQUAL(iob_write(77, &b, take), 14);
  expect_taken(ALL);
  EQUAL(cleanups, 1);
  EQUAL(iob_bytesleft(&b), 0);
  EQUAL(iob_write(77, &b, take), 0);
}

TEST(callback_takes_little_by_little, .valgrind = 1) {
  for (limit = 1; limit < 6; limit++) {
    BATCH(b);
    int64 r;
    fill_batch(&b);
    taken_bytes = 0;
    while ((r = iob_write(0, &b, take)) > 0) {
    }
    EQUAL(r, 0);
    expect_taken(ALL);
  }
  EQUAL(cleanups, 5);
}

/* When one call takes exactly half of the batch, the other half is still there. */
TEST(exactly_half_is_taken, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_adds(&b, "first half"), 1);
  EQUAL(iob_adds(&b, "other half"), 1);
  script_length = 2;
  script[1] = -1;
  EQUAL(iob_write(0, &b, take), 10);
  EQUAL(iob_bytesleft(&b), 10);
  EQUAL(iob_write(0, &b, take), 10);
  expect_taken("first halfother half");
}

TEST(half_of_one_buffer_is_taken, .valgrind = 1) {
  BATCH(b);
  EQUAL(iob_adds(&b, "first halfother half"), 1);
  limit = 10;
  EQUAL(iob_write(0, &b, take), 10);
  EQUAL(iob_bytesleft(&b), 10);
  EQUAL(iob_write(0, &b, take), 10);
  expect_taken("first halfother half");
}

TEST(bytes_are_returned_before_the_error, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  script_length = 3;
  script[1] = -1, script[2] = -3;
  EQUAL(iob_write(0, &b, take), 4);
  errno = 0;
  EQUAL(iob_write(0, &b, take), -3);
  EQUAL(errno, ENOSPC);
  EQUAL(iob_bytesleft(&b), 10);
  EQUAL(iob_write(0, &b, take), 10);
  expect_taken(ALL);
}

TEST(eagain_of_the_callback, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  script_length = 1;
  script[0] = -1;
  errno = 0;
  EQUAL(iob_write(0, &b, take), -1);
  EQUAL(errno, EAGAIN);
  iob_reset(&b);
}

TEST(minus_one_with_another_errno_is_permanent, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  script_length = 1;
  script[0] = -2;
  errno = 0;
  EQUAL(iob_write(0, &b, take), -3);
  EQUAL(errno, EIO);
  iob_reset(&b);
}

TEST(nothing_taken_is_a_broken_pipe, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  script_length = 1;
  script[0] = 1000000;
  errno = 0;
  EQUAL(iob_write(0, &b, take), -3);
  EQUAL(errno, EPIPE);
  EQUAL(iob_bytesleft(&b), 14);
  iob_reset(&b);
}

TEST(more_claimed_than_offered_is_all, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  EQUAL(iob_write(0, &b, boast), 14);
  EQUAL(iob_bytesleft(&b), 0);
  EQUAL(cleanups, 1);
}

TEST(no_callback_is_an_error, .valgrind = 1) {
  BATCH(b);
  fill_batch(&b);
  errno = 0;
  EQUAL(iob_write(0, &b, 0), -3);
  EQUAL(errno, EINVAL);
  iob_reset(&b);
}

static io_batch *in_hand;

static int64 take_and_reset(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  iob_reset(in_hand);
  return (int64)n;
}

static int64 take_and_add(int64 s, const void *buf, uint64 n) {
  if (calls++ < 3) {
    for (int i = 0; i < 200; i++) EQUAL(iob_adds(in_hand, "+"), 1);
  }
  (void)s, (void)buf;
  taken_bytes += n;
  return (int64)n;
}

TEST(callback_may_reset_the_batch, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  fill_batch(&b);
  CHECK(iob_write(0, &b, take_and_reset) > 0);
  EQUAL(iob_bytesleft(&b), 0);
  EQUAL(cleanups, 1);
}

TEST(callback_may_add_to_the_batch, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  fill_batch(&b);
  EQUAL(iob_write(0, &b, take_and_add), 614);
  EQUAL(taken_bytes, 614);
}

TEST(file_cut_short, .valgrind = 1) {
  int fd = file_of("0123456789", 10);
  BATCH(b);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile_close(&b, fd, 0, 10), 1);
  CHECK(ftruncate(fd, 4) == 0);
  EQUAL(iob_write(0, &b, take), 7);
  expect_taken("abc0123");
  errno = 0;
  EQUAL(iob_write(0, &b, take), -3);
  EQUAL(errno, EIO);
  iob_reset(&b);
}

/* ---- io_mmapwritefile ---- */

TEST(region_is_offered_in_pieces_of_64_kib, .valgrind = 1) {
  static char text[300000];
  int fd;
  for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 2654435761u >> 13);
  fd = file_of(text, sizeof text);
  EQUAL(io_mmapwritefile(0, fd, 5000, 290000, take), 290000);
  CHECK(largest <= 65536 && largest > 4096);
  EQUAL(taken_bytes, 290000);
  CHECK(memcmp(taken, text + 5000, 290000) == 0);
}

TEST(region_beyond_the_end, .valgrind = 1) {
  int fd = file_of("0123456789", 10);
  errno = 0;
  EQUAL(io_mmapwritefile(0, fd, 10, 1, take), -3);
  EQUAL(errno, EIO);
  EQUAL(io_mmapwritefile(0, fd, 100000, 5, take), -3);
  EQUAL(io_mmapwritefile(0, fd, UINT64_MAX, 5, take), -3);
  EQUAL(io_mmapwritefile(0, fd, 8, 5, take), 2);
  expect_taken("89");
}

TEST(region_of_no_bytes, .valgrind = 1) { EQUAL(io_mmapwritefile(0, 9999, 0, 0, take), 0); }

static int shrinking;

static int64 take_and_shrink(int64 s, const void *buf, uint64 n) {
  int64 r = take(s, buf, n);
  CHECK(ftruncate(shrinking, 70000) == 0);
  return r;
}

TEST(file_shrinks_between_pieces, .valgrind = 1) {
  static char text[300000];
  shrinking = file_of(text, sizeof text);
  EQUAL(io_mmapwritefile(0, shrinking, 0, 300000, take_and_shrink), 70000);
}

/* What cannot be mapped is read. */
TEST(unmappable_file_is_read, .valgrind = 1) {
  int fd = open("/proc/self/cmdline", O_RDONLY);
  CHECK(fd != -1);
  CHECK(io_mmapwritefile(0, fd, 0, 5, take) > 0);
}

TEST(bad_files, .valgrind = 1) {
  static const int64 bad[] = {-1, 9999, 1LL << 32};
  int p[2];
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    errno = 0;
    EQUAL(io_mmapwritefile(0, bad[i], 0, 5, take), -3);
    EQUAL(errno, EBADF);
  }
  EQUAL(io_mmapwritefile(0, open("/", O_RDONLY), 0, 5, take), -3);
  CHECK(pipe(p) == 0);
  EQUAL(io_mmapwritefile(0, p[0], 0, 5, take), -3);
  EQUAL(calls, 0);
}

TEST(callback_results_of_a_region, .valgrind = 1) {
  int fd = file_of("0123456789", 10);
  script_length = 4;
  script[0] = -1, script[1] = -3, script[2] = 1000000, script[3] = 3;
  errno = 0;
  EQUAL(io_mmapwritefile(0, fd, 0, 10, take), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(io_mmapwritefile(0, fd, 0, 10, take), -3);
  EQUAL(errno, ENOSPC);
  EQUAL(io_mmapwritefile(0, fd, 0, 10, take), -3);
  EQUAL(io_mmapwritefile(0, fd, 0, 10, take), 3);
}
