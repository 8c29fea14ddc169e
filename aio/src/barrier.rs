// SPDX-License-Identifier: MIT OR Apache-2.0
//! What aio_fsync waits for: the requests of a file that came before it, counted by generation. A generation is closed by
//! a barrier, which belongs to it.

use alloc::collections::VecDeque;
use core::cell::Cell;

/// The generations of one file.
pub(crate) struct Barriers {
    /// Pending requests of each closed generation, its barrier included, from the oldest one with any.
    closed: Cell<VecDeque<u32>>,
    /// The number of the first of them.
    first: Cell<u32>,
    /// Pending requests since the last barrier.
    open: Cell<u32>,
    /// The number of the generation that is open.
    current: Cell<u32>,
}

impl Barriers {
    /// Nothing pending.
    pub(crate) const fn new() -> Barriers {
        Barriers {
            closed: Cell::new(VecDeque::new()),
            first: Cell::new(0),
            open: Cell::new(0),
            current: Cell::new(0),
        }
    }

    /// Counts a request; the result is its generation.
    pub(crate) fn add(&self) -> u32 {
        self.open.set(self.open.get() + 1);
        self.current.get()
    }

    /// Counts a barrier and closes the generation, which is the result; `None` if there is no memory.
    pub(crate) fn close(&self) -> Option<u32> {
        let mut closed = self.closed.take();
        let room = closed.try_reserve(1).is_ok();
        if room {
            closed.push_back(self.open.get() + 1);
        }
        self.closed.set(closed);
        if !room {
            return None;
        }
        self.open.set(0);
        let generation = self.current.get();
        self.current.set(generation.wrapping_add(1));
        Some(generation)
    }

    /// A request or barrier of this generation has ended.
    pub(crate) fn end(&self, generation: u32) {
        if generation == self.current.get() {
            return self.open.set(self.open.get() - 1);
        }
        let mut closed = self.closed.take();
        let index = generation.wrapping_sub(self.first.get()) as usize;
        if let Some(count) = closed.get_mut(index) {
            *count -= 1;
        }
        while closed.front() == Some(&0) {
            closed.pop_front();
            self.first.set(self.first.get().wrapping_add(1));
        }
        // A file that lives long keeps no memory for barriers of the past.
        if closed.is_empty() {
            closed = VecDeque::new();
        }
        self.closed.set(closed);
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.closed.take();
        self.first.set(self.current.get());
        self.open.set(0);
    }

    /// True if the barrier of this generation is the only request left of it, and nothing older is pending.
    pub(crate) fn is_clear(&self, generation: u32) -> bool {
        let closed = self.closed.take();
        let clear = generation == self.first.get() && closed.front() == Some(&1);
        self.closed.set(closed);
        clear
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barrier_waits_for_what_came_before_and_for_nothing_else() {
        let barriers = Barriers::new();
        let before = barriers.add();
        let first = barriers.close().unwrap();
        let between = barriers.add();
        let second = barriers.close().unwrap();
        let after = barriers.add();
        assert!(!barriers.is_clear(first));
        barriers.end(between);
        assert!(!barriers.is_clear(second));
        barriers.end(before);
        assert!(barriers.is_clear(first) && !barriers.is_clear(second));
        barriers.end(first);
        assert!(barriers.is_clear(second));
        barriers.end(second);
        barriers.end(after);
        let alone = barriers.close().unwrap();
        assert!(barriers.is_clear(alone));
    }

    #[test]
    fn barriers_that_end_out_of_order_leave_nothing_behind() {
        let barriers = Barriers::new();
        let numbers: Vec<u32> = (0..10).map(|_| barriers.close().unwrap()).collect();
        for number in numbers.iter().rev() {
            barriers.end(*number);
        }
        assert!(barriers.is_clear(barriers.close().unwrap()));
    }
}
