// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iopause.h`: waiting for descriptors, until a moment.

use crate::abi::{iopause_fd, tai6464};
use crate::sys::pause::list;
use crate::time::pause::pause;
use core::ffi::c_uint;

/// Waits until one of the len descriptors at x is ready (or hung up, or not open), or the deadline has
/// come, or a signal; stamp is the caller's current time. fd and events say what to wait for,
/// entries with a negative fd are skipped. revents says what is the case: 0 for nothing. No wait is longer
/// than 1000 seconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn iopause(
    x: *mut iopause_fd,
    len: c_uint,
    deadline: *mut tai6464,
    stamp: *mut tai6464,
) {
    // SAFETY: the caller hands in len entries and two valid moments.
    unsafe { pause(list(x, len), &*deadline, &*stamp) }
}
