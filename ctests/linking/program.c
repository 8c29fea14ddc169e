/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Something of every part of the library. It has to be C89 and C++98 alike. */
#include <buffer.h>
#include <cdb.h>
#include <dns.h>
#include <errmsg.h>
#include <fmt.h>
#include <io.h>
#include <iob.h>
#include <ip4.h>
#include <scan.h>
#include <socket.h>
#include <stdio.h>
#include <str.h>
#include <stralloc.h>
#include <string.h>
#include <taia.h>
#include <textcode.h>

static int numbers(void) {
  char text[64];
  unsigned long u;
  double d;
  text[fmt_ulong(text, 4294967291ul)] = 0;
  if (scan_ulong(text, &u) != 10 || u != 4294967291ul) return 0;
  text[fmt_double(text, 2.5, sizeof text - 1, 3)] = 0;
  return scan_double(text, &d) && d == 2.5;
}

static int strings(void) {
  char text[64];
  stralloc sa;
  stralloc_init(&sa);
  if (!stralloc_catm(&sa, "one", "two", "three") || sa.len != 11) return 0;
  stralloc_free(&sa);
  text[fmt_strm(text, "a", "bc")] = 0;
  if (!str_equal(text, "abc")) return 0;
  text[fmt_base64(text, "abc", 3)] = 0;
  return str_equal(text, "YWJj") && cdb_hash((const unsigned char *)"abc", 3) != 0;
}

static int events(void) {
  int64 d[2];
  char text[16];
  io_batch batch;
  tai6464 soon;
  memset(&batch, 0, sizeof batch);
  if (!io_socketpair(d) || !iob_adds(&batch, "it works")) return 0;
  io_wantread(d[0]);
  if (iob_send(d[1], &batch) != 8) return 0;
  taia_now(&soon);
  taia_addsec(&soon, &soon, 5);
  io_waituntil(soon);
  if (io_canread() != d[0] || io_tryread(d[0], text, sizeof text) != 8) return 0;
  io_close(d[0]);
  io_close(d[1]);
  return 1;
}

static int addresses(void) {
  char ip[4], text[128];
  int s = socket_tcp4b();
  if (s == -1) return 0;
  io_close(s);
  memcpy(ip, ip4loopback, 4);
  text[fmt_ip4(text, ip)] = 0;
  dns_random_init(text);
  return str_equal(text, "127.0.0.1") && dns_random(1) == 0;
}

int main(void) {
  if (!numbers()) return 1;
  if (!strings()) return 2;
  if (!events()) return 3;
  if (!addresses()) return 4;
  buffer_puts(buffer_1, "it ");
  if (buffer_putmflush(buffer_1, "works", "\n")) return 5;
  errmsg_iam("program");
  return 0;
}
