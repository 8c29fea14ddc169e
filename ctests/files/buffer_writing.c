/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* buffer.h: writing. */
#include "scripted.h"

#include <limits.h>
#include <libowfat/stralloc.h>

TEST(waits_until_it_is_full, .valgrind = 1) {
  OUTPUT(b, 8);
  EQUAL(buffer_put(&b, "abc", 3), 0);
  EQUAL(buffer_puts(&b, "de"), 0);
  EQUAL(buffer_putspace(&b), 0);
  EQUAL(b.p, 6);
  EQUAL(calls, 0);
  EQUAL(buffer_put(&b, "gh", 2), 0);
  EQUAL(calls, 0);
  EQUAL(buffer_put(&b, "i", 1), 0);
  WRITTEN("abcde gh");
  EQUAL(buffer_put(&b, "0123456789", 10), 0);
  WRITTEN("abcde ghi0123456789");
  EQUAL(b.p, 0);
  EQUAL(buffer_flush(&b), 0);
  EQUAL(calls, 3);
  free(b.x);
}

TEST(strings_of_every_kind, .valgrind = 1) {
  char variable[] = "variable";
  OUTPUT(b, 100);
  EQUAL(buffer_puts(&b, variable), 0);
  EQUAL((buffer_puts)(&b, " function "), 0);
  EQUAL(buffer_putsflush(&b, variable), 0);
  EQUAL(buffer_putsflush(&b, " constant "), 0);
  EQUAL(buffer_putsalign(&b, "aligned"), 0);
  EQUAL(buffer_putnlflush(&b), 0);
  WRITTEN("variable function variable constant aligned\n");
  EQUAL(lengths[1], sizeof " constant " - 1);
  free(b.x);
}

TEST(aligned_goes_out_in_full_buffers, .valgrind = 1) {
  OUTPUT(b, 4);
  EQUAL(buffer_putalign(&b, "abc", 3), 0);
  EQUAL(buffer_putalign(&b, "defgh", 5), 0);
  EQUAL(calls, 1);
  EQUAL(b.p, 4);
  EQUAL(buffer_putsalign(&b, "ijklmnop"), 0);
  EQUAL(calls, 3);
  for (int i = 0; i < calls; i++) EQUAL(lengths[i], 4);
  EQUAL(buffer_flush(&b), 0);
  WRITTEN("abcdefghijklmnop");
  free(b.x);
}

TEST(aligned_without_memory, .seconds = 3) {
  OUTPUT(b, 0);
  EQUAL(buffer_putalign(&b, "abc", 3), 0);
  EQUAL(buffer_put(&b, "def", 3), 0);
  WRITTEN("abcdef");
  free(b.x);
}

TEST(single_bytes_in_line, .valgrind = 1) {
  char c;
  OUTPUT(b, 3);
  for (c = 'a'; c <= 'j'; c++) EQUAL(buffer_PUTC(&b, c), 0);
  EQUAL(buffer_flush(&b), 0);
  WRITTEN("abcdefghij");
  free(b.x);
}

TEST(numbers, .valgrind = 1) {
  NEEDS_64_BITS(long);
  OUTPUT(b, 300);
  EQUAL(buffer_putulong(&b, ULONG_MAX), 0);
  EQUAL(buffer_put8long(&b, 8), 0);
  EQUAL(buffer_put8long(&b, ULONG_MAX), 0);
  EQUAL(buffer_putxlong(&b, 0xabcdef), 0);
  EQUAL(buffer_putlong(&b, LONG_MIN), 0);
  EQUAL(buffer_putlong(&b, 0), 0);
  EQUAL(buffer_putlonglong(&b, LLONG_MIN), 0);
  EQUAL(buffer_putulonglong(&b, ULLONG_MAX), 0);
  EQUAL(buffer_flush(&b), 0);
  WRITTEN("18446744073709551615" "10" "1777777777777777777777" "abcdef" "-9223372036854775808" "0"
          "-9223372036854775808" "18446744073709551615");
  free(b.x);
}

TEST(errors_by_name, .valgrind = 1) {
  OUTPUT(b, 300);
  errno = ENOENT;
  EQUAL(buffer_puterror(&b), 0);
  EQUAL(buffer_puterror2(&b, EPIPE), 0);
  EQUAL(buffer_puterror2(&b, 123456), 0);
  EQUAL(buffer_flush(&b), 0);
  char wanted[300];
  int length = snprintf(wanted, sizeof wanted, "%s", strerror(ENOENT));
  length += snprintf(wanted + length, sizeof wanted - (size_t)length, "%s", strerror(EPIPE));
  length += snprintf(wanted + length, sizeof wanted - (size_t)length, "%s", strerror(123456));
  EQUAL(text_bytes, length);
  CHECK(memcmp(text, wanted, text_bytes) == 0);
  free(b.x);
}

TEST(strallocs, .valgrind = 1) {
  stralloc sa = {0};
  OUTPUT(b, 8);
  CHECK(stralloc_copyb(&sa, "a\0b", 3));
  EQUAL(buffer_putsa(&b, &sa), 0);
  EQUAL(buffer_putsaflush(&b, &sa), 0);
  WRITTEN("a\0ba\0b");
  free(b.x);
  stralloc_free(&sa);
}

TEST(a_stralloc_without_memory_is_empty) {
  stralloc sa = {0, 5, 5};
  OUTPUT(b, 8);
  EQUAL(buffer_putsa(&b, &sa), 0);
  EQUAL(buffer_putsaflush(&b, &sa), 0);
  WRITTEN("");
}

#define TEN(s) s, s, s, s, s, s, s, s, s, s
#define ALPHABET "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"

