// SPDX-License-Identifier: MIT OR Apache-2.0
//! One multiplexer, many threads: each event goes to exactly one of the threads that wait.

use crate::abi::iomux_t;
use crate::errno::{Errno, Result, unchanged_on_success};
use crate::sys::clock;
use crate::sys::{Delivery, Dispatcher, Interest, Parts, Places};
use core::ffi::{c_int, c_uint, c_ulong};
use core::ptr::NonNull;
use core::sync::atomic::AtomicI32;
use core::sync::atomic::Ordering::{Acquire, Release};

/// Readable.
pub(crate) const READ: c_uint = 1;
/// Writable.
pub(crate) const WRITE: c_uint = 2;
/// The descriptor has an error.
pub(crate) const ERROR: c_uint = 4;

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// With an event of this descriptor.
    Event(i64, c_uint),
    /// Without one, in the time given.
    TimedOut,
    /// By [`Mux::abort`].
    Aborted,
}

/// A multiplexer in the C program's memory.
#[derive(Clone, Copy)]
pub(crate) struct Mux(NonNull<iomux_t>);

impl Mux {
    /// Errors: EFAULT for NULL.
    ///
    /// # Safety
    /// `mux` is NULL or points to a multiplexer that stays where it is while threads use it.
    pub(crate) unsafe fn new(mux: *mut iomux_t) -> Result<Self> {
        NonNull::new(mux).map(Mux).ok_or(Errno(libc::EFAULT))
    }

    /// Makes the multiplexer ready for use. Not while a thread uses it.
    pub(crate) fn init(self) -> Result<()> {
        let Parts { queue, abort, by_poll } = unchanged_on_success(Parts::new)?;
        // SAFETY: by the promise of `new`; it is not in use yet.
        unsafe {
            let fields = self.0.as_ptr();
            (*fields).ctx = queue;
            (*fields).l = abort as c_uint;
            (*fields).h = by_poll.into();
            (*fields).working = 0;
            (&raw mut (*fields).q).write_bytes(0, 1);
        }
        Ok(())
    }

    fn dispatcher(self) -> Dispatcher {
        let fields = self.0.as_ptr();
        // SAFETY: by the promise of `new`; these fields do not change after `init`.
        let (queue, abort, by_poll) = unsafe { ((*fields).ctx, (*fields).l as c_int, (*fields).h != 0) };
        // SAFETY: part of the same struct, which `init` has zeroed; nothing else here touches it.
        unsafe {
            let places = Places::new_unchecked(&raw mut (*fields).q);
            Dispatcher::new(Parts { queue, abort, by_poll }, places)
        }
    }

    fn aborted(&self) -> &AtomicI32 {
        // SAFETY: by the promise of `new`; after `init` the field is used as an atomic only.
        unsafe { AtomicI32::from_ptr(&raw mut (*self.0.as_ptr()).working) }
    }

    /// Has the next event of a descriptor delivered. Errors: EBADF, EINVAL for no events or unknown ones, EPERM for what
    /// cannot be waited for, ENOMEM, ENOSPC.
    pub(crate) fn add(self, fd: i64, events: c_uint) -> Result<()> {
        let (fd, interest, token) = registration(fd, events)?;
        unchanged_on_success(|| self.dispatcher().arm(fd, interest, token))
    }

    /// [`Self::add`] for a descriptor whose event was delivered. Errors: ENOENT if it was never added.
    pub(crate) fn requeue(self, fd: i64, events: c_uint) -> Result<()> {
        let (fd, interest, token) = registration(fd, events)?;
        unchanged_on_success(|| self.dispatcher().rearm(fd, interest, token))
    }

    /// Waits for one event, for so many milliseconds at most; without limit for `c_ulong::MAX`. Signals do not end it.
    pub(crate) fn wait(self, milliseconds: c_ulong) -> Result<Outcome> {
        unchanged_on_success(|| self.next(milliseconds))
    }

    fn next(self, milliseconds: c_ulong) -> Result<Outcome> {
        let limit = (milliseconds != c_ulong::MAX).then_some(milliseconds as u64);
        let end = limit.map(|limit| clock::monotonic_milliseconds().saturating_add(limit));
        let mut left = limit;
        loop {
            if self.aborted().load(Acquire) != 0 {
                return Ok(Outcome::Aborted);
            }
            match self.dispatcher().wait(left) {
                Ok(Delivery::Event { token, readable, writable, error }) => {
                    let mut events = (token >> 32) as c_uint & !ERROR;
                    events &= if readable { READ } else { 0 } | if writable { WRITE } else { 0 };
                    events |= if error { ERROR } else { 0 };
                    return Ok(Outcome::Event(i64::from(token as u32), events));
                }
                Ok(Delivery::Aborted) => return Ok(Outcome::Aborted),
                Ok(Delivery::Nothing) | Err(Errno(libc::EINTR)) => {}
                Err(error) => return Err(error),
            }
            left = end.map(|end| end.saturating_sub(clock::monotonic_milliseconds()));
            if left == Some(0) {
                return Ok(Outcome::TimedOut);
            }
        }
    }

    /// Ends all waits, those to come included.
    pub(crate) fn abort(self) -> Result<()> {
        self.aborted().store(1, Release);
        unchanged_on_success(|| self.dispatcher().abort())
    }
}

/// What the kernel is told: the token carries the interest, because the kernel reports hang-ups without any.
fn registration(fd: i64, events: c_uint) -> Result<(i32, Interest, u64)> {
    let number = i32::try_from(fd).ok().filter(|fd| *fd >= 0).ok_or(Errno(libc::EBADF))?;
    if events == 0 || events & !(READ | WRITE | ERROR) != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let interest = Interest { read: events & READ != 0, write: events & WRITE != 0 };
    Ok((number, interest, u64::from(events) << 32 | number as u64))
}
