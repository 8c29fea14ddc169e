// SPDX-License-Identifier: MIT OR Apache-2.0
//! `safemult.h`: products that are checked for overflow.

use crate::abi::{int16, int32, int64, uint16, uint32, uint64};
use crate::memory::product::store;
use core::ffi::c_int;

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn umult16(a: uint16, b: uint16, c: *mut uint16) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn imult16(a: int16, b: int16, c: *mut int16) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn umult32(a: uint32, b: uint32, c: *mut uint32) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn imult32(a: int32, b: int32, c: *mut int32) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn umult64(a: uint64, b: uint64, c: *mut uint64) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}

/// Stores a * b in *c and returns 1. If it does not fit, returns 0 and leaves *c alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn imult64(a: int64, b: int64, c: *mut int64) -> c_int {
    // SAFETY: the caller hands in a valid pointer.
    unsafe { store(a.checked_mul(b), c).into() }
}
