// SPDX-License-Identifier: MIT OR Apache-2.0
//! Entries that are finished, and what becomes of their memory and files.
//!
//! A cleanup is code of the program. It runs when the batch is in order again: the entry is counted as finished and its cleanup
//! taken out, so whatever the cleanup does to the batch, no byte is sent twice and no cleanup runs twice.

use super::{Batch, ENTRY, OFFERED, is_file};
use crate::abi::{array, iob_entry};
use crate::errno::unchanged;
use crate::evloop::register;
use crate::sys::pages;
use crate::transfer::piece::Piece;
use core::mem::replace;
use core::ptr::null;

/// A cleanup function, as C programs write it.
pub(crate) type Cleanup = unsafe extern "C" fn(*mut iob_entry);

impl Batch {
    /// Notes that the next `taken` bytes were taken; finishes entries, and the batch if those were its last bytes.
    pub(super) fn advance(&mut self, mut taken: u64) {
        let before = self.finished();
        let fields = self.fields();
        fields.bytesleft = fields.bytesleft.saturating_sub(taken);
        while let Some(mut place) = self.first_place() {
            // SAFETY: entries that the array holds are initialized, and no code of the program runs here.
            let entry = unsafe { place.as_mut() };
            if taken < entry.n {
                entry.offset = entry.offset.wrapping_add(taken);
                entry.n -= taken;
                break;
            }
            taken -= entry.n;
            drop(take_piece(entry));
            self.fields().next += 1;
        }
        if self.is_autofree() {
            self.clean_finished(before);
        }
        if self.first_place().is_none() {
            self.reset();
        }
    }

    /// Runs the cleanups of the finished entries from `index` on.
    fn clean_finished(&mut self, mut index: usize) {
        loop {
            let finished = self.finished();
            let Some(mut place) = (index < finished).then(|| self.entry(index)).flatten() else { break };
            // SAFETY: as in `advance`.
            let entry = unsafe { place.as_mut() };
            let copy = *entry;
            entry.cleanup = None;
            clean_up(copy);
            // The cleanup may have added to the batch, and that may have dropped finished entries in front of the next one.
            index = if self.finished() == finished { index + 1 } else { 0 };
        }
    }

    /// Gives the places of finished entries back that have no cleanup ahead of them, if it is worth moving the others: so a
    /// batch that never becomes empty takes memory in proportion to what it holds.
    #[cold]
    pub(super) fn drop_finished(&mut self) {
        let finished = self.finished();
        let count = self.fields().b.length(ENTRY).unwrap_or(0) as usize;
        let Some(first) = self.entry(0).filter(|_| finished <= count) else { return };
        // SAFETY: the array holds `count` entries from the first one on, all of them initialized.
        let entries = unsafe { core::slice::from_raw_parts_mut(first.as_ptr(), count) };
        let kept = entries[..finished].iter().filter(|entry| entry.cleanup.is_some()).count();
        // Moving a few entries for each one that is added would cost more than memory for them.
        if (finished - kept) * 4 < count {
            return;
        }
        let mut end = 0;
        for index in 0..count {
            if index >= finished || entries[index].cleanup.is_some() {
                entries[end] = entries[index];
                end += 1;
            }
        }
        let fields = self.fields();
        fields.next = kept as _;
        fields.b.truncate(ENTRY, end as i64);
    }

    /// Empties the batch and runs all cleanups; its memory is given back, so it may be dropped or used again. What a cleanup
    /// adds stays.
    pub(crate) fn reset(mut self) {
        let fields = self.fields();
        let mut entries = replace(&mut fields.b, array::new());
        fields.b.headroom = entries.headroom;
        (fields.bytesleft, fields.next, fields.bufs, fields.files) = (0, 0, 0, 0);
        for index in 0.. {
            let Some(place) = entries.get(ENTRY, index) else { break };
            // SAFETY: entries that the array holds are initialized. The program cannot reach this array any more.
            let mut entry = unsafe { place.cast::<iob_entry>().read() };
            drop(take_piece(&mut entry));
            clean_up(entry);
        }
        entries.reset();
    }

    /// [`Self::reset`], until the batch is empty, and gives back the batch itself, which came from [`Self::allocate`].
    pub(crate) fn free(mut self) {
        loop {
            self.reset();
            if self.entry(0).is_none() {
                break;
            }
        }
        // SAFETY: by the caller's promise the batch came from malloc, and is not used again.
        unsafe { libc::free(self.as_ptr().cast()) };
    }
}

/// Takes the piece that a file's entry owns.
pub(super) fn take_piece(entry: &mut iob_entry) -> Option<Piece> {
    if !is_file(entry) {
        return None;
    }
    // SAFETY: `buf` of a file's entry is NULL or owns a piece, and is NULL from now on.
    unsafe { Piece::from_raw(replace(&mut entry.buf, null()).cast_mut().cast()) }
}

/// Runs the cleanup of an entry that is in no batch any more. errno stays as it is.
pub(super) fn clean_up(mut entry: iob_entry) {
    if let Some(cleanup) = entry.cleanup {
        entry.kind &= !OFFERED;
        // SAFETY: a cleanup function takes a pointer to its entry; the library's own are below, and a program vouches
        // for its own.
        unchanged(|| unsafe { cleanup(&mut entry) });
    }
}

/// The cleanup of `iob_addbuf_free`.
pub(crate) unsafe extern "C" fn free_buffer(entry: *mut iob_entry) {
    // SAFETY: the entry is valid, and the program has handed over a block from malloc.
    unsafe { libc::free((*entry).buf.cast_mut().cast()) };
}

/// The cleanup of `iob_addbuf_munmap`. What was sent has moved from the entry's length to its offset.
pub(crate) unsafe extern "C" fn unmap_buffer(entry: *mut iob_entry) {
    // SAFETY: the entry is valid, and the program has handed over a mapping of its own.
    unsafe {
        pages::unmap((*entry).buf.cast_mut().cast(), (*entry).offset.wrapping_add((*entry).n) as usize)
    };
}

/// The cleanup of `iob_addfile_close`.
pub(crate) unsafe extern "C" fn close_file(entry: *mut iob_entry) {
    // SAFETY: the entry is valid.
    register::close(unsafe { (*entry).fd });
}
