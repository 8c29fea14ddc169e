// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of a descriptor for people: what `{:?}` writes.

use super::*;
use core::fmt;

/// The bits by the names of their constants, for people.
const NAMES: &[(u64, &str)] = &[
    (REGISTERED, "REGISTERED"),
    (NONBLOCK, "NONBLOCK"),
    (WATCHED, "WATCHED"),
    (ALWAYS_READY, "ALWAYS_READY"),
    (RETRY_REGISTRATION, "RETRY_REGISTRATION"),
    (HANGUP_SEEN, "HANGUP_SEEN"),
    (DRAINED, "DRAINED"),
    (SHARED, "SHARED"),
    (STREAM_LIKE, "STREAM_LIKE"),
    (ASSUMED_WRITABLE, "ASSUMED_WRITABLE"),
    (ARMED, "ARMED"),
    (EXPIRED, "EXPIRED"),
    (READ_ONLY, "READ_ONLY"),
    (LEVEL_TRIGGERED, "LEVEL_TRIGGERED"),
    (NO_LEVEL, "NO_LEVEL"),
    (HAD_INTEREST, "HAD_INTEREST"),
    (URGENT_SEEN, "URGENT_SEEN"),
    (SHORT_READ, "SHORT_READ"),
];

/// The bits of a direction, from its bit 0.
const DIRECTION_NAMES: [&str; DIRECTION_BITS as usize] =
    ["interest", "ready", "stale", "queued", "forced", "error"];

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (_, name) in NAMES.iter().filter(|(bit, _)| self.has(*bit)) {
            write!(f, "{name} ")?;
        }
        for direction in Direction::BOTH {
            write!(f, "{direction:?}(")?;
            let set = (0..).zip(DIRECTION_NAMES).filter(|(bit, _)| self.has(at(*bit, direction)));
            for (count, (_, name)) in set.enumerate() {
                write!(f, "{}{name}", if count == 0 { "" } else { " " })?;
            }
            f.write_str(") ")?;
        }
        let (rounds, events) =
            ((self.0 & ERROR_ROUNDS) >> ERROR_ROUNDS_SHIFT, (self.0 & EVENTS_MASK) >> EVENTS_SHIFT);
        let (kind, generation) = (self.kind(), self.generation());
        write!(f, "kind {kind:?} error rounds {rounds} events {events} generation {generation}")
    }
}
