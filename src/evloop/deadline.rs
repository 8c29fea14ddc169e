// SPDX-License-Identifier: MIT OR Apache-2.0
//! Deadlines: which have passed, and when the next one will.
//!
//! Two heaps: `pending` files each deadline under a moment no later than it; putting a deadline off touches only
//! the descriptor's entry. `expired` holds those found to have passed. A sweep (io_timeouted until -1) takes
//! from `expired` alone and parks what it returned, so it ends whatever the program does during it.

use super::heap::{Heap, Key};
use super::table::{Entry, Table};
use super::word::{ARMED, EXPIRED, Word};
use crate::abi::taia;
use core::sync::atomic::Ordering::Relaxed;

/// All deadlines. Used under the loop's lock only.
pub(crate) struct Deadlines {
    pending: Heap,
    expired: Heap,
    sweeping: bool,
}

impl Deadlines {
    /// No deadlines.
    pub(crate) const fn new() -> Self {
        Deadlines { pending: Heap::new(), expired: Heap::new(), sweeping: false }
    }

    /// Reserves places for the deadlines of `descriptors` descriptors, so that setting one cannot fail.
    pub(crate) fn reserve(&mut self, descriptors: usize) -> bool {
        self.pending.reserve(descriptors) && self.expired.reserve(descriptors)
    }

