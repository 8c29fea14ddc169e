/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The server whose system calls are counted: server SCENARIO TURNS. It says on standard output which port it listens
 * on, and waits for a byte on standard input (by readv, which nothing else here uses) before each turn of those
 * scenarios that have to find several connections ready at once.
 *
 *   request     TURNS requests on one connection, which stays
 *   deadline    the same, with io_timeout at each request and a sweep at each turn
 *   round       TURNS times eight requests, one on each of eight connections, found in one round
 *   life        TURNS times eight connections: accept, io_fd, io_nonblock, one request, one response, io_close
 *   life_flags  the same with accept4 and io_fd_flags
 *   life_first  the same, and each connection is read from before interest is set
 *   datagram    no client: TURNS datagrams arrive one after the other, and each event takes one of them
 *   buffers     no client: TURNS times, a batch of three buffers goes out over TCP
 *   file        the same with a header of 200 bytes and 64 KiB of a file
 *   sweep       no connections: TURNS times, 100 of many deadlines are moved, and io_timeouted asked until -1 */
#include <errno.h>
#include <fcntl.h>
#include <libowfat/iob.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CROWD = 8, RESPONSE = 100 };

static int listener;
static int with_deadlines, with_flags, reads_first, one_request_each;

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

static void wait_for_the_script(void) {
  char c;
  struct iovec one = {&c, 1};
  must(readv(0, &one, 1) == 1, "readv");
}

static void start_listening(void) {
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  must((listener = socket(AF_INET, SOCK_STREAM, 0)) != -1, "socket");
  must(bind(listener, (struct sockaddr *)&at, sizeof at) == 0, "bind");
  must(listen(listener, 100) == 0, "listen");
  must(getsockname(listener, (struct sockaddr *)&at, &size) == 0, "getsockname");
  must(io_fd(listener), "io_fd");
  io_nonblock(listener);
  io_wantread(listener);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
}

static tai6464 in_a_minute(void) {
  struct taia t;
  taia_now(&t);
  taia_addsec(&t, &t, 60);
  return t;
}

/* Takes every connection there is; how many of them are served already. */
static int accept_all(void) {
  static char buf[1000], response[RESPONSE];
  int64 at_once[CROWD];
  int d, served = 0;
  while ((d = with_flags ? accept4(listener, 0, 0, SOCK_NONBLOCK) : accept(listener, 0, 0)) != -1) {
    if (with_flags) {
      must(io_fd_flags(d, IO_FD_NONBLOCK | IO_FD_CANWRITE), "io_fd_flags");
    } else {
      must(io_fd(d), "io_fd");
      io_nonblock(d);
    }
    if (reads_first && served < CROWD && io_tryread(d, buf, sizeof buf) > 0) {
      at_once[served++] = d;
    } else {
      io_wantread(d);
    }
  }
  must(errno == EAGAIN, "accept");
  io_eagain_read(listener);
  /* Not before: a client that has its response makes room for the next turn's connections. */
  for (int i = 0; i < served; i++) {
    must(io_trywrite(at_once[i], response, sizeof response) == sizeof response, "io_trywrite");
    io_close(at_once[i]);
  }
  return served;
}

/* Reads a request; 0 at the end of the connection. */
static int read_request(int64 d) {
  char buf[1000];
  int64 n;
  while ((n = io_tryread(d, buf, sizeof buf)) > 0) {
  }
  if (n != -1) return 0;
  io_dontwantread(d);
  io_wantwrite(d);
  if (with_deadlines) io_timeout(d, in_a_minute());
  return 1;
}

static void write_response(int64 d) {
  static char response[RESPONSE];
  must(io_trywrite(d, response, sizeof response) == sizeof response, "io_trywrite");
  io_dontwantwrite(d);
  if (one_request_each) {
    io_close(d);
  } else {
    io_wantread(d);
  }
}

/* Serves until so many responses are written, or a connection ends. */
static void serve(int responses) {
  int64 d;
  while (responses > 0) {
    io_wait();
    if (with_deadlines)
      while ((d = io_timeouted()) != -1) io_close(d);
    while ((d = io_canread()) != -1) {
      if (d == listener) {
        responses -= accept_all();
      } else if (!read_request(d)) {
        return;
      }
    }
    while ((d = io_canwrite()) != -1) {
      write_response(d);
      responses--;
    }
  }
}

/* A file without a name, in the folder for temporary files. */
static int temporary_file(void) {
  const char *folder = getenv("TMPDIR");
  char name[4096];
  int n = snprintf(name, sizeof name, "%s/owfat-calls-XXXXXX", folder && *folder ? folder : "/tmp");
  must(n > 0 && n < (int)sizeof name, "TMPDIR");
  int file = mkstemp(name);
  return file == -1 || unlink(name) == 0 ? file : -1;
}

