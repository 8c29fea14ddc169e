// SPDX-License-Identifier: MIT OR Apache-2.0
//! What threads and forks share: locks that survive a fork, and atomic numbers.

pub(crate) mod atomic;
pub(crate) mod fork;
#[cfg(test)]
pub(crate) mod interleave;
pub(crate) mod lock;
mod mutex;
