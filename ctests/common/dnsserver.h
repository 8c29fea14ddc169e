/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A DNS server for tests, in a network of the test's own: everything goes to port 53, which another program may use
 * outside.
 *
 *     static void answer(struct question *q) {
 *       begin(q, 0, 1);
 *       record(DNS_T_A, "\1\2\3\4", 4);
 *       reply(q);
 *     }
 *     TEST(name) {
 *       private_network();
 *       serve("127.0.0.1", answer);
 *       ask_servers("127.0.0.1");
 *       ...
 *     }
 */
#ifndef DNSSERVER_H
#define DNSSERVER_H

#include "t.h"

#include <arpa/inet.h>
#include <libowfat/dns.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* A question, as the server has received it. */
struct question {
  int fd;
  int tcp;
  unsigned char bytes[600];
  size_t length;
  struct sockaddr_in6 from;
  socklen_t from_length;
};

/* What the servers of this test have seen, shared with the test. */
struct seen {
  int udp, tcp;
  struct {
    unsigned short id, port;
  } udp_questions[1000];
};
static struct seen *seen;

/* Becomes part of a namespace of its own. Without the rights of root, that takes a namespace of users, too. */
static inline int apart(int flags) { return unshare(flags) == 0 || unshare(flags | CLONE_NEWUSER) == 0; }

static inline void private_network(void) {
  struct ifreq lo = {.ifr_name = "lo"};
  if (!apart(CLONE_NEWNET | CLONE_NEWNS)) SKIP("no network namespace for a server on port 53");
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(ioctl(fd, SIOCGIFFLAGS, &lo) == 0);
  lo.ifr_flags |= IFF_UP;
  /* Where namespaces of users are restricted, one can be made that has no rights in it. */
  if (ioctl(fd, SIOCSIFFLAGS, &lo) == -1) SKIP("no network namespace for a server on port 53");
  close(fd);
  seen = mmap(0, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(seen != MAP_FAILED);
  unsetenv("DNSCACHEIP");
  unsetenv("DNSREWRITEFILE");
  unsetenv("LOCALDOMAIN");
}

/* The file PATH has these contents, for this test alone; behind private_network(). */
static inline void private_file(const char *path, const char *contents) {
  char name[T_NAME];
  int fd = mkstemp(temporary(name, "dns"));
  CHECK(fd != -1);
  CHECK(write(fd, contents, strlen(contents)) == (ssize_t)strlen(contents));
  close(fd);
  int mounted = mount("none", "/", 0, MS_REC | MS_PRIVATE, 0);
  if (mounted == 0) mounted = mount(name, path, 0, MS_BIND, 0);
  unlink(name);
  if (mounted != 0) SKIP("nothing can be put in the place of %s", path);
}

static inline void ask_servers(const char *joined) { CHECK(setenv("DNSCACHEIP", joined, 1) == 0); }

/* The answer under way. */
static unsigned char packet[70000];
static size_t packet_length;

static inline void put_bytes(const void *bytes, size_t n) {
  memcpy(packet + packet_length, bytes, n);
  packet_length += n;
}

static inline void put_number(unsigned n) {
  unsigned char both[2] = {n >> 8, n};
  put_bytes(both, 2);
}

/* Where the question ends. */
static inline size_t question_end(const struct question *q) {
  size_t at = 12;
  while (at < q->length && q->bytes[at]) at += q->bytes[at] + 1;
  return at + 5;
}

/* Begins an answer: the question, a response code with flags (0x0200 is truncation), and so many records to come. */
static inline void begin(const struct question *q, unsigned flags, unsigned records) {
  packet_length = 0;
  put_bytes(q->bytes, 2);
  put_number(0x8180 | flags);
  put_number(1);
  put_number(records);
  put_bytes("\0\0\0\0", 4);
  put_bytes(q->bytes + 12, question_end(q) - 12);
}

/* A record of the name in the question. */
static inline void record(const char *type, const void *data, size_t n) {
  put_bytes("\300\14", 2);
  put_bytes(type, 2);
  put_bytes("\0\1\0\0\0\5", 6);
  put_number((unsigned)n);
  put_bytes(data, n);
}

static inline void send_to(const struct question *q, const void *bytes, size_t n) {
  if (q->tcp)
    send(q->fd, bytes, n, MSG_NOSIGNAL);
  else
    sendto(q->fd, bytes, n, 0, (const struct sockaddr *)&q->from, q->from_length);
}

static inline void reply(const struct question *q) {
  if (q->tcp) {
    unsigned char both[2] = {packet_length >> 8, packet_length};
    send_to(q, both, 2);
  }
  send_to(q, packet, packet_length);
}

/* Whether the question is for this type, and for a name that begins with this label. */
static inline int asks(const struct question *q, const char *type, const char *label) {
  size_t n = strlen(label);
  return memcmp(q->bytes + question_end(q) - 4, type, 2) == 0 && q->bytes[12] == n &&
         strncasecmp((const char *)q->bytes + 13, label, n) == 0;
}

static inline void bind_to_53(int fd, const char *address) {
  struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(53)};
  char mapped[64];
  int on = 1;
  snprintf(mapped, sizeof mapped, "%s%s", strchr(address, ':') ? "" : "::ffff:", address);
  CHECK(inet_pton(AF_INET6, mapped, &to.sin6_addr) == 1);
  if (IN6_IS_ADDR_LINKLOCAL(&to.sin6_addr)) to.sin6_scope_id = if_nametoindex("lo");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  CHECK(bind(fd, (struct sockaddr *)&to, sizeof to) == 0);
}

