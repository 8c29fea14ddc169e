/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For programs that put functions of their own in front of libc's. With a time_t of 64 bits where there are two widths, headers
 * give some functions other names; the library calls them by the plain ones. */
#ifndef PLAIN_H
#define PLAIN_H

#include <sys/socket.h>

#if defined __USE_TIME_BITS64 && __SIZEOF_POINTER__ == 4
#define setsockopt plain_setsockopt
#define getsockopt plain_getsockopt
#define recvmsg plain_recvmsg
int plain_setsockopt(int, int, int, const void *, socklen_t) __asm__("setsockopt");
int plain_getsockopt(int, int, int, void *, socklen_t *) __asm__("getsockopt");
ssize_t plain_recvmsg(int, struct msghdr *, int) __asm__("recvmsg");
#endif

#endif
