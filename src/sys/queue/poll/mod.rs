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
use super::{Event, EventList, EventQueue, Readiness, Unsupported, Watch, WatchMode, descriptor_of};
use crate::errno::{Errno, Result};
use crate::sys::{fd, pause};
use alloc::vec::Vec;
use core::ffi::{c_int, c_short};

pub(super) mod once;

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

/// What to ask, and which descriptor the answer is for.
type Question = (libc::pollfd, u64);

/// A question about one descriptor.
pub(super) fn query(fd: c_int, events: c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

fn question(watch: Watch) -> Question {
    let bit = |on: bool, bit: c_short| if on { bit } else { 0 };
    let events = bit(watch.read, libc::POLLIN) | bit(watch.write, libc::POLLOUT);
    let fd = descriptor_of(watch.token);
    // poll(2) ignores negative numbers.
    (query(if watch.error_lasts { !fd } else { fd }, events), watch.token)
}

/// In an answer: an error that lasted is gone. It is never asked for, so the kernel does not answer it.
const ERROR_IS_GONE: c_short = libc::POLLPRI;

/// The token of the backend's own pipe; no registration has it.
const WAKE: u64 = u64::MAX;

/// The questions of one wait, which hold the answers afterwards.
pub(super) struct Events {
    queries: Vec<libc::pollfd>,
    tokens: Vec<u64>,
    /// Where there is no memory for the above.
    few: Option<Few>,
    /// There are descriptors whose error lasts; their numbers are complemented until after the wait.
    lasting_errors: bool,
}

/// A few questions.
struct Few {
    queries: [libc::pollfd; SLICE],
    tokens: [u64; SLICE],
    length: usize,
}

impl Few {
    /// The next few of many.
    fn of(questions: &mut impl Iterator<Item = Question>) -> Self {
        let mut few = Few { queries: [query(-1, 0); SLICE], tokens: [WAKE; SLICE], length: 0 };
        let places = few.queries.iter_mut().zip(&mut few.tokens);
        for (place, (mut query, token)) in places.zip(questions) {
            query.fd = query.fd.max(!query.fd);
            (*place.0, *place.1) = (query, token);
            few.length += 1;
        }
        few
    }
}

impl EventList for Events {
    /// Allocates nothing.
    fn new() -> Self {
        Events { queries: Vec::new(), tokens: Vec::new(), few: None, lasting_errors: false }
    }

    fn clear(&mut self) {
        self.queries.clear();
        self.tokens.clear();
        self.few = None;
        self.lasting_errors = false;
    }

    fn iter(&self) -> impl Iterator<Item = Event> {
        self.answers().filter(|(_, token)| *token != WAKE).map(|(query, token)| translate(query, token))
    }
}

impl Events {
    /// Lists the questions. False if there is no memory for them.
    fn list(&mut self, pipe: Option<Question>, watches: impl Iterator<Item = Watch>) -> bool {
        self.clear();
        let listed = pipe.is_none_or(|pipe| self.add(pipe)) && watches.map(question).all(|one| self.add(one));
        if !listed {
            self.clear();
        }
        listed
    }

    #[inline(never)]
    fn add(&mut self, (query, token): Question) -> bool {
        if self.queries.try_reserve(1).and_then(|()| self.tokens.try_reserve(1)).is_err() {
            return false;
        }
        // There is room, but without these conditions the compiler would keep code that makes some, and code to panic.
        if self.queries.len() < self.queries.capacity() {
            self.queries.push(query);
        }
        if self.tokens.len() < self.tokens.capacity() {
            self.tokens.push(token);
        }
        self.lasting_errors |= query.fd < 0;
        true
    }

    /// Polls a few at a time until something is ready.
    #[inline(never)]
    fn few_by_few(&mut self, pipe: Option<Question>, watches: impl Iterator<Item = Watch>) -> usize {
        let mut questions = pipe.into_iter().chain(watches.map(question));
        loop {
            let few = self.few.insert(Few::of(&mut questions));
            let (asked, _) = few.queries.split_at_mut(few.length.min(SLICE));
            let count = in_slices(asked);
            if count > 0 || few.length < SLICE {
                return count;
            }
        }
    }

    /// Polls the descriptors whose error lasts: how many have anything else, or have it no more.
    fn look_for_news(&mut self) -> usize {
        let mut count = 0;
        for query in self.queries.iter_mut().filter(|query| query.fd < 0) {
            query.fd = !query.fd;
            look(core::slice::from_mut(query));
            query.revents = match query.revents {
                libc::POLLERR => 0,
                0 => ERROR_IS_GONE,
                news => news,
            };
            count += usize::from(query.revents != 0);
        }
        count
    }

    fn answers(&self) -> impl Iterator<Item = (&libc::pollfd, u64)> {
        let (queries, tokens) = match &self.few {
            Some(few) => (&few.queries[..], &few.tokens[..]),
            None => (&self.queries[..], &self.tokens[..]),
        };
        queries.iter().zip(tokens.iter().copied()).filter(|(query, _)| query.revents != 0)
    }

    /// True if the pipe is among the answers. It is asked first.
    fn woken(&self) -> bool {
        self.answers().next().is_some_and(|(_, token)| token == WAKE)
    }
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
