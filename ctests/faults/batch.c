/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Batches: everything that was added goes out, once and in order, and is cleaned up once. */
#include "faults.h"

#include <libowfat/iob_internal.h>
#include <sys/mman.h>

enum { FILE_BYTES = 70000, TEXT = 500, PAGE = 4096 };

static int added, cleaned;

static void clean(iob_entry *entry) {
  (void)entry;
  cleaned++;
}

/* Adds a bit of everything to an empty batch. Returns how many bytes that is. All of it is byte_at() in a row. */
static size_t fill_batch(io_batch *batch, int file) {
  static char text[TEXT + 1], piece[TEXT];
  size_t at = 0;
  INSIST(iob_addbuf(batch, bytes_at(at, piece, TEXT), TEXT), == 1);
  at += TEXT;
  for (;;) {
    char *block = malloc(TEXT);
    long faults = shim_faults();
    if (iob_addbuf_free(batch, bytes_at(at, block, TEXT), TEXT) == 1) break;
    blame("iob_addbuf_free", 0, faults);
  }
  at += TEXT;
  for (;;) {
    char *pages = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long faults = shim_faults();
    CHECK(pages != MAP_FAILED);
    shim_mapped();
    if (iob_addbuf_munmap(batch, bytes_at(at, pages, PAGE), PAGE) == 1) break;
    blame("iob_addbuf_munmap", 0, faults);
  }
  at += PAGE;
  /* Strings end with a null byte, which the bytes have in them, too: up to there. */
  bytes_at(at, text, TEXT);
  text[TEXT] = 0;
  INSIST(iob_adds(batch, text), == 1);
  at += strlen(text);
  for (;;) {
    static char null_byte[1];
    long faults = shim_faults();
    added++;
    if (iob_addbuf_internal(batch, null_byte, 1, clean) == 1) break;
    blame("iob_addbuf_internal", 0, faults);
    EQUAL(cleaned, added);
  }
  at++;
  for (;;) {
    size_t n;
    char *string = malloc(TEXT + 1);
    long faults = shim_faults();
    bytes_at(at, string, TEXT);
    string[TEXT] = 0;
    n = strlen(string);
    if (iob_adds_free(batch, string) == 1) {
      at += n;
      break;
    }
    blame("iob_adds_free", 0, faults);
  }
  INSIST(iob_addfile(batch, file, at, 20000), == 1);
  at += 20000;
  for (;;) {
    int d = dup(file);
    long faults = shim_faults();
    CHECK(d != -1);
    if (iob_addfile_close(batch, d, at, FILE_BYTES - at) == 1) break;
    blame("iob_addfile_close", 0, faults);
  }
  EQUAL(iob_bytesleft(batch), FILE_BYTES);
  return FILE_BYTES;
}

static void send_batch(int to, int reader) {
  int file = file_of(FILE_BYTES);
  io_batch *batch = INSIST(iob_new(2), != 0);
  static char piece[65536];
  size_t total = fill_batch(batch, file);
  iob_prefetch(batch, total);
  for (size_t sent = 0, got = 0; got < total;) {
    if (sent < total) sent += (size_t)MOVED(iob_send(to, batch));
    EQUAL(iob_bytesleft(batch), total - sent);
    ssize_t r = read(reader, piece, sizeof piece);
    if (r <= 0) continue;
    expect_bytes(piece, got, (size_t)r);
    got += (size_t)r;
    CHECK(got <= sent);
  }
  EQUAL(iob_send(to, batch), 0);
  EQUAL(cleaned, added);
  iob_free(batch);
  close(file);
}

TEST(batches_to_a_socket) {
  int s[2];
  tcp_pair(s);
  nonblocking(s[0]);
  nonblocking(s[1]);
  register_both(s[0], s[1]);
  send_batch(s[0], s[1]);
  send_batch(s[0], s[1]);
  close_both(s[0], s[1]);
}

TEST(batches_to_a_pipe) {
  int p[2];
  CHECK(pipe(p) == 0);
  nonblocking(p[0]);
  nonblocking(p[1]);
  register_both(p[1], p[0]);
  send_batch(p[1], p[0]);
  close_both(p[0], p[1]);
}

static size_t written;

static int64 take(int64 d, const void *buf, uint64 n) {
  EQUAL(d, 5);
  if (n > 300) n -= n / 3;
  expect_bytes(buf, written, n);
  written += n;
  return (int64)n;
}

TEST(batches_to_a_function) {
  int file = file_of(FILE_BYTES);
  io_batch batch;
  memset(&batch, 0, sizeof batch);
  size_t total = fill_batch(&batch, file);
  while (written < total) {
    size_t before = written;
    int64 n = MOVED(iob_write(5, &batch, take));
    EQUAL(written, before + (size_t)n);
    EQUAL(iob_bytesleft(&batch), total - written);
  }
  iob_reset(&batch);
  close(file);
}

/* Thrown away: cleaned up all the same, with what the program brought along too. */
TEST(batches_that_are_not_sent) {
  int file = file_of(FILE_BYTES);
  io_batch batch;
  memset(&batch, 0, sizeof batch);
  for (int i = 0; i < 3; i++) {
    fill_batch(&batch, file);
    iob_reset(&batch);
    EQUAL(cleaned, added);
    EQUAL(iob_bytesleft(&batch), 0);
  }
  close(file);
}

static void write_whole_regions(io_batch *batch) {
  int file = file_of(FILE_BYTES);
  written = 0;
  size_t total = fill_batch(batch, file);
  while (written < total) {
    size_t before = written;
    int64 n = MOVED(iob_write2(5, batch, take, io_mmapwritefile));
    EQUAL(written, before + (size_t)n);
    EQUAL(iob_bytesleft(batch), total - written);
  }
  EQUAL(cleaned, added);
  close(file);
}

TEST(whole_regions_to_a_function) {
  io_batch batch;
  INSIST(iob_init(&batch, 1), == 0);
  write_whole_regions(&batch);
  iob_reset(&batch);
  INSIST(iob_init_autofree(&batch, 20), == 0);
  write_whole_regions(&batch);
  iob_reset(&batch);
}

TEST(batches_that_free_as_they_go) {
  io_batch *batch = INSIST(iob_new_autofree(1), != 0);
  write_whole_regions(batch);
  write_whole_regions(batch);
  int file = file_of(FILE_BYTES);
  fill_batch(batch, file);
  iob_free(batch);
  EQUAL(cleaned, added);
  close(file);
}
