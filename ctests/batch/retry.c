/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob_write and a callback that must be offered the same bytes again, as OpenSSL's SSL_write must: what was refused, or taken
 * in part, comes back at the same address and is no shorter. */
#include "batch.h"

#include <sys/uio.h>

static char pattern[400000];

static int pattern_file(void) {
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (char)(i * 2654435761u >> 11);
  return file_of(pattern, sizeof pattern);
}

/* ---- a consumer as strict as SSL_write ---- */

struct consumer {
  size_t position;     /* bytes taken */
  const char *refused; /* where the next byte was last time */
  uint64 length;       /* and how many there were */
  int calls, every;    /* each `every`th call takes nothing */
  uint64 most;         /* bytes taken at a time; 0: all */
};

static struct consumer *strict;

static int64 take_strictly(int64 s, const void *buf, uint64 n) {
  struct consumer *c = strict;
  (void)s;
  if (c->refused) {
    CHECK(buf == c->refused);
    CHECK(n >= c->length);
  }
  c->refused = 0;
  if (c->every && ++c->calls % c->every == 0) {
    c->refused = buf;
    c->length = n;
    errno = EAGAIN;
    return -1;
  }
  uint64 taken = c->most && c->most < n ? c->most : n;
  CHECK(memcmp(buf, pattern + c->position, taken) == 0);
  CHECK(((const char *)buf)[n - 1] == pattern[c->position + n - 1]);
  c->position += taken;
  if (taken < n) {
    c->refused = (const char *)buf + taken;
    c->length = n - taken;
  }
  return (int64)taken;
}

static void write_all(io_batch *b, struct consumer *c, void (*between)(io_batch *)) {
  strict = c;
  while (iob_bytesleft(b)) {
    uint64 left = iob_bytesleft(b);
    size_t before = c->position;
    int64 r = iob_write(7, b, take_strictly);
    CHECK(r > 0 || (r == -1 && errno == EAGAIN));
    EQUAL(c->position - before, r > 0 ? r : 0);
    EQUAL(iob_bytesleft(b), left - (c->position - before));
    if (between) between(b);
  }
  EQUAL(c->position, sizeof pattern);
}

static void add_everything(io_batch *b, int fd) {
  EQUAL(iob_addbuf(b, pattern, 1000), 1);
  EQUAL(iob_addfile(b, fd, 1000, 99000), 1);
  EQUAL(iob_addbuf(b, pattern + 100000, 100000), 1);
  EQUAL(iob_addfile_close(b, fd, 200000, sizeof pattern - 200000), 1);
}

TEST(refused_bytes_come_back_unmoved, .valgrind = 1) {
  for (int every = 2; every < 5; every++) {
    struct consumer c = {.every = every};
    BATCH(b);
    add_everything(&b, pattern_file());
    write_all(&b, &c, 0);
  }
}

TEST(a_rest_comes_back_unmoved, .valgrind = 1) {
  static const uint64 most[] = {999, 4096, 16384, 100000};
  for (unsigned i = 0; i < sizeof most / sizeof *most; i++) {
    struct consumer c = {.most = most[i], .every = 3};
    BATCH(b);
    add_everything(&b, pattern_file());
    write_all(&b, &c, 0);
  }
}

/* Whatever else the program does with memory, descriptors and files. */
static void stir(io_batch *b) {
  static void *blocks[64];
  static int at;
  int other = open("/proc/self/exe", O_RDONLY);
  void *map = mmap(0, 65536, PROT_READ, MAP_SHARED, other, 0);
  CHECK(other != -1 && map != MAP_FAILED);
  munmap(map, 4096);
  free(blocks[at]);
  CHECK((blocks[at] = malloc((size_t)(at + 1) * 1021)) != 0);
  at = (at + 1) % 64;
  close(other);
  iob_prefetch(b, 100000);
  EQUAL(io_mmapwritefile(0, 9999, 0, 1, take_strictly), -3);
}

TEST(whatever_happens_in_between) {
  struct consumer c = {.most = 10000, .every = 2};
  BATCH(b);
  add_everything(&b, pattern_file());
  write_all(&b, &c, stir);
}

/* The struct is moved, as by realloc of an array of batches, and what was behind it is gone. */
TEST(a_batch_that_moves, .valgrind = 1) {
  struct consumer c = {.most = 5000, .every = 3};
  io_batch *b = calloc(1, sizeof *b);
  CHECK(b != 0);
  add_everything(b, pattern_file());
  strict = &c;
  while (iob_bytesleft(b)) {
    io_batch *moved = malloc(sizeof *moved);
    CHECK(moved != 0);
    memcpy(moved, b, sizeof *b);
    memset(b, 0xee, sizeof *b);
    free(b);
    b = moved;
    CHECK(iob_write(7, b, take_strictly) != -3);
  }
  EQUAL(c.position, sizeof pattern);
  free(b);
}

