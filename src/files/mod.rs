// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole files, read and mapped, and messages to the standard descriptors.

pub mod map;
pub mod message;
pub mod read;
