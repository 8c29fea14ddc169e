/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Buffers in front of reads and writes.
 *
 * A buffer is for one direction, and does not know which. The functions that write return 0, or -1 with the errno of
 * the operation; what it did not take is still in the buffer, so that nothing is lost if it is called for again.
 * Nothing is written by itself: end with buffer_flush.
 */

#ifndef LIBOWFAT_BUFFER_H
#define LIBOWFAT_BUFFER_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include <stddef.h>
#include <string.h>
#include <sys/types.h>

struct stralloc;

/* Operations are declared with (), because some take three arguments and some four; newer compilers have a word to say. */
#if defined(__clang__) && __clang_major__ >= 15 && !defined(__cplusplus)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wstrict-prototypes"
#endif

/* A buffer for reading or for writing. The macros below use its fields, so that they are the same for ever. */
typedef struct buffer {
  /* The memory. */
  char *x;
  /* Reading: where the next byte is. Writing: how many bytes wait. */
  size_t p;
  /* Reading: where the bytes end. Writing: 0. */
  size_t n;
  /* Bytes of memory. */
  size_t a;
  /*
   What fills or empties the buffer, called as op(fd, memory, length, b) with the address of the buffer itself
   as b, which read and write do not look at. It returns a number of bytes, or -1 with errno.
   */
  ssize_t (*op)();
  /* The business of op. */
  void *cookie;
  /* What buffer_close calls with the address of the buffer, or NULL. */
  void (*deinit)(void*);
  /* The first argument of op. */
  int fd;
} buffer;

/* Looks at the len bytes of a token so far. Returns 1 if that is all of it, 0 if not, -1 to give up. */
typedef int (*string_predicate)(const char *x, size_t len);

/* Looks at a token so far. Returns 1 if that is all of it, 0 if not, -1 to give up. */
typedef int (*sa_predicate)(struct stralloc *sa);