TEST(adding_to_the_batch_moves_nothing, .valgrind = 1) {
  struct consumer c = {.every = 1};
  int fd = pattern_file();
  BATCH(b);
  strict = &c;
  EQUAL(iob_addfile(&b, fd, 0, 100000), 1);
  EQUAL(iob_write(7, &b, take_strictly), -1);
  c.every = 2;
  for (size_t at = 100000; at < sizeof pattern; at += 3000) EQUAL(iob_addbuf(&b, pattern + at, 3000), 1);
  write_all(&b, &c, 0);
}

/* iob_send takes what SSL_write would have; the rest of the piece stays where it is. */
TEST(sending_in_between_moves_nothing) {
  struct consumer c = {.every = 1};
  static char got[1000];
  int s[2];
  BATCH(b);
  unix_pair(s);
  nonblocking(s[0]);
  EQUAL(iob_addfile(&b, pattern_file(), 0, sizeof pattern), 1);
  strict = &c;
  EQUAL(iob_write(7, &b, take_strictly), -1);
  fill(s[0]);
  drain(s[1]);
  int64 sent = iob_send(s[0], &b);
  CHECK(sent > 0 && sent < (int64)sizeof pattern);
  c.position += (size_t)sent;
  if ((uint64)sent < c.length) {
    c.refused += sent;
    c.length -= (uint64)sent;
  } else {
    c.refused = 0;
  }
  CHECK(read(s[1], got, sizeof got) > 0);
  c.every = 2;
  write_all(&b, &c, 0);
}

/* ---- many at once, and what they hold ---- */

enum { MANY = 10000 };

static struct consumer many[MANY];
static io_batch batches[MANY];

static long mappings(void) {
  char line[512];
  long lines = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps != 0);
  while (fgets(line, sizeof line, maps)) lines++;
  fclose(maps);
  return lines;
}

TEST(ten_thousand_half_sent_batches, .seconds = 60) {
  int fd = pattern_file();
  long maps = mappings();
  for (int i = 0; i < MANY; i++) {
    many[i] = (struct consumer){.most = 1000, .position = (size_t)i};
    EQUAL(iob_addfile(&batches[i], fd, (uint64)i, 40000), 1);
  }
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < MANY; i++) {
      strict = &many[i];
      EQUAL(iob_write(i, &batches[i], take_strictly), 1000);
    }
    CHECK(mappings() < maps + 1000);
  }
  for (int i = 0; i < MANY; i++) {
    EQUAL(iob_bytesleft(&batches[i]), 37000);
    if (i % 2) iob_reset(&batches[i]);
    strict = &many[i];
    strict->most = 0;
    while (iob_bytesleft(&batches[i])) CHECK(iob_write(i, &batches[i], take_strictly) > 0);
  }
}

static long held(void) {
  struct rusage used;
  CHECK(getrusage(RUSAGE_SELF, &used) == 0);
  return used.ru_maxrss;
}

/* A batch that is half sent and then thrown away, however that is done, leaves nothing behind. */
TEST(what_was_kept_is_given_back) {
  int fd = pattern_file(), null = open("/dev/null", O_WRONLY);
  long before = 0;
  for (int i = 0; i < 20000; i++) {
    struct consumer c = {.every = 1};
    io_batch *b = iob_new(1);
    strict = &c;
    EQUAL(iob_addfile(b, fd, 0, sizeof pattern), 1);
    EQUAL(iob_write(7, b, take_strictly), -1);
    if (i % 3 == 1) iob_reset(b);
    if (i % 3 == 2) EQUAL(iob_send(null, b), (int64)sizeof pattern);
    iob_free(b);
    if (i == 1000) before = held();
  }
  CHECK(held() < before + 5000);
}

TEST(what_was_kept_is_no_leak, .valgrind = 1) {
  int fd = pattern_file();
  for (int i = 0; i < 3; i++) {
    struct consumer c = {.every = 1};
    BATCH(b);
    strict = &c;
    EQUAL(iob_addfile(&b, fd, 0, sizeof pattern), 1);
    EQUAL(iob_write(7, &b, take_strictly), -1);
    iob_reset(&b);
    EQUAL(memcmp(&b, &(io_batch){0}, sizeof b), 0);
  }
}

/* ---- files that are cut short ---- */

/* The bytes that were offered still come; those that are not in the file any more are an error, never a signal. */
TEST(a_file_cut_short_while_its_callback_waits, .valgrind = 1) {
  static const off_t lengths[] = {0, 1, 5000, 70000};
  for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    struct consumer c = {.every = 1};
    int fd = pattern_file();
    int64 r;
    BATCH(b);
    EQUAL(iob_addfile_close(&b, fd, 0, sizeof pattern), 1);
    strict = &c;
    EQUAL(iob_write(7, &b, take_strictly), -1);
    CHECK(ftruncate(fd, lengths[i]) == 0);
    c.every = 2;
    while ((r = iob_write(7, &b, take_strictly)) > 0 || r == -1) {
    }
    EQUAL(r, -3);
    EQUAL(errno, EIO);
    CHECK(c.position < sizeof pattern && iob_bytesleft(&b) > 0);
    iob_reset(&b);
    CHECK(!is_open(fd));
  }
}

static int cut;

static int64 cut_while_reading(int64 s, const void *buf, uint64 n) {
  static volatile char sum;
  CHECK(ftruncate(cut, 0) == 0);
  for (uint64 i = 0; i < n; i++) sum = (char)(sum ^ ((const char *)buf)[i]);
  (void)s;
  return (int64)n;
}

TEST(a_file_cut_short_under_the_callback, .valgrind = 1) {
  BATCH(b);
  cut = pattern_file();
  EQUAL(iob_addfile(&b, cut, 0, sizeof pattern), 1);
  CHECK(iob_write(7, &b, cut_while_reading) > 0);
  EQUAL(iob_write(7, &b, cut_while_reading), -3);
  EQUAL(errno, EIO);
  iob_reset(&b);
  cut = pattern_file();
  CHECK(io_mmapwritefile(7, cut, 0, sizeof pattern, cut_while_reading) > 0);
}

/* ---- callbacks that change the batch ---- */

static io_batch *in_hand;
static int times;

/* The very bytes that it was offered, queued anew. */
static int64 queue_again(int64 s, const void *buf, uint64 n) {
  (void)s;
  if (times++ == 0) {
    iob_reset(in_hand);
    EQUAL(iob_addbuf(in_hand, buf, n), 1);
  }
  return (int64)n;
}

TEST(bytes_queued_anew_are_not_taken, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  EQUAL(iob_adds(&b, "hello"), 1);
  EQUAL(iob_write(1, &b, queue_again), 5);
  EQUAL(iob_bytesleft(&b), 5);
  EQUAL(iob_write(1, &b, queue_again), 5);
  EQUAL(iob_bytesleft(&b), 0);
}

static int sink_fd;

/* Sends the batch itself, queues the same again, and says that it took everything. */
static int64 send_and_queue(int64 s, const void *buf, uint64 n) {
  (void)s;
  if (times++ == 0) {
    CHECK(iob_send(sink_fd, in_hand) > 0);
    EQUAL(iob_bytesleft(in_hand), 0);
    EQUAL(iob_addbuf(in_hand, buf, n), 1);
  }
  return (int64)n;
}

TEST(bytes_sent_and_queued_anew, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  sink_fd = open("/dev/null", O_WRONLY);
  EQUAL(iob_adds(&b, "hello"), 1);
  EQUAL(iob_write(1, &b, send_and_queue), 5);
  EQUAL(iob_bytesleft(&b), 5);
  iob_reset(&b);
}

static int file_again;

static int64 reset_and_add_the_file(int64 s, const void *buf, uint64 n) {
  (void)s;
  if (times++ == 0) {
    volatile char first;
    iob_reset(in_hand);
    EQUAL(iob_addfile(in_hand, file_again, 0, sizeof pattern), 1);
    first = *(const char *)buf; /* the bytes stay until the callback returns */
    (void)first;
  }
  return (int64)n;
}

TEST(a_file_queued_anew_is_not_taken, .valgrind = 1) {
  BATCH(b);
  in_hand = &b;
  file_again = pattern_file();
  EQUAL(iob_addfile(&b, file_again, 0, sizeof pattern), 1);
  CHECK(iob_write(1, &b, reset_and_add_the_file) > 0);
  EQUAL(iob_bytesleft(&b), sizeof pattern);
  iob_reset(&b);
}

/* Writes the batch to another function, and then takes nothing. */
static int64 write_within(int64 s, const void *buf, uint64 n) {
  (void)buf, (void)n;
  if (s == 1) {
    struct consumer c = {.most = 3000};
    strict = &c;
    EQUAL(iob_write(2, in_hand, take_strictly), 3000);
    errno = EAGAIN;
    return -1;
  }
  return 0;
}

TEST(a_write_within_a_write, .valgrind = 1) {
  struct consumer c = {.position = 3000};
  BATCH(b);
  in_hand = &b;
  EQUAL(iob_addfile(&b, pattern_file(), 0, sizeof pattern), 1);
  EQUAL(iob_write(1, &b, write_within), -1);
  EQUAL(iob_bytesleft(&b), sizeof pattern - 3000);
  write_all(&b, &c, 0);
}

/* ---- what it costs ---- */

#ifdef __linux__

static int64 take_1000(int64 s, const void *buf, uint64 n) {
  (void)s, (void)buf;
  return n < 1000 ? (int64)n : 1000;
}

static int preads;

/* Instead of the C library's. */
ssize_t pread64(int fd, void *buf, size_t n, off64_t at) {
  struct iovec vector = {buf, n};
  preads++;
  return preadv64(fd, &vector, 1, at);
}

TEST(a_file_taken_bit_by_bit_is_read_once) {
  BATCH(b);
  EQUAL(iob_addfile(&b, pattern_file(), 0, 65536), 1);
  preads = 0;
  while (iob_bytesleft(&b)) EQUAL(iob_write(7, &b, take_1000) > 0, 1);
  CHECK(preads <= 3);
}

#endif
