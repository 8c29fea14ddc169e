// SPDX-License-Identifier: MIT OR Apache-2.0
//! Waiting for streams: one thread in epoll_wait(2). Registrations are one-shot, and changed while the thread sleeps, so
//! that nothing has to wake it.
//!
//! An event names the record of a file. A late event, whose record serves another file by then, costs that file an
//! attempt that finds nothing.

use crate::core::CORE;
use crate::dispatch;
use crate::engine;
use crate::errno::{Errno, Result};
use crate::file::{File, Lane};
use crate::finish::Batch;
use crate::pin::{self, Pins};
use crate::stream;
use crate::thread;
use core::ffi::{c_int, c_void};
use core::ptr::null_mut;
use libc::epoll_event;

/// The kernel's queue of readiness, and its thread.
pub(crate) struct Poller {
    epoll: c_int,
    /// The queue has the mark by which its number is known to be ours.
    marked: bool,
    /// Another one for each queue, which may have the number of an earlier one.
    serial: u32,
}

const EVENTS: usize = 64;
/// Requests of one lane that are served before others have their turn.
const ROUND: usize = 16;

impl Poller {
    /// Not running.
    pub(crate) const fn new() -> Poller {
        Poller { epoll: -1, marked: false, serial: 0 }
    }

    /// True if there is a queue and a thread.
    pub(crate) fn is_running(&self) -> bool {
        self.epoll != -1
    }

    /// The number of the queue, or -1.
    pub(crate) fn number(&self) -> c_int {
        self.epoll
    }

    /// Tells queues apart.
    pub(crate) fn serial(&self) -> u32 {
        self.serial
    }

    /// The queue's number means something else by now: the next file that waits makes another one.
    pub(crate) fn closed_behind_our_back(&mut self) {
        self.epoll = -1;
    }

    /// True if the number of the queue still means it. The program may have closed it, and have another file there.
    fn is_ours(&self) -> bool {
        self.is_running() && (!self.marked || pin::is_marked(self.epoll))
    }

    /// Makes sure of the queue and the thread. Errors: EAGAIN.
    pub(crate) fn ensure(&mut self, pins: &mut Pins) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        // SAFETY: only a number.
        let epoll = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if epoll == -1 {
            return Err(Errno(libc::EAGAIN));
        }
        let epoll = pins.lift(epoll);
        let marked = pin::mark(epoll);
        let argument = epoll as usize * 2 + usize::from(marked);
        if thread::start(main, null_mut::<u8>().wrapping_add(argument).cast()).is_err() {
            pin::close(epoll);
            return Err(Errno(libc::EAGAIN));
        }
        (self.epoll, self.marked) = (epoll, marked);
        self.serial = self.serial.wrapping_add(1);
        Ok(())
    }

    /// Has the armed lanes of a file reported, once. Errors: EPERM if the file cannot be polled, EBADF if the program has
    /// closed it behind our back, EAGAIN.
    pub(crate) fn watch(&mut self, pins: &mut Pins, file: &'static File) -> Result<()> {
        if !self.is_ours() {
            self.closed_behind_our_back();
            file.watched.set(false);
        }
        self.ensure(pins)?;
        match self.register(file) {
            Err(Errno(libc::EBADF | libc::EINVAL)) if pin::is_open(file.pin.get()).is_ok() => {
                // The queue's own number is gone. Its thread cannot be told; it ends when an event reaches it.
                self.epoll = -1;
                file.watched.set(false);
                self.ensure(pins)?;
                self.register(file)
            }
            outcome => outcome,
        }
        .map_err(|error| match error {
            Errno(libc::EPERM | libc::EBADF) => error,
            _ => Errno(libc::EAGAIN),
        })
    }

    fn register(&self, file: &'static File) -> Result<()> {
        let [read, write] = &file.lanes;
        let bits = |lane: &Lane, bits: c_int| if lane.armed.get() { bits } else { 0 };
        let events = bits(read, libc::EPOLLIN | libc::EPOLLRDHUP) | bits(write, libc::EPOLLOUT);
        let record: *const File = file;
        let mut event = epoll_event { events: (events | libc::EPOLLONESHOT) as u32, u64: record as u64 };
        let mut control = |operation| {
            // SAFETY: the event is valid.
            match unsafe { libc::epoll_ctl(self.epoll, operation, file.pin.get(), &mut event) } {
                0 => Ok(()),
                _ => Err(Errno::last()),
            }
        };
        if file.watched.get() {
            match control(libc::EPOLL_CTL_MOD) {
                Err(Errno(libc::ENOENT)) => {}
                outcome => return outcome,
            }
        }
        let outcome = match control(libc::EPOLL_CTL_ADD) {
            // Left over from a number that was the program's own.
            Err(Errno(libc::EEXIST)) => control(libc::EPOLL_CTL_MOD),
            outcome => outcome,
        };
        file.watched.set(outcome.is_ok());
        outcome
    }

    /// A file without pending requests is let go of: its description may live on elsewhere. False if its number means another
    /// file by now.
    pub(crate) fn forget(&mut self, file: &File) -> bool {
        let is_known = file.watched.replace(false) && self.is_ours();
        file.lanes.iter().for_each(|lane| lane.armed.set(false));
        if !is_known {
            return true;
        }
        // SAFETY: no event is needed.
        unsafe { libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_DEL, file.pin.get(), null_mut()) == 0 }
    }

    /// True unless the number of a file that has waited means another file by now, which the queue does not know.
    fn knows(&self, file: &File) -> bool {
        if !file.watched.get() || !self.is_ours() {
            return true;
        }
        let mut event = epoll_event { events: libc::EPOLLONESHOT as u32, u64: 0 };
        let mut control = |operation| {
            // SAFETY: the event is valid.
            unsafe { libc::epoll_ctl(self.epoll, operation, file.pin.get(), &mut event) }
        };
        if control(libc::EPOLL_CTL_ADD) == -1 {
            return !matches!(Errno::last(), Errno(libc::EBADF | libc::EPERM | libc::EINVAL | libc::ELOOP));
        }
        control(libc::EPOLL_CTL_DEL);
        false
    }

    /// A forked child shares the queue with its parent, so it lets go of it.
    pub(crate) fn in_child(&mut self) {
        if self.is_ours() {
            pin::close(self.epoll);
        }
        self.epoll = -1;
    }
}

