/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing: every compiler that this library knows has inline. */

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif
