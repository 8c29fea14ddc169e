/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each call that the library makes fails in turn: `faults N` has the Nth fail, and those after it too with `faults N all`. A
 * call that may fail in several ways fails in the one that FAULT_WAY says, of 0 to 2.
 * Whatever fails, a request is refused with EAGAIN or ENOMEM, or it is complete within seconds; nothing hangs, and no byte
 * goes astray. Ends with 0; with 3 when fewer than N calls were made. The library is linked statically, so that the functions
 * here take the place of the C library's for it. */
#define _GNU_SOURCE
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

static int countdown = -1, fails_on, hit, way;

/* Whether this call is to fail; the program itself calls nothing while the library is at work. */
static int fault(void) {
  int left = __atomic_fetch_sub(&countdown, 1, __ATOMIC_RELAXED);
  if (left == 1 || (left < 1 && left > -1000000 && fails_on && hit)) {
    hit = 1;
    return 1;
  }
  return 0;
}

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
  /* Asking for flags, and whether a number is open, needs nothing that could be missing. */
  if ((command == F_DUPFD_CLOEXEC || command == 1027) && fault()) {
    errno = command == F_DUPFD_CLOEXEC ? EMFILE : EINVAL;
    return -1;
  }
  return __real_fcntl(fd, command, argument);
}

/* Calls of one shape: they fail with one errno. */
#define FAILS(RESULT, NAME, ERROR, PARAMETERS, ARGUMENTS) \
  RESULT __real_##NAME PARAMETERS;                        \
  RESULT __wrap_##NAME PARAMETERS {                       \
    if (fault()) {                                        \
      errno = ERROR;                                      \
      return -1;                                          \
    }                                                     \
    return __real_##NAME ARGUMENTS;                       \
  }

FAILS(int, fstat, ENOMEM, (int fd, void *about), (fd, about))
FAILS(int, getrlimit, EPERM, (int what, void *limits), (what, limits))
FAILS(int, poll, ENOMEM, (void *list, unsigned long n, int wait), (list, n, wait))
FAILS(int, fsync, EIO, (int fd), (fd))
FAILS(int, fdatasync, EIO, (int fd), (fd))
FAILS(ssize_t, pread64, EIO, (int fd, void *to, size_t n, off64_t at), (fd, to, n, at))
FAILS(ssize_t, pwrite64, EIO, (int fd, const void *from, size_t n, off64_t at), (fd, from, n, at))
FAILS(ssize_t, preadv64, EIO, (int fd, const void *list, int n, off64_t at), (fd, list, n, at))
FAILS(ssize_t, pwritev64, EIO, (int fd, const void *list, int n, off64_t at), (fd, list, n, at))
FAILS(ssize_t, recvmsg, ENOMEM, (int fd, void *message, int flags), (fd, message, flags))
FAILS(ssize_t, sendmsg, ENOMEM, (int fd, const void *message, int flags), (fd, message, flags))
FAILS(ssize_t, readv, ENOMEM, (int fd, const void *list, int n), (fd, list, n))
FAILS(ssize_t, writev, ENOMEM, (int fd, const void *list, int n), (fd, list, n))

FAILS(off_t, lseek, ((int[]){ESPIPE, EINVAL, EOVERFLOW})[way], (int fd, off_t to, int from), (fd, to, from))
FAILS(int, madvise, ((int[]){EINVAL, ENOMEM, EAGAIN})[way], (void *at, size_t n, int advice), (at, n, advice))

/* On numbers of the library's own. */
FAILS(ssize_t, read, ((int[]){EAGAIN, EINTR, EIO})[way], (int fd, void *to, size_t n), (fd, to, n))
FAILS(ssize_t, write, ((int[]){EAGAIN, EINTR, EIO})[way], (int fd, const void *from, size_t n), (fd, from, n))

/* The number is closed, whatever it says. */
int __real_close(int);
int __wrap_close(int fd) {
  int outcome = __real_close(fd);
  if (fault()) {
    errno = ((int[]){EINTR, EIO, ENOSPC})[way];
    return -1;
  }
  return outcome;
}

/* A signal comes now and then; the other errors last. */
int __real_epoll_wait(int, struct epoll_event *, int, int);
int __wrap_epoll_wait(int queue, struct epoll_event *events, int most, int wait) {
  int error = ((int[]){EINTR, EBADF, EINVAL})[way];
  if (!(fails_on && error == EINTR) && fault()) {
    errno = error;
    return -1;
  }
  return __real_epoll_wait(queue, events, most, wait);
}

