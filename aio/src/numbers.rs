// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers of the library's own that the program has closed behind its back, as close_range(3, ~0U, 0) does. It shows when
//! the kernel gives the same number out again: then the old holder does not have it any more, and may neither use nor close
//! it. And it shows when the number, which the program may have put a file of its own at, means another file than before.

use crate::core::Core;
use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::pin;

impl Core {
    /// A number was given out anew: for a file, or for the queue of readiness.
    pub(crate) fn look_after_numbers(&mut self, file: Option<&'static File>) {
        if let Some(old) = self.files.former_holder.take() {
            self.drop_number(old);
        }
        let queue = self.poller.number();
        match file {
            Some(file) if file.pin.get() == queue && !file.borrowed.get() => {
                self.poller.closed_behind_our_back();
                self.try_waiting_again();
            }
            Some(_) => {}
            None => {
                if let Some(old) = self.files.holder(queue) {
                    self.drop_number(old);
                }
            }
        }
    }

    /// Has the armed lanes of a file reported, once. Errors: as [`crate::poller::Poller::watch`].
    pub(crate) fn watch(&mut self, file: &'static File) -> Result<()> {
        let (was_running, serial) = (self.poller.is_running(), self.poller.serial());
        let watched = self.poller.watch(&mut self.files.pins, file);
        if self.poller.serial() != serial {
            self.look_after_numbers(None);
            // The others wait in the queue that is gone; this one is told to the new queue once more, or tried again.
            if was_running {
                self.try_waiting_again();
            }
        }
        watched
    }

    /// The queue of readiness is another one, or none: what waits is tried again, and then waits there.
    pub(crate) fn try_waiting_again(&mut self) {
        let Core { files, run, .. } = self;
        files.each(|file| {
            file.watched.set(false);
            if file.lanes.iter().fold(false, |armed, lane| armed | lane.armed.replace(false)) {
                run.push(file);
            }
        });
    }

    /// Makes sure that the number of a file means that file before a request begins that may have waited for long; if not, the
    /// request ends with EBADF, and what the program has there now is left alone.
    pub(crate) fn make_sure_of(&mut self, file: &'static File) {
        if !file.borrowed.get() && !is_sure(file) {
            self.drop_number(file);
        }
    }

    /// The file has no number any more. Its requests end with EBADF; those that wait are tried again, to find that out.
    pub(crate) fn drop_number(&mut self, file: &'static File) {
        file.pin.set(-1);
        if !file.borrowed.replace(true) {
            self.files.pins.give();
        }
        file.watched.set(false);
        if file.lanes.iter().fold(false, |armed, lane| armed | lane.armed.replace(false)) {
            self.run.push(file);
        }
    }
}

/// Milliseconds of a clock that costs next to nothing, and is a few milliseconds coarse.
pub(crate) fn tick() -> u32 {
    // SAFETY: a timespec is made of numbers.
    let mut now: libc::timespec = unsafe { core::mem::zeroed() };
    // SAFETY: the place is valid.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_COARSE, &mut now) };
    (now.tv_sec as u32).wrapping_mul(1000).wrapping_add((now.tv_nsec / 1_000_000) as u32)
}

/// True if the number of a file means that file, as far as was looked at in the same few milliseconds: to ask for each request
/// would cost as much as a short read.
pub(crate) fn is_sure(file: &File) -> bool {
    let now = tick();
    if file.seen.get() != now {
        if !is_same(file) {
            return false;
        }
        file.seen.set(now);
    }
    true
}

/// True if the number means the file that it meant when it was looked at first, or if nothing is known of that one.
fn is_same(file: &File) -> bool {
    let (device, inode) = (file.device.get(), file.inode.get());
    if file.kind.get() == Kind::Unknown || (device, inode) == (0, 0) {
        return true;
    }
    match pin::identity(file.pin.get()) {
        Ok(now) => (now.device, now.inode) == (device, inode),
        Err(error) => error != Errno(libc::EBADF),
    }
}
