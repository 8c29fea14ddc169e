/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* buffer.h: descriptors, files, and the buffers of the standard ones. */
#include "t.h"

#include <fcntl.h>
#include <libowfat/buffer.h>
#include <libowfat/ndelay.h>
#include <sys/mman.h>

/* A pipe with as little room as there is, of which the end to write to does not wait. */
static void narrow_pipe(int ends[2]) {
  CHECK(pipe(ends) == 0);
  resize_pipe(ends[1], 4096);
  CHECK(ndelay_on(ends[1]) == 0);
}

/* Exactly these bytes come out of a pipe. */
static void expect(int fd, const char *bytes, size_t len) {
  static char got[1 << 16];
  size_t done = 0;
  while (done < len) {
    ssize_t n = read(fd, got + done, len - done);
    CHECK(n > 0);
    done += (size_t)n;
  }
  CHECK(memcmp(got, bytes, len) == 0);
}

#define EXPECT(fd, s) expect(fd, s, sizeof s - 1)

TEST(through_a_pipe, .valgrind = 1) {
  char out[16], in[16], line[32];
  int ends[2];
  buffer w, r;
  CHECK(pipe(ends) == 0);
  buffer_init(&w, write, ends[1], out, sizeof out); /* in C up to C17 no cast is needed */
  buffer_init(&r, read, ends[0], in, sizeof in);
  EQUAL(buffer_puts(&w, "a line that is longer\n"), 0);
  EQUAL(buffer_putsflush(&w, "than either buffer\n"), 0);
  buffer_close(&w);
  EQUAL(buffer_getline(&r, line, sizeof line), 21);
  EQUAL(buffer_getline(&r, line, sizeof line), 18);
  CHECK(memcmp(line, "than either buffer\n", 19) == 0);
  EQUAL(buffer_getline(&r, line, sizeof line), 0);
  buffer_close(&r);
  EQUAL(fcntl(ends[0], F_GETFD), -1);
  EQUAL(fcntl(ends[1], F_GETFD), -1);
}

/* 4096 bytes fit. The new bytes are as many as the buffer has room for, or more. */
static void short_write(size_t size, size_t waiting, size_t more) {
  static char bytes[20000], all[20000];
  int ends[2];
  buffer b;
  char *memory = malloc(size);
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7 % 251);
  narrow_pipe(ends);
  buffer_init(&b, (ssize_t(*)())write, ends[1], memory, size);
  EQUAL(buffer_put(&b, bytes, waiting), 0);
  int result = buffer_put(&b, bytes + waiting, more);
  size_t got = 0;
  for (ssize_t n; ndelay_on(ends[0]) == 0; got += (size_t)n) {
    n = read(ends[0], all + got, sizeof all - got);
    if (n == -1 && buffer_flush(&b) == 0 && (n = read(ends[0], all + got, sizeof all - got)) == -1) break;
    if (n == -1) n = 0;
  }
  CHECK(memcmp(all, bytes, got) == 0);
  EQUAL(got, result == 0 ? waiting + more : more > size ? got : waiting);
  free(memory);
  close(ends[0]);
  close(ends[1]);
}

TEST(a_short_write_that_leaves_new_bytes, .valgrind = 1) { short_write(6000, 3000, 4000); }
TEST(a_short_write_that_leaves_waiting_bytes, .valgrind = 1) { short_write(6000, 5000, 2000); }
TEST(a_short_write_that_leaves_more_than_fits, .valgrind = 1) { short_write(600, 500, 9000); }

/* What comes out of the pipe goes on where it was. */
static unsigned drain(int fd, unsigned seen) {
  unsigned char got[3000];
  for (ssize_t n; (n = read(fd, got, sizeof got)) != -1;)
    for (ssize_t i = 0; i < n; i++) EQUAL(got[i], seen++ % 253);
  EQUAL(errno, EAGAIN);
  return seen;
}

