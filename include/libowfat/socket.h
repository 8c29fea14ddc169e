/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * TCP, UDP and SCTP sockets over IPv4 and IPv6.
 *
 * Addresses are raw bytes in network order, of any alignment: 4 in the functions that end in 4, 16 in those that
 * end in 6; the latter show IPv4 addresses as IPv4-mapped ones. Ports are in host order. A scope_id is the index
 * of an interface, 0 for none. No call is repeated for EINTR.
 */

#ifndef LIBOWFAT_SOCKET_H
#define LIBOWFAT_SOCKET_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <sys/types.h>
#include "uint16.h"
#include "uint32.h"

/* There are socket_fastopen, socket_fastopen_connect4, socket_fastopen_connect6 and socket_quickack. */
#define HAVE_SOCKET_FASTOPEN

/* What socket_deferaccept waits for: any data, or a whole HTTP request. As wide as an int, also in programs with
   -fshort-enums. */
enum
#ifdef __GNUC__
__attribute__((__mode__(__SI__)))
#endif
defermode {
  DATAIN,
  HTTPIN
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 If not 0, there is no IPv6: every function for IPv6 uses IPv4 instead, and takes IPv4-mapped addresses and ::1
 alone. The library sets it to 1 when the kernel proves to have no IPv6; programs may set it too.
 */
extern int noipv6;

/*
 Returns a new nonblocking TCP socket for IPv4, or -1 and sets errno as socket(2) does. Like every descriptor
 that this header's functions return, it is inherited by programs that are executed.
 */
int socket_tcp4(void);

/* Does what socket_tcp4 does, but the socket is blocking. */
int socket_tcp4b(void);

/* Returns a new nonblocking UDP socket for IPv4, or -1 and sets errno. */
int socket_udp4(void);

/* Does what socket_udp4 does, but the socket is blocking. */
int socket_udp4b(void);

/*
 Returns a new nonblocking TCP socket for IPv6 that speaks IPv4 too, with IPv4-mapped addresses; or -1 and sets
 errno. If the kernel has no IPv6, or noipv6 is not 0, the socket is one for IPv4; in the first case noipv6
 becomes 1.
 */
int socket_tcp6(void);

/* Does what socket_tcp6 does, but the socket is blocking. */
int socket_tcp6b(void);

/* Returns a new nonblocking UDP socket, otherwise as socket_tcp6. */
int socket_udp6(void);

/* Does what socket_udp6 does, but the socket is blocking. */
int socket_udp6b(void);

/* Returns a new nonblocking SCTP socket for IPv4, or -1 and sets errno: EPROTONOSUPPORT if the kernel has no SCTP. */
int socket_sctp4(void);

/* Does what socket_sctp4 does, but the socket is blocking. */
int socket_sctp4b(void);

/*
 Returns a new nonblocking SCTP socket, otherwise as socket_tcp6. That the kernel has no SCTP (EPROTONOSUPPORT)
 leaves noipv6 alone.
 */
int socket_sctp6(void);

/* Does what socket_sctp6 does, but the socket is blocking. */
int socket_sctp6b(void);

/*
 Connects s to the 4 bytes at ip and port. Returns 0, or -1 and sets errno; EINPROGRESS if s is nonblocking: it is
 writable as soon as the outcome is known, and socket_connected tells.
 */
int socket_connect4(int s,
                    const char *ip,
                    uint16 port);

/*
 Connects s to the 16 bytes at ip and port; scope_id is the index of the interface for addresses that need one, else
 0. If noipv6 is not 0, IPv4-mapped addresses and ::1 become IPv4. Returns as socket_connect4.
 */
int socket_connect6(int s,
                    const char *ip,
                    uint16 port,
                    uint32 scope_id);

/*
 Returns 1 if s is connected; otherwise 0, and errno says why: ENOTCONN, or what went wrong with a connection that
 was made in the background (ECONNREFUSED, say), which is told once.
 */
int socket_connected(int s);

/*
 Binds s to the 4 bytes at ip, to all addresses if ip is NULL, and to port; 0 lets the kernel choose one. Returns 0,
 or -1 and sets errno.
 */
int socket_bind4(int s,
                 const char *ip,
                 uint16 port);

/*
 Does what socket_bind4 does, even if the port is in use by sockets that were bound in this way too (SO_REUSEPORT) or
 by connections of an earlier listener (SO_REUSEADDR).
 */
int socket_bind4_reuse(int s,
                       const char *ip,
                       uint16 port);

/*
 Binds s to the 16 bytes at ip, to all addresses if ip is NULL, and to port; 0 lets the kernel choose one. scope_id
 is the index of the interface for addresses that need one, else 0. If noipv6 is not 0, ::, ::1 and IPv4-mapped
 addresses become IPv4. Returns 0, or -1 and sets errno.
 */
int socket_bind6(int s,
                 const char *ip,
                 uint16 port,
                 uint32 scope_id);

/*
 Does what socket_bind6 does, even if the port is in use by sockets that were bound in this way too (SO_REUSEPORT) or
 by connections of an earlier listener (SO_REUSEADDR).
 */
int socket_bind6_reuse(int s,
                       const char *ip,
                       uint16 port,
                       uint32 scope_id);

/*
 Makes s a listener, for which backlog connections may wait to be accepted; the kernel may allow fewer. Returns 0, or
 -1 and sets errno.
 */
int socket_listen(int s,
                  unsigned int backlog);

/*
 Stores the address of s in the 4 bytes at ip, and its port in *port; each may be NULL. Returns 0, or -1 and sets
 errno: EAFNOSUPPORT if it is an IPv6 address that is not IPv4-mapped.
 */
int socket_local4(int s,
                  char *ip,
                  uint16 *port);

/*
 Stores the address of s in the 16 bytes at ip, its port in *port, and the index of its interface, 0 if it has none,
 in *scope_id; each may be NULL. An IPv4 address becomes IPv4-mapped. Returns 0, or -1 and sets errno.
 */
int socket_local6(int s,
                  char *ip,
                  uint16 *port,
                  uint32 *scope_id);

/* Does what socket_local4 does for the address that s is connected to. errno is ENOTCONN if there is none. */
int socket_remote4(int s, char *ip, uint16 *port);

/* Does what socket_local6 does for the address that s is connected to. errno is ENOTCONN if there is none. */
int socket_remote6(int s, char *ip, uint16 *port, uint32 *scope_id);

/*
 Accepts a connection on the listener s, and stores the peer's address in the 4 bytes at ip and its port in *port;
 each may be NULL. Returns a new descriptor, which is blocking; or -1 and sets errno: EAGAIN if s is nonblocking
 and no connection is waiting; EAFNOSUPPORT, having closed the connection, if the peer has an IPv6 address that
 is not IPv4-mapped.
 */
int socket_accept4(int s,
                   char *ip,
                   uint16 *port);

/*
 Accepts a connection on the listener s, and stores the peer's address in the 16 bytes at ip, its port in *port, and
 the index of its interface, 0 if it has none, in *scope_id; each may be NULL. An IPv4 address becomes
 IPv4-mapped. Returns a new descriptor, which is blocking; or -1 and sets errno: EAGAIN if s is nonblocking and
 no connection is waiting.
 */
int socket_accept6(int s,
                   char *ip,
                   uint16 *port,
                   uint32 *scope_id);

/*
 Receives a datagram of up to len bytes in buf; what is longer is cut. Stores the sender's address in the 4 bytes
 at ip and its port in *port; each may be NULL. Returns the number of bytes, which may be 0; or -1 and sets
 errno: EAGAIN if s is nonblocking and nothing is there; EAFNOSUPPORT, the datagram being lost, if the sender
 has an IPv6 address that is not IPv4-mapped.
 */
ssize_t socket_recv4(int s,
                     char *buf,
                     size_t len,
                     char *ip,
                     uint16 *port);

/*
 Receives a datagram of up to len bytes in buf; what is longer is cut. Stores the sender's address in the 16 bytes
 at ip, its port in *port, and the index of its interface, 0 if it has none, in *scope_id; each may be NULL. An
 IPv4 address becomes IPv4-mapped; if the kernel names no sender, as on a connected stream, all is 0. Returns
 the number of bytes, which may be 0; or -1 and sets errno: EAGAIN if s is nonblocking and nothing is there.
 */
ssize_t socket_recv6(int s,
                     char *buf,
                     size_t len,
                     char *ip,
                     uint16 *port,
                     uint32 *scope_id);

/*
 Sends the len bytes at buf to the 4 bytes at ip and port. Returns the number of bytes, or -1 and sets errno: EAGAIN
 if s is nonblocking and has no room for them.
 */
ssize_t socket_send4(int s,
                     const char *buf,
                     size_t len,
                     const char *ip,
                     uint16 port);

/* Does what socket_send4 does, with the flags of sendto(2). */
ssize_t socket_send4_flag(int s, const char *buf, size_t len, const char *ip, uint16 port, int flags);

/*
 Sends the len bytes at buf to the 16 bytes at ip and port; scope_id is the index of the interface for addresses that
 need one, else 0. If noipv6 is not 0, IPv4-mapped addresses and ::1 become IPv4, and others fail with
 EPROTONOSUPPORT. Returns as socket_send4.
 */
ssize_t socket_send6(int s,
                     const char *buf,
                     size_t len,
                     const char *ip,
                     uint16 port,
                     uint32 scope_id);

/* Does what socket_send6 does, with the flags of sendto(2). */
ssize_t socket_send6_flag(int s,
                          const char *buf,
                          size_t len,
                          const char *ip,
                          uint16 port,
                          uint32 scope_id,
                          int flags);

/*
 Connects the TCP socket s to the 4 bytes at ip and port, and sends up to len bytes at buf, in the first packet where
 the system and the peer know TCP Fast Open. Returns the number of bytes sent; or -1 and sets errno. EINPROGRESS
 on a nonblocking socket means that the connection is being made, and nothing has been sent.
 */
ssize_t socket_fastopen_connect4(int s,
                                 const char *ip,
                                 uint16 port,
                                 const char *buf,
                                 size_t len);

/* Does what socket_fastopen_connect4 does, with an address as in socket_connect6. */
ssize_t socket_fastopen_connect6(int s,
                                 const char *ip,
                                 uint16 port,
                                 uint32 scope_id,
                                 const char *buf,
                                 size_t len);

/*
 socket_accept4, and the new descriptor is nonblocking if flags has SOCKET_NONBLOCK (1), and close-on-exec if it has
 SOCKET_CLOEXEC (2); else it is not, whatever s is. Other bits are ignored.
 */
int socket_accept4_flags(int s,
                         char *ip,
                         uint16 *port,
                         int flags);

/* socket_accept6, and the new descriptor is as the flags say, as in socket_accept4_flags. */
int socket_accept6_flags(int s, char *ip, uint16 *port, uint32 *scope_id, int flags);

/* socket_accept4_flags with SOCKET_NONBLOCK. */
int socket_accept4_makenonblocking(int s, char *ip, uint16 *port);

/* socket_accept4_flags with SOCKET_CLOEXEC. */
int socket_accept4_setcloseonexec(int s, char *ip, uint16 *port);

/* socket_accept4_flags with SOCKET_NONBLOCK and SOCKET_CLOEXEC. */
int socket_accept4_makenonblocking_setcloseonexec(int s, char *ip, uint16 *port);

/* socket_accept6_flags with SOCKET_NONBLOCK. */
int socket_accept6_makenonblocking(int s, char *ip, uint16 *port, uint32 *scope_id);

/* socket_accept6_flags with SOCKET_CLOEXEC. */
int socket_accept6_setcloseonexec(int s, char *ip, uint16 *port, uint32 *scope_id);

/* socket_accept6_flags with SOCKET_NONBLOCK and SOCKET_CLOEXEC. */
int socket_accept6_makenonblocking_setcloseonexec(int s, char *ip, uint16 *port, uint32 *scope_id);

/* Allows s to send to broadcast addresses. Returns 0, or -1 and sets errno. */
int socket_broadcast(int s);

/*
 Makes s a member of the multicast group whose address is the 4 bytes at groupip, on the interface whose address is
 the 4 bytes at _interface; NULL or 0.0.0.0 leaves the choice to the kernel. Returns 0, or -1 and sets errno.
 */
int socket_mcjoin4(int s,
                   const char *groupip,
                   const char *_interface);

/*
 Makes s a member of the multicast group whose address is the 16 bytes at groupip, on the interface with the index
 _interface; 0 leaves the choice to the kernel, as does an IPv4-mapped address. Returns 0, or -1 and sets errno.
 */
int socket_mcjoin6(int s,
                   const char *groupip,
                   int _interface);

/* Ends what socket_mcjoin4 began. Returns 0, or -1 and sets errno. */
int socket_mcleave4(int s, const char *groupip);

/* Ends what socket_mcjoin6 began. Returns 0, or -1 and sets errno. */
int socket_mcleave6(int s, const char *groupip);

/*
 Sets how many networks multicast packets from s may travel: 0 to 255, as an unsigned char. Returns 0, or -1 and sets
 errno.
 */
int socket_mcttl4(int s,
                  char hops);

/* Does what socket_mcttl4 does for an IPv6 socket. */
int socket_mchopcount6(int s, char hops);

/*
 Makes multicast packets from s come back to this machine's members of the group, or if loop is 0, not. Returns 0, or
 -1 and sets errno.
 */
int socket_mcloop4(int s,
                   char loop);

/* Does what socket_mcloop4 does for an IPv6 socket. */
int socket_mcloop6(int s, char loop);

/*
 Asks for accept on the listener s to be signalled only when there is something to read from the connection. That may
 not be possible, and is no promise anywhere: a connection may come without data all the same. The listener
 should be listening already.
 */
void socket_deferaccept(int s,
                        enum defermode mode);

/* Asks for a receive buffer of size bytes, or failing that, for the next smaller one that the kernel grants. */
void socket_tryreservein(int s, int size);

/*
 Returns the name of the interface with the index _interface, or "[unknown]". The name stays until the same thread
 calls the function again.
 */
const char *socket_getifname(uint32 _interface);

/* Returns the index of the interface called ifname, or 0 if there is none. */
uint32 socket_getifidx(const char *ifname);

/* Makes the listener s take connections that come with data (TCP Fast Open). Returns 0, or -1 and sets errno. */
int socket_fastopen(int s);

/*
 Makes the kernel acknowledge what s receives at once, or if value is 0, when it sees fit. It may change that by
 itself later on. Returns 0, or -1 and sets errno: ENOPROTOOPT where there is no such option.
 */
int socket_quickack(int s,
                    int value);

#if defined(OWFAT_API) && OWFAT_API >= 33
/* For socket_accept4_flags and socket_accept6_flags. */
enum {
  /* The new descriptor is nonblocking. */
  SOCKET_NONBLOCK = 1,
  /* The new descriptor is close-on-exec. */
  SOCKET_CLOEXEC = 2
};
#endif

/* Without a number, sockets are for IPv4. */
#define socket_tcp() socket_tcp4()
#define socket_udp() socket_udp4()

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_SOCKET_H */
