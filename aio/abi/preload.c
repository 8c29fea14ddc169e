/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libowfat-aio-preload.so: the plain names without a version, so that references to any version of the C library's names
 * are bound to them, each a jump to its twin in libowfat-aio.so.0. So a program that is linked with that library and runs
 * under the preload has one engine, not two.
 *
 * <aio.h> is not included: it renames some of these functions, by macros or for the linker, each C library in its own way.
 * All that is passed on are numbers and addresses. */
#include <sys/types.h>

/* Defines a name and declares its twin. */
#define PASS_TO(twin, result, name, parameters, arguments) \
  result twin parameters; \
  result name parameters; \
  result name parameters { return twin arguments; }
#define PASS(result, name, parameters, arguments) PASS_TO(owfat_##name, result, name, parameters, arguments)

/* The functions that every machine has for either width of off_t. */
#define BOTH(result, name, parameters, arguments) \
  PASS(result, name, parameters, arguments) \
  PASS(result, name##64, parameters, arguments)

BOTH(int, aio_read, (void* block), (block))
BOTH(int, aio_write, (void* block), (block))
BOTH(int, aio_fsync, (int operation, void* block), (operation, block))
BOTH(int, aio_error, (const void* block), (block))
BOTH(ssize_t, aio_return, (void* block), (block))
BOTH(int, aio_cancel, (int fd, void* block), (fd, block))
BOTH(int, aio_suspend, (const void* list, int n, const void* timeout), (list, n, timeout))
BOTH(int, lio_listio, (int mode, const void* list, int n, void* notification), (mode, list, n, notification))

PASS(int, aio_readv, (void* block), (block))
PASS(int, aio_writev, (void* block), (block))
PASS(ssize_t, aio_waitcomplete, (void* done, void* timeout), (done, timeout))

/* What 32-bit machines have besides. */
#ifndef __LP64__
PASS(int, aio_readv64, (void* block), (block))
PASS(int, aio_writev64, (void* block), (block))
PASS(ssize_t, aio_waitcomplete_time64, (void* done, void* timeout), (done, timeout))
PASS_TO(owfat_aio_suspend_time64, int, __aio_suspend_time64, (const void* list, int n, const void* timeout), (list, n, timeout))
#endif

void owfat_aio_init(const void* hints);
void aio_init(const void* hints);
void aio_init(const void* hints) { owfat_aio_init(hints); }
