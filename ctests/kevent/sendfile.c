/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* sendfile as FreeBSD has it, over Linux's: with headers, and with its ways of counting and refusing. For tests only. */
#include <errno.h>
#include <linux/magic.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>

struct sf_hdtr {
  struct iovec *headers;
  int hdr_cnt;
  struct iovec *trailers;
  int trl_cnt;
};

int freebsd_sendfile(int file, int to, off_t offset, size_t length, struct sf_hdtr *frame, off_t *sent, int flags) {
  struct stat s;
  struct statfs f;
  int type;
  socklen_t size = sizeof type;
  *sent = 0;
  if (getsockopt(to, SOL_SOCKET, SO_TYPE, &type, &size) == -1 || fstat(file, &s) == -1) return -1;
  /* Files of its /proc are not kept in pages either. */
  if (fstatfs(file, &f) == -1) return -1;
  if (type != SOCK_STREAM || !S_ISREG(s.st_mode) || f.f_type == PROC_SUPER_MAGIC || flags || offset < 0) {
    errno = EINVAL;
    return -1;
  }
  /* At the end of the file it is done, and has not even sent the headers. */
  if (offset >= s.st_size) return 0;
  if (length == 0 || (off_t)length > s.st_size - offset) length = (size_t)(s.st_size - offset);
  if (frame && frame->hdr_cnt > 0) {
    struct msghdr m = {.msg_iov = frame->headers, .msg_iovlen = (size_t)frame->hdr_cnt};
    size_t wanted = 0;
    for (int i = 0; i < frame->hdr_cnt; i++) wanted += frame->headers[i].iov_len;
    ssize_t n = sendmsg(to, &m, MSG_MORE);
    if (n == -1) return -1;
    *sent = n;
    if ((size_t)n < wanted) {
      errno = EAGAIN;
      return -1;
    }
  }
  while (length > 0) {
    ssize_t n = sendfile(to, file, &offset, length);
    if (n == -1) return -1; /* *sent says what went out all the same */
    if (n == 0) break;
    *sent += n;
    length -= (size_t)n;
  }
  return 0;
}
