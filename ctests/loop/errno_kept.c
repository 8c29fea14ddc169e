/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A read or write that succeeds leaves errno alone, whatever it tried on the way; in both modes, the first time and later. */
#include "kinds.h"

enum { MARK = EXDEV };

#define QUIETLY(CALL, WANTED)                                                 \
  do {                                                                        \
    errno = MARK;                                                             \
    long long t_result = (long long)(CALL);                                   \
    int t_after = errno;                                                      \
    EQUAL(t_result, WANTED);                                                  \
    if (t_after != MARK) FAIL("%s changed errno to %d", #CALL, t_after);      \
  } while (0)

static void reads(int64 d) {
  char buf[UNIT];
  for (int i = 0; i < 2; i++) {
    put_8();
    AWAIT(d, POLLIN);
    QUIETLY(io_tryread(d, buf, UNIT), UNIT);
    put_8();
    AWAIT(d, POLLIN);
    QUIETLY(io_tryreadtimeout(d, buf, UNIT), UNIT);
    put_8();
    AWAIT(d, POLLIN);
    QUIETLY(io_waitread(d, buf, UNIT), UNIT);
  }
}

static void writes(int64 d) {
  for (int i = 0; i < 2; i++) {
    QUIETLY(io_trywrite(d, "12345678", UNIT), UNIT);
    QUIETLY(io_trywritetimeout(d, "12345678", UNIT), UNIT);
    QUIETLY(io_waitwrite(d, "12345678", UNIT), UNIT);
  }
}

static void errno_of(void (*open)(void)) {
  for (int mode = 0; mode < 4; mode++) {
    open();
    EQUAL(io_fd(rd), 1);
    EQUAL(io_fd(wr), 1);
    if (mode & 1) io_nonblock(rd), io_nonblock(wr);
    /* A deadline that has passed is no reason. */
    if (mode & 2) io_timeout(rd, in_ms(-1000)), io_timeout(wr, in_ms(-1000));
    reads(rd);
    writes(wr);
    QUIETLY(io_tryread(rd, 0, 0), 0);
    QUIETLY(io_trywrite(wr, 0, 0), 0);
    io_close(rd);
    io_close(wr);
  }
}

#define KEPT(KIND)                                                            \
  TEST(errno_is_kept_by_##KIND) { errno_of(open_##KIND); }

KEPT(tcp)
KEPT(unix)
KEPT(unix_datagram)
KEPT(seqpacket)
KEPT(udp)
KEPT(pipe)
KEPT(fifo)
KEPT(pty)
KEPT(pty_master)

static void open_file(void) {
  fresh_folder();
  CHECK((wr = open(inside("file"), O_WRONLY | O_CREAT, 0600)) != -1);
  CHECK((rd = open(inside("file"), O_RDONLY)) != -1);
  unlink(inside("file"));
  rmdir(folder);
}

KEPT(file)

/* At the end, too. */
TEST(errno_is_kept_at_the_end_of_file) {
  void (*const opens[])(void) = {open_tcp, open_unix, open_pipe, open_fifo};
  char buf[UNIT];
  for (int i = 0; i < 8; i++) {
    opens[i / 2]();
    EQUAL(io_fd(rd), 1);
    if (i & 1) io_nonblock(rd);
    close(wr);
    QUIETLY(io_tryread(rd, buf, UNIT), 0);
    QUIETLY(io_tryreadtimeout(rd, buf, UNIT), 0);
    QUIETLY(io_waitread(rd, buf, UNIT), 0);
    io_close(rd);
  }
}
