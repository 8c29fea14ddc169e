/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* No descriptor is lost: one that was returned and not drained is reported again, whatever its kind and
 * whatever the program used to read; and a drained one is not reported. */
#include "kinds.h"

static void begin(const struct kind *kind, int blocking) {
  wr = -1;
  kind->open();
  CHECK(io_fd(rd) == 1);
  if (!blocking) io_nonblock(rd);
  io_wantread(rd);
  EQUAL(in_read_round(rd), 0);
}

static void put_units(const struct kind *kind) {
  for (int i = 0; i < kind->units; i++) kind->put();
  AWAIT(rd, POLLIN);
}

static void end(const struct kind *kind) {
  if (kind->end) kind->end();
  if (wr != rd && wr != -1) close(wr);
  io_close(rd);
}

/* Takes one unit per event, first at io_check, then, filled again, at io_wait. */
static void one_per_event(const struct kind *kind, void (*take)(void), int blocking) {
  begin(kind, blocking);
  for (int turn = 0; turn < 2; turn++) {
    put_units(kind);
    for (int i = 0; i < kind->units; i++) {
      io_check();
      collect();
      EQUAL(was_readable(rd), 1);
      take();
    }
    for (int i = 0; i < 3; i++) EQUAL(in_read_round(rd), 0);
  }
  put_units(kind);
  for (int i = 0; i < kind->units; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
    take();
  }
  EQUAL(in_read_round(rd), 0);
  end(kind);
}

static void both_modes(const struct kind *kind, void (*take)(void)) {
  one_per_event(kind, take, 0);
  one_per_event(kind, take, 1);
}

/* Does nothing at all about it, and takes everything in the end. */
static void untouched(const struct kind *kind) {
  begin(kind, 0);
  put_units(kind);
  for (int i = 0; i < 3; i++) EQUAL(in_read_round(rd), 1);
  for (int i = 0; i < 3; i++) {
    wait_round();
    EQUAL(was_readable(rd), 1);
  }
  for (int i = 0; i < kind->units; i++) kind->take();
  for (int i = 0; i < 3; i++) EQUAL(in_read_round(rd), 0);
  end(kind);
}

#define PLAIN_TESTS(KIND)                                                     \
  TEST(KIND##_one_plain_read_per_event, .valgrind = 1) {                      \
    both_modes(&kind_##KIND, kind_##KIND.take);                               \
  }                                                                           \
  TEST(KIND##_left_alone) { untouched(&kind_##KIND); }

#define TESTS(KIND)                                                           \
  PLAIN_TESTS(KIND)                                                           \
  TEST(KIND##_one_io_tryread_per_event) {                                     \
    both_modes(&kind_##KIND, kind_##KIND.tryread);                            \
  }

TESTS(tcp)
TESTS(unix_stream)
TESTS(unix_datagram)
TESTS(seqpacket)
TESTS(udp)
TESTS(pipe_end)
TESTS(fifo)
TESTS(pty)
TESTS(pty_lines)
TESTS(pty_master)
PLAIN_TESTS(listener)

/* ---- kinds that only Linux has ---- */
#ifdef __linux__
#include "families.h"

#include <sys/syscall.h>

TESTS(eventfd_semaphore)
TESTS(signalfd_queue)
PLAIN_TESTS(nested_epoll)
TESTS(inotify)
TESTS(eventfd_counter)
TESTS(timerfd)
TESTS(netlink)
TESTS(packet)
TESTS(vsock)
TESTS(vsock_messages)
TESTS(multipath)
TESTS(kernel_tls)
TESTS(tipc)
TESTS(cipher)
TESTS(packet_pipe)
TESTS(raw_ip)
TESTS(tunnel)
PLAIN_TESTS(message_queue)

/* Once the process has ended, its descriptor stays readable for good. */
TEST(pidfd_stays_readable) {
  pid_t pid = child();
  if (pid == 0) {
    sleep_ms(50);
    done();
  }
  rd = (int)syscall(SYS_pidfd_open, pid, 0);
  CHECK(rd != -1);
  EQUAL(io_fd(rd), 1);
  io_wantread(rd);
  wait_round();
  EQUAL(was_readable(rd), 1);
  for (int i = 0; i < 3; i++) EQUAL(in_read_round(rd), 1);
  join(pid);
  EQUAL(in_read_round(rd), 1);
}

#endif
