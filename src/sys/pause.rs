// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for a list of descriptors.

use core::ffi::{c_int, c_uint};

/// The list of a C caller.
///
/// # Safety
/// `start` has `length` entries that nobody else uses meanwhile.
pub unsafe fn list<'a>(start: *mut libc::pollfd, length: c_uint) -> &'a mut [libc::pollfd] {
    if length == 0 {
        return &mut [];
    }
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts_mut(start, length as usize) }
}

/// poll(2), for at most that many milliseconds. What it finds it writes to the list; an error, or a signal,
/// leaves a list of which nothing is ready.
pub fn poll(list: &mut [libc::pollfd], milliseconds: c_int) {
    for entry in &mut *list {
        entry.revents = 0;
    }
    let _ = syscall!(poll(list.as_mut_ptr(), list.len() as libc::nfds_t, milliseconds));
}
