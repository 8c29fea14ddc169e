/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files: opening, sending regions, mapping, reading whole, and passing descriptors on. */
#include "faults.h"

#include <libowfat/mmap.h>
#include <libowfat/ndelay.h>
#include <libowfat/open.h>
#include <libowfat/openreadclose.h>
#include <libowfat/readclose.h>
#include <libowfat/stralloc.h>

enum { BYTES = 150000 };

static char name[T_NAME];

/* A file of n bytes with a name, which its script takes away. */
static void named_file(size_t n) { close(new_file(name, n)); }

TEST(files_opened_for_the_loop) {
  int64 d;
  named_file(10);
  INSIST(io_readfile(&d, name), == 1);
  io_close(d);
  INSIST(io_readwritefile(&d, name), == 1);
  io_close(d);
  INSIST(io_appendfile(&d, name), == 1);
  EQUAL(write((int)d, "x", 1), 1);
  io_close(d);
  INSIST(io_createfile(&d, name), == 1);
  io_close(d);
  unlink(name);
}

TEST(files_opened_otherwise) {
  struct way {
    int (*open)(const char *);
  } const ways[] = {{open_read}, {open_append}, {open_write}, {open_rw}, {open_trunc}};
  named_file(10);
  for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
    int d = INSIST(ways[i].open(name), != -1);
    INSIST(ndelay_on(d), == 0);
    CHECK(is_nonblocking(d));
    INSIST(ndelay_off(d), == 0);
    CHECK(!is_nonblocking(d));
    io_close(d);
  }
  unlink(name);
  io_close(INSIST(open_excl(name), != -1));
  unlink(name);
}

/* Sends n bytes of a file by io_sendfile while the other end is read. */
static void send_all(int64 to, int reader, int file, size_t n, size_t skip) {
  static char piece[65536];
  for (size_t sent = 0, got = 0; got < n;) {
    if (sent < n) sent += (size_t)MOVED(io_sendfile(to, file, skip + sent, n - sent));
    ssize_t r = recv(reader, piece, sizeof piece, MSG_DONTWAIT);
    if (r == -1 && errno == ENOTSOCK) {
      nonblocking(reader);
      r = read(reader, piece, sizeof piece);
    }
    if (r <= 0) continue;
    expect_bytes(piece, skip + got, (size_t)r);
    got += (size_t)r;
    CHECK(got <= sent);
  }
}

TEST(regions_of_files_to_everything) {
  int file = file_of(BYTES), s[2];
  tcp_pair(s);
  nonblocking(s[0]);
  INSIST(io_fd(s[0]), == 1);
  send_all(s[0], s[1], file, BYTES - 100, 100);
  close_both(s[0], s[1]);
  CHECK(pipe(s) == 0);
  nonblocking(s[1]);
  INSIST(io_fd(s[1]), == 1);
  send_all(s[1], s[0], file, 30000, 0);
  close_both(s[0], s[1]);
  close(file);
}

/* A pipe has no regions: what is in it moves on, as far as it is taken. */
TEST(a_pipe_to_a_socket) {
  int s[2], p[2];
  char piece[6000];
  tcp_pair(s);
  nonblocking(s[0]);
  CHECK(pipe(p) == 0);
  EQUAL(write(p[1], bytes_at(0, piece, sizeof piece), sizeof piece), sizeof piece);
  INSIST(io_fd(s[0]), == 1);
  send_all(s[0], s[1], p[0], sizeof piece, 0);
  close_both(s[0], s[1]);
  close_both(p[0], p[1]);
}

/* What does not take a file by the kernel's own means gets a copy. */
TEST(regions_to_a_file) {
  int file = file_of(BYTES), to = file_of(0);
  char piece[4096];
  for (size_t sent = 0; sent < BYTES;)
    sent += (size_t)MOVED(io_sendfile(to, file, sent, BYTES - sent));
  for (size_t at = 0; at < BYTES; at += sizeof piece) {
    ssize_t n = pread(to, piece, sizeof piece, (off_t)at);
    CHECK(n > 0);
    expect_bytes(piece, at, (size_t)n);
  }
  CHECK(lseek(to, 0, SEEK_END) == BYTES);
  close(file);
  close(to);
}

