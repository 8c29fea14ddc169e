// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint16.h`: integers of 16 bits, and their bytes in either order.

use crate::abi::uint16;
use core::ffi::c_char;

/// Writes in to the 2 bytes at out, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_pack(out: *mut c_char, r#in: uint16) {
    // SAFETY: the caller hands in room for 2 bytes, of any alignment.
    unsafe { out.cast::<uint16>().write_unaligned(r#in.to_le()) }
}

/// Writes in to the 2 bytes at out, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_pack_big(out: *mut c_char, r#in: uint16) {
    // SAFETY: the caller hands in room for 2 bytes, of any alignment.
    unsafe { out.cast::<uint16>().write_unaligned(r#in.to_be()) }
}

/// Stores in *out what the 2 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_unpack(r#in: *const c_char, out: *mut uint16) {
    // SAFETY: the caller hands in 2 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint16_read(r#in)) }
}

/// Stores in *out what the 2 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_unpack_big(r#in: *const c_char, out: *mut uint16) {
    // SAFETY: the caller hands in 2 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint16_read_big(r#in)) }
}

/// Returns what the 2 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_read(r#in: *const c_char) -> uint16 {
    // SAFETY: the caller hands in 2 readable bytes, of any alignment.
    uint16::from_le(unsafe { r#in.cast::<uint16>().read_unaligned() })
}

/// Returns what the 2 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint16_read_big(r#in: *const c_char) -> uint16 {
    // SAFETY: the caller hands in 2 readable bytes, of any alignment.
    uint16::from_be(unsafe { r#in.cast::<uint16>().read_unaligned() })
}
