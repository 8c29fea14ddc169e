/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* taia_fmtfrac: the C library's header declares it, and the library lacks it. */
#include "t.h"

#include <libowfat/taia.h>

TEST(taia_fmtfrac_writes_18_digits) {
  char buf[20] = "...................";
  struct taia t;
  t.sec.x = 9;
  t.nano = 12;
  t.atto = 345;
  EQUAL(taia_fmtfrac(0, &t), 18);
  EQUAL(taia_fmtfrac(buf, &t), 18);
  CHECK(memcmp(buf, "000000012000000345.", 19) == 0);
}
