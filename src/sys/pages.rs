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

/// Maps zeros in the place of what is mapped at `address`, the start of a page.
///
/// # Safety
/// Nothing uses what is on the pages of those `len` bytes.
pub(crate) unsafe fn map_at(address: *mut u8, len: usize) -> Result<()> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_FIXED;
    // SAFETY: the caller's promise.
    let found = unsafe { libc::mmap(address.cast(), len, protection, flags, -1, 0) };
    if found == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(()) }
}

/// Moves pages to where others are mapped, whose place they take in one step: a thread that reads there reads from the old ones
/// or from the new ones. Errors: ENOSYS where the kernel has no such call. Then nothing has moved.
///
/// # Safety
/// The `len` bytes at `from` came from [`map`], and nothing uses them there. At `to`, the start of a page, as many are mapped,
/// and what uses them may find these instead.
pub(crate) unsafe fn move_to(from: *mut u8, len: usize, to: *mut u8) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
        // SAFETY: the caller's promise.
        let moved = unsafe { libc::mremap(from.cast(), len, len, flags, to.cast::<libc::c_void>()) };
        if moved == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(()) }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = (from, len, to);
        Err(Errno(libc::ENOSYS))
    }
}
