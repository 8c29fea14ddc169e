// SPDX-License-Identifier: MIT OR Apache-2.0
//! A Unix whose kernel has no event queue that this library knows: nothing can be made of these types, and poll(2) serves.
//! Also what a new backend begins as a copy of.

use super::{Event, EventList, EventQueue, Unsupported, Watch, WatchMode};
use crate::errno::{Errno, Result};
use core::convert::Infallible;
use core::ffi::c_int;

/// A queue that there is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kernel(Infallible);

impl EventQueue for Kernel {
    const NAME: &str = "none";
    const CAPACITY: usize = 1;
    const EVENTS_PER_DESCRIPTOR: usize = 1;
    const HAS_WATCH_MODES: bool = false;
    const IS_LEVEL_TRIGGERED: bool = false;
    type Events = Events;

    fn open() -> Result<Self> {
        Err(Errno(libc::ENOSYS))
    }

    fn add(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        match self.0 {}
    }

    fn rearm(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        match self.0 {}
    }

    fn remove(&self, _: c_int) {
        match self.0 {}
    }

    fn wait(&self, _: &mut Events, _: Option<u64>, _: impl Iterator<Item = Watch> + Clone) -> Result<usize> {
        match self.0 {}
    }

    fn wake(&self) {
        match self.0 {}
    }

    fn close_if_ours(self) {
        match self.0 {}
    }
}

/// No events.
pub(super) struct Events;

impl EventList for Events {
    fn new() -> Self {
        Events
    }

    fn clear(&mut self) {}

    fn iter(&self) -> impl Iterator<Item = Event> {
        core::iter::empty()
    }
}

/// The dispatcher that there is not, either.
pub(super) mod once {
    use crate::errno::{Errno, Result};
    use crate::sys::queue::OneShotQueue;
    use crate::sys::{Delivery, Interest, Places};
    use core::ffi::c_int;

    /// Of numbers that `open` never gave: ENOSYS.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Dispatcher;

    impl OneShotQueue for Dispatcher {
        fn open() -> Result<[c_int; 2]> {
            Err(Errno(libc::ENOSYS))
        }

        unsafe fn of(_: [c_int; 2], _: Places) -> Self {
            Dispatcher
        }

        fn arm(&self, _: c_int, _: Interest, _: u64) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }

        fn rearm(&self, _: c_int, _: Interest, _: u64) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }

        fn wait(&self, _: Option<u64>) -> Result<Delivery> {
            Err(Errno(libc::ENOSYS))
        }

        fn abort(&self) -> Result<()> {
            Err(Errno(libc::ENOSYS))
        }
    }
}
