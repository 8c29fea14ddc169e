/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Makes constant databases out of lines of text, and looks into them:
 *
 *     cdb make FILE < lines     each line is a key, a blank or tab, and data; empty lines and those with # are skipped
 *     cdb get FILE KEY          prints the data of every record with this key, a line each
 *     cdb list FILE             prints all records as lines
 *
 * It ends with 0; with 100 if there is no such key or the command line is wrong; with 111 if something fails.
 *
 * Readers of FILE keep the old one: the new one is written beside it, synced, and renamed. Whatever is in a
 * damaged file, no more than PIECE bytes of memory are needed for it. */
#include <libowfat/buffer.h>
#include <libowfat/byte.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/errmsg.h>
#include <libowfat/fmt.h>
#include <libowfat/open.h>
#include <libowfat/stralloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOT_FOUND = 100, FAILED = 111, PIECE = 4096 };

static const char *file, *unfinished;

/* Ends the program, and leaves no half of a database behind. */
static void give_up(const char *what) {
  carpsys(what);
  if (unfinished) unlink(unfinished);
  exit(FAILED);
}

static void bad_line(unsigned long number) {
  char digits[FMT_ULONG];
  digits[fmt_ulong(digits, number)] = 0;
  carp("line ", digits, ": no data behind the key");
  unlink(unfinished);
  exit(FAILED);
}

/* A line without its end; 0 at the end of the input. */
static int next_line(stralloc *line) {
  int got = buffer_getnewline_sa(buffer_0, line);
  if (got == -1) give_up("standard input");
  if (got == 0 && line->len == 0) return 0;
  stralloc_chomp(line);
  return 1;
}

static void add_line(struct cdb_make *m, const stralloc *line, unsigned long number) {
  const unsigned char *bytes = (const unsigned char *)line->s;
  size_t key = byte_chr(line->s, line->len, ' ');
  size_t tab = byte_chr(line->s, line->len, '\t');
  if (line->len == 0 || line->s[0] == '#') return;
  if (tab < key) key = tab;
  if (key == line->len) bad_line(number);
  if (cdb_make_add(m, bytes, key, bytes + key + 1, line->len - key - 1) == -1) give_up(unfinished);
}

static int make(void) {
  static struct cdb_make m;
  stralloc beside = {0}, line = {0};
  int fd;
  if (!stralloc_copys(&beside, file) || !stralloc_cats(&beside, ".new") || !stralloc_0(&beside)) give_up(file);
  fd = open_trunc(beside.s);
  if (fd == -1) give_up(beside.s);
  unfinished = beside.s;
  if (cdb_make_start(&m, fd) == -1) give_up(unfinished);
  for (unsigned long number = 1; next_line(&line); number++) add_line(&m, &line, number);
  if (cdb_make_finish(&m) == -1 || fsync(fd) == -1 || close(fd) == -1) give_up(unfinished);
  if (rename(unfinished, file) == -1) give_up(file);
  stralloc_free(&line);
  stralloc_free(&beside);
  return 0;
}

/* Prints bytes of the file, and end behind them. */
static void print(struct cdb *c, uint32 position, uint32 length, const char *end) {
  unsigned char piece[PIECE];
  while (length > 0) {
    uint32 part = length < PIECE ? length : PIECE;
    if (cdb_read(c, piece, part, position) == -1) give_up(file);
    if (buffer_put(buffer_1, (const char *)piece, part) == -1) give_up("standard output");
    position += part;
    length -= part;
  }
  if (buffer_puts(buffer_1, end) == -1) give_up("standard output");
}

static int get(struct cdb *c, const char *key) {
  int found, any = 0;
  cdb_findstart(c);
  while ((found = cdb_findnext(c, (const unsigned char *)key, strlen(key))) == 1) {
    print(c, cdb_datapos(c), cdb_datalen(c), "\n");
    any = 1;
  }
  if (found == -1) give_up(file);
  return any ? 0 : NOT_FOUND;
}

static int list(struct cdb *c) {
  uint32 next;
  int found;
  for (found = cdb_firstkey(c, &next); found == 1; found = cdb_nextkey(c, &next)) {
    print(c, cdb_keypos(c), cdb_keylen(c), " ");
    print(c, cdb_datapos(c), cdb_datalen(c), "\n");
  }
  if (found == -1) give_up(file);
  return 0;
}

int main(int argc, char **argv) {
  static struct cdb c;
  int is_get = argc == 4 && !strcmp(argv[1], "get");
  int is_list = argc == 3 && !strcmp(argv[1], "list");
  int fd, status;
  errmsg_iam("cdb");
  file = argc > 2 ? argv[2] : "";
  if (argc == 3 && !strcmp(argv[1], "make")) return make();
  if (!is_get && !is_list) die(NOT_FOUND, "usage: cdb make FILE, cdb get FILE KEY, or cdb list FILE");
  fd = open_read(file);
  if (fd == -1) give_up(file);
  cdb_init(&c, fd);
  status = is_get ? get(&c, argv[3]) : list(&c);
  cdb_free(&c);
  if (buffer_flush(buffer_1) == -1) give_up("standard output");
  return status;
}
