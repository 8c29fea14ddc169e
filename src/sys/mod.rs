// SPDX-License-Identifier: MIT OR Apache-2.0
//! The only place that talks to the kernel.
//!
//! # What a backend must do
//!
//! The event loop knows one type, [`Backend`]: the kernel's own queue (epoll, kqueue; chosen when the library is
//! built), or [`poll`], which serves where there is none, where a sandbox forbids it, and for want of descriptors.
//! Each fulfils this contract:
//!
//! - `new()`: an instance whose descriptors are close-on-exec. `Backend` is `Copy`; `close_if_ours()` gives the
//!   kernel's objects back, once, and leaves alone what the program has closed. A forked child makes one of its own.
//!   If `is_fallback()`, the loop makes another one after the next wait.
//! - `add(fd, token, watch_mode)`: watches `fd` for reading and writing until the number is closed, edge-triggered: each
//!   change to ready is reported once, with the token; what is ready already is reported by the next wait. A backend that
//!   `has_watch_modes()` does less, or does it more often, where the [`WatchMode`] says so; the others are never asked to. If
//!   the same open file is watched under this number already, the new token replaces the old one. The lower half of
//!   a token is the descriptor. Errors: EPERM and whatever else never changes (the loop counts the descriptor as
//!   always ready); ENOMEM, ENOSPC, EMFILE, ENFILE (the loop tries again later). What is [`Unsupported`] of one direction
//!   alone counts as ready in that direction.
//! - `rearm(fd, token, watch_mode)`: whatever is ready now is reported by the next wait, reported before or not. ENOENT or
//!   EBADF if the number was closed since.
//! - `remove(fd)`: ends a registration; used where the open file may live on under another number.
//! - `wait(events, milliseconds, watches)`: waits, in the thread that runs the loop, without the loop's lock. `add`,
//!   `rearm`, `remove` and `wake` may be called by other threads during a wait and take effect at once.
//! - `wake()`: makes a wait that is under way, or else the next one, return early.
//! - An event may be spurious or stale; it must not be lost. Hang-up and error count as readable and writable; an error
//!   alone is marked as such, because it may last while every read gives EAGAIN.
//!
//! # A backend without edges
//!
//! poll(2) sees what is ready, never what changed, so it has to be told at each wait which directions not to look
//! at. The loop knows: those that it has marked as ready or stale, which are its own business until it calls
//! `rearm`, or learns of an EAGAIN, and forgets the mark. Everything else that is watched it lists in `watches`,
//! an iterator over the table; a backend with edges ignores it, and the optimiser drops it. So poll needs no memory of its own, and
//! `add`, `rearm` and `remove` are nothing to it.
//!
//! What remains is a wait under way while another thread registers a descriptor, or learns of an EAGAIN and then
//! interest: the list of that wait is out of date. A change of interest or a registration therefore ends with `wake()` when
//! `is_level_triggered()`; that is the whole price, and backends with edges do not pay it.

use core::ffi::c_int;

macro_rules! syscall {
    ($name:ident($($argument:expr),* $(,)?)) => { syscall!(libc::$name($($argument),*)) };
    ($library:ident::$name:ident($($argument:expr),* $(,)?)) => {{
        #[allow(unused_imports)]
        use crate::sys::IsFailure as _;
        // SAFETY: the callers of this macro hand in pointers that are valid for the call, or pass on a pointer
        // that the C caller vouches for, which the kernel checks.
        let result = unsafe { $library::$name($($argument),*) };
        if result.is_failure() { Err(crate::errno::Errno::last()) } else { Ok(result) }
    }};
}

/// "-1 with errno", in the integer types in which system calls answer.
pub(crate) trait IsFailure {
    /// True for -1.
    fn is_failure(&self) -> bool;
}

impl IsFailure for i32 {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

impl IsFailure for i64 {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

impl IsFailure for isize {
    fn is_failure(&self) -> bool {
        *self == -1
    }
}

/// What a backend reports of one registration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    /// The token of the registration.
    pub token: u64,
    /// What has happened.
    pub readiness: Readiness,
}

/// A set of what can have happened to a descriptor: a few bits, because every event passes through here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Readiness(u8);

impl Readiness {
    /// Nothing.
    pub(crate) const NONE: Readiness = Readiness(0);
    /// A read would not wait.
    pub(crate) const READABLE: Readiness = Readiness(1);
    /// A write would not wait.
    pub(crate) const WRITABLE: Readiness = Readiness(2);
    /// Hang-up, error or urgent data was part of the event: what follows after the bytes at hand may bring no event of its
    /// own, so a short read proves nothing.
    pub(crate) const HANGUP: Readiness = Readiness(4);
    /// The descriptor may be a TCP socket, by a sign that costs nothing.
    pub(crate) const STREAM_LIKE: Readiness = Readiness(8);
    /// There is urgent data: reads stop in front of the mark, also after the program has taken the urgent byte.
    pub(crate) const URGENT: Readiness = Readiness(16);
    /// Readable for an error alone, which may be an error queue (`MSG_ERRQUEUE`) while reads give EAGAIN.
    pub(crate) const READ_ERROR_ALONE: Readiness = Readiness(32);
    /// The same of writing.
    pub(crate) const WRITE_ERROR_ALONE: Readiness = Readiness(64);
    /// One of these two.
    pub(crate) const ERROR_ALONE: Readiness = Readiness(32 | 64);
    /// The number is not open any more.
    pub(crate) const CLOSED: Readiness = Readiness(128);

