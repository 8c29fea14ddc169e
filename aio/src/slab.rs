// SPDX-License-Identifier: MIT OR Apache-2.0
//! Records that never move and whose memory is never given back: what one thread still looks at may be reused, but is
//! always a record.

use core::ptr::null_mut;

/// A record that can be chained while it is free.
pub(crate) trait Record: Sized + 'static {
    /// A record as it is when it is handed out.
    const FRESH: Self;
    /// The next record of the chain.
    fn next_free(&self) -> Option<&'static Self>;
    /// Sets the next record of the chain.
    fn set_next_free(&self, next: Option<&'static Self>);
}

/// The records of one type that are free.
pub(crate) struct Slab<T: Record> {
    free: Option<&'static T>,
    /// The latest chunk. Each begins with the address of the one before it, so that no chunk is lost to checkers of memory.
    chunks: *mut Header,
}

// SAFETY: the chain of chunks is only written to, under the library's lock.
unsafe impl<T: Record> Send for Slab<T> {}

/// What precedes the records of a chunk; as large as malloc's alignment.
#[repr(C)]
struct Header {
    before: *mut Header,
    gap: usize,
}

/// Bytes that are asked of malloc at a time.
const CHUNK: usize = 16 * 1024;

impl<T: Record> Slab<T> {
    /// No records yet.
    pub(crate) const fn new() -> Slab<T> {
        Slab { free: None, chunks: null_mut() }
    }

    /// A record, or `None` if there is no memory. Its fields have the values that they had when it was given back.
    pub(crate) fn take(&mut self) -> Option<&'static T> {
        if self.free.is_none() {
            self.grow();
        }
        let record = self.free?;
        self.free = record.next_free();
        record.set_next_free(None);
        Some(record)
    }

    /// Gives a record back.
    pub(crate) fn give(&mut self, record: &'static T) {
        record.set_next_free(self.free);
        self.free = Some(record);
    }

    fn grow(&mut self) {
        let count = (CHUNK - size_of::<Header>()) / size_of::<T>();
        const { assert!(align_of::<T>() <= size_of::<Header>()) };
        // SAFETY: malloc takes any size; its alignment is enough for records of words.
        let chunk: *mut Header = unsafe { libc::malloc(CHUNK) }.cast();
        if chunk.is_null() {
            return;
        }
        // SAFETY: the header is inside the chunk, and the records follow it.
        let records: *mut T = unsafe {
            chunk.write(Header { before: self.chunks, gap: 0 });
            chunk.add(1).cast()
        };
        self.chunks = chunk;
        for index in (0..count).rev() {
            // SAFETY: the index is inside the chunk, which lives forever; the record is written before it is referred to.
            let record: &'static T = unsafe {
                records.add(index).write(T::FRESH);
                &*records.add(index)
            };
            self.give(record);
        }
    }
}
