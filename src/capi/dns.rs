// SPDX-License-Identifier: MIT OR Apache-2.0
//! `dns.h`: questions to DNS servers, and what is in their answers.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

use core::ffi::c_char;
use core::slice::{from_raw_parts, from_raw_parts_mut};

pub mod domains;

pub mod packets;

pub mod random;

pub mod asking;

pub mod looking_up;

pub mod qualifying;

/// SAFETY: `len` bytes at `start` are readable and do not change during the call, unless there are none.
unsafe fn bytes_at<'a>(start: *const c_char, len: usize) -> &'a [u8] {
    // SAFETY: this function's own promise.
    if len == 0 { &[] } else { unsafe { from_raw_parts(start.cast(), len) } }
}

/// SAFETY: `len` bytes at `start` are used by nothing else during the call, unless there are none.
unsafe fn bytes_at_mut<'a>(start: *mut c_char, len: usize) -> &'a mut [u8] {
    // SAFETY: this function's own promise.
    if len == 0 { &mut [] } else { unsafe { from_raw_parts_mut(start.cast(), len) } }
}
