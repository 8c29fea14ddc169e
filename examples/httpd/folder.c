/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The served folder: opening files without ever leaving it. */
#ifdef __linux__
#define _GNU_SOURCE /* syscall */
#endif
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

/* O_NONBLOCK: opening a FIFO must not wait for its other end. O_NOCTTY: nor may a terminal become ours. */
enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

/*
 * The portable way: one name at a time, each relative to the folder before it, and no symbolic link
 * followed. Nothing is checked first and opened later, so no name can be swapped in between.
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
