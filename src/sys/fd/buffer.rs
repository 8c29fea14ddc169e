// SPDX-License-Identifier: MIT OR Apache-2.0
//! Memory of C callers, for calls that read and write.

use crate::errno::{Errno, IoError};
use core::ffi::c_void;

/// Memory of a C caller that a call may write to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadBuf {
    start: *mut c_void,
    length: usize,
}

/// Memory of a C caller that a call may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteBuf {
    start: *const c_void,
    length: usize,
}

/// The length as the kernel takes it. Errors: EINVAL for a negative one.
fn usable(length: i64) -> core::result::Result<usize, IoError> {
    match usize::try_from(length) {
        // The kernel moves less than that in one call anyway.
        Ok(length) => Ok(length.min(isize::MAX as usize)),
        Err(_) if length < 0 => Err(IoError::Failed(Errno(libc::EINVAL))),
        Err(_) => Ok(isize::MAX as usize),
    }
}

impl ReadBuf {
    /// Errors: EINVAL for a negative length.
    ///
    /// # Safety
    /// `length` bytes at `start` may be written to while the value is in use; `start` may also be an address for which the
    /// kernel answers EFAULT.
    pub(crate) unsafe fn new(start: *mut c_void, length: i64) -> core::result::Result<Self, IoError> {
        Ok(ReadBuf { start, length: usable(length)? })
    }

    /// The same for a length that cannot be negative.
    ///
    /// # Safety
    /// As for `new`.
    pub(crate) unsafe fn of_size(start: *mut c_void, length: usize) -> Self {
        ReadBuf { start, length: length.min(isize::MAX as usize) }
    }

    /// Where it begins.
    pub(in crate::sys) const fn start(self) -> *mut c_void {
        self.start
    }

    /// How many bytes.
    pub(crate) const fn len(self) -> usize {
        self.length
    }

    /// True for none.
    pub(crate) const fn is_empty(self) -> bool {
        self.length == 0
    }
}

impl WriteBuf {
    /// Up to `length` bytes of it, from `start` on, which is no more than its length.
    pub(in crate::sys) fn part(self, start: usize, length: usize) -> Self {
        let start = start.min(self.length);
        WriteBuf { start: self.start.wrapping_byte_add(start), length: length.min(self.length - start) }
    }

    /// Errors: EINVAL for a negative length.
    ///
    /// # Safety
    /// `length` bytes at `start` may be read while the value is in use; `start` may also be an address for which the
    /// kernel answers EFAULT.
    pub(crate) unsafe fn new(start: *const c_void, length: i64) -> core::result::Result<Self, IoError> {
        Ok(WriteBuf { start, length: usable(length)? })
    }

    /// The same for a length that cannot be negative.
    ///
    /// # Safety
    /// As for `new`.
    pub(crate) unsafe fn of_size(start: *const c_void, length: usize) -> Self {
        WriteBuf { start, length: length.min(isize::MAX as usize) }
    }

    /// Where it begins.
    pub(in crate::sys) const fn start(self) -> *const c_void {
        self.start
    }

    /// How many bytes.
    pub(crate) const fn len(self) -> usize {
        self.length
    }

    /// True for none.
    pub(crate) const fn is_empty(self) -> bool {
        self.length == 0
    }
}
