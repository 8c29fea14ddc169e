// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers of 32 bits.

/// An unsigned integer of 32 bits.
pub type uint32 = u32;
/// A signed integer of 32 bits.
pub type int32 = i32;
