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
    /// A TCP socket: a read that brings less than asked for has emptied it. (Not so a Unix stream: a read stops where
    /// descriptors are attached, or where another process has written.)
    Stream = 1,
    /// Any other socket.
    Message = 2,
    /// A regular file, a directory or a disk: never waits.
    File = 3,
    /// Pipes, terminals, event descriptors: everything else.
    Other = 4,
}

/// What the kernel reported about a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// A read would not wait.
    pub readable: bool,
    /// A write would not wait.
    pub writable: bool,
    /// Hang-up, error or urgent data was part of the event: what follows after the bytes at hand may bring
    /// no event of its own, so a short read proves nothing.
    pub spent: bool,
    /// The event itself shows that this may be a TCP socket (see the backend).
    pub stream_like: bool,
}

/// How a read or write call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// As many bytes as asked for.
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
pub const UNWATCHABLE: u64 = 1 << 3;
/// The kernel could not watch it for want of memory or quota: asked again at each wait.
pub const REFUSED: u64 = 1 << 4;
/// See [`Report::spent`].
pub const SPENT: u64 = 1 << 5;
/// A short read emptied the stream: the next read of this round may say so without a system call.
pub const DRAINED: u64 = 1 << 6;
/// The open file was passed to another process.
pub const SHARED: u64 = 1 << 7;
const KIND_SHIFT: u32 = 8;
const KIND_MASK: u64 = 7 << KIND_SHIFT;
/// See [`Report::stream_like`].
pub const STREAM_LIKE: u64 = 1 << 11;
const DIRECTION_SHIFT: u32 = 12;
const DIRECTION_BITS: u32 = 4;
/// The first write after the last report took all bytes: presumably there is room for more.
pub const PRESUMED: u64 = 1 << 20;
/// It has a deadline.
pub const ARMED: u64 = 1 << 21;
/// Its deadline was found to have passed.
pub const DUE: u64 = 1 << 22;
/// Counts as readable because the program said so.
pub const QUEUED: u64 = 1 << 23;
pub(super) const EVENTS_SHIFT: u32 = 24;
pub(super) const EVENTS_MASK: u64 = 0xff << EVENTS_SHIFT;
pub(super) const GENERATION_SHIFT: u32 = 32;

const fn at(bit: u32, direction: Direction) -> u64 {
    1 << (DIRECTION_SHIFT + DIRECTION_BITS * direction as u32 + bit)
}

/// The program wishes to hear of this direction.
pub const fn wish_bit(direction: Direction) -> u64 {
    at(0, direction)
}
/// Ready, and not handed out yet.
pub const fn ready_bit(direction: Direction) -> u64 {
    at(1, direction)
}
/// Handed out, and in doubt since.
pub const fn unsure_bit(direction: Direction) -> u64 {
    at(2, direction)
}
/// In the list of ready or of doubtful descriptors of this direction. Changes under the loop's lock only.
pub const fn linked_bit(direction: Direction) -> u64 {
    at(3, direction)
}

pub(super) const WISHES: u64 = wish_bit(Direction::Read) | wish_bit(Direction::Write);
pub(super) const LINKS: u64 = linked_bit(Direction::Read) | linked_bit(Direction::Write);

pub(super) const fn notes(direction: Direction) -> u64 {
    let extra = match direction {
        Direction::Read => DRAINED | QUEUED,
        Direction::Write => PRESUMED,
    };
    ready_bit(direction) | unsure_bit(direction) | extra
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

    /// True if the program wishes to hear of either direction.
    pub const fn wishes(self) -> bool {
        self.has(WISHES)
    }

    /// True if a fetch in this direction would return the descriptor now.
    pub const fn fetchable(self, direction: Direction) -> bool {
        self.has(wish_bit(direction)) && self.has(ready_bit(direction))
    }

    /// True if a watched descriptor is not known to be ready in this direction, nor left to the program.
    pub const fn awaited(self, direction: Direction) -> bool {
        self.has(WATCHED) && !self.has(ready_bit(direction) | unsure_bit(direction))
    }

    /// True if the kernel was asked to watch the descriptor, however that went.
    pub const fn registered(self) -> bool {
        self.has(WATCHED | UNWATCHABLE | REFUSED)
    }

    /// The kind of open file, if it was found out.
    pub const fn kind(self) -> Kind {
        match (self.0 & KIND_MASK) >> KIND_SHIFT {
            1 => Kind::Stream,
            2 => Kind::Message,
            3 => Kind::File,
            4 => Kind::Other,
            _ => Kind::Unknown,
        }
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
            (UNWATCHABLE, "always-ready"),
            (REFUSED, "refused"),
            (SPENT, "hang-up"),
            (DRAINED, "drained"),
            (SHARED, "shared"),
            (PRESUMED, "presumed"),
            (wish_bit(Direction::Read), "want-read"),
            (ready_bit(Direction::Read), "can-read"),
            (unsure_bit(Direction::Read), "unsure-read"),
            (linked_bit(Direction::Read), "queued-read"),
            (wish_bit(Direction::Write), "want-write"),
            (ready_bit(Direction::Write), "can-write"),
            (unsure_bit(Direction::Write), "unsure-write"),
            (linked_bit(Direction::Write), "queued-write"),
        ];
        for (_, name) in NAMES.iter().filter(|(bit, _)| self.has(*bit)) {
            write!(f, "{name} ")?;
        }
        write!(f, "kind {:?} generation {}", self.kind(), self.generation())
    }
}
