// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole files, read and mapped, and messages to the standard descriptors.

pub(crate) mod map;
pub(crate) mod message;
pub(crate) mod read;
