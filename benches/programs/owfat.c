/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The works on libowfat; one program for both libraries, LD_LIBRARY_PATH chooses. What the answers go out by is the
 * program's last argument:
 *
 *   try   io_trywrite, when io_canwrite says so
 *   iob   iob_send, when io_canwrite says so
 *   now   io_trywrite, as soon as the request is there */
#include <dlfcn.h>
#include <libowfat/io.h>
#include <libowfat/iob.h>

#include "bench.h"

struct conn {
  int got;
  io_batch batch;
};

static enum work work;
static enum { TRY, IOB, NOW } way;
static long responses_left;
static int64 listener, file;

static void conn_end(int64 d, struct conn *c) {
  iob_reset(&c->batch);
  free(c);
  io_close(d);
}

static void answered(int64 d, struct conn *c) {
  responses_left--;
  if (work == CONNECT) conn_end(d, c);
}

static void accept_all(void) {
  int fd;
  while ((fd = accept4((int)listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
    struct conn *c = allocate(1, sizeof *c);
    must(io_fd_flags(fd, IO_FD_NONBLOCK | IO_FD_CANWRITE), "io_fd_flags");
    io_setcookie(fd, c);
    io_wantread(fd);
  }
  must(errno == EAGAIN, "accept4");
  io_eagain_read(listener);
}

static void readable(int64 d) {
  char buf[1024];
  int64 n;
  struct conn *c = io_getcookie(d);
  while ((n = io_tryread(d, buf, sizeof buf)) > 0) c->got += (int)n;
  if (n != -1) {
    conn_end(d, c);
    return;
  }
  if (c->got < REQUEST_SIZE) return;
  c->got -= REQUEST_SIZE;
  if (way == NOW) {
    must(io_trywrite(d, response, sizeof response) == sizeof response, "io_trywrite");
    answered(d, c);
    return;
  }
  io_dontwantread(d);
  io_wantwrite(d);
  if (way == IOB) {
    must(iob_addbuf(&c->batch, response, sizeof response), "iob_addbuf");
    if (work == FILES) must(iob_addfile(&c->batch, file, 0, FILE_SIZE), "iob_addfile");
  }
}

static void writable(int64 d) {
  struct conn *c = io_getcookie(d);
  if (way == TRY) {
    must(io_trywrite(d, response, sizeof response) == sizeof response, "io_trywrite");
  } else {
    int64 n = iob_send(d, &c->batch);
    if (n == -1) return;
    must(n > 0, "iob_send");
    if (iob_bytesleft(&c->batch) > 0) return;
  }
  io_dontwantwrite(d);
  io_wantread(d);
  answered(d, c);
}

static void do_serve(void) {
  if (work == FILES) file = file_to_send();
  listener = listen_and_tell();
  int64_t before = used();
  must(io_fd(listener), "io_fd");
  io_wantread(listener);
  while (responses_left > 0) {
    int64 d;
    io_wait();
    while ((d = io_canread()) != -1) {
      if (d == listener)
        accept_all();
      else
        readable(d);
    }
    while ((d = io_canwrite()) != -1) writable(d);
  }
  printf("used %lld\n", (long long)(used() - before));
}

/* The C library never returns from its first wait if many descriptors are registered by then: it has one with few. */
static void first_wait(int64 d) {
  must(io_fd(d), "io_fd");
  io_wantread(d);
  io_check();
}

static void do_ring(int size, int tokens) {
  struct ring ring = ring_open(size);
  first_wait(ring.pairs[0][0]);
  for (int i = 0; i < size; i++) {
    must(io_fd(ring.pairs[i][0]), "io_fd");
    io_setcookie(ring.pairs[i][0], (void *)(intptr_t)i);
    io_wantread(ring.pairs[i][0]);
  }
  io_check();
  ring_start(&ring, tokens);
  struct span span = begin();
  while (responses_left > 0) {
    int64 d;
    io_wait();
    while ((d = io_canread()) != -1) {
      char buf[16];
      int64 n;
      while ((n = io_tryread(d, buf, sizeof buf)) > 0)
        for (; n > 0; n--, responses_left--) ring_pass(&ring, (int)(intptr_t)io_getcookie(d));
      must(n == -1, "io_tryread");
    }
  }
  end(span);
}

static void do_deadlines(int size, long turns) {
  int *fds = idle_open(size);
  tai6464 t;
  first_wait(fds[0]);
  taia_now(&t);
  taia_addsec(&t, &t, TIMEOUT);
  for (int i = 0; i < size; i++) {
    must(io_fd_flags(fds[i], IO_FD_NONBLOCK), "io_fd_flags");
    io_timeout(fds[i], t);
  }
  struct span span = begin();
  for (unsigned at = 0; turns > 0; turns--) {
    taia_now(&t);
    taia_addsec(&t, &t, TIMEOUT);
    for (int i = 0; i < MOVED; i++, at += 7919) io_timeout(fds[at % (unsigned)size], t);
    io_check();
    while (io_timeouted() != -1) must(0, "no deadline has passed");
  }
  end(span);
}

static void do_idle(int size) {
  int *fds = idle_open(size);
  first_wait(fds[0]);
  int64_t memory = own_memory();
  struct span span = begin();
  for (int i = 0; i < size; i++) {
    must(io_fd_flags(fds[i], IO_FD_NONBLOCK), "io_fd_flags");
    io_wantread(fds[i]);
  }
  io_check();
  end(span);
  printf("memory %lld\n", (long long)(own_memory() - memory));
}

int main(int argc, char **argv) {
  if (argc == 2) {
    Dl_info info;
    must(dladdr(dlsym(RTLD_DEFAULT, "io_fd"), &info), "dladdr");
    return puts(info.dli_fname) < 0;
  }
  if (argc < 5) return 2;
  pin(SERVER_CPU);
  work = work_of(argv[1]);
  responses_left = atol(argv[2]);
  int size = atoi(argv[3]);
  int tokens = argc > 5 ? atoi(argv[4]) : 100;
  const char *by = argv[argc - 1];
  way = strcmp(by, "try") == 0 ? TRY : strcmp(by, "iob") == 0 ? IOB : NOW;
  switch (work) {
  case REQUEST: case CONNECT: case FILES: do_serve(); break;
  case RING: do_ring(size, tokens); break;
  case DEADLINES: do_deadlines(size, responses_left); break;
  case IDLE: do_idle(size); break;
  }
  return 0;
}
