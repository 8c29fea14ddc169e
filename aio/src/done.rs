// SPDX-License-Identifier: MIT OR Apache-2.0
//! Completions that were not collected yet, in order: what aio_waitcomplete hands out.
//!
//! The queue is a list of slots in memory that never moves. aio_return, which takes no lock, empties the slot that its
//! block names, if that slot names the block; the empty slot leaves the queue later. Until the program asks for the first
//! completion only the latest ones are kept, and blocks are not touched before they are handed out.

use crate::abi::Aiocb;
use crate::event;
use crate::slots::{self, NONE};
use alloc::vec::Vec;
use core::ptr::null_mut;
use core::sync::atomic::AtomicIsize;
use core::sync::atomic::Ordering::{Acquire, Relaxed, SeqCst};

/// How many are kept for a program that never asked for one.
const LATEST: u32 = 4096;

/// Slots with a block. Below 0 for the moment in which a block was fetched that is not counted yet.
static LIVE: AtomicIsize = AtomicIsize::new(0);

/// The order of the slots, and where the slot of a block is.
pub(crate) struct Done {
    head: u32,
    tail: u32,
    length: u32,
    buckets: Vec<u32>,
    keeps_all: bool,
}

/// Takes a block out of its slot; true if it was there.
fn empty(index: u32, block: *const Aiocb) -> bool {
    slots::get(index).is_some_and(|slot| {
        slot.block.compare_exchange(block.cast_mut(), null_mut(), Acquire, Relaxed).is_ok()
    })
}

/// The block's completion is collected. Takes no lock.
pub(crate) fn fetch(block: &Aiocb) {
    if empty(block.place.load(Relaxed), block) && LIVE.fetch_sub(1, SeqCst) == 1 {
        event::lower(is_live);
    }
}

/// True if aio_waitcomplete has something to hand out.
pub(crate) fn is_live() -> bool {
    LIVE.load(SeqCst) > 0
}

/// A completion whose status is published can be handed out from now on.
pub(crate) fn count() {
    if LIVE.fetch_add(1, SeqCst) == 0 {
        event::raise();
    }
}

impl Done {
    /// Nothing complete.
    pub(crate) const fn new() -> Done {
        Done { head: NONE, tail: NONE, length: 0, buckets: Vec::new(), keeps_all: false }
    }

    /// The program asks for completions: all are kept from now on. `pending` requests will need slots; false if there is
    /// no memory for them.
    pub(crate) fn keep_all(&mut self, pending: usize) -> bool {
        self.keeps_all = true;
        slots::reserve(self.length as usize + pending)
    }

    /// Makes sure of a slot for each of `pending` requests; false if there is no memory.
    pub(crate) fn reserve(&self, pending: usize) -> bool {
        !self.keeps_all || slots::reserve(self.length as usize + pending)
    }

    /// A request is complete and about to be published; true if [`count`] is to follow.
    pub(crate) fn push(&mut self, block: &Aiocb) -> bool {
        while self.length > 0 && self.is_empty_slot(self.head) || (!self.keeps_all && self.length >= LATEST) {
            self.pop();
        }
        if self.length as isize > 2 * LIVE.load(Relaxed).max(0) + 2 * LATEST as isize {
            self.sweep();
        }
        let Some(index) = slots::take() else { return false };
        self.grow_buckets();
        let Some(slot) = slots::get(index) else { return false };
        block.place.store(index, Relaxed);
        slot.next.set(NONE);
        if let Some(bucket) = self.bucket(block) {
            slot.chained.set(self.buckets[bucket]);
            slot.bucket.set(bucket as u32);
            self.buckets[bucket] = index;
        } else {
            slot.bucket.set(NONE);
        }
        slot.block.store((block as *const Aiocb).cast_mut(), SeqCst);
        match slots::get(self.tail) {
            Some(tail) => tail.next.set(index),
            None => self.head = index,
        }
        self.tail = index;
        self.length += 1;
        true
    }

    /// The next block to hand out.
    pub(crate) fn next(&mut self) -> Option<*mut Aiocb> {
        while self.length > 0 {
            if let Some(block) = self.pop() {
                return Some(block);
            }
        }
        None
    }

    /// A block is submitted again: what it had to say before is lost.
    pub(crate) fn forget(&mut self, block: *const Aiocb) {
        let Some(bucket) = self.bucket(block) else { return };
        let mut index = self.buckets[bucket];
        while let Some(slot) = slots::get(index) {
            if empty(index, block) && LIVE.fetch_sub(1, SeqCst) == 1 {
                event::lower(is_live);
            }
            index = slot.chained.get();
        }
    }

    /// Forgets everything: in a forked child.
    pub(crate) fn clear(&mut self) {
        while self.length > 0 {
            self.pop();
        }
        LIVE.store(0, SeqCst);
    }

    fn is_empty_slot(&self, index: u32) -> bool {
        slots::get(index).is_none_or(|slot| slot.block.load(Relaxed).is_null())
    }

    /// Takes the head out of the queue; the result is its block if it was not collected.
    fn pop(&mut self) -> Option<*mut Aiocb> {
        let index = self.head;
        let slot = slots::get(index)?;
        self.head = slot.next.get();
        self.length -= 1;
        if self.length == 0 {
            (self.head, self.tail) = (NONE, NONE);
        }
        let block = slot.block.swap(null_mut(), SeqCst);
        self.unchain(index);
        slots::give(index);
        if block.is_null() {
            return None;
        }
        if LIVE.fetch_sub(1, SeqCst) == 1 {
            event::lower(is_live);
        }
        Some(block)
    }

    /// Takes all empty slots out, so that one old completion does not keep those behind it.
    fn sweep(&mut self) {
        let mut index = core::mem::replace(&mut self.head, NONE);
        (self.tail, self.length) = (NONE, 0);
        while let Some(slot) = slots::get(index) {
            let next = slot.next.replace(NONE);
            if self.is_empty_slot(index) {
                self.unchain(index);
                slots::give(index);
            } else {
                match slots::get(self.tail) {
                    Some(tail) => tail.next.set(index),
                    None => self.head = index,
                }
                self.tail = index;
                self.length += 1;
            }
            index = next;
        }
    }

    fn bucket(&self, block: *const Aiocb) -> Option<usize> {
        let bits = self.buckets.len().checked_ilog2()?;
        Some(((block as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - bits)) as usize)
    }

    fn unchain(&mut self, index: u32) {
        let Some(slot) = slots::get(index) else { return };
        let Some(first) = self.buckets.get_mut(slot.bucket.get() as usize) else { return };
        if *first == index {
            *first = slot.chained.get();
            return;
        }
        let mut before = *first;
        while let Some(other) = slots::get(before) {
            if other.chained.get() == index {
                return other.chained.set(slot.chained.get());
            }
            before = other.chained.get();
        }
    }

    /// Keeps chains short; without memory they get longer instead.
    fn grow_buckets(&mut self) {
        let length = (self.buckets.len() * 2).max(64);
        if (self.length as usize) < self.buckets.len() {
            return;
        }
        let mut larger = Vec::new();
        if larger.try_reserve_exact(length).is_err() {
            return;
        }
        larger.resize(length, NONE);
        self.buckets = larger;
        let mut index = self.head;
        while let Some(slot) = slots::get(index) {
            slot.bucket.set(NONE);
            let block = slot.block.load(Relaxed);
            if !block.is_null()
                && let Some(bucket) = self.bucket(block)
            {
                slot.chained.set(self.buckets[bucket]);
                slot.bucket.set(bucket as u32);
                self.buckets[bucket] = index;
            }
            index = slot.next.get();
        }
    }
}
