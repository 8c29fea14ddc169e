// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random numbers.

use super::bytes_at_mut;
use crate::dns::random::{Random, shuffle, take_seed};
use core::ffi::{c_char, c_uint};

/// Takes in the 128 bytes at seed. There is no need to: random numbers come from the system, and the seed serves only
/// where a sandbox forbids the system call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_random_init(seed: *const c_char) {
    // SAFETY: the caller hands in 128 bytes.
    unsafe { take_seed(seed) }
}

/// A random number below n, each as likely as the others, that cannot be guessed; 0 if n is 0.
#[unsafe(no_mangle)]
pub extern "C" fn dns_random(n: c_uint) -> c_uint {
    Random::new().below(n)
}

/// Puts the IPv4 addresses in the n bytes at s, 4 bytes each, into random order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_sortip(s: *mut c_char, n: c_uint) {
    // SAFETY: the caller hands in n bytes.
    shuffle::<4>(unsafe { bytes_at_mut(s, n as usize) })
}

/// The same for IPv6 addresses, 16 bytes each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dns_sortip6(s: *mut c_char, n: c_uint) {
    // SAFETY: the caller hands in n bytes.
    shuffle::<16>(unsafe { bytes_at_mut(s, n as usize) })
}
