// SPDX-License-Identifier: MIT OR Apache-2.0
//! `rangecheck.h`: checks of addresses that came in from outside.

use crate::memory::range;
use core::ffi::{c_int, c_void};

/// Returns 1 if elements elements of membersize bytes at arraystart lie within the len bytes at buf, else 0.
/// An array without elements may begin at the very end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn range_arrayinbuf(
    buf: *const c_void,
    len: usize,
    arraystart: *const c_void,
    elements: usize,
    membersize: usize,
) -> c_int {
    let bytes = elements.checked_mul(membersize);
    bytes.is_some_and(|bytes| range::contains(buf.cast(), len, arraystart.cast(), bytes)).into()
}

/// Returns 1 if stringstart and the next null byte from there on lie within the len bytes at buf, else 0. Nothing
/// outside of buf is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn range_strinbuf(buf: *const c_void, len: usize, stringstart: *const c_void) -> c_int {
    // SAFETY: the caller hands in len readable bytes; stringstart is only read if it lies among them.
    unsafe { range::is_terminated::<u8>(buf.cast(), len, stringstart.cast()).into() }
}

/// Like range_strinbuf for strings of 16-bit units, which need not be aligned: the null byte is a unit of zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn range_str2inbuf(
    buf: *const c_void,
    len: usize,
    stringstart: *const c_void,
) -> c_int {
    // SAFETY: as in range_strinbuf.
    unsafe { range::is_terminated::<u16>(buf.cast(), len, stringstart.cast()).into() }
}

/// Like range_strinbuf for strings of 32-bit units, which need not be aligned: the null byte is a unit of zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn range_str4inbuf(
    buf: *const c_void,
    len: usize,
    stringstart: *const c_void,
) -> c_int {
    // SAFETY: as in range_strinbuf.
    unsafe { range::is_terminated::<u32>(buf.cast(), len, stringstart.cast()).into() }
}
