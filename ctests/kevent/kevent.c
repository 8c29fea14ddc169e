/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* kqueue and kevent over epoll: enough of them, and close enough to FreeBSD's, to run the library's kqueue backend where
 * there is no BSD. For tests only. The interface is that of libkqueue (struct kevent as in FreeBSD 11).
 *
 * A queue is an epoll instance that holds two others, one for each filter, and an eventfd for user events: so each filter
 * has its own edges. Where epoll is kinder or harsher than kqueue this takes kqueue's side:
 *
 * - a registration goes when its number is closed, whatever else has the open file description; where another file has taken the
 *   number without that (dup2 does), events of another file than the one that was registered (device and inode tell) or of
 *   an earlier registration (a serial number tells) are dropped, and the instance that brought them is replaced;
 * - closing a queue takes all of it; for both this library has to be loaded before the C library, with LD_PRELOAD;
 * - a child has no queues: they are closed in it, and their numbers are free;
 * - writing is refused by descriptors that cannot be written to (timers, signals, other queues), and with EPIPE by a pipe
 *   without a reader;
 * - a call with changes may end with EINTR though they were all made: every seventh does.
 *
 * With KEVENT_OF=netbsd-9 in the environment there is no EVFILT_USER, and a pipe without a reader gives EBADF. Timers
 * have run out when they are looked at.
 *
 * With KEVENT_OF=libkqueue it has what was measured of libkqueue: EV_ADD of a filter that is registered changes nothing, not
 * even what it carries, and reports nothing once more; and of answers to changes there are only errors, which give their places
 * to events where the list has room left. */
#include "event.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { READING, WRITING, FILTERS };

/* A registration of one filter of one descriptor. */
struct knote {
  int present, awake, registered; /* registered with epoll, perhaps asleep there */
  unsigned short flags;
  uint32_t serial;
  dev_t device;
  ino_t inode;
  void *udata;
};

/* A user event or a timer. */
struct user {
  struct user *next;
  uintptr_t ident;
  short filter;
  unsigned short flags;
  int awake, triggered;
  void *udata;
};

struct queue {
  struct queue *next;
  int outer, inner[FILTERS], bell;
  struct knote *knotes[FILTERS];
  int reach; /* one more than the highest number ever registered */
  struct user *users;
  unsigned turn;
};

/* So many descriptors have room. Memory is used for those alone that are registered. */
enum { DESCRIPTORS = 1 << 20 };

static struct queue *queues;
static uint32_t serials;
static unsigned calls;
static int is_old, is_libkqueue;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- queues ---- */

static int plain_close(int fd) { return (int)syscall(SYS_close, fd); }

static void let_go(struct queue *q, int outer_too) {
  if (outer_too) plain_close(q->outer);
  for (int filter = 0; filter < FILTERS; filter++) {
    plain_close(q->inner[filter]);
    if (q->knotes[filter] != MAP_FAILED) munmap(q->knotes[filter], DESCRIPTORS * sizeof(struct knote));
  }
  plain_close(q->bell);
  while (q->users) {
    struct user *u = q->users;
    q->users = u->next;
    free(u);
  }
  free(q);
}

static int still_ours(const struct queue *q) {
  struct epoll_event e = {.events = EPOLLIN};
  return epoll_ctl(q->outer, EPOLL_CTL_MOD, q->bell, &e) == 0;
}

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void in_parent(void) { pthread_mutex_unlock(&lock); }
static void in_child(void) {
  while (queues) {
    struct queue *q = queues;
    queues = q->next;
    let_go(q, still_ours(q));
  }
  pthread_mutex_unlock(&lock);
}

/* Before all others: the handlers of those, which use queues under locks of their own, then come before these. */
__attribute__((constructor)) static void begin(void) {
  const char *system = getenv("KEVENT_OF");
  is_old = system && strcmp(system, "netbsd-9") == 0;
  is_libkqueue = system && strcmp(system, "libkqueue") == 0;
  pthread_atfork(before_fork, in_parent, in_child);
}

static struct knote *no_knotes(void) {
  return mmap(0, DESCRIPTORS * sizeof(struct knote), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
              -1, 0);
}

