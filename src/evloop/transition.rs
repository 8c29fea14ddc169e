// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every transition that the state of a descriptor can make.
//!
//! None of them has a side effect. Callers apply them with compare-and-swap, so that reading, writing and dropping a wish
//! need no lock, in signal handlers and in any thread.

use super::word::*;
use crate::sys::{Report, Scope};

/// Bits of a state that change.
#[derive(Clone, Copy)]
struct Change {
    clear: u64,
    set: u64,
}

/// What each report changes, besides the count of events.
const CHANGES: [Change; Report::SETS] = {
    let mut table = [Change { clear: EVENTS_MASK | SPENT, set: 0 }; Report::SETS];
    let mut bits = 0;
    while bits < table.len() {
        let (report, change) = (Report::of_bits(bits as u8), &mut table[bits]);
        if report.has(Report::SPENT) {
            change.set |= SPENT;
        }
        if report.has(Report::STREAM_LIKE) {
            change.set |= STREAM_LIKE;
        }
        if report.has(Report::READABLE) {
            change.clear |= notes(Direction::Read);
            change.set |= ready_bit(Direction::Read);
        }
        if report.has(Report::WRITABLE) {
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
    pub const fn introduced(self, generation: u32, nonblock: bool, can_write: bool) -> Self {
        let kept = self.0 & (WISHES | LINKS | ARMED | DUE | SHARED);
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
        Word(self.0 & LINKS)
    }

    /// True if nothing is known in this direction, and the kernel will tell: then a wish is a bit and no more.
    #[inline(always)]
    pub const fn left_to_kernel(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.noteworthy(direction)
    }

    /// A wish, and what it takes to fulfil it.
    #[inline(always)]
    pub const fn wished(self, direction: Direction) -> (Self, Need) {
        let mut word = self.with(wish_bit(direction));
        let presumed = matches!(direction, Direction::Write) && word.has(PRESUMED);
        // The program stopped wishing after a write that took everything: there is room for the next.
        if presumed && word.has(unsure_bit(direction)) && !self.has(wish_bit(direction)) {
            word = word.without(unsure_bit(direction)).with(ready_bit(direction));
        }
        // News of data may be old: the program may have read it meanwhile, by calls of its own. (The like for writing is
        // left to the program's next write, because every answer begins with such a wish.)
        let news = matches!(direction, Direction::Read) && word.has(WATCHED) && !word.has(QUEUED);
        if news && word.has(ready_bit(direction)) && !self.has(wish_bit(direction)) {
            word = word.without(ready_bit(direction)).with(unsure_bit(direction));
        }
        let need = if !word.registered() {
            Need::Watch
        } else if word.noteworthy(direction) && !word.has(linked_bit(direction)) {
            Need::List
        } else {
            Need::Nothing
        };
        (word, need)
    }

    /// True if a wish in this direction belongs in a list.
    #[inline(always)]
    pub const fn noteworthy(self, direction: Direction) -> bool {
        let unasked = if matches!(direction, Direction::Write) { HALF } else { 0 };
        self.has(ready_bit(direction) | unsure_bit(direction) | REFUSED | unasked)
    }

    /// Marked as linked wherever it belongs in a list. The caller puts it there.
    #[inline(always)]
    pub const fn enlisted(self) -> Self {
        let mut word = self;
        if word.has(wish_bit(Direction::Read)) && word.noteworthy(Direction::Read) {
            word = word.with(linked_bit(Direction::Read));
        }
        if word.has(wish_bit(Direction::Write)) && word.noteworthy(Direction::Write) {
            word = word.with(linked_bit(Direction::Write));
        }
        word
    }

    /// The same where nothing but readiness can make it belong in one: behind a report.
    #[inline(always)]
    pub const fn listed_if_ready(self) -> Self {
        let fetchable = self.0 & self.0 >> READY_SHIFT & WISHES;
        Word(self.0 | fetchable << LINK_SHIFT)
    }

    /// Its turn in a list has come: unlinked, unless it belongs into one again.
    #[inline(always)]
    pub const fn unlinked(self, direction: Direction) -> Self {
        if self.lacks_a_reason(direction) { self.without(linked_bit(direction)) } else { self }
    }

    /// True if it belongs in no list.
    #[inline(always)]
    pub const fn lacks_a_reason(self, direction: Direction) -> bool {
        !self.has(wish_bit(direction)) || !self.noteworthy(direction)
    }

    /// The kernel reported something.
    #[inline(always)]
    pub const fn reported(self, report: Report) -> Self {
        let events = self.0.wrapping_add(1 << EVENTS_SHIFT) & EVENTS_MASK;
        let Change { clear, set } = CHANGES[report.bits() as usize % Report::SETS];
        Word(self.0 & !clear | set | events)
    }

    /// `io_queueforread` or `io_queueforwrite`: ready because the program says so.
    pub const fn queued(self, direction: Direction) -> Self {
        let word = self.without(notes(direction)).with(ready_bit(direction));
        if matches!(direction, Direction::Read) { word.with(QUEUED) } else { word }
    }

    /// `io_canread` or `io_canwrite` returns the descriptor.
    #[inline(always)]
    pub const fn handed_out(self, direction: Direction) -> Self {
        self.without(notes(direction)).with(unsure_bit(direction))
    }

    /// The kernel is asked to report again what is ready now: that settles the doubts, and leaves alone what is known.
    ///
    /// Whom we have to ask about, and who is no stream that a short read empties, we would have to ask about at each event. The
    /// question costs no more if it is "tell me for as long as it is readable"; then it was the last one. (Not of a
    /// descriptor whose readiness for writing is wished for: a peer that reads fast would have it reported at each wait.)
    pub const fn rearmed(self, levels: bool) -> Self {
        let read = if self.has(unsure_bit(Direction::Read)) { notes(Direction::Read) } else { 0 };
        let write = if self.has(unsure_bit(Direction::Write)) { notes(Direction::Write) } else { 0 };
        let word = self.without(read | write);
        let reading_alone = self.has(wish_bit(Direction::Read)) && !self.has(wish_bit(Direction::Write));
        if self.has(LEVEL) && !reading_alone {
            word.without(LEVEL | HALF).with(FICKLE)
        } else if self.has(wish_bit(Direction::Write)) {
            word.without(HALF)
        } else if levels
            && reading_alone
            && read != 0
            && !self.has(FICKLE)
            && !matches!(self.kind(), Kind::Stream | Kind::LocalStream)
        {
            word.with(LEVEL | HALF)
        } else {
            word
        }
    }

    /// True if only the kernel can say whether it is ready in this direction, and has to be asked.
    pub const fn open_question(self, direction: Direction) -> bool {
        self.noteworthy(direction) && !self.has(ready_bit(direction) | REFUSED)
    }

    /// The kernel has reported what nobody wishes to hear, or what is known already, and would do so at each wait: once is
    /// enough from now on.
    pub const fn calmed(self) -> Self {
        self.without(LEVEL).with(FICKLE)
    }

    /// True if the report that led to this state from `before` was one of those.
    #[inline(always)]
    pub const fn nags(self, before: Word) -> bool {
        self.has(LEVEL) && (!self.has(wish_bit(Direction::Read)) || before.has(ready_bit(Direction::Read)))
    }

    /// What the kernel is to watch it for.
    pub const fn scope(self) -> Scope {
        if self.has(LEVEL) {
            Scope::ReadingLevel
        } else if self.has(HALF) {
            Scope::Reading
        } else {
            Scope::Both
        }
    }

    /// Nothing is known of what is ready: the kernel will tell.
    pub const fn blank(self) -> Self {
        self.without(notes(Direction::Read) | notes(Direction::Write))
    }

    /// The number was closed without our knowledge: there is nothing to watch, and nothing to wish for.
    pub const fn vanished(self) -> Self {
        self.blank().without(WISHES | WATCHED | HALF | LEVEL)
    }

    /// In a forked child: the kernel objects and queues of the parent are not ours.
    pub const fn inherited(self) -> Self {
        let word = self.without(LINKS | REFUSED | UNWATCHABLE);
        if word.has(WATCHED) { word.blank().without(WATCHED | HALF | LEVEL) } else { word }
    }

    /// The program says that its last call gave EAGAIN. Of what was not handed out to it that may be older than the news.
    pub const fn exhausted(self, direction: Direction) -> Self {
        if self.has(UNWATCHABLE) {
            self
        } else if self.has(ready_bit(direction)) {
            self.without(notes(direction)).with(unsure_bit(direction))
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
        if changed >> GENERATION_SHIFT != 0 || self.has(UNWATCHABLE) {
            return self;
        }
        let drained = match outcome {
            Outcome::Again => true,
            Outcome::Short => self.has(WATCHED) && !self.has(SPENT) && self.ends_short(direction),
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
            return if read && self.has(linked_bit(direction)) { word.with(DRAINED) } else { word };
        }
        let mut word = self;
        if self.has(ready_bit(direction)) {
            word = self.without(ready_bit(direction)).with(unsure_bit(direction));
        }
        match (direction, outcome) {
            (Direction::Write, Outcome::Full) => word.with(PRESUMED),
            (Direction::Write, _) => word.without(PRESUMED),
            (Direction::Read, _) => word,
        }
    }
}

#[cfg(test)]
mod tests;
