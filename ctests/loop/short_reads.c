/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a short read proves: nothing, but of TCP without an upper layer and of Unix streams without an urgent mark. */
#include "loop.h"
#include "plain.h"

#include <sys/epoll.h>
#include <sys/syscall.h>

/* Events without EPOLLWRBAND, as those of AF_VSOCK are: the sign of TCP that costs nothing. */
static int hide_wrband;

int epoll_wait(int epoll, struct epoll_event *events, int most, int ms) {
  int count = (int)syscall(SYS_epoll_pwait, epoll, events, most, ms, 0, 8);
  for (int i = 0; hide_wrband && i < count; i++) events[i].events &= ~(uint32_t)EPOLLWRBAND;
  return count;
}

/* A layer above TCP that cuts the stream into records: its name, and how much a read brings at most. */
static const char *layer;
static size_t record = 1 << 20;

int getsockopt(int d, int level, int name, void *value, socklen_t *size) {
  if (layer && level == IPPROTO_TCP && name == TCP_ULP) {
    *size = (socklen_t)strlen(layer) + 1;
    memcpy(value, layer, *size);
    return 0;
  }
  return (int)syscall(SYS_getsockopt, d, level, name, value, size);
}

static size_t cut(size_t n) { return n < record ? n : record; }

ssize_t read(int d, void *to, size_t n) { return syscall(SYS_read, d, to, cut(n)); }

ssize_t recvmsg(int d, struct msghdr *message, int flags) {
  if (message->msg_iovlen == 1) message->msg_iov[0].iov_len = cut(message->msg_iov[0].iov_len);
  return syscall(SYS_recvmsg, d, message, flags);
}

static int s[2];

/* One io_tryread per event, until so many bytes came or nothing is reported any more. */
static void all_bytes_come(int wanted) {
  char buf[100];
  for (int got = 0; got < wanted;) {
    EQUAL(in_read_round(s[0]), 1);
    int64 n = io_tryread(s[0], buf, sizeof buf);
    if (n > 0) got += (int)n;
  }
}

static void begin(void) {
  known(s[0]);
  io_wantread(s[0]);
  EQUAL(in_read_round(s[0]), 0);
}

TEST(messages_whose_events_look_like_tcp) {
  hide_wrband = 1;
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
  begin();
  for (int i = 0; i < 3; i++) put(s[1], "msg");
  all_bytes_come(9);
}

TEST(records_of_an_upper_layer) {
  layer = "tls";
  tcp_pair(s);
  begin();
  put(s[1], "123456789");
  AWAIT(s[0], POLLIN);
  record = 3;
  all_bytes_come(9);
}

TEST(multipath_tcp) {
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 262);
  if (listener == -1) SKIP("no Multipath TCP");
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(bind(listener, (struct sockaddr *)&at, size) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&at, &size) == 0);
  CHECK((s[1] = socket(AF_INET, SOCK_STREAM, 262)) != -1);
  CHECK(connect(s[1], (struct sockaddr *)&at, size) == 0);
  CHECK((s[0] = accept(listener, 0, 0)) != -1);
  begin();
  put(s[1], "123456789");
  AWAIT(s[0], POLLIN);
  record = 3;
  all_bytes_come(9);
}

/* The program takes the urgent byte; what stands behind the mark is reported. */
static void behind_the_mark(void) {
  char c;
  begin();
  put(s[1], "1");
  all_bytes_come(1);
  put(s[1], "abc");
  EQUAL(send(s[1], "X", 1, MSG_OOB), 1);
  AWAIT(s[0], POLLPRI);
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(recv(s[0], &c, 1, MSG_OOB), 1);
  put(s[1], "def");
  AWAIT(s[0], POLLIN);
  all_bytes_come(6);
}

TEST(urgent_data_of_tcp) {
  tcp_pair(s);
  behind_the_mark();
}

TEST(urgent_data_of_a_unix_stream) {
  unix_pair(s);
  if (send(s[1], "X", 1, MSG_OOB) == -1) SKIP("no urgent data on Unix sockets");
  unix_pair(s);
  behind_the_mark();
}

