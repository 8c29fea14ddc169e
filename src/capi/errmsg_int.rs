// SPDX-License-Identifier: MIT OR Apache-2.0
//! `errmsg_int.h`: what messages are made of. What takes a list of arguments is in `variadic`.

use crate::files::message;
use core::ffi::{c_char, c_int};

/// Queues a string, which has to stay as it is until it has been written. When 25 are queued they are
/// written at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn errmsg_puts(fd: c_int, s: *const c_char) {
    // SAFETY: the caller hands in a string that lasts.
    unsafe { message::queue(fd, s) }
}

/// Writes what is queued, in one call if fd takes it. Errors are ignored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn errmsg_flush(fd: c_int) {
    message::flush(fd)
}

/// Queues argv0 and a colon, unless it is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn errmsg_start(fd: c_int) {
    message::queue_name(fd)
}
