// SPDX-License-Identifier: MIT OR Apache-2.0
//! Handlers that run around fork.

use crate::errno::{Errno, Result};

/// Has `before` run in the parent before each fork, and the other two after it, in the thread that forks.
/// Errors: ENOMEM.
pub fn at_fork(before: extern "C" fn(), parent: extern "C" fn(), child: extern "C" fn()) -> Result<()> {
    // SAFETY: the three functions live as long as the library, which is never unmapped (-z nodelete).
    match unsafe {
        libc::pthread_atfork(Some(as_unsafe(before)), Some(as_unsafe(parent)), Some(as_unsafe(child)))
    } {
        0 => Ok(()),
        error => Err(Errno(error)),
    }
}

fn as_unsafe(function: extern "C" fn()) -> unsafe extern "C" fn() {
    function
}

/// Sleeps for so many milliseconds, or until a signal comes.
pub fn sleep(milliseconds: u64) -> Result<()> {
    let limit = milliseconds.min(i32::MAX as u64) as i32;
    syscall!(poll(core::ptr::null_mut(), 0, limit)).map(drop)
}
