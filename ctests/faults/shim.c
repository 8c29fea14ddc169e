/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The harness renames what the library imports: its `read` is our `fault_read`, and so on. So the library's calls come here,
 * all of them, and of nothing else. */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NO_DESCRIPTOR EMFILE, ENFILE, ENOMEM
#define NO_READ EINTR, EAGAIN, EIO, ENOMEM
#define NO_WRITE EINTR, EAGAIN, EIO, ENOSPC, EPERM, ENOMEM

/* Names, and faults that the manual pages or the kernel's security modules know of. */
#define CALLS(X)                                              \
  X(accept, EINTR, EAGAIN, NO_DESCRIPTOR, EPERM)              \
  X(accept4, EINTR, EAGAIN, NO_DESCRIPTOR, EPERM, ENOSYS)     \
  X(bind, ENOMEM, EPERM)                                      \
  X(calloc, ENOMEM)                                           \
  X(close, EINTR, EIO, ENOSPC)                                \
  X(connect, EINTR, EAGAIN, ENOMEM, EPERM)                    \
  X(epoll_create1, NO_DESCRIPTOR, ENOSYS, EPERM)              \
  X(epoll_ctl, ENOMEM, ENOSPC, EPERM)                         \
  X(epoll_wait, EINTR, SPURIOUS, EINVAL)                      \
  X(eventfd, NO_DESCRIPTOR, EPERM)                            \
  X(fcntl, EPERM, EINTR, ENOMEM)                              \
  X(fstat64, ENOMEM, EIO)                                     \
  X(getpeername, ENOBUFS, ENOMEM)                             \
  X(getrandom, EINTR, EAGAIN, ENOSYS, EPERM, SHORT)           \
  X(getsockname, ENOBUFS, ENOMEM)                             \
  X(getsockopt, ENOMEM, EPERM)                                \
  X(if_indextoname, ENXIO, NO_DESCRIPTOR)                     \
  X(if_nametoindex, ENODEV, NO_DESCRIPTOR)                    \
  X(ioctl, EPERM, EIO)                                        \
  X(listen, ENOMEM, EPERM)                                    \
  X(lseek64, EIO, EPERM)                                      \
  X(malloc, ENOMEM)                                           \
  X(mmap, ENOMEM, EAGAIN, ENODEV, EPERM)                      \
  X(mremap, ENOMEM, EAGAIN, EPERM)                            \
  X(munmap, ENOMEM)                                           \
  X(open, NO_DESCRIPTOR, EINTR, ENOSPC, EPERM)                \
  X(openat, NO_DESCRIPTOR, EINTR, ENOSPC, EPERM)              \
  X(pipe, NO_DESCRIPTOR)                                      \
  X(pipe2, NO_DESCRIPTOR)                                     \
  X(poll, EINTR, SPURIOUS, ENOMEM, EINVAL)                    \
  X(posix_fadvise64, EPERM)                                   \
  X(pread64, NO_READ, SHORT)                                  \
  X(preadv2, NO_READ, SHORT, EOPNOTSUPP)                      \
  X(pthread_atfork, ENOMEM)                                   \
  X(pthread_key_create, EAGAIN, ENOMEM)                       \
  X(pthread_setspecific, ENOMEM)                              \
  X(pwritev2, NO_WRITE, SHORT, EOPNOTSUPP)                    \
  X(read, NO_READ, SHORT)                                     \
  X(realloc, ENOMEM)                                          \
  X(recv, NO_READ, SHORT)                                     \
  X(recvfrom, NO_READ, SHORT)                                 \
  X(recvmsg, NO_READ, EMFILE)                                 \
  X(send, NO_WRITE, SHORT)                                    \
  X(sendfile64, NO_WRITE, SHORT, EINVAL)                      \
  X(sendmsg, NO_WRITE, SHORT)                                 \
  X(sendto, NO_WRITE)                                         \
  X(setsockopt, ENOMEM, EPERM)                                \
  X(sigaction, EPERM)                                         \
  X(socket, NO_DESCRIPTOR, EPERM)                             \
  X(socketpair, NO_DESCRIPTOR, EPERM)                         \
  X(splice, NO_WRITE, SHORT)                                  \
  X(vmsplice, NO_READ, EPERM, SHORT)                          \
  X(write, NO_WRITE, SHORT)                                   \
  X(writev, NO_WRITE, SHORT)

