// SPDX-License-Identifier: MIT OR Apache-2.0
//! `ndelay.h`: blocking and nonblocking descriptors.

use crate::errno::zero_or_minus_one;
use crate::sys::fd;
use core::ffi::c_int;

/// Makes fd nonblocking: instead of waiting, calls fail with EAGAIN. The mode belongs to the open file description, which other
/// descriptors and processes may share. Returns 0, or -1 and sets errno: EBADF if fd is not open.
#[unsafe(no_mangle)]
pub extern "C" fn ndelay_on(fd: c_int) -> c_int {
    zero_or_minus_one(fd::set_nonblocking(fd, true))
}

/// Makes fd blocking: calls wait. Returns 0, or -1 and sets errno: EBADF if fd is not open.
#[unsafe(no_mangle)]
pub extern "C" fn ndelay_off(fd: c_int) -> c_int {
    zero_or_minus_one(fd::set_nonblocking(fd, false))
}
