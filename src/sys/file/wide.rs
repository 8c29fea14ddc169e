// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sizes and offsets of 64 bits, under the names that each system has for them. On Linux the usual names have 32 bits on
//! 32-bit processors; elsewhere there are no others.

#[cfg(not(target_os = "linux"))]
pub(in crate::sys) use libc::{fstat, lseek, off_t, pread, stat};
#[cfg(target_os = "linux")]
pub(in crate::sys) use libc::{
    fstat64 as fstat, lseek64 as lseek, off64_t as off_t, pread64 as pread, stat64 as stat,
};

use crate::errno::{Errno, Result};
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// What is known of an open file. Errors: EBADF.
pub(in crate::sys) fn status(fd: c_int) -> Result<stat> {
    use crate::sys::file::wide;
    let mut status = MaybeUninit::<stat>::zeroed();
    syscall!(wide::fstat(fd, status.as_mut_ptr()))?;
    // SAFETY: all-zero is a valid stat, and the kernel has filled it in.
    Ok(unsafe { status.assume_init() })
}

/// An offset as the kernel takes it. Errors: EOVERFLOW beyond its range.
pub(in crate::sys) fn position(offset: u64) -> Result<off_t> {
    off_t::try_from(offset).map_err(|_| Errno(libc::EOVERFLOW))
}
