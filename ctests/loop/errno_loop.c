/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whatever succeeds leaves errno alone: the functions of the loop, of descriptors, batches and files, with a signal every few
 * milliseconds that interrupts what waits. */
#include "batch.h"

enum { MARK = EXDEV };

#define KEEPS(CALL, GOOD)                                                     \
  do {                                                                        \
    errno = MARK;                                                             \
    long long t_result = (long long)(CALL);                                   \
    int t_after = errno;                                                      \
    if (!(t_result GOOD)) FAIL("%s = %lld", #CALL, t_result);                 \
    if (t_after != MARK) FAIL("%s changed errno to %d", #CALL, t_after);      \
  } while (0)

#define STAYS(CALL) KEEPS(((CALL), 0), == 0)

static int s[2];

/* Restarting or not, each handler runs: io_wait goes on all the same. */
static void with_signals(void) {
  count_signal(SIGUSR1);
  pest(SIGUSR1, 3, 400);
}

static void begin(void) {
  unix_pair(s);
  KEEPS(io_fd(s[0]), == 1);
  STAYS(io_nonblock(s[0]));
  STAYS(io_wantread(s[0]));
}

TEST(of_registrations) {
  int64 p[2];
  int cookie;
  char text[700];
  begin();
  KEEPS(io_fd(s[0]), == 1);
  KEEPS(io_fd_canwrite(s[1]), == 1);
  KEEPS(io_fd_flags(s[1], IO_FD_NONBLOCK), == 1);
  STAYS(io_block(s[0]));
  STAYS(io_closeonexec(s[0]));
  STAYS(io_setcookie(s[0], &cookie));
  KEEPS(io_getcookie(s[0]) == &cookie, == 1);
  KEEPS(io_getcookie(12345) == 0, == 1);
  KEEPS(io_pipe(p), == 1);
  KEEPS(io_debugstring(s[0], text, sizeof text), > 0);
  STAYS(io_wantread(p[0]));
  STAYS(io_close(p[0]));
  KEEPS(io_socketpair(p), == 1);
  STAYS(io_close(p[1]));
  STAYS(io_finishandshutdown());
  KEEPS(io_fd(s[0]), == 1);
}

TEST(of_waits_and_rounds) {
  begin();
  with_signals();
  STAYS(io_check());
  KEEPS(io_canread(), == -1);
  KEEPS(io_canwrite(), == -1);
  STAYS(io_waituntil(in_ms(100)));
  put_after(50, &s[1]);
  STAYS(io_wait());
  KEEPS(io_canread(), == s[0]);
  drain(s[0]);
  STAYS(io_eagain_read(s[0]));
  STAYS(io_wantwrite(s[0]));
  STAYS(io_wait());
  KEEPS(io_canwrite(), == s[0]);
  STAYS(io_eagain_write(s[0]));
  STAYS(io_eagain(s[0]));
  STAYS(io_dontwantwrite(s[0]));
  STAYS(io_timeout(s[0], in_ms(50)));
  STAYS(io_wait());
  KEEPS(io_timedout(s[0]), == 1);
  KEEPS(io_timeouted(), == s[0]);
  KEEPS(io_timeouted(), == -1);
  STAYS(io_dontwantread(s[0]));
  STAYS(io_close(s[0]));
}

TEST(of_multiplexers) {
  static iomux_t mux;
  int64 d;
  unsigned events;
  unix_pair(s);
  with_signals();
  KEEPS(iom_init(&mux), > 0);
  KEEPS(iom_add(&mux, s[0], IOM_READ), == 0);
  KEEPS(iom_wait(&mux, &d, &events, 50), == 0);
  put_after(50, &s[1]);
  KEEPS(iom_wait(&mux, &d, &events, 5000), == 1);
  KEEPS(iom_requeue(&mux, s[0], IOM_READ), == 0);
  KEEPS(iom_abort(&mux), >= 0);
}

static int64 taker(int64 d, const void *bytes, uint64 n) { return write((int)d, bytes, n); }

TEST(of_batches_and_files) {
  int file = file_of("0123456789", 10), p[2];
  char buf[64];
  begin();
  CHECK(pipe(p) == 0);
  for (int i = 0; i < 2; i++) {
    /* A pipe is no socket, which is found out on the way. */
    int to = i ? p[1] : s[0];
    io_batch *b;
    errno = MARK;
    CHECK((b = iob_new(2)) != 0);
    EQUAL(errno, MARK);
    KEEPS(iob_addbuf(b, "ab", 2), == 1);
    KEEPS(iob_addbuf_free(b, strdup("cd"), 2), == 1);
    KEEPS(iob_addfile(b, file, 2, 5), == 1);
    STAYS(iob_prefetch(b, 100));
    KEEPS(iob_send(to, b), == 9);
    KEEPS(iob_send(to, b), == 0);
    KEEPS(iob_adds(b, "xyz"), == 1);
    KEEPS(iob_addfile(b, file, 0, 1), == 1);
    KEEPS(iob_write(to, b, taker), == 4);
    STAYS(iob_free(b));
    KEEPS(io_sendfile(to, file, 0, 3), == 3);
    KEEPS(io_sendfile(to, file, 10, 3), == 0);
    KEEPS(io_mmapwritefile(to, file, 0, 2, taker), == 2);
    EQUAL(read(i ? p[0] : s[1], buf, sizeof buf), 18);
  }
  KEEPS(io_passfd(s[0], file), == 0);
  KEEPS(io_receivefd(s[1]), >= 0);
}

TEST(of_opening) {
  char name[T_NAME];
  int64 d;
  close(mkstemp(temporary(name, "errno")));
  KEEPS(io_readfile(&d, name), == 1);
  KEEPS(io_createfile(&d, name), == 1);
  KEEPS(io_readwritefile(&d, name), == 1);
  KEEPS(io_appendfile(&d, name), == 1);
  unlink(name);
}

/* A part went out before there was no more room: that is a success. */
TEST(of_parts) {
  static char text[1 << 20];
  int file = file_of(text, sizeof text);
  begin();
  KEEPS(io_sendfile(s[0], file, 0, sizeof text), > 0);
  drain(s[1]);
  BATCH(b);
  KEEPS(iob_addfile(&b, file, 0, sizeof text), == 1);
  KEEPS(iob_addbuf(&b, "x", 1), == 1);
  KEEPS(iob_send(s[0], &b), > 0);
  CHECK(iob_bytesleft(&b) > 0);
  iob_reset(&b);
}
