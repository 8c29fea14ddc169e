// SPDX-License-Identifier: MIT OR Apache-2.0
//! A model of a stream in the kernel.

use super::super::*;

/// A stream in the kernel, or something whose reads stop early though more is there.
pub(super) struct Kernel {
    pub(super) stream: bool,
    pub(super) bytes: u32,
    /// How many of the bytes are in front of the urgent mark.
    pub(super) mark: Option<u32>,
    pub(super) urgent: bool,
    pub(super) error: bool,
    pub(super) eof: bool,
    pub(super) room: u32,
    /// Something has changed since the last report.
    pub(super) edge: bool,
    /// A write or a poll has found no room, so there is an edge when there is some.
    pub(super) missed: bool,
    pub(super) watch_mode: WatchMode,
}

impl Kernel {
    pub(super) fn readable(&self) -> bool {
        self.bytes > 0 || self.eof
    }

    /// None at the end of the file.
    pub(super) fn read(&mut self, length: u32) -> Option<Outcome> {
        let limit = if self.stream { length } else { length.min(3) };
        let count = self.bytes.min(limit).min(self.mark.filter(|mark| *mark > 0).unwrap_or(u32::MAX));
        self.bytes -= count;
        self.mark = self.mark.and_then(|mark| mark.checked_sub(count)).filter(|_| self.bytes > 0);
        match count {
            0 if self.eof => None,
            0 => Some(Outcome::Again),
            count if count == length => Some(Outcome::Full),
            _ => Some(Outcome::Short),
        }
    }

    pub(super) fn write(&mut self, length: u32) -> Outcome {
        let count = self.room.min(length);
        self.room -= count;
        self.missed |= count < length;
        match count {
            0 => Outcome::Again,
            count if count == length => Outcome::Full,
            _ => Outcome::Short,
        }
    }

    /// What epoll reports if there was an edge: all that is ready, not only what changed.
    pub(super) fn report(&mut self) -> Option<Readiness> {
        let both = self.watch_mode == WatchMode::Both;
        let level = self.watch_mode == WatchMode::ReadingLevel;
        self.missed |= both && self.room == 0;
        let report = Readiness::NONE
            .and_if(self.readable() || self.error, Readiness::READABLE)
            .and_if(both && self.room > 0 || self.error, Readiness::WRITABLE)
            .and_if(self.error && !self.readable(), Readiness::READ_ERROR_ALONE)
            .and_if(self.error && !(both && self.room > 0), Readiness::WRITE_ERROR_ALONE)
            .and_if(self.urgent && !level, Readiness::URGENT)
            .and_if((self.eof || self.urgent) && !level || self.error, Readiness::HANGUP);
        let ready = report.has(Readiness::READABLE.and(Readiness::WRITABLE));
        let edge = std::mem::take(&mut self.edge) || self.watch_mode == WatchMode::ReadingLevel;
        (edge && ready).then_some(report)
    }
}