int kqueue(void) {
  struct queue *q = calloc(1, sizeof *q);
  struct epoll_event e = {.events = EPOLLIN};
  if (!q) {
    errno = ENOMEM;
    return -1;
  }
  pthread_mutex_lock(&lock);
  q->outer = epoll_create1(0);
  q->inner[READING] = epoll_create1(EPOLL_CLOEXEC);
  q->inner[WRITING] = epoll_create1(EPOLL_CLOEXEC);
  q->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  q->knotes[READING] = no_knotes();
  q->knotes[WRITING] = no_knotes();
  if (q->outer == -1 || q->inner[READING] == -1 || q->inner[WRITING] == -1 || q->bell == -1 ||
      q->knotes[READING] == MAP_FAILED || q->knotes[WRITING] == MAP_FAILED ||
      epoll_ctl(q->outer, EPOLL_CTL_ADD, q->inner[READING], &e) == -1 ||
      epoll_ctl(q->outer, EPOLL_CTL_ADD, q->inner[WRITING], &e) == -1 ||
      epoll_ctl(q->outer, EPOLL_CTL_ADD, q->bell, &e) == -1) {
    int error = errno;
    let_go(q, 1);
    pthread_mutex_unlock(&lock);
    errno = error;
    return -1;
  }
  q->next = queues;
  queues = q;
  pthread_mutex_unlock(&lock);
  return q->outer;
}

static struct queue *find(int fd) {
  struct queue *q = queues;
  while (q && q->outer != fd) q = q->next;
  return q && still_ours(q) ? q : 0;
}

/* ---- filters of descriptors ---- */

/* The registration of a number is gone with its file. */
static int is_present(const struct knote *k, const struct stat *s) {
  return k->present && k->device == s->st_dev && k->inode == s->st_ino;
}

/* Whether kqueue would have nothing to do with this, and what it would say. */
static int reason_against(int filter, int fd, const struct stat *s) {
  char path[40], name[80];
  ssize_t n;
  if (filter == READING) return 0;
  if (S_ISFIFO(s->st_mode)) {
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && p.revents & POLLERR ? (is_old ? EBADF : EPIPE) : 0;
  }
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  n = readlink(path, name, sizeof name - 1);
  if (n <= 0) return 0;
  name[n] = 0;
  return strncmp(name, "anon_inode:", 11) == 0 && strcmp(name, "anon_inode:[eventfd]") != 0 ? EINVAL : 0;
}

static int awaken(struct queue *q, int filter, int fd, struct knote *k) {
  struct epoll_event e = {.events = filter == READING ? EPOLLIN | EPOLLRDHUP : EPOLLOUT};
  int operation = k->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (k->flags & EV_CLEAR) e.events |= EPOLLET;
  if (k->flags & (EV_DISPATCH | EV_ONESHOT)) e.events |= EPOLLONESHOT;
  e.data.u64 = (uint64_t)k->serial << 32 | (uint32_t)fd;
  if (epoll_ctl(q->inner[filter], operation, fd, &e) == -1) {
    if (errno != EEXIST && errno != ENOENT) return errno;
    operation = operation == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(q->inner[filter], operation, fd, &e) == -1) return errno;
  }
  k->registered = k->awake = 1;
  return 0;
}

static void put_to_sleep(struct queue *q, int filter, int fd, struct knote *k) {
  if (k->registered) epoll_ctl(q->inner[filter], EPOLL_CTL_DEL, fd, 0);
  k->registered = k->awake = 0;
}

/* In place of the C library's. */
int close(int fd) {
  struct queue **at = &queues, *q;
  pthread_mutex_lock(&lock);
  while (*at && (*at)->outer != fd) at = &(*at)->next;
  if ((q = *at)) {
    *at = q->next;
    let_go(q, 0);
  }
  for (q = queues; q; q = q->next) {
    if (fd < 0 || fd >= q->reach || !still_ours(q)) continue;
    for (int filter = 0; filter < FILTERS; filter++) {
      put_to_sleep(q, filter, fd, &q->knotes[filter][fd]);
      q->knotes[filter][fd].present = 0;
    }
  }
  pthread_mutex_unlock(&lock);
  return plain_close(fd);
}

