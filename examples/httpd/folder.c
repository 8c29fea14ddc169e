/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The served folder: opening files without ever leaving it, and listing it. */
#ifdef __linux__
#define _GNU_SOURCE /* syscall */
#endif
#include "http.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

/* O_NONBLOCK: opening a FIFO must not wait for its other end. O_NOCTTY: nor may a terminal become ours. */
enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/*
 * The portable way: one name at a time, each relative to the folder before it, and no symbolic link
 * followed. Nothing is checked first and opened later, so nobody can swap a name in between.
 */
static int open_by_steps(int root, const char *path) {
  int at = openat(root, ".", OPEN_FLAGS | O_DIRECTORY);
  while (at != -1 && *path) {
    char name[256];
    size_t len = strcspn(path, "/");
    size_t slashes = strspn(path + len, "/");
    if (len >= sizeof name || (len == 2 && memcmp(path, "..", 2) == 0)) {
      close(at);
      errno = len == 2 ? EXDEV : ENAMETOOLONG;
      return -1;
    }
    memcpy(name, path, len);
    name[len] = '\0';
    int next = openat(at, name, OPEN_FLAGS | O_NOFOLLOW | (slashes ? O_DIRECTORY : 0));
    int error = errno;
    close(at);
    errno = error;
    at = next;
    path += len + slashes;
  }
  return at;
}

#if defined(SYS_openat2) && !defined(HTTPD_PORTABLE)
#include <linux/openat2.h>

/* Linux does the same in one call, and follows symbolic links as long as they stay beneath root. */
int folder_open(int root, const char *path) {
  struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  for (int attempt = 0; attempt < 8; attempt++) {
    int fd = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
    if (fd != -1)
      return fd;
    if (errno == ENOSYS || errno == EPERM) /* an old kernel, or a sandbox that never heard of it */
      return open_by_steps(root, path);
    if (errno != EAGAIN) /* EAGAIN: something was renamed on the way, and the kernel is not sure */
      break;
  }
  return -1;
}
#else
int folder_open(int root, const char *path) { return open_by_steps(root, path); }
#endif

void put_percent_encoded(FILE *out, const char *text) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  for (; *text; text++)
    if (strchr(plain, *text))
      putc(*text, out);
    else
      fprintf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

void put_html_escaped(FILE *out, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&': fputs("&amp;", out); break;
    case '<': fputs("&lt;", out); break;
    case '>': fputs("&gt;", out); break;
    case '"': fputs("&quot;", out); break;
    case '\'': fputs("&#39;", out); break;
    default: putc(*text, out);
    }
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_folder(int fd, const char *name) {
  struct stat st;
  return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

bool folder_list(FILE *out, int fd, const char *path) {
  /* A page of bounded size: it waits in memory until a slow client has taken it. */
  enum { NAMES_MAX = 10000 };
  char **names = malloc(NAMES_MAX * sizeof *names);
  DIR *folder = names ? fdopendir(fd) : NULL;
  if (!folder) {
    free(names);
    close(fd);
    return false;
  }
  size_t count = 0;
  bool more = false;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL && !more;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    more = count == NAMES_MAX || (names[count] = strdup(entry->d_name)) == NULL;
    count += !more;
  }
  qsort(names, count, sizeof *names, by_name);

  fputs("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>/", out);
  put_html_escaped(out, path);
  fputs("</title></head>\n<body><h1>/", out);
  put_html_escaped(out, path);
  fputs("</h1>\n<ul>\n", out);
  if (*path)
    fputs("<li><a href=\"../\">../</a></li>\n", out);
  for (size_t i = 0; i < count; i++) {
    const char *slash = is_folder(fd, names[i]) ? "/" : "";
    fputs("<li><a href=\"", out);
    put_percent_encoded(out, names[i]);
    fprintf(out, "%s\">", slash);
    put_html_escaped(out, names[i]);
    fprintf(out, "%s</a></li>\n", slash);
    free(names[i]);
  }
  fprintf(out, "</ul>%s</body></html>\n", more ? "<p>&hellip; and more.</p>" : "");
  free(names);
  closedir(folder); /* closes fd as well */
  return true;
}