    /// True if no descriptor has a deadline.
    pub(crate) fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.expired.is_empty()
    }

    /// Moves a deadline to one that is no earlier than it is filed under: only the entry changes. False, and nothing has changed,
    /// if it has to be filed anew, or dropped because it is all zero.
    #[inline(always)]
    pub(crate) fn put_off(&self, entry: &Entry, word: Word, deadline: taia) -> bool {
        let filed = || self.pending.key_at(entry.slot.load(Relaxed) as usize);
        // No deadline is filed under zero.
        let stays =
            word.has(ARMED) && !word.has(EXPIRED) && filed().is_some_and(|filed| filed <= deadline.into());
        if stays {
            entry.set_deadline(deadline);
        }
        stays
    }

    /// Sets or moves the deadline of a known descriptor. True if it may come before all others.
    pub(crate) fn set(&mut self, table: &Table, fd: u32, deadline: taia) -> bool {
        let Some(entry) = table.get(fd) else { return false };
        let word = entry.load();
        let key = Key::from(deadline);
        entry.set_deadline(deadline);
        let slot = entry.slot.load(Relaxed) as usize;
        if word.has(ARMED) && !word.has(EXPIRED) {
            if self.pending.key_at(slot).is_none_or(|filed| key < filed) {
                self.pending.rekey(table, slot, key);
            }
        } else {
            if word.has(ARMED) {
                self.expired.remove(table, slot);
            }
            entry.update(|word| word.with(ARMED).without(EXPIRED));
            self.pending.push(table, key, fd);
        }
        self.pending.first().is_some_and(|(_, first)| first == fd)
    }

    /// Drops the deadline of a descriptor, if it has one.
    pub(crate) fn drop(&mut self, table: &Table, fd: u32) {
        let Some(entry) = table.get(fd) else { return };
        let (word, _) = entry.update(|word| word.without(ARMED | EXPIRED));
        if word.has(ARMED) {
            let heap = if word.has(EXPIRED) { &mut self.expired } else { &mut self.pending };
            heap.remove(table, entry.slot.load(Relaxed) as usize);
        }
    }

    /// Finds out which deadlines have passed by `now`. True if there are new ones.
    pub(crate) fn collect(&mut self, table: &Table, now: taia) -> bool {
        let now = Key::from(now);
        let mut found = false;
        while let Some((filed, fd)) = self.pending.first()
            && filed <= now
        {
            let deadline = table.get(fd).and_then(|entry| entry.deadline());
            let key = deadline.map_or(filed, Key::from);
            if key > now {
                // It was put off since it was filed.
                self.pending.rekey(table, 0, key);
                continue;
            }
            self.pending.remove(table, 0);
            if let Some(entry) = table.get(fd) {
                entry.update(|word| word.with(EXPIRED));
                if self.sweeping {
                    self.expired.push_parked(table, key, fd);
                } else {
                    self.expired.push(table, key, fd);
                }
                found = true;
            }
        }
        found
    }

    /// A moment before which no further deadline can pass.
    pub(crate) fn next(&self) -> Option<taia> {
        self.pending.first().map(|(key, _)| key.moment())
    }

    /// True if there is an expired descriptor that the program has neither closed nor given a new deadline.
    pub(crate) fn unacknowledged(&self) -> bool {
        !self.expired.is_empty()
    }

    /// True if a sweep has begun and not ended.
    pub(crate) fn sweeping(&self) -> bool {
        self.sweeping
    }

    /// The next expired descriptor of this sweep that passes `admit`; `None` ends the sweep. What has expired is to
    /// be collected before a sweep begins.
    pub(crate) fn sweep(&mut self, table: &Table, admit: impl Fn(Word) -> bool) -> Option<u32> {
        self.sweeping = true;
        while let Some((_, fd)) = self.expired.first() {
            self.expired.park_first(table);
            if table.get(fd).is_some_and(|entry| admit(entry.load())) {
                return Some(fd);
            }
        }
        self.expired.unpark_all(table);
        self.sweeping = false;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evloop::word::REGISTERED;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[derive(Clone, Debug)]
    enum Step {
        Set(u32, u64, u32),
        Drop(u32),
        Pass(u64),
        Sweep(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0u32..40, 0u64..60, 0u32..2).prop_map(|(fd, after, atto)| Step::Set(fd, after, atto)),
            1 => (0u32..40).prop_map(Step::Drop),
            2 => (0u64..20).prop_map(Step::Pass),
            2 => (0usize..30).prop_map(Step::Sweep),
        ]
    }

    fn moment(sec: u64, atto: u32) -> taia {
        let mut moment = taia::from_seconds(sec);
        moment.atto = atto;
        moment
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 600 }))]
        /// Against the plain model: a map of deadlines, and a sweep that walks a sorted copy of it.
        #[test]
        fn sweeps_are_those_of_a_sorted_map(steps in prop::collection::vec(step(), 1..120)) {
            let table = Table::new();
            let mut deadlines = Deadlines::new();
            prop_assert!(deadlines.reserve(40));
            for fd in 0..40 {
                table.grow(fd).unwrap().update(|word| word.with(REGISTERED));
            }
            let mut model: BTreeMap<u32, (u64, u32)> = BTreeMap::new();
            let mut sweep: Option<BTreeSet<(u64, u32, u32)>> = None;
            let mut now = 1000;
            for step in steps {
                match step {
                    Step::Set(fd, after, atto) => {
                        let deadline = (now + after - 10, atto);
                        let (entry, to) = (table.get(fd).unwrap(), moment(deadline.0, deadline.1));
                        if !deadlines.put_off(entry, entry.load(), to) {
                            deadlines.set(&table, fd, to);
                        }
                        model.insert(fd, deadline);
                        if let Some(left) = &mut sweep {
                            left.retain(|(.., other)| *other != fd);
                        }
                    }
                    Step::Drop(fd) => {
                        deadlines.drop(&table, fd);
                        model.remove(&fd);
                        if let Some(left) = &mut sweep {
                            left.retain(|(.., other)| *other != fd);
                        }
                    }
                    Step::Pass(seconds) => {
                        now += seconds;
                        deadlines.collect(&table, moment(now, 0));
                        let earliest = deadlines.next();
                        for (fd, (sec, atto)) in &model {
                            let expired = table.get(*fd).unwrap().load().has(EXPIRED);
                            prop_assert!(expired || Key::from(earliest.unwrap()) <= Key::from(moment(*sec, *atto)));
                        }
                    }
                    Step::Sweep(calls) => for _ in 0..calls {
                        let left = sweep.get_or_insert_with(|| {
                            deadlines.collect(&table, moment(now, 0));
                            model.iter().filter(|(_, at)| **at <= (now, 0)).map(|(fd, at)| (at.0, at.1, *fd)).collect()
                        });
                        let got = deadlines.sweep(&table, |_| true);
                        match got {
                            None => {
                                prop_assert!(left.is_empty());
                                sweep = None;
                            }
                            Some(fd) => {
                                // Equal moments come in any order; the earliest moment is the model's.
                                let first = left.first().copied().unwrap();
                                let this = left.iter().find(|(.., other)| *other == fd).copied();
                                prop_assert_eq!(this.map(|(sec, atto, _)| (sec, atto)), Some((first.0, first.1)));
                                left.remove(&this.unwrap());
                            }
                        }
                    }
                }
                prop_assert_eq!(deadlines.is_empty(), model.is_empty());
            }
            // SAFETY: this test alone knows the table.
            unsafe { table.clear() };
        }
    }
}