#define NUMBER(NAME, ...) CALL_##NAME,
enum { CALLS(NUMBER) CALL_COUNT };

#define NAME_AND_FAULTS(NAME, ...) {#NAME, {__VA_ARGS__}},
const struct shim_call shim_calls[] = {CALLS(NAME_AND_FAULTS){0, {0}}};

/* ---- what is to fail ---- */

static struct {
  int call, fault;
  long from, until;
} armed;
static long counts[CALL_COUNT], faults, blocks, mappings;

static void add(long *counter, long n) { __atomic_add_fetch(counter, n, __ATOMIC_SEQ_CST); }
static long get(long *counter) { return __atomic_load_n(counter, __ATOMIC_SEQ_CST); }

void shim_arm(int call, int fault, long from, long times) {
  armed.call = call;
  armed.fault = fault;
  armed.from = from;
  armed.until = from + times;
}

void shim_disarm(void) { __atomic_store_n(&armed.until, 0, __ATOMIC_SEQ_CST); }
long shim_count(int call) { return get(&counts[call]); }
long shim_faults(void) { return get(&faults); }
long shim_blocks(void) { return get(&blocks); }
long shim_mappings(void) { return get(&mappings); }

/* How this call goes wrong; 0 if it does not. */
static int goes_wrong(int call) {
  long number = __atomic_add_fetch(&counts[call], 1, __ATOMIC_SEQ_CST);
  if (call != armed.call || number < armed.from || number >= get(&armed.until)) return 0;
  add(&faults, 1);
  return armed.fault;
}

/* The same for a call that fails with errno or not at all. */
static int fails(int call) {
  int error = goes_wrong(call);
  if (error > 0) errno = error;
  return error > 0;
}

#define FAILING(TYPE, NAME, BAD, PARAMETERS, ARGUMENTS) \
  TYPE fault_##NAME PARAMETERS { return fails(CALL_##NAME) ? BAD : NAME ARGUMENTS; }

/* ---- descriptors ---- */

/* What wakes a wait. The kernel takes it unless another wake-up is under way; an eventfd does not even need memory. */
static enum { NO_WAKE, WAKE, WAKE_WITH_MEMORY } wakes[256];

static int refuses_wake(int fault, int memory) {
  return memory && (fault == EINTR || fault == ENOMEM || fault == ENOBUFS);
}

FAILING(int, accept, -1, (int s, struct sockaddr *a, socklen_t *n), (s, a, n))
FAILING(int, accept4, -1, (int s, struct sockaddr *a, socklen_t *n, int flags), (s, a, n, flags))
FAILING(int, bind, -1, (int s, const struct sockaddr *a, socklen_t n), (s, a, n))
FAILING(int, connect, -1, (int s, const struct sockaddr *a, socklen_t n), (s, a, n))
FAILING(int, epoll_create1, -1, (int flags), (flags))
FAILING(int, fcntl, -1, (int d, int command, long argument), (d, command, argument))
FAILING(int, getpeername, -1, (int s, struct sockaddr *a, socklen_t *n), (s, a, n))
FAILING(int, getsockname, -1, (int s, struct sockaddr *a, socklen_t *n), (s, a, n))
FAILING(int, getsockopt, -1, (int s, int level, int o, void *v, socklen_t *n), (s, level, o, v, n))
FAILING(char *, if_indextoname, NULL, (unsigned i, char *name), (i, name))
FAILING(unsigned, if_nametoindex, 0, (const char *name), (name))
FAILING(int, ioctl, -1, (int d, unsigned long request, void *argument), (d, request, argument))
FAILING(int, listen, -1, (int s, int backlog), (s, backlog))
FAILING(off64_t, lseek64, -1, (int d, off64_t offset, int whence), (d, offset, whence))
FAILING(int, open, -1, (const char *name, int flags, mode_t mode), (name, flags, mode))
FAILING(int, openat, -1, (int at, const char *name, int flags, mode_t mode), (at, name, flags, mode))
FAILING(int, pipe, -1, (int d[2]), (d))
FAILING(int, setsockopt, -1, (int s, int level, int o, const void *v, socklen_t n), (s, level, o, v, n))
FAILING(int, sigaction, -1, (int n, const struct sigaction *a, struct sigaction *b), (n, a, b))
FAILING(int, socket, -1, (int family, int type, int protocol), (family, type, protocol))
FAILING(int, socketpair, -1, (int family, int type, int protocol, int s[2]), (family, type, protocol, s))
FAILING(ssize_t, sendto, -1,
        (int s, const void *b, size_t n, int flags, const struct sockaddr *a, socklen_t l), (s, b, n, flags, a, l))

