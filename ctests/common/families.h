/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* More kinds of descriptors, which only Linux has: other families of sockets, layers above TCP, pipes of packets. Each read
 * asks for more than one unit and gets one, so a short read proves nothing. */
#ifndef FAMILIES_H
#define FAMILIES_H

#include "kinds.h"

#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/tipc.h>
#include <linux/tls.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

/* No package brings what the kernel lacks. So where tests that cannot run have to fail, these do not. */
#define ABSENT(...)                                                           \
  do {                                                                        \
    const char *t_strict = getenv("OWFAT_STRICT");                            \
    if (!t_strict || strcmp(t_strict, "1") != 0) SKIP(__VA_ARGS__);           \
    done();                                                                   \
  } while (0)

static void take_some(void) {
  char buf[4096];
  CHECK(read(rd, buf, sizeof buf) > 0);
}

static void tryread_some(void) {
  char buf[4096];
  CHECK(io_tryread(rd, buf, sizeof buf) > 0);
}

/* A network of the test's own, with its loopback interface up. */
static void own_network(void) {
  struct ifreq lo = {.ifr_name = "lo"};
  if (unshare(CLONE_NEWNET) == -1 && unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1) ABSENT("no network of its own");
  int d = socket(AF_INET, SOCK_DGRAM, 0);
  lo.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(d, SIOCSIFFLAGS, &lo) == -1) ABSENT("no network of its own");
  close(d);
}

/* Messages between two sockets of user space. */
static void open_netlink(void) {
  struct sockaddr_nl at = {.nl_family = AF_NETLINK};
  socklen_t size = sizeof at;
  if ((rd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)) == -1) ABSENT("no netlink");
  CHECK((wr = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)) != -1);
  CHECK(bind(rd, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(rd, (struct sockaddr *)&at, &size) == 0);
  if (connect(wr, (struct sockaddr *)&at, sizeof at) == -1) ABSENT("no netlink between processes");
}

static void put_netlink(void) {
  struct {
    struct nlmsghdr head;
    char text[UNIT];
  } message = {{sizeof message, NLMSG_MIN_TYPE, 0, 0, 0}, "1234567"};
  EQUAL(send(wr, &message, sizeof message, 0), sizeof message);
}

/* Frames of a protocol of the test's own. */
static void open_packet(void) {
  own_network();
  if ((rd = socket(AF_PACKET, SOCK_RAW, 0)) == -1) ABSENT("no packet sockets");
  struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = (int)if_nametoindex("lo")};
  CHECK(bind(rd, (struct sockaddr *)&at, sizeof at) == 0);
  CHECK((wr = socket(AF_PACKET, SOCK_DGRAM, 0)) != -1);
}

static void put_frame(void) {
  char frame[64] = {0};
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = (int)if_nametoindex("lo"), .sll_halen = 6};
  EQUAL(sendto(wr, frame, sizeof frame, 0, (struct sockaddr *)&to, sizeof to), sizeof frame);
}

static void vsock(int type) {
  struct sockaddr_vm at = {.svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = VMADDR_PORT_ANY};
  socklen_t size = sizeof at;
  int listener = socket(AF_VSOCK, type, 0);
  if (listener == -1) ABSENT("no AF_VSOCK of this type");
  CHECK(bind(listener, (struct sockaddr *)&at, sizeof at) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&at, &size) == 0);
  at.svm_cid = VMADDR_CID_LOCAL;
  CHECK((wr = socket(AF_VSOCK, type, 0)) != -1);
  if (connect(wr, (struct sockaddr *)&at, sizeof at) == -1) ABSENT("no AF_VSOCK within this machine");
  CHECK((rd = accept(listener, 0, 0)) != -1);
  close(listener);
}

static void open_vsock(void) { vsock(SOCK_STREAM); }
static void open_vsock_messages(void) { vsock(SOCK_SEQPACKET); }

static void open_multipath(void) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof at;
  int listener = socket(AF_INET, SOCK_STREAM, 262);
  if (listener == -1) ABSENT("no Multipath TCP");
  CHECK(bind(listener, (struct sockaddr *)&at, size) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&at, &size) == 0);
  CHECK((wr = socket(AF_INET, SOCK_STREAM, 262)) != -1);
  CHECK(connect(wr, (struct sockaddr *)&at, size) == 0 && (rd = accept(listener, 0, 0)) != -1);
  close(listener);
}

/* Kernel TLS with a key that both ends know. Each write is a record, and a read ends where the record's kind changes. */
static void open_kernel_tls(void) {
  struct tls12_crypto_info_aes_gcm_128 key = {.info = {TLS_1_2_VERSION, TLS_CIPHER_AES_GCM_128}};
  open_tcp();
  if (setsockopt(rd, IPPROTO_TCP, TCP_ULP, "tls", 4) == -1) ABSENT("no kernel TLS");
  CHECK(setsockopt(wr, IPPROTO_TCP, TCP_ULP, "tls", 4) == 0);
  CHECK(setsockopt(wr, SOL_TLS, TLS_TX, &key, sizeof key) == 0);
  CHECK(setsockopt(rd, SOL_TLS, TLS_RX, &key, sizeof key) == 0);
}