/* Whatever does not fit into the pipe is put again later; nothing is lost or doubled. */
TEST(non_blocking_descriptors_lose_nothing, .valgrind = 1) {
  static char memory[6000], bytes[6000];
  int ends[2];
  unsigned sent = 0, seen = 0, random = 1, full = 0;
  buffer b;
  narrow_pipe(ends);
  CHECK(ndelay_on(ends[0]) == 0);
  buffer_init(&b, (ssize_t(*)())write, ends[1], memory, sizeof memory);
  while (full < 200) {
    random = random * 1103515245 + 12345;
    unsigned len = (random >> 16) % sizeof bytes;
    for (unsigned i = 0; i < len; i++) bytes[i] = (char)((sent + i) % 253);
    if (buffer_put(&b, bytes, len) == 0) {
      sent += len;
      if (random & 1 << 30 || buffer_flush(&b) == 0) continue;
    }
    EQUAL(errno, EAGAIN);
    full++;
    if (random & 1 << 29) seen = drain(ends[0], seen);
  }
  while (buffer_flush(&b) != 0) seen = drain(ends[0], seen);
  EQUAL(drain(ends[0], seen), sent);
}

TEST(broken_pipes_are_errors) {
  char memory[8];
  int ends[2];
  buffer b;
  signal(SIGPIPE, SIG_IGN);
  CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
  buffer_init(&b, (ssize_t(*)())write, ends[1], memory, sizeof memory);
  EQUAL(buffer_puts(&b, "1234567"), 0);
  EQUAL(buffer_puts(&b, "89"), -1);
  EQUAL(errno, EPIPE);
  EQUAL(buffer_putsflush(&b, ""), -1);
}

static int deinits;
static void *deinit_of;

static void count_deinit(void *b) {
  deinits++;
  deinit_of = b;
}

TEST(closing) {
  char memory[8];
  int ends[2];
  buffer b;
  CHECK(pipe(ends) == 0);
  buffer_init(&b, (ssize_t(*)())write, ends[1], memory, sizeof memory);
  b.deinit = count_deinit;
  EQUAL(buffer_puts(&b, "waiting"), 0);
  buffer_close(&b);
  EQUAL(deinits, 1);
  CHECK(deinit_of == &b);
  EQUAL(read(ends[0], memory, 8), 0);
  b.fd = 2;
  buffer_close(&b);
  CHECK(fcntl(2, F_GETFD) != -1);
}

TEST(memory_that_is_freed, .valgrind = 1) {
  buffer b, other = BUFFER_INIT_FREE((ssize_t(*)())write, -1, malloc(10), 10);
  buffer_init_free(&b, (ssize_t(*)())write, -1, malloc(10), 10);
  CHECK(b.deinit == buffer_free);
  EQUAL(buffer_puts(&b, "abc"), 0);
  buffer_close(&b);
  buffer_close(&other);
  buffer_close(&other);
}

static const char *file_of(const char *content, size_t len) {
  static char name[T_NAME];
  int d = mkstemp(temporary(name, "buffer"));
  CHECK(d != -1 && write(d, content, len) == (ssize_t)len && close(d) == 0);
  return name;
}

TEST(whole_files, .valgrind = 1) {
  char line[20];
  const char *name = file_of("one\ntwo", 7);
  buffer b;
  memset(&b, 0xa5, sizeof b);
  EQUAL(buffer_mmapread(&b, name), 0);
  CHECK(unlink(name) == 0);
  EQUAL(b.p, 0);
  EQUAL(b.n, 7);
  EQUAL(b.a, 7);
  EQUAL(b.fd, -1);
  CHECK(b.deinit == buffer_munmap);
  EQUAL(buffer_getline(&b, line, sizeof line), 3);
  EQUAL(buffer_getline(&b, line, sizeof line), 3);
  EQUAL(buffer_feed(&b), 0);
  EQUAL(buffer_get(&b, line, 1), 0);
  buffer_close(&b);
}

