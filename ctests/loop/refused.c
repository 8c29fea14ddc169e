/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A kernel that refuses to watch a descriptor never makes a program hang. The kernel's "no" comes from a
 * seccomp filter, because the real one (the user's watch limit) belongs to the whole machine. */
#include "loop.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static int s[2];

/* From now on this system call fails with that error; of epoll_ctl it is EPOLL_CTL_ADD that does. */
static void refuse(long call, int error) {
  enum { SECOND_ARGUMENT = offsetof(struct seccomp_data, args) + sizeof(uint64_t) };
  int low_half = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_ctl, 0, 2),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SECOND_ARGUMENT + low_half)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, EPOLL_CTL_ADD, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

/* The program meets the data itself, sooner or later, and does not take a whole processor for it. */
static void meets_the_data(void) {
  char c;
  int64_t used = cpu_millis(), start = millis();
  int got = 0;
  put_after(300, &s[1]);
  while (!got) {
    CHECK(millis() - start < 8000);
    wait_round();
    if (was_readable(s[0])) {
      int64 n = io_tryread(s[0], &c, 1);
      if (n == -1) {
        EQUAL(errno, EAGAIN);
      } else {
        EQUAL(n, 1);
        got = 1;
      }
    }
  }
  CHECK(millis() - start >= 250);
  CHECK(cpu_millis() - used < 250);
}

static void refused_from_the_start(long call, int error) {
  unix_pair(s);
  refuse(call, error);
  known(s[0]);
  io_wantread(s[0]);
  meets_the_data();
}

TEST(watch_limit_reached) { refused_from_the_start(SYS_epoll_ctl, ENOSPC); }

TEST(no_memory_for_a_watch) { refused_from_the_start(SYS_epoll_ctl, ENOMEM); }

TEST(no_permission_for_a_watch) { refused_from_the_start(SYS_epoll_ctl, EPERM); }

TEST(no_memory_for_the_instance) { refused_from_the_start(SYS_epoll_create1, ENOMEM); }

TEST(no_instance_left) { refused_from_the_start(SYS_epoll_create1, EMFILE); }

/* Refused while others are watched already: these are heard of without delay, all the same. */
TEST(refused_later) {
  int t[2];
  unix_pair(s);
  unix_pair(t);
  known(t[0]);
  io_wantread(t[0]);
  EQUAL(in_read_round(t[0]), 0);
  refuse(SYS_epoll_ctl, ENOSPC);
  known(s[0]);
  io_wantread(s[0]);
  put(t[1], "x");
  do {
    wait_round();
  } while (!was_readable(t[0]));
  EQUAL(read(t[0], &(char){0}, 1), 1);
  meets_the_data();
}

TEST(refused_for_writing) {
  unix_pair(s);
  refuse(SYS_epoll_ctl, ENOSPC);
  known(s[0]);
  io_wantwrite(s[0]);
  wait_round();
  EQUAL(was_writable(s[0]), 1);
  EQUAL(io_trywrite(s[0], "x", 1), 1);
}

/* ---- epoll forbidden altogether: the loop runs on something else, and a program cannot tell ---- */

static void runs_as_ever(long call, int error) {
  int64_t start = millis();
  char c;
  unix_pair(s);
  refuse(call, error);
  known(s[0]);
  io_wantread(s[0]);
  put_after(200, &s[1]);
  for (int i = 0; i < 3; i++) {
    wait_round();
    CHECK(millis() - start >= 190);
    EQUAL(t_round.reads, 1);
    EQUAL(was_readable(s[0]), 1);
    EQUAL(io_tryread(s[0], &c, 1), 1);
    EQUAL(io_tryread(s[0], &c, 1), -1);
    EQUAL(in_read_round(s[0]), 0);
    put(s[1], "x");
  }
}

TEST(epoll_forbidden) { runs_as_ever(SYS_epoll_create1, EPERM); }

TEST(no_epoll) { runs_as_ever(SYS_epoll_create1, ENOSYS); }

TEST(no_descriptors_for_epoll) { runs_as_ever(SYS_epoll_create1, EMFILE); }

/* A list of system calls that was made for another C library: the instance is there, the wait is not. */
#ifdef SYS_epoll_wait
#define EPOLL_WAIT SYS_epoll_wait
#else
#define EPOLL_WAIT SYS_epoll_pwait
#endif

TEST(waiting_forbidden) { runs_as_ever(EPOLL_WAIT, EPERM); }

TEST(no_epoll_wait) { runs_as_ever(EPOLL_WAIT, ENOSYS); }

static iomux_t mux;

TEST(iom_without_epoll) {
  int64 d;
  unsigned revents;
  unix_pair(s);
  refuse(SYS_epoll_create1, EPERM);
  EQUAL(iom_init(&mux), 1);
  EQUAL(iom_add(&mux, s[0], IOM_READ), 0);
  put_after(100, &s[1]);
  EQUAL(iom_wait(&mux, &d, &revents, 5000), 1);
  EQUAL(d, s[0]);
  EQUAL(revents, IOM_READ);
  EQUAL(iom_wait(&mux, &d, &revents, 20), 0);
  EQUAL(iom_abort(&mux), 0);
  EQUAL(iom_wait(&mux, &d, &revents, 5000), -2);
}
