/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where thread cancellation or pthread_exit may end a function of the library: sleeping, and the program's functions.
 * Cancellation unwinds or jumps out of the frames that it meets, so these frames are C's, and what has to be given back
 * is given back by a cleanup handler. It is compiled without -fexceptions: then the C library jumps to the handler, and the
 * library needs no unwinder. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#if !defined SYS_futex && defined SYS_futex_time64
#define SYS_futex SYS_futex_time64
#endif

/* Of <linux/futex.h>, which musl's compiler on other distributions does not find. */
enum { WAIT_BITSET = 9, PRIVATE_FLAG = 128 };
#define MATCH_ANY 0xffffffffU

struct words {
  long seconds, nanoseconds;
};

int owfat_aio_sleep(const uint32_t *word, uint32_t expected, const struct words *end, void (*drop)(void *), void *argument);
void *owfat_aio_callback(void *argument);
void owfat_aio_call(void (*function)(union sigval), union sigval value, void (*go_on)(void *));

/* Sleeps while *word is `expected`, until `end` of CLOCK_MONOTONIC if that is not NULL. Returns 0 or an errno value:
 * EAGAIN, EINTR, ETIMEDOUT. A cancellation point, which calls drop(argument) if the thread ends here. */
int owfat_aio_sleep(const uint32_t *word, uint32_t expected, const struct words *end, void (*drop)(void *), void *argument) {
  int before = errno, type;
  volatile int result = 0;
  pthread_cleanup_push(drop, argument);
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
  if (syscall(SYS_futex, word, WAIT_BITSET | PRIVATE_FLAG, expected, end, NULL, MATCH_ANY) == -1)
    result = errno;
  pthread_setcanceltype(type, &type);
  pthread_cleanup_pop(0);
  errno = before;
  return result;
}

struct callback {
  void (*function)(union sigval);
  union sigval value;
};

/* The main function of a notification's thread: the program's function, with no signal blocked. */
void *owfat_aio_callback(void *argument) {
  struct callback call = *(struct callback *)argument;
  sigset_t none;
  free(argument);
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  call.function(call.value);
  return NULL;
}

/* Calls a function of the program on a thread of the library, with no signal blocked. If the function ends the thread instead of
 * returning, go_on takes over. */
void owfat_aio_call(void (*function)(union sigval), union sigval value, void (*go_on)(void *)) {
  sigset_t none, before;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, &before);
  pthread_cleanup_push(go_on, NULL);
  function(value);
  pthread_cleanup_pop(0);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}
