/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Batches of buffers and file regions. */

#ifndef LIBOWFAT_IOB_H
#define LIBOWFAT_IOB_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "io.h"
#include "array.h"

/*
 A queue of buffers and file regions that goes out over one descriptor in as few system calls and packets as possible.
 All zeros is an empty batch. The fields are the library's.
 */
typedef struct io_batch {
  /* The entries. */
  array b;
  /* Bytes that were not sent yet. */
  uint64 bytesleft;
  /* Index of the first entry that is not sent completely. */
  long next;
  /* How many entries are buffers. */
  long bufs;
  /* How many entries are file regions. */
  long files;
#if defined(OWFAT_API) && OWFAT_API >= 34
  /* Not used: how a batch is made says what it is. */
  int owfat_reserved;
#endif
} io_batch;

#ifdef __cplusplus
extern "C" {
#endif

/*
 Makes an empty batch with room for so many entries (0 or less: for as many as will come). Returns NULL with ENOMEM. To be
 given back with iob_free.
 */
struct io_batch *iob_new(int hint_entries);

/*
 Makes an empty autofree batch with room for so many entries: each buffer and file that it owns is freed or closed as soon as its
 last byte was sent. Returns NULL with ENOMEM. To be given back with iob_free.
 */
struct io_batch *iob_new_autofree(size_t hint_entries);

/*
 Makes *b an empty batch with room for so many entries; what was there does not matter and is not freed. A hint of 0 takes no
 memory. Returns 0, or -1 with errno: ENOMEM (*b is an empty batch without room), EINVAL if b is NULL.
 */
int iob_init(struct io_batch *b,
             size_t hint_entries);

/*
 Like iob_init, for an autofree batch: each buffer and file that it owns is freed or closed as soon as its last byte was sent. It
 stays one, complete or reset, until the next iob_init or until its memory is zeroed.
 */
int iob_init_autofree(struct io_batch *b,
                      size_t hint_entries);

/*
 Appends n bytes at buf, which must stay as they are until the batch is sent or reset. Returns 1; n = 0 adds nothing. Returns 0
 with errno: ENOMEM, EOVERFLOW if the batch would hold 2^64 bytes, EINVAL if batch is NULL.
 */
int iob_addbuf(struct io_batch *batch,
               const void *buf,
               uint64 n);

/*
 Like iob_addbuf, for a buffer from malloc, which is freed exactly once: when the batch is sent completely (an autofree batch: when
 the buffer is), reset or freed; at once if n = 0 or on failure.
 */
int iob_addbuf_free(struct io_batch *batch,
                    const void *buf,
                    uint64 n);

/*
 Like iob_addbuf, for a mapping of n bytes from mmap(2), which is unmapped exactly once: when the batch is sent
 completely, reset or freed; at once on failure.
 */
int iob_addbuf_munmap(struct io_batch *batch,
                      const void *buf,
                      uint64 n);

/* iob_addbuf for the string s, without its null byte. */
int iob_adds(struct io_batch *batch, const char *s);

/* iob_addbuf_free for the string s, without its null byte. */
int iob_adds_free(struct io_batch *batch, const char *s);

/*
 Appends n bytes of the file fd from the offset off on. The caller keeps fd open until the batch is sent or reset. Returns as
 iob_addbuf.
 */
int iob_addfile(struct io_batch *batch,
                int64 fd,
                uint64 off,
                uint64 n);

/*
 Like iob_addfile, and io_close(fd) is called exactly once: when the batch is sent completely, reset or freed; at once if
 n = 0 or on failure.
 */
int iob_addfile_close(struct io_batch *batch,
                      int64 fd,
                      uint64 off,
                      uint64 n);

/*
 Sends as much of the batch to s as s takes. Returns how many bytes went out in this call; 0 if there was nothing left
 to send; -1 with EAGAIN if s takes nothing now; -3 with errno otherwise: whatever send(2) and sendfile(2) say, EIO if a file
 is shorter than was promised. An error that comes after some bytes have gone out is returned by the next call. When the
 last byte has gone out the batch has been reset. s may be a socket, a pipe, a terminal or a file; it need not be registered. On a
 descriptor in blocking mode the call waits until everything has gone out.
 */
int64 iob_send(int64 s,
               struct io_batch *batch);

/*
 Offers the rest of the batch to the callback, piece by piece, until it takes less than it was offered, fails, or nothing is
 left: buffers as they are, file regions in pieces of at most 64 KiB. s is passed on to the callback, which answers as io_trywrite
 does. What it did not take the next iob_write of the unchanged batch offers again, at the same address and no less of it. Returns
 how many bytes it took in this call; if none, 0 if nothing was left, -1 if it answered -1 with EAGAIN, -3 with
 errno otherwise (EPIPE if it answered 0). When the last byte is taken the batch has been reset.
 */
int64 iob_write(int64 s,
                struct io_batch *batch,
                io_write_callback cb);

/*
 Like iob_write, but offers each file region whole to sfcb, as sfcb(s, fd, offset, n, cb); io_mmapwritefile is such a function. sfcb
 answers as cb does. NULL: exactly iob_write.
 */
int64 iob_write2(int64 s,
                 struct io_batch *batch,
                 io_write_callback cb,
                 io_sendfile_callback sfcb);

/* Empties the batch; buffers and files that it owns are freed and closed. It can be used again. */
void iob_reset(struct io_batch *batch);

/* Empties a batch from iob_new and gives it back. NULL is allowed. */
void iob_free(struct io_batch *batch);

/*
 Asks the kernel to read ahead the next bytes of the file regions that are left to send. Changes nothing, and returns no
 error.
 */
void iob_prefetch(struct io_batch *batch,
                  uint64 bytes);

/* Returns how many bytes of the batch were not sent yet. */
uint64 iob_bytesleft(const struct io_batch *batch);

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IOB_H */
