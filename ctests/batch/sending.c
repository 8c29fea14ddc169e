/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* iob_send: the bytes queued, in order, whatever the descriptor; and no stall. */
#include "batch.h"

static char pattern[1 << 20];

static void make_pattern(void) {
  uint32_t x = 2463534242u;
  for (size_t i = 0; i < sizeof pattern; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    pattern[i] = (char)x;
  }
}

/* The thread that reads slowly, and what it has seen. */
struct reader {
  int d, pause_us;
  size_t total;
  uint64_t sum;
};

static uint64_t mix(uint64_t sum, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) sum = (sum ^ (unsigned char)bytes[i]) * 1099511628211u;
  return sum;
}

static void *read_all(void *arg) {
  struct reader *r = arg;
  static __thread char got[32768];
  ssize_t n;
  while ((n = read(r->d, got, sizeof got)) > 0) {
    r->sum = mix(r->sum, got, (size_t)n);
    r->total += (size_t)n;
    if (r->pause_us) usleep((useconds_t)r->pause_us);
  }
  return 0;
}

/* The classic loop: io_wait, io_canwrite, iob_send until 0, -1 or -3. Returns how many turns it took. */
static int send_in_a_loop(int s, io_batch *b) {
  int turns = 0;
  io_wantwrite(s);
  while (iob_bytesleft(b)) {
    int64 d, r;
    io_wait();
    turns++;
    while ((d = io_canwrite()) != -1) {
      EQUAL(d, s);
      while ((r = iob_send(s, b)) > 0) {
      }
      CHECK(r == 0 || r == -1);
    }
  }
  io_dontwantwrite(s);
  return turns;
}

static void mixed_batch_through(int s, int peer) {
  int file, calls_limit = 20000;
  pthread_t thread;
  struct reader r = {peer, 50, 0, 14695981039346656037u};
  uint64_t sum = r.sum;
  BATCH(b);
  make_pattern();
  file = file_of(pattern, sizeof pattern);
  for (int i = 0; i < 40; i++) {
    size_t n = (size_t)(i * 7919 % 3000 + 1), off = (size_t)(i * 104729 % 500000);
    EQUAL(iob_addbuf(&b, pattern + off, n), 1);
    sum = mix(sum, pattern + off, n);
    EQUAL(iob_addfile(&b, file, off * 2, n * 20), 1);
    sum = mix(sum, pattern + off * 2, n * 20 > sizeof pattern - off * 2 ? sizeof pattern - off * 2 : n * 20);
  }
  size_t total = (size_t)iob_bytesleft(&b);
  CHECK(pthread_create(&thread, 0, read_all, &r) == 0);
  known(s);
  CHECK(send_in_a_loop(s, &b) < calls_limit);
  io_close(s);
  pthread_join(thread, 0);
  EQUAL(r.total, total);
  CHECK(r.sum == sum);
}

TEST(mixed_batch_over_tcp, .valgrind = 1, .seconds = 60) {
  int s[2], small = 8192;
  tcp_pair(s);
  setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  mixed_batch_through(s[0], s[1]);
}

TEST(mixed_batch_over_unix, .valgrind = 1, .seconds = 60) {
  int s[2];
  sending_pair(s);
  mixed_batch_through(s[0], s[1]);
}

TEST(mixed_batch_into_a_pipe, .seconds = 60) {
  int p[2];
  CHECK(pipe(p) == 0);
  mixed_batch_through(p[1], p[0]);
}

TEST(batch_into_a_file) {
  int source = file_of("0123456789", 10), out = file_of("", 0);
  char got[16];
  BATCH(b);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile(&b, source, 3, 4), 1);
  EQUAL(iob_adds(&b, "def"), 1);
  EQUAL(io_fd(out), 1);
  EQUAL(iob_send(out, &b), 10);
  EQUAL(pread(out, got, sizeof got, 0), 10);
  CHECK(memcmp(got, "abc3456def", 10) == 0);
}

TEST(batch_into_an_appended_file) {
  char name[T_NAME], got[16];
  int source = file_of("0123456789", 10), made = mkstemp(temporary(name, "append")), out = open(name, O_RDWR | O_APPEND);
  CHECK(made != -1 && out != -1);
  unlink(name);
  BATCH(b);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile(&b, source, 3, 4), 1);
  EQUAL(io_fd(out), 1);
  EQUAL(iob_send(out, &b), 7);
  EQUAL(pread(out, got, sizeof got, 0), 7);
  CHECK(memcmp(got, "abc3456", 7) == 0);
}

TEST(batch_to_a_terminal) {
  int source = file_of("0123456789", 10), master = posix_openpt(O_RDWR | O_NOCTTY), slave;
  if (master == -1) SKIP("no pseudo-terminals here (/dev/pts)");
  CHECK(grantpt(master) == 0 && unlockpt(master) == 0);
  CHECK((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) != -1);
  BATCH(b);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile(&b, source, 3, 4), 1);
  EQUAL(io_fd(slave), 1);
  EQUAL(iob_send(slave, &b), 7);
  EXPECT(master, "abc3456");
}

TEST(more_buffers_than_one_call_takes, .seconds = 60) {
  static char text[5000];
  int s[2];
  BATCH(b);
  sending_pair(s);
  for (int i = 0; i < 5000; i++) {
    text[i] = (char)('a' + i % 26);
    EQUAL(iob_addbuf(&b, text + i, 1), 1);
  }
  EQUAL(iob_send(s[0], &b), 5000);
  expect(s[1], text, 5000);
}

/* What went out before an EAGAIN is returned first; then -1. */
TEST(eagain_comes_after_the_bytes) {
  int s[2];
  BATCH(b);
  sending_pair(s);
  known(s[0]);
  make_pattern();
  EQUAL(iob_addbuf(&b, pattern, sizeof pattern), 1);
  int64 sent = iob_send(s[0], &b);
  CHECK(sent > 0 && sent < (int64)sizeof pattern);
  EQUAL(iob_bytesleft(&b), (int64)sizeof pattern - sent);
  errno = 0;
  EQUAL(iob_send(s[0], &b), -1);
  EQUAL(errno, EAGAIN);
  expect(s[1], pattern, (size_t)sent);
  CHECK(iob_send(s[0], &b) > 0);
  iob_reset(&b);
}

/* Nothing is written to s while it takes nothing, and the loop sleeps. */
TEST(reader_that_never_reads) {
  int s[2];
  int64_t cpu;
  BATCH(b);
  tcp_pair(s);
  known(s[0]);
  make_pattern();
  for (int i = 0; i < 64; i++) EQUAL(iob_addbuf(&b, pattern, sizeof pattern), 1);
  io_wantwrite(s[0]);
  cpu = cpu_millis();
  for (int64_t end = millis() + 700; millis() < end;) {
    io_waituntil2(100);
    while (io_canwrite() != -1)
      while (iob_send(s[0], &b) > 0) {
      }
  }
  CHECK(iob_bytesleft(&b) > 0);
  CHECK(cpu_millis() - cpu < 400);
  iob_reset(&b);
}

TEST(nothing_known_of_the_descriptor) {
  int s[2];
  BATCH(b);
  unix_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_send(s[0], &b), 3);
  EXPECT(s[1], "abc");
}

TEST(bad_descriptors_are_permanent_errors, .valgrind = 1) {
  int s[2];
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  static const int64 bad[] = {-1, 9999, 1LL << 32, INT64_MIN, INT64_MAX};
  for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
    errno = 0;
    EQUAL(iob_send(bad[i], &b), -3);
    EQUAL(errno, EBADF);
    EQUAL(iob_bytesleft(&b), 3);
  }
  EQUAL(iob_addfile(&b, 9999, 0, 5), 1);
  EQUAL(iob_send(s[0], &b), 3);
  errno = 0;
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(errno, EBADF);
  EQUAL(iob_bytesleft(&b), 5);
  iob_reset(&b);
}

TEST(directory_is_no_file) {
  int s[2], dir = open("/", O_RDONLY | O_DIRECTORY);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_addfile(&b, dir, 0, 5), 1);
  errno = 0;
  EQUAL(iob_send(s[0], &b), -3);
  CHECK(errno == EISDIR || errno == EINVAL);
  iob_reset(&b);
}

/* What is there goes out, then -3 with EIO; not "all written". */
TEST(file_cut_short_after_it_was_queued, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile(&b, fd, 0, 10), 1);
  CHECK(ftruncate(fd, 4) == 0);
  EQUAL(iob_send(s[0], &b), 7);
  EXPECT(s[1], "abc0123");
  errno = 0;
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(errno, EIO);
  EQUAL(iob_bytesleft(&b), 6);
  iob_reset(&b);
}

