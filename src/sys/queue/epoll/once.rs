// SPDX-License-Identifier: MIT OR Apache-2.0
//! One event for one thread: what stands behind `iom_*` on Linux.
//!
//! EPOLLONESHOT does the work: the kernel hands each event to one of the threads that wait and then keeps the registration
//! asleep until it is armed again. The instance watches an eventfd beside the program's descriptors, which is readable from
//! the abort on, for all threads and for good.

use crate::errno::{Errno, Result};
use crate::sys::fd;
use crate::sys::queue::OneShotQueue;
use crate::sys::{Delivery, Interest, Places};
use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::sync::atomic::AtomicI32;
use core::sync::atomic::Ordering::Relaxed;

/// The token of the eventfd.
const ABORT: u64 = u64::MAX;

/// An instance, of which a C program holds the two numbers; both are close-on-exec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Dispatcher {
    /// The epoll instance.
    queue: c_int,
    /// The eventfd.
    abort: c_int,
    /// Holds 1 once the program has added a descriptor that was registered already; `None` before there is a program.
    adds_again: Option<NonNull<c_int>>,
}

impl OneShotQueue for Dispatcher {
    fn open() -> Result<[c_int; 2]> {
        let queue = syscall!(epoll_create1(libc::EPOLL_CLOEXEC))?;
        let made = syscall!(eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK)).and_then(|abort| {
            let made = Dispatcher { queue, abort, adds_again: None };
            // A sandbox may allow the queue, and not the wait.
            let outcome = made
                .wait(Some(0))
                .and_then(|_| made.control(libc::EPOLL_CTL_ADD, abort, libc::EPOLLIN as u32, ABORT));
            outcome.map(|()| [queue, abort]).inspect_err(|_| fd::close(abort))
        });
        made.inspect_err(|_| fd::close(queue))
    }

    unsafe fn of([queue, abort]: [c_int; 2], places: Places) -> Self {
        Dispatcher { queue, abort, adds_again: Some(places.cast()) }
    }

    fn rearm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd, events(interest), token)
    }

    fn arm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        // A program that adds where it could requeue does so for each event: then most descriptors are registered already. One
        // that requeues adds new ones only. Which it is shows at the first that was there.
        // SAFETY: by the promise of `of`, the first place's descriptor is a number that only this uses, zeroed before.
        let adds_again = self.adds_again.map(|place| unsafe { AtomicI32::from_ptr(place.as_ptr()) });
        if adds_again.is_some_and(|flag| flag.load(Relaxed) != 0) {
            match self.rearm(fd, interest, token) {
                Err(Errno(libc::ENOENT)) => {}
                result => return result,
            }
        }
        match self.control(libc::EPOLL_CTL_ADD, fd, events(interest), token) {
            Err(Errno(libc::EEXIST)) => {
                adds_again.into_iter().for_each(|flag| flag.store(1, Relaxed));
                self.rearm(fd, interest, token)
            }
            result => result,
        }
    }

    fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        let timeout = milliseconds.map_or(-1, |limit| limit.min(c_int::MAX as u64) as c_int);
        let mut event = MaybeUninit::<libc::epoll_event>::uninit();
        if syscall!(epoll_wait(self.queue, event.as_mut_ptr(), 1, timeout))? == 0 {
            return Ok(Delivery::Nothing);
        }
        // SAFETY: the kernel has filled in one event.
        let libc::epoll_event { events, u64: token } = unsafe { event.assume_init() };
        if token == ABORT {
            return Ok(Delivery::Aborted);
        }
        let any = |bits: c_int| events & bits as u32 != 0;
        let failed = any(libc::EPOLLHUP | libc::EPOLLERR);
        Ok(Delivery::Event {
            token,
            readable: failed || any(libc::EPOLLIN | libc::EPOLLRDHUP),
            writable: failed || any(libc::EPOLLOUT),
            error: any(libc::EPOLLERR),
        })
    }

    fn abort(&self) -> Result<()> {
        let one = 1u64;
        match syscall!(write(self.abort, (&raw const one).cast(), size_of::<u64>())) {
            // The counter is full, so the eventfd is readable already.
            Err(error) if error.would_block() => Ok(()),
            result => result.map(drop),
        }
    }
}

impl Dispatcher {
    fn control(&self, operation: c_int, fd: c_int, events: u32, token: u64) -> Result<()> {
        let mut event = libc::epoll_event { events, u64: token };
        syscall!(epoll_ctl(self.queue, operation, fd, &mut event)).map(drop)
    }
}

fn events(interest: Interest) -> u32 {
    let read = if interest.read { libc::EPOLLIN | libc::EPOLLRDHUP } else { 0 };
    let write = if interest.write { libc::EPOLLOUT } else { 0 };
    (read | write | libc::EPOLLONESHOT) as u32
}
