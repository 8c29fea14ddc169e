// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of one descriptor: a single 64-bit word. What it can become is in [`super::transition`].
//!
//! ```text
//!  63         45 44    35 34   33 32 31          24 23      18 17      12 11 10    8 7          0
//! +-------------+--------+-------+--+--------------+----------+----------+--+-------+------------+
//! | generation  | events | error |SR| of the loop  |  write   |   read   |SL| kind  |  of the    |
//! | 19 bits     | 10     | rounds|  | and the mode |          |          |  |       | descriptor |
//! +-------------+--------+-------+--+--------------+----------+----------+--+-------+------------+
//!
//! of the descriptor, from bit 0:  REGISTERED NONBLOCK WATCHED ALWAYS_READY RETRY_REGISTRATION HANGUP_SEEN DRAINED SHARED
//! each direction, from its bit 0: interest ready stale queued forced error
//! of the loop, from bit 24:       ASSUMED_WRITABLE ARMED EXPIRED READ_ONLY LEVEL_TRIGGERED NO_LEVEL HAD_INTEREST URGENT_SEEN
//! SL: STREAM_LIKE    SR: SHORT_READ
//! ```
//!
//! Per direction a descriptor is *not ready* (the kernel will report it), *ready* (the next io_canread or io_canwrite may
//! return it), or *stale*: it was returned, and nothing has shown since whether the program drained it.

pub(crate) use crate::sys::file::FileKind;

mod debug;

/// Which way the bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Direction {
    /// Readable, `io_canread`, read interest.
    Read = 0,
    /// Writable, `io_canwrite`, write interest.
    Write = 1,
}

impl Direction {
    /// Both, reading first.
    pub(crate) const BOTH: [Direction; 2] = [Direction::Read, Direction::Write];
}

/// How a read or write call ended that says something about readiness. End of file, and an error other than EAGAIN, say
/// nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// As many bytes as asked for, or fewer for a reason that says nothing about what follows.
    Full,
    /// Fewer bytes than asked for, but some.
    Short,
    /// `EAGAIN`.
    Again,
}

/// What remains to be done after an interest was noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// Nothing: the kernel will report readiness.
    Nothing,
    /// The descriptor must get into a list: it is ready, or stale.
    List,
    /// The kernel does not watch the descriptor yet.
    Watch,
}

/// The state of one descriptor. All zero: unknown to the library.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(pub u64);

