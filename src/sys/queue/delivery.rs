// SPDX-License-Identifier: MIT OR Apache-2.0
//! What dispatchers are asked for, and what they deliver.

use crate::abi::{SLOTS, iomux_slot};
use core::ptr::NonNull;

/// What a thread was waiting for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Interest {
    /// Readable.
    pub read: bool,
    /// Writable.
    pub write: bool,
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Delivery {
    /// An event of the registration with this token. Hang-up and error count as readable and writable.
    Event {
        /// As it was given to `arm`.
        token: u64,
        /// A read would not wait.
        readable: bool,
        /// A write would not wait.
        writable: bool,
        /// The kernel has an error for the descriptor.
        error: bool,
    },
    /// The time is over.
    Nothing,
    /// A thread called `abort`.
    Aborted,
}

/// What the dispatcher on poll remembers, in the C program's struct.
pub(crate) type Places = NonNull<[iomux_slot; SLOTS]>;
