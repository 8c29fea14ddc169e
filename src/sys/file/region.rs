// SPDX-License-Identifier: MIT OR Apache-2.0
//! Regions of files: reading them.

use super::wide::{self, position};
use crate::errno::{Errno, Result};
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// Reads into `room` from `offset` on. No bytes: the file ends there. Errors: ESPIPE for what has no offsets.
pub(crate) fn read_at(file: c_int, room: &mut [MaybeUninit<u8>], offset: u64) -> Result<&[u8]> {
    let offset = position(offset)?;
    let count = syscall!(wide::pread(file, room.as_mut_ptr().cast(), room.len(), offset))? as usize;
    // SAFETY: the kernel has filled in that many bytes, no more than there is room for.
    Ok(unsafe { core::slice::from_raw_parts(room.as_ptr().cast(), count.min(room.len())) })
}

/// How long a file is, and which it is.
pub(crate) struct Status {
    /// Bytes.
    pub(crate) size: u64,
    device: u64,
    number: u64,
}

impl Status {
    /// Whether both are of one file.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.number) == (other.device, other.number)
    }
}

/// How long a file is, and which it is. Errors: EBADF; ESPIPE for what is no regular file.
pub(crate) fn status(file: c_int) -> Result<Status> {
    let status = wide::status(file)?;
    if status.st_mode & libc::S_IFMT != libc::S_IFREG {
        return Err(Errno(libc::ESPIPE));
    }
    Ok(Status { size: status.st_size as u64, device: status.st_dev as u64, number: status.st_ino as u64 })
}

/// Asks the kernel to read a region ahead, which it may ignore.
pub(crate) fn read_ahead(file: c_int, offset: u64, length: u64) {
    let (Ok(offset), Ok(length)) = (position(offset), position(length)) else { return };
    // SAFETY: no memory is involved. The result is an errno value that is of no interest.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::posix_fadvise64(file, offset, length, libc::POSIX_FADV_WILLNEED)
    };
    // SAFETY: as before.
    #[cfg(any(target_os = "freebsd", target_os = "dragonfly"))]
    unsafe {
        libc::posix_fadvise(file, offset, length, libc::POSIX_FADV_WILLNEED)
    };
    #[cfg(target_vendor = "apple")]
    {
        let advice = libc::radvisory { ra_offset: offset, ra_count: length.min(c_int::MAX.into()) as c_int };
        let _ = syscall!(fcntl(file, libc::F_RDADVISE, &advice));
    }
    #[cfg(not(any(
        target_os = "linux",
        target_os = "freebsd",
        target_os = "dragonfly",
        target_vendor = "apple"
    )))]
    let _ = (file, offset, length);
}
