/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the system's header has the members of an event: the numbers of src/sys/queue/kqueue/system.rs. */
#include <stddef.h>
#include <sys/types.h>
#include <sys/event.h>
#include <sys/time.h>

#if defined __NetBSD__
enum { FILTER = 8, FLAGS = 12, FFLAGS = 16, DATA = 24, UDATA = 32 };
#else
enum { FILTER = 8, FLAGS = 10, FFLAGS = 12, DATA = 16, UDATA = 24 };
#endif
#if defined __NetBSD__
/* The library calls the kevent before NetBSD 10, whose events end behind udata. */
#define SIZE sizeof(struct kevent)
#elif defined __FreeBSD__
#define SIZE 64
#else
#define SIZE 32
#endif

_Static_assert(offsetof(struct kevent, filter) == FILTER && offsetof(struct kevent, flags) == FLAGS, "filter, flags");
_Static_assert(offsetof(struct kevent, fflags) == FFLAGS && offsetof(struct kevent, data) == DATA, "fflags, data");
_Static_assert(offsetof(struct kevent, udata) == UDATA && sizeof(struct kevent) == SIZE, "udata, size");