extern "C" fn main(argument: *mut c_void) -> *mut c_void {
    thread::name_self();
    let (epoll, marked) = ((argument as usize / 2) as c_int, argument as usize % 2 == 1);
    let mut events = [epoll_event { events: 0, u64: 0 }; EVENTS];
    loop {
        // What the program has in its place by now has events of its own.
        if marked && !pin::is_marked(epoll) {
            abandon(epoll);
            return null_mut();
        }
        // SAFETY: the buffer has so many entries.
        let count = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), EVENTS as c_int, -1) };
        if count == -1 && Errno::last() != Errno(libc::EINTR) {
            abandon(epoll);
            return null_mut();
        }
        for event in &events[..count.max(0) as usize] {
            // SAFETY: records of files live forever, and the queue is given no other addresses.
            let file: &'static File = unsafe { &*(event.u64 as usize as *const File) };
            serve(file, event.events as c_int);
        }
    }
}

/// The number of the queue is closed, or means something else by now: a thread that waits, waits in another one.
fn abandon(epoll: c_int) {
    let mut guard = CORE.lock();
    let core = &mut *guard;
    if core.poller.epoll != epoll {
        return;
    }
    core.poller.epoll = -1;
    core.try_waiting_again();
    let wake = core.wake_up();
    drop(guard);
    engine::wake(wake);
}

/// Tries what waits for these events.
fn serve(file: &'static File, events: c_int) {
    let ended = libc::EPOLLHUP | libc::EPOLLERR;
    let wanted = [ended | libc::EPOLLIN | libc::EPOLLRDHUP, ended | libc::EPOLLOUT];
    let mut core = CORE.lock();
    let ready = [0, 1].map(|index| {
        let lane: &Lane = &file.lanes[index];
        events & wanted[index] != 0 && lane.armed.replace(false)
    });
    if ready.contains(&true) && !core.poller.knows(file) {
        core.drop_number(file);
    }
    if file.lanes.iter().any(|lane| lane.armed.get()) && core.watch(file).is_err() {
        file.lanes.iter().for_each(|lane| lane.armed.set(false));
        core.run.push(file);
    }
    for (lane, _) in file.lanes.iter().zip(ready).filter(|(_, ready)| *ready) {
        for _ in 0..ROUND {
            if !lane.is_runnable() {
                break;
            }
            let Some(request) = dispatch::begin_attempt(lane) else { break };
            drop(core);
            let outcome = stream::attempt(file, request);
            core = CORE.lock();
            let mut batch = Batch::new();
            core.end_attempt(&mut batch, file, request, outcome);
            if !batch.is_empty() {
                batch.settle(core);
                core = CORE.lock();
            }
        }
        if lane.is_runnable() {
            core.run.push(file);
        }
    }
    let wake = core.wake_up();
    drop(core);
    engine::wake(wake);
}
