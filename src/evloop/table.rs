// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table of descriptors: chunks that never move, the next always as large as all before it together.
//!
//! An entry is found in a few instructions, without a lock, while another thread lets the table grow. A chunk
//! comes from the allocator as untouched zero pages: what no descriptor uses costs no memory. The first chunk holds the numbers
//! that most programs ever see, and is found the quickest; it is smaller than the pages that some kernels prefer to hand out.

use super::word::Word;
use crate::sys::atomic;
use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU32};

/// Everything that the library keeps of one descriptor. All zero: unknown.
#[repr(C)]
pub(crate) struct Entry {
    word: atomic::AtomicU64,
    cookie: AtomicPtr<c_void>,
    /// The deadline, packed; valid while it is armed. What it cannot express is filed in the heap.
    deadline: atomic::AtomicU64,
    /// The next descriptor in the reading and in the writing list; valid while the queued bit is set.
    pub next: [AtomicU32; 2],
    /// Where the deadline stands in its heap; valid while the deadline is armed.
    pub slot: AtomicU32,
    /// How many times this process had forked when the descriptor became known.
    pub fork_generation: AtomicU32,
}

// What an idle registered descriptor costs; its share of the two deadline heaps is reserved address space.
const _: () = assert!(size_of::<Entry>() <= 40);

impl Entry {
    /// That of an unknown descriptor.
    pub(crate) const fn new() -> Self {
        Entry {
            word: atomic::AtomicU64::new(0),
            cookie: AtomicPtr::new(null_mut()),
            deadline: atomic::AtomicU64::new(0),
            next: [const { AtomicU32::new(0) }; 2],
            slot: AtomicU32::new(0),
            fork_generation: AtomicU32::new(0),
        }
    }

    /// The state now.
    #[inline(always)]
    pub(crate) fn load(&self) -> Word {
        Word(self.word.load(Acquire))
    }

    /// Applies a transition and returns the states before and after.
    #[inline(always)]
    pub(crate) fn update(&self, transition: impl Fn(Word) -> Word) -> (Word, Word) {
        self.update_from(self.load(), transition)
    }

    /// The same for a caller that has loaded it: the state was `before` a moment ago.
    #[inline(always)]
    pub(crate) fn update_from(&self, mut before: Word, transition: impl Fn(Word) -> Word) -> (Word, Word) {
        loop {
            let after = transition(before);
            if after == before {
                return (before, after);
            }
            match self.word.compare_exchange_weak(before.0, after.0, AcqRel, Acquire) {
                Ok(_) => return (before, after),
                Err(actual) => before = Word(actual),
            }
        }
    }

    /// Replaces a state by another. False if it was not that state.
    #[inline(always)]
    pub(crate) fn exchange(&self, before: Word, after: Word) -> bool {
        before == after || self.word.compare_exchange(before.0, after.0, AcqRel, Acquire).is_ok()
    }

    /// The program's cookie.
    pub(crate) fn cookie(&self) -> *mut c_void {
        self.cookie.load(Acquire)
    }

    /// Stores the program's cookie.
    pub(crate) fn set_cookie(&self, cookie: *mut c_void) {
        self.cookie.store(cookie, Release);
    }

    /// The deadline, packed.
    #[inline(always)]
    pub(crate) fn deadline(&self) -> u64 {
        self.deadline.load(Relaxed)
    }

    /// Stores the deadline, packed. Without the loop's lock, only to put it off.
    #[inline(always)]
    pub(crate) fn set_deadline(&self, packed: u64) {
        self.deadline.store(packed, Relaxed);
    }
}

const FIRST_CHUNK_BITS: u32 = 14;
const CHUNKS: usize = (i32::BITS - FIRST_CHUNK_BITS) as usize;

/// As many as a number of 32 bits can ask for, so that asking needs no check.
const PLACES: usize = (u32::BITS - FIRST_CHUNK_BITS + 1) as usize;

/// Which chunk holds descriptor `fd`.
#[inline(always)]
const fn chunk_of(fd: u32) -> usize {
    let first = (1 << FIRST_CHUNK_BITS) - 1;
    (u32::BITS - FIRST_CHUNK_BITS - (fd | first).leading_zeros()) as usize
}

/// The first descriptor of a chunk.
const fn start(chunk: usize) -> usize {
    if chunk == 0 { 0 } else { length(chunk) }
}

