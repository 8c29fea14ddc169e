/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a batch consists of. */

#ifndef LIBOWFAT_IOB_INTERNAL_H
#define LIBOWFAT_IOB_INTERNAL_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#include "iob.h"

/* One entry of a batch. A program sees it in a cleanup function of its own. */
typedef struct iob_entry {
  /* Where the bytes come from; as wide as an int, also in programs with -fshort-enums. */
  enum
#ifdef __GNUC__
  __attribute__((__mode__(__SI__)))
#endif
  { FROMBUF, FROMFILE } type;
  /* The file; -1 for a buffer. */
  int64 fd;
  /* The start of the buffer; NULL for a file. */
  const char *buf;
  /* Where the next byte to send is, counted from the start of the buffer or file, and how many follow from there. What was sent
     completely keeps its last values. */
  uint64 offset, n;
  /* What to do when the batch is done with the entry. */
  void (*cleanup)(struct iob_entry *x);
} iob_entry;


#ifdef __cplusplus
extern "C" {
#endif

/*
 Like iob_addbuf, with a cleanup of the program's own, which is called exactly once: when the batch is sent completely, reset
 or freed; at once if n = 0 or on failure. cleanup may be NULL. In the entry that it is given, buf is the start of the buffer.
 */
int iob_addbuf_internal(io_batch *batch,
                        const void *buf,
                        uint64 n,
                        void (*cleanup)(iob_entry *x));

#ifdef __cplusplus
}
#endif

#endif  /* LIBOWFAT_IOB_INTERNAL_H */
