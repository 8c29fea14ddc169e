/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Questions to DNS servers, and what is in their answers.
 *
 * A domain is in memory as in a packet: each label with its length in front, and a zero behind the last one. Results of
 * the type char ** are NULL at first, and then memory from malloc, which the next result replaces.
 */

#ifndef LIBOWFAT_DNS_H
#define LIBOWFAT_DNS_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include "stralloc.h"
#include "iopause.h"
#include "taia.h"

/* Classes of records: Internet, any. */
#define DNS_C_IN "\0\1"
#define DNS_C_ANY "\0\377"

/* Types of records. */
#define DNS_T_A "\0\1"
#define DNS_T_NS "\0\2"
#define DNS_T_CNAME "\0\5"
#define DNS_T_SOA "\0\6"
#define DNS_T_PTR "\0\14"
#define DNS_T_HINFO "\0\15"
#define DNS_T_MX "\0\17"
#define DNS_T_TXT "\0\20"
#define DNS_T_RP "\0\21"
#define DNS_T_SIG "\0\30"
#define DNS_T_KEY "\0\31"
#define DNS_T_AAAA "\0\34"
#define DNS_T_AXFR "\0\374"
#define DNS_T_ANY "\0\377"

/* Room for the results of dns_name4_domain and dns_name6_domain. */
#define DNS_NAME4_DOMAIN 31
#define DNS_NAME6_DOMAIN 75


/* A question to DNS servers, from dns_transmit_start to the answer. It has to be all zeros before its first use. */
struct dns_transmit {
  /* NULL, or what is sent: from malloc, two bytes of its length in front. */
  char *query;
  /* How many bytes that is, with those two. */
  unsigned int querylen;
  /* NULL, or the answer, from malloc. */
  char *packet;
  /* How many bytes the answer has. */
  unsigned int packetlen;
  /* 0, or 1 + the descriptor of the socket. */
  int s1;
  /* 0 for UDP; 1 connecting, 2 writing, 3 and 4 reading the length, 5 reading the answer. */
  int tcpstate;
  /* The round over UDP, from 0. */
  unsigned int udploop;
  /* Which of the servers is asked, from 0. */
  unsigned int curserver;
  /* How long it may take. */
  tai6464 deadline;
  /* How much has been written or read over TCP. */
  unsigned int pos;
  /* 16 IPv6 addresses of servers; those that are all zeros are none. */
  const char *servers;
  /* The address to send from, all zeros for any. */
  char localip[16];
  /* The interface that link-local addresses belong to. */
  unsigned int scope_id;
  /* The type that is asked for. */
  char qtype[2];
};

