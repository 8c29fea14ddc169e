// SPDX-License-Identifier: MIT OR Apache-2.0
//! `str.h`: strings that end in a null byte.

use crate::text::string;
use core::ffi::{c_char, c_int};

/// Copies the string in, with its null byte, to out. Returns its length without the null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_copy(out: *mut c_char, r#in: *const c_char) -> usize {
    // SAFETY: the caller hands in a string that ends in a null byte, and room for it.
    unsafe { string::copy(out, r#in) }
}

/// Returns 0 if the strings are equal, else the difference (a - b) of the first two bytes that differ, as
/// numbers from 0 to 255. Nothing behind those is read.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_diff(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller hands in strings that end in a null byte.
    unsafe { string::compare(a, b, usize::MAX) }
}

/// Like str_diff, for the first limit bytes at most.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_diffn(a: *const c_char, b: *const c_char, limit: usize) -> c_int {
    // SAFETY: the caller hands in strings that end in a null byte, or have limit bytes.
    unsafe { string::compare(a, b, limit) }
}

/// Returns the length of the string without its null byte.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_len(s: *const c_char) -> usize {
    // SAFETY: the caller hands in a string that ends in a null byte.
    unsafe { string::length(s) }
}

/// Returns the position of the first needle, or of the null byte if there is none.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_chr(haystack: *const c_char, needle: c_char) -> usize {
    // SAFETY: the caller hands in a string that ends in a null byte.
    unsafe { string::first(haystack, needle) }
}

/// Returns the position of the last needle, or of the null byte if there is none.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_rchr(haystack: *const c_char, needle: c_char) -> usize {
    // SAFETY: the caller hands in a string that ends in a null byte.
    unsafe { string::last(haystack, needle) }
}

/// Returns 1 if a begins with b, else 0.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn str_start(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller hands in strings that end in a null byte.
    unsafe { string::starts_with(a, b).into() }
}
