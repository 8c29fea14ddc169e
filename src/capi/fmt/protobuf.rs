// SPDX-License-Identifier: MIT OR Apache-2.0
//! Protocol buffers.

use crate::text::out::Out;
use crate::text::protobuf::{self, Type, write_field, zigzag};
use crate::text::varint;
use core::ffi::{c_char, c_longlong, c_uchar, c_ulonglong};

/// The tag of a field: its number and the type of its value. Returns 0 if the type is not 0 to 5 or the
/// number has more than 61 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_tag(dest: *mut c_char, fieldno: usize, r#type: c_uchar) -> usize {
    // SAFETY: dest is NULL or has room for the result, as in all of this file.
    unsafe { Out::try_write(dest, |out| protobuf::write_tag(out, fieldno, r#type)) }
}

/// A value of type 0: the same as fmt_varint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type0_int(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| varint::write(out, l)) }
}

/// A signed value of type 0: 0, -1, 1, -2 become 0, 1, 2, 3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type0_sint(dest: *mut c_char, l: c_longlong) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| varint::write(out, zigzag(l))) }
}

/// A value of type 1: 8 bytes, the least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type1_double(dest: *mut c_char, d: f64) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| out.bytes(&d.to_le_bytes())) }
}

/// The same for an integer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type1_fixed64(dest: *mut c_char, l: u64) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| out.bytes(&l.to_le_bytes())) }
}

/// A value of type 2: the length l, and the l bytes at s. Returns 0 if they would reach beyond the end of
/// the address space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type2_string(dest: *mut c_char, s: *const c_char, l: usize) -> usize {
    // SAFETY: as in fmt_pb_tag; s has l bytes.
    unsafe { Out::try_write(dest, |out| protobuf::write_bytes(out, s, l)) }
}

/// A value of type 5: 4 bytes, the least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type5_float(dest: *mut c_char, f: f32) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| out.bytes(&f.to_le_bytes())) }
}

/// The same for an integer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_type5_fixed32(dest: *mut c_char, l: u32) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe { Out::write(dest, |out| out.bytes(&l.to_le_bytes())) }
}

/// A tag and a value of type 0. Returns 0 if the number has more than 61 bits, as all that follow do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_int(dest: *mut c_char, fieldno: usize, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe {
        Out::try_write(dest, |out| write_field(out, fieldno, Type::Varint, |out| varint::write(out, l)))
    }
}

/// A tag and a signed value of type 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_sint(dest: *mut c_char, fieldno: usize, l: c_longlong) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe {
        Out::try_write(dest, |out| {
            write_field(out, fieldno, Type::Varint, |out| varint::write(out, zigzag(l)))
        })
    }
}

/// A tag and a value of type 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_double(dest: *mut c_char, fieldno: usize, d: f64) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe {
        Out::try_write(dest, |out| {
            write_field(out, fieldno, Type::Fixed64, |out| out.bytes(&d.to_le_bytes()))
        })
    }
}

/// A tag and a value of type 5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_float(dest: *mut c_char, fieldno: usize, f: f32) -> usize {
    // SAFETY: as in fmt_pb_tag.
    unsafe {
        Out::try_write(dest, |out| {
            write_field(out, fieldno, Type::Fixed32, |out| out.bytes(&f.to_le_bytes()))
        })
    }
}

/// A tag and a value of type 2. Returns 0 also if the bytes would reach beyond the end of the address
/// space.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_pb_string(
    dest: *mut c_char,
    fieldno: usize,
    s: *const c_char,
    l: usize,
) -> usize {
    // SAFETY: as in fmt_pb_type2_string.
    unsafe { Out::try_write(dest, |out| protobuf::write_bytes_field(out, fieldno, s, l)) }
}
