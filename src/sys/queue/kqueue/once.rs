// SPDX-License-Identifier: MIT OR Apache-2.0
//! One event for one thread: what stands behind `iom_*` on kqueue.
//!
//! EV_DISPATCH puts a filter to sleep with its first event, but a descriptor has two filters, and one event is to be
//! enough. So threads wait until the queue itself is readable, and one at a time takes an event out and puts the other
//! filter to sleep as well. That goes through one lock for all multiplexers, held for calls that do not wait.
//!
//! A pipe without a reader is refused for writing (EPIPE, on NetBSD EBADF): a user event is the substitute for the one that
//! would report it, or a timer where there are no user events.
//!
//! An abort is an event, too, which stays: a user event without EV_CLEAR, or where there is none (older OpenBSD and NetBSD)
//! a byte in a pipe that is never read.

use super::system::{
    EV_ADD, EV_DELETE, EV_DISABLE, EV_DISPATCH, EV_ENABLE, EV_EOF, EV_ONESHOT, EVFILT_READ, EVFILT_TIMER,
    EVFILT_USER, EVFILT_WRITE, Filter, IS_LIBKQUEUE, NOTE_TRIGGER, Queue, change, kevent, success, udata,
};
use crate::errno::{Errno, Result};
use crate::sys::lock::Lock;
use crate::sys::queue::OneShotQueue;
use crate::sys::queue::poll;
use crate::sys::{Delivery, Interest, Places, fd};
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// Held while an event is taken out or a descriptor armed.
static TAKING: Lock<()> = Lock::new(());

crate::sys::fork::survives_fork!(static TAKING in ".init_array.00103");

/// What the event of an abort carries; the upper half of a token has a few bits only.
const END: u32 = u32::MAX;

/// The number of the user event.
const END_IDENT: usize = usize::MAX;

/// An instance, of which a C program holds the two numbers; both are close-on-exec.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Dispatcher {
    /// The queue.
    queue: c_int,
    /// The writing end of the pipe; -1 where there is a user event.
    abort: c_int,
}

impl OneShotQueue for Dispatcher {
    fn open() -> Result<[c_int; 2]> {
        let queue = Queue::new()?;
        let abort = match queue.apply([change(END_IDENT, EVFILT_USER, EV_ADD, END)]) {
            Ok([0]) => Ok(-1),
            _ => fd::private_pipe().and_then(|[reading, writing]| {
                let added = queue.apply([change(reading as usize, EVFILT_READ, EV_ADD, END)]);
                let close = |_: &Errno| [reading, writing].into_iter().for_each(fd::close);
                added.and_then(|[error]| success(error)).map(|()| writing).inspect_err(close)
            }),
        };
        abort.map(|abort| [queue.0, abort]).inspect_err(|_| fd::close(queue.0))
    }

    unsafe fn of([queue, abort]: [c_int; 2], _: Places) -> Self {
        Dispatcher { queue, abort }
    }

    fn rearm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        let _taking = TAKING.lock();
        let asleep = |filter| change(fd as usize, filter, EV_DISABLE, 0);
        let present = Queue(self.queue).apply([asleep(EVFILT_READ), asleep(EVFILT_WRITE)])?;
        if let [libc::ENOENT, libc::ENOENT] = present {
            return Err(Errno(libc::ENOENT));
        }
        self.register(fd, interest, token)
    }

    fn arm(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        let _taking = TAKING.lock();
        self.register(fd, interest, token)
    }

    fn wait(&self, milliseconds: Option<u64>) -> Result<Delivery> {
        poll::poll(&mut [poll::query(self.queue, libc::POLLIN)], milliseconds)?;
        let _taking = TAKING.lock();
        let mut room = [MaybeUninit::<kevent>::uninit()];
        if Queue(self.queue).wait(&mut room, Some(0))? == 0 {
            // The time is over, or another thread has received the event.
            return Ok(Delivery::Nothing);
        }
        // SAFETY: the kernel has filled in one event.
        let event = unsafe { room[0].assume_init() };
        if udata(&event) == END {
            return Ok(Delivery::Aborted);
        }
        if event.filter == self.substitute() {
            let token = u64::from(udata(&event)) << 32 | event.ident as u64;
            return Ok(Delivery::Event { token, readable: true, writable: true, error: true });
        }
        let read = event.filter == EVFILT_READ;
        let other = if read { EVFILT_WRITE } else { EVFILT_READ };
        let asleep = Queue(self.queue).apply([change(event.ident, other, EV_DISABLE, 0)])?;
        let error = event.flags & EV_EOF != 0 && event.fflags != 0;
        // The other filter was awake, too, and its event would be part of this one.
        let events = if read { libc::POLLOUT } else { libc::POLLIN };
        let mut query = [poll::query(event.ident as c_int, events)];
        let both = asleep == [0] && poll::poll(&mut query, Some(0)) == Ok(1);
        Ok(Delivery::Event {
            token: u64::from(udata(&event)) << 32 | event.ident as u64,
            readable: read || both || error,
            writable: !read || both || error,
            error,
        })
    }

    fn abort(&self) -> Result<()> {
        if self.abort == -1 {
            let mut trigger = change(END_IDENT, EVFILT_USER, 0, END);
            trigger.fflags = NOTE_TRIGGER;
            let [error] = Queue(self.queue).apply([trigger])?;
            return success(error);
        }
        match syscall!(write(self.abort, c"!".as_ptr().cast(), 1)) {
            // The pipe is full, so it is readable already.
            Err(error) if error.would_block() => Ok(()),
            result => result.map(drop),
        }
    }
}

impl Dispatcher {
    fn register(&self, fd: c_int, interest: Interest, token: u64) -> Result<()> {
        if fd::is_file(fd)? {
            return Err(Errno(libc::EPERM));
        }
        let filter = |filter, wanted| {
            let flags = if wanted { EV_ADD | EV_ENABLE | EV_DISPATCH } else { EV_DELETE };
            change(fd as usize, filter, flags, (token >> 32) as u32)
        };
        if IS_LIBKQUEUE {
            let forget = |filter| change(fd as usize, filter, EV_DELETE, 0);
            // ENOENT is as good: it is not registered.
            Queue(self.queue).apply([forget(EVFILT_READ), forget(EVFILT_WRITE)])?;
        }
        let both = [filter(EVFILT_READ, interest.read), filter(EVFILT_WRITE, interest.write)];
        // A substitute event for an earlier use of the number does not go when that is closed.
        let gone = change(fd as usize, self.substitute(), EV_DELETE, 0);
        let [read, write, _] = Queue(self.queue).apply([both[0], both[1], gone])?;
        match (interest.read && read != 0, interest.write && write != 0) {
            (false, false) => Ok(()),
            // The reader of a pipe has gone. That is to be an event, and the kernel makes none.
            (false, true) if matches!(write, libc::EPIPE | libc::EBADF) => {
                let filter = self.substitute();
                let mut event = change(fd as usize, filter, EV_ADD | EV_ONESHOT, (token >> 32) as u32);
                if filter == EVFILT_USER {
                    event.fflags = NOTE_TRIGGER;
                } else {
                    // In milliseconds: the shortest that all systems take.
                    event.data = 1;
                }
                let [error] = Queue(self.queue).apply([event])?;
                success(error)
            }
            (read_refused, _) => Err(Errno(if read_refused { read } else { write })),
        }
    }

    /// The filter of the substitute event, which comes at once or nearly so.
    const fn substitute(&self) -> Filter {
        if self.abort == -1 { EVFILT_USER } else { EVFILT_TIMER }
    }
}