#ifdef __cplusplus
extern "C" {
#endif

/* Standard input. Before it reads, buffer_1 is flushed; if that fails, so does the read. */
extern struct buffer *buffer_0;

/* Standard input with little memory, and buffer_1small. */
extern struct buffer *buffer_0small;

/* Standard output. */
extern struct buffer *buffer_1;

/* Standard output with little memory. */
extern struct buffer *buffer_1small;

/* Standard error. */
extern struct buffer *buffer_2;

/* Makes *b an empty buffer with ylen bytes of memory at y, whose operation op gets the descriptor fd. */
void buffer_init(struct buffer *b, ssize_t (*op)(), int fd, char *y, size_t ylen);

/* The same with memory from malloc, which buffer_close gives back. */
void buffer_init_free(struct buffer *b, ssize_t (*op)(), int fd, char *y, size_t ylen);

/* For the field deinit: frees the memory of the buffer at buf. The buffer itself is the caller's. */
void buffer_free(void *buf);

/* For the field deinit: unmaps the memory of the buffer at buf. */
void buffer_munmap(void *buf);

/*
 Closes the descriptor if it is greater than 2, and calls deinit if there is one. What waits to be written is
 not written.
 */
void buffer_close(struct buffer *b);

/*
 buffer_init with read(2), for a file that may not have been opened: if fd is -1, returns -1 and changes neither *b nor
 errno. Else returns 0.
 */
int buffer_init_read(struct buffer *b,
                     int fd,
                     char *y,
                     size_t ylen);

/* The same with write(2). */
int buffer_init_write(struct buffer *b, int fd, char *y, size_t ylen);

/*
 Makes *b an empty buffer with ylen bytes of memory from malloc, which buffer_close gives back. Returns 0; or -1, and
 *b is unchanged: if fd is -1, with errno as it was, or ENOMEM.
 */
int buffer_init_allocbuf(struct buffer *b,
                         ssize_t (*op)(),
                         int fd,
                         size_t ylen);

/* buffer_init_allocbuf with read(2). */
int buffer_init_read_allocbuf(struct buffer *b, int fd, size_t ylen);

/* buffer_init_allocbuf with write(2). */
int buffer_init_write_allocbuf(struct buffer *b, int fd, size_t ylen);

/* Makes *b a buffer that reads the ylen bytes at y, which have to stay there, and then is at the end of the input for ever. */
void buffer_init_staticcontents(struct buffer *b,
                                char *y,
                                size_t ylen);

/* The same with bytes from malloc, which buffer_close gives back. */
void buffer_init_staticcontents_free(struct buffer *b, char *y, size_t ylen);

/* Reads once if no bytes are at hand. Returns how many are at hand then, 0 at the end of the input, or -1. */
ssize_t buffer_feed(struct buffer *b);

/*
 Reads len bytes to x, or up to the end of the input, however often that means to read. Returns how many
 there were, or -1: then those that came before the error are lost.
 */
ssize_t buffer_get(struct buffer *b, char *x, size_t len);

/* Reads one byte to *x. Returns 1, 0 at the end of the input, or -1. */
ssize_t buffer_getc(struct buffer *b, char *x);

/* The same as buffer_get. */
ssize_t buffer_getn(struct buffer *b, char *x, size_t len);

/* Returns where the bytes at hand are. Only buffer_feed says how many. */
char *buffer_peek(struct buffer *b);

/*
 Passes over the next len bytes, or up to the end of the input, however often that means to read. Returns len; or -1, EINVAL
 for more than SSIZE_MAX.
 */
ssize_t buffer_seek(struct buffer *b,
                    size_t len);

/*
 Stores the next byte in *x; it is the next one still. Reads only if no bytes are at hand. Returns 1, 0 at the end of the
 input, or -1.
 */
ssize_t buffer_peekc(struct buffer *b,
                     char *x);

/*
 Reads a token to x: bytes up to the first of the setlen delimiters at charset, which is stored too. Returns the
 length without the delimiter; len if none came within as many bytes, then the next call goes on there; and at the end
 of the input the number of bytes before it, with a null byte stored behind them if that fits. So after a result
 of 0 *x tells an empty token from the end. Returns -1 on error: then the bytes that came before it are lost.
 */
ssize_t buffer_get_token(struct buffer *b,
                         char *x,
                         size_t len,
                         const char *charset,
                         size_t setlen);

/* buffer_get_token for a line: the delimiter is the newline. */
ssize_t buffer_getline(struct buffer *b, char *x, size_t len);

/*
 buffer_get_token where the function p, called after each byte, says which one is the last. Returns -1 if
 that returns -1, too. The end of the input stores no null byte.
 */
ssize_t buffer_get_token_pred(struct buffer *b, char *x, size_t len, string_predicate p);

/*
 Appends to *sa up to the first of the setlen delimiters at charset, and that too. Returns 1; 0 if the end of the input
 came first; or -1, ENOMEM without memory. What was read until then stays in *sa: after EAGAIN the same call goes
 on.
 */
int buffer_get_token_sa(struct buffer *b,
                        struct stralloc *sa,
                        const char *charset,
                        size_t setlen);

/* buffer_get_token_sa for a line: the delimiter is the newline. */
int buffer_getline_sa(struct buffer *b, struct stralloc *sa);

/* buffer_get_token_sa into an emptied *sa. */
int buffer_get_new_token_sa(struct buffer *b, struct stralloc *sa, const char *charset, size_t setlen);

/* buffer_getline_sa into an emptied *sa. */
int buffer_getnewline_sa(struct buffer *b, struct stralloc *sa);

/*
 Appends to *sa up to the byte after which the function p returns 1. Returns 0, also if the end of the input came first;
 or -1 on error or if p does, then what was read until then stays in *sa.
 */
int buffer_get_token_sa_pred(struct buffer *b,
                             struct stralloc *sa,
                             sa_predicate p);

/* buffer_get_token_sa_pred into an emptied *sa. */
int buffer_get_new_token_sa_pred(struct buffer *b, struct stralloc *sa, sa_predicate p);

/*
 Makes *b a buffer that reads the file filename, which is mapped: all of it is at hand. buffer_close
 unmaps it. Returns 0; or -1, also for an empty file, which leaves errno alone.
 */
int buffer_mmapread(struct buffer *b, const char *filename);

/* Makes *b a buffer that reads the l bytes at x, which have to stay there. */
void buffer_frombuf(struct buffer *b, const char *x, size_t l);

/* Makes *b a buffer that reads the contents of *sa, which may not change until the end. */
void buffer_fromsa(struct buffer *b, const struct stralloc *sa);

/*
 Makes *b a buffer that appends to *sa, which has to stay where it is. Its length is right after buffer_flush. Returns 0, or -1
 without memory.
 */
int buffer_tosa(struct buffer *b,
                struct stralloc *sa);

/* Writes what waits. What op does not take goes on waiting. */
int buffer_flush(struct buffer *b);

/*
 Adds the len bytes at x. If there is no room for them, what waits is written; if they would not fit into the
 empty buffer either, they are written at once. On error nothing is added, but of bytes that would not fit
 into the empty buffer some may have been written.
 */
int buffer_put(struct buffer *b, const char *x, size_t len);

/*
 Adds the len bytes at x, and writes whenever the buffer is full and there is more: op gets full buffers only. On
 error some of the bytes may have been added.
 */
int buffer_putalign(struct buffer *b,
                    const char *x,
                    size_t len);

/* buffer_put and buffer_flush. If nothing waits, the bytes go to op without being copied. */
int buffer_putflush(struct buffer *b, const char *x, size_t len);

/* buffer_put for the string x, without its null byte. */
int buffer_puts(struct buffer *b, const char *x);

/* buffer_putalign for the string x, without its null byte. */
int buffer_putsalign(struct buffer *b, const char *x);

/* buffer_putflush for the string x, without its null byte. */
int buffer_putsflush(struct buffer *b, const char *x);

/* Adds a blank. */
int buffer_putspace(struct buffer *b);

/* Adds a newline, and writes everything. */
int buffer_putnlflush(struct buffer *b);

/* Adds the number l in decimal. */
int buffer_putulong(struct buffer *b, unsigned long l);

/* Adds the number l in octal. */
int buffer_put8long(struct buffer *b, unsigned long l);

/* Adds the number l in hexadecimal. */
int buffer_putxlong(struct buffer *b, unsigned long l);

/* Adds the number l in decimal, with a minus sign if it is negative. */
int buffer_putlong(struct buffer *b, long l);

/* Adds the number l in decimal, with a minus sign if it is negative. */
int buffer_putlonglong(struct buffer *b, long long l);

/* Adds the number l in decimal. */
int buffer_putulonglong(struct buffer *b, unsigned long long l);

/* Adds what the system calls the error in errno, as strerror does. */
int buffer_puterror(struct buffer *b);

/* Adds what the system calls the error errnum. */
int buffer_puterror2(struct buffer *b, int errnum);

/* Adds the contents of *sa. */
int buffer_putsa(struct buffer *b, const struct stralloc *sa);

/* Adds the contents of *sa, and writes everything. */
int buffer_putsaflush(struct buffer *b, const struct stralloc *sa);

/*
 Calls op(fd, buf, len, cookie) for what is left until all is written; signals do not end that. Returns 0 with errno 0; or
 -1, with EIO if op writes nothing without an errno.
 */
int buffer_stubborn(ssize_t (*op)(),
                    int fd,
                    const char *buf,
                    size_t len,
                    void *cookie);

/* Calls op(fd, buf, len, cookie) until no signal interrupts it, and returns its result. */
ssize_t buffer_stubborn_read(ssize_t (*op)(), int fd, const char *buf, size_t len, void *cookie);

/* Static initialisers: buffer b = BUFFER_INIT(op, fd, memory, sizeof memory). */
#define BUFFER_INIT(op,fd,buf,len) { (char *)(buf), 0, 0, (len), (ssize_t (*)())(op), NULL, NULL, (fd) }
#define BUFFER_INIT_READ(op,fd,buf,len) BUFFER_INIT(op,fd,buf,len)

/* The same with memory from malloc, which buffer_close gives back. */
#define BUFFER_INIT_FREE(op,fd,buf,len) \
  { (char *)(buf), 0, 0, (len), (ssize_t (*)())(op), NULL, buffer_free, (fd) }

/* How much memory the standard buffers have, and others may well have too. */
#define BUFFER_INSIZE 8192
#define BUFFER_OUTSIZE 8192

/* Adds strings up to a NULL, without their NULs, or up to the first error. */
int buffer_putm_internal(buffer *b, ...);

/* The same, and writes everything. */
int buffer_putm_internal_flush(buffer *b, ...);

/* The same two with the NULL added. */
#define buffer_putm(b,...) buffer_putm_internal((b), __VA_ARGS__, (char *)0)
#define buffer_putmflush(b,...) buffer_putm_internal_flush((b), __VA_ARGS__, (char *)0)

/* Adds the one byte c, a variable, without a call if there is room. */
#define buffer_PUTC(s,c) \
  (((s)->a != (s)->p) ? ((s)->x[(s)->p++] = (c), 0) : buffer_put((s), &(c), 1))

/* buffer_peek, and buffer_seek by no more than what is at hand, without a call. */
#define buffer_PEEK(s) ((s)->x + (s)->p)
#define buffer_SEEK(s,len) ((s)->p += (len))

/* buffer_getc, without a call if a byte is at hand. */
#define buffer_GETC(s,c) \
  (((s)->p < (s)->n) ? (*(c) = *buffer_PEEK(s), buffer_SEEK((s), 1), 1) : buffer_get((s), (c), 1))

#ifdef LIBOWFAT_ARRAY_H
/*
 Makes *b a buffer that reads the bytes in use of *a, which may not change until then. One that has failed is
 empty. Include array.h before this header.
 */
void buffer_fromarray(buffer *b, array *a);
#endif

#if defined(__GNUC__) && !defined(__LIBOWFAT_INTERNAL)
/* The compiler knows how long a constant string is. */
#define buffer_puts(b,s) (__builtin_constant_p(s) ? buffer_put((b), (s), strlen(s)) : buffer_puts((b), (s)))
#define buffer_putsflush(b,s) \
  (__builtin_constant_p(s) ? buffer_putflush((b), (s), strlen(s)) : buffer_putsflush((b), (s)))
#endif

#if defined(__clang__) && __clang_major__ >= 15 && !defined(__cplusplus)
#pragma clang diagnostic pop
#endif

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_BUFFER_H */