/* The kernel closes a descriptor whatever it says. */
int fault_close(int d) {
  if (d >= 0 && d < 256) wakes[d] = NO_WAKE;
  int result = close(d), error = goes_wrong(CALL_close);
  if (result == 0 && error) {
    errno = error;
    return -1;
  }
  return result;
}

/* Pipes have their numbers at hand. */
int fault_fstat64(int d, struct stat64 *s) {
  int fault = fails(CALL_fstat64), error = errno, result = fstat64(d, s);
  if (!fault || (result == 0 && S_ISFIFO(s->st_mode))) return result;
  errno = error;
  return -1;
}

/* These return what went wrong. */
int fault_posix_fadvise64(int d, off64_t offset, off64_t n, int advice) {
  int error = goes_wrong(CALL_posix_fadvise64);
  return error ? error : posix_fadvise64(d, offset, n, advice);
}

int fault_pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
  int error = goes_wrong(CALL_pthread_key_create);
  return error ? error : pthread_key_create(key, destructor);
}

int fault_pthread_setspecific(pthread_key_t key, const void *value) {
  int error = goes_wrong(CALL_pthread_setspecific);
  return error ? error : pthread_setspecific(key, value);
}

int fault_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void)) {
  int error = goes_wrong(CALL_pthread_atfork);
  return error ? error : pthread_atfork(before, parent, child);
}

/* ---- waiting ---- */

/* Registrations as the library made them. */
static struct watch {
  int queue, d;
  struct epoll_event event;
} watches[256];
static pthread_mutex_t watching = PTHREAD_MUTEX_INITIALIZER;

int fault_epoll_ctl(int queue, int operation, int d, struct epoll_event *event) {
  int error = goes_wrong(CALL_epoll_ctl);
  /* What is registered already takes no more of a quota. */
  if (error && (error == ENOMEM || operation == EPOLL_CTL_ADD)) {
    errno = error;
    return -1;
  }
  int result = epoll_ctl(queue, operation, d, event);
  if (result == 0 && operation != EPOLL_CTL_DEL && d < 256) {
    pthread_mutex_lock(&watching);
    watches[d] = (struct watch){queue, d, *event};
    pthread_mutex_unlock(&watching);
  }
  return result;
}

/* A kernel that says EAGAIN, or takes less than it is offered, owes an event: as if what was missing had come right
 * after. */
static void comes_true(int d) {
  int error = errno;
  int registered = d >= 0 && d < 256 && watches[d].event.events & EPOLLET;
  pthread_mutex_lock(&watching);
  /* The event of an open file description that the library opened for the call comes to another number. */
  for (int n = registered ? d : 0; n < (registered ? d + 1 : 256); n++) {
    struct watch w = watches[n];
    if (w.event.events & EPOLLET) epoll_ctl(w.queue, EPOLL_CTL_MOD, n, &w.event);
  }
  pthread_mutex_unlock(&watching);
  errno = error;
}

int fault_epoll_wait(int queue, struct epoll_event *events, int count, int milliseconds) {
  int fault = goes_wrong(CALL_epoll_wait);
  if (fault > 0) errno = fault;
  return fault > 0 ? -1 : fault == SPURIOUS ? 0 : epoll_wait(queue, events, count, milliseconds);
}

/* A wait may end early. A look at a descriptor, which does not wait, tells the truth: the library goes by it where an event
 * comes once. */
int fault_poll(struct pollfd *queries, nfds_t count, int milliseconds) {
  int fault = goes_wrong(CALL_poll);
  if (fault == SPURIOUS && count == 1 && milliseconds == 0) fault = 0;
  if (fault > 0) errno = fault;
  for (nfds_t i = 0; fault == SPURIOUS && i < count; i++) queries[i].revents = 0;
  return fault > 0 ? -1 : fault == SPURIOUS ? 0 : poll(queries, count, milliseconds);
}

