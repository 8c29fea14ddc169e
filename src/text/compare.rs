// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comparing what comes in as addresses, byte by byte and on demand: nothing behind a difference or a NUL is
//! touched, because it need not exist.

use super::input::Bytes;
use core::ffi::c_int;

/// The `len` pairs of bytes at two addresses, read when they are asked for.
///
/// # Safety
/// Every pair that is asked for is readable.
pub(super) unsafe fn pairs(a: *const u8, b: *const u8, len: usize) -> impl Iterator<Item = (u8, u8)> {
    // SAFETY: the caller's promise.
    unsafe { Bytes::new(a.cast(), len).zip(Bytes::new(b.cast(), len)) }
}

/// The difference of the first pair that differs; 0 if none does.
pub(super) fn difference(mut pairs: impl Iterator<Item = (u8, u8)>) -> c_int {
    pairs.find(|(a, b)| a != b).map_or(0, |(a, b)| c_int::from(a) - c_int::from(b))
}

/// The difference of the first pair that differs; 0 if both strings end before.
pub(super) fn string_difference(mut pairs: impl Iterator<Item = (u8, u8)>) -> c_int {
    pairs.find(|(a, b)| a != b || *a == 0).map_or(0, |(a, b)| c_int::from(a) - c_int::from(b))
}

/// Whether the second string ends before any pair differs.
pub(super) fn is_prefix(mut pairs: impl Iterator<Item = (u8, u8)>) -> bool {
    pairs.find(|(a, b)| a != b || *b == 0).is_some_and(|(_, b)| b == 0)
}
