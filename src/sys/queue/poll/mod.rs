// SPDX-License-Identifier: MIT OR Apache-2.0
//! The backend for systems without a kernel queue, and for sandboxes that forbid it: poll(2).
//!
//! Quirks of the call, and where each is answered:
//!
//! - It remembers nothing and knows no edges. Nor does this backend remember anything: each wait is told what to
//!   poll (the directions that are not known to be ready), so a descriptor that was reported and not drained
//!   cannot make a wait spin, and one that was drained is polled again. When another thread adds interest during a
//!   wait, the loop wakes it.
//! - A hang-up or error is reported unasked, for as long as it lasts: a descriptor of which both directions are
//!   known to be ready is left out. One whose error lasts while reads give EAGAIN (an ICMP error queue) is marked as such by
//!   the loop after a few rounds, and is then polled every few milliseconds, for changes alone.
//! - It sees a number, not an open file description. What was closed is POLLNVAL: `CLOSED`. What the program opens under
//!   a number that it closed behind our back passes for the old one until io_fd.
//! - macOS says POLLNVAL of some open devices too: `translate` tells them apart, and they count as ready.
//! - It fails (EINVAL) for more descriptors than the process may have open, or than a limit of its own, and ENOMEM is
//!   possible (EAGAIN on macOS): `in_slices`. The list of descriptors takes memory, too: without it, `few_by_few`.
//! - Regular files are always ready, which is how they are to count.
//! - Times are in milliseconds, in an int: longer waits are cut, and the loop goes on waiting.

use super::self_pipe::SelfPipe;
use super::{Event, EventQueue, Readiness, Unsupported, Watch, WatchMode};
use crate::errno::{Errno, Result};
use crate::sys::{fd, pause};
use core::ffi::{c_int, c_short};

pub(super) mod once;
mod questions;

use questions::WAKE;
pub(super) use questions::{Events, query};

/// How long a wait lasts that no thread can wake, and how long to sleep between polls of what is too much for one call, in
/// milliseconds.
const INTERVAL: u64 = 10;

/// How often a descriptor whose error lasts is polled, in milliseconds.
const ERROR_INTERVAL: u64 = 20;

/// As many descriptors as any system takes in one call (_POSIX_OPEN_MAX is 20).
const SLICE: usize = 16;

/// What wakes it, if there were descriptors left for that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Poll {
    pipe: Option<SelfPipe>,
}

impl Poll {
    /// Needs two descriptors; without them, waits return every few milliseconds instead of being woken.
    pub(super) fn new() -> Self {
        Poll { pipe: SelfPipe::new().ok() }
    }
}

impl EventQueue for Poll {
    const NAME: &str = "poll";
    /// As many as there is memory for; without it, see `calls_left`.
    const CAPACITY: usize = usize::MAX;
    const EVENTS_PER_DESCRIPTOR: usize = 1;
    const HAS_WATCH_MODES: bool = false;
    const IS_LEVEL_TRIGGERED: bool = true;
    type Events = Events;

    fn open() -> Result<Self> {
        Ok(Poll::new())
    }

    fn add(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        Ok(Unsupported::NONE)
    }

    fn rearm(&self, _: c_int, _: u64, _: WatchMode) -> Result<Unsupported> {
        Ok(Unsupported::NONE)
    }

    fn remove(&self, _: c_int) {}

    // Out of line, to keep the path to the kernel's own queue short.
    #[cold]
    #[inline(never)]
    fn wait(
        &self,
        events: &mut Events,
        milliseconds: Option<u64>,
        watches: impl Iterator<Item = Watch> + Clone,
    ) -> Result<usize> {
        let limit = match self.pipe {
            Some(_) => milliseconds,
            None => Some(milliseconds.unwrap_or(INTERVAL).min(INTERVAL)),
        };
        let pipe = self.pipe.map(|pipe| (query(pipe.reading_end(), libc::POLLIN), WAKE));
        let listed = events.list(pipe, watches.clone());
        let limit = match events.lasting_errors {
            true => Some(limit.unwrap_or(ERROR_INTERVAL).min(ERROR_INTERVAL)),
            false => limit,
        };
        let outcome = if listed { poll(&mut events.queries, limit) } else { Err(Errno(libc::ENOMEM)) };
        let count = match outcome {
            Err(Errno(libc::EINVAL | libc::ENOMEM | libc::EAGAIN)) => {
                let count =
                    if listed { in_slices(&mut events.queries) } else { events.few_by_few(pipe, watches) };
                if count == 0 {
                    pause::sleep(limit.unwrap_or(INTERVAL).min(INTERVAL))?;
                }
                count
            }
            outcome => outcome?,
        };
        let count = if events.lasting_errors { count + events.look_for_news() } else { count };
        match self.pipe {
            Some(pipe) if events.woken() => pipe.drain().map(|()| count - 1),
            _ => Ok(count),
        }
    }

    fn calls_left(events: &Events, count: usize, watched: usize) -> usize {
        // One place may be the pipe's.
        if count > 0 && events.few.is_some() { watched / (SLICE - 1) + 1 } else { 0 }
    }

    fn wake(&self) {
        if let Some(pipe) = self.pipe {
            pipe.wake();
        }
    }

    fn close_if_ours(self) {
        if let Some(pipe) = self.pipe {
            pipe.close_if_ours();
        }
    }
}

/// poll(2), for so many milliseconds at most.
pub(super) fn poll(queries: &mut [libc::pollfd], limit: Option<u64>) -> Result<usize> {
    let timeout = limit.map_or(-1, |limit| limit.min(c_int::MAX as u64) as c_int);
    #[cfg(test)]
    crate::sys::interleave::wait(queries.iter().copied(), limit);
    pause::poll_once(queries, timeout).map(|count| count as usize)
}

/// Polls everything without waiting, a few at a time.
fn in_slices(queries: &mut [libc::pollfd]) -> usize {
    queries.chunks_mut(SLICE).map(look).sum()
}

/// Polls a few without waiting, or if even they are too many, each alone. What even then cannot be polled counts as ready.
#[inline(never)]
fn look(queries: &mut [libc::pollfd]) -> usize {
    poll(queries, Some(0)).unwrap_or_else(|_| match queries {
        [query] => {
            query.revents = query.events;
            1
        }
        queries => queries.chunks_mut(1).map(look).sum(),
    })
}

/// The event that an answer stands for.
pub(super) fn translate(query: &libc::pollfd, token: u64) -> Event {
    let any = |bits: c_short| query.revents & bits != 0;
    let invalid = any(libc::POLLNVAL);
    let closed = invalid && fd::status_flags(query.fd).is_err();
    if closed {
        return Event { token, readiness: Readiness::CLOSED };
    }
    let failed = any(libc::POLLHUP | libc::POLLERR | libc::POLLNVAL);
    // Never HANGUP: whatever follows the bytes at hand shows at the next poll.
    let alone = query.revents & !(libc::POLLIN | libc::POLLOUT) == libc::POLLERR;
    let readiness = Readiness::NONE
        .and_if(failed || any(libc::POLLIN), Readiness::READABLE)
        .and_if(failed || any(libc::POLLOUT), Readiness::WRITABLE)
        .and_if(alone && !any(libc::POLLIN), Readiness::READ_ERROR_ALONE)
        .and_if(alone && !any(libc::POLLOUT), Readiness::WRITE_ERROR_ALONE);
    Event { token, readiness }
}

#[cfg(test)]
mod tests;
