// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for a list of descriptors.

#[cfg(not(any(target_vendor = "apple", target_os = "solaris", target_os = "illumos")))]
use super::times;
use crate::errno::Result;
use core::ffi::{c_int, c_uint};

/// The list of a C caller.
///
/// # Safety
/// `start` has `length` entries that nothing else uses during the call.
pub(crate) unsafe fn list<'a>(start: *mut libc::pollfd, length: c_uint) -> &'a mut [libc::pollfd] {
    if length == 0 {
        return &mut [];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(start, length as usize) }
}

/// poll(2), or ppoll(2) where a sandbox forbids that: for so many milliseconds, without limit for -1.
pub(super) fn poll_once(list: &mut [libc::pollfd], milliseconds: c_int) -> Result<c_int> {
    let length = list.len() as libc::nfds_t;
    match syscall!(poll(list.as_mut_ptr(), length, milliseconds)) {
        #[cfg(not(any(target_vendor = "apple", target_os = "solaris", target_os = "illumos")))]
        Err(error) if error.is_unsupported() => {
            // SAFETY: a timespec is made of numbers.
            let mut limit: crate::abi::timespec = unsafe { core::mem::zeroed() };
            limit.tv_sec = (milliseconds / 1000).into();
            limit.tv_nsec = (milliseconds % 1000 * 1_000_000).into();
            let limit = if milliseconds < 0 { core::ptr::null() } else { &raw const limit };
            syscall!(times::ppoll(list.as_mut_ptr(), length, limit, core::ptr::null()))
        }
        outcome => outcome,
    }
}

/// poll(2), for at most that many milliseconds. Writes to the list what is ready; after an error, or a signal,
/// that is nothing.
pub(crate) fn poll(list: &mut [libc::pollfd], milliseconds: c_int) {
    for entry in &mut *list {
        entry.revents = 0;
    }
    let _ = poll_once(list, milliseconds);
}

/// Sleeps for so many milliseconds, or until a signal comes.
pub(crate) fn sleep(milliseconds: u64) -> Result<()> {
    let limit = milliseconds.min(i32::MAX as u64) as i32;
    syscall!(poll(core::ptr::null_mut(), 0, limit)).map(drop)
}
