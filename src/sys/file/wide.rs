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

/// What is known of an open file, but for times. Errors: EBADF.
pub(in crate::sys) fn status(fd: c_int) -> Result<stat> {
    use crate::sys::file::wide;
    #[cfg(not(owfat_time = "libc"))]
    if let Some(status) = extended_status(fd) {
        return Ok(status);
    }
    let mut status = MaybeUninit::<stat>::zeroed();
    syscall!(wide::fstat(fd, status.as_mut_ptr()))?;
    // SAFETY: all-zero is a valid stat, and the kernel has filled it in.
    Ok(unsafe { status.assume_init() })
}

/// The same by statx(2): where a time_t may have 32 bits, fstat gives EOVERFLOW for a file that was changed after 2038. `None`
/// if that does not work, so that fstat says why, or serves a kernel that is older than Linux 4.11.
#[cfg(not(owfat_time = "libc"))]
fn extended_status(fd: c_int) -> Option<stat> {
    // SAFETY: both are made of numbers.
    let (mut found, mut status): (libc::statx, stat) = unsafe { core::mem::zeroed() };
    let wanted = libc::STATX_TYPE | libc::STATX_INO | libc::STATX_SIZE;
    syscall!(syscall(libc::SYS_statx, fd, c"".as_ptr(), libc::AT_EMPTY_PATH, wanted, &raw mut found)).ok()?;
    status.st_mode = found.stx_mode.into();
    status.st_size = found.stx_size as _;
    status.st_ino = found.stx_ino as _;
    status.st_dev = (u64::from(found.stx_dev_major) << 32 | u64::from(found.stx_dev_minor)) as _;
    Some(status)
}

/// An offset as the kernel takes it. Errors: EOVERFLOW beyond its range.
pub(in crate::sys) fn position(offset: u64) -> Result<off_t> {
    off_t::try_from(offset).map_err(|_| Errno(libc::EOVERFLOW))
}
