/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The library where a sandbox, or an old kernel, refuses a system call: each call that the library makes, refused with ENOSYS,
 * EPERM and EOPNOTSUPP, under functions of every kind. A function works all the same, or it fails with just that errno. The
 * table in man/owfat-sandbox.7 says which; OWFAT_WRITE_SANDBOX=1 writes it. */
#include "loop.h"

#include <libowfat/buffer.h>
#include <libowfat/cdb.h>
#include <libowfat/cdb_make.h>
#include <libowfat/dns.h>
#include <libowfat/iob.h>
#include <libowfat/iopause.h>
#include <libowfat/mmap.h>
#include <libowfat/ndelay.h>
#include <libowfat/open.h>
#include <libowfat/openreadclose.h>
#include <libowfat/socket.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <stdarg.h>
#include <sys/syscall.h>

/* 32-bit Arm has the newer one alone. */
#ifndef SYS_mmap
#define SYS_mmap SYS_mmap2
#endif

#define NAMED(NAME) {#NAME, SYS_##NAME}
static const struct {
  const char *name;
  int number;
} calls[] = {
#ifdef SYS_accept
    NAMED(accept),
#endif
    NAMED(accept4),
    NAMED(bind),         NAMED(connect),     NAMED(epoll_create1), NAMED(epoll_ctl),
#ifdef SYS_epoll_wait
    NAMED(epoll_wait),   NAMED(open),        NAMED(poll),        NAMED(pipe),
#endif
    NAMED(epoll_pwait),  NAMED(eventfd2),
#ifdef SYS_fadvise64
    NAMED(fadvise64),
#endif
    NAMED(fcntl),        NAMED(fstat),
#ifdef SYS_newfstatat
    NAMED(newfstatat),
#endif
    NAMED(futex),        NAMED(getpeername), NAMED(getrandom),   NAMED(getsockname),
    NAMED(getsockopt),   NAMED(ioctl),       NAMED(listen),      NAMED(lseek),         NAMED(mmap),
    NAMED(mremap),       NAMED(munmap),      NAMED(openat),      NAMED(pipe2),       NAMED(pread64),       NAMED(preadv2),
    NAMED(pwritev2),     NAMED(read),        NAMED(recvfrom),    NAMED(recvmsg),       NAMED(rt_sigaction),
    NAMED(sendfile),     NAMED(sendmsg),     NAMED(sendto),      NAMED(setsockopt),    NAMED(shutdown),
    NAMED(socket),       NAMED(socketpair),  NAMED(splice),      NAMED(write),         NAMED(writev),
};
enum { CALLS = sizeof calls / sizeof *calls };
static const int errors[] = {ENOSYS, EPERM, EOPNOTSUPP};

/* From now on this process gets the errno for that call. */
static void refuse(int number, int error) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {sizeof program / sizeof *program, program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    _exit(T_SKIPPED);
}

/* ---- the functions ---- */

/* Made before the call is refused. */
static int s[2], p[2], t[2], file, listener;
static uint16 port;
static char name[T_NAME], made[T_NAME + 8];

enum { WORKS = 0, WRONG = 200 };

/* A result is good, or bad with an errno, which is the outcome then. */
#define GOOD(COND)                                       \
  do {                                                   \
    errno = 0;                                           \
    if (!(COND)) return errno ? errno : WRONG;           \
  } while (0)
/* A result that has to be right once the call before it has succeeded. */
#define RIGHT(COND)               \
  do {                            \
    if (!(COND)) return WRONG;    \
  } while (0)

static int loop(void) {
  GOOD(io_fd(s[0]) == 1);
  io_wantread(s[0]);
  for (int i = 0; i < 3; i++) {
    io_wait();
    if (io_canread() == s[0]) return WORKS;
  }
  return WRONG;
}

static int deadline(void) {
  GOOD(io_fd(t[0]) == 1);
  io_wantread(t[0]);
  io_timeout(t[0], in_ms(20));
  int64_t start = millis();
  io_wait();
  RIGHT(io_timeouted() == t[0] && millis() - start < 1000);
  return WORKS;
}

static int multiplexer(void) {
  iomux_t mux;
  int64 d;
  unsigned events;
  GOOD(iom_init(&mux) == 1);
  GOOD(iom_add(&mux, s[0], IOM_READ) == 0);
  GOOD(iom_wait(&mux, &d, &events, 1000) == 1);
  RIGHT(d == s[0] && events == IOM_READ);
  return WORKS;
}

#define READS(NAME, PREPARE, CALL)   \
  static int NAME(void) {            \
    char x = 0;                      \
    PREPARE;                         \
    GOOD((CALL) == 1);               \
    RIGHT(x == 'x');                 \
    return WORKS;                    \
  }
