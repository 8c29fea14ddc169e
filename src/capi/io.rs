// SPDX-License-Identifier: MIT OR Apache-2.0
//! `io.h`: the event loop over descriptors.
//!
//! The parts of the header are files of their own, in the order in which they appear there.

pub mod opening;

pub mod transfer;

pub mod waiting;

pub mod registration;

pub mod sending;

pub mod mux;
