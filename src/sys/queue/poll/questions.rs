// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one wait asks about, which holds the answers afterwards.

use super::super::{Event, EventList, Watch, descriptor_of};
use super::{SLICE, in_slices, look, translate};
use alloc::vec::Vec;
use core::ffi::{c_int, c_short};

/// What to ask, and which descriptor the answer is for.
pub(super) type Question = (libc::pollfd, u64);

/// A question about one descriptor.
pub(in super::super) fn query(fd: c_int, events: c_short) -> libc::pollfd {
    libc::pollfd { fd, events, revents: 0 }
}

pub(super) fn question(watch: Watch) -> Question {
    let bit = |on: bool, bit: c_short| if on { bit } else { 0 };
    let events = bit(watch.read, libc::POLLIN) | bit(watch.write, libc::POLLOUT);
    let fd = descriptor_of(watch.token);
    // poll(2) ignores negative numbers.
    (query(if watch.error_lasts { !fd } else { fd }, events), watch.token)
}

/// In an answer: an error that lasted is gone. It is never asked for, so the kernel does not answer it.
const ERROR_IS_GONE: c_short = libc::POLLPRI;

/// The token of the backend's own pipe; no registration has it.
pub(super) const WAKE: u64 = u64::MAX;

/// The questions of one wait, which hold the answers afterwards.
pub(in super::super) struct Events {
    pub(super) queries: Vec<libc::pollfd>,
    tokens: Vec<u64>,
    /// Where there is no memory for the above.
    pub(super) few: Option<Few>,
    /// There are descriptors whose error lasts; their numbers are complemented until after the wait.
    pub(super) lasting_errors: bool,
}

/// A few questions.
pub(super) struct Few {
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
    pub(super) fn list(&mut self, pipe: Option<Question>, watches: impl Iterator<Item = Watch>) -> bool {
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
    pub(super) fn few_by_few(
        &mut self,
        pipe: Option<Question>,
        watches: impl Iterator<Item = Watch>,
    ) -> usize {
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
    pub(super) fn look_for_news(&mut self) -> usize {
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
    pub(super) fn woken(&self) -> bool {
        self.answers().next().is_some_and(|(_, token)| token == WAKE)
    }
}
