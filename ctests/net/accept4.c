/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where there is accept4(2), a connection has its modes after one system call: those that could add them are forbidden here. */
#define OWFAT_API 33
#include "t.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <libowfat/ip6.h>
#include <libowfat/socket.h>

static void forbid(unsigned number) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    SKIP("no seccomp filters here");
}

/* The modes of a descriptor, of which /proc tells without fcntl. */
static void has_modes(int fd, int flags) {
  char path[40], line[80];
  unsigned long modes = 0;
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  FILE *file = fopen(path, "r");
  if (!file) SKIP("no /proc");
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, "flags:", 6) == 0) modes = strtoul(line + 6, 0, 8);
  }
  fclose(file);
  EQUAL(!!(modes & O_NONBLOCK), !!(flags & SOCKET_NONBLOCK));
  EQUAL(!!(modes & O_CLOEXEC), !!(flags & SOCKET_CLOEXEC));
  close(fd);
}

TEST(modes_come_with_the_connection) {
  int listener = socket_tcp6b();
  uint16 port;
  EQUAL(socket_bind6_reuse(listener, V6any, 0, 0), 0);
  EQUAL(socket_listen(listener, 10), 0);
  EQUAL(socket_local6(listener, 0, &port, 0), 0);
  for (int i = 0; i < 4; i++) EQUAL(socket_connect6(socket_tcp6b(), V6loopback, port, 0), 0);
  /* Without flags musl's accept4 is accept. */
  int plain = socket_accept6_flags(listener, 0, 0, 0, 0);
  CHECK(plain != -1);
  has_modes(plain, 0);
  forbid(SYS_fcntl);
  forbid(SYS_ioctl);
#ifdef SYS_accept
  forbid(SYS_accept);
#endif
  for (int flags = 1; flags < 4; flags++) {
    int fd = socket_accept6_flags(listener, 0, 0, 0, flags);
    CHECK(fd != -1);
    has_modes(fd, flags);
  }
}
