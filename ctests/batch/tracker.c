/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a tracker does with its answers: an array of batches that realloc moves while the others hold data, each made with a hint of
 * 0, sent in chunks to sockets that take little at a time, and the last one reused. As a program for 0.32; tracker34.c is the same
 * for 0.34. */
#include "batch.h"

enum { CLIENTS = 12, CHUNKS = 60 };

/* A connection, as the program's cookie has it. */
struct answer {
  io_batch *batch;
  size_t batches, current;
  int s[2];
  /* What was promised and what came, as sums that depend on the order. */
  uint64 promised, arrived;
  size_t bytes_promised, bytes_arrived;
};

static uint64 with(uint64 sum, const char *bytes, size_t n) {
  while (n--) sum = sum * 31 + (unsigned char)*bytes++;
  return sum;
}

static void append(struct answer *one, int number) {
  size_t n = (size_t)snprintf(0, 0, "%x\r\n", number) + 1, length = (size_t)(number * 7919 % 3000) + 1;
  char *header = malloc(n), *chunk = malloc(length);
  CHECK(header && chunk);
  snprintf(header, n, "%x\r\n", number);
  memset(chunk, 'a' + number % 26, length);
  one->promised = with(with(one->promised, header, n - 1), chunk, length);
  one->bytes_promised += n - 1 + length;
  io_batch *last = one->batches ? &one->batch[one->batches - 1] : 0;
  /* The last one is appended to until it is large; then another one follows. */
  if (!last || iob_bytesleft(last) > 4000) {
    io_batch *moved = realloc(one->batch, (one->batches + 1) * sizeof *moved);
    CHECK(moved);
    one->batch = moved;
    last = &moved[one->batches++];
    EQUAL(iob_init_autofree(last, 0), 0);
  }
  EQUAL(iob_addbuf_free(last, header, n - 1), 1);
  EQUAL(iob_addbuf_free(last, chunk, length), 1);
}

/* Sends what goes out; 0 when everything has. */
static int proceed(struct answer *one) {
  for (;;) {
    int64 n = iob_send(one->s[0], &one->batch[one->current]);
    CHECK(n >= -1);
    if (n == -1) return 1;
    if (iob_bytesleft(&one->batch[one->current])) continue;
    iob_reset(&one->batch[one->current]);
    if (one->current + 1 < one->batches) {
      one->current++;
      continue;
    }
    return 0;
  }
}

static void receive(struct answer *one) {
  char bytes[3000];
  ssize_t n;
  while ((n = recv(one->s[1], bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
    one->arrived = with(one->arrived, bytes, (size_t)n);
    one->bytes_arrived += (size_t)n;
    if (n < 1000) break;
  }
}

static void *owned_by_the_program(size_t n) {
  void *memory = malloc(n);
  CHECK(memory);
  return memset(memory, 0x77, n);
}

TEST(chunked_answers, .valgrind = 1) {
  static struct answer answers[CLIENTS];
  for (int i = 0; i < CLIENTS; i++) {
    sending_pair(answers[i].s);
    nonblocking(answers[i].s[0]);
    int size = 4096;
    setsockopt(answers[i].s[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  for (int chunk = 0; chunk < CHUNKS; chunk++)
    for (int i = 0; i < CLIENTS; i++) {
      append(&answers[i], chunk + i);
      /* Blocks that come and go between the arrays, so that realloc has to move them. */
      free(owned_by_the_program((size_t)(chunk + 1) * 64));
      if (chunk % 9 == i % 9) proceed(&answers[i]);
      if (chunk % 2) receive(&answers[i]);
    }
  for (int i = 0; i < CLIENTS; i++) {
    struct answer *one = &answers[i];
    while (proceed(one)) receive(one);
    while (one->bytes_arrived < one->bytes_promised) receive(one);
    EQUAL(one->bytes_arrived, one->bytes_promised);
    CHECK(one->arrived == one->promised);
    CHECK(one->batches > 1);
    /* The last one serves the next answer. */
    io_batch *last = &one->batch[one->batches - 1];
    EQUAL(iob_addbuf_free(last, copy_of("the next"), 8), 1);
    EQUAL(iob_send(one->s[0], last), 8);
    EXPECT(one->s[1], "the next");
    for (size_t k = 0; k < one->batches; k++) iob_reset(&one->batch[k]);
    free(one->batch);
  }
}

/* A connection that goes away in the middle of its answer. */
TEST(answer_that_is_given_up, .valgrind = 1) {
  struct answer one = {0};
  sending_pair(one.s);
  nonblocking(one.s[0]);
  for (int chunk = 0; chunk < 400; chunk++) append(&one, chunk);
  proceed(&one);
  CHECK(iob_bytesleft(&one.batch[one.batches - 1]) > 0);
  for (size_t k = 0; k < one.batches; k++) iob_reset(&one.batch[k]);
  free(one.batch);
}

/* A batch alone in memory of just its size, where checkers of memory see each byte too many. */
TEST(batch_in_memory_of_its_size, .valgrind = 1) {
  io_batch *b = malloc(sizeof *b), *moved;
  int s[2];
  CHECK(b);
  sending_pair(s);
  EQUAL(iob_init_autofree(b, 0), 0);
  for (int i = 0; i < 3; i++) {
    EQUAL(iob_addbuf_free(b, copy_of("abc"), 3), 1);
    moved = malloc(sizeof *b);
    CHECK(moved);
    memcpy(moved, b, sizeof *b);
    free(b);
    b = moved;
    EQUAL(iob_send(s[0], b), 3);
    EQUAL(iob_addbuf_free(b, copy_of("def"), 3), 1);
    iob_reset(b);
  }
  EXPECT(s[1], "abcabcabc");
  memset(b, 0, sizeof *b);
  iob_reset(b);
  EQUAL(iob_adds(b, "plain"), 1);
  EQUAL(iob_send(s[0], b), 5);
  free(b);
}