/* Up to 40 strings, through registers and the stack. */
TEST(lists_of_strings, .valgrind = 1) {
  OUTPUT(b, 7);
  EQUAL(buffer_putm_internal(&b, (char *)0), 0);
  EQUAL(buffer_putm(&b, "1"), 0);
  EQUAL(buffer_putm(&b, "2", "", "3"), 0);
  EQUAL(buffer_putm(&b, "1", "2", "3", "4", "5"), 0);
  EQUAL(buffer_putm(&b, "1", "2", "3", "4", "5", "6"), 0);
  EQUAL(buffer_putm(&b, ALPHABET), 0);
  EQUAL(buffer_putm(&b, ALPHABET, ALPHABET, ALPHABET, ALPHABET), 0);
  EQUAL(buffer_putmflush(&b, TEN("x"), TEN("y"), TEN(""), TEN("z"), "."), 0);
  EQUAL(b.p, 0);
  WRITTEN("1" "23" "12345" "123456" "abcdefghij" "abcdefghijabcdefghijabcdefghijabcdefghij"
          "xxxxxxxxxxyyyyyyyyyyzzzzzzzzzz.");
  text_bytes = 0;
  EQUAL(buffer_putm_internal_flush(&b, (char *)0), 0);
  EQUAL(buffer_putmflush(&b, "only"), 0);
  WRITTEN("only");
  free(b.x);
}

TEST(a_list_ends_at_the_first_error) {
  OUTPUT(b, 4);
  script[0] = -EPIPE;
  EQUAL(buffer_putm(&b, "abc", "de", "f", "g"), -1);
  EQUAL(errno, EPIPE);
  EQUAL(calls, 1);
}

TEST(short_writes_and_signals, .valgrind = 1) {
  OUTPUT(b, 10);
  script[0] = 1;
  script[1] = -EINTR;
  script[2] = 3;
  script[3] = -EINTR;
  EQUAL(buffer_put(&b, "0123456789", 10), 0);
  EQUAL(buffer_put(&b, "abc", 3), 0);
  EQUAL(calls, 5);
  WRITTEN("0123456789");
  script[5] = 2;
  EQUAL(buffer_putsflush(&b, "def"), 0);
  EQUAL(buffer_putsflush(&b, "ghi"), 0);
  WRITTEN("0123456789abcdefghi");
  free(b.x);
}

/* Everything that writes says so when it fails. */
#define FAILS(CALL)                                                           \
  do {                                                                        \
    OUTPUT(b, 8);                                                             \
    calls = 0;                                                                \
    script[0] = -ENOSPC;                                                      \
    EQUAL(buffer_put(&b, "waiting", 7), 0);                                   \
    errno = 0;                                                                \
    EQUAL(CALL, -1);                                                          \
    EQUAL(errno, ENOSPC);                                                     \
    free(b.x);                                                                \
  } while (0)

TEST(a_failed_flush_is_an_error) { FAILS(buffer_flush(&b)); }
TEST(a_failed_put_is_an_error) { FAILS(buffer_put(&b, "more", 4)); }
TEST(a_failed_putalign_is_an_error) { FAILS(buffer_putalign(&b, "more", 4)); }
TEST(a_failed_putflush_is_an_error) { FAILS(buffer_putflush(&b, "more", 4)); }
TEST(a_failed_putm_is_an_error) { FAILS(buffer_putm(&b, "m", "ore")); }
TEST(a_failed_putmflush_is_an_error) { FAILS(buffer_putmflush(&b, "")); }
TEST(a_failed_putnlflush_is_an_error) { FAILS(buffer_putnlflush(&b)); }
TEST(a_failed_number_is_an_error) { FAILS(buffer_putulong(&b, 1234)); }

TEST(what_fails_goes_on_waiting, .valgrind = 1) {
  OUTPUT(b, 8);
  script[0] = 3;
  script[1] = -EAGAIN;
  script[2] = -EAGAIN;
  EQUAL(buffer_puts(&b, "01234567"), 0);
  EQUAL(buffer_flush(&b), -1);
  EQUAL(errno, EAGAIN);
  WRITTEN("012");
  EQUAL(b.p, 5);
  EQUAL(buffer_puts(&b, "abcd"), -1);
  EQUAL(buffer_puts(&b, "abc"), 0);
  EQUAL(buffer_flush(&b), 0);
  WRITTEN("01234567abc");
  script[calls] = 1;
  script[calls + 1] = -EAGAIN;
  EQUAL(buffer_putsflush(&b, "xyz"), -1);
  EQUAL(buffer_flush(&b), 0);
  WRITTEN("01234567abcxyz");
  free(b.x);
}

TEST(nothing_written_is_an_error) {
  OUTPUT(b, 8);
  script[0] = -EINTR;
  script[1] = END;
  EQUAL(buffer_puts(&b, "abc"), 0);
  EQUAL(buffer_flush(&b), -1);
  EQUAL(errno, EIO);
}

TEST(flushing_nothing_calls_nothing) {
  OUTPUT(b, 8);
  EQUAL(buffer_flush(&b), 0);
  EQUAL(calls, 0);
}

TEST(stubborn_writing, .valgrind = 1) {
  buffer b = BUFFER_INIT(PUT_TEXT, 77, NULL, 0);
  script[0] = 2;
  script[1] = -EINTR;
  errno = EDOM;
  EQUAL(buffer_stubborn(PUT_TEXT, 77, "abcdef", 6, &b), 0);
  EQUAL(calls, 3);
  WRITTEN("abcdef");
  script[3] = 2;
  script[4] = -EPIPE;
  EQUAL(buffer_stubborn(PUT_TEXT, 77, "abcdef", 6, &b), -1);
  EQUAL(errno, EPIPE);
  script[5] = END;
  EQUAL(buffer_stubborn(PUT_TEXT, 77, "abcdef", 6, &b), -1);
}
