// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of one descriptor: a single 64-bit word. What it can become is in [`super::transition`].
//!
//! Per direction a descriptor is *not ready* (the kernel will tell), *ready* (the program may fetch it), or
//! *unsure*: handed to the program, and nothing has told us since whether it was drained.

use core::fmt;

/// Which way the bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Readable, `io_canread`, reading wishes.
    Read = 0,
    /// Writable, `io_canwrite`, writing wishes.
    Write = 1,
}

impl Direction {
    /// Both, reading first.
    pub const BOTH: [Direction; 2] = [Direction::Read, Direction::Write];
}

/// What kind of open file stands behind a descriptor, as far as reads and writes care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    /// Nobody has asked yet.
    Unknown = 0,
    /// A Unix stream socket: a read that brings less than asked for has emptied it, unless there were descriptors attached
    /// or the sender is told, which stops a read. recvmsg(2) says so.
    LocalStream = 1,
    /// A TCP socket: a read that brings less than asked for has emptied it.
    Stream = 4,
    /// Any other socket.
    Message = 5,
    /// A regular file, a directory or a disk: never waits.
    File = 6,
    /// Pipes, terminals, event descriptors: everything else.
    Other = 7,
}

/// How a read or write call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// As many bytes as asked for, or fewer for a reason that says nothing about what follows.
    Full,
    /// Fewer bytes than asked for, but some.
    Short,
    /// End of file, or an error other than EAGAIN: says nothing about what comes next.
    Ended,
    /// `EAGAIN`.
    Again,
}

/// What remains to be done after a wish was noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Nothing: the kernel will tell.
    Nothing,
    /// The descriptor must get into a list: something is known, or in doubt.
    List,
    /// The kernel does not watch the descriptor yet.
    Watch,
}

/// The state of one descriptor. All zero: unknown to the library.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(pub u64);

/// `io_fd` knows the descriptor.
pub const KNOWN: u64 = 1 << 0;
/// It is in non-blocking mode, as far as we were told.
pub const NONBLOCK: u64 = 1 << 1;
/// The kernel watches it.
pub const WATCHED: u64 = 1 << 2;
/// The kernel refuses to watch it for good: it counts as always ready.
pub const ALWAYS_READY: u64 = 1 << 3;
/// The kernel could not watch it for want of memory or quota: asked again at each wait.
pub const RETRY_REGISTRATION: u64 = 1 << 4;
/// See [`crate::sys::Readiness::HANGUP_SEEN`].
pub const HANGUP_SEEN: u64 = 1 << 5;
/// A short read emptied the stream: the next read of this round may say so without a system call.
pub const DRAINED: u64 = 1 << 6;
/// The open file was passed to another process.
pub const SHARED: u64 = 1 << 7;
const KIND_SHIFT: u32 = 8;
const KIND_MASK: u64 = 7 << KIND_SHIFT;
/// The kinds with this bit are read from by read(2).
const PLAIN_KIND: u64 = 4 << KIND_SHIFT;
/// See [`crate::sys::Readiness::STREAM_LIKE`].
pub const STREAM_LIKE: u64 = 1 << 11;
const DIRECTION_SHIFT: u32 = 12;
const DIRECTION_BITS: u32 = 4;
/// The first write after the last report took all bytes: presumably there is room for more.
pub const ASSUMED_WRITABLE: u64 = 1 << 20;
/// It has a deadline.
pub const ARMED: u64 = 1 << 21;
/// Its deadline was found to have passed.
pub const EXPIRED: u64 = 1 << 22;
/// Counts as readable because the program said so.
pub const FORCED_READY: u64 = 1 << 23;
pub(super) const EVENTS_SHIFT: u32 = 24;
pub(super) const EVENTS_MASK: u64 = 0xff << EVENTS_SHIFT;
/// The kernel watches it for reading only. See [`crate::sys::WatchMode`].
pub const READ_ONLY: u64 = 1 << 32;
/// The kernel reports at each wait that it is readable, for as long as it is.
pub const LEVEL: u64 = 1 << 33;
/// It is not to become [`LEVEL`] again: that did not last.
pub const NO_LEVEL: u64 = 1 << 34;
pub(super) const GENERATION_SHIFT: u32 = 35;

const fn at(bit: u32, direction: Direction) -> u64 {
    1 << (DIRECTION_SHIFT + DIRECTION_BITS * direction as u32 + bit)
}

/// The program wishes to hear of this direction.
pub const fn interest_bit(direction: Direction) -> u64 {
    at(0, direction)
}
/// Ready, and not handed out yet.
pub const fn ready_bit(direction: Direction) -> u64 {
    at(READY_SHIFT, direction)
}
/// Handed out, and in doubt since.
pub const fn stale_bit(direction: Direction) -> u64 {
    at(2, direction)
}
/// In the list of ready or of doubtful descriptors of this direction. Changes under the loop's lock only.
pub const fn queued_bit(direction: Direction) -> u64 {
    at(QUEUED_SHIFT, direction)
}

