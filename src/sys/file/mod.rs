// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: opening them with the flags of `open.h`, mapping them, and writing from several places at once.

use crate::errno::{Errno, Result};
use crate::sys::fd::LARGE;
use core::ffi::{c_char, c_int, c_uint};
use libc::{O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY};

#[cfg(owfat_freebsd_sendfile)]
mod freebsd_sendfile;
mod kind;
pub(crate) mod region;
pub(crate) mod sendfile;
pub(super) mod wide;

pub(crate) use kind::FileKind;

/// What to open a file for, and whether it may be created.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Purpose {
    flags: c_int,
    mode: c_uint,
}

/// None of these waits for the other end of a FIFO, or for anything else.
impl Purpose {
    /// Reading.
    pub(crate) const READ: Self = Purpose { flags: O_RDONLY | O_NONBLOCK, mode: 0 };
    /// Writing a file that does not exist yet.
    pub(crate) const EXCLUSIVE: Self =
        Purpose { flags: O_WRONLY | O_CREAT | O_EXCL | O_TRUNC | O_NONBLOCK, mode: 0o600 };
    /// Writing at the end.
    pub(crate) const APPEND: Self =
        Purpose { flags: O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o600 };
    /// Writing; what the file holds is discarded.
    pub(crate) const TRUNCATE: Self =
        Purpose { flags: O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, mode: 0o644 };
    /// Writing.
    pub(crate) const WRITE: Self = Purpose { flags: O_WRONLY | O_CREAT | O_NONBLOCK, mode: 0o644 };
    /// Reading and writing.
    pub(crate) const READ_WRITE: Self = Purpose { flags: O_RDWR | O_CREAT | O_NONBLOCK, mode: 0o644 };

    /// The same for a file that must exist.
    pub(crate) const fn existing(self) -> Self {
        Purpose { flags: self.flags & !O_CREAT, ..self }
    }

    /// The same for a file that the library keeps to itself: close-on-exec from the beginning, because another thread may
    /// start a program at any moment.
    pub(crate) const fn private(self) -> Self {
        Purpose { flags: self.flags | O_CLOEXEC, ..self }
    }

    /// The same, but waiting.
    pub(crate) const fn waiting(self) -> Self {
        Purpose { flags: self.flags & !O_NONBLOCK, ..self }
    }
}

/// open(2). Programs that are executed inherit the file descriptor, as C programs expect, unless it is
/// [`private`](Purpose::private).
///
/// # Safety
/// `name` is a string, or an address for which the kernel answers EFAULT.
pub(crate) unsafe fn open(name: *const c_char, purpose: Purpose) -> Result<c_int> {
    syscall!(open(name, purpose.flags | LARGE, purpose.mode))
}

/// openat(2): a relative name starts in the folder `folder`.
///
/// # Safety
/// As in [`open`].
pub(crate) unsafe fn open_at(folder: c_int, name: *const c_char, purpose: Purpose) -> Result<c_int> {
    syscall!(openat(folder, name, purpose.flags | LARGE, purpose.mode))
}

/// The size of the open file, found by seeking to its end. Errors: ESPIPE for what has none.
pub(crate) fn size(fd: c_int) -> Result<u64> {
    syscall!(wide::lseek(fd, 0, libc::SEEK_END)).map(|end| end as u64)
}

/// The size that a regular file tells; `None` for anything else. The position stays where it is.
pub(crate) fn size_of_regular(fd: c_int) -> Option<u64> {
    let status = wide::status(fd).ok()?;
    (status.st_mode & libc::S_IFMT == libc::S_IFREG).then_some(status.st_size as u64)
}

/// Goes to a position, which is returned. Errors: ESPIPE for what has none.
pub(crate) fn seek(fd: c_int, position: u64) -> Result<u64> {
    let position = wide::position(position)?;
    syscall!(wide::lseek(fd, position, libc::SEEK_SET)).map(|position| position as u64)
}

/// The position at which the next read or write happens. Errors: ESPIPE for what has none.
pub(crate) fn tell(fd: c_int) -> Result<u64> {
    syscall!(wide::lseek(fd, 0, libc::SEEK_CUR)).map(|position| position as u64)
}

/// What a mapping of a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mapping {
    /// Reading what is in the file.
    Read,
    /// Reading, and writing to memory alone.
    Private,
    /// Reading and writing the file.
    Shared,
}

/// Maps the first `length` bytes of the open file, at least one.
pub(crate) fn map(fd: c_int, length: usize, mapping: Mapping) -> Result<*mut c_char> {
    let (protection, flags) = match mapping {
        Mapping::Read => (libc::PROT_READ, libc::MAP_SHARED),
        Mapping::Private => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE),
        Mapping::Shared => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED),
    };
    // SAFETY: a new mapping, anywhere, replaces nothing.
    let address = unsafe { libc::mmap(core::ptr::null_mut(), length, protection, flags, fd, 0) };
    if address == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(address.cast()) }
}

/// munmap(2). Errors: EINVAL for an address that is not the start of a page.
///
/// # Safety
/// Nothing uses those `length` bytes any more.
pub(crate) unsafe fn unmap(address: *mut c_char, length: usize) -> Result<()> {
    syscall!(munmap(address.cast(), length)).map(drop)
}

/// writev(2).
///
/// # Safety
/// All pieces are readable.
pub(crate) unsafe fn gather(fd: c_int, pieces: &[libc::iovec]) -> Result<usize> {
    syscall!(writev(fd, pieces.as_ptr(), pieces.len() as c_int)).map(|written| written as usize)
}
