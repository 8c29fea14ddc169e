// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbered slots in memory that never moves and is never given back, so that a number that a block holds can be followed
//! at any time, by any thread, whatever the number is.

use crate::abi::Aiocb;
use crate::lock::Lock;
use core::cell::Cell;
use core::ptr::null_mut;
use core::sync::atomic::AtomicPtr;
use core::sync::atomic::Ordering::{Acquire, Release};

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

/// A place in the queue of completions. All but `block` is used under the lock of the library.
pub(crate) struct Slot {
    /// The block, or NULL if it was collected.
    pub(crate) block: AtomicPtr<Aiocb>,
    /// The next slot of the queue, or of those that are free.
    pub(crate) next: Cell<u32>,
    /// The next slot of the same bucket.
    pub(crate) chained: Cell<u32>,
    /// The bucket, or `NONE`.
    pub(crate) bucket: Cell<u32>,
}

/// Chunk n has this many slots, shifted left by n.
const FIRST_CHUNK: u32 = 256;
const CHUNKS: usize = 22;

static DIRECTORY: [AtomicPtr<Slot>; CHUNKS] = [const { AtomicPtr::new(null_mut()) }; CHUNKS];

struct Supply {
    free: u32,
    /// Slots that exist.
    all: u32,
    chunks: usize,
}

static SUPPLY: Lock<Supply> = Lock::new(Supply { free: NONE, all: 0, chunks: 0 });

/// The slot with this number, if there is one.
pub(crate) fn get(index: u32) -> Option<&'static Slot> {
    let shifted = (index / FIRST_CHUNK).checked_add(1)?;
    let chunk = shifted.ilog2();
    let first = FIRST_CHUNK * ((1 << chunk) - 1);
    let slots = DIRECTORY.get(chunk as usize)?.load(Acquire);
    if slots.is_null() {
        return None;
    }
    // SAFETY: a chunk that is in the directory has FIRST_CHUNK << chunk slots, and lives forever; the number is below
    // the first one of the next chunk.
    Some(unsafe { &*slots.add((index - first) as usize) })
}

impl Supply {
    fn grow(&mut self) -> bool {
        let Some(place) = DIRECTORY.get(self.chunks) else { return false };
        let count = FIRST_CHUNK << self.chunks;
        // SAFETY: malloc takes any size.
        let slots: *mut Slot = unsafe { libc::malloc(count as usize * size_of::<Slot>()) }.cast();
        if slots.is_null() {
            return false;
        }
        for index in 0..count {
            let next = if index + 1 == count { self.free } else { self.all + index + 1 };
            // SAFETY: the index is inside the chunk.
            unsafe {
                slots.add(index as usize).write(Slot {
                    block: AtomicPtr::new(null_mut()),
                    next: Cell::new(next),
                    chained: Cell::new(NONE),
                    bucket: Cell::new(NONE),
                });
            }
        }
        place.store(slots, Release);
        self.free = self.all;
        self.all += count;
        self.chunks += 1;
        true
    }
}

/// Makes sure that there are `count` slots in all; false if there is no memory.
pub(crate) fn reserve(count: usize) -> bool {
    let mut supply = SUPPLY.lock();
    while (supply.all as usize) < count {
        if !supply.grow() {
            return false;
        }
    }
    true
}

/// A slot that is in no queue.
pub(crate) fn take() -> Option<u32> {
    let mut supply = SUPPLY.lock();
    if supply.free == NONE && !supply.grow() {
        return None;
    }
    let index = supply.free;
    supply.free = get(index)?.next.get();
    Some(index)
}

/// Gives a slot back.
pub(crate) fn give(index: u32) {
    let mut supply = SUPPLY.lock();
    if let Some(slot) = get(index) {
        slot.next.set(supply.free);
        supply.free = index;
    }
}
