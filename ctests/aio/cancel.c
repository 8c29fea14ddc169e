/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_cancel. */
#include "aio_test.h"

static void cancelled(struct aiocb *block) { FAILS_WITH(block, ECANCELED); }

TEST(descriptor_that_is_not_open) {
  errno = 0;
  EQUAL(aio_cancel(200, NULL), -1);
  EQUAL(errno, EBADF);
  errno = 0;
  EQUAL(aio_cancel(-1, NULL), -1);
  EQUAL(errno, EBADF);
}

TEST(block_of_another_descriptor) {
  int ends[2];
  char byte;
  new_pipe(ends);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  errno = 0;
  EQUAL(aio_cancel(ends[1], &block), -1);
  EQUAL(errno, EINVAL);
  stays_pending(&block);
}

TEST(nothing_to_cancel) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0), never;
  memset(&never, 0, sizeof never);
  never.aio_fildes = d;
  EQUAL(aio_cancel(d, NULL), AIO_ALLDONE);
  EQUAL(aio_cancel(d, &never), AIO_ALLDONE);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), 0);
  EQUAL(aio_cancel(d, &block), AIO_ALLDONE);
  EQUAL(aio_cancel(d, NULL), AIO_ALLDONE);
  EQUAL(aio_return(&block), 1);
}

