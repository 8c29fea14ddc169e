// SPDX-License-Identifier: MIT OR Apache-2.0
//! One event for one thread: what stands behind `iom_*`, on whatever the kernel allows.
//!
//! A dispatcher lives in the memory of a C program: a few numbers, and places for descriptors, which only the dispatcher
//! on poll uses.

use super::kernel::once as kernel_once;
use super::poll::once as poll_once;
use crate::errno::{Errno, Result};
use crate::sys::{Delivery, Interest, Places, environment};
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
            match kernel_once::Dispatcher::new() {
                Ok(kernel_once::Dispatcher { queue, abort }) => {
                    return Ok(Parts { queue, abort, by_poll: false });
                }
                Err(error @ Errno(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) => return Err(error),
                // There is none, or it is forbidden.
                Err(_) => {}
            }
        }
        let [queue, abort] = poll_once::ends()?;
        Ok(Parts { queue, abort, by_poll: true })
    }
}

/// A dispatcher at work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispatcher(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// On the kernel's own queue.
    Kernel(kernel_once::Dispatcher),
    /// On poll.
    Poll(poll_once::Dispatcher),
}

impl Dispatcher {
    /// The dispatcher of these parts.
    ///
    /// # Safety
    /// The places are valid while any thread uses it, zeroed before the first use, and used by nothing else.
    pub(crate) unsafe fn new(parts: Parts, places: Places) -> Self {
        let Parts { queue, abort, by_poll } = parts;
        Dispatcher(if by_poll {
            Kind::Poll(poll_once::Dispatcher { near: queue, far: abort, places })
        } else {
            Kind::Kernel(kernel_once::Dispatcher { queue, abort })
        })
    }

    /// Has the next event of a descriptor delivered, once; what is ready already counts. The lower half of the token is the
    /// descriptor; the upper half has few bits. Errors: ENOENT if it was never armed before, EBADF, EPERM for what cannot
    /// be waited for, ENOMEM, ENOSPC.
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

    /// Waits for one event, for so many milliseconds at most (without limit for `None`). Errors: EINTR, EBADF.
    pub(crate) fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.wait(milliseconds),
            Kind::Poll(poll) => poll.wait(milliseconds),
        }
    }

    /// Ends all waits, those to come included.
    pub(crate) fn abort(&self) -> Result<()> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.abort(),
            Kind::Poll(poll) => poll.abort(),
        }
    }
}
