/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How much stack the functions for batches and files take: 8 KiB at most. A thread's stack is painted, and afterwards the paint
 * that is left is counted. */
#include "batch.h"

enum { STACK = 256 * 1024, MOST = 8 * 1024, PAINT = 0x5a };

static int s[2], file, proc, other[2];
static io_batch batch;

static int64 take(int64 d, const void *buf, uint64 n) {
  (void)d, (void)buf;
  return (int64)n;
}

static void *nothing(void *arg) { return arg; }

static void *send_buffers(void *arg) {
  for (int i = 0; i < 3000; i++) EQUAL(iob_addbuf(&batch, "x", 1), 1);
  EQUAL(iob_send(s[0], &batch), 3000);
  return arg;
}

static void *send_file(void *arg) {
  EQUAL(iob_adds(&batch, "header"), 1);
  EQUAL(iob_addfile(&batch, file, 0, 10), 1);
  EQUAL(iob_send(s[0], &batch), 16);
  return arg;
}

static void *write_batch(void *arg) {
  EQUAL(iob_adds(&batch, "header"), 1);
  EQUAL(iob_addfile(&batch, file, 0, 10), 1);
  EQUAL(iob_write(s[0], &batch, take), 16);
  return arg;
}

static void *write2_batch(void *arg) {
  EQUAL(iob_adds(&batch, "header"), 1);
  EQUAL(iob_addfile(&batch, file, 0, 10), 1);
  EQUAL(iob_write2(s[0], &batch, take, io_mmapwritefile), 16);
  return arg;
}

static void *others(void *arg) {
  io_batch *one = iob_new(10), *two = iob_new_autofree(10);
  EQUAL(iob_init(&batch, 3), 0);
  EQUAL(iob_adds(&batch, "x"), 1);
  EQUAL(iob_addfile_close(&batch, dup(file), 0, 10), 1);
  iob_prefetch(&batch, 5);
  CHECK(iob_bytesleft(&batch) == 11);
  iob_reset(&batch);
  iob_free(one);
  iob_free(two);
  return arg;
}

static void *sendfile_plain(void *arg) {
  EQUAL(io_sendfile(s[0], file, 0, 10), 10);
  return arg;
}

static void *sendfile_copied(void *arg) {
  /* Appended to, a file takes nothing from sendfile(2); a socket is something without offsets. */
  CHECK(io_sendfile(other[0], proc, 0, 5) > 0);
  put(s[1], "from a socket");
  EQUAL(io_sendfile(other[0], s[0], 0, 13), 13);
  return arg;
}

static void *mmapwritefile(void *arg) {
  EQUAL(io_mmapwritefile(s[0], file, 0, 10, take), 10);
  return arg;
}

static void *passfd(void *arg) {
  int pair[2];
  unix_pair(pair);
  EQUAL(io_passfd(pair[0], file), 0);
  CHECK(io_receivefd(pair[1]) >= 0);
  return arg;
}

/* How many bytes of its stack a thread has written to. */
static long use_of(void *(*function)(void *)) {
  static char *stack;
  pthread_attr_t attributes;
  pthread_t thread;
  long untouched = 0;
  if (!stack) stack = mmap(0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(stack != MAP_FAILED);
  memset(stack, PAINT, STACK);
  pthread_attr_init(&attributes);
  CHECK(pthread_attr_setstack(&attributes, stack, STACK) == 0);
  CHECK(pthread_create(&thread, &attributes, function, 0) == 0);
  pthread_join(thread, 0);
  while (untouched < STACK && stack[untouched] == PAINT) untouched++;
  return STACK - untouched;
}

TEST(every_function_within_8_kib) {
  static const struct {
    const char *name;
    void *(*function)(void *);
  } functions[] = {
      {"iob_send of buffers", send_buffers}, {"iob_send of a file", send_file},
      {"iob_write", write_batch},            {"iob_write2", write2_batch},
      {"other iob_ functions", others},      {"io_sendfile", sendfile_plain},
      {"io_sendfile that copies", sendfile_copied}, {"io_mmapwritefile", mmapwritefile},
      {"io_passfd, io_receivefd", passfd},
  };
  char name[T_NAME];
  CHECK(mkstemp(temporary(name, "append")) != -1 && (other[0] = open(name, O_RDWR | O_APPEND)) != -1);
  unlink(name);
  CHECK((proc = open("/proc/self/cmdline", O_RDONLY)) != -1);
  file = file_of("0123456789", 10);
  unix_pair(s);
  for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
    /* What a thread needs for itself, and what the loader needs to find functions for the first time, do not count. */
    use_of(functions[i].function);
    long used = use_of(functions[i].function) - use_of(nothing);
    if (used > MOST) FAIL("%s takes %ld bytes of stack", functions[i].name, used);
  }
}
