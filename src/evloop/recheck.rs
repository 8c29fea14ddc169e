// SPDX-License-Identifier: MIT OR Apache-2.0
//! Doubts, and how they are settled: descriptors that were handed to the program, or that the kernel has refused to watch, are
//! looked at before the next question to the kernel.

use super::list::List;
use super::table::Entry;
use super::word::{
    ALWAYS_READY, DRAINED, Direction, LEVEL, RETRY_REGISTRATION, WATCHED, Word, queued_bit, ready_bit,
    stale_bit,
};
use super::{Loop, RECHECK_READY_LISTS, TABLE, assume_ready, change, token};
use crate::errno::Errno;
use crate::sys::Unsupported;
use core::sync::atomic::Ordering::AcqRel;

impl Loop {
    /// Goes through everything in doubt: unasked for, known after all, or to be asked of the kernel again. True if
    /// the kernel has been asked and must be heard. Those that the kernel refuses to watch come back in
    /// `refused`, marked as ready.
    pub(super) fn recheck(&mut self, refused: &mut [List; 2]) -> bool {
        self.adopt();
        let mut questions = false;
        // Who waits to be fetched is looked at only if reads or writes have raised doubts there.
        let all = RECHECK_READY_LISTS.swap(false, AcqRel);
        questions |= self.recheck_direction(Direction::Read, DRAINED, all, refused);
        questions |= self.recheck_direction(Direction::Write, 0, all, refused);
        questions
    }

    /// The part of `recheck` for one direction; `round_mark` is forgotten at the end of a round.
    #[inline(always)]
    fn recheck_direction(
        &mut self,
        direction: Direction,
        round_mark: u64,
        all: bool,
        refused: &mut [List; 2],
    ) -> bool {
        let stale = self.stale[direction as usize].take();
        let mut list = match all {
            true => self.ready[direction as usize].take().followed_by(direction, stale),
            false => stale,
        };
        let mut questions = false;
        while let Some((fd, entry)) = pop(&mut list, direction) {
            let word = entry.load();
            // Most have been drained, or are not wished for any more.
            let left = word.without(round_mark | queued_bit(direction));
            if word.needs_no_queue(direction) && entry.exchange(word, left) {
                continue;
            }
            let (_, word) = entry.update(|word| word.without(round_mark).dequeued(direction));
            if word.has(queued_bit(direction)) {
                questions |= self.recheck_one(fd, entry, direction, word, refused);
            }
        }
        questions
    }

    /// The part of `recheck` for a descriptor that is wished for and in doubt.
    #[inline(never)]
    fn recheck_one(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        direction: Direction,
        word: Word,
        refused: &mut [List; 2],
    ) -> bool {
        if word.has(RETRY_REGISTRATION) {
            self.watch(fd, entry);
            if !entry.load().has(WATCHED) {
                refused[direction as usize].push(direction, fd, entry);
                return false;
            }
            entry.update(|word| word.blank().without(queued_bit(direction)));
            return true;
        }
        if word.has(ready_bit(direction)) {
            self.ready[direction as usize].push(direction, fd, entry);
            return false;
        }
        if word.has(ALWAYS_READY) {
            entry.update(|word| word.without(stale_bit(direction)).with(ready_bit(direction)));
            self.ready[direction as usize].push(direction, fd, entry);
            return false;
        }
        entry.update(|word| word.without(queued_bit(direction)));
        self.rearm(fd, entry)
    }

    /// Has the kernel report once more what is ready on a descriptor that it watches. True if it will.
    pub(super) fn rearm(&mut self, fd: u32, entry: &'static Entry) -> bool {
        let backend = self.backend();
        let (before, word) = entry.update(|word| word.rearmed(backend.has_watch_modes()));
        // Unless a wait is under way, which has seen what is there to report.
        if before.has(LEVEL) && word.has(LEVEL) && !self.waiting {
            return true;
        }
        self.tell_kernel(fd, entry, word)
    }

    /// Registers a descriptor anew, with the scope that its state says. True if the kernel will report what is ready.
    pub(super) fn tell_kernel(&mut self, fd: u32, entry: &'static Entry, word: Word) -> bool {
        match self.backend().rearm(fd as i32, token(fd, word), word.watch_mode()) {
            Ok(Unsupported::NONE) => true,
            Err(Errno(libc::ENOENT | libc::EBADF)) => {
                self.closed_behind_our_back(entry);
                false
            }
            // Where the kernel will not tell, or has no memory to look, the program's own calls will tell.
            outcome => {
                let refused = outcome.unwrap_or(Unsupported::BOTH);
                self.change_and_enqueue(fd, entry, |word| word.with(assume_ready(refused)));
                outcome.is_ok()
            }
        }
    }

    /// The number was closed without our knowledge.
    pub(super) fn closed_behind_our_back(&mut self, entry: &Entry) {
        let (before, _) = change(entry, Word::closed_behind_our_back);
        self.watched -= usize::from(before.has(WATCHED));
    }

    /// True if a round would return anything. Passes over those who left.
    pub(super) fn anything_deliverable(&mut self) -> bool {
        let mut any = false;
        for direction in Direction::BOTH {
            while let Some((fd, entry)) = first(&self.ready[direction as usize]) {
                if entry.load().deliverable(direction) {
                    any = true;
                    break;
                }
                self.ready[direction as usize].advance(direction, entry);
                let (_, word) = entry.update(|word| word.dequeued(direction));
                if word.has(queued_bit(direction)) {
                    self.append(fd, entry, direction, word);
                }
            }
        }
        any
    }

    /// True if somebody has come into doubt since everybody's doubts were settled.
    pub(super) fn anything_stale(&self) -> bool {
        self.stale.iter().any(|list| list.first().is_some())
    }

    /// Appends the refused ones to the ready ones. True if there are any.
    pub(super) fn make_ready(&mut self, refused: &mut [List; 2]) -> bool {
        let mut any = false;
        for (list, direction) in refused.iter_mut().zip(Direction::BOTH) {
            while let Some((fd, entry)) = pop(list, direction) {
                self.ready[direction as usize].push(direction, fd, entry);
                any = true;
            }
        }
        any
    }
}

/// The first of a list, and its entry.
#[inline(always)]
pub(super) fn first(list: &List) -> Option<(u32, &'static Entry)> {
    let fd = list.first()?;
    Some((fd, TABLE.get(fd)?))
}

/// Takes the first out of a list.
#[inline(always)]
pub(super) fn pop(list: &mut List, direction: Direction) -> Option<(u32, &'static Entry)> {
    let (fd, entry) = first(list)?;
    list.advance(direction, entry);
    Some((fd, entry))
}
