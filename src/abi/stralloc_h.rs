// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing string.

use core::ffi::c_char;
use core::mem::offset_of;

/// A string that grows, and may hold null bytes. All zeros is a string without memory yet; the memory comes from
/// malloc, and a caller that takes s over may free it. There is no null byte behind the last byte.
#[repr(C)]
pub struct stralloc {
    /// The first byte; NULL if there is no memory.
    pub s: *mut c_char,
    /// Bytes in use.
    pub len: usize,
    /// Bytes of memory at s.
    pub a: usize,
}

const WORD: usize = size_of::<usize>();
const _: () = assert!(size_of::<stralloc>() == 3 * WORD && align_of::<stralloc>() == WORD);
const _: () = assert!(
    offset_of!(stralloc, s) == 0 && offset_of!(stralloc, len) == WORD && offset_of!(stralloc, a) == 2 * WORD
);
