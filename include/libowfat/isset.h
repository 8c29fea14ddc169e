/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* is_set(NAME): 1 if the macro NAME is defined as nothing or as 1, else 0; in #if and in C alike.
 *
 * The value is pasted onto macrotest_. What comes of nothing and of 1 is a macro that is a comma; it moves the
 * 1 behind it to the second place of a list, of which the second member is taken. Anything else stays one
 * word, and the second member is 0. */

#ifndef LIBOWFAT_ISSET_H
#define LIBOWFAT_ISSET_H

#if defined(OWFAT_API) && OWFAT_API >= 33
#include "compiler.h"
#endif

#define is_set(macro) is_set_(macro)
#define is_set_(value) is_set__(macrotest_##value)
#define is_set__(comma) is_set___(comma 1, 0, )
#define is_set___(first, second, ...) second
#define macrotest_ ,
#define macrotest_1 ,

#endif  /* LIBOWFAT_ISSET_H */
