/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Random batches, through a socket with a small buffer and a slow reader, and into a function that takes what it likes: the
 * bytes that arrive are the bytes queued, the results add up, every cleanup runs exactly once, and descriptors and memory
 * are all given back. OWFAT_SEED=n repeats a run; the seed is printed. */
#include "batch.h"


static char pattern[2 << 20];
static int source;
static uint64_t state;

static uint32_t random_below(uint32_t n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return n ? (uint32_t)(state >> 20) % n : 0;
}

static uint64_t mix(uint64_t sum, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) sum = (sum ^ (unsigned char)bytes[i]) * 1099511628211u;
  return sum;
}

static void begin(void) {
  const char *seed = getenv("OWFAT_SEED");
  state = seed ? strtoull(seed, 0, 10) : (uint64_t)millis() * 2654435761u + (uint64_t)getpid();
  printf("seed %llu\n", (unsigned long long)state);
  fflush(stdout);
  state |= 1;
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (char)(i * 2654435761u >> 17 ^ i >> 9);
  source = file_of(pattern, sizeof pattern);
}

static int due;

static void free_counted(struct iob_entry *entry) {
  free((void *)(uintptr_t)entry->buf);
  cleanups++;
}

/* What a batch holds: its length, and a sum over its bytes. */
struct content {
  uint64 bytes;
  uint64_t sum;
};

static size_t random_size(void) {
  switch (random_below(8)) {
    case 0: return 0;
    case 1: return 1 + random_below(1 << 20);
    case 2: return 1 + random_below(70000);
    default: return 1 + random_below(3000);
  }
}

static struct content fill_randomly(io_batch *b) {
  struct content content = {0, 14695981039346656037u};
  uint32_t entries = random_below(4) == 0 ? random_below(5001) : random_below(60);
  due = cleanups = 0;
  for (uint32_t i = 0; i < entries && content.bytes < 12 << 20; i++) {
    size_t n = entries > 60 ? random_below(40) : random_size(), at = random_below((uint32_t)(sizeof pattern - n));
    char *copy;
    int fd;
    switch (random_below(6)) {
      case 0:
        EQUAL(iob_addbuf(b, pattern + at, n), 1);
        break;
      case 1:
        CHECK((copy = malloc(n + 1)) != 0);
        memcpy(copy, pattern + at, n);
        EQUAL(iob_addbuf_free(b, copy, n), 1);
        break;
      case 2:
        CHECK((copy = malloc(n + 1)) != 0);
        memcpy(copy, pattern + at, n);
        EQUAL(iob_addbuf_internal(b, copy, n, free_counted), 1);
        due++;
        break;
      case 3:
        if (n == 0) n = 1;
        copy = mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(copy != MAP_FAILED);
        memcpy(copy, pattern + at, n);
        EQUAL(iob_addbuf_munmap(b, copy, n), 1);
        break;
      case 4:
        EQUAL(iob_addfile(b, source, at, n), 1);
        break;
      case 5:
        if (open_descriptors() > 200) {
          n = 0;
          break;
        }
        CHECK((fd = dup(source)) != -1);
        EQUAL(iob_addfile_close(b, fd, at, n), 1);
        break;
    }
    content.bytes += n;
    content.sum = mix(content.sum, pattern + at, n);
  }
  EQUAL(iob_bytesleft(b), content.bytes);
  return content;
}

struct reader {
  int d;
  uint32_t pace;
  struct content got;
};

static void *read_slowly(void *arg) {
  struct reader *r = arg;
  static char block[100000];
  ssize_t n;
  uint32_t step = 0;
  while ((n = read(r->d, block, 1 + (r->pace * ++step) % sizeof block)) > 0) {
    r->got.sum = mix(r->got.sum, block, (size_t)n);
    r->got.bytes += (uint64)n;
    if (step % 16 == 0) usleep(step * r->pace % 300);
  }
  return 0;
}

static void through_a_socket(void (*pair)(int[2])) {
  begin();
  int descriptors = open_descriptors();
  size_t memory = 0;
  for (int64_t round = 0, end = millis() + 5000; millis() < end && round < 100; round++) {
    int s[2], small = 4096 + (int)random_below(60000);
    pthread_t thread;
    io_batch *b = iob_new((int)random_below(100));
    uint64 sent = 0;
    struct reader reader = {0, 1 + random_below(50000), {0, 14695981039346656037u}};
    struct content content = fill_randomly(b);
    pair(s);
    setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    reader.d = s[1];
    known(s[0]);
    CHECK(pthread_create(&thread, 0, read_slowly, &reader) == 0);
    io_wantwrite(s[0]);
    for (int64 d, r = 1; r != 0 && content.bytes;) {
      io_wait();
      while ((d = io_canwrite()) != -1) {
        EQUAL(d, s[0]);
        while ((r = iob_send(s[0], b)) > 0) sent += (uint64)r;
        CHECK(r == 0 || (r == -1 && errno == EAGAIN));
        EQUAL(sent + iob_bytesleft(b), content.bytes);
      }
    }
    EQUAL(sent, content.bytes);
    EQUAL(cleanups, due);
    iob_free(b);
    io_close(s[0]);
    pthread_join(thread, 0);
    close(s[1]);
    EQUAL(reader.got.bytes, content.bytes);
    CHECK(reader.got.sum == content.sum);
    io_finishandshutdown();
    EQUAL(open_descriptors(), descriptors);
    /* The allocator keeps some blocks of its own; a batch that leaked would show all the same. */
    if (round == 3) memory = memory_in_use();
    if (round > 3) CHECK(memory_in_use() < memory + 100000);
  }
}

TEST(random_batches_over_tcp, .seconds = 60) { through_a_socket(tcp_pair); }
TEST(random_batches_over_unix, .seconds = 60) { through_a_socket(unix_pair); }

static struct content swallowed;

static int64 swallow(int64 s, const void *buf, uint64 n) {
  uint64 take;
  EQUAL(s, 4711);
  switch (random_below(12)) {
    case 0:
      errno = EAGAIN;
      return -1;
    case 1:
      errno = ENOSPC;
      return -1;
    case 2:
      errno = EIO;
      return -3;
    case 3: return 0;
    case 4: take = 1 + random_below((uint32_t)n); break;
    case 5: take = (n + 1) / 2; break;
    default: take = n;
  }
  swallowed.sum = mix(swallowed.sum, buf, take);
  swallowed.bytes += take;
  return (int64)take;
}

TEST(random_batches_into_a_function, .seconds = 60) {
  begin();
  int descriptors = open_descriptors();
  for (int64_t round = 0, end = millis() + 5000; millis() < end && round < 400; round++) {
    BATCH(b);
    struct content content = fill_randomly(&b);
    uint64 written = 0;
    int64 r;
    swallowed = (struct content){0, 14695981039346656037u};
    /* Sometimes the program loses interest. */
    int calls = random_below(5) == 0 ? (int)random_below(20) : 1 << 30;
    while (calls-- && (r = iob_write(4711, &b, swallow)) != 0) {
      if (r > 0) {
        written += (uint64)r;
      } else {
        CHECK((r == -1 && errno == EAGAIN) || (r == -3 && (errno == ENOSPC || errno == EIO || errno == EPIPE)));
      }
      EQUAL(written, swallowed.bytes);
      EQUAL(written + iob_bytesleft(&b), content.bytes);
    }
    if (written == content.bytes) {
      CHECK(swallowed.sum == content.sum);
      EQUAL(cleanups, due);
    }
    iob_reset(&b);
    EQUAL(cleanups, due);
    EQUAL(open_descriptors(), descriptors);
  }
}
