/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing: no system that this library knows has /dev/poll. */

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif
