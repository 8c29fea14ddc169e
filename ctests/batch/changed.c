/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What 0.33 and 0.34 have changed in functions that 0.32 has: a test for each, of what a program made for any of the three finds
 * here. */
#include "batch.h"
#include "edge.h"

#include <libowfat/CAS.h>
#include <libowfat/buffer.h>
#include <libowfat/fmt.h>
#include <libowfat/scan.h>
#include <libowfat/socket.h>
#include <libowfat/textcode.h>
#include <sched.h>

TEST(scan_longn_reads_as_far_as_it_may) {
  long number = 0;
  EQUAL(scan_longn(at_the_edge("12", 2), 2, &number), 2);
  EQUAL(number, 12);
  EQUAL(scan_longn(at_the_edge("7", 1), 1, &number), 1);
  EQUAL(number, 7);
  EQUAL(scan_longn(at_the_edge("", 0), 0, &number), 0);
  EQUAL(number, 7);
}

TEST(scan_utf8_sem_stores_what_it_accepts) {
  static const char *const refused[] = {"\xed\xa0\x80", "\xef\xbf\xbe", "\xef\xb7\x90"};
  uint32_t number = 4711;
  EQUAL(scan_utf8_sem("\xc3\xa4", 2, &number), 2);
  EQUAL(number, 0xe4);
  for (int i = 0; i < 3; i++) {
    number = 4711;
    EQUAL(scan_utf8_sem(refused[i], 3, &number), 0);
    EQUAL(number, 4711);
  }
}

TEST(iob_send_to_a_descriptor_that_io_fd_does_not_know) {
  int s[2];
  BATCH(b);
  unix_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_send(s[0], &b), 3);
  EXPECT(s[1], "abc");
}

TEST(iob_send_to_a_pipe) {
  int ends[2];
  BATCH(b);
  CHECK(pipe(ends) == 0 && io_fd(ends[1]) == 1);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_adds(&b, "def"), 1);
  EQUAL(iob_send(ends[1], &b), 6);
  EXPECT(ends[0], "abcdef");
}

TEST(iob_send_of_more_than_1024_buffers) {
  enum { MANY = 3000 };
  int s[2];
  BATCH(b);
  sending_pair(s);
  for (int i = 0; i < MANY; i++) EQUAL(iob_addbuf(&b, &"0123456789"[i % 10], 1), 1);
  int64 sent = 0;
  while (iob_bytesleft(&b)) {
    int64 n = iob_send(s[0], &b);
    CHECK(n > 0);
    sent += n;
  }
  EQUAL(sent, MANY);
  for (int i = 0; i < MANY; i += 10) EXPECT(s[1], "0123456789");
}

TEST(iob_send_goes_on_with_the_file_behind_the_buffers) {
  int s[2], fd = file_of("0123456789", 10);
  BATCH(b);
  sending_pair(s);
  EQUAL(iob_adds(&b, "abc"), 1);
  EQUAL(iob_addfile_close(&b, fd, 2, 6), 1);
  EQUAL(iob_adds(&b, "xyz"), 1);
  EQUAL(iob_send(s[0], &b), 12);
  EXPECT(s[1], "abc234567xyz");
}

static char taken[16];
static size_t taken_length, share;

static int64 take(int64 s, const void *bytes, uint64 n) {
  (void)s;
  if (n > share) n = share;
  memcpy(taken + taken_length, bytes, n);
  taken_length += n;
  return (int64)n;
}

TEST(iob_write_keeps_the_half_that_was_not_taken) {
  BATCH(b);
  EQUAL(iob_adds(&b, "abcdef"), 1);
  share = 3;
  EQUAL(iob_write(0, &b, take), 3);
  EQUAL(iob_bytesleft(&b), 3);
  EQUAL(iob_write(0, &b, take), 3);
  EQUAL(iob_bytesleft(&b), 0);
  CHECK(taken_length == 6 && memcmp(taken, "abcdef", 6) == 0);
}

TEST(iob_write_counts_finished_entries) {
  BATCH(b);
  EQUAL(iob_adds(&b, "ab"), 1);
  EQUAL(iob_adds(&b, "cdefg"), 1);
  share = 3;
  EQUAL(iob_write(0, &b, take), 5);
  EQUAL(b.next, 1);
  iob_reset(&b);
  EQUAL(b.next, 0);
}

/* A machine on which IPv6 sockets speak no IPv4 unless they are asked to. */
TEST(socket_tcp6_speaks_ipv4_whatever_the_machine_says) {
#ifdef CLONE_NEWNET
  int only = 7;
  socklen_t length = sizeof only;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1 && unshare(CLONE_NEWNET) == -1) SKIP("no network of its own");
  int setting = open("/proc/sys/net/ipv6/bindv6only", O_WRONLY);
  if (setting == -1 || write(setting, "1", 1) != 1) SKIP("no IPv6 setting of its own");
  int s = socket_tcp6();
  CHECK(s != -1);
  CHECK(getsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &only, &length) == 0);
  EQUAL(only, 0);
#else
  SKIP("no network of its own");
#endif
}

TEST(fmt_copybytes_says_the_length) {
  char text[4] = "";
  EQUAL(fmt_copybytes(0, "abc", 3), 3);
  EQUAL(fmt_copybytes(text, "abc", 3), 3);
  CHECK(memcmp(text, "abc", 3) == 0);
}

static ssize_t two_at_a_time(int fd, char *bytes, size_t n) { return read(fd, bytes, n < 2 ? n : 2); }