int __real_pthread_setspecific(pthread_key_t, const void *);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value) {
  return fault() ? ENOMEM : __real_pthread_setspecific(key, value);
}

int __real_pthread_attr_init(pthread_attr_t *);
int __wrap_pthread_attr_init(pthread_attr_t *attributes) {
  return fault() ? ENOMEM : __real_pthread_attr_init(attributes);
}

void *__real_realloc(void *, size_t);
void *__wrap_realloc(void *block, size_t size) {
  if (fault()) {
    errno = ENOMEM;
    return NULL;
  }
  return __real_realloc(block, size);
}

void *__real_mmap64(void *, size_t, int, int, int, off64_t);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
  if (fault()) {
    errno = ENOMEM;
    return (void *)-1;
  }
  return __real_mmap64(at, size, protection, flags, fd, offset);
}

/* Not all of them fail for ever: without io_uring_enter(2) the ring that is there stands still. */
long __real_syscall(long, long, long, long, long, long, long);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
  int error = 0;
  switch (number) {
    case SYS_io_uring_enter: error = fails_on ? 0 : ((int[]){EAGAIN, EINTR, EBUSY})[way]; break;
    case SYS_preadv2: case SYS_pwritev2: error = EOPNOTSUPP; break;
    case SYS_statx: case SYS_io_uring_setup: case SYS_io_uring_register: case SYS_kcmp: case SYS_process_vm_readv:
    case SYS_ioprio_set: case SYS_rt_sigqueueinfo: error = ENOSYS; break;
  }
  if (error && fault()) {
    errno = error;
    return -1;
  }
  return __real_syscall(number, a, b, c, d, e, f);
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

/* Whether the call succeeded; it may fail for want of memory or descriptors alone. */
static int accepted(int result) {
  if (result == -1 && errno != EAGAIN && errno != EIO && errno != ENOMEM && errno != ENFILE && errno != EMFILE)
    wrong("refused", errno);
  return result != -1;
}

static int is_shortage(int status) {
  return status == EAGAIN || status == ENOMEM || status == ECANCELED || status == EIO;
}

/* Lists of what is in memory, so many that the thread gets a ring for them. */
static void read_lists(int fd) {
  for (int round = 0; round < 6; round++) {
    struct aiocb many[8], *list[8];
    char in[8][3];
    for (int i = 0; i < 8; i++) {
      many[i] = block(fd, in[i], 2);
      many[i].aio_lio_opcode = LIO_READ;
      list[i] = &many[i];
    }
    if (lio_listio(LIO_WAIT, list, 8, NULL) == -1) accepted(-1);
    for (int i = 0; i < 8; i++) {
      int status = outcome(&many[i]);
      if (status ? !is_shortage(status) : aio_return(&many[i]) != 2 || memcmp(in[i], "xx", 2)) wrong("list of reads", status);
    }
  }
}

static void nothing(union sigval value) { (void)value; }

int main(int argc, char **argv) {
  const char *folder = getenv("TMPDIR");
  char name[4096], in[64], back[8] = "";
  snprintf(name, sizeof name, "%s/owfat-aio-XXXXXX", folder && *folder ? folder : "/tmp");
  int fd = mkstemp(name), s[2], p[2];
  if (argc < 2 || fd == -1 || unlink(name) || socketpair(AF_UNIX, SOCK_STREAM, 0, s) || pipe(p)) return 2;
  alarm(60);
  fails_on = argc > 2;
  way = getenv("FAULT_WAY") ? atoi(getenv("FAULT_WAY")) % 3 : 0;
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
        if (status && __real_read(s[0], in, 6) != 6) wrong("bytes are lost", errno);
      } else {
        /* By its block: where the kernel tells nothing of numbers, this one may not be known any more. */
        aio_cancel(s[0], &waits);
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
    struct aiocb again = block(dup(fd), back, 7);
    again.aio_reqprio = 3;
    again.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    again.aio_sigevent.sigev_signo = SIGURG;
    if (accepted(aio_read(&again)) && outcome(&again) && !is_shortage(outcome(&again))) wrong("read", outcome(&again));
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
    /* Everywhere: what cannot be asked for its position is read like a stream. */
    char same[512];
    memset(same, 'x', sizeof same);
    if (__real_pwrite64(fd, same, sizeof same, 0) != sizeof same) return 2;
    read_lists(fd);
  }
  _exit(hit ? 0 : 3);
}
