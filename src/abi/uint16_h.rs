// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers of 16 bits.

/// An unsigned integer of 16 bits.
pub type uint16 = u16;
/// A signed integer of 16 bits.
pub type int16 = i16;
