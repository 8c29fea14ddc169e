// SPDX-License-Identifier: MIT OR Apache-2.0
//! `case.h`: text whose case does not matter. Only A to Z have a case, in every locale.

use crate::text::case;
use core::ffi::{c_char, c_int, c_void};

/// Turns the capitals of a string into small letters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn case_lowers(s: *mut c_char) {
    // SAFETY: the caller hands in a string that ends in a null byte.
    unsafe { case::lower_string(s) }
}

/// Turns the capitals among len bytes into small letters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn case_lowerb(buf: *mut c_void, len: usize) {
    // SAFETY: the caller hands in len bytes.
    unsafe { case::lower(buf.cast(), len) }
}

/// Returns 0 if the strings are equal, else the difference (a - b) of the first two bytes that differ, as
/// numbers from 0 to 255, capitals counting as small letters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn case_diffs(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller hands in strings that end in a null byte.
    unsafe { case::compare_strings(a, b) }
}

/// Returns 0 if the len bytes at a and b are equal, else the difference (a - b) of the first two that differ,
/// as numbers from 0 to 255, capitals counting as small letters. Nothing behind those is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn case_diffb(a: *const c_void, len: usize, b: *const c_void) -> c_int {
    // SAFETY: the caller hands in len readable bytes each, or as many as there are up to a difference.
    unsafe { case::compare(a.cast(), b.cast(), len) }
}

/// Returns 1 if a begins with b, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn case_starts(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller hands in strings that end in a null byte.
    unsafe { case::starts_with(a, b).into() }
}