#ifdef __cplusplus
extern "C" {
#endif

/* What dns_resolve asks, and is answered. Every call of dns_resolve changes it, in whatever thread. */
extern struct dns_transmit dns_resolve_tx;

/* Frees the domain *out, and makes that NULL. */
void dns_domain_free(char **out);

/* Makes *out a copy of the domain in. Returns 1, or 0 with errno ENOMEM; then *out is as before. */
int dns_domain_copy(char **out, const char *in);

/* The length of a domain in bytes, its final zero included: 1 for the root. */
unsigned int dns_domain_length(const char *dn);

/* Returns 1 if both domains are the same, else 0. Here, as everywhere in domains, case is ignored. */
int dns_domain_equal(const char *a, const char *b);

/* Returns 1 if little is the domain big, or a parent of it, else 0. */
int dns_domain_suffix(const char *big, const char *little);

/* Where the domain little begins in big, in bytes: 0 if it is no parent of it, or the same. */
unsigned int dns_domain_suffixpos(const char *big, const char *little);

/*
 Makes *out the domain that the n bytes of text at buf stand for. Labels that are missing between dots mean nothing: a
 dot at the end is fine, and "" is the root. A backslash stands before a byte without a special meaning, or
 before up to three octal digits. Returns 1, or 0 with errno: EINVAL if a label has more than 63 bytes, or
 the domain more than 255; ENOMEM. Then *out is as before.
 */
int dns_domain_fromdot(char **out,
                       const char *buf,
                       size_t n);

/*
 Appends a domain as text, in small letters, without a dot at the end; the root is a dot. Bytes other than
 letters, digits, - and _ become a backslash and three octal digits. Returns 1, or 0 with errno ENOMEM; then nothing
 has changed.
 */
int dns_domain_todot_cat(stralloc *out,
                         const char *d);

/*
 Writes the domain 4.3.2.1.in-addr.arpa for the address 1.2.3.4 in the 4 bytes at ip to name, which has room for
 DNS_NAME4_DOMAIN bytes.
 */
void dns_name4_domain(char *name,
                      const char *ip);

/*
 Writes the domain for the IPv6 address in the 16 bytes at ip to name: a label for each hexadecimal digit, the last one
 first, and ip6.arpa. name has room for DNS_NAME6_DOMAIN bytes.
 */
void dns_name6_domain(char *name,
                      const char *ip);

/*
 Copies the outlen bytes at position pos of the packet, which has len bytes at buf, to out. Returns the position
 behind them; or 0 with errno EINVAL if the packet ends before, then nothing is copied.
 */
unsigned int dns_packet_copy(const char *buf,
                             unsigned int len,
                             unsigned int pos,
                             char *out,
                             unsigned int outlen);

/*
 Makes *d the domain at position pos of a packet, whose pointers are followed. Returns the position behind it; or
 0 with errno: EINVAL for what is no domain, for one of more than 255 bytes, and for pointers in a circle;
 ENOMEM. Then *d is as before.
 */
unsigned int dns_packet_getname(const char *buf,
                                unsigned int len,
                                unsigned int pos,
                                char **d);

/*
 Returns the position behind the domain at position pos of a packet, which may be behind the end of the packet; or 0
 with errno EINVAL for what is no domain.
 */
unsigned int dns_packet_skipname(const char *buf,
                                 unsigned int len,
                                 unsigned int pos);

/*
 Replaces the contents of *out by the IPv4 addresses in an answer, 4 bytes each, in random order. Returns 0; or -1 with
 errno: EINVAL for a malformed packet, ENOMEM. Then there may be anything in *out.
 */
int dns_ip4_packet(stralloc *out,
                   const char *buf,
                   unsigned int len);

/* The same for IPv6 addresses, 16 bytes each; IPv4 addresses come as ::ffff:1.2.3.4. */
int dns_ip6_packet(stralloc *out, const char *buf, unsigned int len);

/* The same for the name in the first PTR record, as text: empty if there is none. */
int dns_name_packet(stralloc *out, const char *buf, unsigned int len);

/* The same for all strings in TXT records, one behind the other, with ? for bytes that are no printable ASCII. */
int dns_txt_packet(stralloc *out, const char *buf, unsigned int len);

/*
 The same for MX records: for each two bytes of preference, the more significant one first, the name as text, and a
 null byte.
 */
int dns_mx_packet(stralloc *out,
                  const char *buf,
                  unsigned int len);

/*
 Takes in the 128 bytes at seed. There is no need to: random numbers come from the system, and the seed serves only
 where a sandbox forbids the system call.
 */
void dns_random_init(const char *seed);

/* A random number below n, each as likely as the others, that cannot be guessed; 0 if n is 0. */
unsigned int dns_random(unsigned int n);

/* Puts the IPv4 addresses in the n bytes at s, 4 bytes each, into random order. */
void dns_sortip(char *s, unsigned int n);

/* The same for IPv6 addresses, 16 bytes each. */
void dns_sortip6(char *s, unsigned int n);

/*
 Asks for records of the type qtype (DNS_T_A ...) of the domain q, and returns at once. servers has 256 bytes, which
 stay as they are while the question is under way: 16 IPv6 addresses, of which those that are all zeros are none. If
 flagrecursive is not 0, the server is asked to ask others. localip has 16 bytes: the address to send from, all
 zeros for any. What was under way in *d before is freed. Returns 0; or -1 with errno if no server can be asked, then
 nothing is under way.
 */
int dns_transmit_start(struct dns_transmit *d,
                       const char *servers,
                       int flagrecursive,
                       const char *q,
                       const char *qtype,
                       const char *localip);

/* Ends the question, and frees the answer. *d is fit for the next one. */
void dns_transmit_free(struct dns_transmit *d);

/*
 Says what to wait for with iopause: *x becomes the descriptor and what it has to be ready for, and *deadline the
 moment at which to stop waiting, unless that is earlier already.
 */
void dns_transmit_io(struct dns_transmit *d,
                     iopause_fd *x,
                     tai6464 *deadline);

/*
 Goes on after a wait: x is the entry that iopause has filled in, when is the current time. Returns 1 if the answer is
 there, the packetlen bytes at packet of *d; 0 if it is not, then wait again, as dns_transmit_io says anew; or -1 with
 errno if no server has answered: ETIMEDOUT, ECONNREFUSED and the like, EAGAIN if servers failed or refused, EIO if they
 hung up or sent malformed answers; ENOMEM. Then nothing is under way any more.
 */
int dns_transmit_get(struct dns_transmit *d,
                     const iopause_fd *x,
                     const tai6464 *when);

/*
 Finds out which servers to ask, and writes their addresses to the 256 bytes at s: up to four from the variable
 DNSCACHEIP, in which dots separate them, or else from the nameserver lines of /etc/resolv.conf, or else ::1. A line may
 name the interface of a link-local address: fe80::1%eth0. The list does not hold it, but questions to the servers of the
 list go there, unless scope_id says otherwise. What was found serves for 10 minutes or 10000 calls. Returns 0, or -1
 with errno.
 */
int dns_resolvconfip(char *s);

/*
 Asks these servers, and waits for the answer, which then is in dns_resolve_tx. Returns 0, or -1 with the errno of
 dns_transmit_get.
 */
int dns_resolve(const char *q,
                const char *qtype);

/*
 Replaces the contents of *out by the IPv4 addresses of the name in *fqdn, 4 bytes each, in random order: none if there
 is no such name, or it has none. If there are only digits, dots and brackets in *fqdn, no server is asked: the
 addresses in it are the result. Returns 0; or -1 with errno: that of dns_transmit_get, or EINVAL for a malformed
 answer, a label that is too long, or a number above 255. Then there may be anything in *out.
 */
int dns_ip4(stralloc *out,
            const stralloc *fqdn);

/*
 The same for IPv6 addresses, 16 bytes each, and IPv4 addresses as ::ffff:1.2.3.4: both are asked for together. An
 IPv6 address in *fqdn is its own result, and EINVAL is the errno if anything stands behind it. Writes a null byte behind
 *fqdn.
 */
int dns_ip6(stralloc *out,
            stralloc *fqdn);

/*
 Replaces the contents of *out by the name of the IPv4 address in the 4 bytes at ip: empty if it has none. Returns 0; or
 -1 with the errno of dns_ip4.
 */
int dns_name4(stralloc *out,
              const char *ip);

/* The same for the IPv6 address in the 16 bytes at ip, which may be an IPv4 address mapped to IPv6. */
int dns_name6(stralloc *out, const char *ip);

/* Replaces the contents of *out by all texts of the name in *fqdn, as dns_txt_packet does. Returns as dns_ip4. */
int dns_txt(stralloc *out, const stralloc *fqdn);

/* The same for its mail exchangers, as dns_mx_packet does. */
int dns_mx(stralloc *out, const stralloc *fqdn);

/*
 Replaces the contents of *out by the rules for completing names, each with a null byte behind it: the lines of the file that
 the variable DNSREWRITEFILE names, or else of /etc/dnsrewrite; if there is none, those that follow from the
 domains in the variable LOCALDOMAIN, or else in the first search or domain line of /etc/resolv.conf, or else in the
 name of the machine. What was found serves for 10 minutes or 10000 calls. Returns 0, or -1 with errno.
 */
int dns_resolvconfrewrite(stralloc *out);

/*
 Completes the name in *in by these rules, replaces the contents of *fqdn by what comes of it, and those of *out
 by the addresses of that, as dns_ip4 does. A rule is =, *, ? or -, a suffix, a colon, and a replacement. = asks for
 the whole name, the others for its end, ? also for a name without dot and bracket before it; - replaces the whole
 name, the others the suffix. Each rule is applied in turn. If there is a + then, what stands before it is completed
 by what stands behind that and each further +, until there are addresses.
 */
int dns_ip4_qualify_rules(stralloc *out,
                          stralloc *fqdn,
                          const stralloc *in,
                          const stralloc *rules);

/* The same with the rules of dns_resolvconfrewrite. */
int dns_ip4_qualify(stralloc *out, stralloc *fqdn, const stralloc *in);

/* As dns_ip4_qualify_rules, with the addresses of dns_ip6; a ? keeps away from colons, too. */
int dns_ip6_qualify_rules(stralloc *out, stralloc *fqdn, const stralloc *in, const stralloc *rules);

/* The same with the rules of dns_resolvconfrewrite. */
int dns_ip6_qualify(stralloc *out, stralloc *fqdn, const stralloc *in);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_DNS_H */