    /// How many sets there are of those below `READ_ERROR_ALONE`; their bits count them.
    pub(crate) const SETS: usize = 32;

    /// The set with these bits.
    pub(crate) const fn of_bits(bits: u8) -> Readiness {
        Readiness(bits)
    }

    /// The bits of the set.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// Both sets.
    pub(crate) const fn and(self, other: Readiness) -> Readiness {
        Readiness(self.0 | other.0)
    }

    /// Both sets, if so.
    pub(crate) const fn and_if(self, so: bool, other: Readiness) -> Readiness {
        if so { self.and(other) } else { self }
    }

    /// True if any of `other` has happened.
    pub(crate) const fn has(self, other: Readiness) -> bool {
        self.0 & other.0 != 0
    }
}

/// A registration for backends that remember none: what to look at in this wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Watch {
    /// The token of the registration.
    pub token: u64,
    /// Readiness for reading is not known yet.
    pub read: bool,
    /// Readiness for writing is not known yet.
    pub write: bool,
    /// An error alone has been reported a few times, and lasts: it is no news, and may not end the wait.
    pub error_lasts: bool,
}

/// Directions of which the kernel will say nothing, though it watches the other one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unsupported {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
}

impl Unsupported {
    /// Neither direction.
    pub(crate) const NONE: Unsupported = Unsupported { read: false, write: false };
    /// Both directions.
    pub(crate) const BOTH: Unsupported = Unsupported { read: true, write: true };
}

/// What a descriptor is watched for, and how often it is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WatchMode {
    /// Reading and writing, each change to ready once.
    Both,
    /// Reading, each change to ready once.
    Reading,
    /// Reading, at each wait for as long as it is ready.
    ReadingLevel,
}

/// The descriptor that a token belongs to.
const fn descriptor_of(token: u64) -> c_int {
    token as u32 as c_int
}

pub(crate) mod accept_filter;
pub(crate) mod atomic;
pub(crate) mod backend;
pub(crate) mod clock;
mod delivery;
pub(crate) mod dispatcher;
pub(crate) mod environment;
pub(crate) mod fd;
pub(crate) mod file;
pub(crate) mod file_kind;
pub(crate) mod fork;
pub(crate) mod gather;
pub(crate) mod interface;
#[cfg(test)]
pub(crate) mod interleave;
pub(crate) mod lock;
pub(crate) mod now;
pub(crate) mod pages;
pub(crate) mod passing;
pub(crate) mod pause;
pub(crate) mod random;
pub(crate) mod receive;
pub(crate) mod region;
pub(crate) mod sendfile;
pub(crate) mod signal;
pub(crate) mod socket;
pub(crate) mod socket_address;
pub(crate) mod socket_option;
pub(crate) mod thread_memory;

#[cfg(target_os = "linux")]
mod nowait;
mod poll;
mod poll_once;
mod self_pipe;
mod wide;

pub(crate) use backend::{Backend, Events, is_level_triggered};
pub(crate) use dispatcher::{Delivery, Dispatcher, Interest};
pub(crate) use file_kind::FileKind;

#[cfg(owfat_kernel = "epoll")]
mod epoll;
#[cfg(owfat_kernel = "epoll")]
mod epoll_once;
#[cfg(owfat_kernel = "epoll")]
use {epoll as kernel, epoll_once as kernel_once};

#[cfg(owfat_kernel = "kqueue")]
mod kevent;
#[cfg(owfat_kernel = "kqueue")]
mod kqueue;
#[cfg(owfat_kernel = "kqueue")]
mod kqueue_once;
#[cfg(owfat_kernel = "kqueue")]
use {kqueue as kernel, kqueue_once as kernel_once};
#[cfg(owfat_freebsd_sendfile)]
mod freebsd_sendfile;
#[cfg(owfat_libkqueue)]
mod libkqueue;

#[cfg(owfat_kernel = "none")]
mod no_queue;
#[cfg(owfat_kernel = "none")]
use {no_queue as kernel, no_queue as kernel_once};

#[cfg(not(unix))]
compile_error!("owfat serves Unix");
