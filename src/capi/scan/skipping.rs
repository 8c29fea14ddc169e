// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs of characters.

use crate::text::skip;
use core::ffi::c_char;

/// Returns how many white space characters (blank, \t, \n, \v, \f, \r) are at the start of src, at most
/// limit. A null byte is not white.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_whitenskip(src: *const c_char, limit: usize) -> usize {
    // SAFETY: src is readable up to the first byte that is not white, or for limit bytes.
    unsafe { skip::white(src, limit) }
}

/// Returns how many other characters are at the start of src, at most limit. A null byte is one of them: limit is
/// the length of the text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_nonwhitenskip(src: *const c_char, limit: usize) -> usize {
    // SAFETY: src is readable up to the first white byte, or for limit bytes.
    unsafe { skip::not_white(src, limit) }
}

/// Returns how many characters at the start of src are in the string charset, at most limit. A null byte is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_charsetnskip(
    src: *const c_char,
    charset: *const c_char,
    limit: usize,
) -> usize {
    // SAFETY: charset is a string; src is readable up to the byte that ends the run, or for limit bytes.
    unsafe { skip::run_of(src, limit, charset, true) }
}

/// Returns how many characters at the start of src are neither in the string charset nor a null byte, at most
/// limit.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_noncharsetnskip(
    src: *const c_char,
    charset: *const c_char,
    limit: usize,
) -> usize {
    // SAFETY: as in scan_charsetnskip.
    unsafe { skip::run_of(src, limit, charset, false) }
}
