// SPDX-License-Identifier: MIT OR Apache-2.0
//! Doubts, and how they are settled: descriptors that were handed to the program, or that the kernel has refused to watch, are
//! looked at before the next question to the kernel.

use super::list::List;
use super::table::Entry;
use super::word::{
    DRAINED, Direction, LEVEL, REFUSED, UNWATCHABLE, WATCHED, Word, linked_bit, ready_bit, unsure_bit,
};
use super::{DISTURBED, Loop, TABLE, change, deaf, token};
use crate::errno::Errno;
use crate::sys::Refused;
use core::sync::atomic::Ordering::AcqRel;

impl Loop {
    /// Goes through everything in doubt: unasked for, known after all, or to be asked of the kernel again. True if
    /// the kernel has been asked and must be heard. Those that the kernel refuses to watch come back in
    /// `refused`, marked as ready.
    pub(super) fn settle(&mut self, refused: &mut [List; 2]) -> bool {
        self.adopt();
        let mut questions = false;
        // Who waits to be fetched is looked at only if reads or writes have raised doubts there.
        let all = DISTURBED.swap(false, AcqRel);
        questions |= self.settle_direction(Direction::Read, DRAINED, all, refused);
        questions |= self.settle_direction(Direction::Write, 0, all, refused);
        questions
    }

    /// The part of `settle` for one direction; `round_mark` is forgotten at the end of a round.
    #[inline(always)]
    fn settle_direction(
        &mut self,
        direction: Direction,
        round_mark: u64,
        all: bool,
        refused: &mut [List; 2],
    ) -> bool {
        let doubtful = self.doubt[direction as usize].take();
        let mut list = match all {
            true => self.ready[direction as usize].take().followed_by(direction, doubtful),
            false => doubtful,
        };
        let mut questions = false;
        while let Some((fd, entry)) = pop(&mut list, direction) {
            let word = entry.load();
            // Most have been drained, or are not wished for any more.
            let left = word.without(round_mark | linked_bit(direction));
            if word.lacks_a_reason(direction) && entry.exchange(word, left) {
                continue;
            }
            let (_, word) = entry.update(|word| word.without(round_mark).unlinked(direction));
            if word.has(linked_bit(direction)) {
                questions |= self.look_into(fd, entry, direction, word, refused);
            }
        }
        questions
    }

    /// The part of `settle` for a descriptor that is wished for and in doubt.
    #[inline(never)]
    fn look_into(
        &mut self,
        fd: u32,
        entry: &'static Entry,
        direction: Direction,
        word: Word,
        refused: &mut [List; 2],
    ) -> bool {
        if word.has(REFUSED) {
            self.watch(fd, entry);
            if !entry.load().has(WATCHED) {
                refused[direction as usize].push(direction, fd, entry);
                return false;
            }
            entry.update(|word| word.blank().without(linked_bit(direction)));
            return true;
        }
        if word.has(ready_bit(direction)) {
            self.ready[direction as usize].push(direction, fd, entry);
            return false;
        }
        if word.has(UNWATCHABLE) {
            entry.update(|word| word.without(unsure_bit(direction)).with(ready_bit(direction)));
            self.ready[direction as usize].push(direction, fd, entry);
            return false;
        }
        entry.update(|word| word.without(linked_bit(direction)));
        self.ask_again(fd, entry)
    }

    /// Has the kernel report once more what is ready on a descriptor that it watches. True if it will.
    pub(super) fn ask_again(&mut self, fd: u32, entry: &'static Entry) -> bool {
        let backend = self.backend();
        let (before, word) = entry.update(|word| word.rearmed(backend.knows_scopes()));
        // Unless a wait is under way, which has seen what is there to report.
        if before.has(LEVEL) && word.has(LEVEL) && !self.waiting {
            return true;
        }
        self.tell_kernel(fd, entry, word)
    }

    /// Registers a descriptor anew, with the scope that its state says. True if the kernel will report what is ready.
    pub(super) fn tell_kernel(&mut self, fd: u32, entry: &'static Entry, word: Word) -> bool {
        match self.backend().rearm(fd as i32, token(fd, word), word.scope()) {
            Ok(Refused::NONE) => true,
            Err(Errno(libc::ENOENT | libc::EBADF)) => {
                self.vanish(entry);
                false
            }
            // Where the kernel will not tell, or has no memory to look, the program's own calls will tell.
            outcome => {
                let refused = outcome.unwrap_or(Refused::BOTH);
                self.change_and_enlist(fd, entry, |word| word.with(deaf(refused)));
                outcome.is_ok()
            }
        }
    }

    /// The number was closed without our knowledge.
    pub(super) fn vanish(&mut self, entry: &Entry) {
        let (before, _) = change(entry, Word::vanished);
        self.watched -= usize::from(before.has(WATCHED));
    }

    /// True if a round would return anything. Passes over those who left.
    pub(super) fn anything_fetchable(&mut self) -> bool {
        let mut any = false;
        for direction in Direction::BOTH {
            while let Some((fd, entry)) = first(&self.ready[direction as usize]) {
                if entry.load().fetchable(direction) {
                    any = true;
                    break;
                }
                self.ready[direction as usize].advance(direction, entry);
                let (_, word) = entry.update(|word| word.unlinked(direction));
                if word.has(linked_bit(direction)) {
                    self.append(fd, entry, direction, word);
                }
            }
        }
        any
    }

    /// True if somebody has come into doubt since everybody's doubts were settled.
    pub(super) fn anybody_in_doubt(&self) -> bool {
        self.doubt.iter().any(|list| list.first().is_some())
    }

    /// Appends the refused ones to the ready ones. True if there are any.
    pub(super) fn take_over(&mut self, refused: &mut [List; 2]) -> bool {
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
