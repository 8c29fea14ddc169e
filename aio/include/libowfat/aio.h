/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 Asynchronous file input and output: the C library's <aio.h>, and what libowfat-aio adds to it.

 Programs that need no more than POSIX keep including <aio.h>, and only link with -lowfat-aio. See libowfat-aio(3).
 */

/* With the folder of this file among those searched, <aio.h> means this file, too: then the system's is the next one. */
#if defined LIBOWFAT_AIO_H && defined LIBOWFAT_AIO_INCLUDES_SYSTEM_HEADER
#pragma GCC system_header
#include_next <aio.h>
#endif

#ifndef LIBOWFAT_AIO_H
#define LIBOWFAT_AIO_H

#define LIBOWFAT_AIO_INCLUDES_SYSTEM_HEADER
#include <aio.h>
#undef LIBOWFAT_AIO_INCLUDES_SYSTEM_HEADER
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 As the C library's <aio.h>: programs that are compiled with -D_FILE_OFFSET_BITS=64 or -D_TIME_BITS=64 call other functions
 under the same names, because on 32-bit machines a block or a limit of time is another one.
 */
#ifndef __LP64__
#ifdef __USE_FILE_OFFSET64
int aio_readv(struct aiocb*) __asm__("aio_readv64");
int aio_writev(struct aiocb*) __asm__("aio_writev64");
int owfat_aio_read(struct aiocb*) __asm__("owfat_aio_read64");
int owfat_aio_write(struct aiocb*) __asm__("owfat_aio_write64");
int owfat_aio_readv(struct aiocb*) __asm__("owfat_aio_readv64");
int owfat_aio_writev(struct aiocb*) __asm__("owfat_aio_writev64");
int owfat_aio_fsync(int, struct aiocb*) __asm__("owfat_aio_fsync64");
int owfat_lio_listio(int, struct aiocb* const[], int, struct sigevent*) __asm__("owfat_lio_listio64");
#endif
#ifdef __USE_TIME_BITS64
ssize_t aio_waitcomplete(struct aiocb**, struct timespec*) __asm__("aio_waitcomplete_time64");
ssize_t owfat_aio_waitcomplete(struct aiocb**, struct timespec*) __asm__("owfat_aio_waitcomplete_time64");
int owfat_aio_suspend(const struct aiocb* const[], int, const struct timespec*) __asm__("owfat_aio_suspend_time64");
#ifdef __USE_LARGEFILE64
int owfat_aio_suspend64(const struct aiocb64* const[], int, const struct timespec*) __asm__("owfat_aio_suspend_time64");
#endif
#endif
#elif defined __USE_LARGEFILE64
int aio_readv64(struct aiocb64*) __asm__("aio_readv");
int aio_writev64(struct aiocb64*) __asm__("aio_writev");
int owfat_aio_readv64(struct aiocb64*) __asm__("owfat_aio_readv");
int owfat_aio_writev64(struct aiocb64*) __asm__("owfat_aio_writev");
#endif

/* Other names of aio_buf and aio_nbytes, for aio_readv and aio_writev: the array of struct iovec, and its length. */
#define aio_iov aio_buf
#define aio_iovcnt aio_nbytes

/* Operations of lio_listio besides POSIX's: aio_readv and aio_writev. LIO_VECTORED is what they have in common. */
#define LIO_VECTORED 4
#define LIO_READV 4
#define LIO_WRITEV 5

/*
 As aio_read, into the aio_iovcnt buffers that aio_iov describes. The array is read during the call. Returns 0, or -1 and
 sets errno as aio_read does; an aio_iovcnt below 0 or above IOV_MAX ends the request with EINVAL,
 an array that is not in memory with EFAULT.
 */
int aio_readv(struct aiocb* block);

/* As aio_write, from the aio_iovcnt buffers that aio_iov describes. See aio_readv. */
int aio_writev(struct aiocb* block);

/*
 Waits for the next completed request that neither aio_return nor aio_waitcomplete has collected. Stores the address of
 its block in *done and returns what aio_return returns; -1 with errno for a request that failed. If there is none, stores
 NULL and returns -1 with errno: EAGAIN if no request is pending, EINPROGRESS if timeout (NULL: no limit) has passed, EINTR,
 EINVAL for a timeout that is none, ENOMEM. A cancellation point.
 */
ssize_t aio_waitcomplete(struct aiocb** done, struct timespec* timeout);

/*
 The completion descriptor of this process: readable exactly while aio_waitcomplete has something to hand out. It is for
 poll, epoll and io_wantread, and never to be read or closed. The same number at each call; a forked child asks anew.
 Returns -1 and sets errno if there are no resources: EMFILE, ENFILE, ENOMEM.
 */
int owfat_aio_fd(void);

/*
 The same functions under names that the C library does not have, for libraries that want this implementation whatever
 the program is linked with.
 */
int owfat_aio_read(struct aiocb* block);
int owfat_aio_write(struct aiocb* block);
int owfat_aio_readv(struct aiocb* block);
int owfat_aio_writev(struct aiocb* block);
int owfat_aio_fsync(int operation, struct aiocb* block);
int owfat_aio_error(const struct aiocb* block);
ssize_t owfat_aio_return(struct aiocb* block);
int owfat_aio_cancel(int fd, struct aiocb* block);
int owfat_aio_suspend(const struct aiocb* const list[], int n, const struct timespec* timeout);
int owfat_lio_listio(int mode, struct aiocb* const list[], int n, struct sigevent* notification);
ssize_t owfat_aio_waitcomplete(struct aiocb** done, struct timespec* timeout);
#ifdef __USE_LARGEFILE64
int aio_readv64(struct aiocb64* block);
int aio_writev64(struct aiocb64* block);
int owfat_aio_readv64(struct aiocb64* block);
int owfat_aio_writev64(struct aiocb64* block);
int owfat_aio_read64(struct aiocb64* block);
int owfat_aio_write64(struct aiocb64* block);
int owfat_aio_fsync64(int operation, struct aiocb64* block);
int owfat_aio_error64(const struct aiocb64* block);
ssize_t owfat_aio_return64(struct aiocb64* block);
int owfat_aio_cancel64(int fd, struct aiocb64* block);
int owfat_aio_suspend64(const struct aiocb64* const list[], int n, const struct timespec* timeout);
int owfat_lio_listio64(int mode, struct aiocb64* const list[], int n, struct sigevent* notification);
#endif
#ifdef __USE_GNU
void owfat_aio_init(const struct aioinit* hints);
#endif

#ifdef __cplusplus
}
#endif

#endif
