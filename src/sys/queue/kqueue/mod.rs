// SPDX-License-Identifier: MIT OR Apache-2.0
//! The backend on the BSDs and macOS: kqueue, edge-triggered (EV_CLEAR).
//!
//! Quirks of the kernels, and where each is answered:
//!
//! - Reading and writing are filters of their own, each with its own events: `CAPACITY` counts events, two to a
//!   descriptor.
//! - A filter may be refused while the other one is accepted: writing, by descriptors that cannot be written to (timers,
//!   queues) and by pipes whose reader has gone (EPIPE, on NetBSD EBADF). The refused direction counts as ready:
//!   `Unsupported`.
//! - Vnodes are accepted, but are readable only short of their end: files and directories are refused here (EPERM), so
//!   that the loop counts them as always ready. Devices that kqueue refuses count as such, too.
//! - A registration belongs to the number, in this process, and goes when the number is closed: there are no leftovers,
//!   and `remove` has nothing to do.
//! - libkqueue on Linux lacks some of what follows: `system::IS_LIBKQUEUE`.
//! - EV_ADD of what is registered makes it report once more what is ready now, but it would also register what the
//!   program opened under a number that it closed behind our back. EV_ENABLE fails then (ENOENT): `rearm` tries it first, in the
//!   same call, and deletes what was added wrongly. (EV_ENABLE alone re-arms nothing on OpenBSD.)
//! - Errors of changes come as events, which EV_RECEIPT keeps apart from the others. A signal loses the answers, but not
//!   the changes. Both: `system::Queue::apply`.
//! - EV_EOF marks a hang-up, with the error in `fflags`; what follows bytes at hand makes no event of its own, nor does
//!   what follows an urgent mark in a TCP stream, and of that mark most kernels give no sign: every event is a `HANGUP`, a
//!   short read proves nothing, and the loop makes sure by one read more.
//! - The pointer that an event carries has 32 bits on some machines: it holds the generation, and the descriptor is the
//!   event's own.
//! - A queue is not inherited by a child, where its number is free for others: `close_if_ours` asks whether the queue
//!   under the number knows our wake-up.
//! - EVFILT_USER is missing on OpenBSD before 7.8 and on NetBSD before 10: a pipe wakes there. It stays readable until
//!   drained, so it is registered without EV_CLEAR and `wait` drains it.
//! - Descriptors are inherited by programs that are executed: FD_CLOEXEC in a call of its own, which does no harm because
//!   no fork comes between.
//! - Times of some years are refused, and a wait is cut to a day; the loop goes on waiting.

use self::system::{
    EV_ADD, EV_CLEAR, EV_DELETE, EV_ENABLE, EV_EOF, EVFILT_READ, EVFILT_USER, EVFILT_WRITE, IS_LIBKQUEUE,
    NOTE_TRIGGER, Queue, change, kevent, success, udata,
};
use super::self_pipe::SelfPipe;
use super::{Event, EventList, EventQueue, Readiness, Unsupported, Watch, WatchMode};
use crate::errno::{Errno, Result};
use crate::sys::fd;
use core::ffi::c_int;
use core::mem::MaybeUninit;

#[cfg(owfat_libkqueue)]
mod libkqueue;
pub(super) mod once;
mod system;

/// A queue and what wakes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kernel {
    queue: Queue,
    /// Where there is no EVFILT_USER.
    pipe: Option<SelfPipe>,
}

/// The user event that wakes: its address is a number that no other part of the program has.
static WAKE: u8 = 0;

fn wake_ident() -> usize {
    (&raw const WAKE).addr()
}

impl EventQueue for Kernel {
    const NAME: &str = "kqueue";
    // 6 KiB of stack: 96 events on FreeBSD, whose events are the largest, and about 190 elsewhere.
    const CAPACITY: usize = 6144 / size_of::<kevent>();
    /// Reading and writing are filters of their own.
    const EVENTS_PER_DESCRIPTOR: usize = 2;
    /// Both filters are registered at once, in one call: to leave one out saves nothing.
    const HAS_WATCH_MODES: bool = false;
    const IS_LEVEL_TRIGGERED: bool = false;
    type Events = Events;

    fn open() -> Result<Self> {
        let queue = Queue::new()?;
        let with_user_event = queue.apply([change(wake_ident(), EVFILT_USER, EV_ADD | EV_CLEAR, 0)]);
        let pipe = match with_user_event {
            Ok([0]) => Ok(None),
            _ => SelfPipe::new().and_then(|pipe| {
                let added = queue.apply([change(pipe.reading_end() as usize, EVFILT_READ, EV_ADD, 0)]);
                let added = added.and_then(|[error]| success(error));
                added.map(|()| Some(pipe)).inspect_err(|_| pipe.close_if_ours())
            }),
        };
        pipe.map(|pipe| Kernel { queue, pipe }).inspect_err(|_| fd::close(queue.0))
    }

    fn add(&self, fd: c_int, token: u64, _: WatchMode) -> Result<Unsupported> {
        if fd::is_file(fd)? {
            return Err(Errno(libc::EPERM));
        }
        if IS_LIBKQUEUE {
            self.forget(fd);
        }
        let [read, write] = self.queue.apply(registration(fd, token)).map_err(lost)?;
        self.judge(fd, read, write)
    }

