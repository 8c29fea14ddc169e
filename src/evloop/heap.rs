// SPDX-License-Identifier: MIT OR Apache-2.0
//! A binary heap of descriptors by time, with a place behind it where some can be set aside.
//!
//! Each descriptor's entry knows where it stands, so that it can be taken out of the middle. The slots are one
//! vector: first the heap, then the parked ones. Places are reserved beforehand: nothing here needs memory when
//! a deadline is set.

use super::table::Table;
use crate::abi::taia;
use alloc::vec::Vec;
use core::sync::atomic::Ordering::Relaxed;

/// A moment to the nanosecond, rounded up. The clock has no finer steps, so a deadline has passed exactly
/// when its key has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key {
    sec: u64,
    nano: u32,
}

impl From<taia> for Key {
    fn from(moment: taia) -> Self {
        Key { sec: moment.sec.x, nano: moment.nano.saturating_add((moment.atto != 0).into()) }
    }
}

impl Key {
    /// The moment, for arithmetic.
    pub(crate) fn moment(self) -> taia {
        let mut moment = taia::from_seconds(self.sec);
        moment.nano = self.nano;
        moment
    }

    /// The same in one number, in the same order: [`Key::UNPACKED`] for moments before 1970, after 2514, or with a fraction
    /// that is none.
    #[inline(always)]
    pub(crate) const fn packed(self) -> u64 {
        let seconds = self.sec.wrapping_sub(Key::FIRST_SECOND);
        if seconds >> (u64::BITS - Key::NANO_BITS) == 0 && self.nano >> Key::NANO_BITS == 0 {
            seconds << Key::NANO_BITS | self.nano as u64
        } else {
            Key::UNPACKED
        }
    }

    /// What was packed; `None` for [`Key::UNPACKED`].
    pub(crate) const fn unpack(packed: u64) -> Option<Key> {
        if packed == Key::UNPACKED {
            return None;
        }
        let nano = packed & ((1 << Key::NANO_BITS) - 1);
        Some(Key { sec: (packed >> Key::NANO_BITS) + Key::FIRST_SECOND, nano: nano as u32 })
    }

    /// Stands for every moment that does not fit into one number.
    pub(crate) const UNPACKED: u64 = u64::MAX;

    /// The label of 1970-01-01 00:00:00 TAI.
    const FIRST_SECOND: u64 = 1 << 62;

    const NANO_BITS: u32 = 30;
}

#[derive(Clone, Copy)]
struct Slot {
    sec: u64,
    nano: u32,
    fd: u32,
}

impl Slot {
    fn key(&self) -> Key {
        Key { sec: self.sec, nano: self.nano }
    }
}

/// How many descriptors fit into a heap from the start.
const FIRST_CAPACITY: usize = 1 << 14;

/// See the module. Used under the loop's lock only.
pub(crate) struct Heap {
    slots: Vec<Slot>,
    live: usize,
}

impl Heap {
    /// An empty heap.
    pub(crate) const fn new() -> Self {
        Heap { slots: Vec::new(), live: 0 }
    }

    /// Reserves places for `total` descriptors. False: no memory.
    ///
    /// The first capacity is as large as most programs will ever need. It is address space, which costs no memory until it is
    /// used; growing step by step would copy, and thereby use, what is empty.
    #[inline(never)]
    pub(crate) fn reserve(&mut self, total: usize) -> bool {
        let wanted = total.max(FIRST_CAPACITY);
        self.slots.try_reserve(wanted.saturating_sub(self.slots.len())).is_ok()
    }

    /// True if nothing is in the heap or parked.
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The earliest in the heap.
    pub(crate) fn first(&self) -> Option<(Key, u32)> {
        let slot = self.slots.first().filter(|_| self.live > 0)?;
        Some((slot.key(), slot.fd))
    }

    /// The key under which the descriptor at `index` is filed.
    pub(crate) fn key_at(&self, index: usize) -> Option<Key> {
        self.slots.get(index).map(Slot::key)
    }

    /// Adds a descriptor to the heap. Its place was reserved when the descriptor was registered.
    #[inline(never)]
    pub(crate) fn push(&mut self, table: &Table, key: Key, fd: u32) {
        let place = self.slots.len();
        self.push_parked(table, key, fd);
        if place < self.slots.len() {
            self.revive(table, place);
        }
    }

    /// Adds a descriptor to the parked ones.
    pub(crate) fn push_parked(&mut self, table: &Table, key: Key, fd: u32) {
        debug_assert!(self.slots.len() < self.slots.capacity());
        if self.slots.len() < self.slots.capacity() {
            self.slots.push(Slot { sec: key.sec, nano: key.nano, fd });
            self.place(table, self.slots.len() - 1);
        }
    }

    /// Moves the earliest from the heap to the parked ones.
    pub(crate) fn park_first(&mut self, table: &Table) {
        if self.live > 0 {
            self.live -= 1;
            self.swap(table, 0, self.live);
            self.sift_down(table, 0);
        }
    }

    /// Puts all parked ones back into the heap.
    pub(crate) fn unpark_all(&mut self, table: &Table) {
        while self.live < self.slots.len() {
            self.revive(table, self.live);
        }
    }

    /// Takes the descriptor at `index` out, from the heap or from the parked ones.
    #[inline(never)]
    pub(crate) fn remove(&mut self, table: &Table, index: usize) {
        if index >= self.slots.len() {
            return;
        }
        let mut hole = index;
        if index < self.live {
            self.live -= 1;
            self.swap(table, index, self.live);
            hole = self.live;
            self.sift(table, index);
        }
        let last = self.slots.len() - 1;
        self.swap(table, hole, last);
        self.slots.pop();
    }

    /// Files the descriptor at `index` in the heap under another key.
    pub(crate) fn rekey(&mut self, table: &Table, index: usize, key: Key) {
        if let Some(slot) = self.slots.get_mut(index) {
            (slot.sec, slot.nano) = (key.sec, key.nano);
            self.sift(table, index);
        }
    }

    fn revive(&mut self, table: &Table, index: usize) {
        self.swap(table, index, self.live);
        self.live += 1;
        self.sift_up(table, self.live - 1);
    }

    fn place(&self, table: &Table, index: usize) {
        if let Some(entry) = self.slots.get(index).and_then(|slot| table.get(slot.fd)) {
            entry.slot.store(index as u32, Relaxed);
        }
    }

    #[inline(never)]
    fn swap(&mut self, table: &Table, a: usize, b: usize) {
        // Both are places in it: what is checked here need not be checked below, and nothing can panic.
        if a.max(b) < self.slots.len() {
            self.slots.swap(a, b);
            self.place(table, a);
            self.place(table, b);
        }
    }

    fn sift(&mut self, table: &Table, index: usize) {
        if index < self.live {
            let index = self.sift_up(table, index);
            self.sift_down(table, index);
        }
    }

    fn sift_up(&mut self, table: &Table, mut index: usize) -> usize {
        while index > 0 {
            let parent = (index - 1) / 2;
            if self.key_at(parent) <= self.key_at(index) {
                break;
            }
            self.swap(table, index, parent);
            index = parent;
        }
        index
    }

    fn sift_down(&mut self, table: &Table, mut index: usize) {
        loop {
            let mut least = index;
            for child in [2 * index + 1, 2 * index + 2] {
                if child < self.live && self.key_at(child) < self.key_at(least) {
                    least = child;
                }
            }
            if least == index {
                return;
            }
            self.swap(table, index, least);
            index = least;
        }
    }
}
