/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Buffers: over descriptors, files and memory. Their operations are the library's own read and write, by way of the shim. */
#include "faults.h"

#include <libowfat/array.h>
#include <libowfat/stralloc.h>

#include <libowfat/buffer.h>

ssize_t fault_read(int d, void *to, size_t n);
ssize_t fault_write(int d, const void *from, size_t n);

/* An empty buffer gets what it has room for, and writes it. If that fails, all of it is left for a flush. */
#define PUT_AND_FLUSH(B, CALL)                    \
  do {                                            \
    INSIST(buffer_flush(B), == 0);                \
    long t_faults = shim_faults();                \
    if ((CALL) != 0) blame(#CALL, -1, t_faults);  \
    INSIST(buffer_flush(B), == 0);                \
  } while (0)

/* Everything that came through a pipe whose other end is closed. */
static void expect_all(int reader, const char *text) {
  char got[300];
  size_t n = 0;
  for (ssize_t r; (r = read(reader, got + n, sizeof got - n)) > 0;) n += (size_t)r;
  EQUAL(n, strlen(text));
  CHECK(memcmp(got, text, n) == 0);
  close(reader);
}

TEST(bytes_written) {
  int p[2];
  char memory[16], c = '!';
  stralloc sa = {.s = "sa ", .len = 3, .a = 3};
  buffer b;
  CHECK(pipe(p) == 0);
  buffer_init(&b, fault_write, p[1], memory, sizeof memory);
  INSIST(buffer_put(&b, "put ", 4), == 0);
  INSIST((buffer_puts)(&b, "puts"), == 0);
  INSIST(buffer_putspace(&b), == 0);
  INSIST(buffer_putulong(&b, 1234567890), == 0);
  INSIST(buffer_put8long(&b, 8), == 0);
  INSIST(buffer_putxlong(&b, 255), == 0);
  INSIST(buffer_putlong(&b, -2), == 0);
  INSIST(buffer_putlonglong(&b, -3), == 0);
  INSIST(buffer_putulonglong(&b, 4), == 0);
  INSIST(buffer_puterror(&b), == 0);
  INSIST(buffer_puterror2(&b, EEXIST), == 0);
  INSIST(buffer_putsa(&b, &sa), == 0);
  for (int i = 0; i < 20; i++) {
    INSIST(buffer_putalign(&b, "a", 1), == 0);
    INSIST((buffer_putsalign)(&b, "b"), == 0);
    INSIST(buffer_PUTC(&b, c), == 0);
  }
  INSIST(buffer_flush(&b), == 0);
  INSIST(buffer_putm_internal(&b, "p", "ut", "m ", (char *)0), == 0);
  PUT_AND_FLUSH(&b, buffer_putm_internal_flush(&b, "put", "m ", (char *)0));
  PUT_AND_FLUSH(&b, buffer_putflush(&b, "put ", 4));
  PUT_AND_FLUSH(&b, (buffer_putsflush)(&b, "puts "));
  PUT_AND_FLUSH(&b, buffer_putsaflush(&b, &sa));
  PUT_AND_FLUSH(&b, buffer_putnlflush(&b));
  INSIST(buffer_stubborn(fault_write, p[1], ".", 1, &b), == 0);
  buffer_close(&b);
  expect_all(p[0], "put puts 123456789010ff-2-34SuccessFile existssa "
                   "ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!ab!"
                   "putm putm put puts sa \n.");
}

/* What does not fit goes out in one call with what waits. */
TEST(more_written_than_fits) {
  int p[2];
  char memory[16], got[40];
  buffer b;
  CHECK(pipe(p) == 0);
  buffer_init(&b, fault_write, p[1], memory, sizeof memory);
  for (int i = 0; i < 4; i++) INSIST(buffer_put(&b, "0123456789", 10), == 0);
  INSIST(buffer_flush(&b), == 0);
  buffer_close(&b);
  EQUAL(read(p[0], got, sizeof got), 40);
  CHECK(memcmp(got, "0123456789012345678901234567890123456789", 40) == 0);
  close(p[0]);
}

static int ends_with_a_stop(const char *x, size_t n) { return x[n - 1] == '.'; }
static int sa_ends_with_a_stop(stralloc *sa) { return sa->s[sa->len - 1] == '.'; }

/* What a read fails to bring is there for the next: the pipe has one token at a time. */
TEST(tokens_read) {
  int p[2];
  char got[8], *memory = malloc(8);
  stralloc sa = {0};
  buffer b;
  CHECK(pipe(p) == 0);
  buffer_init_free(&b, fault_read, p[0], memory, 8);
  CHECK(b.deinit == buffer_free);
  INSIST(stralloc_ready(&sa, 100), == 1);
  put(p[1], "a");
  EQUAL(INSIST(buffer_feed(&b), > 0), 1);
  EQUAL(*buffer_peek(&b), 'a');
  buffer_seek(&b, 1);
  put(p[1], "bc");
  EQUAL(INSIST(buffer_getc(&b, got), > 0), 1);
  EQUAL(INSIST(buffer_GETC(&b, got + 1), > 0), 1);
  put(p[1], "de");
  EQUAL(INSIST(buffer_get(&b, got + 2, 2), > 0), 2);
  put(p[1], "fg");
  EQUAL(INSIST(buffer_getn(&b, got + 4, 2), > 0), 2);
  CHECK(memcmp(got, "bcdefg", 6) == 0);
  put(p[1], "line\n");
  EQUAL(INSIST(buffer_getline(&b, got, 8), >= 0), 4);
  CHECK(memcmp(got, "line\n", 5) == 0);
  put(p[1], "token;");
  EQUAL(INSIST(buffer_get_token(&b, got, 8, ",;", 2), >= 0), 5);
  CHECK(memcmp(got, "token;", 6) == 0);
  put(p[1], "stop.");
  EQUAL(INSIST(buffer_get_token_pred(&b, got, 8, ends_with_a_stop), >= 0), 4);
  CHECK(memcmp(got, "stop.", 5) == 0);
  put(p[1], "old\n");
  INSIST(buffer_getline_sa(&b, &sa), == 1);
  put(p[1], "new\n");
  INSIST(buffer_getnewline_sa(&b, &sa), == 1);
  EQUAL(stralloc_diffs(&sa, "new\n"), 0);
  put(p[1], "old;");
  INSIST(buffer_get_token_sa(&b, &sa, ";", 1), == 1);
  EQUAL(stralloc_diffs(&sa, "new\nold;"), 0);
  put(p[1], "new;");
  INSIST(buffer_get_new_token_sa(&b, &sa, ";", 1), == 1);
  put(p[1], "old.");
  INSIST(buffer_get_token_sa_pred(&b, &sa, sa_ends_with_a_stop), == 0);
  EQUAL(stralloc_diffs(&sa, "new;old."), 0);
  put(p[1], "new.");
  INSIST(buffer_get_new_token_sa_pred(&b, &sa, sa_ends_with_a_stop), == 0);
  EQUAL(stralloc_diffs(&sa, "new."), 0);
  put(p[1], "z");
  EQUAL(INSIST(buffer_stubborn_read(fault_read, p[0], got, 8, &b), > 0), 1);
  close(p[1]);
  INSIST(buffer_feed(&b), == 0);
  buffer_close(&b);
  stralloc_free(&sa);
}

/* Without memory for all of a line, the part that was read stays, and so does what was not. */
TEST(a_long_line_without_memory) {
  int p[2];
  char piece[3000], memory[64];
  stralloc sa = {0};
  buffer b;
  CHECK(pipe(p) == 0);
  for (size_t i = 0; i < sizeof piece; i++) piece[i] = (char)('a' + i % 26);
  piece[sizeof piece - 1] = '\n';
  EQUAL(write(p[1], piece, sizeof piece), sizeof piece);
  buffer_init(&b, fault_read, p[0], memory, sizeof memory);
  INSIST(buffer_getline_sa(&b, &sa), == 1);
  EQUAL(sa.len, sizeof piece);
  CHECK(memcmp(sa.s, piece, sizeof piece) == 0);
  stralloc_free(&sa);
  close(p[1]);
  buffer_close(&b);
}

TEST(whole_files) {
  char name[T_NAME], got[6];
  buffer b;
  close(new_file(name, 6));
  INSIST(buffer_mmapread(&b, name), == 0);
  EQUAL(buffer_get(&b, got, 6), 6);
  expect_bytes(got, 0, 6);
  buffer_close(&b);
  INSIST(buffer_mmapread(&b, name), == 0);
  EQUAL(buffer_feed(&b), 6);
  buffer_munmap(&b);
  unlink(name);
}

TEST(newer_initialisers) {
  int p[2];
  char memory[8], c, *given;
  buffer in, out;
  CHECK(pipe(p) == 0);
  EQUAL(buffer_init_write(&out, -1, memory, sizeof memory), -1);
  EQUAL(buffer_init_write(&out, p[1], memory, sizeof memory), 0);
  INSIST(buffer_putflush(&out, "abcdefghij", 10), == 0);
  INSIST(buffer_init_read_allocbuf(&in, p[0], 16), == 0);
  EQUAL(INSIST(buffer_peekc(&in, &c), > 0), 1);
  EQUAL(c, 'a');
  EQUAL(INSIST(buffer_seek(&in, 9), != -1), 9);
  EQUAL(INSIST(buffer_getc(&in, &c), > 0), 1);
  EQUAL(c, 'j');
  buffer_close(&in);
  buffer_close(&out);
  CHECK(pipe(p) == 0);
  INSIST(buffer_init_write_allocbuf(&out, p[1], 4), == 0);
  INSIST(buffer_putflush(&out, "klmnop", 6), == 0);
  EQUAL(buffer_init_read(&in, p[0], memory, sizeof memory), 0);
  EQUAL(INSIST(buffer_getc(&in, &c), > 0), 1);
  EQUAL(c, 'k');
  buffer_close(&in);
  buffer_close(&out);
  CHECK(pipe(p) == 0);
  INSIST(buffer_init_allocbuf(&in, fault_read, p[0], 0), == 0);
  buffer_close(&in);
  close(p[1]);
  buffer_init_staticcontents(&in, memory, 3);
  EQUAL(buffer_get(&in, memory + 4, 4), 3);
  buffer_close(&in);
  given = malloc(3);
  buffer_init_staticcontents_free(&in, given, 3);
  EQUAL(buffer_peekc(&in, &c), 1);
  buffer_close(&in);
}

TEST(memory_at_the_other_end) {
  buffer b;
  stralloc sa = {0};
  static array bytes;
  char piece[100];
  size_t n = 0;
  buffer_frombuf(&b, bytes_at(0, piece, sizeof piece), sizeof piece);
  EQUAL(buffer_feed(&b), sizeof piece);
  INSIST(buffer_tosa(&b, &sa), == 0);
  for (; n < 50 * sizeof piece; n += sizeof piece)
    INSIST(buffer_put(&b, bytes_at(n, piece, sizeof piece), sizeof piece), == 0);
  INSIST(buffer_flush(&b), == 0);
  EQUAL(sa.len, n);
  expect_bytes(sa.s, 0, n);
  buffer_fromsa(&b, &sa);
  EQUAL(buffer_feed(&b), n);
  for (;;) {
    long faults = shim_faults();
    array_catb(&bytes, piece, sizeof piece);
    buffer_fromarray(&b, &bytes);
    if (buffer_feed(&b) == sizeof piece) break;
    CHECK(shim_faults() > faults && array_failed(&bytes));
    array_reset(&bytes);
  }
  array_reset(&bytes);
  stralloc_free(&sa);
}

/* A question that could not be written is written before the answer is read. */
TEST(standard_input_and_output) {
  struct {
    buffer *in, *out;
  } const pairs[] = {{buffer_0, buffer_1}, {buffer_0small, buffer_1small}};
  int p[2], q[2], saved[3];
  char c;
  for (int d = 0; d < 3; d++) CHECK((saved[d] = dup(d)) != -1);
  CHECK(pipe(p) == 0 && pipe(q) == 0);
  CHECK(dup2(p[0], 0) == 0 && dup2(q[1], 1) == 1 && dup2(q[1], 2) == 2);
  for (int i = 0; i < 2; i++) {
    put(p[1], "a");
    INSIST(buffer_puts(pairs[i].out, "question "), == 0);
    EQUAL(INSIST(buffer_getc(pairs[i].in, &c), > 0), 1);
    EQUAL(c, 'a');
    nonblocking(q[0]);
    char got[20];
    EQUAL(read(q[0], got, sizeof got), 9);
  }
  PUT_AND_FLUSH(buffer_2, buffer_putsflush(buffer_2, "error"));
  EQUAL(read(q[0], &c, 1), 1);
  EQUAL(c, 'e');
  for (int d = 0; d < 3; d++) CHECK(dup2(saved[d], d) == d && close(saved[d]) == 0);
  close_both(p[0], p[1]);
  close_both(q[0], q[1]);
}

/* What libowfat 0.33 and 0.34 have added. */
TEST(initialised_in_one_call) {
  int p[2];
  buffer in, out;
  char c;
  CHECK(pipe(p) == 0);
  INSIST(buffer_init_write_allocbuf(&out, p[1], 4), == 0);
  INSIST(buffer_puts(&out, "0123456789"), == 0);
  INSIST(buffer_flush(&out), == 0);
  INSIST(buffer_init_read_allocbuf(&in, p[0], 4), == 0);
  EQUAL(INSIST(buffer_peekc(&in, &c), > 0), 1);
  EQUAL(c, '0');
  INSIST(buffer_seek(&in, 1), == 1);
  EQUAL(INSIST(buffer_getc(&in, &c), > 0), 1);
  EQUAL(c, '1');
  buffer_close(&in);
  buffer_close(&out);
}
