// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pages from the kernel, for blocks that are shared without locks and never move.

use crate::errno::{Errno, Result};

/// The kernel's page size in bytes.
pub(crate) fn size() -> usize {
    // SAFETY: sysconf has no preconditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Maps `len` bytes of zeros, at the start of a page.
pub(crate) fn map(len: usize) -> Result<*mut u8> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
    // SAFETY: a new mapping, anywhere, replaces nothing.
    let address = unsafe { libc::mmap(core::ptr::null_mut(), len, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(address.cast()) }
}

/// Unmaps `len` bytes from `address` on.
///
/// # Safety
/// They came from [`map`], `address` is the start of a page, and nothing uses them any more.
pub(crate) unsafe fn unmap(address: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    unsafe { libc::munmap(address.cast(), len) };
}
