// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every transition that the state of a descriptor can make.
//!
//! None of them has a side effect. Callers apply them with compare-and-swap, so that reading, writing and dropping an
//! interest need no lock, in signal handlers and in any thread. What a call's outcome means is in [`super::outcome`].

use super::word::*;
use crate::sys::{Readiness, WatchMode};

/// Bits of a state that change.
#[derive(Clone, Copy)]
struct Change {
    clear: u64,
    set: u64,
}

/// What each event changes, besides the counts.
const CHANGES: [Change; Readiness::SETS] = {
    let mut table = [Change { clear: EVENTS_MASK | HANGUP_SEEN | ERRORS, set: 0 }; Readiness::SETS];
    let mut bits = 0;
    while bits < table.len() {
        let (readiness, change) = (Readiness::of_bits(bits as u8), &mut table[bits]);
        if readiness.has(Readiness::HANGUP) {
            change.set |= HANGUP_SEEN;
        }
        if readiness.has(Readiness::STREAM_LIKE) {
            change.set |= STREAM_LIKE;
        }
        if readiness.has(Readiness::URGENT) {
            change.set |= URGENT_SEEN;
        }
        if readiness.has(Readiness::READABLE) {
            change.clear |= notes(Direction::Read);
            change.set |= ready_bit(Direction::Read);
        }
        if readiness.has(Readiness::WRITABLE) {
            change.clear |= notes(Direction::Write);
            change.set |= ready_bit(Direction::Write);
        }
        bits += 1;
    }
    table
};

impl Word {
    /// `io_fd`: a descriptor is registered, or registered again. The number may have been closed and given out anew behind
    /// our back, so only what the program asked for is kept, its place in the lists, and that urgent data were seen: if it is
    /// the same stream, its mark may still stand where no event shows it, and if it is not, that costs a recheck.
    pub(crate) const fn registered_anew(self, generation: u32, nonblock: bool, can_write: bool) -> Self {
        let kept = self.0 & (INTEREST | QUEUED | ARMED | EXPIRED | SHARED | HAD_INTEREST | URGENT_SEEN);
        let mut word = Word(kept | REGISTERED).with_generation(generation);
        if nonblock {
            word = word.with(NONBLOCK);
        }
        if can_write {
            word = word.with(ready_bit(Direction::Write));
        }
        word
    }

    /// `io_close`: nothing is known any more. The place in the lists stays until its turn comes.
    pub(crate) const fn forgotten(self) -> Self {
        Word(self.0 & QUEUED)
    }

    /// True if nothing is known in this direction, and the kernel will report readiness: then an interest is a bit and no more.
    #[inline(always)]
    pub(crate) const fn left_to_kernel(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.needs_queue(direction)
    }

    /// An interest, and what it takes to serve it.
    #[inline(always)]
    pub(crate) const fn with_interest(self, direction: Direction) -> (Self, Need) {
        let mut word = self.with(interest_bit(direction));
        let assumed = matches!(direction, Direction::Write) && word.has(ASSUMED_WRITABLE);
        // The program dropped its interest after a write that took everything: the next one is assumed to fit.
        if assumed && word.has(stale_bit(direction)) && !self.has(interest_bit(direction)) {
            word = word.without(stale_bit(direction)).with(ready_bit(direction));
        }
        // Readiness for reading may be out of date: the program may have read by calls of its own. (For writing that is left
        // to the program's next write, because every response begins with such an interest.)
        let reading = matches!(direction, Direction::Read) && word.has(WATCHED);
        let known = reading && word.has(ready_bit(direction)) && !word.has(forced_bit(direction));
        if known && !self.has(interest_bit(direction)) {
            word = word.without(ready_bit(direction)).with(stale_bit(direction));
        }
        let need = if !word.watch_tried() {
            Need::Watch
        } else if word.needs_queue(direction) && !word.has(queued_bit(direction)) {
            Need::List
        } else {
            Need::Nothing
        };
        (word, need)
    }

