// SPDX-License-Identifier: MIT OR Apache-2.0
//! Protocol buffers and netstrings.

use crate::text::input::Bytes;
use crate::text::{netstring, protobuf, varint};
use core::ffi::{c_char, c_longlong, c_uchar, c_ulonglong};

/// The tag of a field: its number and the type of its value, 0 to 7.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_tag(
    src: *const c_char,
    len: usize,
    fieldno: *mut usize,
    r#type: *mut c_uchar,
) -> usize {
    let mut tag = (0, 0);
    // SAFETY: src has len bytes, or as many as the value takes, as in all of this file.
    let used = unsafe { Bytes::scan(src, len, &mut tag, protobuf::scan_tag) };
    if used > 0 {
        // SAFETY: both are valid.
        unsafe { (*fieldno, *r#type) = tag }
    }
    used
}

/// A value of type 0: the same as scan_varint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type0_int(src: *const c_char, len: usize, l: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, l, varint::scan) }
}

/// A signed value of type 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type0_sint(src: *const c_char, len: usize, l: *mut c_longlong) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, l, |bytes| varint::scan(bytes).map(protobuf::unzigzag)) }
}

/// A value of type 1: 8 bytes, the least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type1_double(src: *const c_char, len: usize, d: *mut f64) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, d, |bytes| bytes.array().map(f64::from_le_bytes)) }
}

/// The same for an integer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type1_fixed64(src: *const c_char, len: usize, b: *mut u64) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, b, |bytes| bytes.array().map(u64::from_le_bytes)) }
}

/// The length of a value of type 2, and where its bytes start: right behind what is used. They are not
/// counted, and may reach beyond the len bytes: compare *slen with what is left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type2_stringlen(
    src: *const c_char,
    len: usize,
    string: *mut *const c_char,
    slen: *mut usize,
) -> usize {
    let mut bytes = (src, 0);
    // SAFETY: as in scan_pb_tag.
    let used = unsafe { Bytes::scan(src, len, &mut bytes, protobuf::scan_bytes) };
    if used > 0 {
        // SAFETY: both are valid.
        unsafe { (*string, *slen) = bytes }
    }
    used
}

/// A value of type 5: 4 bytes, the least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type5_float(src: *const c_char, len: usize, f: *mut f32) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, f, |bytes| bytes.array().map(f32::from_le_bytes)) }
}

/// The same for an integer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_pb_type5_fixed32(src: *const c_char, len: usize, b: *mut u32) -> usize {
    // SAFETY: as in scan_pb_tag.
    unsafe { Bytes::scan(src, len, b, |bytes| bytes.array().map(u32::from_le_bytes)) }
}

/// A netstring within the len bytes: *dest points to its slen bytes, which are not copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_netstring(
    src: *const c_char,
    len: usize,
    dest: *mut *mut c_char,
    slen: *mut usize,
) -> usize {
    // SAFETY: src has len bytes, or as many as the netstring takes.
    let Some((start, length, used)) = (unsafe { netstring::scan(src, len) }) else { return 0 };
    // SAFETY: both are valid.
    unsafe { (*dest, *slen) = (start.cast_mut(), length) }
    used
}
