// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rounds of io_canread and io_canwrite.

use super::settle::pop;
use super::table::Entry;
use super::word::{Direction, linked_bit};
use super::{Loop, lock};

/// The next descriptor that is ready in this direction and wished for, once per round.
#[inline(always)]
pub fn fetch(direction: Direction) -> Option<u32> {
    let mut state = lock();
    state.adopt();
    while let Some((fd, entry)) = state.pop_ready(direction) {
        let word = entry.load();
        if word.fetchable(direction) && entry.exchange(word, word.handed_out(direction)) {
            state.doubt[direction as usize].push(direction, fd, entry);
            return Some(fd);
        }
        if state.hand_out(fd, entry, direction) {
            return Some(fd);
        }
    }
    None
}

impl Loop {
    /// Takes out the next of the ready ones.
    #[inline(always)]
    fn pop_ready(&mut self, direction: Direction) -> Option<(u32, &'static Entry)> {
        pop(&mut self.ready[direction as usize], direction)
    }

    /// What becomes of a descriptor that was taken out of the ready ones. True if it is to be returned.
    #[inline(never)]
    fn hand_out(&mut self, fd: u32, entry: &'static Entry, direction: Direction) -> bool {
        let (before, after) = entry.update(|word| {
            if word.fetchable(direction) { word.handed_out(direction) } else { word.unlinked(direction) }
        });
        if after.has(linked_bit(direction)) {
            self.doubt[direction as usize].push(direction, fd, entry);
        }
        before.fetchable(direction)
    }
}
