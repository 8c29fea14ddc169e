/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A program with definitions of its own of twenty-one names of the library, as programs have that are older than the
 * library's name for the same thing. Those that it does not share a header with have other types, too.
 */
#include <buffer.h>
#include <io.h>
#include <iob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int calls;
#define OWN(name, type, parameters) \
  type name parameters; \
  type name parameters { ++calls; return 42; }

OWN(str_len, unsigned, (const char *s __attribute__((unused))))
OWN(str_copy, unsigned, (char *to __attribute__((unused)), const char *from __attribute__((unused))))
OWN(byte_copy, int, (void))
OWN(byte_zero, int, (void))
OWN(case_lowers, int, (char *s __attribute__((unused))))
OWN(cdb_hash, int, (int x __attribute__((unused))))
OWN(dns_random, int, (void))
OWN(errmsg_iam, int, (void))
OWN(fmt_ulong, int, (int a __attribute__((unused)), int b __attribute__((unused))))
OWN(scan_ulong, int, (void))
OWN(fmt_str, int, (void))
OWN(iopause, int, (void))
OWN(ndelay_on, int, (int d __attribute__((unused))))
OWN(open_read, int, (const char *name __attribute__((unused))))
OWN(openreadclose, int, (const char *name __attribute__((unused)), void *sa __attribute__((unused))))
OWN(stralloc_ready, int, (void))
OWN(socket_listen, int, (void))
OWN(base64, int, (void))

/* As the headers declare them. */
void io_block(int64 d) { calls += d == -5; }
void io_check(void) { ++calls; }

char *argv0 = (char *)"own";
int noipv6 = 1;

/* Declared as in headers that are not included here, because they declare the names above, too. */
void errmsg_warn(const char *message, ...);
int socket_tcp6b(void);

int main(void) {
  static char space[200];
  buffer b;
  int64 d[2];
  int pair[2];
  io_batch batch = {0};
  ssize_t length;

  if (str_len("") + str_copy(0, 0) + byte_copy() + byte_zero() + case_lowers(0) + cdb_hash(0) + dns_random() != 7 * 42 ||
      errmsg_iam() + fmt_ulong(0, 0) + scan_ulong() + fmt_str() + iopause() + ndelay_on(0) != 6 * 42 ||
      open_read(0) + openreadclose(0, 0) + stralloc_ready() + socket_listen() + base64() != 5 * 42)
    return 1;
  io_block(-5);
  io_check();
  if (calls != 20) return 2;

  /* None of what follows calls any of these. */
  if (!io_socketpair(d) || !iob_adds(&batch, "abc") || iob_send(d[1], &batch) != 3) return 3;
  io_wantread(d[0]);
  io_wait();
  if (io_canread() != d[0] || io_tryread(d[0], space, sizeof space) != 3 || memcmp(space, "abc", 3)) return 4;
  buffer_init(&b, (ssize_t (*)())write, (int)d[1], space, sizeof space);
  if (buffer_putulong(&b, 1234567) || buffer_putspace(&b) || buffer_puts(&b, "text") || buffer_flush(&b)) return 5;
  if (read((int)d[0], space, sizeof space) != 12 || memcmp(space, "1234567 text", 12)) return 6;

  /* The library says our name, and asks our variable. */
  if (pipe(pair) || dup2(pair[1], 2) != 2) return 7;
  errmsg_warn("hello", (char *)0);
  length = read(pair[0], space, sizeof space - 1);
  if (length <= 0 || !strstr(space, "hello")) return 8;
  if (socket_tcp6b() < 0) return 9;
  noipv6 = 1;
  io_close(d[0]);
  io_close(d[1]);
  if (calls != 20) return 10;
  puts("all is well");
  return 0;
}