/// `io_fd` registered the descriptor.
pub(crate) const REGISTERED: u64 = 1 << 0;
/// It is in nonblocking mode, as far as the library was told.
pub(crate) const NONBLOCK: u64 = 1 << 1;
/// The kernel watches it.
pub(crate) const WATCHED: u64 = 1 << 2;
/// The kernel refuses to watch it for good: it counts as always ready.
pub(crate) const ALWAYS_READY: u64 = 1 << 3;
/// The kernel had no memory or quota to watch it: each wait tries again.
pub(crate) const RETRY_REGISTRATION: u64 = 1 << 4;
/// The last event showed a hang-up or an error. See [`crate::sys::Readiness::HANGUP`].
pub(crate) const HANGUP_SEEN: u64 = 1 << 5;
/// A short read emptied the stream: the next read of this round may say so without a system call.
pub(crate) const DRAINED: u64 = 1 << 6;
/// The open file description was passed to another process.
pub(crate) const SHARED: u64 = 1 << 7;
const KIND_SHIFT: u32 = 8;
const KIND_MASK: u64 = 7 << KIND_SHIFT;
/// See [`crate::sys::Readiness::STREAM_LIKE`].
pub(crate) const STREAM_LIKE: u64 = 1 << 11;
const DIRECTION_SHIFT: u32 = 12;
const DIRECTION_BITS: u32 = 6;
/// The first write after the last event took all bytes: more is assumed to fit.
pub(crate) const ASSUMED_WRITABLE: u64 = 1 << 24;
/// It has a deadline.
pub(crate) const ARMED: u64 = 1 << 25;
/// Its deadline was found to have passed.
pub(crate) const EXPIRED: u64 = 1 << 26;
/// The kernel watches it for reading only. See [`crate::sys::WatchMode`].
pub(crate) const READ_ONLY: u64 = 1 << 27;
/// The kernel reports at each wait that it is readable, for as long as it is.
pub(crate) const LEVEL_TRIGGERED: u64 = 1 << 28;
/// It is not to become [`LEVEL_TRIGGERED`] again: that did not last.
pub(crate) const NO_LEVEL: u64 = 1 << 29;
/// It has had interest since it was registered.
pub(crate) const HAD_INTEREST: u64 = 1 << 30;
/// Urgent data was reported: a read may stop in front of the mark, so no short read proves anything any more.
pub(crate) const URGENT_SEEN: u64 = 1 << 31;
/// It is stale because of a short read, which proves it drained if it turns out to be [`FileKind::Tcp`].
pub(crate) const SHORT_READ: u64 = 1 << 32;
pub(super) const ERROR_ROUNDS_SHIFT: u32 = 33;
pub(super) const ERROR_ROUNDS: u64 = 3 << ERROR_ROUNDS_SHIFT;
pub(super) const EVENTS_SHIFT: u32 = 35;
/// Counts events until the highest bit is set, and stays there.
pub(super) const EVENTS_MASK: u64 = 0x3ff << EVENTS_SHIFT;
/// That bit: there were too many events to tell them apart, so no call's answer counts until the generation has changed.
pub(super) const LOST_COUNT: u64 = 0x200 << EVENTS_SHIFT;
pub(super) const GENERATION_SHIFT: u32 = 45;

const fn at(bit: u32, direction: Direction) -> u64 {
    1 << (DIRECTION_SHIFT + DIRECTION_BITS * direction as u32 + bit)
}

/// The program has interest in this direction.
pub(crate) const fn interest_bit(direction: Direction) -> u64 {
    at(0, direction)
}
/// Ready, and not delivered yet.
pub(crate) const fn ready_bit(direction: Direction) -> u64 {
    at(READY_SHIFT, direction)
}
/// Delivered, and not known to be drained since.
pub(crate) const fn stale_bit(direction: Direction) -> u64 {
    at(2, direction)
}
/// In the list of ready or of stale descriptors of this direction. Changes under the loop's lock only.
pub(crate) const fn queued_bit(direction: Direction) -> u64 {
    at(QUEUED_SHIFT, direction)
}
/// Counts as ready because the program said so.
pub(crate) const fn forced_bit(direction: Direction) -> u64 {
    at(4, direction)
}
/// The last event made it ready by an error condition alone, which may be an error queue that is not read.
pub(crate) const fn error_bit(direction: Direction) -> u64 {
    at(5, direction)
}

pub(super) const INTEREST: u64 = interest_bit(Direction::Read) | interest_bit(Direction::Write);
/// How far from its interest bit the other bits of a direction are.
pub(super) const READY_SHIFT: u32 = 1;
pub(super) const QUEUED_SHIFT: u32 = 3;
pub(super) const QUEUED: u64 = queued_bit(Direction::Read) | queued_bit(Direction::Write);
pub(super) const ERRORS: u64 = error_bit(Direction::Read) | error_bit(Direction::Write);

pub(super) const fn notes(direction: Direction) -> u64 {
    let extra = match direction {
        Direction::Read => DRAINED | SHORT_READ,
        Direction::Write => ASSUMED_WRITABLE,
    };
    ready_bit(direction) | stale_bit(direction) | forced_bit(direction) | extra
}

impl Word {
    /// True if any of `bits` is set.
    pub(crate) const fn has(self, bits: u64) -> bool {
        self.0 & bits != 0
    }

