/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aio_read and aio_write: what a call refuses, what a request fails with, and what it moves. */
#include "aio_test.h"

TEST(write_and_read_back, .valgrind = 1) {
  int d = temporary_file(0);
  char bytes[5] = "";
  struct aiocb block = on(d, "hello", 5, 3);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 5);
  block = on(d, bytes, 5, 3);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 5);
  CHECK(memcmp(bytes, "hello", 5) == 0);
}

TEST(priority_out_of_range) {
  static const int wrong[] = {-1, 21, INT_MIN, INT_MAX};
  int d = temporary_file(0);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct aiocb block = on(d, "x", 1, 0);
    block.aio_reqprio = wrong[i];
    REFUSED_WITH(aio_write(&block), &block, EINVAL);
    REFUSED_WITH(aio_read(&block), &block, EINVAL);
  }
}

TEST(priority_in_range) {
  int d = temporary_file(0);
  for (int priority = 0; priority <= 20; priority++) {
    struct aiocb block = on(d, "x", 1, 0);
    block.aio_reqprio = priority;
    EQUAL(aio_write(&block), 0);
    EQUAL(result(&block), 1);
  }
}

TEST(descriptor_that_is_not_open) {
  static const int wrong[] = {-1, 200, INT_MAX, INT_MIN};
  char byte;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct aiocb block = on(wrong[i], &byte, 1, 0);
    EQUAL(aio_read(&block), 0);
    FAILS_WITH(&block, EBADF);
    block = on(wrong[i], "x", 1, 0);
    EQUAL(aio_write(&block), 0);
    FAILS_WITH(&block, EBADF);
  }
}

TEST(descriptor_open_the_wrong_way) {
  char byte;
  int ends[2], path = open("/", O_PATH);
  new_pipe(ends);
  struct aiocb reading = on(ends[1], &byte, 1, 0), writing = on(ends[0], "x", 1, 0);
  EQUAL(aio_read(&reading), 0);
  EQUAL(aio_write(&writing), 0);
  FAILS_WITH(&reading, EBADF);
  FAILS_WITH(&writing, EBADF);
  reading = on(path, &byte, 1, 0);
  EQUAL(aio_read(&reading), 0);
  FAILS_WITH(&reading, EBADF);
}

TEST(negative_offset_of_a_file) {
  static const int flags[] = {0, O_APPEND};
  for (int i = 0; i < 2; i++) {
    int d = temporary_file(flags[i]);
    char byte;
    struct stat state;
    CHECK(write(d, "abc", 3) == 3 && lseek(d, 1, SEEK_SET) == 1);
    struct aiocb block = on(d, "x", 1, -1);
    EQUAL(aio_write(&block), 0);
    FAILS_WITH(&block, EINVAL);
    block = on(d, &byte, 1, -1);
    EQUAL(aio_read(&block), 0);
    FAILS_WITH(&block, EINVAL);
    EQUAL(lseek(d, 0, SEEK_CUR), 1);
    CHECK(fstat(d, &state) == 0);
    EQUAL(state.st_size, 3);
  }
}

TEST(negative_offset_of_a_stream) {
  int ends[2];
  char byte = 0;
  new_pipe(ends);
  struct aiocb writing = on(ends[1], "x", 1, -5), reading = on(ends[0], &byte, 1, -1);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&writing), 1);
  EQUAL(aio_read(&reading), 0);
  EQUAL(result(&reading), 1);
  EQUAL(byte, 'x');
}

TEST(offset_beyond_the_largest) {
  int d = temporary_file(0);
  char bytes[4096];
  struct stat state;
  off_t largest = (off_t)INT64_MAX - 100;
  struct aiocb block = on(d, bytes, sizeof bytes, largest);
  EQUAL(aio_write(&block), 0);
  int error = settled(&block);
  CHECK(error == EINVAL || error == EFBIG);
  EQUAL(aio_return(&block), -1);
  CHECK(fstat(d, &state) == 0);
  EQUAL(state.st_size, 0);
  block = on(d, bytes, sizeof bytes, largest);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EINVAL);
}

TEST(length_above_SSIZE_MAX) {
  int d = temporary_file(0);
  static char bytes[16];
  struct aiocb block = on(d, bytes, (size_t)SSIZE_MAX + 1, 0);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EINVAL);
  block = on(d, bytes, SIZE_MAX, 0);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EINVAL);
}