/* FreeBSD's sendfile then leaves the header at home, too. */
TEST(file_cut_to_nothing_behind_a_header, .valgrind = 1) {
  int s[2], fd = file_of("0123456789", 10);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_adds(&b, "header"), 1);
  EQUAL(iob_addfile(&b, fd, 0, 10), 1);
  CHECK(ftruncate(fd, 0) == 0);
  EQUAL(iob_send(s[0], &b), 6);
  EQUAL(iob_bytesleft(&b), 10);
  errno = 0;
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(errno, EIO);
  EXPECT(s[1], "header");
  iob_reset(&b);
}

TEST(file_region_beyond_4_gib) {
  NEEDS_64_BITS(off_t);
  char name[T_NAME];
  int s[2], fd = mkstemp(temporary(name, "sparse"));
  const uint64 far = (5ULL << 30) + 123;
  CHECK(fd != -1);
  unlink(name);
  CHECK(pwrite(fd, "far away", 8, (off_t)far) == 8);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_addfile(&b, fd, far, 8), 1);
  EQUAL(iob_send(s[0], &b), 8);
  EXPECT(s[1], "far away");
}

TEST(peer_resets_in_the_middle) {
  int s[2];
  struct linger hard = {1, 0};
  int64 r;
  BATCH(b);
  tcp_pair(s);
  known(s[0]);
  make_pattern();
  for (int i = 0; i < 64; i++) EQUAL(iob_addbuf(&b, pattern, sizeof pattern), 1);
  while ((r = iob_send(s[0], &b)) > 0) {
  }
  EQUAL(r, -1);
  CHECK(setsockopt(s[1], SOL_SOCKET, SO_LINGER, &hard, sizeof hard) == 0);
  close(s[1]);
  io_wantwrite(s[0]);
  io_wait();
  EQUAL(io_canwrite(), s[0]);
  errno = 0;
  EQUAL(iob_send(s[0], &b), -3);
  CHECK(errno == ECONNRESET || errno == EPIPE);
  CHECK(iob_bytesleft(&b) > 0);
  iob_reset(&b);
}

TEST(peer_that_has_gone_does_not_kill) {
  int p[2];
  BATCH(b);
  CHECK(pipe(p) == 0);
  close(p[0]);
  EQUAL(io_fd(p[1]), 1);
  EQUAL(iob_adds(&b, "abc"), 1);
  errno = 0;
  EQUAL(iob_send(p[1], &b), -3);
  EQUAL(errno, EPIPE);
  iob_reset(&b);
}

/* Buffers are the program's again once the batch is complete: what it writes there then is not sent. */
TEST(buffer_is_ours_again_after_completion, .seconds = 60) {
  int s[2];
  struct reader r;
  pthread_t thread;
  uint64_t sum = 14695981039346656037u;
  BATCH(b);
  tcp_pair(s);
  known(s[0]);
  char *block = malloc(300000);
  CHECK(block != 0);
  r = (struct reader){s[1], 2000, 0, sum};
  CHECK(pthread_create(&thread, 0, read_all, &r) == 0);
  for (int i = 0; i < 12; i++) {
    memset(block, 'a' + i, 300000);
    sum = mix(sum, block, 300000);
    EQUAL(iob_addbuf(&b, block, 300000), 1);
    send_in_a_loop(s[0], &b);
    memset(block, '!', 300000);
  }
  io_close(s[0]);
  pthread_join(thread, 0);
  EQUAL(r.total, 12 * 300000);
  CHECK(r.sum == sum);
}

