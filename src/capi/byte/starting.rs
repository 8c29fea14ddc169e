// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether bytes begin with others.

use crate::text::byte;
use core::ffi::{c_char, c_int, c_void};

/// Returns 1 if the first of the alen bytes at a are the blen bytes at b, else 0.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_start(a: *const c_void, alen: usize, b: *const c_void, blen: usize) -> c_int {
    // SAFETY: the caller hands in as many readable bytes.
    unsafe { byte::starts_with(a.cast(), alen, b.cast(), blen) }.into()
}

/// The same for a string, without its null byte.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_starts(a: *const c_void, alen: usize, str: *const c_char) -> c_int {
    // SAFETY: the caller hands in alen readable bytes, and a string.
    unsafe { byte::starts_with_string(a.cast(), alen, str) }.into()
}
