// SPDX-License-Identifier: MIT OR Apache-2.0
//! `readclose.h`: reading to the end of a file.

use crate::abi::{ssize_t, stralloc};
use crate::errno::zero_or_minus_one;
use crate::files::read;
use core::ffi::c_int;

/// Appends everything up to the end of the file to *buf, initlen bytes at a time (0 for a size that fits),
/// and closes fd, whatever comes of it. Returns 0, or -1 with errno: what was read until then stays in
/// *buf. On a descriptor in nonblocking mode EAGAIN is an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn readclose_append(fd: c_int, buf: *mut stralloc, initlen: usize) -> ssize_t {
    // SAFETY: the caller hands in a valid stralloc.
    zero_or_minus_one(unsafe { read::append_and_close(fd, &mut *buf, initlen) }) as ssize_t
}

/// The same, replacing the contents of *buf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn readclose(fd: c_int, buf: *mut stralloc, initlen: usize) -> ssize_t {
    // SAFETY: the caller hands in a valid stralloc.
    zero_or_minus_one(unsafe { read::read_and_close(fd, &mut *buf, initlen) }) as ssize_t
}
