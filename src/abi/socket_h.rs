// SPDX-License-Identifier: MIT OR Apache-2.0
//! The variable that socket.h declares.

use core::ffi::c_int;

/// If not 0, there is no IPv6: every function for IPv6 uses IPv4 instead, and takes IPv4-mapped addresses and ::1
/// alone. The library sets it to 1 when the kernel proves to have no IPv6; programs may set it too.
#[unsafe(no_mangle)]
pub static mut noipv6: c_int = 0;