    /// True if an interest in this direction belongs in a list.
    #[inline(always)]
    pub(crate) const fn needs_queue(self, direction: Direction) -> bool {
        let unasked = if matches!(direction, Direction::Write) { READ_ONLY } else { 0 };
        self.has(ready_bit(direction) | stale_bit(direction) | RETRY_REGISTRATION | unasked)
            || self.needs_interval(direction)
    }

    /// True if the kernel does not reliably report this direction: it has to be looked at again and again. A terminal may
    /// become writable some time after the wake-up that announces it, when a work queue of the kernel has caught up.
    #[inline(always)]
    pub(crate) const fn needs_interval(self, direction: Direction) -> bool {
        matches!(direction, Direction::Write) && matches!(self.kind(), FileKind::Terminal)
    }

    /// Marked as queued wherever it belongs in a list. The caller puts it there.
    #[inline(always)]
    pub(crate) const fn enqueued(self) -> Self {
        let mut word = self;
        if word.has(interest_bit(Direction::Read)) && word.needs_queue(Direction::Read) {
            word = word.with(queued_bit(Direction::Read));
        }
        if word.has(interest_bit(Direction::Write)) && word.needs_queue(Direction::Write) {
            word = word.with(queued_bit(Direction::Write));
        }
        word
    }

    /// The same where nothing but readiness can make it belong in one: behind an event.
    #[inline(always)]
    pub(crate) const fn enqueued_if_ready(self) -> Self {
        let deliverable = self.0 & self.0 >> READY_SHIFT & INTEREST;
        Word(self.0 | deliverable << QUEUED_SHIFT)
    }

    /// Its turn in a list has come: out of the list, unless it belongs into one again.
    #[inline(always)]
    pub(crate) const fn dequeued(self, direction: Direction) -> Self {
        if self.needs_no_queue(direction) { self.without(queued_bit(direction)) } else { self }
    }

    /// True if it belongs in no list.
    #[inline(always)]
    pub(crate) const fn needs_no_queue(self, direction: Direction) -> bool {
        !self.has(interest_bit(direction)) || !self.needs_queue(direction)
    }

    /// The kernel reported an event.
    #[inline(always)]
    pub(crate) const fn reported(self, readiness: Readiness) -> Self {
        let events =
            if self.lost_count() { EVENTS_MASK } else { (self.0 & EVENTS_MASK) + (1 << EVENTS_SHIFT) };
        let Change { clear, set } = CHANGES[readiness.bits() as usize % Readiness::SETS];
        let word = Word(self.0 & !clear | set | events);
        if readiness.has(Readiness::ERROR_ALONE) || word.has(ERROR_ROUNDS) {
            word.counting_errors(readiness)
        } else {
            word
        }
    }

    /// The part of `reported` that counts how often an error condition alone made it ready. Zero again once there is none.
    #[inline(never)]
    const fn counting_errors(self, readiness: Readiness) -> Self {
        let mut errors = 0;
        if readiness.has(Readiness::READ_ERROR_ALONE) {
            errors |= error_bit(Direction::Read);
        }
        if readiness.has(Readiness::WRITE_ERROR_ALONE) {
            errors |= error_bit(Direction::Write);
        }
        let rounds = self.0 & ERROR_ROUNDS;
        let rounds = match (errors, rounds) {
            (0, _) => 0,
            (_, ERROR_ROUNDS) => ERROR_ROUNDS,
            _ => rounds + (1 << ERROR_ROUNDS_SHIFT),
        };
        Word(self.0 & !ERROR_ROUNDS | errors | rounds)
    }

    /// True if there is nothing to ask of the kernel though this direction is stale: an error condition lasts that the
    /// program does not take away, and data or room would make a new event.
    pub(crate) const fn waits_out_an_error(self, direction: Direction) -> bool {
        self.error_lasts() && self.has(error_bit(direction))
    }

    /// `io_queueforread` or `io_queueforwrite`: ready because the program says so.
    pub(crate) const fn forced(self, direction: Direction) -> Self {
        self.without(notes(direction)).with(ready_bit(direction) | forced_bit(direction))
    }