READS(try_read_socket, GOOD(io_fd(s[0]) == 1), io_tryread(s[0], &x, 1))
READS(try_read_pipe, GOOD(io_fd(p[0]) == 1), io_tryread(p[0], &x, 1))
READS(try_read_blocking_pipe, GOOD(io_fd_flags(p[0], IO_FD_BLOCK) == 1), io_tryread(p[0], &x, 1))
READS(wait_read, GOOD(io_fd(s[0]) == 1), io_waitread(s[0], &x, 1))
READS(buffer_in, static char space[9]; buffer in = BUFFER_INIT((ssize_t(*)())(void (*)(void))read, p[0], space, 9), buffer_getc(&in, &x))

#define WRITES(NAME, PREPARE, CALL)  \
  static int NAME(void) {            \
    PREPARE;                         \
    GOOD((CALL) == 1);               \
    return WORKS;                    \
  }
WRITES(try_write_socket, GOOD(io_fd(s[0]) == 1), io_trywrite(s[0], "x", 1))
WRITES(try_write_pipe, GOOD(io_fd(p[1]) == 1), io_trywrite(p[1], "x", 1))
WRITES(try_write_blocking_pipe, GOOD(io_fd_flags(p[1], IO_FD_BLOCK) == 1), io_trywrite(p[1], "x", 1))
WRITES(wait_write, GOOD(io_fd(s[0]) == 1), io_waitwrite(s[0], "x", 1))
WRITES(send_file, GOOD(io_fd(s[0]) == 1), io_sendfile(s[0], file, 0, 1))
static int64 take_all(int64 d, const void *bytes, uint64 n) { return d == s[0] && bytes ? (int64)n : -3; }
WRITES(map_and_write_file, GOOD(io_fd(s[0]) == 1), io_mmapwritefile(s[0], file, 0, 1, take_all))

static int batch_to(int d, int files) {
  io_batch b = {0};
  GOOD(io_fd(d) == 1);
  GOOD(iob_addbuf(&b, "ab", 2) && iob_addbuf(&b, "cd", 2));
  if (files) GOOD(iob_addfile(&b, file, 0, 1));
  for (int64 left = 4 + files; left > 0;) {
    errno = 0;
    int64 n = iob_send(d, &b);
    if (n <= 0) return errno ? errno : WRONG;
    left -= n;
  }
  return WORKS;
}
static int batch_to_socket(void) { return batch_to(s[0], 0); }
static int batch_to_pipe(void) { return batch_to(p[1], 0); }
static int batch_with_file(void) { return batch_to(s[0], 1); }
static int batch_to_function(void) {
  io_batch b = {0};
  GOOD(iob_addbuf(&b, "ab", 2) && iob_addfile(&b, file, 0, 1));
  GOOD(iob_write(s[0], &b, take_all) == 3);
  return WORKS;
}

