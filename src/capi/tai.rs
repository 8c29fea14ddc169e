// SPDX-License-Identifier: MIT OR Apache-2.0
//! `tai.h`: TAI64 labels, times with a precision of one second.

use crate::abi::tai;
use crate::sys::clock;
use core::ffi::{c_char, c_uint};

/// Size in bytes of a label in its external format.
pub const TAI_PACK: c_uint = 8;

/// Stores the current time (the wall clock, as time(2) gives it) in *t. Does not fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_now(t: *mut tai) {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { *t = tai::from_unix(clock::unix_seconds()) }
}

/// Stores a + b in *t, modulo 2^64. The three may overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_add(t: *mut tai, a: *const tai, b: *const tai) {
    // SAFETY: the caller hands in valid pointers; both sources are copied before the result is stored.
    unsafe { *t = (*a).wrapping_add(*b) }
}

/// Stores a - b in *t, modulo 2^64. The three may overlap.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_sub(t: *mut tai, a: *const tai, b: *const tai) {
    // SAFETY: as in tai_add.
    unsafe { *t = (*a).wrapping_sub(*b) }
}

/// Stores the plain number of seconds u in *t (not a moment in Unix time: see tai_unix for that).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_uint(t: *mut tai, u: c_uint) {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { *t = tai { x: u.into() } }
}

/// Writes *t to buf in the external TAI64 format: TAI_PACK (8) bytes, most significant first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_pack(buf: *mut c_char, t: *const tai) {
    // SAFETY: the caller hands in a valid source and room for 8 bytes, of any alignment.
    unsafe { buf.cast::<[u8; 8]>().write_unaligned((*t).to_bytes()) }
}

/// Reads the 8 bytes of the external TAI64 format at buf into *t. Every bit pattern is accepted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tai_unpack(buf: *const c_char, t: *mut tai) {
    // SAFETY: the caller hands in 8 readable bytes, of any alignment, and a valid destination.
    unsafe { *t = tai::from_bytes(buf.cast::<[u8; 8]>().read_unaligned()) }
}
