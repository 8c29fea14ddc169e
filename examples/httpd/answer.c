/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Answers: from struct request and what is on the disk to the bytes to send. */
#define _GNU_SOURCE /* open_memstream, pread, preadv2, stpcpy */
#include "http.h"

#include <errno.h>
#include <inttypes.h>
#include <libowfat/fmt.h>
#include <libowfat/scan.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *reason(int status) {
  switch (status) {
  case 200: return "OK";
  case 206: return "Partial Content";
  case 301: return "Moved Permanently";
  case 304: return "Not Modified";
  case 400: return "Bad Request";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 414: return "URI Too Long";
  case 416: return "Range Not Satisfiable";
  case 431: return "Request Header Fields Too Large";
  case 503: return "Service Unavailable";
  case 505: return "HTTP Version Not Supported";
  default: return "Internal Server Error";
  }
}

static int status_of_errno(int error) {
  switch (error) {
  case ENOENT: case ENOTDIR: case ENAMETOOLONG: return 404;
  case EACCES: case EPERM: case ELOOP: case EXDEV: case ENXIO: return 403;
  case EMFILE: case ENFILE: case ENOMEM: case EAGAIN: return 503;
  default: return 500;
  }
}

bool answers_never_wait;

/* Reads what is in memory already; what is not, only if answers may wait for the disk. */
static ssize_t read_file(int file, void *to, size_t len, off_t offset) {
  if (!answers_never_wait)
    return pread(file, to, len, offset);
#ifdef RWF_NOWAIT
  return preadv2(file, &(struct iovec){.iov_base = to, .iov_len = len}, 1, offset, RWF_NOWAIT);
#else
  return -1;
#endif
}

/* Makefile, LICENSE, man.7: what has no null byte or other control characters is shown rather than downloaded. */
static const char *type_of_bytes(const char *bytes, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (bytes[i] == 0x7f || ((unsigned char)bytes[i] < ' ' && !strchr("\t\n\f\r\033", bytes[i] ? bytes[i] : 1)))
      return "application/octet-stream";
  return "text/plain; charset=utf-8";
}

/* The type that a name's ending stands for, or NULL. */
static const char *type_of_name(const char *path) {
  static const struct { const char *ending, *type; } types[] = {
    {"html", "text/html; charset=utf-8"}, {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},   {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"}, {"json", "application/json"},
    {"txt", "text/plain; charset=utf-8"}, {"md", "text/plain; charset=utf-8"},
    {"c", "text/plain; charset=utf-8"},   {"h", "text/plain; charset=utf-8"},
    {"rs", "text/plain; charset=utf-8"},  {"toml", "text/plain; charset=utf-8"},
    {"svg", "image/svg+xml"}, {"png", "image/png"}, {"jpg", "image/jpeg"}, {"jpeg", "image/jpeg"},
    {"gif", "image/gif"}, {"webp", "image/webp"}, {"ico", "image/x-icon"}, {"pdf", "application/pdf"},
    {"mp3", "audio/mpeg"}, {"ogg", "audio/ogg"}, {"mp4", "video/mp4"}, {"webm", "video/webm"},
    {"wasm", "application/wasm"}, {"woff2", "font/woff2"}, {"xml", "application/xml"},
    {"gz", "application/gzip"}, {"zip", "application/zip"}, {"bin", "application/octet-stream"},
  };
  const char *name = strrchr(path, '/');
  const char *dot = strrchr(name ? name : path, '.');
  /* Looking at the first letter spares most of the calls. */
  for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
    if ((dot[1] | 0x20) == *types[i].ending && strcasecmp(dot + 1, types[i].ending) == 0)
      return types[i].type;
  return NULL;
}

/* The fields of an answer for a file take less than 500 bytes. */
enum { DATE_SIZE = 64, HEAD_SIZE = 1024, SMALL_FILE = 16384 };

static void http_date(char date[DATE_SIZE], time_t when) {
  size_t len = fmt_httpdate(date, when);
  date[len ? len : fmt_httpdate(date, 0)] = '\0'; /* years before 0 are none of HTTP's */
}

/* What every answer begins with. Returns its end. */
static char *put_head(char *to, const struct request *r, int status) {
  static time_t second;
  static char date[DATE_SIZE];
  time_t now = time(NULL);
  if (now != second) /* thousands of answers have the same date */
    http_date(date, second = now);
  to = stpcpy(to, "HTTP/1.1 ");
  to += fmt_ulong(to, (unsigned long)status);
  to = stpcpy(stpcpy(to, " "), reason(status));
  to = stpcpy(stpcpy(to, "\r\nServer: owfat-httpd\r\nDate: "), date);
  return stpcpy(to, r->keep_alive ? "\r\nConnection: keep-alive\r\n" : "\r\nConnection: close\r\n");
}

/* Pages are written to memory as to a file: begin, the lines special to the answer, and one of the two ends. */
static FILE *begin(struct answer *a, const struct request *r, int status) {
  FILE *out = open_memstream(&a->text, &a->text_len);
  if (!out)
    return NULL;
  char head[HEAD_SIZE];
  fwrite(head, 1, (size_t)(put_head(head, r, status) - head), out);
  return out;
}

static bool end(struct answer *a, FILE *out) {
  bool failed = ferror(out);
  if (fclose(out) != 0 || failed) { /* no memory for all of it */
    free(a->text);
    a->text = NULL;
    return false;
  }
  return true;
}

static bool end_with_body(struct answer *a, const struct request *r, FILE *out, const char *type,
                          const char *body, size_t len) {
  fprintf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, len);
  if (!r->is_head)
    fwrite(body, 1, len, out);
  return end(a, out);
}

