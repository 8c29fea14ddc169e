// SPDX-License-Identifier: MIT OR Apache-2.0
//! TAI64: whole seconds.

use super::uint64_h::uint64;

/// Seconds as a 64-bit number: a TAI64 label (2^62 plus the seconds since 1970-01-01 00:00:00 TAI), or the
/// difference between two.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct tai {
    /// The seconds, counted modulo 2^64.
    pub x: uint64,
}

/// The same type under its other name.
pub type tai64 = tai;

const _: () = assert!(size_of::<tai>() == 8 && align_of::<tai>() == align_of::<u64>());