TEST(buffer_seek_goes_beyond_what_is_buffered) {
  char room[4], next;
  buffer b;
  int fd = file_of("0123456789", 10);
  CHECK(lseek(fd, 0, SEEK_SET) == 0);
  buffer_init(&b, (ssize_t (*)())two_at_a_time, fd, room, sizeof room);
  EQUAL(buffer_seek(&b, 7), 7);
  CHECK(buffer_getc(&b, &next) == 1 && next == '7');
  EQUAL(buffer_seek(&b, 100), 100);
  EQUAL(buffer_getc(&b, &next), 0);
}

TEST(initialisers_of_buffers_take_any_memory) {
  static unsigned char room[8];
  static buffer reading = BUFFER_INIT(read, -1, room, sizeof room);
  static buffer freeing = BUFFER_INIT_FREE(read, -1, room, sizeof room);
  CHECK(reading.x == (char *)room && reading.a == sizeof room && reading.deinit == 0);
  CHECK(freeing.x == (char *)room && freeing.deinit == buffer_free);
}

TEST(io_closeonexec_sets_the_flag_of_the_number) {
  int ends[2];
  CHECK(pipe(ends) == 0);
  int modes = fcntl(ends[0], F_GETFL);
  io_closeonexec(ends[0]);
  EQUAL(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
  EQUAL(fcntl(ends[0], F_GETFL), modes);
}

#define ENCODES(FUNCTION, FROM, TO)                                           \
  do {                                                                        \
    char text[64];                                                            \
    size_t length = FUNCTION(text, FROM, sizeof FROM - 1);                    \
    CHECK(length == sizeof TO - 1 && memcmp(text, TO, length) == 0);          \
    EQUAL(FUNCTION(0, FROM, sizeof FROM - 1), sizeof TO - 1);                 \
  } while (0)

#define DECODES(FUNCTION, FROM, TO)                                           \
  do {                                                                        \
    char text[64];                                                            \
    size_t length = 0;                                                        \
    EQUAL(FUNCTION(FROM, text, &length), sizeof FROM - 1);                    \
    CHECK(length == sizeof TO - 1 && memcmp(text, TO, length) == 0);          \
  } while (0)

TEST(fmt_cescape_leaves_bytes_from_127_on) {
  ENCODES(fmt_cescape, "a\x7f\xc3\xa4\xff", "a\x7f\xc3\xa4\xff");
  DECODES(scan_cescape, "a\x7f\xc3\xa4\xff", "a\x7f\xc3\xa4\xff");
  DECODES(scan_cescape, "a\\x7f\\xc3\\xa4\\xff", "a\x7f\xc3\xa4\xff");
}

TEST(fmt_ldapescape2_escapes_control_characters) {
  char text[16];
  EQUAL(fmt_ldapescape2(text, "\1\t\x1f!", 4, "!"), 12);
  CHECK(memcmp(text, "\\01\\09\\1f\\21", 12) == 0);
}

TEST(fmt_jsonescape_leaves_the_less_than_sign) {
  ENCODES(fmt_jsonescape, "</script>", "</script>");
  DECODES(scan_jsonescape, "</script>", "</script>");
  DECODES(scan_jsonescape, "\\u003c/script>", "</script>");
}

/* A descriptor with an error that the program has heard of already makes no wait end. */
TEST(io_tryread_after_an_error_does_not_spin) {
  struct sockaddr_in nothing = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof nothing;
  int reserved = socket(AF_INET, SOCK_DGRAM, 0), s = socket(AF_INET, SOCK_DGRAM, 0);
  char bytes[8];
  CHECK(bind(reserved, (struct sockaddr *)&nothing, sizeof nothing) == 0);
  CHECK(getsockname(reserved, (struct sockaddr *)&nothing, &length) == 0);
  close(reserved);
  CHECK(connect(s, (struct sockaddr *)&nothing, length) == 0);
  CHECK(io_fd(s) == 1);
  io_nonblock(s);
  io_wantread(s);
  CHECK(send(s, "x", 1, 0) == 1);
  AWAIT(s, POLLIN);
  EQUAL(io_waituntil2(1000) > 0, 1);
  EQUAL(io_canread(), s);
  CHECK(recv(s, bytes, sizeof bytes, MSG_DONTWAIT) == -1 && errno == ECONNREFUSED);
  int64 n = io_tryread(s, bytes, sizeof bytes);
  CHECK(n == -1 || n == -3);
  int64_t end = millis() + 200;
  int rounds = 0;
  for (int64_t now; (now = millis()) < end; rounds++) {
    io_waituntil2(end - now);
    while (io_canread() != -1) io_tryread(s, bytes, sizeof bytes);
  }
  CHECK(rounds <= 10);
}

TEST(room_of_new_pipes_and_sockets_is_reported) {
  int64 ends[2], pair[2];
  CHECK(io_pipe(ends) == 1 && io_socketpair(pair) == 1);
  io_wantwrite(ends[1]);
  io_waituntil2(1000);
  EQUAL(io_canwrite(), ends[1]);
  io_dontwantwrite(ends[1]);
  io_wantwrite(pair[0]);
  io_waituntil2(1000);
  EQUAL(io_canwrite(), pair[0]);
}

TEST(atomic_add_return_gives_the_sum) {
  size_t number = 40;
  EQUAL(atomic_add_return(&number, 2), 42);
  EQUAL(number, 42);
}
