/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The part of the web server that knows HTTP and files. It knows nothing of sockets and waiting: bytes go
 * in, an answer comes out. httpd.c, one folder up, moves both over the wire with io.h.
 */
#ifndef HTTPD_HTTP_H
#define HTTPD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* What a client may send: a whole request header, and the address in its first line. */
enum { REQUEST_MAX = 8192, TARGET_MAX = 4096 };

/* A request. The strings point into the buffer that was parsed. */
struct request {
  int error;        /* 0, or the status to refuse the request with; then only keep_alive is set as well */
  bool is_get, is_head;
  bool minor_1;     /* HTTP/1.1 or later, not 1.0 */
  bool keep_alive;  /* another request may follow on this connection */
  char *path;       /* percent-decoded, without its leading slashes; holds no ".." */
  char *query;      /* what followed the '?', or NULL */
  char *if_modified_since, *if_range, *range; /* header fields, or NULL */
};

/*
 * An answer: a text in memory, and after it a region of a file. The caller sends both, frees the text and
 * closes the file.
 */
struct answer {
  char *text;
  size_t text_len;
  int file;         /* -1: none */
  off_t offset, left;
  bool is_untyped;  /* see answer_add_type */
};

/* Length of the request header at the start of buf, its empty line included; 0 if it is not all there.
   *scanned, 0 for a new header, remembers between two calls what need not be looked at again. */
size_t request_length(const char *buf, size_t len, size_t *scanned);

/* Takes the header of `len` bytes at buf apart, writing NULs into it. */
void request_parse(struct request *r, char *buf, size_t len);

/* The status for a request that does not end within REQUEST_MAX bytes. */
int request_too_long(const char *buf, size_t len);

/* Makes the answer from the folder that `root` is open on. Returns false without memory. */
bool answer_request(struct answer *a, const struct request *r, int root);

/* Answers are made without waiting for the disk. Then what is not in memory is left to the caller: the bytes of the file,
   and where the header needs them to tell their type, the first TYPE_BYTES of it, or all if it is shorter. */
extern bool answers_never_wait;
enum { TYPE_BYTES = 512 };

/* Ends the text of an answer that is_untyped. */
void answer_add_type(struct answer *a, const char *bytes, size_t len);

/* Opens what lies under root at `path` ("" for root itself) for reading. Returns -1 with errno, EXDEV and
   ELOOP if the way there would lead out of root. */
int folder_open(int root, const char *path);

/* Writes the page that lists the folder `fd` is open on, and closes fd. Returns false if it cannot. */
bool folder_list(FILE *out, int fd, const char *path);

/* Whether names that begin with a dot are listed and served. */
extern bool dot_files;

/* Writes the page for a request that is not answered with a file or a folder. */
void status_page(FILE *out, int status, const char *reason);

/* Writes text so that it is safe inside a URL's path. */
void put_percent_encoded(FILE *out, const char *text);

#endif
