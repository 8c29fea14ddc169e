// SPDX-License-Identifier: MIT OR Apache-2.0
//! Into a growing string.

use crate::abi::stralloc;
use crate::errno::{one_or_zero, size_or_zero};
use crate::text::code::foreign::Encoder;
use core::ffi::{c_char, c_int};

/// Appends len bytes from src, encoded by func. Returns 1, or 0 and sets errno without changing anything:
/// ENOMEM, or EINVAL if func is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_to_sa(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize>,
    sa: *mut stralloc,
    src: *const c_char,
    len: usize,
) -> c_int {
    // SAFETY: the caller hands in one of the encoders, a valid stralloc, and len bytes.
    one_or_zero(unsafe { (*sa).append_encoded(Encoder::plain(func), src, len) })
}

/// The same for an encoder with a fourth argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_to_sa2(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize, *const c_char) -> usize>,
    sa: *mut stralloc,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> c_int {
    // SAFETY: as in fmt_to_sa; escapeme is what the encoder wants.
    one_or_zero(unsafe { (*sa).append_encoded(Encoder::with_set(func, escapeme), src, len) })
}

/// Appends what func decodes of the string src. Returns how many bytes of src were used, or 0 and sets
/// errno without changing anything: ENOMEM, or EINVAL if func is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_to_sa(
    func: Option<unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize>,
    src: *const c_char,
    sa: *mut stralloc,
) -> usize {
    // SAFETY: the caller hands in one of the decoders, a string, and a valid stralloc.
    size_or_zero(unsafe { (*sa).append_decoded(func, src) })
}
