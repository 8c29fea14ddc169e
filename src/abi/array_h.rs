// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing array.

use super::uint64_h::{int64, uint64};
use core::ffi::c_char;
#[cfg(any(target_pointer_width = "64", target_arch = "x86"))]
use core::mem::offset_of;

/// An array of bytes that grows. All zeros is an array without memory yet; the memory comes from malloc, and
/// a caller that takes p over may free it.
#[repr(C)]
pub struct array {
    /// The first byte; NULL if there is no memory.
    pub(crate) p: *mut c_char,
    /// Bytes of memory at p; -1 if the array has failed.
    pub(crate) allocated: int64,
    /// Bytes in use.
    pub(crate) initialized: uint64,
    /// Reserved, 0.
    pub(crate) headroom: usize,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<array>() == 32 && align_of::<array>() == 8);
#[cfg(target_pointer_width = "64")]
const _: () = assert!(
    offset_of!(array, p) == 0
        && offset_of!(array, allocated) == 8
        && offset_of!(array, initialized) == 16
        && offset_of!(array, headroom) == 24
);
#[cfg(target_arch = "x86")]
const _: () = assert!(
    size_of::<array>() == 24
        && align_of::<array>() == 4
        && offset_of!(array, allocated) == 4
        && offset_of!(array, initialized) == 12
        && offset_of!(array, headroom) == 20
);
