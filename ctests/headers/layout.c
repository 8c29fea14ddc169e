/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Prints what a compiler makes of the types and constants of the headers: with Debian's and with ours the same. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "array.h"
#include "errmsg.h"
#include "fmt.h"
#include "iarray.h"
#include "io.h"
#include "iob.h"
#include "iob_internal.h"
#include "iopause.h"
#include "ip4.h"
#include "ip6.h"
#include "scan.h"
#include "socket.h"
#include "stralloc.h"
#include "taia.h"
#include "uint16.h"

#define VALUE(WHAT) printf("%s = %lld\n", #WHAT, (long long)(WHAT))
#define TYPE(NAME) VALUE(sizeof(NAME)), VALUE(_Alignof(NAME))
#define FIELD(NAME, FIELD) VALUE(offsetof(NAME, FIELD)), VALUE(sizeof((*(NAME *)0).FIELD))
#define SIGN(NAME) VALUE((NAME)-1 < 0)

int main(void) {
  TYPE(uint16), TYPE(int16), TYPE(uint32), TYPE(int32), TYPE(uint64), TYPE(int64);
  SIGN(uint16), SIGN(int16), SIGN(uint32), SIGN(int32), SIGN(uint64), SIGN(int64);

  TYPE(struct tai), TYPE(tai64), FIELD(tai64, x);
  TYPE(struct taia), TYPE(tai6464);
  FIELD(tai6464, sec), FIELD(tai6464, nano), FIELD(tai6464, atto);

  TYPE(array), FIELD(array, p), FIELD(array, allocated), FIELD(array, initialized), FIELD(array, headroom);
  TYPE(iarray_page), TYPE(struct _iarray_page), FIELD(iarray_page, next), VALUE(offsetof(iarray_page, data));
  TYPE(iarray), FIELD(iarray, pages), FIELD(iarray, elemsize), FIELD(iarray, elemperpage);
  FIELD(iarray, bytesperpage), FIELD(iarray, len);

  TYPE(struct io_batch), TYPE(io_batch), FIELD(io_batch, b), FIELD(io_batch, bytesleft), FIELD(io_batch, next);
  FIELD(io_batch, bufs), FIELD(io_batch, files);
  TYPE(struct iob_entry), TYPE(iob_entry), FIELD(iob_entry, type), FIELD(iob_entry, fd), FIELD(iob_entry, buf);
  FIELD(iob_entry, offset), FIELD(iob_entry, n), FIELD(iob_entry, cleanup);
  VALUE(FROMBUF), VALUE(FROMFILE);

  TYPE(io_write_callback), TYPE(enum io_fd_flags);
  VALUE(IO_FD_CANWRITE), VALUE(IO_FD_BLOCK), VALUE(IO_FD_NONBLOCK);
  TYPE(iomux_t), FIELD(iomux_t, ctx), FIELD(iomux_t, working), FIELD(iomux_t, h), FIELD(iomux_t, l), FIELD(iomux_t, q);
  VALUE(SLOTS), VALUE(IOM_READ), VALUE(IOM_WRITE), VALUE(IOM_ERROR);

  TYPE(stralloc), TYPE(struct stralloc), FIELD(stralloc, s), FIELD(stralloc, len), FIELD(stralloc, a);
  TYPE(iopause_fd), VALUE(IOPAUSE_READ), VALUE(IOPAUSE_WRITE);
  TYPE(enum defermode), VALUE(DATAIN), VALUE(HTTPIN);
  VALUE(sizeof ip4loopback), VALUE(sizeof V4mappedprefix), VALUE(sizeof V6loopback), VALUE(sizeof V6any);
  VALUE(sizeof noipv6), VALUE(sizeof argv0);
  return 0;
}
