/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A hang-up or error on a descriptor without interest does not make a wait spin. */
#include "kinds.h"

static int quiet[2];

/* A wait that has something to wait for, and nothing that ends it. */
static void must_sleep(int64 d) {
  unix_pair(quiet);
  known(quiet[0]);
  io_wantread(quiet[0]);
  in_read_round(d);
  in_read_round(d);
  int64_t start = millis(), used = cpu_millis();
  long before = sleeps();
  int rounds = 0;
  while (millis() - start < 300) {
    io_waituntil(in_ms(300));
    collect();
    EQUAL(t_round.reads, 0);
    EQUAL(t_round.writes, 0);
    rounds++;
  }
  CHECK(cpu_millis() - used < 150);
  CHECK(sleeps() - before < 30);
  CHECK(rounds < 5);
}

static void begin(void (*open)(void)) {
  open();
  known(rd);
  io_wantread(rd);
  EQUAL(in_read_round(rd), 0);
}

#define NO_INTEREST(NAME, OPEN, END)                                              \
  TEST(NAME##_without_interest) {                                               \
    begin(OPEN);                                                              \
    io_dontwantread(rd);                                                      \
    END;                                                                      \
    AWAIT(rd, POLLIN);                                                        \
    must_sleep(rd);                                                           \
  }

NO_INTEREST(tcp_fin, open_tcp, close(wr))
NO_INTEREST(tcp_half_close, open_tcp, shutdown(wr, SHUT_WR))
NO_INTEREST(unix_end, open_unix, close(wr))
NO_INTEREST(pipe_end, open_pipe, close(wr))
NO_INTEREST(fifo_end, open_fifo, close(wr))
NO_INTEREST(unread_data, open_unix, put(wr, "x"))
NO_INTEREST(pty_hangup, open_pty, close(wr))

TEST(tcp_reset_without_interest) {
  struct linger none = {1, 0};
  begin(open_tcp);
  io_dontwantread(rd);
  CHECK(setsockopt(wr, SOL_SOCKET, SO_LINGER, &none, sizeof none) == 0);
  close(wr);
  AWAIT(rd, POLLHUP);
  must_sleep(rd);
}

/* The program is through with reading, and waits for room to write. */
TEST(half_close_with_write_interest) {
  begin(open_unix);
  io_dontwantread(rd);
  io_wantwrite(rd);
  while (io_trywrite(rd, "0123456789", 10) > 0) {
  }
  shutdown(wr, SHUT_WR);
  must_sleep(rd);
  drain(wr);
  wait_round();
  EQUAL(was_writable(rd), 1);
}

TEST(unread_data_with_write_interest) {
  begin(open_tcp);
  io_dontwantread(rd);
  io_wantwrite(rd);
  fill(rd);
  while (io_trywrite(rd, "0123456789", 10) > 0) {
  }
  put(wr, "x");
  must_sleep(rd);
}

TEST(room_for_writing_with_read_interest) {
  begin(open_tcp);
  must_sleep(rd);
}

/* A peer that goes on sending to a descriptor without interest. */
TEST(stream_of_data_without_interest) {
  begin(open_unix);
  io_dontwantread(rd);
  unix_pair(quiet);
  known(quiet[0]);
  io_wantread(quiet[0]);
  in_read_round(rd);
  pid_t pid = child();
  if (pid == 0) {
    for (int i = 0; i < 100; i++) {
      put(wr, "x");
      sleep_ms(2);
    }
    put(quiet[1], "x");
    done();
  }
  int64_t used = cpu_millis();
  do {
    wait_round();
    EQUAL(was_readable(rd), 0);
  } while (!was_readable(quiet[0]));
  CHECK(cpu_millis() - used < 100);
  join(pid);
  io_wantread(rd);
  EQUAL(in_read_round(rd), 1);
}

/* Never connected: the kernel calls such a socket hung up. */
TEST(unconnected_socket) {
  rd = socket(AF_INET, SOCK_STREAM, 0);
  known(rd);
  io_wantread(rd);
  in_read_round(rd);
  io_dontwantread(rd);
  must_sleep(rd);
}
