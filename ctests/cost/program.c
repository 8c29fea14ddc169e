/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The program whose cost is counted: `program CASE N [SIZE]` does a thing N times. Client and server are one process and
 * one thread, so every run does exactly the same. */
#include <errno.h>
#include <fcntl.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, FILE_SIZE = 65536, MOVED = 100 };

/* ---- memory: how often the library asks for it ---- */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void __libc_free(void *);

static long allocations;

void *malloc(size_t n) { return allocations++, __libc_malloc(n); }
void *calloc(size_t n, size_t size) { return allocations++, __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { return allocations++, __libc_realloc(p, n); }
void free(void *p) { __libc_free(p); }

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

/* ---- connections ---- */

static int client[CONNECTIONS];
static int64 server[CONNECTIONS];

/* Connected sockets over loopback; the server's ends are registered, with read interest. */
static void connect_all(int how_many) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  must(bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 8) == 0, "listen");
  must(getsockname(listener, (struct sockaddr *)&at, &size) == 0, "getsockname");
  for (int i = 0; i < how_many; i++) {
    client[i] = socket(AF_INET, SOCK_STREAM, 0);
    must(connect(client[i], (struct sockaddr *)&at, sizeof at) == 0, "connect");
    server[i] = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    must(server[i] != -1 && io_fd_flags(server[i], IO_FD_NONBLOCK | IO_FD_CANWRITE), "accept4");
    io_setcookie(server[i], &server[i]);
    io_wantread(server[i]);
  }
  close(listener);
}

static char response[100];

/* One request on each connection, found in one round. */
static void requests(int rounds) {
  connect_all(CONNECTIONS);
  while (rounds--) {
    char buf[1000];
    int64 d;
    for (int i = 0; i < CONNECTIONS; i++) must(send(client[i], buf, 50, 0) == 50, "send");
    int answered = 0;
    while (answered < CONNECTIONS) {
      io_wait();
      while ((d = io_canread()) != -1) {
        while (io_tryread(d, buf, sizeof buf) > 0) {
        }
        io_dontwantread(d);
        io_wantwrite(d);
      }
      while ((d = io_canwrite()) != -1) {
        must(io_getcookie(d) != NULL, "io_getcookie");
        must(io_trywrite(d, response, sizeof response) == sizeof response, "io_trywrite");
        io_dontwantwrite(d);
        io_wantread(d);
        answered++;
      }
    }
    for (int i = 0; i < CONNECTIONS; i++)
      must(recv(client[i], buf, sizeof buf, 0) == sizeof response, "recv");
  }
}

/* ---- batches ---- */

static void drain(int fd, size_t n) {
  static char buf[1 << 17];
  must(recv(fd, buf, n, MSG_WAITALL) == (ssize_t)n, "recv");
}

static void batches(int times, int with_file) {
  int one = 1 << 20, file = memfd_create("file", 0);
  size_t size = 200 + (with_file ? FILE_SIZE : 100);
  static char header[200];
  connect_all(1);
  must(setsockopt((int)server[0], SOL_SOCKET, SO_SNDBUF, &one, sizeof one) == 0, "SO_SNDBUF");
  must(ftruncate(file, FILE_SIZE) == 0, "ftruncate");
  long in_send = 0;
  while (times--) {
    io_batch batch = {0};
    must(iob_addbuf(&batch, header, sizeof header), "iob_addbuf");
    must(with_file ? iob_addfile(&batch, file, 0, FILE_SIZE) : iob_addbuf(&batch, response, 100), "add");
    long before = allocations;
    must(iob_send(server[0], &batch) == (int64)size, "iob_send");
    in_send += allocations - before;
    drain(client[0], size);
  }
  printf("allocations %ld\n", in_send);
}

/* ---- single functions ---- */

static int *many(int size) {
  int *fds = calloc((size_t)size, sizeof *fds), p[2];
  struct rlimit limit;
  must(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
  must(pipe(p) == 0, "pipe");
  for (int i = 0; i < size; i++) must((fds[i] = dup(p[0])) != -1, "dup");
  return fds;
}

/* N times the cookie of a descriptor. */
static void getcookie(int times) {
  connect_all(1);
  while (times--) must(io_getcookie(server[0]) == &server[0], "io_getcookie");
}

/* N times io_dontwantwrite and io_wantwrite on a descriptor that is known to be writable. */
static void wantwrite(int times) {
  connect_all(1);
  io_wantwrite(server[0]);
  while (times--) {
    io_dontwantwrite(server[0]);
    io_wantwrite(server[0]);
  }
}

/* N turns with SIZE deadlines. */
static void deadlines(int turns, int size) {
  int *fds = many(size);
  tai6464 t;
  unsigned at = 0;
  taia_now(&t);
  taia_addsec(&t, &t, 600);
  for (int i = 0; i < size; i++) {
    must(io_fd_flags(fds[i], IO_FD_BLOCK), "io_fd_flags");
    io_timeout(fds[i], t);
  }
  while (turns--) {
    taia_addsec(&t, &t, 1);
    for (int i = 0; i < MOVED; i++, at += 7919) io_timeout(fds[at % (unsigned)size], t);
    while (io_timeouted() != -1) must(0, "no deadline has expired");
  }
}

/* ---- memory ---- */

static long anonymous(void) {
  char line[200];
  long kilobytes = -1;
  FILE *f = fopen("/proc/self/smaps_rollup", "r");
  must(f != NULL, "smaps_rollup");
  while (fgets(line, sizeof line, f)) sscanf(line, "Anonymous: %ld kB", &kilobytes);
  fclose(f);
  return kilobytes * 1024;
}

/* SIZE descriptors are registered; how many bytes of memory that took. */
static void idle(int size) {
  int *fds = many(size);
  long before = (anonymous(), anonymous());
  for (int i = 0; i < size; i++) {
    must(io_fd_flags(fds[i], IO_FD_BLOCK), "io_fd_flags");
    io_wantread(fds[i]);
  }
  printf("bytes %ld\n", anonymous() - before);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *name = argv[1];
  int n = atoi(argv[2]), size = argc > 3 ? atoi(argv[3]) : 0;
  if (strcmp(name, "request") == 0) requests(n);
  else if (strcmp(name, "buffers") == 0) batches(n, 0);
  else if (strcmp(name, "file") == 0) batches(n, 1);
  else if (strcmp(name, "getcookie") == 0) getcookie(n);
  else if (strcmp(name, "wantwrite") == 0) wantwrite(n);
  else if (strcmp(name, "deadlines") == 0) deadlines(n, size);
  else if (strcmp(name, "idle") == 0) idle(size);
  else return 2;
  return 0;
}