TEST(unmapped_once) {
  const char *name = file_of("one\ntwo", 7);
  buffer b;
  EQUAL(buffer_mmapread(&b, name), 0);
  CHECK(unlink(name) == 0);
  char *x = b.x, *next;
  buffer_close(&b);
  next = mmap(x, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  CHECK(next == x);
  buffer_close(&b);
  next[0] = 'x';
}

TEST(files_that_cannot_be_mapped) {
  const char *name = file_of("", 0);
  buffer b;
  errno = EDOM;
  EQUAL(buffer_mmapread(&b, name), -1);
  EQUAL(errno, EDOM);
  CHECK(unlink(name) == 0);
  EQUAL(buffer_mmapread(&b, name), -1);
  EQUAL(errno, ENOENT);
}

/* The standard descriptors become pipes; returns our ends. */
static void standard_pipes(int ours[3]) {
  for (int d = 0; d < 3; d++) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    CHECK(dup2(ends[d != 0], d) == d);
    close(ends[d != 0]);
    ours[d] = ends[d == 0];
  }
}

TEST(standard_output_and_error) {
  int ours[3];
  standard_pipes(ours);
  EQUAL(buffer_1->fd, 1);
  EQUAL(buffer_1->a, BUFFER_OUTSIZE);
  EQUAL(buffer_1small->a, 128);
  EQUAL(buffer_2->fd, 2);
  EQUAL(buffer_2->a, BUFFER_OUTSIZE);
  EQUAL(buffer_puts(buffer_1, "waits"), 0);
  EQUAL(buffer_putsflush(buffer_1small, "small "), 0);
  EQUAL(buffer_putsflush(buffer_2, "error"), 0);
  EQUAL(buffer_flush(buffer_1), 0);
  EXPECT(ours[1], "small waits");
  EXPECT(ours[2], "error");
}

TEST(nothing_is_flushed_at_the_end) {
  int ours[3];
  char c;
  standard_pipes(ours);
  pid_t pid = child();
  if (pid == 0) {
    buffer_puts(buffer_1, "lost");
    exit(0);
  }
  join(pid);
  close(1);
  EQUAL(read(ours[1], &c, 1), 0);
}

TEST(a_question_goes_out_before_the_answer_is_read) {
  int ours[3];
  char line[20];
  standard_pipes(ours);
  EQUAL(buffer_0->fd, 0);
  EQUAL(buffer_0->a, BUFFER_INSIZE);
  EQUAL(buffer_puts(buffer_1, "name? "), 0);
  EQUAL(write(ours[0], "me\nyou\n", 7), 7);
  EQUAL(buffer_getline(buffer_0, line, sizeof line), 2);
  EXPECT(ours[1], "name? ");
  EQUAL(buffer_0small->a, 128);
  EQUAL(buffer_puts(buffer_1small, "small? "), 0);
  EQUAL(write(ours[0], "no\n", 3), 3);
  EQUAL(buffer_getline(buffer_0small, line, sizeof line), 2);
  EXPECT(ours[1], "small? ");
}

TEST(what_the_question_cannot_say_is_not_answered) {
  int ours[3];
  char c;
  standard_pipes(ours);
  signal(SIGPIPE, SIG_IGN);
  close(ours[1]);
  EQUAL(write(ours[0], "x", 1), 1);
  EQUAL(buffer_puts(buffer_1, "name? "), 0);
  EQUAL(buffer_getc(buffer_0, &c), -1);
  EQUAL(errno, EPIPE);
}

/* Programs may set the pointers, and know the memory by name. */
extern char buffer_1_space[BUFFER_OUTSIZE], buffer_0_space[BUFFER_INSIZE], buffer_2_space[BUFFER_OUTSIZE];
extern char buffer_1small_space[128], buffer_0small_space[128];

TEST(standard_buffers_are_variables) {
  int ours[3];
  char memory[4], c;
  buffer own = BUFFER_INIT((ssize_t(*)())write, 1, memory, sizeof memory);
  standard_pipes(ours);
  CHECK(buffer_0->x == buffer_0_space && buffer_1->x == buffer_1_space && buffer_2->x == buffer_2_space);
  CHECK(buffer_0small->x == buffer_0small_space && buffer_1small->x == buffer_1small_space);
  EQUAL(buffer_puts(buffer_1, "not"), 0);
  buffer_1 = &own;
  EQUAL(buffer_puts(buffer_1, "own"), 0);
  EQUAL(write(ours[0], "x", 1), 1);
  EQUAL(buffer_getc(buffer_0, &c), 1);
  EXPECT(ours[1], "own");
}
