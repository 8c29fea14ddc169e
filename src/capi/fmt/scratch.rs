// SPDX-License-Identifier: MIT OR Apache-2.0
//! Functions that may use memory behind what they write. Here they do not.

use super::integers;
use core::ffi::{c_char, c_ulonglong};

/// The same as fmt_utf8. There may be up to 7 bytes more behind the result that it overwrites.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_utf8_scratch(dest: *mut c_char, n: u32) -> usize {
    // SAFETY: the caller's promise is more than fmt_utf8 needs.
    unsafe { integers::fmt_utf8(dest, n) }
}

/// The same as fmt_asn1derlength, likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_asn1derlength_scratch(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as above.
    unsafe { integers::fmt_asn1derlength(dest, l) }
}

/// The same as fmt_asn1dertag, likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_asn1dertag_scratch(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as above.
    unsafe { integers::fmt_asn1dertag(dest, l) }
}