static void tipc(int type) {
  struct sockaddr_tipc at = {.family = AF_TIPC, .addrtype = TIPC_ADDR_NAME, .scope = TIPC_NODE_SCOPE};
  at.addr.name.name.type = 18888;
  at.addr.name.name.instance = (unsigned)getpid();
  if ((rd = socket(AF_TIPC, type, 0)) == -1) ABSENT("no TIPC");
  CHECK(bind(rd, (struct sockaddr *)&at, sizeof at) == 0);
  CHECK((wr = socket(AF_TIPC, type, 0)) != -1 && connect(wr, (struct sockaddr *)&at, sizeof at) == 0);
}

static void open_tipc(void) { tipc(SOCK_RDM); }

static void put_plain_text(void) { EQUAL(send(wr, "0123456789abcdef", 16, MSG_MORE), 16); }

/* A cipher counts as readable until it has been told that more is to come. */
static void open_cipher(void) {
  struct sockaddr_alg at = {.salg_family = AF_ALG, .salg_type = "skcipher", .salg_name = "cbc(aes)"};
  int d = socket(AF_ALG, SOCK_SEQPACKET, 0);
  if (d == -1 || bind(d, (struct sockaddr *)&at, sizeof at) == -1) ABSENT("no ciphers of the kernel's");
  CHECK(setsockopt(d, SOL_ALG, ALG_SET_KEY, "0123456789abcdef", 16) == 0);
  CHECK((rd = wr = accept(d, 0, 0)) != -1);
  close(d);
  put_plain_text();
  take_some();
}

static void open_packet_pipe(void) {
  int p[2];
  if (pipe2(p, O_DIRECT) == -1) ABSENT("no pipes of packets");
  rd = p[0];
  wr = p[1];
}

/* Packets of a protocol that the kernel does not know. */
static void open_raw_ip(void) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  own_network();
  if ((rd = socket(AF_INET, SOCK_RAW, 253)) == -1) ABSENT("no raw sockets");
  CHECK((wr = socket(AF_INET, SOCK_RAW, 253)) != -1);
  CHECK(connect(wr, (struct sockaddr *)&to, sizeof to) == 0);
}

static void open_tunnel(void) {
  struct ifreq tun = {.ifr_name = "owfat0", .ifr_flags = IFF_TUN | IFF_NO_PI};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(0x0a090801)}};
  own_network();
  if ((rd = open("/dev/net/tun", O_RDWR)) == -1 || ioctl(rd, TUNSETIFF, &tun) == -1) ABSENT("no /dev/net/tun");
  CHECK((wr = socket(AF_INET, SOCK_DGRAM, 0)) != -1);
  memcpy(&tun.ifr_addr, &to, sizeof to);
  CHECK(ioctl(wr, SIOCSIFADDR, &tun) == 0);
  to.sin_addr.s_addr = htonl(0xffffff00);
  memcpy(&tun.ifr_netmask, &to, sizeof to);
  CHECK(ioctl(wr, SIOCSIFNETMASK, &tun) == 0);
  tun.ifr_flags = IFF_UP | IFF_RUNNING | IFF_NOARP;
  CHECK(ioctl(wr, SIOCSIFFLAGS, &tun) == 0);
  to.sin_addr.s_addr = htonl(0x0a090802);
  to.sin_port = htons(9);
  CHECK(connect(wr, (struct sockaddr *)&to, sizeof to) == 0);
  /* What the kernel says of its own accord when the interface comes up. */
  sleep_ms(50);
  drain(rd);
}

static void open_message_queue(void) {
  char name[40];
  struct mq_attr size = {.mq_maxmsg = 8, .mq_msgsize = 64};
  snprintf(name, sizeof name, "/owfat-%d", (int)getpid());
  if ((rd = wr = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &size)) == -1) ABSENT("no message queues");
  mq_unlink(name);
}

static void put_in_queue(void) { CHECK(mq_send(wr, "12345678", UNIT, 0) == 0); }

static void take_from_queue(void) {
  char buf[64];
  EQUAL(mq_receive(rd, buf, sizeof buf, 0), UNIT);
}

static const struct kind kind_netlink = {3, open_netlink, put_netlink, take_some, tryread_some, 0};
static const struct kind kind_packet = {3, open_packet, put_frame, take_some, tryread_some, 0};
static const struct kind kind_vsock = {3, open_vsock, put_8, take_8, tryread_8, 0};
static const struct kind kind_vsock_messages = {3, open_vsock_messages, put_8, take_some, tryread_some, 0};
static const struct kind kind_multipath = {3, open_multipath, put_8, take_8, tryread_8, 0};
static const struct kind kind_kernel_tls = {3, open_kernel_tls, put_8, take_8, tryread_8, 0};
static const struct kind kind_tipc = {3, open_tipc, put_8, take_some, tryread_some, 0};
static const struct kind kind_cipher = {1, open_cipher, put_plain_text, take_some, tryread_some, 0};
static const struct kind kind_packet_pipe = {3, open_packet_pipe, put_8, take_some, tryread_some, 0};
static const struct kind kind_raw_ip = {3, open_raw_ip, put_8, take_some, tryread_some, 0};
static const struct kind kind_tunnel = {3, open_tunnel, put_8, take_some, tryread_some, 0};
static const struct kind kind_message_queue = {3, open_message_queue, put_in_queue, take_from_queue, 0, 0};

#endif
