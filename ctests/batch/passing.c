/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_passfd and io_receivefd: descriptors that go to another process. */
#include "batch.h"

TEST(descriptor_reaches_another_process) {
  int s[2], p[2];
  unix_pair(s);
  CHECK(pipe(p) == 0);
  pid_t pid = child();
  if (pid == 0) {
    close(p[0]), close(p[1]), close(s[0]);
    int64 d = io_receivefd(s[1]);
    CHECK(d >= 0);
    EQUAL(fcntl((int)d, F_GETFD), 0);
    put((int)d, "hello");
    done();
  }
  EQUAL(io_passfd(s[0], p[1]), 0);
  close(p[1]);
  EXPECT(p[0], "hello");
  join(pid);
}

TEST(exactly_one_byte_is_taken, .valgrind = 1) {
  int s[2];
  unix_pair(s);
  EQUAL(io_passfd(s[0], 0), 0);
  put(s[0], "rest");
  EQUAL(io_passfd(s[0], 0), 0);
  EQUAL(waiting_bytes(s[1]), 6);
  CHECK(io_receivefd(s[1]) >= 0);
  EXPECT(s[1], "rest");
  CHECK(io_receivefd(s[1]) >= 0);
}

TEST(no_descriptor_attached, .valgrind = 1) {
  int s[2];
  unix_pair(s);
  put(s[0], "xy");
  errno = 0;
  EQUAL(io_receivefd(s[1]), -1);
  EQUAL(errno, EPROTO);
  EXPECT(s[1], "y");
}

TEST(several_descriptors_attached, .valgrind = 1) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(40 * sizeof(int))];
  } control;
  int s[2], fds[40], before;
  struct iovec vector = {(void *)(uintptr_t) "x", 1};
  struct msghdr message = {0};
  unix_pair(s);
  for (int i = 0; i < 40; i++) fds[i] = s[0];
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = &control;
  message.msg_controllen = sizeof control;
  memset(&control, 0, sizeof control);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof fds);
  memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
  EQUAL(sendmsg(s[0], &message, 0), 1);
  before = open_descriptors();
  CHECK(io_receivefd(s[1]) >= 0);
  EQUAL(open_descriptors(), before + 1);
}

TEST(passing_fails_as_it_should, .valgrind = 1) {
  int s[2], p[2];
  unix_pair(s);
  CHECK(pipe(p) == 0);
  errno = 0;
  EQUAL(io_passfd(s[0], 9999), -1);
  EQUAL(errno, EBADF);
  EQUAL(io_passfd(s[0], -1), -1);
  EQUAL(io_passfd(1LL << 32, 0), -1);
  EQUAL(errno, EBADF);
  EQUAL(io_passfd(p[1], 0), -1);
  EQUAL(errno, ENOTSOCK);
  EQUAL(io_receivefd(p[0]), -1);
  EQUAL(errno, ENOTSOCK);
  EQUAL(io_receivefd(-1), -1);
  nonblocking(s[1]);
  EQUAL(io_receivefd(s[1]), -1);
  EQUAL(errno, EAGAIN);
  close(s[0]);
  EQUAL(io_receivefd(s[1]), -1);
}

/* The kernel takes the byte, leaves the descriptor out, and says that all is well: so nothing is sent. */
static void passes_nothing(const int s[2]) {
  char byte;
  errno = 0;
  EQUAL(io_passfd(s[0], 0), -1);
  EQUAL(errno, EOPNOTSUPP);
  EQUAL(recv(s[1], &byte, 1, MSG_DONTWAIT), -1);
  EQUAL(errno, EAGAIN);
}

TEST(passing_over_tcp, .valgrind = 1) {
  int s[2];
  tcp_pair(s);
  passes_nothing(s);
}

TEST(passing_over_udp) {
  int s[2];
  udp_pair(s);
  passes_nothing(s);
}

TEST(passing_over_unix_sockets_of_each_type) {
  static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  for (int i = 0; i < 3; i++) {
    int s[2];
    CHECK(socketpair(AF_UNIX, types[i], 0, s) == 0);
    EQUAL(io_passfd(s[0], 0), 0);
    CHECK(io_receivefd(s[1]) >= 0);
  }
}

/* Nothing attached, no number left for what was attached, and the end: each has an errno of its own. */
TEST(receivefd_tells_its_three_endings_apart) {
  int s[2], null = open("/dev/null", O_RDONLY);
  struct rlimit limit, low;
  unix_pair(s);
  put(s[0], "x");
  EQUAL(io_receivefd(s[1]), -1);
  EQUAL(errno, EPROTO);
  EQUAL(io_passfd(s[0], null), 0);
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  low = limit;
  low.rlim_cur = (rlim_t)dup(null);
  close((int)low.rlim_cur);
  CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
  EQUAL(io_receivefd(s[1]), -1);
  EQUAL(errno, EMFILE);
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  close(s[0]);
  EQUAL(io_receivefd(s[1]), -1);
  EQUAL(errno, EPIPE);
}

/* Of two that were attached one finds a number; it is returned. */
TEST(receivefd_with_one_number_left) {
  int s[2], fds[2] = {open("/dev/null", O_RDONLY), open("/dev/zero", O_RDONLY)};
  char byte = 0, space[CMSG_SPACE(sizeof fds)] = {0};
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  struct rlimit limit;
  unix_pair(s);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fds);
  memcpy(CMSG_DATA(header), fds, sizeof fds);
  EQUAL(sendmsg(s[0], &message, 0), 1);
  int next = dup(fds[0]);
  close(next);
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = (rlim_t)next + 1;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  EQUAL(io_receivefd(s[1]), next);
}
