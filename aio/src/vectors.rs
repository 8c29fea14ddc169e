// SPDX-License-Identifier: MIT OR Apache-2.0
//! The array of `struct iovec` of aio_readv and aio_writev, which is read during the call.

use crate::errno::{Errno, Result, unchanged};
use crate::request::Request;
use core::ffi::{c_int, c_ulong};
use libc::iovec;

/// Copies the array that the block names. The length becomes the sum; one above what `ssize_t` holds if the number of entries
/// is refused. Errors: EAGAIN without memory, EFAULT if the array is not in memory.
///
/// # Safety
/// The block is alive.
pub(crate) unsafe fn copy(request: &Request) -> Result<()> {
    const TOO_LONG: usize = usize::MAX;
    let block = request.block();
    let count = match c_int::try_from(block.nbytes as isize) {
        Ok(count @ 0..=libc::UIO_MAXIOV) => count,
        _ => {
            request.length.set(TOO_LONG);
            return Ok(());
        }
    };
    let bytes = count as usize * size_of::<iovec>();
    // SAFETY: malloc takes any size.
    let copy: *mut iovec = unsafe { libc::malloc(bytes.max(1)) }.cast();
    if copy.is_null() {
        return Err(Errno(libc::EAGAIN));
    }
    let mut sum = 0_usize;
    // SAFETY: the copy has room for `count` entries, and each is written before it is read.
    unsafe {
        if let Err(error) = copy_in(copy, block.buf.cast(), count as usize) {
            libc::free(copy.cast());
            return Err(error);
        }
        for index in 0..count as usize {
            sum = sum.saturating_add((*copy.add(index)).iov_len);
        }
    }
    request.buffer.set(copy.cast());
    request.vectors.set(count);
    request.length.set(sum);
    Ok(())
}

/// Copies entries from where a program says they are. The kernel looks, because it tells of an address without memory; where it
/// is not allowed to, the program's word counts. Errors: EFAULT.
unsafe fn copy_in(to: *mut iovec, from: *mut iovec, count: usize) -> Result<()> {
    let bytes = count * size_of::<iovec>();
    if bytes == 0 {
        return Ok(());
    }
    let ours = iovec { iov_base: to.cast(), iov_len: bytes };
    let theirs = iovec { iov_base: from.cast(), iov_len: bytes };
    let none: c_ulong = 0;
    let copied = unchanged(|| {
        // SAFETY: both descriptions are valid, and there is room for so many bytes at `to`.
        let copied = unsafe {
            libc::syscall(libc::SYS_process_vm_readv, libc::getpid(), &ours, 1_usize, &theirs, 1_usize, none)
        };
        usize::try_from(copied).map_err(|_| Errno::last())
    });
    match copied {
        Ok(copied) if copied == bytes => Ok(()),
        Ok(_) | Err(Errno(libc::EFAULT)) => Err(Errno(libc::EFAULT)),
        Err(_) => {
            // SAFETY: the program vouches for `count` entries; there is room for as many.
            unsafe { to.copy_from_nonoverlapping(from, count) };
            Ok(())
        }
    }
}
