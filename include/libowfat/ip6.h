/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* IPv6 addresses as text. In memory they are 16 bytes in network order, of any alignment. */

#ifndef LIBOWFAT_IP6_H
#define LIBOWFAT_IP6_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include "byte.h"
#include "uint32.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the 16 bytes of an IPv4-mapped address, ::ffff:0.0.0.0 and up, begin with. */
extern const char V4mappedprefix[12];

/* ::1, the machine itself. */
extern const char V6loopback[16];

/* ::, to which a socket is bound that answers on all addresses. */
extern const char V6any[16];

/*
 Reads an IPv6 address at the beginning of src into the 16 bytes at ip: eight groups of up to four hexadecimal
 digits, with :: for some of them or dotted decimal for the last two; or an IPv4 address, which becomes
 IPv4-mapped. Returns how many bytes of src that took, whatever follows them; or 0, leaving ip alone, if
 src does not begin with an address.
 */
size_t scan_ip6(const char *src, char *ip);

/*
 Writes the IPv6 address in the 16 bytes at ip to dest, without a null byte: the longest run of two or more zero
 groups as ::, IPv4-mapped addresses as ::ffff:1.2.3.4. If dest is NULL, nothing is written. Returns the
 length, at most 39.
 */
size_t fmt_ip6(char *dest,
               const char *ip);

/* Does what fmt_ip6 does, but writes IPv4-mapped addresses as 1.2.3.4. */
size_t fmt_ip6c(char *dest, const char *ip);

/*
 Does what scan_ip6 does, and takes the name of a network interface behind a % too, such as fe80::1%eth0: a
 run of letters, digits, dots, dashes and underscores. The interface's index is stored in *scope_id, 0 if
 no name follows or no interface is called that. scope_id may be NULL.
 */
size_t scan_ip6if(const char *src, char *ip, uint32 *scope_id);

/*
 Does what fmt_ip6 does, and unless scope_id is 0, goes on with % and the name of the interface with that
 index, [unknown] if there is none. Returns the length, less than FMT_IP6 + 1 + IF_NAMESIZE.
 */
size_t fmt_ip6if(char *dest, const char *ip, uint32 scope_id);

/* Does what fmt_ip6if does, but writes IPv4-mapped addresses as 1.2.3.4, without an interface. */
size_t fmt_ip6ifc(char *dest, const char *ip, uint32 scope_id);

/*
 Reads an IPv6 address of exactly 32 hexadecimal digits, of either case, into the 16 bytes at ip. Returns 32;
 or 0, leaving ip alone, if src does not begin with that many.
 */
size_t scan_ip6_flat(const char *src, char *ip);

/*
 Writes the IPv6 address in the 16 bytes at ip to dest as 32 hexadecimal digits of lower case, without a null byte.
 If dest is NULL, nothing is written. Returns 32.
 */
size_t fmt_ip6_flat(char *dest,
                    const char *ip);

/* Room for what fmt_ip6, fmt_ip6c and fmt_ip6_flat write, with a null byte behind it; fmt_ip6if and fmt_ip6ifc
   need 1 + IF_NAMESIZE bytes more. */
#define FMT_IP6 40
#define IP6_FMT 40

/* 1 if the 16 bytes at ip are an IPv4-mapped address, else 0. */
#define ip6_isv4mapped(ip) (byte_equal((ip), 12, V4mappedprefix))

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IP6_H */