/* An answer without content of its own; `fields` is for header lines. */
static bool answer_status(struct answer *a, const struct request *r, int status, const char *fields) {
  char *page = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&page, &len);
  if (!out)
    return false;
  status_page(out, status, reason(status));
  bool ok = !ferror(out);
  ok = fclose(out) == 0 && ok && (out = begin(a, r, status)) != NULL;
  if (ok) {
    fputs(fields, out);
    ok = end_with_body(a, r, out, "text/html; charset=utf-8", page, len);
  }
  free(page);
  return ok;
}

/* A folder without a slash at its end: relative links on its page would go astray. */
static bool answer_redirect(struct answer *a, const struct request *r) {
  FILE *out = begin(a, r, 301);
  if (!out)
    return false;
  fputs("Location: /", out);
  put_percent_encoded(out, r->path);
  fprintf(out, "/%s%s\r\nContent-Length: 0\r\n\r\n", r->query ? "?" : "", r->query ? r->query : "");
  return end(a, out);
}

static bool answer_listing(struct answer *a, const struct request *r, int folder) {
  char *page = NULL;
  size_t len = 0;
  FILE *out = open_memstream(&page, &len);
  if (!out) {
    close(folder);
    return false;
  }
  bool listed = folder_list(out, folder, r->path) && !ferror(out);
  bool ok = fclose(out) == 0 && listed && (out = begin(a, r, 200)) != NULL &&
            end_with_body(a, r, out, "text/html; charset=utf-8", page, len);
  free(page);
  return ok;
}

/*
 * Part of a file: "bytes=FIRST-LAST", "bytes=FIRST-" or "bytes=-COUNT". Returns 206, 416 if no such bytes
 * are there, and 200 (send it all) for what is not understood, several parts at once included.
 */
static int parse_range(const char *range, off_t size, off_t *first, off_t *count) {
  if (strncasecmp(range, "bytes=", 6) != 0)
    return 200;
  const char *dash = range + 6 + strspn(range + 6, "0123456789");
  size_t digits = *dash == '-' ? strspn(dash + 1, "0123456789") : 0;
  if (*dash != '-' || dash[1 + digits] || (dash == range + 6 && digits == 0))
    return 200;
  uintmax_t from = strtoumax(range + 6, NULL, 10), to = strtoumax(dash + 1, NULL, 10);
  uintmax_t all = (uintmax_t)size;
  if (dash == range + 6) { /* the last so many */
    from = to < all ? all - to : 0;
    to = UINTMAX_MAX;
    if (from == all)
      return 416;
  } else if (digits == 0)
    to = UINTMAX_MAX;
  if (to < from)
    return 200;
  if (from >= all)
    return 416;
  *first = (off_t)from;
  *count = (off_t)((to < all ? to + 1 : all) - from);
  return 206;
}

static bool unchanged_since(const char *date, time_t modified) {
  time_t when;
  size_t len = scan_httpdate(date, &when);
  return len && !date[len + strspn(date + len, " \t")] && modified <= when;
}

/* The header of an answer for a part of a file, or for all of it, without the type of its content. Returns its end. */
static char *put_file_head(char *to, const struct request *r, int status, const char *modified, off_t size,
                           off_t first, off_t count) {
  to = stpcpy(stpcpy(put_head(to, r, status), "Last-Modified: "), modified);
  to = stpcpy(to, "\r\nAccept-Ranges: bytes\r\n");
  if (status == 206) {
    to = stpcpy(to, "Content-Range: bytes ");
    to += fmt_ulonglong(to, (unsigned long long)first);
    to = stpcpy(to, "-");
    to += fmt_ulonglong(to, (unsigned long long)(first + count - 1));
    to = stpcpy(to, "/");
    to += fmt_ulonglong(to, (unsigned long long)size);
    to = stpcpy(to, "\r\n");
  }
  if (status != 304) {
    to = stpcpy(to, "Content-Length: ");
    to += fmt_ulonglong(to, (unsigned long long)count);
    to = stpcpy(to, "\r\n");
  }
  return to;
}

