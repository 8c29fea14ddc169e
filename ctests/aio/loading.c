/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the library brings into a process: nothing before the first request, and then its threads. */
#include "aio_test.h"

#include <dirent.h>
#include <libowfat/aio.h>

static int open_numbers(void) {
  int count = 0;
  for (int number = 0; number < 4096; number++) count += fcntl(number, F_GETFD) != -1;
  return count;
}

/* Calls `look` with the number of each thread but the first. */
static int other_threads(void (*look)(const char *number)) {
  DIR *folder = opendir("/proc/self/task");
  int count = 0;
  char first[32];
  CHECK(folder);
  snprintf(first, sizeof first, "%d", getpid());
  for (struct dirent *entry; (entry = readdir(folder));) {
    if (*entry->d_name == '.' || strcmp(entry->d_name, first) == 0) continue;
    if (look) look(entry->d_name);
    count++;
  }
  closedir(folder);
  return count;
}

TEST(nothing_before_the_first_request) {
  struct aiocb never;
  int numbers = open_numbers();
  memset(&never, 0, sizeof never);
  const struct aiocb *list[] = {&never};
  EQUAL(numbers, 3);
  for (int round = 0; round < 2; round++) {
    EQUAL(other_threads(NULL), 0);
    EQUAL(open_numbers(), numbers);
    for (int number = 1; number < NSIG; number++) {
      struct sigaction action;
      if (sigaction(number, NULL, &action) == 0) CHECK(action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN);
    }
    /* None of these is a request. */
    EQUAL(aio_error(&never), 0);
    EQUAL(aio_return(&never), 0);
    EQUAL(aio_cancel(0, NULL), AIO_ALLDONE);
    EQUAL(aio_suspend(list, 1, NULL), 0);
#ifdef __GLIBC__
    aio_init(&(struct aioinit){.aio_threads = 3});
#endif
  }
}

static void is_ours(const char *number) {
  char path[512], line[256], name[64] = "";
  unsigned long long blocked = 0;
  snprintf(path, sizeof path, "/proc/self/task/%s/status", number);
  FILE *status = fopen(path, "r");
  CHECK(status);
  while (fgets(line, sizeof line, status)) {
    sscanf(line, "Name: %63s", name);
    sscanf(line, "SigBlk: %llx", &blocked);
  }
  fclose(status);
  /* The kernel's own helpers of a ring show among the threads, too. */
  if (strncmp(name, "iou-", 4) == 0) return;
  CHECK(strcmp(name, "owfat-aio") == 0);
  for (int signal = 1; signal < 32; signal++)
    if (signal != SIGKILL && signal != SIGSTOP) CHECK(blocked >> (signal - 1) & 1);
}

static _Atomic int called;

static void call(union sigval value) {
  (void)value;
  called++;
}

TEST(threads_have_a_name_and_take_no_signal) {
  int ends[2], d = temporary_file(0);
  char byte;
  new_pipe(ends);
  struct aiocb file = on(d, "x", 1, 0), waiting = on(ends[0], &byte, 1, 0);
  file.aio_sigevent.sigev_notify = SIGEV_THREAD;
  file.aio_sigevent.sigev_notify_function = call;
  EQUAL(aio_read(&waiting), 0);
  EQUAL(aio_write(&file), 0);
  EQUAL(result(&file), 1);
  while (!called) sleep_ms(1);
  /* The thread of the function ends, and new threads name themselves. */
  sleep_ms(100);
  CHECK(other_threads(is_ours) >= 2);
}
