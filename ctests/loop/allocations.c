/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What takes no memory: the work of every turn. This program counts the calls of the allocator, the library's included. */
#include "batch.h"

static long allocations;

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

void *malloc(size_t size) {
  allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  allocations++;
  return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
  allocations++;
  return __libc_realloc(block, size);
}

TEST(counter_counts) {
  void *volatile block = malloc(1);
  EQUAL(allocations, 1);
  free(block);
}

TEST(iob_send_takes_no_memory) {
  int s[2], fd = file_of("0123456789", 10);
  BATCH(b);
  sending_pair(s);
  for (int i = 0; i < 2000; i++) EQUAL(iob_adds(&b, "x"), 1);
  EQUAL(iob_addfile(&b, fd, 0, 10), 1);
  allocations = 0;
  EQUAL(iob_send(s[0], &b), 2010);
  EQUAL(allocations, 0);
}

/* A request and its response, with a deadline. (The backend on poll(2) makes a list of descriptors for each wait.) */
TEST(turns_of_the_loop_take_no_memory) {
  int s[2];
  char got[16];
  if (getenv("OWFAT_BACKEND")) return;
  tcp_pair(s);
  known(s[0]);
  io_wantread(s[0]);
  for (int turn = 0; turn < 100; turn++) {
    if (turn == 1) allocations = 0;
    put(s[1], "request");
    io_timeout(s[0], in_ms(10000));
    io_wait();
    EQUAL(io_canread(), s[0]);
    EQUAL(io_tryread(s[0], got, sizeof got), 7);
    io_dontwantread(s[0]);
    io_wantwrite(s[0]);
    io_wait();
    EQUAL(io_canwrite(), s[0]);
    EQUAL(io_trywrite(s[0], "response", 8), 8);
    io_dontwantwrite(s[0]);
    io_wantread(s[0]);
    EXPECT(s[1], "response");
    EQUAL(io_timeouted(), -1);
  }
  EQUAL(allocations, 0);
}
