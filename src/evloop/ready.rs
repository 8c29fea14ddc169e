// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rounds of io_canread and io_canwrite.

use super::recheck::pop;
use super::table::Entry;
use super::word::{Direction, queued_bit};
use super::{Loop, lock};

/// The next descriptor that is ready in this direction and wished for, once per round.
#[inline(always)]
pub fn next_ready(direction: Direction) -> Option<u32> {
    let mut state = lock();
    state.adopt();
    while let Some((fd, entry)) = state.pop_ready(direction) {
        let word = entry.load();
        if word.deliverable(direction) && entry.exchange(word, word.delivered(direction)) {
            state.stale[direction as usize].push(direction, fd, entry);
            return Some(fd);
        }
        if state.deliver(fd, entry, direction) {
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
    fn deliver(&mut self, fd: u32, entry: &'static Entry, direction: Direction) -> bool {
        let (before, after) = entry.update(|word| {
            if word.deliverable(direction) { word.delivered(direction) } else { word.dequeued(direction) }
        });
        if after.has(queued_bit(direction)) {
            self.stale[direction as usize].push(direction, fd, entry);
        }
        before.deliverable(direction)
    }
}
