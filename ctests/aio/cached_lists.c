/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists of short reads of what is in memory. A thread that has brought some may get a faster way, which must not show: each test
 * brings more than a few. */
#include "aio_test.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>

enum { ENTRIES = 32, LISTS = 12, LENGTH = 20000, PIECE = 500 };

static char wanted[LENGTH];
static _Atomic int calls;

static int cached_file(void) {
  int d = temporary_file(0);
  for (int i = 0; i < LENGTH; i++) wanted[i] = (char)(i % 251);
  CHECK(write(d, wanted, LENGTH) == LENGTH);
  return d;
}

struct reads {
  struct aiocb blocks[ENTRIES], *list[ENTRIES];
  char bytes[ENTRIES][PIECE];
};

/* Entry i reads PIECE bytes from i * PIECE on. */
static void prepare(struct reads *reads, int d) {
  memset(reads->bytes, 0, sizeof reads->bytes);
  for (int i = 0; i < ENTRIES; i++) {
    reads->blocks[i] = on(d, reads->bytes[i], PIECE, i * PIECE);
    reads->blocks[i].aio_lio_opcode = LIO_READ;
    reads->list[i] = &reads->blocks[i];
  }
}

static void expect(struct reads *reads, int i) {
  EQUAL(result(&reads->blocks[i]), PIECE);
  CHECK(memcmp(reads->bytes[i], wanted + i * PIECE, PIECE) == 0);
}

/* One list, and everything that it says afterwards. */
static void works(int d, int mode) {
  static _Thread_local struct reads reads;
  prepare(&reads, d);
  errno = 99;
  EQUAL(lio_listio(mode, reads.list, ENTRIES, NULL), 0);
  EQUAL(errno, 99);
  if (mode == LIO_WAIT)
    for (int i = 0; i < ENTRIES; i++) EQUAL(aio_error(&reads.blocks[i]), 0);
  for (int i = 0; i < ENTRIES; i++) expect(&reads, i);
}

TEST(again_and_again) {
  int d = cached_file();
  for (int i = 0; i < LISTS; i++) works(d, i % 2 ? LIO_WAIT : LIO_NOWAIT);
}

/* If a ring is there. */
static void nothing_is_slept_for(int d) {
  const char *engine = getenv("OWFAT_AIO");
  struct rusage before, after;
  for (int i = 0; i < LISTS; i++) works(d, LIO_WAIT);
  getrusage(RUSAGE_THREAD, &before);
  for (int i = 0; i < 200; i++) works(d, LIO_WAIT);
  getrusage(RUSAGE_THREAD, &after);
  if (!engine || strcmp(engine, "pool") != 0) CHECK(after.ru_nvcsw - before.ru_nvcsw < 100);
}

TEST(nothing_is_waited_for) {
  int d = cached_file();
  char byte;
  struct iovec one = {&byte, 1};
  /* By its number, with RWF_NOWAIT: musl 1.2.3 has neither. */
  if (syscall(SYS_preadv2, d, &one, 1, 0, 0, 8) != 1) SKIP("this file system does not say what is in memory");
  nothing_is_slept_for(d);
  pid_t pid = child();
  if (pid == 0) {
    nothing_is_slept_for(d);
    done();
  }
  join(pid);
  nothing_is_slept_for(d);
}

TEST(entries_that_fail_or_get_less) {
  int d = cached_file(), closed = dup(d), writing = open("/dev/null", O_WRONLY);
  CHECK(close(closed) == 0);
  static struct reads reads;
  for (int i = 0; i < LISTS; i++) {
    prepare(&reads, d);
    reads.blocks[3].aio_buf = (void *)8;
    reads.blocks[5].aio_fildes = closed;
    reads.blocks[7].aio_offset = LENGTH - 30;
    reads.blocks[9].aio_offset = LENGTH;
    reads.blocks[11].aio_fildes = writing;
    reads.blocks[13].aio_offset = -1;
    reads.blocks[15].aio_nbytes = 0;
    reads.list[17] = NULL;
    errno = 0;
    EQUAL(lio_listio(LIO_WAIT, reads.list, ENTRIES, NULL), -1);
    EQUAL(errno, EIO);
    FAILS_WITH(&reads.blocks[3], EFAULT);
    FAILS_WITH(&reads.blocks[5], EBADF);
    EQUAL(result(&reads.blocks[7]), 30);
    EQUAL(result(&reads.blocks[9]), 0);
    FAILS_WITH(&reads.blocks[11], EBADF);
    FAILS_WITH(&reads.blocks[13], EINVAL);
    EQUAL(result(&reads.blocks[15]), 0);
    for (int j = 0; j < ENTRIES; j += 2) expect(&reads, j);
  }
}

