// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the outcome of a read or write call says about readiness.

use super::word::*;

impl Word {
    /// The program says that its last call gave EAGAIN. If the descriptor is still ready, the EAGAIN may predate the event.
    pub(crate) const fn would_block(self, direction: Direction) -> Self {
        if self.has(ALWAYS_READY) {
            self
        } else if self.has(ready_bit(direction)) {
            self.without(notes(direction)).with(stale_bit(direction))
        } else {
            self.without(notes(direction))
        }
    }

    /// True if a call that moves less than asked for has moved all that can be moved now, or would have if the kind is what
    /// it seems to be.
    #[inline(always)]
    const fn ends_short(self, direction: Direction) -> bool {
        if self.0 & (WATCHED | HANGUP_SEEN | URGENT_SEEN) != WATCHED {
            return false;
        }
        match self.kind() {
            FileKind::Tcp => true,
            FileKind::LocalStream | FileKind::AssumedTcp => matches!(direction, Direction::Read),
            _ => false,
        }
    }

    /// True if the outcome of a call says something about readiness.
    #[inline(always)]
    pub(crate) const fn takes_outcomes(self) -> bool {
        !self.has(ALWAYS_READY | LOST_COUNT)
    }

    /// A read or write call that began in state `before` has ended.
    pub(crate) const fn moved(self, direction: Direction, before: Word, outcome: Outcome) -> Self {
        if (self.0 ^ before.0) >> EVENTS_SHIFT == 0 && self.takes_outcomes() {
            self.after_call(direction, outcome)
        } else {
            self.moved_since_events(direction, before, outcome)
        }
    }

    /// The same for a state that takes outcomes, and where there was no event since.
    #[inline(always)]
    pub(crate) const fn after_call(self, direction: Direction, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Again => self.without(notes(direction)),
            Outcome::Short if self.ends_short(direction) => self.drained_by_short_call(direction),
            Outcome::Full | Outcome::Short => self.left_stale(direction, outcome),
        }
    }

    /// The same where something has happened since the call began, or may have.
    const fn moved_since_events(self, direction: Direction, before: Word, outcome: Outcome) -> Self {
        if self.generation() != before.generation() || self.has(ALWAYS_READY) {
            return self;
        }
        let drained = match outcome {
            Outcome::Again => true,
            Outcome::Short => self.ends_short(direction),
            Outcome::Full => false,
        };
        if drained && !self.lost_count() {
            // The call's answer may predate an event that came in between.
            return self;
        }
        self.left_stale(direction, outcome)
    }

    #[inline(always)]
    const fn drained_by_short_call(self, direction: Direction) -> Self {
        let word = self.without(notes(direction));
        if matches!(direction, Direction::Write) {
            return word;
        }
        // Only a descriptor in a list is sure to be looked at by the next wait, which ends the round.
        let word = if self.has(queued_bit(direction)) { word.with(DRAINED) } else { word };
        if !matches!(self.kind(), FileKind::AssumedTcp) {
            word
        } else if self.has(ready_bit(direction) | stale_bit(direction)) {
            word.with(stale_bit(direction) | SHORT_READ)
        } else {
            self
        }
    }

    /// What the call has left is not known.
    #[inline(always)]
    const fn left_stale(self, direction: Direction, outcome: Outcome) -> Self {
        let mut word = self;
        if self.has(ready_bit(direction)) {
            word = self.without(ready_bit(direction) | forced_bit(direction)).with(stale_bit(direction));
        }
        match (direction, outcome) {
            (Direction::Write, Outcome::Full) => word.with(ASSUMED_WRITABLE),
            (Direction::Write, _) => word.without(ASSUMED_WRITABLE),
            (Direction::Read, _) => word,
        }
    }

    /// A short read made it stale, and what it stands for turns out to be `kind`.
    pub(crate) const fn proved(self, kind: FileKind) -> Self {
        let word = self.with_kind(kind);
        if word.has(SHORT_READ) && matches!(kind, FileKind::Tcp) && !word.has(HANGUP_SEEN | URGENT_SEEN) {
            word.without(notes(Direction::Read))
        } else {
            word.without(SHORT_READ)
        }
    }
}
