/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* IPv4 addresses as text. In memory they are 4 bytes in network order, of any alignment. */

#ifndef LIBOWFAT_IP4_H
#define LIBOWFAT_IP4_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 127.0.0.1, the machine itself. */
extern const char ip4loopback[4];

/*
 Reads an IPv4 address in dotted decimal at the beginning of src into the 4 bytes at ip. Leading zeros in
 its numbers mean nothing; there is no octal and no hexadecimal. Returns how many bytes of src that took,
 whatever follows them; or 0, leaving ip alone, if src does not begin with an address.
 */
size_t scan_ip4(const char *src, char *ip);

/*
 Writes the IPv4 address in the 4 bytes at ip to dest in dotted decimal, without a null byte. If dest is NULL,
 nothing is written. Returns the length, 7 to 15.
 */
size_t fmt_ip4(char *dest, const char *ip);

/* Room for every IPv4 address as text, with a null byte behind it. */
#define FMT_IP4 20
#define IP4_FMT 20

/* The same functions under their older names. */
#define ip4_scan scan_ip4
#define ip4_fmt fmt_ip4

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IP4_H */
