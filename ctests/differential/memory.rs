// SPDX-License-Identifier: MIT OR Apache-2.0
//! The memory that calls get to see: the same addresses with the same bytes for both libraries.

use std::ffi::c_char;

/// What lies around every region, and in it where nothing was put.
const GUARD: u8 = 0xa5;
/// How much of it there is before and behind every region.
const GAP: usize = 24;
const SIZE: usize = 1 << 20;

/// Regions with guard bytes around them, in one block whose address never changes.
pub(crate) struct Memory {
    block: Box<[u128]>,
    used: usize,
    errno_counts: bool,
}

impl Memory {
    pub(super) fn new() -> Memory {
        let block = vec![u128::from_ne_bytes([GUARD; 16]); SIZE / 16].into_boxed_slice();
        Memory { block, used: GAP, errno_counts: true }
    }

    /// A region with these bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> *mut u8 {
        let at = self.region(bytes.len(), 1);
        // SAFETY: the region has as many bytes.
        unsafe { at.copy_from(bytes.as_ptr(), bytes.len()) };
        at
    }

    /// A region with these bytes and a null byte behind them.
    pub(crate) fn string(&mut self, bytes: &[u8]) -> *mut c_char {
        let at = self.region(bytes.len() + 1, 1);
        // SAFETY: the region has room for both.
        unsafe {
            at.copy_from(bytes.as_ptr(), bytes.len());
            at.add(bytes.len()).write(0);
        }
        at.cast()
    }

    /// A region of `len` bytes in which nothing was put yet.
    pub(crate) fn room(&mut self, len: usize) -> *mut u8 {
        self.region(len, 1)
    }

    /// A region with this value, aligned.
    pub(crate) fn value<T: Copy>(&mut self, value: T) -> *mut T {
        let at = self.region(size_of::<T>(), align_of::<T>()).cast::<T>();
        // SAFETY: the region is large enough and aligned.
        unsafe { at.write(value) };
        at
    }

    /// In this case the libraries may differ in errno; `_why` is for the reader.
    pub(crate) fn errno_may_differ(&mut self, _why: &str) {
        self.errno_counts = false;
    }

    fn region(&mut self, len: usize, align: usize) -> *mut u8 {
        let start = self.used.next_multiple_of(align);
        self.used = start + len + GAP;
        assert!(self.used <= SIZE, "an input is too large");
        self.block.as_mut_ptr().cast::<u8>().wrapping_add(start)
    }

    /// Everything that a call may have changed, and whether errno counts; then as new.
    pub(super) fn take(&mut self, seen: &mut Vec<u8>) -> bool {
        let counts = self.errno_counts;
        let start = self.block.as_mut_ptr().cast::<u8>();
        seen.clear();
        // SAFETY: the first `used` bytes of the block, which nothing else borrows.
        unsafe {
            seen.extend_from_slice(std::slice::from_raw_parts(start, self.used));
            start.write_bytes(GUARD, self.used);
        }
        (self.used, self.errno_counts) = (GAP, true);
        counts
    }

    /// What `take` gave as text, for a message.
    pub(super) fn shown(seen: &[u8]) -> String {
        let gap = [GUARD; GAP].escape_ascii().to_string();
        seen.escape_ascii().to_string().replace(&gap, " | ")
    }
}
