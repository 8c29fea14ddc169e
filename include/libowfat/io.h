/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The event loop over descriptors. */

#ifndef LIBOWFAT_IO_H
#define LIBOWFAT_IO_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <pthread.h>
#include <semaphore.h>
#include "uint64.h"
#include "taia.h"

/* This header has io_eagain_read and io_eagain_write. */
#define HAVE_EAGAIN_READWRITE

/* This header has io_fd_flags with the flags below. */
#define HAVE_IO_FD_FLAGS 1

/* This header has io_queueforread and io_queueforwrite. */
#define HAVE_IO_QUEUEFORREAD

/* For io_fd_flags. */
enum io_fd_flags {
  /* The descriptor is writable, as a connection is when accept(2) has returned it. */
  IO_FD_CANWRITE = 1,
  /* The descriptor is in blocking mode: do not ask. */
  IO_FD_BLOCK = 2,
  /* The descriptor is in nonblocking mode: do not ask. */
  IO_FD_NONBLOCK = 4
};

/* For iom_add and iom_wait. */
enum {
  IOM_READ = 1,
  IOM_WRITE = 2,
  /* Only from iom_wait: the descriptor has an error. */
  IOM_ERROR = 4
};

enum { SLOTS = 128 };

/* One multiplexer for many threads. Its size is part of the interface, its fields are the library's. */
typedef struct iomux {
  int ctx;
  int working;
  unsigned int h, l;
  struct {
    int fd, events;
  } q[SLOTS];
  sem_t sem;
} iomux_t;

/* Functions without arguments are declared with (), as they always were; newer compilers have a word to say. */
#if defined(__clang__) && __clang_major__ >= 15 && !defined(__cplusplus)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wstrict-prototypes"
#endif


/*
 A function that writes up to n bytes at buf to s, or does with them what it likes. It answers as io_trywrite does: how
 many bytes it took, -1 with EAGAIN, or -3.
 */
typedef int64 (*io_write_callback)(int64 s, const void *buf, uint64 n);

/*
 A function that takes up to bytes bytes of the file in, from the offset off on, for out; io_mmapwritefile is one. It answers as
 an io_write_callback does.
 */
typedef int64 (*io_sendfile_callback)(int64 out, int64 in, uint64 off, uint64 bytes, io_write_callback writecb);

