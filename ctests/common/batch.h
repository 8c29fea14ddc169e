/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What tests of batches have in common: files, cleanups that are counted, a peer that reads. */
#ifndef BATCH_H
#define BATCH_H

#include "loop.h"

#include <libowfat/iob.h>
#include <libowfat/iob_internal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* A file without a name, as long as text. */
static inline int file_of(const char *text, size_t length) {
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "batch"));
  CHECK(fd != -1);
  unlink(name);
  while (length) {
    ssize_t put = write(fd, text, length);
    CHECK(put > 0);
    text += put;
    length -= (size_t)put;
  }
  return fd;
}

static int cleanups;

/* A cleanup of the program's own. */
static inline void count_cleanup(struct iob_entry *entry) {
  (void)entry;
  cleanups++;
}

/* A string from malloc. */
static inline char *copy_of(const char *text) {
  char *copy = strdup(text);
  CHECK(copy != 0);
  return copy;
}

/* Whether the next bytes from d are these; waits for them. */
static inline void expect(int d, const char *text, size_t length) {
  static char got[65536];
  while (length) {
    ssize_t n = read(d, got, length < sizeof got ? length : sizeof got);
    if (n <= 0) FAIL("%zu bytes did not come", length);
    CHECK(memcmp(got, text, (size_t)n) == 0);
    text += n;
    length -= (size_t)n;
  }
}

#define EXPECT(D, TEXT) expect(D, TEXT, strlen(TEXT))

/* How many bytes wait to be read from d. */
static inline int waiting_bytes(int d) {
  int count = 0;
  CHECK(ioctl(d, FIONREAD, &count) == 0);
  return count;
}

/* How many descriptors this process has open. */
static inline int open_descriptors(void) {
  int count = 0;
  for (int d = 0; d < 1024; d++) count += is_open(d);
  return count;
}

/* Unix sockets of which io_fd knows the first, because the C library sends to no other. */
static inline void sending_pair(int s[2]) {
  unix_pair(s);
  EQUAL(io_fd(s[0]), 1);
}

/* An empty batch. */
#define BATCH(NAME)  \
  io_batch NAME;     \
  memset(&NAME, 0, sizeof NAME)

#endif
