// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is looked at before the kernel is polled: readiness that may be stale, registrations to be tried again, terminals.

use super::list::List;
use super::table::Entry;
use super::word::{
    ALWAYS_READY, DRAINED, Direction, FileKind, RETRY_REGISTRATION, SHORT_READ, WATCHED, Word, queued_bit,
    ready_bit, stale_bit,
};
use super::{Loop, RECHECK_READY_LISTS};
use crate::sys::fd;
use core::sync::atomic::Ordering::AcqRel;

/// Descriptors that a recheck sets aside.
pub(super) struct Aside {
    /// The kernel has no memory or quota to watch them: they count as ready.
    unregistered: [List; 2],
    /// Terminals that are not writable: to be looked at again at an interval.
    terminals: List,
}

impl Aside {
    pub(super) const fn new() -> Self {
        Aside { unregistered: [List::new(), List::new()], terminals: List::new() }
    }
}

impl Loop {
    /// Goes through everything stale: without interest, ready after all, or to be asked of the kernel again. True if
    /// the kernel has been asked and must be polled.
    pub(super) fn recheck(&mut self, aside: &mut Aside) -> bool {
        self.adopt();
        self.forced = false;
        let mut asked = false;
        // The ready lists are looked at only if reads or writes have made something there stale.
        let all = RECHECK_READY_LISTS.swap(false, AcqRel);
        asked |= self.recheck_direction(Direction::Read, DRAINED, all, aside);
        asked |= self.recheck_direction(Direction::Write, 0, all, aside);
        asked
    }

    /// The part of `recheck` for one direction; `round_mark` is forgotten at the end of a round.
    #[inline(always)]
    fn recheck_direction(
        &mut self,
        direction: Direction,
        round_mark: u64,
        all: bool,
        aside: &mut Aside,
    ) -> bool {
        let stale = self.stale[direction as usize].take();
        let mut list = match all {
            true => self.ready[direction as usize].take().followed_by(direction, stale),
            false => stale,
        };
        let mut asked = false;
        while let Some((fd, entry)) = list.pop(direction) {
            let word = entry.load();
            // Most have been drained, or have no interest any more.
            let left = word.without(round_mark | queued_bit(direction));
            if word.needs_no_queue(direction) && entry.exchange(word, left) {
                continue;
            }
            let (_, word) = entry.update(|word| word.without(round_mark).dequeued(direction));
            if word.has(queued_bit(direction)) {
                asked |= self.recheck_one(fd, entry, direction, word, aside);
            }
        }
        asked
    }

    /// The part of `recheck` for a descriptor with interest.
    #[inline(never)]
    fn recheck_one(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        direction: Direction,
        word: Word,
        aside: &mut Aside,
    ) -> bool {
        let retried = word.has(RETRY_REGISTRATION);
        let word = if retried {
            // Whatever is ready will be reported, if that succeeds.
            entry.update(Word::blank_but_forced);
            self.watch(fd, entry);
            entry.load()
        } else {
            self.find_out_more(fd, entry, direction, word)
        };
        if word.has(RETRY_REGISTRATION) {
            aside.unregistered[direction as usize].push(direction, fd, entry);
            return false;
        }
        let asked = retried && word.has(WATCHED);
        if word.has(ready_bit(direction)) {
            self.push_ready(direction, fd, entry);
            return asked;
        }
        if word.has(ALWAYS_READY) {
            entry.update(|word| word.without(stale_bit(direction)).with(ready_bit(direction)));
            self.push_ready(direction, fd, entry);
            return false;
        }
        if word.needs_interval(direction) {
            aside.terminals.push(direction, fd, entry);
            return asked;
        }
        if word.has(stale_bit(direction)) && word.waits_out_an_error(direction) {
            entry.update(|word| word.would_block(direction));
        }
        let (_, word) = entry.update(|word| word.dequeued(direction));
        if !word.has(queued_bit(direction)) {
            return asked;
        }
        entry.update(|word| word.without(queued_bit(direction)));
        self.rearm(fd, entry) || asked
    }

    /// What the kind of a stale descriptor says about it: a short read may have proved it drained, and a terminal has to be
    /// looked at directly.
    fn find_out_more(&mut self, fd: u32, entry: &'static Entry, direction: Direction, word: Word) -> Word {
        let unproved = word.has(SHORT_READ) && word.kind() == FileKind::AssumedTcp;
        let unknown = direction == Direction::Write && word.kind() == FileKind::Unknown;
        if unproved || unknown {
            let kind = FileKind::of(fd as i32);
            entry.update(|word| word.proved(kind));
        }
        let word = entry.load();
        if !word.needs_interval(direction) || word.has(ready_bit(direction)) {
            return word;
        }
        let writable = fd::is_writable(fd as i32).unwrap_or(true);
        let looked_at = |word: Word| {
            let word = word.without(stale_bit(direction));
            if writable { word.with(ready_bit(direction)) } else { word }
        };
        entry.update(looked_at).1
    }

    /// True if a ready round would return anything. Passes over what has no interest any more.
    pub(super) fn anything_deliverable(&mut self) -> bool {
        let mut any = false;
        for direction in Direction::BOTH {
            any |= self.ready[direction as usize].first().is_some() && self.first_is_deliverable(direction);
        }
        any
    }

    #[inline(never)]
    fn first_is_deliverable(&mut self, direction: Direction) -> bool {
        while let Some((fd, entry)) = self.ready[direction as usize].front() {
            if self.confirm(fd, entry, direction) {
                return true;
            }
            self.ready[direction as usize].advance(direction, entry);
            self.put_back(fd, entry, direction);
        }
        false
    }

    /// Queues a descriptor again that was taken out of a list, if it belongs into one.
    #[inline(never)]
    pub(super) fn put_back(&mut self, fd: u32, entry: &'static Entry, direction: Direction) {
        let (_, word) = entry.update(|word| word.dequeued(direction));
        if word.has(queued_bit(direction)) {
            self.append(fd, entry, direction, word);
        }
    }

    /// True if anything has become stale since the last recheck.
    pub(super) fn anything_stale(&self) -> bool {
        self.stale.iter().any(|list| list.first().is_some())
    }

    /// Counts what could not be registered as ready. True if there is anything.
    pub(super) fn assume_unregistered_ready(&mut self, aside: &mut Aside) -> bool {
        let mut any = false;
        for (list, direction) in aside.unregistered.iter_mut().zip(Direction::BOTH) {
            any |= list.first().is_some() && self.assume_all_ready(list, direction);
        }
        any
    }

    #[cold]
    #[inline(never)]
    fn assume_all_ready(&mut self, list: &mut List, direction: Direction) -> bool {
        while let Some((fd, entry)) = list.pop(direction) {
            self.push_ready(direction, fd, entry);
        }
        true
    }

    /// Has the next recheck look at the terminals again. True if there are any.
    pub(super) fn keep_terminals(&mut self, aside: &mut Aside) -> bool {
        let terminals = aside.terminals.take();
        let any = terminals.first().is_some();
        let list = &mut self.stale[Direction::Write as usize];
        *list = terminals.followed_by(Direction::Write, list.take());
        any
    }
}
