// SPDX-License-Identifier: MIT OR Apache-2.0
//! Deadlines: which have passed, and when the next one will.
//!
//! Two heaps: `pending` files each deadline under a moment no later than it; putting a deadline off touches only
//! the descriptor's entry. `expired` holds those found to have passed. A sweep (io_timeouted until -1) takes
//! from `expired` alone and parks what it returned, so it ends whatever the program does during it.
//!
//! Servers put a deadline off with each request: that takes no lock, it is one store into the entry. Unless the program sees to
//! it, no order is defined between this store and what another thread's loop does; where it does see to it, the loop sees the
//! store. So a deadline that was found to have passed is looked at again before the program hears of it ([`Deadlines::sweep`]).

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

    /// Moves a deadline to one that is no earlier. Needs no lock. False if that is not all there is to do: the deadline is moved
    /// forward or dropped, there is none, or it has passed.
    ///
    /// Of two threads that move the deadline of one descriptor at the same time, one may undo what the other one has done since
    /// it looked. The descriptor then expires at a moment that one of them has asked for.
    #[inline(always)]
    pub(crate) fn put_off(entry: &Entry, deadline: taia) -> bool {
        let later = Key::from(deadline).packed();
        if !entry.load().is_pending() || later < entry.deadline() || later == Key::UNPACKED {
            return false;
        }
        entry.set_deadline(later);
        // Until a moment ago it may have been found to have passed.
        entry.load().is_pending()
    }

    /// The deadline of a descriptor, if it has one.
    pub(crate) fn of(&self, entry: &Entry) -> Option<Key> {
        let word = entry.load();
        let heap = if word.has(EXPIRED) { &self.expired } else { &self.pending };
        let filed = || heap.key_at(entry.slot.load(Relaxed) as usize);
        if word.has(ARMED) { Key::unpack(entry.deadline()).or_else(filed) } else { None }
    }

    /// Sets or moves the deadline of a known descriptor. True if it may come before all others.
    pub(crate) fn set(&mut self, table: &Table, fd: u32, deadline: taia) -> bool {
        let Some(entry) = table.get(fd) else { return false };
        let word = entry.load();
        let key = Key::from(deadline);
        entry.set_deadline(key.packed());
        let slot = entry.slot.load(Relaxed) as usize;
        if word.is_pending() {
            // What the entry cannot express has to be filed as it is.
            let stays = |filed| filed <= key && key.packed() != Key::UNPACKED;
            if !self.pending.key_at(slot).is_some_and(stays) {
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
            let key = table.get(fd).and_then(|entry| Key::unpack(entry.deadline())).unwrap_or(filed);
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
        while let Some((found, fd)) = self.expired.first() {
            let entry = table.get(fd);
            let later = entry.and_then(|entry| Key::unpack(entry.deadline())).filter(|key| *key > found);
            if let (Some(entry), Some(later)) = (entry, later) {
                // It was put off while it was found to have passed.
                self.expired.remove(table, 0);
                entry.update(|word| word.without(EXPIRED));
                self.pending.push(table, later, fd);
                continue;
            }
            self.expired.park_first(table);
            if entry.is_some_and(|entry| admit(entry.load())) {
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
        Set(u32, When, u32),
        Drop(u32),
        Pass(u64),
        Sweep(usize),
    }

    /// What the entry can express, and what it cannot.
    #[derive(Clone, Copy, Debug)]
    enum When {
        Around(u64),
        LongAgo(u64),
        WithAnOddFraction(u64),
    }

    fn when() -> impl Strategy<Value = When> {
        prop_oneof![
            8 => (0u64..60).prop_map(When::Around),
            1 => (1u64..60).prop_map(When::LongAgo),
            1 => (0u64..60).prop_map(When::WithAnOddFraction),
        ]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0u32..40, when(), 0u32..2).prop_map(|(fd, when, atto)| Step::Set(fd, when, atto)),
            1 => (0u32..40).prop_map(Step::Drop),
            2 => (0u64..20).prop_map(Step::Pass),
            2 => (0usize..30).prop_map(Step::Sweep),
        ]
    }

    fn moment((sec, nano, atto): (u64, u32, u32)) -> taia {
        taia { nano, atto, ..taia::from_seconds(sec) }
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
            let mut model: BTreeMap<u32, (u64, u32, u32)> = BTreeMap::new();
            let mut sweep: Option<BTreeSet<((u64, u32, u32), u32)>> = None;
            let mut now = (1 << 62) + 1000;
            for step in steps {
                match step {
                    Step::Set(fd, when, atto) => {
                        let deadline = match when {
                            When::Around(after) => (now + after - 10, 0, atto),
                            When::LongAgo(after) => (after, 0, atto),
                            When::WithAnOddFraction(after) => (now + after - 10, u32::MAX - 1, atto),
                        };
                        if !Deadlines::put_off(table.get(fd).unwrap(), moment(deadline)) {
                            deadlines.set(&table, fd, moment(deadline));
                        }
                        prop_assert_eq!(deadlines.of(table.get(fd).unwrap()), Some(moment(deadline).into()));
                        model.insert(fd, deadline);
                        if let Some(left) = &mut sweep {
                            left.retain(|(_, other)| *other != fd);
                        }
                    }
                    Step::Drop(fd) => {
                        deadlines.drop(&table, fd);
                        model.remove(&fd);
                        if let Some(left) = &mut sweep {
                            left.retain(|(_, other)| *other != fd);
                        }
                    }
                    Step::Pass(seconds) => {
                        now += seconds;
                        deadlines.collect(&table, moment((now, 0, 0)));
                        let earliest = deadlines.next();
                        for (fd, at) in &model {
                            let expired = table.get(*fd).unwrap().load().has(EXPIRED);
                            prop_assert!(expired || Key::from(earliest.unwrap()) <= Key::from(moment(*at)));
                        }
                    }
                    Step::Sweep(calls) => for _ in 0..calls {
                        let left = sweep.get_or_insert_with(|| {
                            deadlines.collect(&table, moment((now, 0, 0)));
                            model.iter().filter(|(_, at)| **at <= (now, 0, 0)).map(|(fd, at)| (*at, *fd)).collect()
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
                                let this = left.iter().find(|(_, other)| *other == fd).copied();
                                prop_assert_eq!(this.map(|(at, _)| at), Some(first.0));
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