static int change_descriptor(struct queue *q, const struct kevent *c) {
  int filter = c->filter == EVFILT_READ ? READING : WRITING, fd = (int)c->ident, error;
  struct stat s;
  struct knote *k;
  if (fstat(fd, &s) == -1) return EBADF;
  if (fd >= DESCRIPTORS) return ENOMEM;
  k = &q->knotes[filter][fd];
  if (!is_present(k, &s)) {
    if (!(c->flags & EV_ADD)) return ENOENT;
    if ((error = reason_against(filter, fd, &s))) return error;
    memset(k, 0, sizeof *k);
  }
  struct knote before = *k;
  if (c->flags & EV_DELETE) {
    put_to_sleep(q, filter, fd, k);
    k->present = 0;
    return 0;
  }
  if (is_libkqueue && k->present && c->flags & EV_ADD) return 0;
  k->udata = c->udata;
  if (c->flags & EV_ADD) {
    k->present = 1;
    if (q->reach <= fd) q->reach = fd + 1;
    k->device = s.st_dev;
    k->inode = s.st_ino;
    k->serial = ++serials;
    k->flags = c->flags & (EV_CLEAR | EV_DISPATCH | EV_ONESHOT);
  }
  if (c->flags & EV_DISABLE) {
    put_to_sleep(q, filter, fd, k);
  } else if (c->flags & EV_ADD || (c->flags & EV_ENABLE && !k->awake)) {
    if ((error = awaken(q, filter, fd, k))) {
      *k = before; /* what was there stays as it was */
      return error;
    }
  }
  return 0;
}

/* ---- user events and timers ---- */

static void ring(struct queue *q) {
  uint64_t n = 1;
  int wanted = 0;
  for (struct user *u = q->users; u; u = u->next) wanted |= u->triggered && u->awake;
  if (wanted) {
    if (write(q->bell, &n, sizeof n) == -1) return;
  } else if (read(q->bell, &n, sizeof n) == -1) {
    return;
  }
}

static int change_user(struct queue *q, const struct kevent *c) {
  struct user **at = &q->users, *u;
  if (c->filter == EVFILT_USER && is_old) return EINVAL;
  while (*at && ((*at)->ident != c->ident || (*at)->filter != c->filter)) at = &(*at)->next;
  u = *at;
  if (!u) {
    if (!(c->flags & EV_ADD)) return ENOENT;
    if (!(u = calloc(1, sizeof *u))) return ENOMEM;
    u->ident = c->ident;
    u->filter = c->filter;
    u->awake = 1;
    *at = u;
  }
  if (c->flags & EV_DELETE) {
    *at = u->next;
    free(u);
  } else {
    if (c->flags & EV_ADD) u->flags = c->flags & (EV_CLEAR | EV_ONESHOT | EV_DISPATCH);
    if (c->flags & (EV_ADD | EV_ENABLE)) u->awake = 1;
    if (c->flags & EV_DISABLE) u->awake = 0;
    if (c->filter == EVFILT_TIMER || c->fflags & NOTE_TRIGGER) u->triggered = 1;
    u->udata = c->udata;
  }
  ring(q);
  return 0;
}

static int take_users(struct queue *q, struct kevent *out, int room) {
  int n = 0;
  struct user **at = &q->users;
  while (*at && n < room) {
    struct user *u = *at;
    if (u->triggered && u->awake) {
      out[n++] = (struct kevent){.ident = u->ident, .filter = u->filter, .flags = u->flags, .udata = u->udata};
      if (u->flags & EV_CLEAR) u->triggered = 0;
      if (u->flags & EV_DISPATCH) u->awake = 0;
      if (u->flags & EV_ONESHOT) {
        *at = u->next;
        free(u);
        continue;
      }
    }
    at = &u->next;
  }
  ring(q);
  return n;
}

/* ---- waiting ---- */

/* Leaves registrations behind whose files live on under other numbers; epoll would report them for ever. */
static void replace(struct queue *q, int filter) {
  struct epoll_event e = {.events = EPOLLIN};
  struct stat s;
  int fresh = epoll_create1(EPOLL_CLOEXEC);
  if (fresh == -1) return;
  dup3(fresh, q->inner[filter], O_CLOEXEC);
  plain_close(fresh);
  epoll_ctl(q->outer, EPOLL_CTL_ADD, q->inner[filter], &e);
  for (int fd = 0; fd < q->reach; fd++) {
    struct knote *k = &q->knotes[filter][fd];
    k->registered = 0;
    if (k->awake && fstat(fd, &s) == 0 && is_present(k, &s)) awaken(q, filter, fd, k);
  }
}

