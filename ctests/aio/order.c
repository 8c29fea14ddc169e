/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Order and atomicity: appends, streams, and requests that have none. */
#include "aio_test.h"

static void put_number(char *to, int number) { snprintf(to, 8, "%06d\n", number); }

/* The file has to hold the numbers from 0 on, each line padded to its own size. */
static void appends(int list_at_once) {
  enum { MANY = 300 };
  static struct aiocb blocks[MANY], *list[MANY];
  static char bytes[MANY][3000];
  int d = temporary_file(O_APPEND);
  size_t expected = 0;
  for (int i = 0; i < MANY; i++) {
    size_t size = (size_t)(i * 7919 % 2900) + 8;
    memset(bytes[i], '.', size);
    put_number(bytes[i], i);
    blocks[i] = on(d, bytes[i], size, 0);
    blocks[i].aio_lio_opcode = LIO_WRITE;
    list[i] = &blocks[i];
    expected += size;
    if (!list_at_once) EQUAL(aio_write(&blocks[i]), 0);
  }
  if (list_at_once) EQUAL(lio_listio(LIO_NOWAIT, list, MANY, NULL), 0);
  for (int i = 0; i < MANY; i++) EQUAL(result(&blocks[i]), (long long)blocks[i].aio_nbytes);
  off_t at = 0;
  for (int i = 0; i < MANY; i++) {
    char found[8] = "", wanted[8];
    put_number(wanted, i);
    CHECK(pread(d, found, 7, at) == 7);
    if (memcmp(found, wanted, 7) != 0) FAIL("at %lld stands %.6s, not %.6s", (long long)at, found, wanted);
    at += (off_t)blocks[i].aio_nbytes;
  }
  EQUAL(at, (long long)expected);
}

TEST(appends_in_the_order_of_the_calls) {
  for (int i = 0; i < 5; i++) appends(0);
}

TEST(appends_in_the_order_of_the_list) {
  for (int i = 0; i < 5; i++) appends(1);
}

/* A file that has just been used, and whose locks the program keeps, is appended to from now on. */
TEST(appends_since_the_flag_was_set) {
  enum { MANY = 300 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY][90000];
  int d = temporary_file(0);
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
  struct aiocb block = on(d, "before\n", 7, 0);
  off_t at = 7;
  CHECK(fcntl(d, F_SETLK, &lock) == 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 7);
  sleep_ms(20);
  CHECK(fcntl(d, F_SETFL, O_APPEND) == 0);
  for (int i = 0; i < MANY; i++) {
    size_t size = i % 7 ? (size_t)(i * 7919 % 2900) + 8 : sizeof bytes[i];
    memset(bytes[i], '.', size);
    put_number(bytes[i], i);
    blocks[i] = on(d, bytes[i], size, 0);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) {
    char found[8] = "", wanted[8];
    EQUAL(result(&blocks[i]), (long long)blocks[i].aio_nbytes);
    put_number(wanted, i);
    CHECK(pread(d, found, 7, at) == 7);
    if (memcmp(found, wanted, 7) != 0) FAIL("at %lld stands %.6s, not %.6s", (long long)at, found, wanted);
    at += (off_t)blocks[i].aio_nbytes;
  }
}

TEST(direct_appends_in_the_order_of_the_calls) {
  enum { MANY = 100, SIZE = 4096 };
  static struct aiocb blocks[MANY];
  char name[T_NAME], *bytes = aligned_alloc(SIZE, MANY * SIZE), *back = aligned_alloc(SIZE, SIZE);
  int d = mkostemp(temporary(name, "aio"), O_DIRECT | O_APPEND);
  if (d == -1) SKIP("no O_DIRECT here");
  CHECK(bytes && back && unlink(name) == 0);
  memset(bytes, '.', MANY * SIZE);
  for (int i = 0; i < MANY; i++) {
    put_number(bytes + i * SIZE, i);
    blocks[i] = on(d, bytes + i * SIZE, SIZE, 0);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) EQUAL(result(&blocks[i]), SIZE);
  for (int i = 0; i < MANY; i++) {
    CHECK(pread(d, back, SIZE, (off_t)i * SIZE) == SIZE);
    CHECK(memcmp(back, bytes + i * SIZE, SIZE) == 0);
  }
}

TEST(priority_does_not_reorder_appends) {
  enum { MANY = 100 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY][8], all[MANY * 7 + 1], expected[MANY * 7 + 1];
  int d = temporary_file(O_APPEND);
  for (int i = 0; i < MANY; i++) {
    put_number(bytes[i], i);
    memcpy(expected + i * 7, bytes[i], 7);
    blocks[i] = on(d, bytes[i], 7, 0);
    blocks[i].aio_reqprio = i % 21;
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) EQUAL(result(&blocks[i]), 7);
  CHECK(pread(d, all, sizeof all, 0) == MANY * 7);
  CHECK(memcmp(all, expected, MANY * 7) == 0);
}

