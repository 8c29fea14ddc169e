//! Every transition that the state of a descriptor can make.
//!
//! None of them has a side effect. Callers apply them with compare-and-swap, so that reading, writing and dropping a wish
//! need no lock, in signal handlers and in any thread.

use super::word::*;

impl Word {
    /// `io_fd`: a descriptor becomes known, or is made known again. The number may have been closed and given
    /// out anew behind our back, so only what the program asked for is kept, and its place in the lists.
    pub const fn introduced(self, generation: u32, nonblock: bool, can_write: bool) -> Self {
        let kept = self.0 & (WISHES | LINKS | ARMED | DUE | SHARED);
        let mut word = Word(kept | KNOWN | (generation as u64) << GENERATION_SHIFT);
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

    /// A wish, and what it takes to fulfil it.
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
    pub const fn noteworthy(self, direction: Direction) -> bool {
        self.has(ready_bit(direction) | unsure_bit(direction) | REFUSED)
    }

    /// The kernel reported something.
    pub const fn reported(self, report: Report) -> Self {
        let events = self.0.wrapping_add(1 << EVENTS_SHIFT) & EVENTS_MASK;
        let mut word = Word(self.0 & !EVENTS_MASK | events).without(SPENT);
        if report.spent {
            word = word.with(SPENT);
        }
        if report.stream_like {
            word = word.with(STREAM_LIKE);
        }
        if report.readable {
            word = word.without(notes(Direction::Read)).with(ready_bit(Direction::Read));
        }
        if report.writable {
            word = word.without(notes(Direction::Write)).with(ready_bit(Direction::Write));
        }
        word
    }

    /// `io_queueforread` or `io_queueforwrite`: ready because the program says so.
    pub const fn queued(self, direction: Direction) -> Self {
        let word = self.without(notes(direction)).with(ready_bit(direction));
        if matches!(direction, Direction::Read) { word.with(QUEUED) } else { word }
    }

    /// `io_canread` or `io_canwrite` returns the descriptor.
    pub const fn handed_out(self, direction: Direction) -> Self {
        self.without(notes(direction)).with(unsure_bit(direction))
    }

    /// The kernel was asked to report again what is ready now: that settles the doubts, and leaves alone what is known.
    pub const fn rearmed(self) -> Self {
        let read = if self.has(unsure_bit(Direction::Read)) { notes(Direction::Read) } else { 0 };
        let write = if self.has(unsure_bit(Direction::Write)) { notes(Direction::Write) } else { 0 };
        self.without(read | write)
    }

    /// Nothing is known of what is ready: the kernel will tell.
    pub const fn blank(self) -> Self {
        self.without(notes(Direction::Read) | notes(Direction::Write))
    }

    /// The number was closed without our knowledge: there is nothing to watch, and nothing to wish for.
    pub const fn vanished(self) -> Self {
        self.blank().without(WISHES | WATCHED)
    }

    /// In a forked child: the kernel objects and queues of the parent are not ours.
    pub const fn inherited(self) -> Self {
        let word = self.without(LINKS | REFUSED | UNWATCHABLE);
        if word.has(WATCHED) { word.blank().without(WATCHED) } else { word }
    }

    /// The program, or the kernel by our own call, said EAGAIN.
    pub const fn exhausted(self, direction: Direction) -> Self {
        if self.has(UNWATCHABLE) { self } else { self.without(notes(direction)) }
    }

    /// The last read emptied the stream, and this is the one time that we may say so unasked.
    pub const fn answers_again(self) -> bool {
        self.has(DRAINED)
    }

    /// A read or write call that began in state `before` has ended.
    pub const fn moved(self, direction: Direction, before: Word, outcome: Outcome) -> Self {
        let same_registration = self.generation() == before.generation();
        let same_event = (self.0 ^ before.0) & EVENTS_MASK == 0;
        if !same_registration || self.has(UNWATCHABLE) {
            return self;
        }
        let drained = match outcome {
            Outcome::Again => true,
            Outcome::Short => matches!(self.kind(), Kind::Stream) && self.has(WATCHED) && !self.has(SPENT),
            Outcome::Full | Outcome::Ended => false,
        };
        if drained && !same_event {
            // News came in between: the call's answer may be older.
            return self;
        }
        match (drained, direction, outcome) {
            // Only a descriptor in a list is sure to be looked at by the next wait, which ends the round.
            (true, Direction::Read, Outcome::Short) if self.has(linked_bit(direction)) => {
                self.without(notes(direction)).with(DRAINED)
            }
            (true, ..) => self.without(notes(direction)),
            (false, _, Outcome::Ended) => self,
            (false, ..) => {
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
    }
}

#[cfg(test)]
mod tests;
