// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which blocks are pending: a hash table from the address of a block to the library's own record of it.

use crate::abi::Aiocb;
use crate::request::Request;
use alloc::vec::Vec;

/// The pending requests.
pub(crate) struct Table {
    buckets: Vec<Option<&'static Request>>,
    count: usize,
}

impl Table {
    /// No requests.
    pub(crate) const fn new() -> Table {
        Table { buckets: Vec::new(), count: 0 }
    }

    /// How many requests are pending.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Blocks lie in arrays or on the heap: the low bits say little, so all bits have a part in the product's upper ones.
    fn bucket(&self, block: *const Aiocb) -> usize {
        let bits = self.buckets.len().trailing_zeros();
        let product = (block as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        if bits == 0 { 0 } else { (product >> (64 - bits)) as usize }
    }

    /// The pending request of this block.
    pub(crate) fn find(&self, block: *const Aiocb) -> Option<&'static Request> {
        let mut at = if self.buckets.is_empty() { None } else { self.buckets[self.bucket(block)] };
        while let Some(request) = at {
            if request.block.get() == block {
                return Some(request);
            }
            at = request.chained.get();
        }
        None
    }

    /// Adds a request whose block is not in the table; false if there is no memory.
    pub(crate) fn add(&mut self, request: &'static Request) -> bool {
        if self.count >= self.buckets.len() && !self.grow() && self.buckets.is_empty() {
            return false;
        }
        let bucket = self.bucket(request.block.get());
        request.chained.set(self.buckets[bucket]);
        self.buckets[bucket] = Some(request);
        self.count += 1;
        true
    }

    /// Takes a request out.
    pub(crate) fn remove(&mut self, request: &'static Request) {
        let bucket = self.bucket(request.block.get());
        let Some(first) = self.buckets[bucket] else { return };
        if core::ptr::eq(first, request) {
            self.buckets[bucket] = request.chained.get();
        } else {
            let mut before = first;
            while let Some(next) = before.chained.get() {
                if core::ptr::eq(next, request) {
                    before.chained.set(next.chained.get());
                    break;
                }
                before = next;
            }
        }
        request.chained.set(None);
        self.count -= 1;
    }

    /// Calls `visit` with every request, which may not add or remove any.
    pub(crate) fn each(&self, mut visit: impl FnMut(&'static Request)) {
        for first in &self.buckets {
            let mut at = *first;
            while let Some(request) = at {
                at = request.chained.get();
                visit(request);
            }
        }
    }

    /// Forgets all requests.
    pub(crate) fn clear(&mut self) {
        self.buckets.iter_mut().for_each(|bucket| *bucket = None);
        self.count = 0;
    }

    /// Doubles the buckets. Without memory, chains get longer instead.
    fn grow(&mut self) -> bool {
        let length = (self.buckets.len() * 2).max(64);
        let mut larger = Vec::new();
        if larger.try_reserve_exact(length).is_err() {
            return false;
        }
        larger.resize(length, None);
        let old = core::mem::replace(&mut self.buckets, larger);
        for first in old {
            let mut at = first;
            while let Some(request) = at {
                at = request.chained.get();
                let bucket = self.bucket(request.block.get());
                request.chained.set(self.buckets[bucket]);
                self.buckets[bucket] = Some(request);
            }
        }
        true
    }
}
