// SPDX-License-Identifier: MIT OR Apache-2.0
//! The only place that talks to the kernel.
//!
//! | module | holds |
//! |---|---|
//! | `queue` | what the loop waits on: the contract of a backend, epoll, kqueue, poll; dispatchers for `iom_*` |
//! | [`fd`] | what any descriptor can do: modes, reads and writes, many pieces at once, without waiting |
//! | [`mod@file`] | opening, mapping, regions, sendfile, and what kind of file stands behind a descriptor |
//! | [`socket`] | sockets: addresses, options, messages, passed descriptors, interfaces |
//! | `sync` | locks, fork handlers, atomic numbers; in tests, every order of the steps of threads |
//! | the files here | clocks, sleeping, random bytes, pages, memory of a thread, signals, the environment |
//!
//! What `queue` and `sync` hold has its name here: `sys::Backend`, `sys::lock`.

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

pub(crate) mod clock;
pub(crate) mod environment;
pub(crate) mod fd;
pub(crate) mod file;
pub(crate) mod pages;
pub(crate) mod pause;
mod queue;
pub(crate) mod random;
pub(crate) mod signal;
pub(crate) mod socket;
mod sync;
pub(crate) mod thread_memory;
mod times;

pub(crate) use queue::{
    Backend, Delivery, Dispatcher, Event, Events, Interest, Parts, Places, Readiness, Unsupported, Watch,
    WatchMode, is_level_triggered,
};
#[cfg(test)]
pub(crate) use sync::interleave;
pub(crate) use sync::{atomic, fork, lock};

#[cfg(not(unix))]
compile_error!("owfat serves Unix");
