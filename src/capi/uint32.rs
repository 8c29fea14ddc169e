// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint32.h`: integers of 32 bits, and their bytes in either order.

use crate::abi::uint32;
use core::ffi::c_char;

/// Writes in to the 4 bytes at out, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_pack(out: *mut c_char, r#in: uint32) {
    // SAFETY: the caller hands in room for 4 bytes, of any alignment.
    unsafe { out.cast::<uint32>().write_unaligned(r#in.to_le()) }
}

/// Writes in to the 4 bytes at out, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_pack_big(out: *mut c_char, r#in: uint32) {
    // SAFETY: the caller hands in room for 4 bytes, of any alignment.
    unsafe { out.cast::<uint32>().write_unaligned(r#in.to_be()) }
}

/// Stores in *out what the 4 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_unpack(r#in: *const c_char, out: *mut uint32) {
    // SAFETY: the caller hands in 4 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint32_read(r#in)) }
}

/// Stores in *out what the 4 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_unpack_big(r#in: *const c_char, out: *mut uint32) {
    // SAFETY: the caller hands in 4 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint32_read_big(r#in)) }
}

/// Returns what the 4 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_read(r#in: *const c_char) -> uint32 {
    // SAFETY: the caller hands in 4 readable bytes, of any alignment.
    uint32::from_le(unsafe { r#in.cast::<uint32>().read_unaligned() })
}

/// Returns what the 4 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint32_read_big(r#in: *const c_char) -> uint32 {
    // SAFETY: the caller hands in 4 readable bytes, of any alignment.
    uint32::from_be(unsafe { r#in.cast::<uint32>().read_unaligned() })
}
