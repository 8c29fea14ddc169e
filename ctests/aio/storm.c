/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Everything at once: threads that submit, cancel, reuse numbers, fork and take signals. Each request ends once, and each byte is
 * in the file that was meant, or nowhere if its request was cancelled. */
#include "aio_test.h"

#include <stdatomic.h>

enum { FILES = 4, WRITERS = 3, PENDING = 16, SECONDS = 2 };

static int witnesses[FILES], slot;
/* The file that `slot` names at the moment. */
static int meant;
static pthread_mutex_t slot_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int over, next_offset;
static int socket_ends[2];

struct write {
  struct aiocb block;
  int file;
  off_t offset;
  unsigned char byte;
};

static unsigned chance(unsigned *seed, unsigned of) {
  *seed = *seed * 1664525u + 1013904223u;
  return (*seed >> 16) % of;
}

/* What has become of a write, which is complete. */
static void check(struct write *one) {
  unsigned char found = 0;
  int error = aio_error(&one->block);
  CHECK(error == 0 || error == ECANCELED);
  EQUAL(aio_return(&one->block), error ? -1 : 1);
  ssize_t n = pread(witnesses[one->file], &found, 1, one->offset);
  CHECK(n == 1 || (n == 0 && error));
  EQUAL(found, error ? 0 : one->byte);
  memset(one, 0xdd, sizeof *one);
  free(one);
}

static void submit(struct write **place, unsigned *seed, int as_list) {
  struct write *one = malloc(sizeof *one);
  CHECK(one);
  one->byte = (unsigned char)(chance(seed, 255) + 1);
  one->offset = next_offset++;
  pthread_mutex_lock(&slot_lock);
  one->file = meant;
  one->block = on(slot, &one->byte, 1, one->offset);
  one->block.aio_reqprio = (int)chance(seed, 21);
  one->block.aio_lio_opcode = LIO_WRITE;
  struct aiocb *list[] = {&one->block};
  EQUAL(as_list ? lio_listio(LIO_NOWAIT, list, 1, NULL) : aio_write(&one->block), 0);
  pthread_mutex_unlock(&slot_lock);
  *place = one;
}

static void *writer(void *number) {
  struct write *pending[PENDING] = {0};
  unsigned seed = (unsigned)(uintptr_t)number;
  while (!over) {
    struct write **place = &pending[chance(&seed, PENDING)];
    if (!*place) {
      submit(place, &seed, chance(&seed, 3) == 0);
    } else if (chance(&seed, 4) == 0) {
      aio_cancel((*place)->block.aio_fildes, chance(&seed, 8) ? &(*place)->block : NULL);
    } else {
      EQUAL(settled(&(*place)->block) == EINPROGRESS, 0);
      check(*place);
      *place = NULL;
    }
  }
  for (int i = 0; i < PENDING; i++) {
    if (!pending[i]) continue;
    settled(&pending[i]->block);
    check(pending[i]);
  }
  return NULL;
}

/* Gives the number to one file after the other. */
static void *reuser(void *unused) {
  unsigned seed = 99;
  (void)unused;
  while (!over) {
    int file = (int)chance(&seed, FILES);
    pthread_mutex_lock(&slot_lock);
    CHECK(dup2(witnesses[file], slot) == slot);
    meant = file;
    pthread_mutex_unlock(&slot_lock);
    sched_yield();
  }
  return NULL;
}

static _Atomic long sent, received;

/* Reads and writes of a stream, cancelled now and then: no byte is lost. */
static void *streamer(void *unused) {
  unsigned seed = 7;
  (void)unused;
  while (!over) {
    char bytes[16];
    struct aiocb reading = on(socket_ends[0], bytes, sizeof bytes, 0), writing = on(socket_ends[1], "abcd", 4, 0);
    EQUAL(aio_read(&reading), 0);
    if (chance(&seed, 2)) {
      EQUAL(aio_write(&writing), 0);
      if (chance(&seed, 3) == 0) aio_cancel(socket_ends[1], &writing);
      if (settled(&writing) == 0) sent += aio_return(&writing);
    }
    aio_cancel(socket_ends[0], chance(&seed, 2) ? &reading : NULL);
    if (settled(&reading) == 0) received += aio_return(&reading);
  }
  return NULL;
}

static void *forker(void *unused) {
  (void)unused;
  while (!over) {
    pid_t pid = child();
    if (pid == 0) {
      alarm(20);
      int d = temporary_file(0);
      struct aiocb own = on(d, "x", 1, 0);
      EQUAL(aio_write(&own), 0);
      EQUAL(result(&own), 1);
      done();
    }
    join(pid);
  }
  return NULL;
}

static struct aiocb asked;

static void ask(int number) {
  int saved = errno;
  const struct aiocb *list[] = {&asked};
  struct timespec zero = {0, 0};
  (void)number;
  aio_error(&asked);
  aio_suspend(list, 1, &zero);
  errno = saved;
}

static void *interrupter(void *threads) {
  unsigned seed = 5;
  while (!over) {
    sleep_ms(1);
    pthread_kill(((pthread_t *)threads)[chance(&seed, WRITERS)], SIGUSR1);
  }
  return NULL;
}

static void storm(void *(*const others[])(void *), int count) {
  pthread_t threads[WRITERS + 8];
  char byte;
  struct sigaction action = {.sa_handler = ask, .sa_flags = SA_RESTART};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  for (int i = 0; i < FILES; i++) witnesses[i] = temporary_file(0);
  slot = dup(witnesses[0]);
  new_pair(socket_ends);
  asked = on(temporary_file(0), "x", 1, 0);
  EQUAL(aio_write(&asked), 0);
  for (int i = 0; i < WRITERS; i++)
    CHECK(pthread_create(&threads[i], NULL, writer, (void *)(uintptr_t)(i + 1)) == 0);
  for (int i = 0; i < count; i++) CHECK(pthread_create(&threads[WRITERS + i], NULL, others[i], threads) == 0);
  sleep_ms(SECONDS * 1000);
  over = 1;
  for (int i = count - 1; i >= 0; i--) CHECK(pthread_join(threads[WRITERS + i], NULL) == 0);
  for (int i = 0; i < WRITERS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  CHECK(next_offset > 100);
  while (recv(socket_ends[0], &byte, 1, MSG_DONTWAIT) == 1) received++;
  EQUAL(received, sent);
  /* Nothing is left behind, and it all works still. */
  for (int i = 0; i < FILES; i++) EQUAL(aio_cancel(witnesses[i], NULL), AIO_ALLDONE);
  struct aiocb last = on(witnesses[0], "z", 1, next_offset);
  EQUAL(aio_write(&last), 0);
  EQUAL(result(&last), 1);
}

TEST(submit_cancel_and_reuse_numbers, .seconds = 60) {
  storm((void *(*const[])(void *)){reuser, streamer, interrupter}, 3);
}

TEST(submit_cancel_and_fork, .seconds = 60) {
  storm((void *(*const[])(void *)){forker, streamer, interrupter, reuser}, 4);
}

/* With few numbers the library has none of its own for most files. */
TEST(submit_and_cancel_with_few_numbers, .seconds = 60) {
  struct rlimit limit = {32, 32};
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
  storm((void *(*const[])(void *)){streamer, interrupter, forker}, 3);
}
