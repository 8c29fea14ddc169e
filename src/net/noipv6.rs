// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether this process has no IPv6.
//!
//! The variable belongs to C programs, which read and write it as they like; here it is an atomic one, so that
//! threads of ours do no harm.

// Relaxed suffices: nothing else is published with it, and the question whether there is IPv6 has one answer for all.
use crate::abi;
use core::sync::atomic::{AtomicI32, Ordering};

fn variable() -> &'static AtomicI32 {
    // SAFETY: the variable lives as long as the library and is aligned; a C int has 32 bits here. Other
    // accesses are those of a C program, which has to see to them.
    unsafe { AtomicI32::from_ptr(&raw mut abi::noipv6) }
}

/// Whether the functions for IPv6 have to use IPv4.
pub(crate) fn is_set() -> bool {
    variable().load(Ordering::Relaxed) != 0
}

/// The kernel has no IPv6.
pub(crate) fn set() {
    variable().store(1, Ordering::Relaxed);
}
