/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A plugin that contains libowfat.a, uses it and gives everything back. */
#include <libowfat/io.h>

int work(void);

int work(void) {
  int64 d[2];
  char byte;
  if (!io_pipe(d)) return 1;
  io_wantread(d[0]);
  if (io_trywrite(d[1], "x", 1) != 1) return 2;
  io_wait();
  if (io_canread() != d[0] || io_tryread(d[0], &byte, 1) != 1) return 3;
  io_close(d[0]);
  io_close(d[1]);
  io_finishandshutdown();
  return 0;
}
