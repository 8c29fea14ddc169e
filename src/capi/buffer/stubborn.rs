// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operations without a buffer.

use crate::abi::ssize_t;
use crate::buffer::operation;
use crate::errno::zero_or_minus_one;
use core::ffi::{c_char, c_int, c_void};

/// Calls op(fd, buf, len, cookie) for what is left until all is written; signals do not end that. Returns 0 with errno 0; or
/// -1, with EIO if op writes nothing without an errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_stubborn(
    op: Option<unsafe extern "C" fn() -> ssize_t>,
    fd: c_int,
    buf: *const c_char,
    len: usize,
    cookie: *mut c_void,
) -> c_int {
    // SAFETY: the caller hands in len bytes, and a function that takes them.
    zero_or_minus_one(unsafe { operation::write(op, fd, buf, len, cookie).1 })
}

/// Calls op(fd, buf, len, cookie) until no signal interrupts it, and returns its result.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_stubborn_read(
    op: Option<unsafe extern "C" fn() -> ssize_t>,
    fd: c_int,
    buf: *const c_char,
    len: usize,
    cookie: *mut c_void,
) -> ssize_t {
    // SAFETY: the caller hands in room for len bytes, and a function that fills it.
    unsafe { operation::read(op, fd, buf.cast_mut(), len, cookie) }
}
