// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every transition that the state of a descriptor can make.
//!
//! None of them has a side effect. Callers apply them with compare-and-swap, so that reading, writing and dropping a wish
//! need no lock, in signal handlers and in any thread.

use super::word::*;
use crate::sys::{Readiness, WatchMode};

/// Bits of a state that change.
#[derive(Clone, Copy)]
struct Change {
    clear: u64,
    set: u64,
}

/// What each report changes, besides the count of events.
const CHANGES: [Change; Readiness::SETS] = {
    let mut table = [Change { clear: EVENTS_MASK | HANGUP_SEEN, set: 0 }; Readiness::SETS];
    let mut bits = 0;
    while bits < table.len() {
        let (report, change) = (Readiness::of_bits(bits as u8), &mut table[bits]);
        if report.has(Readiness::HANGUP_SEEN) {
            change.set |= HANGUP_SEEN;
        }
        if report.has(Readiness::STREAM_LIKE) {
            change.set |= STREAM_LIKE;
        }
        if report.has(Readiness::READABLE) {
            change.clear |= notes(Direction::Read);
            change.set |= ready_bit(Direction::Read);
        }
        if report.has(Readiness::WRITABLE) {
            change.clear |= notes(Direction::Write);
            change.set |= ready_bit(Direction::Write);
        }
        bits += 1;
    }
    table
};

impl Word {
    /// `io_fd`: a descriptor becomes known, or is made known again. The number may have been closed and given
    /// out anew behind our back, so only what the program asked for is kept, and its place in the lists.
    pub const fn registered_anew(self, generation: u32, nonblock: bool, can_write: bool) -> Self {
        let kept = self.0 & (INTEREST | QUEUED | ARMED | EXPIRED | SHARED);
        let mut word = Word(kept | KNOWN).with_generation(generation);
        if nonblock {
            word = word.with(NONBLOCK);
        }
        if can_write {
            word = word.with(ready_bit(Direction::Write));
        }
        word
    }

    /// `io_close`: nothing is known any more. The place in the lists stays until somebody walks by.
    pub const fn forgotten(self) -> Self {
        Word(self.0 & QUEUED)
    }

    /// True if nothing is known in this direction, and the kernel will tell: then a wish is a bit and no more.
    #[inline(always)]
    pub const fn left_to_kernel(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.needs_queue(direction)
    }

    /// A wish, and what it takes to fulfil it.
    #[inline(always)]
    pub const fn with_interest(self, direction: Direction) -> (Self, Need) {
        let mut word = self.with(interest_bit(direction));
        let presumed = matches!(direction, Direction::Write) && word.has(ASSUMED_WRITABLE);
        // The program stopped wishing after a write that took everything: there is room for the next.
        if presumed && word.has(stale_bit(direction)) && !self.has(interest_bit(direction)) {
            word = word.without(stale_bit(direction)).with(ready_bit(direction));
        }
        // News of data may be old: the program may have read it meanwhile, by calls of its own. (The like for writing is
        // left to the program's next write, because every answer begins with such a wish.)
        let news = matches!(direction, Direction::Read) && word.has(WATCHED) && !word.has(FORCED_READY);
        if news && word.has(ready_bit(direction)) && !self.has(interest_bit(direction)) {
            word = word.without(ready_bit(direction)).with(stale_bit(direction));
        }
        let need = if !word.registered() {
            Need::Watch
        } else if word.needs_queue(direction) && !word.has(queued_bit(direction)) {
            Need::List
        } else {
            Need::Nothing
        };
        (word, need)
    }

    /// True if a wish in this direction belongs in a list.
    #[inline(always)]
    pub const fn needs_queue(self, direction: Direction) -> bool {
        let unasked = if matches!(direction, Direction::Write) { READ_ONLY } else { 0 };
        self.has(ready_bit(direction) | stale_bit(direction) | RETRY_REGISTRATION | unasked)
    }

    /// Marked as linked wherever it belongs in a list. The caller puts it there.
    #[inline(always)]
    pub const fn enqueued(self) -> Self {
        let mut word = self;
        if word.has(interest_bit(Direction::Read)) && word.needs_queue(Direction::Read) {
            word = word.with(queued_bit(Direction::Read));
        }
        if word.has(interest_bit(Direction::Write)) && word.needs_queue(Direction::Write) {
            word = word.with(queued_bit(Direction::Write));
        }
        word
    }

    /// The same where nothing but readiness can make it belong in one: behind a report.
    #[inline(always)]
    pub const fn enqueued_if_ready(self) -> Self {
        let deliverable = self.0 & self.0 >> READY_SHIFT & INTEREST;
        Word(self.0 | deliverable << QUEUED_SHIFT)
    }

    /// Its turn in a list has come: unlinked, unless it belongs into one again.
    #[inline(always)]
    pub const fn dequeued(self, direction: Direction) -> Self {
        if self.needs_no_queue(direction) { self.without(queued_bit(direction)) } else { self }
    }

    /// True if it belongs in no list.
    #[inline(always)]
    pub const fn needs_no_queue(self, direction: Direction) -> bool {
        !self.has(interest_bit(direction)) || !self.needs_queue(direction)
    }

    /// The kernel reported something.
    #[inline(always)]
    pub const fn reported(self, report: Readiness) -> Self {
        let events = self.0.wrapping_add(1 << EVENTS_SHIFT) & EVENTS_MASK;
        let Change { clear, set } = CHANGES[report.bits() as usize % Readiness::SETS];
        Word(self.0 & !clear | set | events)
    }

    /// `io_queueforread` or `io_queueforwrite`: ready because the program says so.
    pub const fn queued(self, direction: Direction) -> Self {
        let word = self.without(notes(direction)).with(ready_bit(direction));
        if matches!(direction, Direction::Read) { word.with(FORCED_READY) } else { word }
    }

