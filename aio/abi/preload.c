/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* libowfat-aio-preload.so: the plain names without a version, so that references to any version of the C library's names
 * are bound to them, each a jump to its twin in libowfat-aio.so.0. So a program that is linked with that library and runs
 * under the preload has one engine, not two. */
#define _GNU_SOURCE
/* Each function of either width under its own name, whatever the compiler says by itself. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
#include <libowfat/aio.h>

int aio_read(struct aiocb* block) { return owfat_aio_read(block); }
int aio_write(struct aiocb* block) { return owfat_aio_write(block); }
int aio_fsync(int operation, struct aiocb* block) { return owfat_aio_fsync(operation, block); }
int aio_error(const struct aiocb* block) { return owfat_aio_error(block); }
ssize_t aio_return(struct aiocb* block) { return owfat_aio_return(block); }
int aio_cancel(int fd, struct aiocb* block) { return owfat_aio_cancel(fd, block); }
int aio_suspend(const struct aiocb* const list[], int n, const struct timespec* timeout) {
  return owfat_aio_suspend(list, n, timeout);
}
int lio_listio(int mode, struct aiocb* const list[], int n, struct sigevent* notification) {
  return owfat_lio_listio(mode, list, n, notification);
}

int aio_read64(struct aiocb64* block) { return owfat_aio_read64(block); }
int aio_write64(struct aiocb64* block) { return owfat_aio_write64(block); }
int aio_fsync64(int operation, struct aiocb64* block) { return owfat_aio_fsync64(operation, block); }
int aio_error64(const struct aiocb64* block) { return owfat_aio_error64(block); }
ssize_t aio_return64(struct aiocb64* block) { return owfat_aio_return64(block); }
int aio_cancel64(int fd, struct aiocb64* block) { return owfat_aio_cancel64(fd, block); }
int aio_suspend64(const struct aiocb64* const list[], int n, const struct timespec* timeout) {
  return owfat_aio_suspend64(list, n, timeout);
}
int lio_listio64(int mode, struct aiocb64* const list[], int n, struct sigevent* notification) {
  return owfat_lio_listio64(mode, list, n, notification);
}

void aio_init(const struct aioinit* hints) { owfat_aio_init(hints); }
int aio_readv(struct aiocb* block) { return owfat_aio_readv(block); }
int aio_writev(struct aiocb* block) { return owfat_aio_writev(block); }
ssize_t aio_waitcomplete(struct aiocb** done, struct timespec* timeout) { return owfat_aio_waitcomplete(done, timeout); }

#ifndef __LP64__
int aio_readv64(struct aiocb64* block) { return owfat_aio_readv64(block); }
int aio_writev64(struct aiocb64* block) { return owfat_aio_writev64(block); }

/* With a time_t of 64 bits, which this file does not have on every machine. */
int owfat_aio_suspend_time64(const struct aiocb* const list[], int n, const void* timeout);
ssize_t owfat_aio_waitcomplete_time64(struct aiocb** done, void* timeout);
int __aio_suspend_time64(const struct aiocb* const list[], int n, const void* timeout);
int __aio_suspend_time64(const struct aiocb* const list[], int n, const void* timeout) {
  return owfat_aio_suspend_time64(list, n, timeout);
}
ssize_t aio_waitcomplete_time64(struct aiocb** done, void* timeout);
ssize_t aio_waitcomplete_time64(struct aiocb** done, void* timeout) { return owfat_aio_waitcomplete_time64(done, timeout); }
#endif