/* Of 2^32 + 5 bytes, 5 would be left if the count were cut to 32 bits. */
TEST(length_above_32_bits) {
#if SIZE_MAX > UINT32_MAX
  size_t size = ((size_t)1 << 32) + 5;
  int d = temporary_file(0);
  char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) SKIP("no address space for 4 GiB");
  CHECK(write(d, "0123456789", 10) == 10);
  struct aiocb block = on(d, bytes, size, 0);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 10);
#else
  SKIP("size_t has 32 bits");
#endif
}

TEST(length_0) {
  int d = temporary_file(0), ends[2];
  new_pipe(ends);
  struct aiocb block = on(d, NULL, 0, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 0);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 0);
  block = on(-1, NULL, 0, 0);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EBADF);
}

TEST(address_without_memory) {
  int d = temporary_file(0);
  CHECK(write(d, "abc", 3) == 3);
  struct aiocb block = on(d, (void *)8, 3, 0);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EFAULT);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EFAULT);
}

TEST(directory) {
  char byte;
  int d = open("/", O_RDONLY);
  struct aiocb block = on(d, &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EISDIR);
}

TEST(unknown_notification) {
  int d = temporary_file(0);
  struct stat state;
  struct aiocb block = on(d, "x", 1, 0);
  block.aio_sigevent.sigev_notify = 77;
  REFUSED_WITH(aio_write(&block), &block, EINVAL);
  sleep_ms(50);
  CHECK(fstat(d, &state) == 0);
  EQUAL(state.st_size, 0);
}

TEST(signal_number_out_of_range) {
  int d = temporary_file(0);
  static const int wrong[] = {-1, 65, 1000};
  for (int i = 0; i < 3; i++) {
    struct aiocb block = on(d, "x", 1, 0);
    block.aio_sigevent.sigev_notify = SIGEV_SIGNAL;
    block.aio_sigevent.sigev_signo = wrong[i];
    REFUSED_WITH(aio_write(&block), &block, EINVAL);
  }
}

/* A zeroed sigevent asks for signal 0, which is none. */
TEST(signal_number_0) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  memset(&block.aio_sigevent, 0, sizeof block.aio_sigevent);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 1);
}

TEST(thread_without_a_function) {
  int d = temporary_file(0);
  struct aiocb block = on(d, "x", 1, 0);
  block.aio_sigevent.sigev_notify = SIGEV_THREAD;
  REFUSED_WITH(aio_write(&block), &block, EINVAL);
}

TEST(ends_of_files) {
  int d = temporary_file(0);
  char bytes[10];
  CHECK(write(d, "abcde", 5) == 5);
  struct aiocb block = on(d, bytes, 10, 2);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 3);
  block = on(d, bytes, 10, 5);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 0);
  block = on(d, bytes, 10, 1000000);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 0);
}

TEST(file_position_stays) {
  int d = temporary_file(0);
  char bytes[3];
  CHECK(write(d, "abcde", 5) == 5 && lseek(d, 2, SEEK_SET) == 2);
  struct aiocb reading = on(d, bytes, 3, 0), writing = on(d, "xyz", 3, 4);
  EQUAL(aio_read(&reading), 0);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&reading), 3);
  EQUAL(result(&writing), 3);
  EQUAL(lseek(d, 0, SEEK_CUR), 2);
}

TEST(append_ignores_the_offset_and_reads_use_it) {
  int d = temporary_file(O_APPEND);
  char bytes[3] = "";
  CHECK(write(d, "abcde", 5) == 5);
  struct aiocb block = on(d, "xyz", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 3);
  block = on(d, bytes, 3, 5);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 3);
  CHECK(memcmp(bytes, "xyz", 3) == 0);
}

TEST(streams_ignore_the_offset) {
  int ends[2];
  char bytes[3];
  new_pair(ends);
  struct aiocb writing = on(ends[1], "xyz", 3, 12345), reading = on(ends[0], bytes, 3, 99999);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&writing), 3);
  EQUAL(aio_read(&reading), 0);
  EQUAL(result(&reading), 3);
}

static void nonblocking_stream(int reader, int writer) {
  char byte;
  CHECK(fcntl(reader, F_SETFL, O_NONBLOCK) == 0 && fcntl(writer, F_SETFL, O_NONBLOCK) == 0);
  struct aiocb block = on(reader, &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EAGAIN);
  fill(writer);
  CHECK(fcntl(writer, F_SETFL, O_NONBLOCK) == 0);
  block = on(writer, "x", 1, 0);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EAGAIN);
}

TEST(nonblocking_pipe) {
  int ends[2];
  new_pipe(ends);
  nonblocking_stream(ends[0], ends[1]);
}

TEST(nonblocking_socket) {
  int ends[2];
  new_pair(ends);
  nonblocking_stream(ends[0], ends[1]);
}
