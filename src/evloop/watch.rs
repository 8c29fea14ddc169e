// SPDX-License-Identifier: MIT OR Apache-2.0
//! Registrations with the kernel.

use super::table::Entry;
use super::word::{
    ALWAYS_READY, Direction, FileKind, HAD_INTEREST, LEVEL_TRIGGERED, READ_ONLY, RETRY_REGISTRATION, WATCHED,
    Word, interest_bit, ready_bit,
};
use super::{Loop, TABLE, token};
use crate::errno::Errno;
use crate::sys::{Backend, Unsupported, WatchMode, fd as descriptor};

/// A program that registers more descriptors than this without a wait in between has mostly idle ones. To be told at once
/// that each of them is writable would cost more than to ask about the few.
const BURST: usize = 128;

impl Loop {
    /// The backend of this process, made now if there is none yet.
    #[inline(never)]
    pub(super) fn backend(&mut self) -> Backend {
        self.adopt();
        *self.backend.get_or_insert_with(Backend::new)
    }

    /// Has the kernel watch a descriptor. Whatever it says, the attempt is noted.
    pub(super) fn watch(&mut self, fd: u32, entry: &'static Entry) {
        let word = entry.load();
        let backend = self.backend();
        self.registrations += 1;
        let idle = self.registrations > BURST
            && !word.has(interest_bit(Direction::Write))
            && backend.has_watch_modes();
        let (mode, mark) = if idle { (WatchMode::Reading, READ_ONLY) } else { (WatchMode::Both, 0) };
        match backend.add(fd as i32, token(fd, word), mode) {
            Ok(unsupported) => {
                let (before, _) = entry.update(|word| {
                    word.without(RETRY_REGISTRATION | ALWAYS_READY | READ_ONLY | LEVEL_TRIGGERED)
                        .with(WATCHED | mark | assume_ready(unsupported))
                });
                self.watched += usize::from(!before.has(WATCHED));
                self.find_terminal(fd, entry);
            }
            Err(error) => self.unwatch(entry, error),
        }
        let (before, _) = entry.update(|word| word.with(HAD_INTEREST));
        self.had_interest += usize::from(!before.has(HAD_INTEREST));
    }

    /// Write interest in what is not known to be writable: a terminal has to be looked at, because the kernel does not
    /// reliably report it.
    pub(super) fn find_terminal(&mut self, fd: u32, entry: &'static Entry) {
        let word = entry.load();
        let asked = word.has(interest_bit(Direction::Write)) && !word.has(ready_bit(Direction::Write));
        if asked && word.kind() == FileKind::Unknown && descriptor::is_terminal(fd as i32) {
            self.change_and_enqueue(fd, entry, |word| word.with_kind(FileKind::Terminal));
        }
    }

    /// Ends a registration that may outlive its number.
    pub(super) fn unregister(&self, fd: u32) {
        if let (false, Some(backend)) = (self.inherited, self.backend) {
            backend.remove(fd as i32);
        }
    }

    /// The kernel does not watch the descriptor as its state says, for this reason: then it counts as ready, and where the
    /// reason may pass, the next wait tries again.
    fn unwatch(&mut self, entry: &Entry, error: Errno) {
        const TRIED: u64 = WATCHED | READ_ONLY | LEVEL_TRIGGERED | RETRY_REGISTRATION | ALWAYS_READY;
        let mark = match error {
            Errno(libc::ENOMEM | libc::ENOSPC | libc::EMFILE | libc::ENFILE | libc::EAGAIN | libc::EINTR) => {
                RETRY_REGISTRATION
            }
            _ => ALWAYS_READY,
        };
        let marks = mark | assume_ready(Unsupported::BOTH);
        let (before, _) = entry.update(|word| word.without(TRIED).with(marks));
        self.watched -= usize::from(before.has(WATCHED));
    }

    /// Has the kernel report once more what is ready on a descriptor that it watches. True if it will.
    pub(super) fn rearm(&mut self, fd: u32, entry: &'static Entry) -> bool {
        let backend = self.backend();
        let renumbered = entry.load().lost_count();
        if renumbered {
            self.generation = self.generation.wrapping_add(1);
        }
        let generation = self.generation;
        let (before, word) = entry.update(|word| {
            let word = word.rearmed(backend.has_watch_modes());
            if renumbered { word.with_generation(generation) } else { word }
        });
        let level = before.has(LEVEL_TRIGGERED) && word.has(LEVEL_TRIGGERED);
        // Unless a wait is under way, which has seen what is there to report.
        if level && !self.waiting && !renumbered {
            return true;
        }
        self.tell_kernel(fd, entry, word)
    }

    /// Registers a descriptor anew, in the mode that its state says. True if the kernel will report what is ready.
    pub(super) fn tell_kernel(&mut self, fd: u32, entry: &'static Entry, word: Word) -> bool {
        match self.backend().rearm(fd as i32, token(fd, word), word.watch_mode()) {
            Ok(unsupported) => {
                if unsupported != Unsupported::NONE {
                    self.change_and_enqueue(fd, entry, |word| word.with(assume_ready(unsupported)));
                }
                true
            }
            Err(Errno(libc::ENOENT | libc::EBADF)) => {
                self.closed_behind_our_back(entry);
                false
            }
            // The kernel goes on as before, or not at all: with a mode and a token that are no longer those of the state.
            Err(error) => {
                self.unwatch(entry, error);
                self.enqueue(fd, entry);
                self.wake();
                false
            }
        }
    }

    /// The number was closed without our knowledge.
    pub(super) fn closed_behind_our_back(&mut self, entry: &Entry) {
        let (before, _) = entry.update(Word::closed_behind_our_back);
        self.watched -= usize::from(before.has(WATCHED));
        self.had_interest -= usize::from(before.has(HAD_INTEREST));
    }

    /// Replaces the backend, and with it all registrations: those that outlived their number are gone for good.
    pub(super) fn renew(&mut self) {
        self.leftovers = 0;
        if let Some(old) = self.backend.replace(Backend::new()) {
            old.close_if_ours();
        }
        for fd in 0..self.reach {
            if let Some(entry) = TABLE.get(fd).filter(|entry| entry.load().has(WATCHED)) {
                self.watch(fd, entry);
                self.enqueue(fd, entry);
            }
        }
    }
}

/// What to note of a descriptor that the kernel watches in one direction only: the other one counts as ready.
fn assume_ready(unsupported: Unsupported) -> u64 {
    let bit = |on: bool, direction| if on { ready_bit(direction) } else { 0 };
    bit(unsupported.read, Direction::Read) | bit(unsupported.write, Direction::Write)
}
