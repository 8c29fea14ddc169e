/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing: for the sendfile() of FreeBSD there is no macro here. */

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif
