// SPDX-License-Identifier: MIT OR Apache-2.0
//! Into a growing array, and out of one.

use crate::abi::array;
use crate::errno::{size_or_zero, void};
use crate::text::code::foreign::Encoder;
use core::ffi::c_char;
use core::ptr::slice_from_raw_parts;

/// Appends len bytes from src, encoded by func. If there is no memory (ENOMEM), or func is NULL (EINVAL),
/// the array fails; so with all of these.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_to_array(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize>,
    a: *mut array,
    src: *const c_char,
    len: usize,
) {
    // SAFETY: the caller hands in one of the encoders, a valid array, and len bytes.
    void(unsafe { (*a).append_encoded(Encoder::plain(func), Ok(slice_from_raw_parts(src.cast(), len))) })
}

/// The same for an encoder with a fourth argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_to_array2(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize, *const c_char) -> usize>,
    a: *mut array,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) {
    // SAFETY: as in fmt_to_array; escapeme is what the encoder wants.
    void(unsafe {
        (*a).append_encoded(Encoder::with_set(func, escapeme), Ok(slice_from_raw_parts(src.cast(), len)))
    })
}

/// Appends the bytes of src, encoded by func, to dest. If src has failed (EINVAL), dest fails too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_tofrom_array(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize>,
    dest: *mut array,
    src: *mut array,
) {
    // SAFETY: the caller hands in one of the encoders, and valid arrays.
    let bytes = unsafe { (*src).all() };
    // SAFETY: as above; nothing has changed the source since.
    void(unsafe { (*dest).append_encoded(Encoder::plain(func), bytes) })
}

/// The same for an encoder with a fourth argument.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_tofrom_array2(
    func: Option<unsafe extern "C" fn(*mut c_char, *const c_char, usize, *const c_char) -> usize>,
    dest: *mut array,
    src: *mut array,
    escapeme: *const c_char,
) {
    // SAFETY: as in fmt_tofrom_array; escapeme is what the encoder wants.
    let bytes = unsafe { (*src).all() };
    // SAFETY: as above; nothing has changed the source since.
    void(unsafe { (*dest).append_encoded(Encoder::with_set(func, escapeme), bytes) })
}

/// Appends what func decodes of the string src. Returns how many bytes of src were used; 0 if the array has
/// failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_to_array(
    func: Option<unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize>,
    src: *const c_char,
    dest: *mut array,
) -> usize {
    // SAFETY: the caller hands in one of the decoders, a string, and a valid array.
    size_or_zero(unsafe { (*dest).append_decoded(func, Ok(src)) })
}

/// Appends what func decodes of the bytes of src, which end at the first null byte, if there is any, to dest.
/// Returns how many bytes of src were used; 0 if either array has failed, or there is no memory for a null byte
/// behind the bytes of src.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_tofrom_array(
    func: Option<unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize>,
    src: *mut array,
    dest: *mut array,
) -> usize {
    // SAFETY: the caller hands in one of the decoders, and valid arrays.
    let string = unsafe { (*src).terminate() };
    // SAFETY: as above; nothing has changed the source since.
    size_or_zero(unsafe { (*dest).append_decoded(func, string) })
}
