// SPDX-License-Identifier: MIT OR Apache-2.0
//! `uint64.h`: integers of 64 bits, and their bytes in either order.

use crate::abi::uint64;
use core::ffi::c_char;

/// Writes in to the 8 bytes at out, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_pack(out: *mut c_char, r#in: uint64) {
    // SAFETY: the caller hands in room for 8 bytes, of any alignment.
    unsafe { out.cast::<uint64>().write_unaligned(r#in.to_le()) }
}

/// Writes in to the 8 bytes at out, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_pack_big(out: *mut c_char, r#in: uint64) {
    // SAFETY: the caller hands in room for 8 bytes, of any alignment.
    unsafe { out.cast::<uint64>().write_unaligned(r#in.to_be()) }
}

/// Stores in *out what the 8 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_unpack(r#in: *const c_char, out: *mut uint64) {
    // SAFETY: the caller hands in 8 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint64_read(r#in)) }
}

/// Stores in *out what the 8 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_unpack_big(r#in: *const c_char, out: *mut uint64) {
    // SAFETY: the caller hands in 8 readable bytes and a place for the result, of any alignment.
    unsafe { out.write_unaligned(uint64_read_big(r#in)) }
}

/// Returns what the 8 bytes at in say, least significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_read(r#in: *const c_char) -> uint64 {
    // SAFETY: the caller hands in 8 readable bytes, of any alignment.
    uint64::from_le(unsafe { r#in.cast::<uint64>().read_unaligned() })
}

/// Returns what the 8 bytes at in say, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn uint64_read_big(r#in: *const c_char) -> uint64 {
    // SAFETY: the caller hands in 8 readable bytes, of any alignment.
    uint64::from_be(unsafe { r#in.cast::<uint64>().read_unaligned() })
}