/* The program takes the urgent byte before any event has shown it. It has asked for SIGURG, which is how the library knows. */
static void behind_a_mark_that_was_not_seen(void) {
  char c;
  CHECK(fcntl(s[0], F_SETOWN, getpid()) == 0);
  begin();
  put(s[1], "1");
  all_bytes_come(1);
  put(s[1], "abc");
  EQUAL(send(s[1], "X", 1, MSG_OOB), 1);
  AWAIT(s[0], POLLPRI);
  EQUAL(recv(s[0], &c, 1, MSG_OOB), 1);
  put(s[1], "def");
  AWAIT(s[0], POLLIN);
  all_bytes_come(6);
}

TEST(urgent_byte_of_tcp_taken_before_its_event) {
  tcp_pair(s);
  behind_a_mark_that_was_not_seen();
}

TEST(urgent_byte_of_a_unix_stream_taken_before_its_event) {
  unix_pair(s);
  if (send(s[1], "X", 1, MSG_OOB) == -1) SKIP("no urgent data on Unix sockets");
  unix_pair(s);
  behind_a_mark_that_was_not_seen();
}

/* The mark comes while the registration is level-triggered, as after plain reads that leave something; a round has seen it. */
TEST(urgent_byte_of_one_that_is_read_plainly) {
  char c;
  tcp_pair(s);
  begin();
  for (int i = 0; i < 3; i++) {
    put(s[1], "12");
    AWAIT(s[0], POLLIN);
    for (int k = 0; k < 2; k++) {
      EQUAL(in_read_round(s[0]), 1);
      EQUAL(read(s[0], &c, 1), 1);
    }
  }
  put(s[1], "abc");
  EQUAL(send(s[1], "X", 1, MSG_OOB), 1);
  put(s[1], "def");
  AWAIT(s[0], POLLPRI);
  EQUAL(in_read_round(s[0]), 1);
  EQUAL(recv(s[0], &c, 1, MSG_OOB), 1);
  /* Write interest takes the level-triggered registration back. */
  io_wantwrite(s[0]);
  EQUAL(in_read_round(s[0]), 1);
  io_dontwantwrite(s[0]);
  char buf[100];
  EQUAL(io_tryread(s[0], buf, sizeof buf), 3);
  all_bytes_come(3);
}

/* It asks for SIGURG when the descriptor is in use already: one more io_fd says so. */
TEST(urgent_byte_after_io_fd_again) {
  unix_pair(s);
  int kinds = send(s[1], "X", 1, MSG_OOB) == 1 ? 2 : 1;
  for (int i = 0; i < kinds; i++) {
    i ? unix_pair(s) : tcp_pair(s);
    begin();
    put(s[1], "1");
    all_bytes_come(1);
    CHECK(fcntl(s[0], F_SETOWN, getpid()) == 0);
    EQUAL(io_fd(s[0]), 1);
    behind_a_mark_that_was_not_seen();
    io_close(s[0]);
    close(s[1]);
  }
}

/* A layer that is put on top of a connection in use is heard of by one more io_fd. */
TEST(an_upper_layer_that_comes_later) {
  tcp_pair(s);
  begin();
  put(s[1], "12");
  all_bytes_come(2);
  layer = "tls";
  EQUAL(io_fd(s[0]), 1);
  io_nonblock(s[0]);
  put(s[1], "123456789");
  AWAIT(s[0], POLLIN);
  record = 3;
  all_bytes_come(9);
}

/* io_tryreadtimeout never says "too late" on the strength of what is known: bytes may have come since. */
TEST(too_late_is_said_after_the_kernel_was_asked) {
  char buf[100];
  tcp_pair(s);
  begin();
  for (int i = 0; i < 3; i++) {
    put(s[1], "x");
    AWAIT(s[0], POLLIN);
    EQUAL(in_read_round(s[0]), 1);
    if (i < 2) EQUAL(io_tryread(s[0], buf, sizeof buf), 1);
  }
  io_timeout(s[0], in_ms(-1000));
  EQUAL(io_tryread(s[0], buf, sizeof buf), 1);
  put(s[1], "late but there");
  AWAIT(s[0], POLLIN);
  EQUAL(io_tryreadtimeout(s[0], buf, sizeof buf), 14);
  EQUAL(io_tryreadtimeout(s[0], buf, sizeof buf), -2);
  EQUAL(errno, ETIMEDOUT);
}