static void put_type(struct answer *a, const char *type) {
  char *end = stpcpy(stpcpy(stpcpy(a->text + a->text_len, "Content-Type: "), type), "\r\n\r\n");
  a->text_len = (size_t)(end - a->text);
  a->is_untyped = false;
}

void answer_add_type(struct answer *a, const char *bytes, size_t len) { put_type(a, type_of_bytes(bytes, len)); }

/* Ends the header. The type of a file whose name does not tell it is seen by its first bytes. */
static void end_head(struct answer *a, const struct request *r, int status, int file) {
  const char *type = type_of_name(r->path);
  char bytes[TYPE_BYTES];
  ssize_t got = type || status == 304 ? 0 : read_file(file, bytes, sizeof bytes, 0);
  if (status == 304)
    a->text_len = (size_t)(stpcpy(a->text + a->text_len, "\r\n") - a->text);
  else if (type || got >= 0)
    put_type(a, type ? type : type_of_bytes(bytes, (size_t)got));
  else if (answers_never_wait)
    a->is_untyped = true;
  else
    put_type(a, "application/octet-stream");
}

/* A small file goes into the text, and out with it in one call. One that is larger, or would have to be waited for, stays
   open in the answer, for the caller to send from: it takes no memory while a slow client fetches it. */
static bool answer_file(struct answer *a, const struct request *r, int file, const struct stat *st) {
  char modified[DATE_SIZE];
  http_date(modified, st->st_mtime);
  int status = 200;
  off_t first = 0, count = st->st_size;
  if (r->if_modified_since && unchanged_since(r->if_modified_since, st->st_mtime))
    status = 304;
  else if (r->range && r->is_get && (!r->if_range || strcmp(r->if_range, modified) == 0))
    status = parse_range(r->range, st->st_size, &first, &count);

  if (status == 416) {
    char field[64];
    snprintf(field, sizeof field, "Content-Range: bytes */%jd\r\n", (intmax_t)st->st_size);
    close(file);
    return answer_status(a, r, status, field);
  }
  bool has_body = status != 304 && !r->is_head, is_small = count <= SMALL_FILE;
  a->text = malloc(HEAD_SIZE + (is_small ? (size_t)count : 0));
  if (!a->text) {
    close(file);
    return false;
  }
  a->text_len = (size_t)(put_file_head(a->text, r, status, modified, st->st_size, first, count) - a->text);
  end_head(a, r, status, file);
  bool is_copied = has_body && is_small && !a->is_untyped &&
                   read_file(file, a->text + a->text_len, (size_t)count, first) == (ssize_t)count;
  if (is_copied)
    a->text_len += (size_t)count;
  if ((has_body && !is_copied) || a->is_untyped) {
    a->file = file;
    a->offset = first;
    a->left = has_body ? count : 0;
  } else
    close(file);
  return true;
}

/* Has one of the names on the way a dot in front? "." alone is the folder itself. */
static bool is_hidden(const char *path) {
  for (const char *name = path; *name; name += strspn(name, "/")) {
    size_t len = strcspn(name, "/");
    if (name[0] == '.' && len > 1)
      return true;
    name += len;
  }
  return false;
}

bool answer_request(struct answer *a, const struct request *r, int root) {
  *a = (struct answer){.file = -1};
  if (r->error)
    return answer_status(a, r, r->error, r->error == 405 ? "Allow: GET, HEAD\r\n" : "");
  /* As if it were not there: folders of tools and passwords are no part of what is shown. */
  if (!dot_files && is_hidden(r->path))
    return answer_status(a, r, 404, "");
  int fd = folder_open(root, r->path);
  struct stat st;
  if (fd == -1 || fstat(fd, &st) == -1) {
    int error = errno;
    if (fd != -1)
      close(fd);
    return answer_status(a, r, status_of_errno(error), "");
  }
  if (S_ISREG(st.st_mode))
    return answer_file(a, r, fd, &st);
  if (!S_ISDIR(st.st_mode)) { /* a device, a FIFO: not for the public */
    close(fd);
    return answer_status(a, r, 403, "");
  }
  size_t len = strlen(r->path);
  if (len > 0 && r->path[len - 1] != '/') {
    close(fd);
    return answer_redirect(a, r);
  }
  /* A page of its own comes before the list. It is opened from root, so that the same limits hold. */
  char index[TARGET_MAX + sizeof "index.html"];
  snprintf(index, sizeof index, "%sindex.html", r->path);
  int page = folder_open(root, index);
  if (page != -1 && fstat(page, &st) == 0 && S_ISREG(st.st_mode)) {
    close(fd);
    struct request for_page = *r;
    for_page.path = index;
    return answer_file(a, &for_page, page, &st);
  }
  if (page != -1)
    close(page);
  return answer_listing(a, r, fd);
}