/* ---- moving bytes ---- */

/* A short count from a TCP socket says that there is no more, and a datagram is one or none: the kernel does not lie. */
static int never_short(int d, int reads) {
  int type = 0, protocol = 0, error = errno;
  socklen_t size = sizeof type;
  int known = getsockopt(d, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
              getsockopt(d, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0;
  errno = error;
  return known && (type == SOCK_DGRAM || (reads && protocol == IPPROTO_TCP));
}

int fault_eventfd(unsigned n, int flags) {
  int d = fails(CALL_eventfd) ? -1 : eventfd(n, flags);
  if (d >= 0 && d < 256) wakes[d] = WAKE;
  return d;
}

int fault_pipe2(int d[2], int flags) {
  int result = fails(CALL_pipe2) ? -1 : pipe2(d, flags);
  if (result == 0 && d[1] < 256) wakes[d[1]] = WAKE_WITH_MEMORY;
  return result;
}

/* What a call that moves `n` bytes from or to `d` shall do: -1 with errno, or so many bytes. */
static ssize_t moves(int call, int d, int reads, size_t n) {
  int fault = goes_wrong(call);
  if (d >= 0 && d < 256 && wakes[d] && !reads && !refuses_wake(fault, wakes[d] == WAKE_WITH_MEMORY)) return (ssize_t)n;
  if (fault > 0) {
    errno = fault;
    if (fault == EAGAIN) comes_true(d);
    return -1;
  }
  if (fault != SHORT || n <= 1 || never_short(d, reads)) return (ssize_t)n;
  if (!reads) comes_true(d);
  return 1;
}

#define MOVING(NAME, READS, PARAMETERS, ARGUMENTS)       \
  ssize_t fault_##NAME PARAMETERS {                      \
    ssize_t n = moves(CALL_##NAME, d, READS, length);    \
    return n == -1 ? -1 : NAME ARGUMENTS;                \
  }

MOVING(read, 1, (int d, void *b, size_t length), (d, b, (size_t)n))
MOVING(pread64, 1, (int d, void *b, size_t length, off64_t at), (d, b, (size_t)n, at))
MOVING(recv, 1, (int d, void *b, size_t length, int flags), (d, b, (size_t)n, flags))
MOVING(recvfrom, 1, (int d, void *b, size_t length, int flags, struct sockaddr *a, socklen_t *l),
       (d, b, (size_t)n, flags, a, l))
MOVING(write, 0, (int d, const void *b, size_t length), (d, b, (size_t)n))
MOVING(sendfile64, 0, (int d, int from, off64_t *at, size_t length), (d, from, at, (size_t)n))
MOVING(splice, 0, (int from, off64_t *i, int d, off64_t *o, size_t length, unsigned flags),
       (from, i, d, o, (size_t)n, flags))

ssize_t fault_getrandom(void *b, size_t length, unsigned flags) {
  ssize_t n = moves(CALL_getrandom, -1, 1, length);
  return n == -1 ? -1 : getrandom(b, (size_t)n, flags);
}

/* With these flags it is a wake-up, through a pair of sockets. */
ssize_t fault_send(int d, const void *b, size_t length, int flags) {
  ssize_t n = moves(CALL_send, d, 0, length);
  if (n == -1 && flags == (MSG_NOSIGNAL | MSG_DONTWAIT) && !refuses_wake(errno, 1)) n = (ssize_t)length;
  return n == -1 ? -1 : send(d, b, (size_t)n, flags);
}

static size_t sum(const struct iovec *v, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) n += v[i].iov_len;
  return n;
}

/* The first byte of the vectors, if no more is to be moved. */
static struct iovec cut(const struct iovec *v, size_t count) {
  while (count > 1 && v->iov_len == 0) v++, count--;
  return (struct iovec){v->iov_base, 1};
}

#define MOVING_VECTORS(NAME, READS, PARAMETERS, ARGUMENTS, ARGUMENTS_CUT)          \
  ssize_t fault_##NAME PARAMETERS {                                                \
    size_t length = sum(v, (size_t)count);                                         \
    ssize_t n = moves(CALL_##NAME, d, READS, length);                              \
    struct iovec one = cut(v, (size_t)count);                                      \
    return n == -1 ? -1 : (size_t)n < length ? NAME ARGUMENTS_CUT : NAME ARGUMENTS; \
  }

MOVING_VECTORS(writev, 0, (int d, const struct iovec *v, int count), (d, v, count), (d, &one, 1))
MOVING_VECTORS(preadv2, 1, (int d, const struct iovec *v, int count, off_t at, int flags),
               (d, v, count, at, flags), (d, &one, 1, at, flags))
MOVING_VECTORS(pwritev2, 0, (int d, const struct iovec *v, int count, off_t at, int flags),
               (d, v, count, at, flags), (d, &one, 1, at, flags))

/* The library calls these two by number. futex is called so, too: after it the lock looks again whatever it says. */
long fault_syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; ++i) a[i] = va_arg(list, long);
  va_end(list);
  if (number == SYS_preadv2) return fault_preadv2((int)a[0], (struct iovec *)a[1], (int)a[2], (off_t)a[3], (int)a[5]);
  if (number == SYS_pwritev2) return fault_pwritev2((int)a[0], (struct iovec *)a[1], (int)a[2], (off_t)a[3], (int)a[5]);
  return syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t fault_sendmsg(int d, const struct msghdr *message, int flags) {
  size_t length = sum(message->msg_iov, message->msg_iovlen);
  ssize_t n = moves(CALL_sendmsg, d, 0, length);
  struct iovec one = cut(message->msg_iov, message->msg_iovlen);
  struct msghdr less = *message;
  less.msg_iov = &one;
  less.msg_iovlen = 1;
  return n == -1 ? -1 : sendmsg(d, (size_t)n < length ? &less : message, flags);
}

