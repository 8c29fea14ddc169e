/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program in a known state, which then stops for a debugger. */
#include <fcntl.h>
#include <libowfat/io.h>
#include <libowfat/taia.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  int pair[2], high = -1;
  tai6464 moment;
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == -1) return 1;
  if (dup2(pair[0], 40) == -1 || dup2(pair[1], 41) == -1) return 1;
  if (!io_fd(40) || !io_fd(41)) return 1;
  io_wantread(40);
  io_setcookie(40, (void *)0x1234);
  taia_now(&moment);
  taia_addsec(&moment, &moment, 1000);
  io_timeout(40, moment);
  io_wantwrite(41);
  io_check();
  /* Two seconds after the beginning of time. */
  taia_uint(&moment, 2);
  io_timeout(41, moment);
  /* Beyond the first chunk of the table, where the limit allows it. */
  high = dup2(pair[0], 17000);
  if (high != -1 && io_fd(high)) io_wantread(high);
  raise(SIGTRAP);
  return 0;
}
