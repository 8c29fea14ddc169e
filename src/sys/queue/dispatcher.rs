// SPDX-License-Identifier: MIT OR Apache-2.0
//! The dispatcher in use, for `iom_*`: the kernel's own, or poll(2) where there is none or it is forbidden.
//!
//! A dispatcher lives in the memory of a C program: a few numbers, and places for descriptors, which only the dispatcher
//! on poll uses.

use super::{Delivery, Interest, OneShotQueue, Places, kernel, poll};
use crate::errno::{Errno, Result};
use crate::sys::environment;
use core::ffi::c_int;

/// What a dispatcher is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Parts {
    /// The kernel's queue, or one end of poll's pair of sockets.
    pub queue: c_int,
    /// What ends all waits, or the other end.
    pub abort: c_int,
    /// It runs on poll.
    pub by_poll: bool,
}

impl Parts {
    /// Fresh ones; the places are to be zeroed. Errors: EMFILE, ENFILE, ENOMEM.
    pub(crate) fn new() -> Result<Self> {
        if !environment::asks_for_poll() {
            match kernel::once::Dispatcher::open() {
                Ok([queue, abort]) => return Ok(Parts { queue, abort, by_poll: false }),
                Err(error @ Errno(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) => return Err(error),
                // There is none, or it is forbidden.
                Err(_) => {}
            }
        }
        let [queue, abort] = poll::once::Dispatcher::open()?;
        Ok(Parts { queue, abort, by_poll: true })
    }
}

/// A dispatcher at work. The contract of its methods is that of [`OneShotQueue`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispatcher(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// On the kernel's own queue.
    Kernel(kernel::once::Dispatcher),
    /// On poll.
    Poll(poll::once::Dispatcher),
}

impl Dispatcher {
    /// The dispatcher of these parts.
    ///
    /// # Safety
    /// The places are valid while any thread uses it, zeroed before the first use, and used by nothing else.
    pub(crate) unsafe fn new(parts: Parts, places: Places) -> Self {
        let Parts { queue, abort, by_poll } = parts;
        // SAFETY: the caller's promise.
        Dispatcher(unsafe {
            if by_poll {
                Kind::Poll(OneShotQueue::of([queue, abort], places))
            } else {
                Kind::Kernel(OneShotQueue::of([queue, abort], places))
            }
        })
    }

    /// Has the next event of a descriptor delivered that was armed before.
    pub(crate) fn rearm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.rearm(fd, interest, token),
            Kind::Poll(poll) => poll.rearm(fd, interest, token),
        }
    }

    /// [`Self::rearm`], for the first time or not.
    pub(crate) fn arm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.arm(fd, interest, token),
            Kind::Poll(poll) => poll.arm(fd, interest, token),
        }
    }

    /// Waits for one event.
    pub(crate) fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.wait(milliseconds),
            Kind::Poll(poll) => poll.wait(milliseconds),
        }
    }

    /// Ends all waits.
    pub(crate) fn abort(&self) -> Result<()> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.abort(),
            Kind::Poll(poll) => poll.abort(),
        }
    }
}
