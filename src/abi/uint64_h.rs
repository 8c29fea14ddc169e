// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers of 64 bits.

/// An unsigned integer of 64 bits.
pub type uint64 = u64;
/// A signed integer of 64 bits.
pub type int64 = i64;