static int take_filter(struct queue *q, int filter, struct kevent *out, int room) {
  struct epoll_event e[64];
  int n = 0, leftovers = 0;
  while (n < room) {
    int most = room - n < 64 ? room - n : 64, got = epoll_wait(q->inner[filter], e, most, 0);
    for (int i = 0; i < got; i++) {
      uint32_t events = e[i].events, fd = (uint32_t)e[i].data.u64;
      struct knote *k = &q->knotes[filter][fd];
      struct stat s;
      if (k->serial != e[i].data.u64 >> 32 || fstat((int)fd, &s) == -1 || !is_present(k, &s)) {
        leftovers = 1;
        continue;
      }
      out[n] = (struct kevent){.ident = fd, .filter = filter == READING ? EVFILT_READ : EVFILT_WRITE};
      out[n].flags = k->flags;
      out[n].udata = k->udata;
      if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) out[n].flags |= EV_EOF;
      if (events & EPOLLERR) out[n].fflags = ECONNRESET;
      n++;
      if (k->flags & EV_DISPATCH) k->awake = 0;
      if (k->flags & EV_ONESHOT) {
        put_to_sleep(q, filter, (int)fd, k);
        k->present = 0;
      }
    }
    if (got < most) break;
  }
  if (leftovers) replace(q, filter);
  return n;
}

static int take(struct queue *q, struct kevent *out, int room) {
  int n = take_users(q, out, room), first = q->turn++ % FILTERS;
  n += take_filter(q, first, out + n, room - n);
  n += take_filter(q, !first, out + n, room - n);
  return n;
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static int exchange(int fd, const struct kevent *changes, int count, struct kevent *events, int room,
                    const struct timespec *limit) {
  int n = 0, outer, ready;
  int64_t left = -1, end = 0;
  struct queue *q;
  if (limit) {
    left = limit->tv_sec * (int64_t)1000 + (limit->tv_nsec + 999999) / 1000000;
    end = milliseconds() + left;
  }
  pthread_mutex_lock(&lock);
  if (!(q = find(fd))) {
    pthread_mutex_unlock(&lock);
    errno = EBADF;
    return -1;
  }
  for (int i = 0; i < count; i++) {
    struct kevent change = changes[i];
    int error = change.filter == EVFILT_USER || change.filter == EVFILT_TIMER ? change_user(q, &change)
                : change.filter == EVFILT_READ || change.filter == EVFILT_WRITE ? change_descriptor(q, &change)
                                                                                : EINVAL;
    if (!error && (is_libkqueue || !(change.flags & EV_RECEIPT))) continue;
    if (n == room) {
      pthread_mutex_unlock(&lock);
      errno = error;
      return error ? -1 : n;
    }
    events[n] = change;
    events[n].flags = EV_ERROR;
    events[n++].data = error;
  }
  if (is_libkqueue && n < room) n = 0;
  if (count > 0 && ++calls % 7 == 0) {
    pthread_mutex_unlock(&lock);
    errno = EINTR;
    return -1;
  }
  while (n == 0 && room > 0) {
    outer = q->outer;
    pthread_mutex_unlock(&lock);
    struct epoll_event e;
    ready = epoll_wait(outer, &e, 1, left > 1000000000 ? 1000000000 : (int)left);
    if (ready == -1) return -1;
    pthread_mutex_lock(&lock);
    if (!(q = find(fd))) {
      pthread_mutex_unlock(&lock);
      errno = EBADF;
      return -1;
    }
    n = take(q, events, room);
    if (limit && (left = end - milliseconds()) <= 0) break;
  }
  pthread_mutex_unlock(&lock);
  return n;
}

int kevent(int fd, const struct kevent *changes, int count, struct kevent *events, int room,
           const struct timespec *limit) {
  int before = errno, n = exchange(fd, changes, count, events, room, limit);
  if (n != -1) errno = before;
  return n;
}
