//! The table of descriptors: chunks that never move, the next always as large as all before it together.
//!
//! An entry is found in a few instructions, without a lock, while another thread lets the table grow. A chunk
//! comes from the allocator as untouched zero pages: what no descriptor uses costs no memory.

use super::word::{ARMED, Word};
use crate::abi::taia;
use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use core::ffi::c_void;
use core::ptr::null_mut;
use core::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64};

/// Everything that the library keeps of one descriptor. All zero: unknown.
#[repr(C)]
pub struct Entry {
    word: AtomicU64,
    cookie: AtomicPtr<c_void>,
    deadline: [AtomicU64; 2],
    /// The next descriptor in the reading and in the writing list; valid while the link bit is set.
    pub next: [AtomicU32; 2],
    /// Where the deadline stands in its heap; valid while the deadline is armed.
    pub slot: AtomicU32,
    /// How many times this process had forked when the descriptor became known.
    pub epoch: AtomicU32,
}

// What an idle registered descriptor costs; its share of the two deadline heaps is reserved address space.
const _: () = assert!(size_of::<Entry>() <= 48);

impl Entry {
    /// The state now.
    pub fn load(&self) -> Word {
        Word(self.word.load(Acquire))
    }

    /// Applies a transition and returns the states before and after.
    pub fn update(&self, transition: impl Fn(Word) -> Word) -> (Word, Word) {
        let mut before = self.load();
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

    /// The program's cookie.
    pub fn cookie(&self) -> *mut c_void {
        self.cookie.load(Acquire)
    }

    /// Stores the program's cookie.
    pub fn set_cookie(&self, cookie: *mut c_void) {
        self.cookie.store(cookie, Release);
    }

    /// The deadline, if one is armed. Only under the loop's lock: the two halves belong together.
    pub fn deadline(&self) -> Option<taia> {
        self.load().has(ARMED).then(|| {
            let [seconds, fraction] = [&self.deadline[0], &self.deadline[1]].map(|half| half.load(Relaxed));
            let mut deadline = taia::from_seconds(seconds);
            deadline.nano = (fraction >> 32) as u32;
            deadline.atto = fraction as u32;
            deadline
        })
    }

    /// Stores the deadline. Only under the loop's lock.
    pub fn set_deadline(&self, deadline: taia) {
        self.deadline[0].store(deadline.sec.x, Relaxed);
        self.deadline[1].store(u64::from(deadline.nano) << 32 | u64::from(deadline.atto), Relaxed);
    }
}

const FIRST_CHUNK_BITS: u32 = 10;
const CHUNKS: usize = (i32::BITS - FIRST_CHUNK_BITS) as usize;

/// Which chunk holds descriptor `fd`, and where in it.
const fn position(fd: u32) -> (usize, usize) {
    let high = fd >> FIRST_CHUNK_BITS;
    let chunk = (u32::BITS - high.leading_zeros()) as usize;
    let start = if chunk == 0 { 0 } else { 1 << (FIRST_CHUNK_BITS as usize + chunk - 1) };
    (chunk, fd as usize - start)
}

/// How many entries a chunk holds.
const fn length(chunk: usize) -> usize {
    1 << (FIRST_CHUNK_BITS as usize + chunk.saturating_sub(1))
}

fn layout(chunk: usize) -> Option<Layout> {
    Layout::array::<Entry>(length(chunk)).ok()
}

/// The table itself.
pub struct Table {
    chunks: [AtomicPtr<Entry>; CHUNKS],
}

impl Table {
    /// An empty table.
    pub const fn new() -> Self {
        Table { chunks: [const { AtomicPtr::new(null_mut()) }; CHUNKS] }
    }

    /// The entry of a descriptor, if the table reaches that far.
    #[inline]
    pub fn get(&self, fd: u32) -> Option<&Entry> {
        let (chunk, offset) = position(fd);
        let base = self.chunks.get(chunk)?.load(Acquire);
        if base.is_null() {
            return None;
        }
        // SAFETY: `base` points to length(chunk) entries, and position() keeps the offset below that. Chunks
        // live until clear(), which may not run beside any other use of the table.
        Some(unsafe { &*base.add(offset) })
    }

    /// The entry of a descriptor; the table grows if need be. Only under the loop's lock. `None`: no memory.
    pub fn grow(&self, fd: u32) -> Option<&Entry> {
        let (chunk, _) = position(fd);
        let place = self.chunks.get(chunk)?;
        if place.load(Acquire).is_null() {
            let layout = layout(chunk)?;
            // SAFETY: the layout is not empty; all-zero memory is a valid array of entries.
            let fresh = unsafe { alloc_zeroed(layout) }.cast::<Entry>();
            if fresh.is_null() {
                return None;
            }
            place.store(fresh, Release);
        }
        self.get(fd)
    }

    /// Gives all memory back.
    ///
    /// # Safety
    /// No reference to an entry may be in use, nor another thread inside the table.
    pub unsafe fn clear(&self) {
        for (chunk, place) in self.chunks.iter().enumerate() {
            let base = place.swap(null_mut(), AcqRel);
            if let (false, Some(layout)) = (base.is_null(), layout(chunk)) {
                // SAFETY: the chunk was allocated with this layout, and nobody uses it any more.
                unsafe { dealloc(base.cast(), layout) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_join_without_gap_or_overlap() {
        assert_eq!(position(0), (0, 0));
        assert_eq!(position(1023), (0, 1023));
        assert_eq!(position(1024), (1, 0));
        assert_eq!(position(2047), (1, 1023));
        assert_eq!(position(2048), (2, 0));
        assert_eq!(position(i32::MAX as u32).0, CHUNKS - 1);
        let mut expected = (0, 0);
        for fd in 0..100_000 {
            assert_eq!(position(fd), expected);
            expected.1 += 1;
            if expected.1 == length(expected.0) {
                expected = (expected.0 + 1, 0);
            }
        }
    }

    #[test]
    fn entries_stay_where_they_are() {
        let table = Table::new();
        assert!(table.get(5).is_none());
        let first: *const Entry = table.grow(5).unwrap();
        table.grow(70_000).unwrap();
        assert!(std::ptr::eq(first, table.get(5).unwrap()));
        assert!(table.get(1_000_000).is_none());
        // SAFETY: this test alone knows the table.
        unsafe { table.clear() };
        assert!(table.get(5).is_none());
    }
}
