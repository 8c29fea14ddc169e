// SPDX-License-Identifier: MIT OR Apache-2.0
//! kevent(2) as each system declares it: the struct, the calls, the constants.
//!
//! The fields of `struct kevent` have other types on NetBSD, and another number on FreeBSD since 12. On Linux there is
//! none, but there are libraries with the interface of libkqueue; built with `--cfg owfat_libkqueue`, this one runs on
//! them, which is how the kqueue backend is tested where no BSD is at hand.

use crate::errno::{Errno, Result};
use crate::sys::fd;
use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut, without_provenance_mut};

#[cfg(owfat_libkqueue)]
pub(super) use super::libkqueue::*;
#[cfg(owfat_libkqueue)]
use super::libkqueue::{kevent as call, kqueue};
#[cfg(not(owfat_libkqueue))]
pub(super) use libc::{
    EV_ADD, EV_CLEAR, EV_DELETE, EV_DISABLE, EV_DISPATCH, EV_ENABLE, EV_EOF, EV_ERROR, EV_ONESHOT,
    EV_RECEIPT, EVFILT_READ, EVFILT_TIMER, EVFILT_USER, EVFILT_WRITE, NOTE_TRIGGER, kevent,
};
#[cfg(not(owfat_libkqueue))]
use libc::{kevent as call, kqueue};

#[cfg(target_os = "netbsd")]
type Flags = u32;
#[cfg(not(target_os = "netbsd"))]
type Flags = u16;

#[cfg(target_os = "netbsd")]
pub(super) type Filter = u32;
#[cfg(not(target_os = "netbsd"))]
pub(super) type Filter = i16;

/// Where the 64-bit systems have the members of an event; `make check-link` compares the same numbers with their headers.
/// NetBSD 10 has added a member at the end, for programs that call another version of kevent than libc's crate.
#[cfg(all(target_pointer_width = "64", not(owfat_libkqueue)))]
const _: () = {
    use core::mem::offset_of;
    let places = [
        offset_of!(kevent, filter),
        offset_of!(kevent, flags),
        offset_of!(kevent, fflags),
        offset_of!(kevent, data),
        offset_of!(kevent, udata),
        size_of::<kevent>(),
    ];
    let expected = match () {
        () if cfg!(target_os = "netbsd") => [8, 12, 16, 24, 32, 40],
        () if cfg!(target_os = "freebsd") => [8, 10, 12, 16, 24, 64],
        () => [8, 10, 12, 16, 24, 32],
    };
    let mut i = 0;
    while i < places.len() {
        assert!(places[i] == expected[i]);
        i += 1;
    }
};

/// What to change about one filter of one descriptor. Answered with an error number, 0 for success (EV_RECEIPT).
pub(super) fn change(ident: usize, filter: Filter, flags: Flags, udata: u32) -> kevent {
    // SAFETY: all-zero is a valid kevent on every system.
    let mut change: kevent = unsafe { MaybeUninit::zeroed().assume_init() };
    change.ident = ident;
    change.filter = filter;
    change.flags = flags | EV_RECEIPT;
    change.udata = without_provenance_mut::<c_void>(udata as usize);
    change
}

/// The kernel's answer to a change, as a result.
pub(super) fn success(error: c_int) -> Result<()> {
    if error == 0 { Ok(()) } else { Err(Errno(error)) }
}

/// The number that was handed to [`change`]: of a pointer's bits, no more than any system has.
pub(super) fn udata(event: &kevent) -> u32 {
    event.udata.addr() as u32
}

/// Seconds after which a wait comes back early: NetBSD refuses times of a few years.
const LONGEST: u64 = 86_400;

fn timespec(milliseconds: u64) -> libc::timespec {
    let seconds = milliseconds / 1000;
    if seconds >= LONGEST {
        return libc::timespec { tv_sec: LONGEST as libc::time_t, tv_nsec: 0 };
    }
    libc::timespec { tv_sec: seconds as libc::time_t, tv_nsec: (milliseconds % 1000 * 1_000_000) as _ }
}

/// This is libkqueue, or behaves as that does: EV_ADD of what is registered does not report it once more, so a registration has
/// to go first, and answers to changes are forgotten while there is room for events. The kevent of `ctests/kevent` behaves as
/// those of the BSDs, too: `--cfg owfat_kevent_of_bsd` tests what is for these.
pub(super) const IS_LIBKQUEUE: bool = cfg!(all(owfat_libkqueue, not(owfat_kevent_of_bsd)));

/// A kernel event queue, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Queue(pub(super) c_int);

impl Queue {
    /// A fresh one, close-on-exec. Errors: EMFILE, ENFILE, ENOMEM; ENOSYS or EPERM where it is forbidden.
    pub(super) fn new() -> Result<Self> {
        // SAFETY: kqueue has no preconditions.
        let queue = unsafe { kqueue() };
        if queue == -1 {
            return Err(Errno::last());
        }
        // A process that another thread forks off at this moment does not inherit it anyway.
        fd::set_close_on_exec(queue).map(|()| Queue(queue)).inspect_err(|_| fd::close(queue))
    }

    /// Applies changes and returns an error number for each, 0 for success. Errors: those of the queue itself.
    pub(super) fn apply<const N: usize>(self, changes: [kevent; N]) -> Result<[c_int; N]> {
        if IS_LIBKQUEUE {
            let answers = changes.map(|change| self.apply_alone(change));
            if answers.contains(&libc::EBADF) {
                // It may be the queue that is closed: a call without changes tells.
                self.wait(&mut [], Some(0))?;
            }
            return Ok(answers);
        }
        let at_once = timespec(0);
        loop {
            let mut answers = changes;
            // SAFETY: both lists have N entries and live through the call.
            let count =
                unsafe { call(self.0, changes.as_ptr(), N as _, answers.as_mut_ptr(), N as _, &at_once) };
            if count != -1 {
                // Each change is answered by an event that has EV_ERROR set, be it for success.
                let error =
                    |answer: kevent| if answer.flags & EV_ERROR != 0 { answer.data as c_int } else { 0 };
                return Ok(answers.map(error));
            }
            match Errno::last() {
                // The changes are made, but the answers are lost. None of ours does harm when it is made again.
                Errno(libc::EINTR) => {}
                error => return Err(error),
            }
        }
    }

    /// Applies one change without room for events: then the answer is that of the call, and no event is taken out.
    fn apply_alone(self, change: kevent) -> c_int {
        let at_once = timespec(0);
        loop {
            // SAFETY: the list of changes has one entry and lives through the call; there is no room for events.
            let outcome = unsafe { call(self.0, &change, 1, null_mut(), 0, &at_once) };
            match if outcome == -1 { Errno::last().0 } else { 0 } {
                // As above: made, but not answered.
                libc::EINTR => {}
                error => return error,
            }
        }
    }

    /// Waits for events, for so many milliseconds at most (without limit for `None`), and returns how many it has put at
    /// the front of `room`. EINTR: a signal came first.
    pub(super) fn wait(self, room: &mut [MaybeUninit<kevent>], milliseconds: Option<u64>) -> Result<usize> {
        let limit = milliseconds.map(timespec);
        let limit = limit.as_ref().map_or(null(), |limit| &raw const *limit);
        // SAFETY: the room is as large as stated; the kernel writes whole events.
        let count = unsafe { call(self.0, null(), 0, room.as_mut_ptr().cast(), room.len() as _, limit) };
        if count == -1 { Err(Errno::last()) } else { Ok(count as usize) }
    }
}