static size_t taken, skipped;

/* Takes what it is offered in pieces of its own liking. */
static int64 take(int64 d, const void *buf, uint64 n) {
  EQUAL(d, 77);
  if (n > 50000) n -= 10000;
  expect_bytes(buf, skipped + taken, n);
  taken += n;
  return (int64)n;
}

TEST(mapped_files_to_a_function) {
  int file = file_of(BYTES);
  skipped = 5000;
  while (taken < BYTES - skipped) {
    size_t before = taken;
    int64 n = MOVED(io_mmapwritefile(77, file, skipped + taken, BYTES - skipped - taken, take));
    EQUAL(taken, before + (size_t)n);
  }
  close(file);
}

/* ---- whole files ---- */

static void expect_whole(const stralloc *text, size_t from, size_t n) {
  EQUAL(text->len, n);
  expect_bytes(text->s, from, n);
}

TEST(whole_files_read) {
  stralloc text = {0};
  named_file(5000);
  for (;;) {
    long faults = shim_faults();
    int result = openreadclose(name, &text, 100);
    if (result == 1) break;
    CHECK(result == -1 || result == 0);
    blame("openreadclose", result, faults);
    text.len = 0;
  }
  expect_whole(&text, 0, 5000);
  text.len = 0;
  for (;;) {
    int d = open(name, O_RDONLY);
    long faults = shim_faults();
    ssize_t n = readclose(d, &text, 1000);
    if (n < 0) blame("readclose", n, faults);
    CHECK(!is_open(d));
    if (n >= 0) break;
  }
  expect_whole(&text, 0, 5000);
  for (;;) {
    int d = open(name, O_RDONLY);
    long faults = shim_faults();
    text.len = 0;
    ssize_t n = readclose_append(d, &text, 1000);
    if (n < 0) blame("readclose_append", n, faults);
    CHECK(!is_open(d));
    if (n >= 0) break;
  }
  expect_whole(&text, 0, 5000);
  stralloc_free(&text);
  unlink(name);
}

TEST(whole_files_mapped) {
  size_t size = 0;
  const char *text;
  char *own;
  named_file(9000);
  text = INSIST(mmap_read(name, &size), != 0);
  EQUAL(size, 9000);
  expect_bytes(text, 0, size);
  EQUAL(mmap_unmap(text, size) == 0 || errno == fault, 1);
  text = INSIST(mmap_readat(name, &size, AT_FDCWD), != 0);
  expect_bytes(text, 0, size);
  EQUAL(mmap_unmap(text, size) == 0 || errno == fault, 1);
  own = INSIST(mmap_private(name, &size), != 0);
  own[0] = 'x';
  EQUAL(mmap_unmap(own, size) == 0 || errno == fault, 1);
  own = INSIST(mmap_shared(name, &size), != 0);
  expect_bytes(own, 0, size);
  EQUAL(mmap_unmap(own, size) == 0 || errno == fault, 1);
  unlink(name);
}

/* ---- descriptors on their way ---- */

TEST(descriptors_passed_on) {
  int s[2], p[2];
  char c;
  unix_pair(s);
  CHECK(pipe(p) == 0);
  INSIST(io_fd(p[0]), == 1);
  io_wantread(p[0]);
  io_check();
  INSIST(io_passfd(s[0], p[0]), == 0);
  int64 got = INSIST(io_receivefd(s[1]), != -1);
  CHECK(got != p[0] && is_open((int)got));
  put(p[1], "x");
  EQUAL(read((int)got, &c, 1), 1);
  close((int)got);
  close_both(p[0], p[1]);
  close_both(s[0], s[1]);
}