static int new_pipe(void) { int64 d[2]; GOOD(io_pipe(d)); return WORKS; }
static int new_pair(void) { int64 d[2]; GOOD(io_socketpair(d)); return WORKS; }
static int pass(void) { GOOD(io_passfd(t[0], 0) == 0); GOOD(io_receivefd(t[1]) >= 0); return WORKS; }
static int read_whole(void) {
  stralloc x = {0};
  GOOD(openreadclose(name, &x, 0) == 1);
  RIGHT(x.len == 8 && memcmp(x.s, "xontents", 8) == 0);
  return WORKS;
}
static int map_whole(void) {
  size_t n;
  const char *x;
  GOOD((x = mmap_read(name, &n)));
  RIGHT(n == 8 && *x == 'x');
  GOOD(mmap_unmap((char *)x, n) == 0);
  return WORKS;
}
static int open_file(void) { GOOD(open_read(name) != -1); GOOD(open_trunc(made) != -1); return WORKS; }
static int readable_file(void) { int64 d; GOOD(io_readfile(&d, name)); return WORKS; }
static int modes(void) { GOOD(ndelay_on(p[0]) == 0); GOOD(ndelay_off(p[0]) == 0); return WORKS; }
static int pause_until(void) {
  struct taia now;
  iopause_fd x = {.fd = s[0], .events = IOPAUSE_READ};
  taia_now(&now);
  iopause(&x, 1, &now, &now);
  errno = 0;
  return x.revents & IOPAUSE_READ ? WORKS : EINVAL;
}
static int client(void) {
  int c;
  GOOD((c = socket_tcp4b()) != -1);
  GOOD(socket_connect4(c, "\177\0\0\1", port) == 0);
  GOOD(socket_connected(c));
  return WORKS;
}
static int server(void) {
  int l;
  char ip[4];
  uint16 own;
  GOOD((l = socket_tcp4()) != -1);
  GOOD(socket_bind4_reuse(l, "\177\0\0\1", 0) == 0);
  GOOD(socket_listen(l, 5) == 0);
  GOOD(socket_local4(l, ip, &own) == 0);
  GOOD((l = socket_accept4(listener, ip, &own)) != -1);
  return WORKS;
}
static int server_with_modes(void) {
  int c, flags;
  GOOD((c = socket_accept4_flags(listener, 0, 0, 3)) != -1);
  /* Where fcntl(2) is refused, the test cannot ask either. */
  flags = fcntl(c, F_GETFD);
  RIGHT(flags == -1 || (flags == FD_CLOEXEC && is_nonblocking(c)));
  return WORKS;
}
static int datagrams(void) {
  int u;
  char x, ip[4];
  uint16 own;
  GOOD((u = socket_udp4b()) != -1);
  GOOD(socket_bind4(u, "\177\0\0\1", 0) == 0);
  GOOD(socket_local4(u, ip, &own) == 0);
  GOOD(socket_send4(u, "x", 1, ip, own) == 1);
  GOOD(socket_recv4(u, &x, 1, ip, &own) == 1);
  return WORKS;
}
static int question(void) {
  static char servers[256];
  struct dns_transmit d = {0};
  char local[16] = {0};
  memcpy(servers, "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1", 16);
  GOOD(dns_transmit_start(&d, servers, 1, "\1a\7invalid", "\0\1", local) == 0);
  dns_transmit_free(&d);
  return WORKS;
}
static int dns_servers(void) {
  char servers[256];
  GOOD(dns_resolvconfip(servers) == 0);
  return WORKS;
}
static int database_of(unsigned long length) {
  static unsigned char data[70000];
  static struct cdb_make c;
  static struct cdb d;
  int f;
  GOOD((f = open_trunc(made)) != -1);
  close(f);
  GOOD((f = open(made, O_RDWR)) != -1);
  GOOD(cdb_make_start(&c, f) != -1);
  GOOD(cdb_make_add(&c, (const unsigned char *)"k", 1, data, length) == 0);
  GOOD(cdb_make_finish(&c) == 0);
  cdb_init(&d, f);
  for (int i = 0; i < 50; i++) GOOD(cdb_find(&d, (const unsigned char *)"k", 1) == 1);
  return WORKS;
}
/* One that is copied, and one that is mapped and looked at so often that a copy takes the mapping's place. */
static int database(void) {
  int small = database_of(1), large = database_of(70000);
  return small == WORKS ? large : small;
}

#define FUNCTION(NAME, WHAT) {#NAME, WHAT, NAME}
static const struct {
  const char *name, *what;
  int (*run)(void);
} functions[] = {
    FUNCTION(loop, "io_fd, io_wait"),
    FUNCTION(deadline, "io_timeout"),
    FUNCTION(multiplexer, "iom_init, iom_add, iom_wait"),
    FUNCTION(try_read_socket, "io_tryread of a socket"),
    FUNCTION(try_read_pipe, "io_tryread of a pipe"),
    FUNCTION(try_read_blocking_pipe, "io_tryread of a pipe in blocking mode"),
    FUNCTION(wait_read, "io_waitread"),
    FUNCTION(buffer_in, "buffer_getc"),
    FUNCTION(try_write_socket, "io_trywrite to a socket"),
    FUNCTION(try_write_pipe, "io_trywrite to a pipe"),
    FUNCTION(try_write_blocking_pipe, "io_trywrite to a pipe in blocking mode"),
    FUNCTION(wait_write, "io_waitwrite"),
    FUNCTION(send_file, "io_sendfile"),
    FUNCTION(map_and_write_file, "io_mmapwritefile"),
    FUNCTION(batch_to_socket, "iob_send to a socket"),
    FUNCTION(batch_to_pipe, "iob_send to a pipe"),
    FUNCTION(batch_with_file, "iob_send of a file"),
    FUNCTION(batch_to_function, "iob_write"),
    FUNCTION(new_pipe, "io_pipe"),
    FUNCTION(new_pair, "io_socketpair"),
    FUNCTION(pass, "io_passfd, io_receivefd"),
    FUNCTION(readable_file, "io_readfile"),
    FUNCTION(open_file, "open_read, open_trunc"),
    FUNCTION(read_whole, "openreadclose"),
    FUNCTION(map_whole, "mmap_read, mmap_unmap"),
    FUNCTION(modes, "ndelay_on, ndelay_off"),
    FUNCTION(pause_until, "iopause"),
    FUNCTION(client, "socket_tcp4b, socket_connect4"),
    FUNCTION(server, "socket_listen, socket_accept4"),
    FUNCTION(server_with_modes, "socket_accept4_flags"),
    FUNCTION(datagrams, "socket_send4, socket_recv4"),
    FUNCTION(question, "dns_transmit_start"),
    FUNCTION(dns_servers, "dns_resolvconfip"),
    FUNCTION(database, "cdb_make_add, cdb_find"),
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void make_descriptors(void) {
  int d[2];
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s) == 0);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, t) == 0);
  CHECK(pipe(p) == 0);
  put(s[1], "x");
  put(p[1], "x");
  CHECK((listener = socket(AF_INET, SOCK_STREAM, 0)) != -1);
  CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 5) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
  port = ntohs(address.sin_port);
  d[0] = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(connect(d[0], (struct sockaddr *)&address, length) == 0);
}

