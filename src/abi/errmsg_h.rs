// SPDX-License-Identifier: MIT OR Apache-2.0
//! The variable that errmsg.h declares.

use core::ffi::c_char;
use core::ptr::null_mut;
use core::sync::atomic::AtomicPtr;

/// The name of the program, in front of every message; NULL for none. Programs set it themselves, too.
#[allow(non_upper_case_globals)]
#[unsafe(no_mangle)]
pub static argv0: AtomicPtr<c_char> = AtomicPtr::new(null_mut());