    /// `io_canread` or `io_canwrite` returns the descriptor.
    #[inline(always)]
    pub const fn delivered(self, direction: Direction) -> Self {
        self.without(notes(direction)).with(stale_bit(direction))
    }

    /// The kernel is asked to report again what is ready now: that settles the doubts, and leaves alone what is known.
    ///
    /// Whom we have to ask about, and who is no stream that a short read empties, we would have to ask about at each event. The
    /// question costs no more if it is "tell me for as long as it is readable"; then it was the last one. (Not of a
    /// descriptor whose readiness for writing is wished for: a peer that reads fast would have it reported at each wait.)
    pub const fn rearmed(self, levels: bool) -> Self {
        let read = if self.has(stale_bit(Direction::Read)) { notes(Direction::Read) } else { 0 };
        let write = if self.has(stale_bit(Direction::Write)) { notes(Direction::Write) } else { 0 };
        let word = self.without(read | write);
        let reading_alone =
            self.has(interest_bit(Direction::Read)) && !self.has(interest_bit(Direction::Write));
        if self.has(LEVEL) && !reading_alone {
            word.without(LEVEL | READ_ONLY).with(NO_LEVEL)
        } else if self.has(interest_bit(Direction::Write)) {
            word.without(READ_ONLY)
        } else if levels
            && reading_alone
            && read != 0
            && !self.has(NO_LEVEL)
            && !matches!(self.kind(), Kind::Stream | Kind::LocalStream)
        {
            word.with(LEVEL | READ_ONLY)
        } else {
            word
        }
    }

    /// True if only the kernel can say whether it is ready in this direction, and has to be asked.
    pub const fn needs_recheck(self, direction: Direction) -> bool {
        self.needs_queue(direction) && !self.has(ready_bit(direction) | RETRY_REGISTRATION)
    }

    /// The kernel has reported what nobody wishes to hear, or what is known already, and would do so at each wait: once is
    /// enough from now on.
    pub const fn downgraded_to_edge(self) -> Self {
        self.without(LEVEL).with(NO_LEVEL)
    }

    /// True if the report that led to this state from `before` was one of those.
    #[inline(always)]
    pub const fn is_spurious(self, before: Word) -> bool {
        self.has(LEVEL)
            && (!self.has(interest_bit(Direction::Read)) || before.has(ready_bit(Direction::Read)))
    }

    /// What the kernel is to watch it for.
    pub const fn watch_mode(self) -> WatchMode {
        if self.has(LEVEL) {
            WatchMode::ReadingLevel
        } else if self.has(READ_ONLY) {
            WatchMode::Reading
        } else {
            WatchMode::Both
        }
    }

    /// Nothing is known of what is ready: the kernel will tell.
    pub const fn blank(self) -> Self {
        self.without(notes(Direction::Read) | notes(Direction::Write))
    }

    /// The number was closed without our knowledge: there is nothing to watch, and nothing to wish for.
    pub const fn closed_behind_our_back(self) -> Self {
        self.blank().without(INTEREST | WATCHED | READ_ONLY | LEVEL)
    }

    /// In a forked child: the kernel objects and queues of the parent are not ours.
    pub const fn inherited(self) -> Self {
        let word = self.without(QUEUED | RETRY_REGISTRATION | ALWAYS_READY);
        if word.has(WATCHED) { word.blank().without(WATCHED | READ_ONLY | LEVEL) } else { word }
    }

    /// The program says that its last call gave EAGAIN. Of what was not handed out to it that may be older than the news.
    pub const fn would_block(self, direction: Direction) -> Self {
        if self.has(ALWAYS_READY) {
            self
        } else if self.has(ready_bit(direction)) {
            self.without(notes(direction)).with(stale_bit(direction))
        } else {
            self.without(notes(direction))
        }
    }

    /// The last read emptied the stream, and this is the one time that we may say so unasked.
    pub const fn answers_again(self) -> bool {
        self.has(DRAINED)
    }

    /// True if a call that moves less than asked for has moved all that can be moved now.
    #[inline(always)]
    const fn ends_short(self, direction: Direction) -> bool {
        match self.kind() {
            Kind::Stream => true,
            Kind::LocalStream => matches!(direction, Direction::Read),
            _ => false,
        }
    }

    /// A read or write call that began in state `before` has ended.
    #[inline(always)]
    pub const fn moved(self, direction: Direction, before: Word, outcome: Outcome) -> Self {
        let changed = self.0 ^ before.0;
        if changed >> GENERATION_SHIFT != 0 || self.has(ALWAYS_READY) {
            return self;
        }
        let drained = match outcome {
            Outcome::Again => true,
            Outcome::Short => self.has(WATCHED) && !self.has(HANGUP_SEEN) && self.ends_short(direction),
            Outcome::Full => false,
            Outcome::Ended => return self,
        };
        if drained {
            if changed & EVENTS_MASK != 0 {
                // News came in between: the call's answer may be older.
                return self;
            }
            let word = self.without(notes(direction));
            // Only a descriptor in a list is sure to be looked at by the next wait, which ends the round.
            let read = matches!((direction, outcome), (Direction::Read, Outcome::Short));
            return if read && self.has(queued_bit(direction)) { word.with(DRAINED) } else { word };
        }
        let mut word = self;
        if self.has(ready_bit(direction)) {
            word = self.without(ready_bit(direction)).with(stale_bit(direction));
        }
        match (direction, outcome) {
            (Direction::Write, Outcome::Full) => word.with(ASSUMED_WRITABLE),
            (Direction::Write, _) => word.without(ASSUMED_WRITABLE),
            (Direction::Read, _) => word,
        }
    }
}

#[cfg(test)]
mod tests;