pub(super) const INTEREST: u64 = interest_bit(Direction::Read) | interest_bit(Direction::Write);
/// How far from its wish bit the other bits of a direction are.
pub(super) const READY_SHIFT: u32 = 1;
pub(super) const QUEUED_SHIFT: u32 = 3;
pub(super) const QUEUED: u64 = queued_bit(Direction::Read) | queued_bit(Direction::Write);

pub(super) const fn notes(direction: Direction) -> u64 {
    let extra = match direction {
        Direction::Read => DRAINED | FORCED_READY,
        Direction::Write => ASSUMED_WRITABLE,
    };
    ready_bit(direction) | stale_bit(direction) | extra
}

impl Word {
    /// True if any of `bits` is set.
    pub const fn has(self, bits: u64) -> bool {
        self.0 & bits != 0
    }

    /// With `bits` set.
    pub const fn with(self, bits: u64) -> Self {
        Word(self.0 | bits)
    }

    /// With `bits` cleared.
    pub const fn without(self, bits: u64) -> Self {
        Word(self.0 & !bits)
    }

    /// Tells registrations of the same number apart.
    pub const fn generation(self) -> u32 {
        (self.0 >> GENERATION_SHIFT) as u32
    }

    /// With another generation, of which the lower bits count that there is room for.
    pub const fn with_generation(self, generation: u32) -> Self {
        let below = (1 << GENERATION_SHIFT) - 1;
        Word(self.0 & below | (generation as u64) << GENERATION_SHIFT)
    }

    /// True if the program wishes to hear of either direction.
    pub const fn has_interest(self) -> bool {
        self.has(INTEREST)
    }

    /// How many directions the program wishes to hear of.
    pub const fn interest_count(self) -> usize {
        self.has(interest_bit(Direction::Read)) as usize + self.has(interest_bit(Direction::Write)) as usize
    }

    /// True if a fetch in this direction would return the descriptor now.
    pub const fn deliverable(self, direction: Direction) -> bool {
        let both = interest_bit(direction) | ready_bit(direction);
        self.0 & both == both
    }

    /// True if a watched descriptor is not known to be ready in this direction, nor left to the program.
    pub const fn awaited(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.has(ready_bit(direction) | stale_bit(direction))
    }

    /// True if the kernel was asked to watch the descriptor, however that went.
    pub const fn registered(self) -> bool {
        self.has(WATCHED | ALWAYS_READY | RETRY_REGISTRATION)
    }

    /// The kind of open file, if it was found out.
    pub const fn kind(self) -> Kind {
        match (self.0 & KIND_MASK) >> KIND_SHIFT {
            1 => Kind::LocalStream,
            4 => Kind::Stream,
            5 => Kind::Message,
            6 => Kind::File,
            7 => Kind::Other,
            _ => Kind::Unknown,
        }
    }

    /// True if a read is read(2): that will not wait, its answer is not known already, and it is known what the answer will mean.
    pub const fn reads_plainly(self) -> bool {
        self.0 & (NONBLOCK | DRAINED | PLAIN_KIND) == NONBLOCK | PLAIN_KIND
    }

    /// With the kind noted.
    pub const fn with_kind(self, kind: Kind) -> Self {
        Word(self.0 & !KIND_MASK | (kind as u64) << KIND_SHIFT)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: &[(u64, &str)] = &[
            (KNOWN, "known"),
            (NONBLOCK, "nonblocking"),
            (WATCHED, "watched"),
            (ALWAYS_READY, "always-ready"),
            (RETRY_REGISTRATION, "refused"),
            (HANGUP_SEEN, "hang-up"),
            (DRAINED, "drained"),
            (SHARED, "shared"),
            (READ_ONLY, "for-reading-only"),
            (LEVEL, "level-triggered"),
            (ASSUMED_WRITABLE, "presumed"),
            (interest_bit(Direction::Read), "want-read"),
            (ready_bit(Direction::Read), "can-read"),
            (stale_bit(Direction::Read), "unsure-read"),
            (queued_bit(Direction::Read), "queued-read"),
            (interest_bit(Direction::Write), "want-write"),
            (ready_bit(Direction::Write), "can-write"),
            (stale_bit(Direction::Write), "unsure-write"),
            (queued_bit(Direction::Write), "queued-write"),
        ];
        for (_, name) in NAMES.iter().filter(|(bit, _)| self.has(*bit)) {
            write!(f, "{name} ")?;
        }
        write!(f, "kind {:?} generation {}", self.kind(), self.generation())
    }
}