static inline void receive_udp(struct question *q, int fd, void (*answer)(struct question *)) {
  q->fd = fd;
  q->tcp = 0;
  q->from_length = sizeof q->from;
  ssize_t n = recvfrom(fd, q->bytes, sizeof q->bytes, 0, (struct sockaddr *)&q->from, &q->from_length);
  if (n < 17) return;
  q->length = (size_t)n;
  int at = __sync_fetch_and_add(&seen->udp, 1);
  if (at < 1000) {
    seen->udp_questions[at].id = (unsigned short)(q->bytes[0] << 8 | q->bytes[1]);
    seen->udp_questions[at].port = ntohs(q->from.sin6_port);
  }
  answer(q);
}

/* One question over a connection, of which the client may hang up. */
static inline void receive_tcp(struct question *q, int fd, void (*answer)(struct question *)) {
  unsigned char length[2];
  q->fd = fd;
  q->tcp = 1;
  if (recv(fd, length, 2, MSG_WAITALL) == 2) {
    q->length = (size_t)(length[0] << 8 | length[1]);
    if (q->length < sizeof q->bytes && recv(fd, q->bytes, q->length, MSG_WAITALL) == (ssize_t)q->length) {
      __sync_fetch_and_add(&seen->tcp, 1);
      answer(q);
    }
  }
  close(fd);
}

/* Gives the loopback interface an address, such as fe80::53; behind private_network(). */
static inline void loopback_has(const char *address) {
  struct {
    struct in6_addr address;
    uint32_t prefix;
    int interface;
  } request = {.prefix = 64, .interface = (int)if_nametoindex("lo")};
  CHECK(inet_pton(AF_INET6, address, &request.address) == 1);
  int fd = socket(AF_INET6, SOCK_DGRAM, 0);
  if (ioctl(fd, SIOCSIFADDR, &request) != 0) SKIP("the loopback interface takes no address");
  /* The kernel has to find out that no other machine has it. */
  struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_addr = request.address};
  to.sin6_scope_id = (uint32_t)request.interface;
  for (int64_t end = millis() + 10000; bind(fd, (struct sockaddr *)&to, sizeof to) != 0; sleep_ms(1))
    CHECK(errno == EADDRNOTAVAIL && millis() < end);
  close(fd);
}

/* Whether connections to servers that are started from now on are refused. */
static int refuse_connections;

/* Starts a server that ends with the test, if not before. */
static inline pid_t serve(const char *address, void (*answer)(struct question *)) {
  struct pollfd sockets[2] = {{.fd = socket(AF_INET6, SOCK_DGRAM, 0), .events = POLLIN},
                              {.fd = socket(AF_INET6, SOCK_STREAM, 0), .events = POLLIN}};
  for (int i = 0; i < 2; i++) bind_to_53(sockets[i].fd, address);
  if (!refuse_connections) CHECK(listen(sockets[1].fd, 10) == 0);
  pid_t test = getpid(), server = child();
  if (server != 0) {
    close(sockets[0].fd);
    close(sockets[1].fd);
    return server;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != test) _exit(0);
  for (;;) {
    struct question q;
    if (poll(sockets, refuse_connections ? 1 : 2, -1) < 1) continue;
    if (sockets[0].revents) receive_udp(&q, sockets[0].fd, answer);
    if (sockets[1].revents & POLLIN) receive_tcp(&q, accept(sockets[1].fd, 0, 0), answer);
  }
}

#endif
