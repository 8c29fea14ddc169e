/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The types of C whose width depends on how a program is compiled: time_t, in all functions that have one, and files whose
 * times do not fit in 32 bits. No function of the library has an off_t. */
#include "database.h"

#include <libowfat/fmt.h>
#include <libowfat/io.h>
#include <libowfat/scan.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* The first second of 2100. */
#define LATER 4102444800LL

TEST(dates_after_2038) {
  const char *http = "Fri, 01 Jan 2100 00:00:00 GMT", *iso = "2100-01-01T00:00:00Z";
  struct timespec moment = {7, 0};
  time_t t = 7;
  char text[40];
  if (sizeof(time_t) == 8) {
    EQUAL(scan_httpdate(http, &t), 29);
    EQUAL(t, LATER);
    EQUAL(fmt_httpdate(text, t), 29);
    CHECK(memcmp(text, http, 29) == 0);
    EQUAL(fmt_iso8601(text, t), 20);
    CHECK(memcmp(text, iso, 20) == 0);
    EQUAL(scan_iso8601(iso, &moment), 20);
    EQUAL(moment.tv_sec, LATER);
    EQUAL(moment.tv_nsec, 0);
  } else {
    EQUAL(scan_httpdate(http, &t), 0);
    EQUAL(t, 7);
    EQUAL(scan_iso8601(iso, &moment), 0);
    EQUAL(moment.tv_sec, 7);
    EQUAL(moment.tv_nsec, 0);
  }
}

/* Only what C knows as the members is written. */
TEST(neighbours_are_left_alone) {
  struct {
    unsigned char before[8];
    time_t t;
    unsigned char between[8];
    struct timespec moment;
    unsigned char behind[8];
  } all;
  memset(&all, 0x55, sizeof all);
  EQUAL(scan_httpdate("Sun, 06 Nov 1994 08:49:37 GMT", &all.t), 29);
  EQUAL(scan_iso8601("1994-11-06T08:49:37.25Z", &all.moment), 23);
  EQUAL(all.t, 784111777);
  EQUAL(all.moment.tv_sec, 784111777);
  EQUAL(all.moment.tv_nsec, 250000000);
  for (int i = 0; i < 8; i++) CHECK(all.before[i] == 0x55 && all.between[i] == 0x55 && all.behind[i] == 0x55);
}

TEST(times_before_1970) {
  char text[40];
  EQUAL(fmt_iso8601(text, (time_t)-1), 20);
  CHECK(memcmp(text, "1969-12-31T23:59:59Z", 20) == 0);
  EQUAL(fmt_httpdate(text, (time_t)-1), 29);
  CHECK(memcmp(text, "Wed, 31 Dec 1969 23:59:59 GMT", 29) == 0);
}

/* A file of 2100, which fstat does not describe where a time_t has 32 bits. */
TEST(files_of_2100) {
  struct {
    int64_t seconds, nanoseconds;
  } times[2] = {{LATER, 0}, {LATER, 0}};
  struct cdb c = {0};
  char data[8];
  int file = small(), out[2];
#ifdef SYS_utimensat_time64
  EQUAL(syscall(SYS_utimensat_time64, file, 0, times, 0), 0);
#else
  EQUAL(syscall(SYS_utimensat, file, 0, times, 0), 0);
#endif
  cdb_init(&c, file);
  EQUAL(find(&c, "two"), 1);
  DATA(&c, "zwei");
  cdb_free(&c);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, out) == 0);
  EQUAL(io_sendfile(out[0], file, 2048, 8), 8);
  EQUAL(read(out[1], data, sizeof data), 8);
}