static void waiting_read(int reader, int writer) {
  char byte = 0, next = 0;
  struct aiocb block = on(reader, &byte, 1, 0), later = on(reader, &next, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  int64_t start = millis();
  EQUAL(aio_cancel(reader, &block), AIO_CANCELED);
  CHECK(millis() - start < 1000);
  EQUAL(aio_error(&block), ECANCELED);
  EQUAL(aio_return(&block), -1);
  EQUAL(aio_read(&later), 0);
  CHECK(write(writer, "x", 1) == 1);
  EQUAL(result(&later), 1);
  EQUAL(next, 'x');
  EQUAL(byte, 0);
}

TEST(waiting_read_of_a_pipe, .valgrind = 1) {
  int ends[2];
  new_pipe(ends);
  waiting_read(ends[0], ends[1]);
}

TEST(waiting_read_of_a_socket) {
  int ends[2];
  new_pair(ends);
  waiting_read(ends[0], ends[1]);
}

TEST(waiting_read_of_a_terminal) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  char byte;
  if (master == -1 || grantpt(master) || unlockpt(master)) SKIP("no terminals");
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  CHECK(slave != -1);
  struct aiocb block = on(slave, &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  EQUAL(aio_cancel(slave, NULL), AIO_CANCELED);
  cancelled(&block);
}

TEST(every_read_of_a_descriptor) {
  enum { MANY = 1000 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY];
  int ends[2];
  new_pair(ends);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(ends[0], &bytes[i], 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  for (int i = 0; i < MANY; i++) {
    EQUAL(aio_error(&blocks[i]), ECANCELED);
    EQUAL(aio_return(&blocks[i]), -1);
  }
  EQUAL(aio_cancel(ends[0], NULL), AIO_ALLDONE);
}

TEST(one_in_the_middle) {
  enum { MANY = 10 };
  struct aiocb blocks[MANY];
  char bytes[MANY] = "";
  int ends[2];
  new_pipe(ends);
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(ends[0], &bytes[i], 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  EQUAL(aio_cancel(ends[0], &blocks[5]), AIO_CANCELED);
  CHECK(write(ends[1], "012345678", 9) == 9);
  for (int i = 0; i < MANY; i++)
    if (i == 5)
      cancelled(&blocks[i]);
    else
      EQUAL(result(&blocks[i]), 1);
  CHECK(memcmp(bytes, "01234\0005678", MANY) == 0);
}

/* A write that was tried and waits for room counts as started; those behind it do not. */
static void waiting_write(int writer, int reader) {
  size_t full = fill(writer);
  struct aiocb head = on(writer, "h", 1, 0), behind = on(writer, "b", 1, 0);
  EQUAL(aio_write(&head), 0);
  stays_pending(&head);
  EQUAL(aio_write(&behind), 0);
  EQUAL(aio_cancel(writer, NULL), AIO_NOTCANCELED);
  cancelled(&behind);
  stays_pending(&head);
  EQUAL(aio_cancel(writer, &head), AIO_NOTCANCELED);
  drain(reader, full);
  EQUAL(result(&head), 1);
  char byte;
  CHECK(read(reader, &byte, 1) == 1);
  EQUAL(byte, 'h');
}

TEST(waiting_write_of_a_pipe) {
  int ends[2];
  new_pipe(ends);
  waiting_write(ends[1], ends[0]);
}

TEST(waiting_write_of_a_socket) {
  int ends[2];
  new_pair(ends);
  waiting_write(ends[1], ends[0]);
}

/* The two directions of a socket: a cancelled read leaves the write alone. */
TEST(one_direction_of_a_socket) {
  int ends[2];
  char byte;
  new_pair(ends);
  size_t full = fill(ends[0]);
  struct aiocb reading = on(ends[0], &byte, 1, 0), writing = on(ends[0], "x", 1, 0);
  EQUAL(aio_write(&writing), 0);
  EQUAL(aio_read(&reading), 0);
  stays_pending(&writing);
  EQUAL(aio_cancel(ends[0], &reading), AIO_CANCELED);
  cancelled(&reading);
  stays_pending(&writing);
  drain(ends[1], full);
  EQUAL(result(&writing), 1);
}

/* After close and reuse of the number, requests of the old file are out of reach, and go on. */
TEST(number_that_was_reused) {
  int old[2], new[2];
  char byte = 0;
  new_pipe(old);
  struct aiocb block = on(old[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  close(old[0]);
  new_pipe(new);
  CHECK(new[0] == old[0]);
  EQUAL(aio_cancel(new[0], NULL), AIO_ALLDONE);
  stays_pending(&block);
  CHECK(write(old[1], "x", 1) == 1);
  EQUAL(result(&block), 1);
  EQUAL(byte, 'x');
}

static volatile sig_atomic_t told;

static void tell(int number) {
  (void)number;
  told++;
}

TEST(cancelled_requests_are_notified) {
  int ends[2];
  char byte;
  new_pipe(ends);
  signal(SIGUSR1, tell);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
  block.aio_sigevent.sigev_signo = SIGUSR1;
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  EQUAL(aio_cancel(ends[0], &block), AIO_CANCELED);
  for (int i = 0; i < 200 && !told; i++) sleep_ms(5);
  sleep_ms(50);
  EQUAL(told, 1);
}

/* No request is both: what was not cancelled has moved its bytes, what was cancelled has not. */
TEST(files_under_way) {
  enum { MANY = 200, SIZE = 4096 };
  static struct aiocb blocks[MANY];
  static char bytes[MANY][SIZE];
  int d = temporary_file(0);
  for (int round = 0; round < 20; round++) {
    CHECK(ftruncate(d, 0) == 0);
    for (int i = 0; i < MANY; i++) {
      memset(bytes[i], 'a' + round, SIZE);
      blocks[i] = on(d, bytes[i], SIZE, (off_t)i * SIZE);
      EQUAL(aio_write(&blocks[i]), 0);
    }
    int answer = aio_cancel(d, NULL), went_on = 0, off = 0;
    for (int i = 0; i < MANY; i++) {
      int error = settled(&blocks[i]);
      char byte = 0;
      EQUAL(aio_return(&blocks[i]), error ? -1 : SIZE);
      CHECK(error == 0 || error == ECANCELED);
      error ? off++ : went_on++;
      ssize_t n = pread(d, &byte, 1, (off_t)i * SIZE);
      CHECK(error == 0 ? n == 1 && byte == 'a' + round : n == 0 || byte == 0);
    }
    CHECK(answer == AIO_CANCELED || answer == AIO_NOTCANCELED || answer == AIO_ALLDONE);
    if (answer == AIO_ALLDONE) EQUAL(off, 0);
    if (answer == AIO_CANCELED) CHECK(off > 0);
  }
}

TEST(hundred_thousand, .seconds = 60) {
  enum { MANY = 100000 };
  struct aiocb *blocks = malloc(MANY * sizeof *blocks);
  static char byte;
  int ends[2];
  CHECK(blocks);
  new_pair(ends);
  int64_t start = millis();
  for (int i = 0; i < MANY; i++) {
    blocks[i] = on(ends[0], &byte, 1, 0);
    EQUAL(aio_read(&blocks[i]), 0);
  }
  int64_t submitted = millis();
  EQUAL(aio_cancel(ends[0], NULL), AIO_CANCELED);
  int64_t end = millis();
  for (int i = 0; i < MANY; i++) EQUAL(aio_error(&blocks[i]), ECANCELED);
  /* Linear takes a fraction of a second; quadratic takes minutes. */
  CHECK(submitted - start < 10000 && end - submitted < 10000);
}
