/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a request moves, and what it fails with: sizes, devices, addresses, and blocks that are overwritten. */
#include "aio_test.h"

#include <stdint.h>
#include <sys/eventfd.h>

/* One operation moves at most 0x7ffff000 bytes, as write(2) does. /dev/null looks at none of them. */
TEST(largest_transfer) {
#if SIZE_MAX > UINT32_MAX
  size_t size = ((size_t)1 << 32) + 5;
  char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED) SKIP("no address space for 4 GiB");
  int d = open("/dev/null", O_WRONLY);
  struct aiocb block = on(d, bytes, size, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 0x7ffff000);
#else
  SKIP("size_t has 32 bits");
#endif
}

TEST(device_without_space) {
  int d = open("/dev/full", O_WRONLY);
  struct aiocb block = on(d, "x", 1, 0);
  CHECK(d != -1);
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, ENOSPC);
}

static void without_memory(int reader, int writer) {
  struct aiocb block = on(writer, (void *)8, 3, 0);
  char bytes[3] = "";
  EQUAL(aio_write(&block), 0);
  FAILS_WITH(&block, EFAULT);
  CHECK(write(writer, "abc", 3) == 3);
  block = on(reader, (void *)8, 3, 0);
  EQUAL(aio_read(&block), 0);
  FAILS_WITH(&block, EFAULT);
  /* The next request is served all the same. */
  block = on(writer, "def", 3, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 3);
  block = on(reader, bytes, 3, 0);
  EQUAL(aio_read(&block), 0);
  EQUAL(result(&block), 3);
}

TEST(address_without_memory_for_a_pipe) {
  int ends[2];
  new_pipe(ends);
  without_memory(ends[0], ends[1]);
}

TEST(address_without_memory_for_a_socket) {
  int ends[2];
  new_pair(ends);
  without_memory(ends[0], ends[1]);
}

/* Whatever the program does to a block that is pending, the request is the one that was submitted. */
TEST(block_overwritten_while_it_is_pending) {
  int ends[2], other[2];
  char byte = 0;
  new_pipe(ends);
  new_pipe(other);
  struct aiocb block = on(ends[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  stays_pending(&block);
  memset(&block, 0x5a, sizeof block);
  block.aio_fildes = other[0];
  block.aio_buf = (void *)8;
  CHECK(write(ends[1], "x", 1) == 1);
  int64_t end = millis() + TIMEOUT * 1000;
  while (aio_error(&block) != 0) CHECK(millis() < end);
  EQUAL(aio_return(&block), 1);
  EQUAL(byte, 'x');
  /* The block can be used again. */
  block = on(other[0], &byte, 1, 0);
  EQUAL(aio_read(&block), 0);
  CHECK(write(other[1], "y", 1) == 1);
  EQUAL(result(&block), 1);
  EQUAL(byte, 'y');
}

/* A call that is refused has read nothing. */
TEST(refused_calls_leave_the_buffer_alone) {
  int d = temporary_file(0);
  char bytes[4] = "....";
  CHECK(write(d, "abcd", 4) == 4);
  for (int i = 0; i < 200; i++) {
    struct aiocb block = on(d, bytes, 4, 0);
    if (i % 2)
      block.aio_reqprio = 21;
    else
      block.aio_sigevent.sigev_notify = SIGEV_THREAD, block.aio_sigevent.sigev_notify_function = NULL;
    REFUSED_WITH(aio_read(&block), &block, EINVAL);
    CHECK(memcmp(bytes, "....", 4) == 0);
  }
}

/* When the call returns, the status is not what was left there. */
TEST(status_when_the_call_returns) {
  int ends[2], d = temporary_file(0);
  char byte;
  new_pipe(ends);
  struct aiocb block = on(-1, &byte, 1, 0);
  for (int i = 0; i < 200; i++) {
    block.aio_fildes = -1;
    EQUAL(aio_read(&block), 0);
    EQUAL(settled(&block), EBADF);
    block.aio_fildes = ends[0];
    EQUAL(aio_read(&block), 0);
    EQUAL(aio_error(&block), EINPROGRESS);
    CHECK(write(ends[1], "x", 1) == 1);
    EQUAL(result(&block), 1);
    struct aiocb file = on(d, "y", 1, 0);
    EQUAL(aio_write(&file), 0);
    int status = aio_error(&file);
    CHECK(status == EINPROGRESS || status == 0);
    EQUAL(result(&file), 1);
  }
}

TEST(eventfd_ignores_the_offset) {
  uint64_t number = 7;
  int d = eventfd(0, 0);
  CHECK(d != -1);
  struct aiocb reading = on(d, &number, sizeof number, 4711), writing = on(d, &number, sizeof number, 99);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&writing), 8);
  number = 0;
  EQUAL(aio_read(&reading), 0);
  EQUAL(result(&reading), 8);
  EQUAL(number, 7);
  /* An empty one is waited for. */
  EQUAL(aio_read(&reading), 0);
  stays_pending(&reading);
  CHECK(write(d, &(uint64_t){5}, 8) == 8);
  EQUAL(result(&reading), 8);
  EQUAL(number, 5);
}

TEST(terminal_ignores_the_offset) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  char bytes[8] = "";
  if (master == -1 || grantpt(master) || unlockpt(master)) SKIP("no terminals");
  int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  CHECK(slave != -1);
  struct aiocb reading = on(slave, bytes, sizeof bytes, 12345), writing = on(master, "abc\n", 4, 777);
  EQUAL(aio_read(&reading), 0);
  EQUAL(aio_write(&writing), 0);
  EQUAL(result(&writing), 4);
  EQUAL(result(&reading), 4);
  CHECK(memcmp(bytes, "abc\n", 4) == 0);
}

/* Alignment is the kernel's business, and nothing is copied to mend it. */
TEST(alignment_of_direct_transfers) {
  char name[T_NAME];
  int d = mkostemp(temporary(name, "aio"), O_DIRECT);
  if (d == -1) SKIP("no O_DIRECT here");
  CHECK(unlink(name) == 0);
  char *bytes = aligned_alloc(4096, 8192);
  memset(bytes, 'x', 8192);
  ssize_t plain = pwrite(d, bytes + 1, 4096, 0);
  int error = plain == -1 ? errno : 0;
  struct aiocb block = on(d, bytes + 1, 4096, 0);
  EQUAL(aio_write(&block), 0);
  EQUAL(settled(&block), error);
  EQUAL(aio_return(&block), plain);
  block = on(d, bytes, 4096, 4096);
  EQUAL(aio_write(&block), 0);
  EQUAL(result(&block), 4096);
  free(bytes);
}
