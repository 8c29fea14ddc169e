/* PP_NARG(...): how many arguments these are, as a constant. They are not evaluated; each must be something that
 * C can convert to _Bool, and there must be one at least. */

#ifndef LIBOWFAT_VA_NARG_H
#define LIBOWFAT_VA_NARG_H

#define PP_NARG(...) (sizeof((_Bool[]){__VA_ARGS__}) / sizeof(_Bool))

#endif  /* LIBOWFAT_VA_NARG_H */
