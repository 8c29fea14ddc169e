// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers in as many bytes as they need, in their shortest form: longer ones are refused.

use crate::text::input::Bytes;
use crate::text::{asn1, utf8, varint};
use core::ffi::{c_char, c_ulonglong};

/// UTF-8 in up to 6 bytes, as it was first defined: values of up to 31 bits, surrogates included. n may be
/// NULL, as in all functions of integers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_utf8(src: *const c_char, len: usize, n: *mut u32) -> usize {
    // SAFETY: src has len bytes, or as many as the value takes; n is valid or NULL, as in all of this file.
    unsafe { Bytes::scan(src, len, n, utf8::scan) }
}

/// The same for what Unicode allows in text: no surrogates, no noncharacters (FDD0 to FDEF, and what ends
/// in FFFE or FFFF), nothing beyond 10FFFF.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_utf8_sem(src: *const c_char, len: usize, n: *mut u32) -> usize {
    // SAFETY: as in scan_utf8.
    unsafe { Bytes::scan(src, len, n, utf8::scan_strictly) }
}

/// A length of ASN.1 DER, of up to 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_asn1derlengthvalue(
    src: *const c_char,
    len: usize,
    n: *mut c_ulonglong,
) -> usize {
    // SAFETY: as in scan_utf8.
    unsafe { Bytes::scan(src, len, n, asn1::scan_length) }
}

/// The same, and that many bytes follow within the len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_asn1derlength(src: *const c_char, len: usize, n: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_utf8.
    unsafe { Bytes::scan(src, len, n, asn1::scan_length_within) }
}

/// The number of a tag of ASN.1 DER, of up to 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_asn1dertag(src: *const c_char, len: usize, n: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_utf8.
    unsafe { Bytes::scan(src, len, n, asn1::scan_tag) }
}

/// An integer of protocol buffers, of up to 64 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_varint(src: *const c_char, len: usize, n: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_utf8.
    unsafe { Bytes::scan(src, len, n, varint::scan) }
}