/* On a kept-alive connection without TCP_NODELAY the last byte arrives at once. */
static void *answer(void *arg) {
  int s = *(int *)arg;
  char request[1];
  known(s);
  for (;;) {
    BATCH(b);
    EQUAL(io_waitread(s, request, 1) != -3, 1);
    iob_adds(&b, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
    iob_adds(&b, "hello\n");
    while (iob_send(s, &b) > 0) {
    }
    if (*request == 'q') return 0;
  }
}

TEST(last_byte_is_not_held_back) {
  int s[2], off = 0;
  pthread_t thread;
  int slow = 0;
  tcp_pair(s);
  setsockopt(s[0], IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
  CHECK(pthread_create(&thread, 0, answer, &s[0]) == 0);
  for (int i = 0; i < 5; i++) {
    int64_t begin = millis();
    put(s[1], i == 4 ? "q" : "r");
    EXPECT(s[1], "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n");
    slow += millis() - begin >= 150;
  }
  pthread_join(thread, 0);
  /* The machine may be busy, once. */
  CHECK(slow < 2);
}

/* Not even when the file behind a header turns out to be missing. */
TEST(header_is_let_go_when_the_file_fails) {
  int s[2], slow = 0;
  BATCH(b);
  tcp_pair(s);
  EQUAL(io_fd(s[0]), 1);
  for (int i = 0; i < 3; i++) {
    EQUAL(iob_adds(&b, "header"), 1);
    EQUAL(iob_addfile(&b, 9999, 0, 5), 1);
    int64_t begin = millis();
    EQUAL(iob_send(s[0], &b), 6);
    EXPECT(s[1], "header");
    slow += millis() - begin >= 150;
    iob_reset(&b);
  }
  CHECK(slow < 2);
}

#ifdef __linux__
/* How many segments a connection has sent. The C library's struct tcp_info ends before that field. */
static uint32_t segments_sent(int s) {
  /* The kernel's struct tcp_info, of which every libc knows a part of its own: 104 bytes that all know, four numbers of
   * 64 bits, tcpi_segs_out, tcpi_segs_in. */
  enum { SEGMENTS_OUT = 104 + 4 * 8 };
  char info[SEGMENTS_OUT + 8];
  uint32_t segments;
  socklen_t size = sizeof info;
  CHECK(getsockopt(s, IPPROTO_TCP, TCP_INFO, info, &size) == 0);
  CHECK(size == sizeof info);
  memcpy(&segments, info + SEGMENTS_OUT, sizeof segments);
  return segments;
}

/* Header and file share packets: 100 + 300 bytes are one segment. */
TEST(header_and_file_share_a_packet) {
  int s[2], fd;
  uint32_t before;
  BATCH(b);
  make_pattern();
  fd = file_of(pattern, 300);
  tcp_pair(s);
  EQUAL(io_fd(s[0]), 1);
  before = segments_sent(s[0]);
  EQUAL(iob_addbuf(&b, pattern, 100), 1);
  EQUAL(iob_addfile(&b, fd, 0, 300), 1);
  EQUAL(iob_send(s[0], &b), 400);
  expect(s[1], pattern, 100);
  EQUAL(segments_sent(s[0]) - before, 1);
}

#endif

/* A header that was announced to have something behind it, and then has not, goes out all the same. */
TEST(header_of_a_file_that_cannot_be_read_goes_out) {
  void (*const pairs[])(int *) = {tcp_pair, udp_pair};
  for (int i = 0; i < 2; i++) {
    int s[2];
    int64_t begin = millis();
    pairs[i](s);
    EQUAL(io_fd(s[0]), 1);
    BATCH(b);
    EQUAL(iob_adds(&b, "header"), 1);
    EQUAL(iob_addfile(&b, 9999, 0, 5), 1);
    EQUAL(iob_send(s[0], &b), 6);
    EXPECT(s[1], "header");
    CHECK(millis() < begin + 100);
    EQUAL(iob_send(s[0], &b), -3);
    EQUAL(errno, EBADF);
    iob_reset(&b);
  }
}

/* What goes out before an error is not held back, whatever was announced to follow it. */
TEST(buffers_before_one_that_cannot_be_read_go_out) {
  int s[2];
  int64_t begin = millis();
  tcp_pair(s);
  EQUAL(io_fd(s[0]), 1);
  BATCH(b);
  for (int i = 0; i < 1024; i++) EQUAL(iob_addbuf(&b, "x", 1), 1);
  EQUAL(iob_addbuf(&b, (const void *)16, 1), 1);
  /* How many buffers share a call with the bad one is the library's affair. */
  int64 sent = iob_send(s[0], &b);
  CHECK(sent > 0 && sent <= 1024);
  for (int i = 0; i < sent; i++) EXPECT(s[1], "x");
  CHECK(millis() < begin + 150);
  EQUAL(iob_send(s[0], &b), -3);
  EQUAL(errno, EFAULT);
  iob_reset(&b);
}

/* The kernel sends no file of /proc, so it is copied; and its length is not known. */
TEST(copied_file_that_is_shorter_is_not_held_back) {
  for (int batches = 0; batches < 2; batches++) {
    static char got[65536];
    int s[2], fd = open("/proc/self/status", O_RDONLY);
    int64_t begin = millis();
    int64 sent, came;
    tcp_pair(s);
    BATCH(b);
    EQUAL(iob_adds(&b, "header"), 1);
    EQUAL(iob_addfile(&b, fd, 0, sizeof got), 1);
    sent = batches ? iob_send(s[0], &b) : io_sendfile(s[0], fd, 0, sizeof got);
    CHECK(sent > 100);
    for (came = 0; came < sent;) {
      ssize_t n = read(s[1], got, sizeof got);
      CHECK(n > 0);
      came += n;
    }
    CHECK(millis() < begin + 150);
    iob_reset(&b);
  }
}