static void stream_of_numbers(int reader, int writer) {
  enum { MANY = 3000 };
  static struct aiocb writes[MANY], reads[MANY];
  static char bytes[MANY][8], back[MANY][7];
  for (int i = 0; i < MANY; i++) {
    put_number(bytes[i], i);
    writes[i] = on(writer, bytes[i], 7, 0);
    writes[i].aio_reqprio = i % 3;
    reads[i] = on(reader, back[i], 7, 0);
    EQUAL(aio_write(&writes[i]), 0);
  }
  for (int i = 0; i < MANY; i++) EQUAL(aio_read(&reads[i]), 0);
  for (int i = 0; i < MANY; i++) {
    EQUAL(result(&reads[i]), 7);
    EQUAL(result(&writes[i]), 7);
    CHECK(memcmp(back[i], bytes[i], 7) == 0);
  }
}

TEST(pipe_is_first_in_first_out) {
  int ends[2];
  new_pipe(ends);
  stream_of_numbers(ends[0], ends[1]);
}

TEST(socket_is_first_in_first_out) {
  int ends[2];
  new_pair(ends);
  stream_of_numbers(ends[0], ends[1]);
}

/* A duplicate names the same open file description. */
TEST(duplicates_share_one_order) {
  enum { MANY = 200 };
  static struct aiocb writes[MANY];
  static char bytes[MANY][8], back[7];
  int ends[2], twin;
  new_pipe(ends);
  twin = dup(ends[1]);
  size_t full = fill(ends[1]);
  for (int i = 0; i < MANY; i++) {
    put_number(bytes[i], i);
    writes[i] = on(i % 2 ? twin : ends[1], bytes[i], 7, 0);
    EQUAL(aio_write(&writes[i]), 0);
  }
  drain(ends[0], full);
  for (int i = 0; i < MANY; i++) {
    CHECK(read(ends[0], back, 7) == 7);
    CHECK(memcmp(back, bytes[i], 7) == 0);
    EQUAL(result(&writes[i]), 7);
  }
}

/* A read that waits does not hold up a write of the same socket. */
TEST(directions_are_independent) {
  int ends[2];
  char byte;
  new_pair(ends);
  struct aiocb reading = on(ends[0], &byte, 1, 0), writing = on(ends[0], "x", 1, 0);
  EQUAL(aio_read(&reading), 0);
  stays_pending(&reading);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&writing), 1);
  EQUAL(aio_error(&reading), EINPROGRESS);
}

/* A write of any size stands together, whatever other requests want to write. */
TEST(large_writes_of_a_stream_stay_whole) {
  enum { MANY = 8, SIZE = 300000 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY][SIZE], back[SIZE];
  int ends[2];
  new_pair(ends);
  for (int i = 0; i < MANY; i++) {
    memset(bytes[i], 'a' + i, SIZE);
    blocks[i] = on(ends[1], bytes[i], SIZE, 0);
    EQUAL(aio_write(&blocks[i]), 0);
  }
  for (int i = 0; i < MANY; i++) {
    for (size_t at = 0; at < SIZE;) {
      ssize_t n = read(ends[0], back + at, SIZE - at);
      CHECK(n > 0);
      at += (size_t)n;
    }
    CHECK(memcmp(back, bytes[i], SIZE) == 0);
    EQUAL(result(&blocks[i]), SIZE);
  }
}

/* What the blocking call would do at once is done at once, whatever poll says of the socket. */
TEST(datagrams_fit_although_poll_says_full) {
  enum { MANY = 6 };
  static struct aiocb blocks[MANY];
  static char bytes[20000];
  int ends[2], sent = 0;
  CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
  while (sent < 64 && send(ends[1], bytes, sizeof bytes, MSG_DONTWAIT) > 0) sent++;
  CHECK(sent > 2);
  for (int i = 0; i < sent; i++) CHECK(recv(ends[0], bytes, sizeof bytes, 0) > 0);
  for (int i = 0; i < MANY && i < sent; i++) {
    blocks[i] = on(ends[1], bytes, sizeof bytes, 0);
    EQUAL(aio_write(&blocks[i]), 0);
    EQUAL(result(&blocks[i]), (long long)sizeof bytes);
  }
}

/* 64 pipes that wait do not keep a file from being read. */
TEST(waiting_streams_do_not_hold_up_files) {
  enum { MANY = 64 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY];
  int d = temporary_file(0);
  char byte;
  CHECK(write(d, "x", 1) == 1);
  for (int i = 0; i < MANY; i++) {
    int ends[2];
    new_pipe(ends);
    blocks[i] = on(ends[0], &bytes[i], 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  struct aiocb block = on(d, &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 1);
  for (int i = 0; i < MANY; i++) EQUAL(aio_error(&blocks[i]), EINPROGRESS);
}