#ifdef __cplusplus
extern "C" {
#endif

/*
 Opens the file s for reading, as open(s, O_RDONLY) does. Returns 1 and stores the descriptor in *d, or returns 0
 and sets errno as open(2) does. The descriptor is not given to io_fd.
 */
int io_readfile(int64 *d,
                const char *s);

/*
 Opens the file s for writing; it is created with mode 0600 if it does not exist, and emptied if it does. Returns as
 io_readfile.
 */
int io_createfile(int64 *d,
                  const char *s);

/* Opens the file s, which must exist, for reading and writing. Returns as io_readfile. */
int io_readwritefile(int64 *d, const char *s);

/*
 Opens the file s for writing at its end; it is created with mode 0600 if it does not exist. Returns as
 io_readfile.
 */
int io_appendfile(int64 *d, const char *s);

/*
 Makes a pipe: what is written to d[1] can be read from d[0]. Both are given to io_fd and are in blocking mode. Returns 1,
 or 0 with errno set as pipe(2) and io_fd do.
 */
int io_pipe(int64 *d);

/*
 Makes a pair of connected Unix stream sockets. Both are given to io_fd and are in blocking mode. Returns 1, or 0 with
 errno set as socketpair(2) and io_fd do.
 */
int io_socketpair(int64 *d);

/*
 Reads up to len bytes from d without waiting, in blocking mode too. Returns how many bytes were read; 0 at end of
 file, or if len is 0; -1 with EAGAIN if there is nothing to read now; -3 with errno set otherwise (EBADF if d is not
 registered, EINVAL if len is negative, and whatever read(2) says).
 */
int64 io_tryread(int64 d,
                 char *buf,
                 int64 len);

/*
 Writes up to len bytes to d without waiting, in blocking mode too. Returns how many bytes were written, 0 if len is 0;
 -1 with EAGAIN if there is no room now; -3 with errno set otherwise (EPIPE or ECONNRESET if the peer does not read any more, EBADF if
 d is not registered, EINVAL if len is negative, and whatever write(2) says). If SIGPIPE has its default
 action, it is caught from now on.
 */
int64 io_trywrite(int64 d,
                  const char *buf,
                  int64 len);

/*
 Like io_tryread, but waits until there is something to read, in nonblocking mode too. Signals do not interrupt
 it. Never returns -1.
 */
int64 io_waitread(int64 d,
                  char *buf,
                  int64 len);

/*
 Like io_trywrite, but waits until there is room, in nonblocking mode too. It may write fewer bytes than asked for.
 Signals do not interrupt it. Never returns -1.
 */
int64 io_waitwrite(int64 d,
                   const char *buf,
                   int64 len);

/*
 Sets, moves or (t all zero) drops the deadline of d: a moment of the wall clock, usually taia_now and some seconds. When
 it passes, io_wait returns and io_timeouted returns d. Does nothing if d is not registered.
 */
void io_timeout(int64 d,
                tai6464 t);

/*
 Like io_tryread, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed. The call is always
 tried first.
 */
int64 io_tryreadtimeout(int64 d,
                        char *buf,
                        int64 len);

/*
 Like io_trywrite, but returns -2 with ETIMEDOUT instead of -1 if d has a deadline and it has passed. The call is always
 tried first.
 */
int64 io_trywritetimeout(int64 d,
                         const char *buf,
                         int64 len);

/*
 Sets read interest in d, until io_dontwantread or io_close: io_wait returns when d is readable. Does nothing if d is not
 registered.
 */
void io_wantread(int64 d);

/*
 Sets write interest in d, until io_dontwantwrite or io_close: io_wait returns when d is writable. Does nothing if d is not
 registered.
 */
void io_wantwrite(int64 d);

/* Clears read interest. Makes no system call. */
void io_dontwantread(int64 d);

/* Clears write interest. Makes no system call. */
void io_dontwantwrite(int64 d);

/*
 Waits until a descriptor is ready in a direction of interest, or a deadline passes. Returns
 at once if no registered descriptor has had interest and none has a deadline. Signals do not interrupt it, unless
 OWFAT_SIGNALS=interrupt is in the environment.
 */
void io_wait();

/*
 Like io_wait, but waits no longer than until t, a moment of the wall clock: for as long as t is away when it is called,
 also if the clock is set during the wait.
 */
void io_waituntil(tai6464 t);

/*
 Like io_wait, but waits no longer than so many milliseconds; without limit if they are negative. Returns how many
 events there were that the program has interest in, 0 if there were none, or -1 with EINTR if a signal came
 first.
 */
int64 io_waituntil2(int64 milliseconds);

/* Like io_wait, but does not wait: finds out what is ready now. */
void io_check();

/*
 The program's last call on d gave EAGAIN: io_eagain_read if d has read interest, io_eagain_write if it has write
 interest.
 */
void io_eagain(int64 d);

/*
 The program's last read, recv or accept on d gave EAGAIN. Saves the library from finding out by itself. Not needed
 after io_tryread.
 */
void io_eagain_read(int64 d);

/*
 The program's last write or send on d gave EAGAIN. Saves the library from finding out by itself. Not needed after
 io_trywrite.
 */
void io_eagain_write(int64 d);

/* Returns the next descriptor that is readable and has read interest, each once after every wait; -1 if there is none left. */
int64 io_canread();

/* Returns the next descriptor that is writable and has write interest, each once after every wait; -1 if there is none left. */
int64 io_canwrite();

/*
 Returns the next descriptor whose deadline has passed, the earliest first, each once until it returns -1; then all over
 again. A descriptor that is ready in a direction of interest is left out.
 */
int64 io_timeouted();

/* Returns 1 if d has a deadline and it has passed, else 0. */
int io_timedout(int64 d);

/*
 Registers the open file descriptor d with the library. It notes whether d is in nonblocking mode. Returns 1, or 0 with
 errno: EBADF if d is no open descriptor, ENOMEM. Registering a descriptor again is allowed, and needed when the
 number was closed with plain close() and has come back, or after setsockopt(2) has put an upper layer (TLS) on a socket.
 */
int io_fd(int64 d);

/* Like io_fd, for a descriptor that is known to be writable, such as a connection that was just accepted. */
int io_fd_canwrite(int64 d);

/*
 Like io_fd, with what the caller knows already: IO_FD_CANWRITE, and one of IO_FD_BLOCK and IO_FD_NONBLOCK, which saves a
 system call.
 */
int io_fd_flags(int64 d,
                int flags);

/*
 Stores a pointer with d for the program, until io_close; the library does not look at it. Does nothing if d is not
 registered.
 */
void io_setcookie(int64 d,
                  void *cookie);

/* Returns the pointer stored by io_setcookie; NULL if there is none, or if d is not registered. */
void *io_getcookie(int64 d);

/* Puts any open descriptor into nonblocking mode. */
void io_nonblock(int64 d);

/* Puts any open descriptor into blocking mode. */
void io_block(int64 d);

/* Has any open descriptor closed when the process executes another program. */
void io_closeonexec(int64 d);

/*
 Forgets everything about d, the cookie included, and closes it. Nothing returns d any more until io_fd is called with it
 again, even if it was ready. For a descriptor that is not registered it is plain close(2).
 */
void io_close(int64 d);

/*
 Forgets all descriptors and gives back all memory and descriptors of the library's own; closes none of the program's. A
 later io_fd starts afresh. No other thread may be inside the library during the call.
 */
void io_finishandshutdown(void);

/*
 Puts the registered descriptor d in the queue as if it had become readable: the next round of io_canread returns it once, if
 it has interest. Returns 1, or 0 with EBADF.
 */
int io_queueforread(int64 d);

/*
 Puts the registered descriptor d in the queue as if it had become writable: the next round of io_canwrite returns it once, if
 it has interest. Returns 1, or 0 with EBADF.
 */
int io_queueforwrite(int64 d);

/*
 Sends n bytes of the file fd, from the offset off on, to s, without copying them where the kernel can. Returns how many bytes
 were sent, less than n if s takes no more now or the file ends (0 if it ends before off); -1 with EAGAIN; -3 with errno as
 set by sendfile(2), read(2) and write(2). Neither s nor fd need be registered. On a descriptor in blocking mode it waits.
 */
int64 io_sendfile(int64 s,
                  int64 fd,
                  uint64 off,
                  uint64 n);

/*
 Offers the bytes from off on of the file `in` to the callback, in pieces of at most 64 KiB, until it takes less than it was
 offered. out is passed on to the callback, which answers as io_trywrite does. Returns how many bytes it took; if
 none, -1 if it answered -1 with EAGAIN, -3 with errno otherwise: EIO if the file ends before off, EPIPE if the callback
 answered 0.
 */
int64 io_mmapwritefile(int64 out,
                       int64 in,
                       uint64 off,
                       uint64 bytes,
                       io_write_callback writecb);

/*
 Sends one byte, with the descriptor fd attached, over the Unix socket sock. Returns 0, or -1 with errno: EOPNOTSUPP if
 sock is a socket of another family, over which nothing is sent, and whatever sendmsg(2) says.
 */
int io_passfd(int64 sock,
              int64 fd);

/*
 Takes one byte, and the descriptor attached to it, from the Unix socket sock. Returns the descriptor, which is not
 close-on-exec; if several were attached, the first, and the others are closed. Returns -1 with errno: EPROTO if none
 was attached to the byte, EMFILE if the process has no number left for the descriptor, which is then lost with its byte,
 EPIPE if the peer has closed, EAGAIN, and whatever recvmsg(2) says.
 */
int64 io_receivefd(int64 sock);

/*
 Describes what the library knows of s, for people: at most bufsize bytes with the null byte at the end; 600 are always
 enough. Returns the length without the null byte; 0 if s is not registered or bufsize is under 100.
 */
unsigned int io_debugstring(int64 s,
                            char *buf,
                            unsigned int bufsize);

/*
 Makes the multiplexer c ready for use by any number of threads. Returns 1, or -1 with errno: EMFILE, ENFILE, ENOMEM. It holds
 two descriptors, close-on-exec, until the process ends.
 */
int iom_init(iomux_t *c);

/*
 Has one event of s delivered to one of the threads in iom_wait: IOM_READ, IOM_WRITE or both. After its delivery s is asleep until
 it is added again. Closing s discards it. Returns 0, or -1 with errno: EBADF, EINVAL for other events, EPERM for files that
 cannot be waited for, ENOMEM, ENOSPC.
 */
int iom_add(iomux_t *c,
            int64 s,
            unsigned int events);

/*
 Like iom_add, for a descriptor that was added before and whose event was delivered. Returns 0, or -1 with errno; ENOENT if s
 was not added before.
 */
int iom_requeue(iomux_t *c,
                int64 s,
                unsigned int events);

/*
 Waits for one event, for so many milliseconds at most, without limit for (unsigned long)-1. Any number of threads may wait
 at once; each event goes to exactly one. Returns 1 and stores the descriptor in *s and what it is ready for in *revents
 (hang-up and error count as what was asked for; IOM_ERROR is added for an error); 0 when the time is over; -2 after iom_abort; -1
 with errno. Signals do not interrupt it.
 */
int iom_wait(iomux_t *c,
             int64 *s,
             unsigned int *revents,
             unsigned long timeout);

/* Has every iom_wait of every thread, running or to come, return -2. Returns 0, or -1 with errno. */
int iom_abort(iomux_t *c);

#if defined(__clang__) && __clang_major__ >= 15 && !defined(__cplusplus)
#pragma clang diagnostic pop
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IO_H */