    fn rearm(&self, fd: c_int, token: u64, _: WatchMode) -> Result<Unsupported> {
        let generation = (token >> 32) as u32;
        let present =
            [EVFILT_READ, EVFILT_WRITE].map(|filter| change(fd as usize, filter, EV_ENABLE, generation));
        let [read, write] = registration(fd, token);
        let [read_present, write_present, read, write] = if IS_LIBKQUEUE {
            let present = self.queue.apply(present).map_err(lost)?;
            self.forget(fd);
            let [read, write] = self.queue.apply([read, write]).map_err(lost)?;
            [present[0], present[1], read, write]
        } else {
            self.queue.apply([present[0], present[1], read, write]).map_err(lost)?
        };
        if read_present != 0 && write_present != 0 {
            self.forget(fd);
            return Err(Errno(libc::ENOENT));
        }
        self.judge(fd, read, write)
    }

    /// Closing the number does that.
    fn remove(&self, _: c_int) {}

    fn wait(
        &self,
        events: &mut Events,
        milliseconds: Option<u64>,
        _: impl Iterator<Item = Watch> + Clone,
    ) -> Result<usize> {
        events.clear();
        events.count = self.queue.wait(&mut events.raw, milliseconds)?;
        if let Some(pipe) = self.pipe {
            events.pipe = pipe.reading_end() as usize;
            if events.raw().any(|event| event.ident == events.pipe) {
                pipe.drain()?;
            }
        }
        Ok(events.count)
    }

    fn wake(&self) {
        match self.pipe {
            Some(pipe) => pipe.wake(),
            None => {
                let mut trigger = change(wake_ident(), EVFILT_USER, 0, 0);
                trigger.fflags = NOTE_TRIGGER;
                // It is registered for as long as the queue is ours.
                let _ = self.queue.apply([trigger]);
            }
        }
    }

    /// Only a queue that knows our wake-up can be ours; in a child the number stands for something else.
    fn close_if_ours(self) {
        let known = match self.pipe {
            None => change(wake_ident(), EVFILT_USER, EV_ENABLE, 0),
            Some(pipe) => change(pipe.reading_end() as usize, EVFILT_READ, EV_ENABLE, 0),
        };
        if self.queue.apply([known]) == Ok([0]) {
            fd::close(self.queue.0);
        }
        if let Some(pipe) = self.pipe {
            pipe.close_if_ours();
        }
    }
}

impl Kernel {
    /// What the kernel's two answers to a registration mean.
    fn judge(&self, fd: c_int, read: c_int, write: c_int) -> Result<Unsupported> {
        let passing = |error| matches!(error, libc::ENOMEM | libc::EMFILE | libc::ENFILE | libc::EINTR);
        match (read, write) {
            (0, 0) => Ok(Unsupported::NONE),
            (0, error) if !passing(error) => Ok(Unsupported { read: false, write: true }),
            (error, 0) if !passing(error) => Ok(Unsupported { read: true, write: false }),
            (error, other) => {
                self.forget(fd);
                Err(Errno(if error == 0 || passing(other) { other } else { error }))
            }
        }
    }

    fn forget(&self, fd: c_int) {
        let gone = |filter| change(fd as usize, filter, EV_DELETE, 0);
        // ENOENT is as good: it is not registered.
        let _ = self.queue.apply([gone(EVFILT_READ), gone(EVFILT_WRITE)]);
    }
}

/// The queue itself answers with an error: the program has closed it, and the next wait finds that out.
fn lost(_: Errno) -> Errno {
    Errno(libc::EAGAIN)
}

/// Both filters of a descriptor.
fn registration(fd: c_int, token: u64) -> [kevent; 2] {
    [EVFILT_READ, EVFILT_WRITE]
        .map(|filter| change(fd as usize, filter, EV_ADD | EV_CLEAR, (token >> 32) as u32))
}

/// Memory for the events of one call.
pub(super) struct Events {
    raw: [MaybeUninit<kevent>; Kernel::CAPACITY],
    count: usize,
    /// The reading end of the pipe that wakes; no descriptor has that number.
    pipe: usize,
}

impl Events {
    fn raw(&self) -> impl Iterator<Item = &kevent> {
        // SAFETY: the kernel has filled in the first `count` events.
        self.raw.get(..self.count).unwrap_or_default().iter().map(|raw| unsafe { raw.assume_init_ref() })
    }
}

impl EventList for Events {
    fn new() -> Self {
        Events { raw: [const { MaybeUninit::uninit() }; Kernel::CAPACITY], count: 0, pipe: usize::MAX }
    }

    fn clear(&mut self) {
        self.count = 0;
    }

    fn iter(&self) -> impl Iterator<Item = Event> {
        self.raw().filter(|event| event.filter != EVFILT_USER && event.ident != self.pipe).map(translate)
    }
}

fn translate(event: &kevent) -> Event {
    let failed = event.flags & EV_EOF != 0 && event.fflags != 0;
    let readiness = Readiness::HANGUP
        .and_if(failed || event.filter == EVFILT_READ, Readiness::READABLE)
        .and_if(failed || event.filter == EVFILT_WRITE, Readiness::WRITABLE);
    Event { token: u64::from(udata(event)) << 32 | event.ident as u64, readiness }
}