/* What was asked for first gets the first bytes of a stream, also where a list brings the second. */
TEST(streams_keep_their_order) {
  int d = cached_file(), ends[2];
  static struct reads reads;
  char first = 0;
  new_pipe(ends);
  for (int i = 0; i < LISTS; i++) {
    struct aiocb before = on(ends[0], &first, 1, 0);
    EQUAL(aio_read(&before), 0);
    prepare(&reads, d);
    for (int j = 1; j < 9; j++) reads.blocks[j] = on(ends[0], reads.bytes[j], 1, 0);
    for (int j = 1; j < 9; j++) reads.blocks[j].aio_lio_opcode = LIO_READ;
    EQUAL(lio_listio(LIO_NOWAIT, reads.list, ENTRIES, NULL), 0);
    expect(&reads, 0);
    EQUAL(aio_error(&reads.blocks[1]), EINPROGRESS);
    CHECK(write(ends[1], "123456789", 9) == 9);
    EQUAL(result(&before), 1);
    EQUAL(first, '1');
    for (int j = 1; j < 9; j++) {
      EQUAL(result(&reads.blocks[j]), 1);
      EQUAL(reads.bytes[j][0], '1' + j);
    }
    for (int j = 9; j < ENTRIES; j++) expect(&reads, j);
  }
}

TEST(socket_with_something_to_read_beside_files) {
  int d = cached_file(), ends[2];
  static struct reads reads;
  new_pair(ends);
  for (int i = 0; i < LISTS; i++) {
    prepare(&reads, d);
    CHECK(write(ends[1], "abcdef", 6) == 6);
    for (int j = 0; j < 6; j++) {
      reads.blocks[j].aio_fildes = ends[0];
      reads.blocks[j].aio_nbytes = 1;
    }
    EQUAL(lio_listio(LIO_WAIT, reads.list, ENTRIES, NULL), 0);
    for (int j = 0; j < 6; j++) EQUAL(reads.bytes[j][0], 'a' + j);
  }
}

TEST(longer_than_what_goes_at_once) {
  int d = cached_file();
  enum { MANY = 150 };
  static struct aiocb blocks[MANY], *list[MANY];
  static char bytes[MANY][PIECE];
  for (int i = 0; i < LISTS; i++) {
    memset(bytes, 0, sizeof bytes);
    for (int j = 0; j < MANY; j++) {
      blocks[j] = on(d, bytes[j], PIECE, j * 7);
      blocks[j].aio_lio_opcode = j % 5 ? LIO_READ : LIO_NOP;
      list[j] = &blocks[j];
    }
    EQUAL(lio_listio(LIO_WAIT, list, MANY, NULL), 0);
    for (int j = 0; j < MANY; j++) {
      if (j % 5 == 0) continue;
      EQUAL(result(&blocks[j]), PIECE);
      CHECK(memcmp(bytes[j], wanted + j * 7, PIECE) == 0);
    }
  }
}

static void call(union sigval value) { calls += value.sival_int; }