/// How many entries a chunk holds.
const fn length(chunk: usize) -> usize {
    1 << (FIRST_CHUNK_BITS as usize + chunk.saturating_sub(1))
}

fn layout(chunk: usize) -> Option<Layout> {
    Layout::array::<Entry>(length(chunk)).ok()
}

/// The table itself.
pub(crate) struct Table {
    /// For each chunk the place where the entry of descriptor 0 would be, if the chunk reached down to it. So the number
    /// itself is the index. NULL: there is no such chunk yet.
    places: [AtomicPtr<Entry>; PLACES],
}

impl Table {
    /// An empty table.
    pub(crate) const fn new() -> Self {
        Table { places: [const { AtomicPtr::new(null_mut()) }; PLACES] }
    }

    /// The entry of a descriptor, if the table reaches that far.
    #[inline(always)]
    pub(crate) fn get(&self, fd: u32) -> Option<&Entry> {
        self.find(fd.into())
    }

    /// The same for a number that need not be a descriptor's.
    #[inline(always)]
    pub(crate) fn find(&self, d: i64) -> Option<&Entry> {
        if (0..length(0) as i64).contains(&d) {
            return self.get_in(0, d as u32);
        }
        let fd = u32::try_from(d).ok()?;
        self.get_in(chunk_of(fd), fd)
    }

    /// The entry of a descriptor of this chunk.
    #[inline(always)]
    fn get_in(&self, chunk: usize, fd: u32) -> Option<&Entry> {
        let place = self.places[chunk].load(Acquire);
        if place.is_null() {
            return None;
        }
        let entry = place.wrapping_add(fd as usize);
        // SAFETY: it is inside the chunk, as the callers see to, and no memory begins at address 0. Chunks live until
        // clear(), which may not run beside any other use of the table.
        unsafe {
            core::hint::assert_unchecked(!entry.is_null());
            Some(&*entry)
        }
    }

    /// The entry of a descriptor; the table grows if need be. Only under the loop's lock. `None`: no memory, or no
    /// number that a descriptor can have.
    pub(crate) fn grow(&self, fd: u32) -> Option<&Entry> {
        let chunk = chunk_of(fd);
        if chunk < CHUNKS && self.places[chunk].load(Acquire).is_null() {
            let layout = layout(chunk)?;
            // SAFETY: the layout is not empty; all-zero memory is a valid array of entries.
            let fresh = unsafe { alloc_zeroed(layout) }.cast::<Entry>();
            if fresh.is_null() {
                return None;
            }
            let place = fresh.wrapping_sub(start(chunk));
            if place.is_null() {
                // It would pass for missing. No allocator is known to give out that address.
                // SAFETY: the chunk was allocated with this layout, and no other thread has seen it.
                unsafe { dealloc(fresh.cast(), layout) };
                return None;
            }
            self.places[chunk].store(place, Release);
        }
        self.get(fd)
    }

    /// Gives all memory back.
    ///
    /// # Safety
    /// No reference to an entry may be in use, nor another thread inside the table.
    pub(crate) unsafe fn clear(&self) {
        for (chunk, place) in self.places.iter().enumerate() {
            let place = place.swap(null_mut(), AcqRel);
            if let (false, Some(layout)) = (place.is_null(), layout(chunk)) {
                // SAFETY: the chunk was allocated with this layout, and it is not used any more.
                unsafe { dealloc(place.wrapping_add(start(chunk)).cast(), layout) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_join_without_gap_or_overlap() {
        let mut expected = (0, 0);
        for fd in 0..if cfg!(miri) { 70_000 } else { 1_000_000 } {
            assert_eq!((chunk_of(fd), fd as usize - start(chunk_of(fd))), expected);
            expected.1 += 1;
            if expected.1 == length(expected.0) {
                expected = (expected.0 + 1, 0);
            }
        }
        assert_eq!(chunk_of(i32::MAX as u32), CHUNKS - 1);
        assert_eq!(chunk_of(u32::MAX), PLACES - 1);
    }

    #[test]
    fn entries_stay_where_they_are() {
        let table = Table::new();
        assert!(table.get(5).is_none());
        let first: *const Entry = table.grow(5).unwrap();
        table.grow(70_000).unwrap();
        assert!(std::ptr::eq(first, table.get(5).unwrap()));
        assert!(table.get(1_000_000).is_none());
        assert!(table.grow(u32::MAX).is_none());
        // SAFETY: this test alone knows the table.
        unsafe { table.clear() };
        assert!(table.get(5).is_none());
    }
}
