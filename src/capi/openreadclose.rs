// SPDX-License-Identifier: MIT OR Apache-2.0
//! `openreadclose.h`: reading a whole file.

use crate::abi::stralloc;
use crate::errno::true_false_or_minus_one;
use crate::files::read;
use core::ffi::{c_char, c_int};

/// Replaces the contents of *buf by those of the file filename, which is read initlen bytes at a time (0
/// for a size that fits). Returns 1, or 0 if there is no such file (errno is ENOENT, and *buf stays as it
/// is), or -1 with errno: what was read until then stays in *buf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn openreadclose(filename: *const c_char, buf: *mut stralloc, initlen: usize) -> c_int {
    // SAFETY: the caller hands in a valid stralloc; the kernel checks the name.
    true_false_or_minus_one(unsafe { read::read_file(filename, &mut *buf, initlen) })
}
