// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strings, copied and padded.

use crate::text::out::Out;
use crate::text::{fmt_str, netstring};
use core::ffi::c_char;

/// Copies the string src without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_str(dest: *mut c_char, src: *const c_char) -> usize {
    // SAFETY: src is a string; dest is NULL or has room for the result.
    unsafe { Out::write(dest, |out| fmt_str::whole(out, src)) }
}

/// Copies the string src, but no more than limit bytes of it; these need no null byte behind them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_strn(dest: *mut c_char, src: *const c_char, limit: usize) -> usize {
    // SAFETY: src is readable up to its null byte or the limit; dest is NULL or has room for the result.
    unsafe { Out::write(dest, |out| fmt_str::start(out, src, limit)) }
}

/// Writes the srclen bytes at src, behind as many blanks as bring them to padlen bytes: foo becomes two
/// blanks and foo for a padlen of 5. The whole is cut to maxlen bytes. dest and src may be the same.
/// Returns 0 if one of the lengths is half the address space or more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pad(
    dest: *mut c_char,
    src: *const c_char,
    srclen: usize,
    padlen: usize,
    maxlen: usize,
) -> usize {
    // SAFETY: src has srclen bytes; dest is NULL or has room for the result.
    unsafe { fmt_str::pad_left(dest.cast(), src.cast(), srclen, padlen, maxlen) }
}

/// Appends blanks to the srclen bytes that dest holds already, until there are padlen, but never beyond
/// maxlen. Returns the length of the whole, srclen included, and maxlen if that is less.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_fill(dest: *mut c_char, srclen: usize, padlen: usize, maxlen: usize) -> usize {
    // SAFETY: dest is NULL or has room for the result.
    unsafe { fmt_str::pad_right(dest.cast(), srclen, padlen, maxlen) }
}

/// Writes a netstring: len in decimal, a colon, the len bytes at src, a comma. Returns 0 if src is NULL or
/// the bytes would reach beyond the end of the address space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_netstring(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: src has len bytes; dest is NULL or has room for the result.
    unsafe { Out::try_write(dest, |out| netstring::write(out, src, len)) }
}
