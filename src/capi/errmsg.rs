// SPDX-License-Identifier: MIT OR Apache-2.0
//! `errmsg.h`: messages to the standard descriptors. What has a variable number of arguments is in
//! `variadic`.

use crate::abi::argv0;
use core::ffi::c_char;
use core::sync::atomic::Ordering::Release;

/// Sets argv0. The string is not copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn errmsg_iam(who: *const c_char) {
    // Another thread that reads the string sees what this one has written into it.
    argv0.store(who.cast_mut(), Release)
}
