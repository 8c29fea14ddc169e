// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the loop and a backend say to each other.

use core::ffi::c_int;

/// What a backend reports of one registration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    /// The token of the registration.
    pub token: u64,
    /// What has happened.
    pub readiness: Readiness,
}

/// A set of what can have happened to a descriptor: a few bits, because every event passes through here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Readiness(u8);

impl Readiness {
    /// Nothing.
    pub(crate) const NONE: Readiness = Readiness(0);
    /// A read would not wait.
    pub(crate) const READABLE: Readiness = Readiness(1);
    /// A write would not wait.
    pub(crate) const WRITABLE: Readiness = Readiness(2);
    /// Hang-up, error or urgent data was part of the event: what follows after the bytes at hand may bring no event of its
    /// own, so a short read proves nothing.
    pub(crate) const HANGUP: Readiness = Readiness(4);
    /// The descriptor may be a TCP socket, by a hint that costs no system call.
    pub(crate) const STREAM_LIKE: Readiness = Readiness(8);
    /// There is urgent data: reads stop in front of the mark, also after the program has taken the urgent byte.
    pub(crate) const URGENT: Readiness = Readiness(16);
    /// Readable for an error alone, which may be an error queue (`MSG_ERRQUEUE`) while reads give EAGAIN.
    pub(crate) const READ_ERROR_ALONE: Readiness = Readiness(32);
    /// The same of writing.
    pub(crate) const WRITE_ERROR_ALONE: Readiness = Readiness(64);
    /// One of these two.
    pub(crate) const ERROR_ALONE: Readiness = Readiness(32 | 64);
    /// The number is not open any more.
    pub(crate) const CLOSED: Readiness = Readiness(128);

    /// How many sets there are of those below `READ_ERROR_ALONE`; their bits count them.
    pub(crate) const SETS: usize = 32;

    /// The set with these bits.
    pub(crate) const fn of_bits(bits: u8) -> Readiness {
        Readiness(bits)
    }

    /// The bits of the set.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// Both sets.
    pub(crate) const fn and(self, other: Readiness) -> Readiness {
        Readiness(self.0 | other.0)
    }

    /// Both sets, if so.
    pub(crate) const fn and_if(self, so: bool, other: Readiness) -> Readiness {
        if so { self.and(other) } else { self }
    }

    /// True if any of `other` has happened.
    pub(crate) const fn has(self, other: Readiness) -> bool {
        self.0 & other.0 != 0
    }
}

/// A registration for backends that remember none: what to look at in this wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Watch {
    /// The token of the registration.
    pub token: u64,
    /// Readiness for reading is not known yet.
    pub read: bool,
    /// Readiness for writing is not known yet.
    pub write: bool,
    /// An error alone has been reported a few times, and lasts: it is nothing new, and may not end the wait.
    pub error_lasts: bool,
}

/// Directions that the kernel cannot report, though it watches the other one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Unsupported {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
}

impl Unsupported {
    /// Neither direction.
    pub(crate) const NONE: Unsupported = Unsupported { read: false, write: false };
    /// Both directions.
    pub(crate) const BOTH: Unsupported = Unsupported { read: true, write: true };
}

/// What a descriptor is watched for, and how often it is reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum WatchMode {
    /// Reading and writing, each change to ready once.
    Both,
    /// Reading, each change to ready once.
    Reading,
    /// Reading, at each wait for as long as it is ready.
    ReadingLevel,
}

/// The descriptor that a token belongs to.
pub(super) const fn descriptor_of(token: u64) -> c_int {
    token as u32 as c_int
}
