/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the library opens for itself is close-on-exec from the beginning: another thread may start a program at any moment.
 *
 * The calls that open file descriptors lead through this program, which looks at their flags; and programs are started
 * while a thread calls the library, and look for what they have inherited. */
#include "loop.h"
#include "plain.h"

#include <libowfat/dns.h>
#include <libowfat/iob.h>
#include <libowfat/ip6.h>
#include <libowfat/mmap.h>
#include <libowfat/openreadclose.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

/* ---- the calls ---- */

/* Set while the library is to open nothing that programs inherit. */
static _Thread_local int watched;
static int opened;

static void expect(int private, const char *call) {
  if (!watched) return;
  opened++;
  if (!private) FAIL("%s without close-on-exec", call);
}

static mode_t mode_of(int flags, va_list arguments) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0; }

#define OPENS(NAME)                                              \
  int NAME(const char *name, int flags, ...) {                   \
    va_list arguments;                                           \
    va_start(arguments, flags);                                  \
    mode_t mode = mode_of(flags, arguments);                     \
    va_end(arguments);                                           \
    expect(flags & O_CLOEXEC, #NAME);                            \
    return (int)syscall(SYS_openat, AT_FDCWD, name, flags, mode); \
  }
OPENS(open)
#ifdef __USE_FILE_OFFSET64 /* This was open64. */
int plain_open(const char *, int, ...) __asm__("open");
OPENS(plain_open)
#elif defined __GLIBC__
OPENS(open64)
#endif

#define OPENS_AT(NAME)                                     \
  int NAME(int folder, const char *name, int flags, ...) { \
    va_list arguments;                                     \
    va_start(arguments, flags);                            \
    mode_t mode = mode_of(flags, arguments);               \
    va_end(arguments);                                     \
    expect(flags & O_CLOEXEC, #NAME);                      \
    return (int)syscall(SYS_openat, folder, name, flags, mode); \
  }
OPENS_AT(openat)
#ifdef __USE_FILE_OFFSET64
int plain_openat(int, const char *, int, ...) __asm__("openat");
OPENS_AT(plain_openat)
#elif defined __GLIBC__
OPENS_AT(openat64)
#endif

int socket(int domain, int type, int protocol) {
  expect(type & SOCK_CLOEXEC, "socket");
  return (int)syscall(SYS_socket, domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int d[2]) {
  expect(type & SOCK_CLOEXEC, "socketpair");
  return (int)syscall(SYS_socketpair, domain, type, protocol, d);
}

int pipe(int d[2]) {
  expect(0, "pipe");
  return (int)syscall(SYS_pipe2, d, 0);
}

int pipe2(int d[2], int flags) {
  expect(flags & O_CLOEXEC, "pipe2");
  return (int)syscall(SYS_pipe2, d, flags);
}

int epoll_create(int size) {
  expect(0, "epoll_create");
  return size > 0 ? (int)syscall(SYS_epoll_create1, 0) : -1;
}

int epoll_create1(int flags) {
  expect(flags & EPOLL_CLOEXEC, "epoll_create1");
  return (int)syscall(SYS_epoll_create1, flags);
}

int eventfd(unsigned value, int flags) {
  expect(flags & EFD_CLOEXEC, "eventfd");
  return (int)syscall(SYS_eventfd2, value, flags);
}

int dup(int d) {
  expect(0, "dup");
  return (int)syscall(SYS_dup, d);
}

ssize_t recvmsg(int d, struct msghdr *message, int flags) {
  if (message->msg_controllen) expect(flags & MSG_CMSG_CLOEXEC, "recvmsg");
  return syscall(SYS_recvmsg, d, message, flags);
}

/* ---- what opens something ---- */

static char file[T_NAME];
static int proc_file, connection[2];

static void loop(void) {
  EQUAL(io_fd(connection[0]), 1);
  io_wantread(connection[0]);
  io_check();
  io_finishandshutdown();
}

static void multiplexer(void) {
  iomux_t mux;
  EQUAL(iom_init(&mux), 1);
  close(mux.ctx);
  close((int)mux.l);
}

/* A file without a size goes through a pipe. */
static void batch(void) {
  char buf[100];
  io_batch b = {0};
  EQUAL(iob_addfile(&b, proc_file, 0, 10), 1);
  CHECK(io_fd(connection[0]) == 1 && iob_send(connection[0], &b) > 0);
  iob_reset(&b);
  CHECK(read(connection[1], buf, sizeof buf) > 0);
}

static void whole_file(void) {
  stralloc contents = {0};
  EQUAL(openreadclose(file, &contents, 0), 1);
  free(contents.s);
}

static void mapped_files(void) {
  size_t size;
  const char *mapped = mmap_read(file, &size);
  CHECK(mapped && mmap_unmap((char *)mapped, size) == 0);
  CHECK((mapped = mmap_private(file, &size)) && mmap_unmap((char *)mapped, size) == 0);
  CHECK((mapped = mmap_shared(file, &size)) && mmap_unmap((char *)mapped, size) == 0);
  CHECK((mapped = mmap_readat(file, &size, AT_FDCWD)) && mmap_unmap((char *)mapped, size) == 0);
}

static void question(void) {
  static char servers[256];
  struct dns_transmit d = {0};
  char *name = 0, local[16] = {0};
  memcpy(servers, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1", 16);
  EQUAL(dns_domain_fromdot(&name, "a.invalid", 9), 1);
  dns_transmit_start(&d, servers, 1, name, "\0\1", local);
  dns_transmit_free(&d);
  free(name);
}

static void configuration(void) {
  char servers[256], seed[128] = {0};
  stralloc rules = {0};
  dns_random_init(seed);
  EQUAL(dns_resolvconfip(servers), 0);
  EQUAL(dns_resolvconfrewrite(&rules), 0);
  free(rules.s);
}

static void interface_names(void) {
  char text[100];
  uint32 scope;
  scan_ip6if("fe80::1%lo", (char[16]){0}, &scope);
  fmt_ip6if(text, (char[16]){(char)0xfe, (char)0x80}, 1);
}

static const struct {
  const char *name;
  void (*run)(void);
  int opens;
} work[] = {
    {"loop", loop, 1},           {"multiplexer", multiplexer, 1},     {"batch", batch, 0},
    {"whole_file", whole_file, 1}, {"mapped_files", mapped_files, 4},   {"question", question, 1},
    {"configuration", configuration, 2}, {"interface_names", interface_names, 0},
};
enum { WORK = sizeof work / sizeof *work };

static void prepare(void) {
  int d = mkostemp(temporary(file, "cloexec"), O_CLOEXEC);
  CHECK(d != -1 && write(d, "contents", 8) == 8);
  close(d);
  proc_file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  CHECK(proc_file != -1);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, connection) == 0);
}

TEST(own_descriptors_are_private_from_the_beginning) {
  prepare();
  for (int i = 0; i < WORK; i++) {
    opened = 0;
    watched = 1;
    work[i].run();
    watched = 0;
    if (opened < work[i].opens) FAIL("%s has opened %d", work[i].name, opened);
  }
  unlink(file);
}

/* The program gets the first one, and may hand it on; the others are closed. */
TEST(received_descriptors_are_private_but_for_the_programs_own) {
  const int attached[2] = {0, 1};
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof attached)];
  } control = {.header = {.cmsg_len = CMSG_LEN(sizeof attached), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
  struct iovec byte = {"", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  memcpy(CMSG_DATA(&control.header), attached, sizeof attached);
  prepare();
  EQUAL(sendmsg(connection[1], &message, 0), 1);
  watched = 1;
  int64 d = io_receivefd(connection[0]);
  watched = 0;
  CHECK(d >= 0 && fcntl((int)d, F_GETFD) == 0);
  unlink(file);
}

/* ---- programs that are started ---- */

/* Stands in for such a program: ends with the number of file descriptors that it has. */
__attribute__((constructor)) static void look(void) {
  int found = 0;
  if (!getenv("LOOK_FOR_INHERITED")) return;
  for (int d = 3; d < 64; d++) found += fcntl(d, F_GETFD) != -1;
  _exit(found);
}

static _Atomic int stop;

static void *run_all(void *x) {
  (void)x;
  while (!stop)
    for (int i = 0; i < WORK; i++) work[i].run();
  return 0;
}

TEST(programs_inherit_nothing) {
  pthread_t thread;
  char *arguments[] = {"look", 0}, *environment[] = {"LOOK_FOR_INHERITED=1", 0, 0};
  char libraries[4096];
  if (getenv("LD_LIBRARY_PATH")) {
    snprintf(libraries, sizeof libraries, "LD_LIBRARY_PATH=%s", getenv("LD_LIBRARY_PATH"));
    environment[1] = libraries;
  }
  prepare();
  CHECK(pthread_create(&thread, 0, run_all, 0) == 0);
  for (int i = 0; i < 300; i++) {
    pid_t pid;
    int status;
    CHECK(posix_spawn(&pid, "/proc/self/exe", 0, 0, arguments, environment) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    EQUAL(status, 0);
  }
  stop = 1;
  pthread_join(thread, 0);
  unlink(file);
}