/* What a function comes to: WORKS, an errno, WRONG, or a signal beyond 1000. */
static int outcome(int function, int call, int error) {
  int status;
  pid_t pid = child();
  if (pid == 0) {
    make_descriptors();
    alarm(5);
    refuse(calls[call].number, error);
    _exit(functions[function].run());
  }
  while (waitpid(pid, &status, 0) == -1) CHECK(errno == EINTR);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* ---- the table ---- */

static char table[65536];

static void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void print(const char *format, ...) {
  va_list arguments;
  size_t n = strlen(table);
  va_start(arguments, format);
  vsnprintf(table + n, sizeof table - n, format, arguments);
  va_end(arguments);
}

/* Whether malloc has no memory while this call is refused: that of other libcs has nothing but mmap(2). */
static int starves_malloc(int call) {
#ifdef __GLIBC__
  (void)call;
  return 0;
#else
  return calls[call].number == SYS_mmap;
#endif
}

static int make_table(void) {
  int bad = 0;
  for (int c = 0; c < CALLS; c++) {
    int failing = 0;
    for (int f = 0; f < FUNCTIONS; f++) {
      int fails = 0;
      for (int e = 0; e < 3; e++) {
        int came = outcome(f, c, errors[e]);
        if (came == T_SKIPPED) SKIP("no seccomp filters");
        fails += came != WORKS;
        if (came == WORKS || came == errors[e] || (functions[f].run == pause_until && came == EINVAL) ||
            (came == ENOMEM && starves_malloc(c)))
          continue;
        dprintf(2, "%s with errno %d for %s: outcome %d\n", functions[f].what, errors[e], calls[c].name, came);
        bad++;
      }
      if (fails && fails != 3) dprintf(2, "%s for %s: %d of 3 fail\n", functions[f].what, calls[c].name, fails), bad++;
      if (fails && !failing++) print(".It Xr %s 2\n", calls[c].name);
      if (fails) print("%s%s", failing > 1 ? ";\n" : "", functions[f].what);
    }
    if (failing) print(".\n");
  }
  return bad;
}

/* The page, in the folder of this source. */
static char *page(size_t *start, size_t *end, char path[4096]) {
  static char text[100000];
  const char *slash = strstr(__FILE__, "ctests/");
  CHECK(slash);
  snprintf(path, 4096, "%.*sman/owfat-sandbox.7", (int)(slash - __FILE__), __FILE__);
  int d = open(path, O_RDONLY);
  CHECK(d != -1 && read(d, text, sizeof text - 1) > 0);
  close(d);
  char *from = strstr(text, ".\\\" table\n"), *to = strstr(text, ".\\\" end of table\n");
  CHECK(from && to);
  *start = (size_t)(from - text) + strlen(".\\\" table\n");
  *end = (size_t)(to - text);
  return text;
}

TEST(every_function_works_or_says_why, .seconds = 120) {
  char path[4096];
  size_t start, end;
  int d = mkstemp(temporary(name, "sandbox"));
  CHECK(d != -1 && write(d, "xontents", 8) == 8);
  file = d;
  snprintf(made, sizeof made, "%s.made", name);
  int bad = make_table();
  unlink(name);
  unlink(made);
  char *text = page(&start, &end, path);
  if (getenv("OWFAT_BACKEND")) {
    /* The table is that of epoll. */
  } else if (getenv("OWFAT_WRITE_SANDBOX")) {
    FILE *f = fopen(path, "w");
    CHECK(f);
    fprintf(f, "%.*s%s%s", (int)start, text, table, text + end);
    fclose(f);
#if defined(__x86_64__) && defined(__GLIBC__)
    /* Other machines and libraries make other calls. */
  } else if (strlen(table) != end - start || strncmp(table, text + start, end - start) != 0) {
    FAIL("the table in %s is another one:\n%s", path, table);
#endif
  }
  if (bad) FAIL("%d outcomes are wrong", bad);
}
