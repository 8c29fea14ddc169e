// SPDX-License-Identifier: MIT OR Apache-2.0
//! `scan.h`: numbers, dates and binary encodings, read from memory.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

pub mod dates;
pub mod integers;
pub mod numbers;
pub mod protobuf;
pub mod skipping;
