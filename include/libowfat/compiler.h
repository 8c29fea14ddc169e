/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What compilers can be told about functions and conditions. Each macro is empty where the compiler does not know it, and stays
 * as it is where the program has defined it already.
 *
 * The numbers p, n and m count arguments, from 1. */

#ifndef LIBOWFAT_COMPILER_H
#define LIBOWFAT_COMPILER_H

/* 1 if this is gcc a.b or newer, or says so, as clang does. */
#ifndef GCC_VERSION_ATLEAST
#ifdef __GNUC__
#define GCC_VERSION_ATLEAST(a,b) (__GNUC__ > (a) || (__GNUC__ == (a) && __GNUC_MINOR__ >= (b)))
#else
#define GCC_VERSION_ATLEAST(a,b) 0
#endif
#endif

/* A condition that holds most of the time, or hardly ever. */
#ifndef likely
#ifdef __GNUC__
#define likely(a) __builtin_expect(!!(a), 1)
#else
#define likely(a) (a)
#endif
#endif
#ifndef unlikely
#ifdef __GNUC__
#define unlikely(a) __builtin_expect(!!(a), 0)
#else
#define unlikely(a) (a)
#endif
#endif

/* A word of C++. */
#if !defined(__cplusplus) && !defined(noexcept)
#define noexcept
#endif

/* For the macros below alone. */
#if defined(__has_attribute)
#define OWFAT_HAS_ATTRIBUTE(name) __has_attribute(name)
#elif defined(__GNUC__)
#define OWFAT_HAS_ATTRIBUTE(name) OWFAT_KNOWN_##name
#define OWFAT_KNOWN___const__ 1
#define OWFAT_KNOWN___pure__ GCC_VERSION_ATLEAST(2, 96)
#define OWFAT_KNOWN___malloc__ GCC_VERSION_ATLEAST(3, 0)
#define OWFAT_KNOWN___warn_unused_result__ GCC_VERSION_ATLEAST(3, 4)
#define OWFAT_KNOWN___hot__ GCC_VERSION_ATLEAST(4, 3)
#define OWFAT_KNOWN___cold__ GCC_VERSION_ATLEAST(4, 3)
#define OWFAT_KNOWN___deprecated__ 1
#define OWFAT_KNOWN___alloc_size__ GCC_VERSION_ATLEAST(4, 3)
#define OWFAT_KNOWN___nonnull__ GCC_VERSION_ATLEAST(3, 3)
#define OWFAT_KNOWN___warning__ GCC_VERSION_ATLEAST(4, 3)
#define OWFAT_KNOWN___error__ GCC_VERSION_ATLEAST(4, 3)
#define OWFAT_KNOWN___access__ 0
#else
#define OWFAT_HAS_ATTRIBUTE(name) 0
#endif

/* The result depends on the arguments alone. */
#ifndef att_const
#if OWFAT_HAS_ATTRIBUTE(__const__)
#define att_const __attribute__((__const__))
#else
#define att_const
#endif
#endif

/* The result depends on the arguments and on memory, and nothing is changed. */
#ifndef att_pure
#if OWFAT_HAS_ATTRIBUTE(__pure__)
#define att_pure __attribute__((__pure__))
#else
#define att_pure
#endif
#endif

/* The result is new memory. */
#ifndef att_malloc
#if OWFAT_HAS_ATTRIBUTE(__malloc__)
#define att_malloc __attribute__((__malloc__))
#else
#define att_malloc
#endif
#endif

/* The result has to be looked at. */
#ifndef att_warn_unused_result
#if OWFAT_HAS_ATTRIBUTE(__warn_unused_result__)
#define att_warn_unused_result __attribute__((__warn_unused_result__))
#else
#define att_warn_unused_result
#endif
#endif

/* Called often, or hardly ever. */
#ifndef att_hot
#if OWFAT_HAS_ATTRIBUTE(__hot__)
#define att_hot __attribute__((__hot__))
#else
#define att_hot
#endif
#endif
#ifndef att_cold
#if OWFAT_HAS_ATTRIBUTE(__cold__)
#define att_cold __attribute__((__cold__))
#else
#define att_cold
#endif
#endif

/* Old: a use is worth a warning. */
#ifndef att_dontuse
#if OWFAT_HAS_ATTRIBUTE(__deprecated__)
#define att_dontuse __attribute__((__deprecated__))
#else
#define att_dontuse
#endif
#endif

/* The result is memory of so many bytes as argument n says, or as arguments n and m say when multiplied. */
#ifndef att_alloc
#if OWFAT_HAS_ATTRIBUTE(__alloc_size__)
#define att_alloc(n) __attribute__((__alloc_size__(n)))
#else
#define att_alloc(n)
#endif
#endif
#ifndef att_calloc
#if OWFAT_HAS_ATTRIBUTE(__alloc_size__)
#define att_calloc(n,m) __attribute__((__alloc_size__(n, m)))
#else
#define att_calloc(n,m)
#endif
#endif

/* Argument n is not NULL. */
#ifndef att_nonnull
#if OWFAT_HAS_ATTRIBUTE(__nonnull__)
#define att_nonnull(n) __attribute__((__nonnull__(n)))
#else
#define att_nonnull(n)
#endif
#endif

/* A call is worth a warning, or an error, with this text. */
#ifndef att_warn
#if OWFAT_HAS_ATTRIBUTE(__warning__)
#define att_warn(text) __attribute__((__warning__(text)))
#else
#define att_warn(text)
#endif
#endif
#ifndef att_error
#if OWFAT_HAS_ATTRIBUTE(__error__)
#define att_error(text) __attribute__((__error__(text)))
#else
#define att_error(text)
#endif
#endif

/* Memory at argument p, of so many members as argument n says, is read, written, or both. */
#if OWFAT_HAS_ATTRIBUTE(__access__)
#define OWFAT_ACCESS(arguments) __attribute__((__access__ arguments))
#else
#define OWFAT_ACCESS(arguments)
#endif
#ifndef att_read
#define att_read(p) OWFAT_ACCESS((__read_only__, p))
#endif
#ifndef att_readn
#define att_readn(p,n) OWFAT_ACCESS((__read_only__, p, n))
#endif
#ifndef att_write
#define att_write(p) OWFAT_ACCESS((__write_only__, p))
#endif
#ifndef att_writen
#define att_writen(p,n) OWFAT_ACCESS((__write_only__, p, n))
#endif
#ifndef att_mangle
#define att_mangle(p) OWFAT_ACCESS((__read_write__, p))
#endif
#ifndef att_manglen
#define att_manglen(p,n) OWFAT_ACCESS((__read_write__, p, n))
#endif

#endif  /* LIBOWFAT_COMPILER_H */