    /// `io_canread` or `io_canwrite` returns the descriptor.
    #[inline(always)]
    pub(crate) const fn delivered(self, direction: Direction) -> Self {
        self.without(notes(direction)).with(stale_bit(direction))
    }

    /// The kernel is asked to report again what is ready now: that answers what is stale, and leaves alone what is known.
    ///
    /// A descriptor whose short reads do not prove that it is drained would need a recheck per event; make it
    /// level-triggered instead, and this recheck is the last one. (Not with write interest: a peer that reads fast would
    /// have it reported at each wait.)
    pub(crate) const fn rearmed(self, modes: bool) -> Self {
        let read = if self.has(stale_bit(Direction::Read)) { notes(Direction::Read) } else { 0 };
        let write = if self.has(stale_bit(Direction::Write)) { notes(Direction::Write) } else { 0 };
        let word = self.without(read | write);
        let reading_alone =
            self.has(interest_bit(Direction::Read)) && !self.has(interest_bit(Direction::Write));
        if self.has(LEVEL_TRIGGERED) && !reading_alone {
            word.without(LEVEL_TRIGGERED | READ_ONLY).with(NO_LEVEL)
        } else if self.has(interest_bit(Direction::Write)) {
            word.without(READ_ONLY)
        } else if modes
            && reading_alone
            && read != 0
            && !self.has(NO_LEVEL | HANGUP_SEEN)
            && !matches!(self.kind(), FileKind::Tcp | FileKind::AssumedTcp | FileKind::LocalStream)
        {
            word.with(LEVEL_TRIGGERED | READ_ONLY)
        } else {
            word
        }
    }

    /// True if only the kernel can say whether it is ready in this direction, and has to be asked.
    pub(crate) const fn needs_recheck(self, direction: Direction) -> bool {
        self.needs_queue(direction) && !self.has(ready_bit(direction) | RETRY_REGISTRATION)
    }

    /// The kernel has reported what the program has no interest in, or what is known already, or an error that may last, and
    /// would do so at each wait: edge-triggered from now on.
    pub(crate) const fn downgraded_to_edge(self) -> Self {
        self.without(LEVEL_TRIGGERED).with(NO_LEVEL)
    }

    /// True if the event that led to this state from `before` was one of those.
    #[inline(always)]
    pub(crate) const fn is_spurious(self, before: Word) -> bool {
        self.has(LEVEL_TRIGGERED)
            && (!self.has(interest_bit(Direction::Read))
                || before.has(ready_bit(Direction::Read))
                || self.has(HANGUP_SEEN))
    }

    /// What the kernel is to watch it for.
    pub(crate) const fn watch_mode(self) -> WatchMode {
        if self.has(LEVEL_TRIGGERED) {
            WatchMode::ReadingLevel
        } else if self.has(READ_ONLY) {
            WatchMode::Reading
        } else {
            WatchMode::Both
        }
    }

    /// Nothing is known of what is ready: the kernel will report it.
    pub(crate) const fn blank(self) -> Self {
        self.without(notes(Direction::Read) | notes(Direction::Write))
    }

    /// The same, except for what the program has declared to be ready.
    pub(crate) const fn blank_but_forced(self) -> Self {
        let mut word = self;
        if !word.has(forced_bit(Direction::Read)) {
            word = word.without(notes(Direction::Read));
        }
        if !word.has(forced_bit(Direction::Write)) {
            word = word.without(notes(Direction::Write));
        }
        word
    }

    /// The number was closed without our knowledge: there is nothing to watch, and no interest.
    pub(crate) const fn closed_behind_our_back(self) -> Self {
        self.blank().without(INTEREST | HAD_INTEREST | WATCHED | READ_ONLY | LEVEL_TRIGGERED)
    }

    /// In a forked child: the kernel objects and queues of the parent are not ours.
    pub(crate) const fn inherited(self) -> Self {
        let word = self.without(QUEUED | RETRY_REGISTRATION | ALWAYS_READY);
        if word.has(WATCHED) { word.blank().without(WATCHED | READ_ONLY | LEVEL_TRIGGERED) } else { word }
    }
}

#[cfg(test)]
mod tests;
