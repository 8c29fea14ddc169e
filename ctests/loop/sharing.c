/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One open file description in blocking mode, shared by processes that io_tryread or io_trywrite it at the same time: none of
 * them gets stuck, and its mode is never switched. Also where the kernel has no RWF_NOWAIT (pipes before Linux 6.4), which a
 * seccomp filter brings about. */
#include "kinds.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { PROCESSES = 3, BYTES = 6000, TIMEOUT = 8000 };

/* What the processes share. */
static struct shared {
  long moved;
  int over, wrong;
} *shared;

static void share(void) {
  shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(shared != MAP_FAILED);
}

static void refuse(int number) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    SKIP("no seccomp filters here");
}

/* As on a kernel that cannot read and write such files without waiting. */
static void without_nowait(void) {
  refuse(SYS_preadv2);
  refuse(SYS_pwritev2);
}

/* Processes that call `once` until it is over. */
static void start(pid_t pids[PROCESSES], long (*once)(void)) {
  for (int i = 0; i < PROCESSES; i++) {
    if ((pids[i] = child()) != 0) continue;
    while (!__atomic_load_n(&shared->over, __ATOMIC_SEQ_CST)) {
      long n = once();
      if (n > 0) __atomic_add_fetch(&shared->moved, n, __ATOMIC_SEQ_CST);
      if (n < -1) FAIL("a call says %ld", n);
    }
    done();
  }
}

/* One that is stuck does not hear that it is over. */
static void stop(pid_t pids[PROCESSES]) {
  int64_t end = millis() + TIMEOUT;
  __atomic_store_n(&shared->over, 1, __ATOMIC_SEQ_CST);
  for (int i = 0; i < PROCESSES; i++) {
    int status;
    while (waitpid(pids[i], &status, WNOHANG) == 0) {
      if (millis() > end) FAIL("process %d is stuck", i);
      sleep_ms(1);
    }
    EQUAL(status, 0);
  }
}

static long read_once(void) {
  char buf[16];
  return (long)io_tryread(rd, buf, sizeof buf);
}

static void readers(void (*open)(void)) {
  pid_t pids[PROCESSES];
  open();
  share();
  EQUAL(io_fd(rd), 1);
  CHECK(!is_nonblocking(rd));
  start(pids, read_once);
  int64_t end = millis() + TIMEOUT;
  for (int i = 0; i < BYTES; i++) {
    put(wr, "x");
    if (i % 64 == 0) usleep(100);
    CHECK(!is_nonblocking(rd));
  }
  while (__atomic_load_n(&shared->moved, __ATOMIC_SEQ_CST) < BYTES) {
    if (millis() > end) FAIL("%ld bytes came", shared->moved);
    sleep_ms(1);
  }
  stop(pids);
  EQUAL(shared->moved, BYTES);
}

static long write_once(void) {
  static char block[5000];
  return (long)io_trywrite(wr, block, sizeof block);
}

/* Until it is full, and then again and again in little room. */
static void writers(void (*open)(void)) {
  static char buf[3000];
  pid_t pids[PROCESSES];
  long got = 0;
  open();
  share();
  EQUAL(io_fd(wr), 1);
  CHECK(!is_nonblocking(wr));
  start(pids, write_once);
  for (int64_t end = millis() + 300; millis() < end;) {
    ssize_t n;
    usleep(200);
    AWAIT(rd, POLLIN);
    CHECK((n = read(rd, buf, sizeof buf)) > 0);
    got += n;
    CHECK(!is_nonblocking(wr));
  }
  stop(pids);
  for (long missing; (missing = shared->moved - got) > 0;) {
    ssize_t n = read(rd, buf, sizeof buf);
    CHECK(n > 0 && n <= missing);
    got += n;
  }
  EQUAL(got, shared->moved);
}

#define SHARED_BY_WRITERS(KIND)                                               \
  TEST(writers_to_one_##KIND) { writers(open_##KIND); }                       \
  TEST(writers_to_one_##KIND##_without_nowait) {                              \
    without_nowait();                                                         \
    writers(open_##KIND);                                                     \
  }

#define SHARED(KIND)                                                          \
  TEST(readers_of_one_##KIND) { readers(open_##KIND); }                       \
  TEST(readers_of_one_##KIND##_without_nowait) {                              \
    without_nowait();                                                         \
    readers(open_##KIND);                                                     \
  }                                                                           \
  SHARED_BY_WRITERS(KIND)

SHARED(tcp)
SHARED(unix)
SHARED(pipe)
SHARED(fifo)
SHARED(pty)

/* Two readers of the master of a pseudo-terminal may have to wait for each other, and the manual says so: to open a master makes
 * another one, and no call of the kernel reads it without waiting. */
SHARED_BY_WRITERS(pty_master)
