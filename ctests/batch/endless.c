/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Batches that never become empty: what is finished gives its place back, and in an autofree batch its memory. */
#include "batch.h"

enum { ROUNDS = 30000, AHEAD = 100000, PIECE = 4000 };

static char block[PIECE];

static long resident(void) {
  long pages = 0, all = 0;
  FILE *statm = fopen("/proc/self/statm", "r");
  CHECK(statm != 0 && fscanf(statm, "%ld %ld", &all, &pages) == 2);
  fclose(statm);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Keeps the batch filled while the other end takes a piece at a time. */
static void stream(io_batch *b, int (*add)(io_batch *)) {
  static char sink[AHEAD];
  long before = 0;
  int s[2];
  sending_pair(s);
  io_nonblock(s[0]);
  nonblocking(s[1]);
  for (int round = 0; round < ROUNDS; round++) {
    while (iob_bytesleft(b) < AHEAD) EQUAL(add(b), 1);
    CHECK(iob_send(s[0], b) != -3);
    CHECK(iob_bytesleft(b) > 0 || round < 10);
    CHECK(read(s[1], sink, PIECE) > 0);
    if (round == 1000) before = resident();
  }
  /* A sanitizer takes 2 MB of its own, once; all rounds together queue 120 MB. */
  CHECK(resident() < before + 10000);
  CHECK(b->b.allocated < 100000);
  iob_reset(b);
}

static int add_static(io_batch *b) { return iob_addbuf(b, block, PIECE); }

static int add_allocated(io_batch *b) {
  char *copy = malloc(PIECE);
  CHECK(copy != 0);
  memset(copy, 'x', PIECE);
  return iob_addbuf_free(b, copy, PIECE);
}

static int file;

static int add_file(io_batch *b) { return iob_addfile(b, file, 0, PIECE); }

static int add_opened_file(io_batch *b) { return iob_addfile_close(b, dup(file), 0, PIECE); }

TEST(a_stream_of_static_memory, .seconds = 60) {
  BATCH(b);
  stream(&b, add_static);
}

TEST(a_stream_of_regions_of_an_open_file, .seconds = 60) {
  BATCH(b);
  file = file_of(block, PIECE);
  stream(&b, add_file);
}

/* What has a cleanup ahead of it stays, in order, and what has none goes. */
static int order[64], runs;

static void note(struct iob_entry *entry) { order[runs++] = *entry->buf; }

TEST(entries_with_and_without_cleanup, .valgrind = 1) {
  static const char names[] = "abcdefghijklmnop";
  int s[2];
  BATCH(b);
  sending_pair(s);
  io_nonblock(s[0]);
  for (int i = 0; names[i]; i++) {
    EQUAL(iob_addbuf_internal(&b, names + i, 1, note), 1);
    for (int k = 0; k < 400; k++) EQUAL(iob_addbuf(&b, block, PIECE), 1);
    while (iob_bytesleft(&b) > 400000) {
      CHECK(iob_send(s[0], &b) != -3);
      drain(s[1]);
    }
  }
  EQUAL(runs, 0);
  CHECK(b.b.allocated < 200000);
  while (iob_send(s[0], &b) > 0) drain(s[1]);
  EQUAL(runs, 16);
  for (int i = 0; i < 16; i++) EQUAL(order[i], names[i]);
}

TEST(autofree_stream_of_allocated_pieces, .seconds = 60) {
  io_batch *b = iob_new_autofree(4);
  stream(b, add_allocated);
  iob_free(b);
}

TEST(autofree_stream_of_files, .seconds = 60) {
  io_batch *b = iob_new_autofree(0);
  file = file_of(block, PIECE);
  stream(b, add_opened_file);
  iob_free(b);
}

/* 64 buffers of 1 MiB to a slow reader, half of it out: 33 MB are left of 66. */
static long half_out(io_batch *b) {
  enum { MIB = 1 << 20 };
  static char sink[65536];
  long before = resident();
  int p[2];
  CHECK(pipe(p) == 0);
  nonblocking(p[1]);
  for (int i = 0; i < 64; i++) {
    char *buffer = malloc(MIB);
    CHECK(buffer != 0);
    memset(buffer, i, MIB);
    EQUAL(iob_addbuf_free(b, buffer, MIB), 1);
  }
  while (iob_bytesleft(b) > 32 * MIB) {
    CHECK(iob_send(p[1], b) != -3);
    CHECK(read(p[0], sink, sizeof sink) > 0);
  }
  long after = resident();
  iob_reset(b);
  return after - before;
}

TEST(half_of_a_large_answer_is_given_back) {
  io_batch plain, autofree;
  EQUAL(iob_init(&plain, 0), 0);
  EQUAL(iob_init_autofree(&autofree, 0), 0);
  long less = half_out(&autofree), kept = half_out(&plain);
  CHECK(kept > 63000 && kept < 70000);
  CHECK(less > 30000 && less < 35000);
}
