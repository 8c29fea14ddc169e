// SPDX-License-Identifier: MIT OR Apache-2.0
//! A Unix whose kernel has no event queue that this library knows: nothing can be made of these types, and poll(2) serves.

use super::{Event, Unsupported, WatchMode};
use crate::errno::{Errno, Result};
use core::convert::Infallible;
use core::ffi::c_int;

/// What io_debugstring calls it.
pub(super) const NAME: &str = "none";

/// Of no consequence where there are no events.
pub(super) const CAPACITY: usize = 1;

/// Of no consequence either.
pub(super) const EVENTS_PER_DESCRIPTOR: usize = 1;

/// Of no consequence.
pub(super) const HAS_WATCH_MODES: bool = false;

/// A queue that there is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kernel(Infallible);

impl Kernel {
    /// Errors: ENOSYS, always.
    pub(super) fn new() -> Result<Self> {
        Err(Errno(libc::ENOSYS))
    }

    /// Never called.
    pub(super) fn add(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        match self.0 {}
    }

    /// Never called.
    pub(super) fn rearm(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        match self.0 {}
    }

    /// Never called.
    pub(super) fn remove(&self, _: c_int) {
        match self.0 {}
    }

    /// Never called.
    pub(super) fn wait(&self, _: &mut Events, _: Option<u64>) -> Result<usize> {
        match self.0 {}
    }

    /// Never called.
    pub(super) fn wake(&self) {
        match self.0 {}
    }

    /// Never called.
    pub(super) fn close_if_ours(self) {
        match self.0 {}
    }
}

/// No room for no events.
pub(super) struct Events;

impl Events {
    /// Nothing.
    pub(super) fn new() -> Self {
        Events
    }

    /// Forgets nothing.
    pub(super) fn clear(&mut self) {}

    /// Nothing happens.
    pub(super) fn iter(&self) -> impl Iterator<Item = Event> {
        core::iter::empty()
    }
}

/// The dispatcher that there is not, either.
pub(super) mod once {
    use crate::errno::{Errno, Result};
    use crate::sys::{Delivery, Interest};
    use core::ffi::c_int;

    /// A dispatcher that there is not.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub(crate) struct Dispatcher {
        /// Never used.
        pub(crate) queue: c_int,
        /// Never used.
        pub(crate) abort: c_int,
    }

    impl Dispatcher {
        /// Errors: ENOSYS, always; and so with the others, which are never called.
        pub(crate) fn new() -> Result<Self> {
            Err(Errno(libc::ENOSYS))
        }

        /// Never called.
        pub(crate) fn arm(&self, _: c_int, _: Interest, _: u64) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }

        /// Never called.
        pub(crate) fn rearm(&self, _: c_int, _: Interest, _: u64) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }

        /// Never called.
        pub(crate) fn wait(&self, _: Option<u64>) -> Result<Delivery> {
            Err(Errno(libc::ENOSYS))
        }

        /// Never called.
        pub(crate) fn abort(&self) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }
    }
}