TEST(each_entry_and_the_list_are_notified) {
  int d = cached_file();
  static struct reads reads;
  for (int i = 0; i < LISTS; i++) {
    struct sigevent whole = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = call, .sigev_value.sival_int = 1000};
    prepare(&reads, d);
    for (int j = 0; j < ENTRIES; j++) {
      reads.blocks[j].aio_sigevent.sigev_notify = SIGEV_THREAD;
      reads.blocks[j].aio_sigevent.sigev_notify_function = call;
      reads.blocks[j].aio_sigevent.sigev_notify_attributes = NULL;
      reads.blocks[j].aio_sigevent.sigev_value.sival_int = 1;
    }
    EQUAL(lio_listio(LIO_NOWAIT, reads.list, ENTRIES, &whole), 0);
    for (int64_t end = millis() + TIMEOUT * 1000; calls < (1000 + ENTRIES) * (i + 1); sleep_ms(1)) CHECK(millis() < end);
    EQUAL(calls, (1000 + ENTRIES) * (i + 1));
  }
}

static void nothing(int number) { (void)number; }

/* Where signals come again and again, each list is read as well; one that is interrupted says so. */
TEST(interrupted) {
  int d = cached_file();
  static struct reads reads;
  struct sigaction action = {.sa_handler = nothing};
  struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
  for (int i = 0; i < 1000; i++) {
    prepare(&reads, d);
    if (lio_listio(LIO_WAIT, reads.list, ENTRIES, NULL) == -1) EQUAL(errno, EINTR);
    for (int j = 0; j < ENTRIES; j++) expect(&reads, j);
  }
  CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static int open_numbers(void) {
  int count = 0;
  for (int d = 0; d < 200; d++) count += fcntl(d, F_GETFD) != -1;
  return count;
}

static int mappings(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  CHECK(maps != NULL);
  int lines = 0;
  for (int c; (c = getc(maps)) != EOF;) lines += c == '\n';
  fclose(maps);
  return lines;
}

static void *lists(void *d) {
  for (int i = 0; i < LISTS; i++) works(*(int *)d, LIO_WAIT);
  return NULL;
}

static void in_a_thread(int *d) {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, lists, d) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
}

/* Whatever a thread was given goes with it. */
TEST(threads_that_end, .seconds = 60) {
  int d = cached_file();
  for (int i = 0; i < 10; i++) in_a_thread(&d);
  int numbers = open_numbers(), before = mappings();
  for (int i = 0; i < 300; i++) in_a_thread(&d);
  EQUAL(open_numbers(), numbers);
  CHECK(mappings() < before + 50);
}

TEST(children) {
  int d = cached_file();
  lists(&d);
  for (int i = 0; i < 5; i++) {
    pid_t pid = child();
    if (pid == 0) {
      lists(&d);
      in_a_thread(&d);
      done();
    }
    join(pid);
    works(d, LIO_WAIT);
  }
}

/* The program closes whatever it did not open. */
TEST(all_numbers_closed) {
  int d = cached_file();
  CHECK(dup2(d, 3) == 3);
  for (int i = 0; i < LISTS; i++) {
    works(3, LIO_WAIT);
    for (int number = 4; number < 100; number++) close(number);
  }
}

TEST(cold_and_warm) {
  int warm = cached_file(), cold = cached_file();
  static struct reads reads;
  CHECK(fsync(cold) == 0);
  for (int i = 0; i < 60; i++) {
    if (i % 3 == 0) CHECK(posix_fadvise(cold, 0, 0, POSIX_FADV_DONTNEED) == 0);
    prepare(&reads, warm);
    for (int j = i % 4; j < ENTRIES; j += 1 + i % 3) reads.blocks[j].aio_fildes = cold;
    EQUAL(lio_listio(LIO_WAIT, reads.list, ENTRIES, NULL), 0);
    for (int j = 0; j < ENTRIES; j++) expect(&reads, j);
  }
}

/* A read behind a write of the same list may see it or not; both succeed. */
TEST(beside_a_write) {
  int d = cached_file();
  static struct reads reads;
  for (int i = 0; i < LISTS; i++) {
    prepare(&reads, d);
    memcpy(reads.bytes[4], wanted + 4 * PIECE, PIECE);
    reads.blocks[4].aio_lio_opcode = LIO_WRITE;
    EQUAL(lio_listio(LIO_WAIT, reads.list, ENTRIES, NULL), 0);
    for (int j = 0; j < ENTRIES; j++) expect(&reads, j);
  }
}
