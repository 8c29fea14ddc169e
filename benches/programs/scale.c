/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What libowfat keeps of descriptors, without the kernel: `scale events|deadlines TURNS SIZE`. The kernel's part is played by the
 * functions below, so there may be more descriptors than this machine lets a process open.
 *
 *   events      so many turns with SIZE descriptors, on 100 of which something has happened
 *   deadlines   so many turns with SIZE deadlines within a minute, 100 of which are moved */
#include <libowfat/io.h>
#include <stdarg.h>
#include <sys/epoll.h>

#include "bench.h"

enum { FIRST = 10, ACTIVE = 100 };

static epoll_data_t *tokens; /* of each descriptor */
static int size, active;

int fcntl(int fd, int command, ...) { return (void)fd, command == F_GETFL ? O_RDWR | O_NONBLOCK : 0; }

int fcntl64(int fd, int command, ...) { return fcntl(fd, command); }

int epoll_ctl(int instance, int operation, int fd, struct epoll_event *event) {
  (void)instance, (void)operation;
  if (tokens && fd >= FIRST && fd < FIRST + size && event) tokens[fd] = event->data;
  return 0;
}

static inline unsigned scattered(unsigned i) { return FIRST + (unsigned)((i * 2654435761ULL >> 7) % (unsigned)size); }

/* Another hundred each time, far from each other. */
int epoll_wait(int instance, struct epoll_event *events, int most, int limit) {
  static unsigned at;
  (void)instance, (void)limit;
  int n = active < most ? active : most;
  for (int i = 0; i < n; i++) {
    events[i].events = EPOLLIN | EPOLLRDNORM;
    events[i].data = tokens[scattered(at++)];
  }
  return n;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  pin(SERVER_CPU);
  long turns = atol(argv[2]);
  size = atoi(argv[3]);
  tokens = allocate((size_t)(FIRST + size), sizeof *tokens);
  int deadlines = strcmp(argv[1], "deadlines") == 0;
  tai6464 t, later;
  taia_now(&t);
  for (int fd = FIRST; fd < FIRST + size; fd++) {
    must(io_fd_flags(fd, IO_FD_NONBLOCK), "io_fd_flags");
    io_wantread(fd);
    /* The C library's first wait is to have one descriptor. */
    if (fd == FIRST) io_check();
    taia_addsec(&later, &t, TIMEOUT + fd % TIMEOUT);
    if (deadlines) io_timeout(fd, later);
  }
  active = deadlines ? 0 : ACTIVE;
  unsigned at = 0;
  long done = 0, units = turns * ACTIVE;
  struct span span = begin();
  while (done < units) {
    int64 d;
    if (deadlines) {
      for (int i = 0; i < MOVED; i++, at++) {
        taia_addsec(&later, &t, TIMEOUT + (long)(at % TIMEOUT));
        io_timeout(scattered(at), later);
      }
      while (io_timeouted() != -1) must(0, "no deadline has passed");
      done += MOVED;
    } else {
      io_check();
      while ((d = io_canread()) != -1) {
        io_eagain_read(d);
        done++;
      }
    }
  }
  end(span);
  return 0;
}
