/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What libkqueue declares on Linux: struct kevent as in FreeBSD 11. */
#ifndef KEVENT_EVENT_H
#define KEVENT_EVENT_H

#include <stdint.h>
#include <time.h>

struct kevent {
  uintptr_t ident;
  short filter;
  unsigned short flags;
  unsigned int fflags;
  intptr_t data;
  void *udata;
};

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_TIMER = -7, EVFILT_USER = -11 };
enum {
  EV_ADD = 0x1,
  EV_DELETE = 0x2,
  EV_ENABLE = 0x4,
  EV_DISABLE = 0x8,
  EV_ONESHOT = 0x10,
  EV_CLEAR = 0x20,
  EV_RECEIPT = 0x40,
  EV_DISPATCH = 0x80,
  EV_ERROR = 0x4000,
  EV_EOF = 0x8000
};
enum { NOTE_TRIGGER = 0x1000000 };

int kqueue(void);
int kevent(int queue, const struct kevent *changes, int change_count, struct kevent *events, int event_count,
           const struct timespec *limit);

#endif
