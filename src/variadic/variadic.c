/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The functions with a variable number of arguments, all of them strings up to a NULL. Stable Rust can
 * neither define such a function nor walk such a list, so this file does, and nothing else: each function
 * here makes a walker out of its list and hands it to its other half in Rust, owfat_NAME_strings.
 *
 * Both halves are hidden. C programs call the trampolines in trampolines.rs, which jump here, because rustc exports
 * from a shared library what is written in Rust and nothing else. Without trampolines (OWFAT_NO_TRAMPOLINES) the
 * functions here have the names that C programs call.
 */
#include <stdarg.h>
#include <stddef.h>

#define HIDDEN __attribute__((visibility("hidden")))

#ifdef OWFAT_NO_TRAMPOLINES
#define PUBLIC(result, name) result name
#else
#define PUBLIC(result, name) HIDDEN result owfat_##name
#endif

struct strings {
  const char *(*next)(struct strings *);
  va_list list;
};

static const char *next(struct strings *strings) { return va_arg(strings->list, const char *); }

/* Declares a walker over the arguments behind `last`. */
#define WALK(strings, last) \
  struct strings strings; \
  strings.next = next; \
  va_start(strings.list, last)

struct stralloc;

HIDDEN size_t owfat_fmt_strm_string(char *dest, const char *string);

/* Each string is written for itself: that needs no walker. */
PUBLIC(size_t, fmt_strm_internal)(char *dest, ...) {
  size_t length = 0;
  const char *string;
  va_list list;
  va_start(list, dest);
  while ((string = va_arg(list, const char *))) length += owfat_fmt_strm_string(dest ? dest + length : dest, string);
  va_end(list);
  return length;
}

struct buffer;

HIDDEN int owfat_buffer_putm_strings(struct buffer *, struct strings *);
HIDDEN int owfat_buffer_putm_flush_strings(struct buffer *, struct strings *);

#define PUTM(name, half) \
  PUBLIC(int, name)(struct buffer *b, ...) { \
    int result; \
    WALK(strings, b); \
    result = half(b, &strings); \
    va_end(strings.list); \
    return result; \
  }

PUTM(buffer_putm_internal, owfat_buffer_putm_strings)
PUTM(buffer_putm_internal_flush, owfat_buffer_putm_flush_strings)

HIDDEN int owfat_stralloc_catm_strings(struct stralloc *, struct strings *, struct strings *);

PUBLIC(int, stralloc_catm_internal)(struct stralloc *sa, ...) {
  int done;
  struct strings again;
  WALK(strings, sa);
  again.next = next;
  va_copy(again.list, strings.list);
  done = owfat_stralloc_catm_strings(sa, &strings, &again);
  va_end(again.list);
  va_end(strings.list);
  return done;
}

HIDDEN void owfat_errmsg_strings(int fd, const char *message, struct strings *);
HIDDEN void owfat_errmsg_sys_strings(int fd, const char *message, struct strings *);
HIDDEN void owfat_errmsg_write_strings(int fd, const char *err, const char *message, struct strings *);

#define MESSAGE(name, fd, half) \
  PUBLIC(void, name)(const char *message, ...) { \
    WALK(strings, message); \
    half(fd, message, &strings); \
    va_end(strings.list); \
  }

MESSAGE(errmsg_info, 1, owfat_errmsg_strings)
MESSAGE(errmsg_infosys, 1, owfat_errmsg_sys_strings)
MESSAGE(errmsg_warn, 2, owfat_errmsg_strings)
MESSAGE(errmsg_warnsys, 2, owfat_errmsg_sys_strings)

PUBLIC(void, errmsg_write)(int fd, const char *err, const char *message, va_list list) {
  struct strings strings;
  strings.next = next;
  va_copy(strings.list, list);
  owfat_errmsg_write_strings(fd, err, message, &strings);
  va_end(strings.list);
}
