/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The functions beside the loop, ours and the C library's, in one process and in turn:
 *
 *     companions OURS THEIRS [ROUNDS] [PART OF A NAME]
 *
 * Both arguments are shared libraries; the same file twice shows how much of a ratio is noise. Every row is a function (or
 * a few that belong together) at one size. A round runs one library directly after the other, the first one changing; the
 * ratio of a row is the median of the rounds' ratios, so what slows the machine for longer than a few milliseconds slows
 * both. `best` is a plain loop or what libc has, where companions/best.h has one. Nanoseconds are the least of all rounds. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libowfat/array.h>
#include <libowfat/byte.h>
#include <libowfat/case.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/critbit.h>
#include <libowfat/fmt.h>
#include <libowfat/iarray.h>
#include <libowfat/ip4.h>
#include <libowfat/ip6.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <libowfat/openreadclose.h>
#include <libowfat/scan.h>
#include <libowfat/str.h>
#include <libowfat/stralloc.h>
#include <libowfat/buffer.h>
#include <libowfat/tai.h>
#include <libowfat/taia.h>
#include <libowfat/textcode.h>
#include <libowfat/dns.h>
#undef buffer_puts

#include "companions/library.h"
#include "companions/texts.h"
#include "companions/best.h"
#include "companions/objects.h"

/* How many of the sizes a row has. */
enum { SINGLE = 0, TWO = 2, THREE = 3 };

/* A row is a function that repeats an expression, which gives a number or nothing (with `, 0`). */
#define ROW(name, title, sizes, text, ...)                                   \
  static size_t run_##name(const struct library *l, size_t n, long times) { \
    size_t sum = 0;                                                          \
    (void)l, (void)n;                                                        \
    while (times--) sum += (size_t)(__VA_ARGS__);                            \
    return sum;                                                              \
  }
#define BEST ROW
#include "companions/rows.h"
#undef ROW
#undef BEST

struct row {
  const char *title;
  int sized, has_best;
  void (*text)(size_t n);
  size_t (*run)(const struct library *, size_t n, long times);
};

static const struct row rows[] = {
#define ROW(name, title, sizes, text, ...) {title, sizes, 0, text, run_##name},
#define BEST(name, title, sizes, text, ...) {title, sizes, 1, text, run_##name},
#include "companions/rows.h"
};

enum { MOST_ROUNDS = 199, ENOUGH = 400000 };

static volatile size_t sink;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double time_of(const struct row *row, const struct library *l, size_t n, long times) {
  double start = now();
  sink += row->run(l, n, times);
  return (now() - start) / (double)times;
}

/* How often it has to be done to take long enough for the clock. */
static long calibrate(const struct row *row, const struct library *l, size_t n) {
  long times = 1;
  for (; times < 1L << 30; times *= 2)
    if (time_of(row, l, n, times) * (double)times > ENOUGH / 2) break;
  return times;
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *numbers, int count) {
  qsort(numbers, (size_t)count, sizeof *numbers, by_value);
  return numbers[count / 2];
}

/* What a call says, and how many bytes a decoder makes. */
static size_t work_of(const struct row *row, const struct library *l, size_t n) {
  length = 0;
  size_t result = row->run(l, n, 1);
  return result * 31 + length;
}

static void measure(const struct row *row, size_t n, const char *size, int rounds) {
  enum { OURS, THEIRS, BEST_THERE_IS, ALL };
  const struct library *libraries[ALL] = {&ours, &theirs, &best};
  int many = row->has_best ? ALL : BEST_THERE_IS;
  long times[ALL];
  double least[ALL], ratio[MOST_ROUNDS], to_best[MOST_ROUNDS];
  row->text(n);
  int same_work = work_of(row, &ours, n) == work_of(row, &theirs, n);
  for (int i = 0; i < many; i++) {
    times[i] = calibrate(row, libraries[i], n);
    least[i] = 1e30;
  }
  for (int round = 0; round < rounds; round++) {
    double took[ALL] = {0};
    for (int i = 0; i < many; i++) {
      int which = (i + round) % many;
      took[which] = time_of(row, libraries[which], n, times[which]);
      if (took[which] < least[which]) least[which] = took[which];
    }
    ratio[round] = took[OURS] / took[THEIRS];
    to_best[round] = took[OURS] / took[BEST_THERE_IS];
  }
  printf("%s\t%s\t%.1f\t%.1f\t%.4g\t", row->title, size, least[THEIRS], least[OURS], median(ratio, rounds));
  if (row->has_best) printf("%.4g", median(to_best, rounds));
  printf("\t%s\n", same_work ? "" : "another result");
  fflush(stdout);
}

int main(int argc, char **argv) {
  static const struct {
    size_t n;
    const char *name;
  } sizes[] = {{24, "24 "}, {1024, "1 Ki"}, {1 << 20, "1 Mi"}};
  if (argc < 3) return fprintf(stderr, "usage: companions OURS THEIRS [ROUNDS] [PART OF A NAME]\n"), 2;
  int rounds = argc > 3 ? atoi(argv[3]) : 15;
  const char *part = argc > 4 ? argv[4] : "";
  if (rounds < 1 || rounds > MOST_ROUNDS) return fprintf(stderr, "1 to %d rounds\n", MOST_ROUNDS), 2;
  load(&ours, argv[1]);
  load(&theirs, argv[2]);
  prepare();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (!strstr(rows[i].title, part)) continue;
    if (!rows[i].sized) measure(&rows[i], 24, "", rounds);
    else
      for (int size = 0; size < rows[i].sized; size++) measure(&rows[i], sizes[size].n, sizes[size].name, rounds);
  }
  return 0;
}
