// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers in as many bytes as they need.

use crate::text::out::Out;
use crate::text::{asn1, utf8, varint};
use core::ffi::{c_char, c_ulonglong};

/// Writes n as UTF-8, in up to 6 bytes (FMT_UTF8) as it was first defined; surrogates are nothing special.
/// Returns 0 for values of more than 31 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_utf8(dest: *mut c_char, n: u32) -> usize {
    // SAFETY: dest is NULL or has room for the result.
    unsafe { Out::try_write(dest, |out| utf8::put(out, n)) }
}

/// Writes a length in the manner of ASN.1 DER: one byte up to 127, else their number and then up to 8
/// bytes, the most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_asn1derlength(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_utf8.
    unsafe { Out::write(dest, |out| asn1::write_length(out, l)) }
}

/// Writes the number of a tag in the manner of ASN.1 DER: groups of 7 bits, the most significant first,
/// with the high bit set in all bytes but the last. At most 10 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_asn1dertag(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_utf8.
    unsafe { Out::write(dest, |out| asn1::write_tag(out, l)) }
}

/// Writes an integer in the manner of protocol buffers: groups of 7 bits, the least significant first, with
/// the high bit set in all bytes but the last. At most 10 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_varint(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_utf8.
    unsafe { Out::write(dest, |out| varint::write(out, l)) }
}
