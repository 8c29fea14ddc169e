// SPDX-License-Identifier: MIT OR Apache-2.0
//! TAI64NA: seconds and a fraction.

use super::tai_h::tai64;
use super::uint32_h::uint32;
use core::mem::offset_of;

/// Seconds and a fraction in units of 10^-18 s: a TAI64NA label, or the difference between two.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct taia {
    /// Whole seconds.
    pub sec: tai64,
    /// Billionths of a second, 0 to 999999999.
    pub nano: uint32,
    /// Billionths of a billionth of a second, 0 to 999999999.
    pub atto: uint32,
}

/// The same type under its other name.
pub type tai6464 = taia;

// io_timeout and io_waituntil take it by value, in two integer registers on x86-64.
const _: () = assert!(size_of::<taia>() == 16 && align_of::<taia>() == align_of::<u64>());
const _: () =
    assert!(offset_of!(taia, sec) == 0 && offset_of!(taia, nano) == 8 && offset_of!(taia, atto) == 12);