/* As the library uses it, from a pipe to one piece of memory. */
ssize_t fault_vmsplice(int d, const struct iovec *v, size_t count, unsigned flags) {
  ssize_t n = moves(CALL_vmsplice, d, 1, sum(v, count));
  struct iovec one = *v;
  if (n != -1) one.iov_len = (size_t)n;
  return n == -1 ? -1 : vmsplice(d, &one, 1, flags);
}

ssize_t fault_recvmsg(int d, struct msghdr *message, int flags) {
  return moves(CALL_recvmsg, d, 1, 0) == -1 ? -1 : recvmsg(d, message, flags);
}

/* ---- memory ---- */

static void *counted(void *block) {
  if (block) add(&blocks, 1);
  return block;
}

void *fault_malloc(size_t n) { return fails(CALL_malloc) ? NULL : counted(malloc(n)); }
void *fault_calloc(size_t n, size_t m) { return fails(CALL_calloc) ? NULL : counted(calloc(n, m)); }

void *fault_realloc(void *block, size_t n) {
  void *moved = fails(CALL_realloc) ? NULL : realloc(block, n);
  return block ? moved : counted(moved);
}

void fault_free(void *block) {
  if (block) add(&blocks, -1);
  free(block);
}

void *shim_given(size_t n) {
  void *block = counted(malloc(n ? n : 1));
  if (!block) abort();
  return block;
}

void shim_taken(void *block) { fault_free(block); }

void shim_mapped(void) { add(&mappings, 1); }

static void *mapped(void *at) {
  if (at != MAP_FAILED) add(&mappings, 1);
  return at;
}

/* What takes the place of a part of a mapping is unmapped with it. */
void *fault_mmap(void *at, size_t n, int protection, int flags, int d, off_t offset) {
  if (fails(CALL_mmap)) return MAP_FAILED;
  void *result = mmap(at, n, protection, flags, d, offset);
  return flags & MAP_FIXED ? result : mapped(result);
}

/* The library moves one mapping into the place of another. */
void *fault_mremap(void *at, size_t length, size_t n, int flags, void *to) {
  if (fails(CALL_mremap)) return MAP_FAILED;
  void *result = mremap(at, length, n, flags, to);
  if (result != MAP_FAILED) add(&mappings, -1);
  return result;
}

/* To unmap is to split a mapping, which the kernel may have no memory for. It stays then, whichever caller it is. */
int fault_munmap(void *at, size_t n) {
  if (fails(CALL_munmap)) {
    add(&mappings, -1);
    return -1;
  }
  int result = munmap(at, n);
  if (result == 0) add(&mappings, -1);
  return result;
}
