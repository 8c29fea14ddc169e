// SPDX-License-Identifier: MIT OR Apache-2.0
//! The backend in use: the kernel's own event queue, or poll(2) where there is none or it is forbidden.
//!
//! `OWFAT_BACKEND=poll` in the environment asks for poll, to tell a fault of the backend from one of the program;
//! building with `--cfg owfat_backend="poll"` does so for good.

use super::kernel::{self, Kernel};
use super::poll::{self, Poll};
use super::{Event, EventList, EventQueue, Unsupported, Watch, WatchMode};
use crate::errno::{Errno, Result};
use crate::sys::environment;
use core::ffi::c_int;
use core::sync::atomic::AtomicBool;
use core::sync::atomic::Ordering::SeqCst;

/// The backend in use. The contract of its methods is that of [`EventQueue`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Backend(Kind);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// The kernel's own queue.
    Kernel(Kernel),
    /// poll, for good: it was asked for, or the kernel's queue is missing or forbidden.
    Poll(Poll),
    /// poll, until the kernel has descriptors and memory to spare for a queue of its own.
    Fallback(Poll),
}

/// The instance made last is level-triggered.
static IS_LEVEL_TRIGGERED: AtomicBool = AtomicBool::new(false);

/// The kernel grants a queue and then forbids the wait: a sandbox may allow one system call and not the other.
static FORBIDDEN: AtomicBool = AtomicBool::new(false);

/// True if the loop has to wake a wait that is under way when something more is to be looked at.
#[inline]
pub(crate) fn is_level_triggered() -> bool {
    // After the change that made it necessary, in the same thread: hence not relaxed.
    IS_LEVEL_TRIGGERED.load(SeqCst)
}

impl Backend {
    /// A fresh instance: the kernel's own queue, or poll.
    pub(crate) fn new() -> Self {
        let kernel = if cfg!(owfat_backend = "poll") || environment::asks_for_poll() || FORBIDDEN.load(SeqCst)
        {
            Err(Errno(libc::ENOSYS))
        } else {
            Kernel::open()
        };
        match kernel {
            Ok(kernel) => {
                IS_LEVEL_TRIGGERED.store(Kernel::IS_LEVEL_TRIGGERED, SeqCst);
                Backend(Kind::Kernel(kernel))
            }
            Err(error) => {
                IS_LEVEL_TRIGGERED.store(Poll::IS_LEVEL_TRIGGERED, SeqCst);
                let passing = matches!(error, Errno(libc::EMFILE | libc::ENFILE | libc::ENOMEM));
                let poll = Poll::new();
                Backend(if passing { Kind::Fallback(poll) } else { Kind::Poll(poll) })
            }
        }
    }

    /// An instance on poll.
    #[cfg(test)]
    pub(crate) fn on_poll() -> Self {
        IS_LEVEL_TRIGGERED.store(Poll::IS_LEVEL_TRIGGERED, SeqCst);
        Backend(Kind::Poll(Poll::new()))
    }

    /// True if the next instance may be the kernel's own: for this one, descriptors or memory were short.
    pub(crate) fn is_fallback(&self) -> bool {
        matches!(self.0, Kind::Fallback(_))
    }

    /// What io_debugstring calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self.0 {
            Kind::Kernel(_) => Kernel::NAME,
            Kind::Poll(_) => Poll::NAME,
            Kind::Fallback(_) => "poll, as a fallback",
        }
    }

    /// True if a descriptor can be watched for less than everything.
    pub(crate) fn has_watch_modes(&self) -> bool {
        match self.0 {
            Kind::Kernel(_) => Kernel::HAS_WATCH_MODES,
            Kind::Poll(_) | Kind::Fallback(_) => Poll::HAS_WATCH_MODES,
        }
    }

    /// Watches a descriptor.
    pub(crate) fn add(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.add(fd, token, watch_mode),
            Kind::Poll(poll) | Kind::Fallback(poll) => poll.add(fd, token, watch_mode),
        }
    }

    /// Has a watched descriptor reported once more if it is ready.
    pub(crate) fn rearm(&self, fd: c_int, token: u64, watch_mode: WatchMode) -> Result<Unsupported> {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.rearm(fd, token, watch_mode),
            Kind::Poll(poll) | Kind::Fallback(poll) => poll.rearm(fd, token, watch_mode),
        }
    }

    /// Ends a registration whose open file description may outlive its number.
    pub(crate) fn remove(&self, fd: c_int) {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.remove(fd),
            Kind::Poll(poll) | Kind::Fallback(poll) => poll.remove(fd),
        }
    }

    /// Waits for events, for so many milliseconds at most (without limit for `None`). Returns how many there were.
    #[inline]
    pub(crate) fn wait(
        &self,
        events: &mut Events,
        milliseconds: Option<u64>,
        watches: impl Iterator<Item = Watch> + Clone,
    ) -> Result<usize> {
        match &self.0 {
            Kind::Kernel(kernel) => {
                events.poll = None;
                kernel.wait(&mut events.kernel, milliseconds, watches).inspect_err(|error| {
                    if error.is_unsupported() {
                        FORBIDDEN.store(true, SeqCst);
                    }
                })
            }
            Kind::Poll(poll) | Kind::Fallback(poll) => {
                events.kernel.clear();
                let events = events.poll.get_or_insert_with(poll::Events::new);
                poll.wait(events, milliseconds, watches)
            }
        }
    }

    /// How many more calls it may take to hear of all `watched` descriptors, after one that reported `count` events.
    pub(crate) fn calls_left(&self, events: &Events, count: usize, watched: usize) -> usize {
        match self.0 {
            Kind::Kernel(_) => Kernel::calls_left(&events.kernel, count, watched),
            Kind::Poll(_) | Kind::Fallback(_) => {
                events.poll.as_ref().map_or(0, |events| Poll::calls_left(events, count, watched))
            }
        }
    }

    /// Ends a wait in another thread, or the next one.
    pub(crate) fn wake(&self) {
        match &self.0 {
            Kind::Kernel(kernel) => kernel.wake(),
            Kind::Poll(poll) | Kind::Fallback(poll) => poll.wake(),
        }
    }

    /// Gives the kernel's objects back, unless the program has closed them behind our back.
    pub(crate) fn close_if_ours(self) {
        match self.0 {
            Kind::Kernel(kernel) => kernel.close_if_ours(),
            Kind::Poll(poll) | Kind::Fallback(poll) => poll.close_if_ours(),
        }
    }
}

/// The events of one wait.
pub(crate) struct Events {
    kernel: kernel::Events,
    poll: Option<poll::Events>,
}

impl Events {
    /// None yet.
    pub(crate) fn new() -> Self {
        Events { kernel: kernel::Events::new(), poll: None }
    }

    /// What the last wait reported from the kernel's own queue, the backend's own wake-ups left out.
    #[inline(always)]
    pub(crate) fn of_kernel(&self) -> impl Iterator<Item = Event> {
        self.kernel.iter()
    }

    /// What the last wait reported from poll, if that is in use.
    pub(crate) fn of_poll(&self) -> Option<impl Iterator<Item = Event>> {
        self.poll.as_ref().map(EventList::iter)
    }
}
