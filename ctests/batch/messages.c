/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sockets of messages: what one iob_send gathers is one message, up to as many buffers as the kernel takes in one call. */
#include "batch.h"

#include <limits.h>
#include <sys/resource.h>

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

static void one_message(int type, int buffers) {
  static char got[4 * IOV_MAX];
  int s[2];
  CHECK(socketpair(AF_UNIX, type, 0, s) == 0);
  known(s[0]);
  BATCH(b);
  for (int i = 0; i < buffers; i++) EQUAL(iob_addbuf(&b, &"0123456789"[i % 10], 1), 1);
  EQUAL(iob_send(s[0], &b), buffers);
  EQUAL(recv(s[1], got, sizeof got, MSG_DONTWAIT), buffers);
  for (int i = 0; i < buffers; i++) EQUAL(got[i], "0123456789"[i % 10]);
  EQUAL(recv(s[1], got, sizeof got, MSG_DONTWAIT), -1);
}

static void messages(int type) {
  static const int numbers[] = {1, 2, 223, 224, 225, 226, 500, 1023, 1024};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) one_message(type, numbers[i]);
}

TEST(a_batch_is_one_message_of_a_seqpacket_socket, .valgrind = 1) { messages(SOCK_SEQPACKET); }

TEST(a_batch_is_one_datagram) { messages(SOCK_DGRAM); }

/* A message that does not fit stays whole. */
TEST(a_message_that_does_not_fit_now_comes_later) {
  static char got[4 * IOV_MAX], large[1000];
  int s[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
  known(s[0]);
  int sent = 0;
  while (io_trywrite(s[0], large, sizeof large) > 0) sent++;
  BATCH(b);
  for (int i = 0; i < 400; i++) EQUAL(iob_addbuf(&b, "x", 1), 1);
  EQUAL(iob_send(s[0], &b), -1);
  EQUAL(errno, EAGAIN);
  EQUAL(iob_bytesleft(&b), 400);
  for (int i = 0; i < sent; i++) EQUAL(recv(s[1], got, sizeof got, 0), sizeof large);
  EQUAL(iob_send(s[0], &b), 400);
  EQUAL(recv(s[1], got, sizeof got, 0), 400);
}

/* More buffers than the kernel takes in one call are no message, and never several: nothing goes out, and the batch stays. */
static void too_many(const int s[2], int buffers, int file) {
  char got[4];
  known(s[0]);
  BATCH(b);
  for (int i = 0; i < buffers; i++) EQUAL(iob_addbuf(&b, "x", 1), 1);
  if (file) EQUAL(iob_addfile(&b, open("/proc/self/exe", O_RDONLY), 0, 10), 1);
  for (int i = 0; i < 2; i++) {
    EQUAL(iob_send(s[0], &b), -3);
    EQUAL(errno, EMSGSIZE);
    EQUAL(iob_bytesleft(&b), buffers + 10 * file);
  }
  EQUAL(recv(s[1], got, sizeof got, MSG_DONTWAIT), -1);
  EQUAL(errno, EAGAIN);
  iob_reset(&b);
}

static void too_many_of(int type) {
  static const int numbers[] = {IOV_MAX + 1, IOV_MAX + 2, 2 * IOV_MAX, 3 * IOV_MAX};
  int s[2];
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    CHECK(socketpair(AF_UNIX, type, 0, s) == 0);
    too_many(s, numbers[i], 0);
  }
}

TEST(too_many_buffers_for_a_message, .valgrind = 1) { too_many_of(SOCK_SEQPACKET); }

TEST(too_many_buffers_for_a_datagram) { too_many_of(SOCK_DGRAM); }

TEST(too_many_buffers_for_a_datagram_of_udp) {
  int s[2];
  udp_pair(s);
  too_many(s, IOV_MAX + 1, 0);
}

TEST(too_many_buffers_in_front_of_a_file) {
  int s[2];
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s) == 0);
  too_many(s, IOV_MAX + 1, 1);
}
