/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* io_readfile and its kin, io_pipe, io_socketpair; files and directories in the loop. */
#include "loop.h"

#include <sys/stat.h>

#if !defined HAVE_EAGAIN_READWRITE || HAVE_IO_FD_FLAGS != 1
#error a macro that programs test for is missing
#endif

static char folder[T_NAME];

static const char *fresh(const char *name) {
  static char path[T_NAME + 64];
  if (!*folder) {
    CHECK(mkdtemp(temporary(folder, "ctest")) != 0);
  }
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void clean(const char *name) {
  unlink(fresh(name));
  rmdir(folder);
}

static int mode_of(int64 d) { return fcntl((int)d, F_GETFL) & (O_ACCMODE | O_APPEND); }

static int permissions(int64 d) {
  struct stat st;
  CHECK(fstat((int)d, &st) == 0);
  return st.st_mode & 07777;
}

static void write_file(const char *path, const char *text) {
  int d = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
  CHECK(d != -1);
  put(d, text);
  close(d);
}

TEST(enum_values) {
  EQUAL(IO_FD_CANWRITE, 1);
  EQUAL(IO_FD_BLOCK, 2);
  EQUAL(IO_FD_NONBLOCK, 4);
  EQUAL(sizeof(int64), 8);
}

TEST(readfile, .valgrind = 1) {
  int64 d = 77;
  char buf[10];
  errno = 0;
  EQUAL(io_readfile(&d, fresh("none")), 0);
  EQUAL(errno, ENOENT);
  write_file(fresh("file"), "text");
  EQUAL(io_readfile(&d, fresh("file")), 1);
  EQUAL(mode_of(d), O_RDONLY);
  EQUAL(read((int)d, buf, 10), 4);
  clean("file");
}

TEST(createfile) {
  int64 d = -1;
  umask(0);
  EQUAL(io_createfile(&d, fresh("file")), 1);
  EQUAL(mode_of(d), O_WRONLY);
  EQUAL(permissions(d), 0600);
  put((int)d, "longer text");
  EQUAL(io_createfile(&d, fresh("file")), 1);
  EQUAL(lseek((int)d, 0, SEEK_END), 0);
  clean("file");
  errno = 0;
  EQUAL(io_createfile(&d, "/nowhere/at/all"), 0);
  EQUAL(errno, ENOENT);
}

TEST(readwritefile) {
  int64 d = -1;
  EQUAL(io_readwritefile(&d, fresh("file")), 0);
  EQUAL(errno, ENOENT);
  write_file(fresh("file"), "text");
  EQUAL(io_readwritefile(&d, fresh("file")), 1);
  EQUAL(mode_of(d), O_RDWR);
  EQUAL(lseek((int)d, 0, SEEK_END), 4);
  clean("file");
}

TEST(appendfile) {
  int64 d = -1;
  umask(0);
  EQUAL(io_appendfile(&d, fresh("file")), 1);
  EQUAL(mode_of(d), O_WRONLY | O_APPEND);
  EQUAL(permissions(d), 0600);
  put((int)d, "text");
  EQUAL(io_appendfile(&d, fresh("file")), 1);
  put((int)d, "more");
  EQUAL(lseek((int)d, 0, SEEK_END), 8);
  clean("file");
}

TEST(pipe_is_known, .valgrind = 1) {
  int64 p[2] = {-1, -1};
  char c;
  EQUAL(io_pipe(p), 1);
  EQUAL(io_trywrite(p[1], "x", 1), 1);
  io_wantread(p[0]);
  io_wantwrite(p[1]);
  wait_round();
  if (!was_readable(p[0])) wait_round();
  EQUAL(was_readable(p[0]), 1);
  EQUAL(io_tryread(p[0], &c, 1), 1);
  EQUAL(io_tryread(p[0], &c, 1), -1);
  io_close(p[1]);
  EQUAL(io_waitread(p[0], &c, 1), 0);
}

TEST(socketpair_is_known) {
  int64 s[2] = {-1, -1};
  char c;
  EQUAL(io_socketpair(s), 1);
  for (int i = 0; i < 2; i++) {
    EQUAL(io_trywrite(s[i], "x", 1), 1);
    io_wantread(s[!i]);
    EQUAL(in_read_round(s[!i]), 1);
    EQUAL(io_tryread(s[!i], &c, 1), 1);
  }
  struct sockaddr_un name;
  socklen_t size = sizeof name;
  CHECK(getsockname((int)s[0], (struct sockaddr *)&name, &size) == 0);
  EQUAL(name.sun_family, AF_UNIX);
}

TEST(names_with_a_slash_at_the_end_and_empty_names) {
  int64 d = -1;
  EQUAL(io_readfile(&d, ""), 0);
  EQUAL(errno, ENOENT);
  EQUAL(io_createfile(&d, "/"), 0);
  EQUAL(errno, EISDIR);
}

/* ---- regular files and directories count as always ready ---- */

static void always_ready(int64 d, int direction) {
  int64_t start = millis();
  for (int i = 0; i < 3; i++) {
    wait_round();
    if (direction == POLLIN) EQUAL(was_readable(d), 1);
    if (direction == POLLOUT) EQUAL(was_writable(d), 1);
    EQUAL(t_round.reads + t_round.writes, 1);
    io_waituntil(in_ms(3600 * 1000));
    collect();
    EQUAL(t_round.reads + t_round.writes, 1);
  }
  CHECK(millis() - start < 10000);
}

TEST(regular_file_is_always_readable) {
  int64 d = -1;
  char buf[10];
  write_file(fresh("file"), "text");
  EQUAL(io_readfile(&d, fresh("file")), 1);
  clean("file");
  EQUAL(io_fd(d), 1);
  io_wantread(d);
  always_ready(d, POLLIN);
  EQUAL(io_tryread(d, buf, 3), 3);
  EQUAL(in_read_round(d), 1);
  EQUAL(io_tryread(d, buf, 10), 1);
  EQUAL(in_read_round(d), 1);
  EQUAL(io_tryread(d, buf, 10), 0);
  EQUAL(in_read_round(d), 1);
  io_dontwantread(d);
  EQUAL(in_read_round(d), 0);
  io_close(d);
  EQUAL(in_read_round(d), 0);
}

TEST(regular_file_is_always_writable) {
  int64 d = -1;
  EQUAL(io_createfile(&d, fresh("file")), 1);
  clean("file");
  EQUAL(io_fd(d), 1);
  io_wantwrite(d);
  always_ready(d, POLLOUT);
  EQUAL(io_trywrite(d, "text", 4), 4);
  EQUAL(io_waitwrite(d, "text", 4), 4);
  EQUAL(in_write_round(d), 1);
  EQUAL(lseek((int)d, 0, SEEK_END), 8);
}

TEST(directory_is_always_readable) {
  int64 d = -1;
  char buf[10];
  EQUAL(io_readfile(&d, "/"), 1);
  EQUAL(io_fd(d), 1);
  io_wantread(d);
  always_ready(d, POLLIN);
  EQUAL(io_tryread(d, buf, 10), -3);
  EQUAL(errno, EISDIR);
}

/* A file that is always ready beside a socket that is not: the socket is heard of all the same. */
TEST(file_beside_a_socket) {
  int64 d = -1;
  int s[2];
  write_file(fresh("file"), "text");
  EQUAL(io_readfile(&d, fresh("file")), 1);
  clean("file");
  unix_pair(s);
  known(s[0]);
  EQUAL(io_fd(d), 1);
  io_wantread(d);
  io_wantread(s[0]);
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_readable(d), 1);
    EQUAL(was_readable(s[0]), 0);
  }
  put(s[1], "x");
  wait_round();
  if (!was_readable(s[0])) wait_round();
  EQUAL(was_readable(s[0]), 1);
}