    /// True if the descriptor has a deadline that has not been found to have passed.
    #[inline(always)]
    pub(crate) const fn is_pending(self) -> bool {
        self.0 & (ARMED | EXPIRED) == ARMED
    }

    /// With `bits` set.
    pub(crate) const fn with(self, bits: u64) -> Self {
        Word(self.0 | bits)
    }

    /// With `bits` cleared.
    pub(crate) const fn without(self, bits: u64) -> Self {
        Word(self.0 & !bits)
    }

    /// Tells registrations of the same number apart.
    pub(crate) const fn generation(self) -> u32 {
        (self.0 >> GENERATION_SHIFT) as u32
    }

    /// With another generation, of which the lower bits count that fit, and no events so far.
    pub(crate) const fn with_generation(self, generation: u32) -> Self {
        let below = (1 << GENERATION_SHIFT) - 1;
        Word(self.0 & below & !EVENTS_MASK | (generation as u64) << GENERATION_SHIFT)
    }

    /// True if the events since the generation began can be told apart no longer.
    pub(crate) const fn lost_count(self) -> bool {
        self.has(LOST_COUNT)
    }

    /// True if the program has interest in either direction.
    pub(crate) const fn has_interest(self) -> bool {
        self.has(INTEREST)
    }

    /// True if io_canread or io_canwrite would return the descriptor now.
    pub(crate) const fn deliverable(self, direction: Direction) -> bool {
        let both = interest_bit(direction) | ready_bit(direction);
        self.0 & both == both
    }

    /// True if either of them would.
    #[inline(always)]
    pub(crate) const fn any_deliverable(self) -> bool {
        self.0 & self.0 >> READY_SHIFT & INTEREST != 0
    }

    /// The usual case of what can be delivered: in nonblocking mode.
    #[inline(always)]
    pub(crate) const fn delivers_at_once(self, direction: Direction) -> bool {
        let all = interest_bit(direction) | ready_bit(direction) | NONBLOCK;
        self.0 & all == all
    }

    /// True if it may be delivered on the strength of what is known. In blocking mode the program's next call would wait if
    /// that is out of date, so there the kernel is asked first.
    #[inline(always)]
    pub(crate) const fn needs_no_confirmation(self, direction: Direction) -> bool {
        self.has(NONBLOCK | ALWAYS_READY | forced_bit(direction))
    }

    /// True if a watched descriptor is not known to be ready in this direction, nor left to the program.
    pub(crate) const fn awaited(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.has(ready_bit(direction) | stale_bit(direction))
    }

    /// True if the kernel was asked to watch the descriptor, however that went.
    pub(crate) const fn watch_tried(self) -> bool {
        self.has(WATCHED | ALWAYS_READY | RETRY_REGISTRATION)
    }

    /// True if an error condition alone has made it ready for a few rounds.
    #[inline(always)]
    pub(crate) const fn error_lasted(self) -> bool {
        self.0 & ERROR_ROUNDS == ERROR_ROUNDS
    }

    /// True if that may be an error queue, which only sockets have. Of anything else the program's calls fail, too.
    pub(crate) const fn error_lasts(self) -> bool {
        self.error_lasted() && self.has(ERRORS) && self.kind().is_socket()
    }

    /// The kind of file, if it was found out.
    pub(crate) const fn kind(self) -> FileKind {
        FileKind::of_bits((self.0 >> KIND_SHIFT) as u8 & 7)
    }

    /// True if a read is read(2): it does not wait, its answer is not known already, and what the answer means is known.
    pub(crate) const fn reads_plainly(self) -> bool {
        let plain = (FileKind::PLAIN as u64) << KIND_SHIFT;
        self.0 & (NONBLOCK | DRAINED | plain) == NONBLOCK | plain
    }

    /// With the kind noted.
    pub(crate) const fn with_kind(self, kind: FileKind) -> Self {
        Word(self.0 & !KIND_MASK | (kind as u64) << KIND_SHIFT)
    }
}