/* Batches to ourselves; what arrives is taken with readv, which is not counted. */
static void send_batches(int turns, int with_file) {
  static char block[65536], header[200];
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int room = 200000, near, far, file = temporary_file();
  io_batch b;
  must(file != -1 && write(file, block, sizeof block) == sizeof block, "file");
  must(getsockname(listener, (struct sockaddr *)&at, &size) == 0, "getsockname");
  must((far = socket(AF_INET, SOCK_STREAM, 0)) != -1, "socket");
  must(setsockopt(far, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0, "SO_RCVBUF");
  must(connect(far, (struct sockaddr *)&at, sizeof at) == 0, "connect");
  must((near = accept4(listener, 0, 0, SOCK_NONBLOCK)) != -1, "accept4");
  must(setsockopt(near, SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0, "SO_SNDBUF");
  must(io_fd_flags(near, IO_FD_NONBLOCK | IO_FD_CANWRITE), "io_fd_flags");
  memset(&b, 0, sizeof b);
  while (turns--) {
    must(iob_addbuf(&b, header, sizeof header), "iob_addbuf");
    if (with_file) {
      must(iob_addfile(&b, file, 0, sizeof block), "iob_addfile");
    } else {
      must(iob_adds(&b, "first ") && iob_adds(&b, "second"), "iob_adds");
    }
    uint64 left = iob_bytesleft(&b);
    while (iob_send(near, &b) > 0) {
    }
    while (left) {
      struct iovec one = {block, left < sizeof block ? left : sizeof block};
      ssize_t got = readv(far, &one, 1);
      must(got > 0, "readv");
      left -= (uint64)got;
    }
  }
}

/* To ourselves, by sendmmsg, which is not counted. */
static void take_datagrams(int turns) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  char buf[100] = {0};
  struct iovec piece = {buf, sizeof buf};
  struct mmsghdr datagram = {.msg_hdr = {.msg_name = &at, .msg_namelen = sizeof at, .msg_iov = &piece, .msg_iovlen = 1}};
  int d = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  must(d != -1 && bind(d, (struct sockaddr *)&at, sizeof at) == 0, "bind");
  must(getsockname(d, (struct sockaddr *)&at, &size) == 0, "getsockname");
  must(io_fd_flags(d, IO_FD_NONBLOCK), "io_fd_flags");
  io_wantread(d);
  while (turns--) {
    must(sendmmsg(d, &datagram, 1, 0) == 1, "sendmmsg");
    io_wait();
    while (io_canread() != -1) must(recv(d, buf, sizeof buf, 0) == sizeof buf, "recv");
  }
}

static void sweep(int turns) {
  enum { MOST = 20000, MOVED = 100 };
  static int64 known[MOST];
  struct rlimit limit;
  int many = 0, p[2];
  tai6464 later = in_a_minute();
  must(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  must(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
  must(pipe(p) == 0, "pipe");
  for (int d; many < MOST && (d = dup(p[0])) != -1; many++) {
    known[many] = d;
    must(io_fd_flags(d, IO_FD_BLOCK), "io_fd_flags");
    io_timeout(d, later);
  }
  while (turns--) {
    taia_addsec(&later, &later, 1);
    for (int i = 0; i < MOVED; i++) io_timeout(known[(turns * MOVED + i) % many], later);
    while (io_timeouted() != -1) {
    }
  }
}

int main(int argc, char **argv) {
  must(argc == 3, "server SCENARIO TURNS");
  const char *scenario = argv[1];
  int turns = atoi(argv[2]);
  with_deadlines = strcmp(scenario, "deadline") == 0;
  reads_first = strcmp(scenario, "life_first") == 0;
  with_flags = strcmp(scenario, "life_flags") == 0 || reads_first;
  one_request_each = strncmp(scenario, "life", 4) == 0;
  if (strcmp(scenario, "sweep") == 0) {
    sweep(turns);
    return 0;
  }
  if (strcmp(scenario, "datagram") == 0) {
    take_datagrams(turns);
    return 0;
  }
  start_listening();
  if (strcmp(scenario, "buffers") == 0 || strcmp(scenario, "file") == 0) {
    send_batches(turns, scenario[0] == 'f');
    return 0;
  }
  if (strcmp(scenario, "request") == 0 || with_deadlines) {
    serve(turns);
    return 0;
  }
  while (turns--) {
    wait_for_the_script();
    serve(CROWD);
  }
  return 0;
}
