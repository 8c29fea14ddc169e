/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each call that the library makes fails in turn: `faults N` has the Nth fail, and those after it too with `faults N all`.
 * Whatever fails, a request is refused with EAGAIN or ENOMEM, or it is complete within seconds; nothing hangs, and no byte
 * goes astray. Ends with 0; with 3 when fewer than N calls were made. The library is linked statically, so that the functions
 * here take the place of the C library's for it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <libowfat/aio.h>

static int countdown = -1, fails_on, hit;

/* Whether this call is to fail; the program itself calls nothing while the library is at work. */
static int fault(void) {
  int left = __atomic_fetch_sub(&countdown, 1, __ATOMIC_RELAXED);
  if (left == 1 || (left < 1 && left > -1000000 && fails_on && hit)) {
    hit = 1;
    return 1;
  }
  return 0;
}

#define REAL(NAME) ((__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME))

int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  return fault() ? EAGAIN : __real_pthread_create(thread, attributes, run, argument);
}

void *__real_malloc(size_t);
void *__wrap_malloc(size_t size) {
  if (fault()) {
    errno = ENOMEM;
    return NULL;
  }
  return __real_malloc(size);
}

int __real_epoll_create1(int);
int __wrap_epoll_create1(int flags) {
  if (fault()) {
    errno = EMFILE;
    return -1;
  }
  return __real_epoll_create1(flags);
}

int __real_epoll_ctl(int, int, int, struct epoll_event *);
int __wrap_epoll_ctl(int queue, int operation, int fd, struct epoll_event *event) {
  if (operation != EPOLL_CTL_DEL && fault()) {
    errno = ENOMEM;
    return -1;
  }
  return __real_epoll_ctl(queue, operation, fd, event);
}

int __real_eventfd(unsigned, int);
int __wrap_eventfd(unsigned count, int flags) {
  if (fault()) {
    errno = ENFILE;
    return -1;
  }
  return __real_eventfd(count, flags);
}

int __real_fcntl(int, int, long);
int __wrap_fcntl(int fd, int command, long argument) {
  if (command == F_DUPFD_CLOEXEC && fault()) {
    errno = EMFILE;
    return -1;
  }
  return __real_fcntl(fd, command, argument);
}

static void wrong(const char *what, int status) {
  fprintf(stderr, "%s: %d (%s)\n", what, status, strerror(status));
  _exit(1);
}

/* The status of a request that was accepted. */
static int outcome(struct aiocb *one) {
  struct timespec limit = {5, 0};
  const struct aiocb *list[1] = {one};
  while (aio_error(one) == EINPROGRESS)
    if (aio_suspend(list, 1, &limit) == -1 && errno != EINTR) wrong("a request hangs", errno);
  return aio_error(one);
}

static struct aiocb block(int fd, void *buffer, size_t bytes) {
  struct aiocb made;
  memset(&made, 0, sizeof made);
  made.aio_fildes = fd;
  made.aio_buf = buffer;
  made.aio_nbytes = bytes;
  made.aio_sigevent.sigev_notify = SIGEV_NONE;
  return made;
}

/* A refusal for want of something, or not. */
static int accepted(int result) {
  if (result == -1 && errno != EAGAIN && errno != EIO && errno != ENOMEM && errno != ENFILE && errno != EMFILE)
    wrong("refused", errno);
  return result != -1;
}

static int is_shortage(int status) { return status == EAGAIN || status == ENOMEM || status == ECANCELED; }

static void nothing(union sigval value) { (void)value; }

int main(int argc, char **argv) {
  const char *folder = getenv("TMPDIR");
  char name[4096], in[64], back[8] = "";
  snprintf(name, sizeof name, "%s/owfat-aio-XXXXXX", folder && *folder ? folder : "/tmp");
  int fd = mkstemp(name), s[2], p[2];
  if (argc < 2 || fd == -1 || unlink(name) || socketpair(AF_UNIX, SOCK_STREAM, 0, s) || pipe(p)) return 2;
  alarm(60);
  fails_on = argc > 2;
  countdown = atoi(argv[1]);
  int is_new = owfat_aio_fd();
  accepted(is_new);
  for (int round = 0; round < 2; round++) {
    struct aiocb one = block(fd, "written", 7), waits = block(s[0], in, sizeof in), sync = block(fd, NULL, 0);
    if (accepted(aio_read(&waits))) {
      struct aiocb fills = block(s[1], "stream", 6);
      if (accepted(aio_write(&fills)) && outcome(&fills) == 0) {
        int status = outcome(&waits);
        if (status ? !is_shortage(status) : aio_return(&waits) != 6 || memcmp(in, "stream", 6)) wrong("stream", status);
        if (status && read(s[0], in, 6) != 6) wrong("bytes are lost", errno);
      } else {
        aio_cancel(s[0], NULL);
        if (!is_shortage(outcome(&waits))) wrong("cancelled", aio_error(&waits));
      }
    }
    one.aio_sigevent.sigev_notify = SIGEV_THREAD;
    one.aio_sigevent.sigev_notify_function = nothing;
    if (accepted(aio_write(&one))) {
      int synced = accepted(aio_fsync(O_SYNC, &sync)), status = outcome(&one);
      if (status ? !is_shortage(status) : aio_return(&one) != 7) wrong("file", status);
      if (status == 0 && (pread(fd, back, 7, 0) != 7 || memcmp(back, "written", 7))) wrong("file", errno);
      if (synced && outcome(&sync) && !is_shortage(outcome(&sync))) wrong("flush", outcome(&sync));
    }
    struct iovec parts[2] = {{"a", 1}, {"b", 1}};
    struct aiocb many[8], *list[8];
    for (int i = 0; i < 8; i++) {
      many[i] = block(i % 2 ? fd : p[1], parts, 2);
      many[i].aio_lio_opcode = LIO_WRITEV;
      list[i] = &many[i];
    }
    if (lio_listio(LIO_WAIT, list, 8, NULL) == -1) accepted(-1);
    for (int i = 0; i < 8; i++)
      if (outcome(&many[i]) == 0 && aio_return(&many[i]) != 2) wrong("list", i);
  }
  _exit(hit ? 0 : 3);
}
