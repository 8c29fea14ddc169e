/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing: every system that this library knows has socklen_t. */

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif
