// SPDX-License-Identifier: MIT OR Apache-2.0
//! Batches: queues of buffers and file regions that go out in few system calls and packets.
//!
//! - this file: what a batch is, making one and adding to it;
//! - [`cleanup`]: entries that are finished, and what becomes of their memory and files;
//! - [`send`]: to a descriptor, without copying;
//! - [`write`]: to a function of the program.
//!
//! Cleanup functions and write callbacks are code of the program and may call back into the library, with the very batch
//! at hand. So no reference into a batch is held while they run: everything goes through [`Batch`], a pointer whose
//! methods look at the fields anew.
//!
//! # Where a batch keeps what it knows
//!
//! A batch is memory of the program's: zeroed, embedded, moved by realloc, and in version 0.34 of the interface longer than in
//! 0.32. So neither its address nor anything behind its fields means anything. Two things have a place of their own:
//!
//! - `b.headroom` is 0 in a plain batch and 1 in an autofree batch. All zeros is therefore an empty plain batch, and the mark
//!   moves with the struct.
//! - An entry for a file has no use for `buf`: it owns the [`Piece`](crate::transfer::piece::Piece) of the file that was offered to a callback and not
//!   taken. The piece is freed with the entry.

pub(crate) mod cleanup;
pub(crate) mod send;
pub(crate) mod write;

use crate::abi::{array, io_batch, iob_entry};
use crate::errno::{Errno, Result};
use crate::sys::file::region;
use cleanup::{Cleanup, clean_up};
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{NonNull, null};

/// What the entry's first field says. Bits may be added to it while the library works on the entry.
const FROM_BUFFER: c_int = 0;
const FROM_FILE: c_int = 1;

/// This entry is being offered to a callback. An entry that the callback has added does not have this bit, whatever else it
/// has in common with the one that was offered.
const OFFERED: c_int = 1 << 16;

const ENTRY: u64 = size_of::<iob_entry>() as u64;

/// The memory of a batch grows by as much as eight entries take. Most batches are an answer to a request and need no more: malloc
/// keeps blocks of this size at hand, and one comes and goes with each answer.
const STEP: u64 = 8 * ENTRY;

/// By how much the struct of version 0.34 is longer on any platform. A program for that version may copy the whole of a batch
/// that the library has allocated.
const LONGER: usize = 8;

/// What to add to a batch.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    /// So many bytes of memory.
    Buffer(*const c_void),
    /// So many bytes of a file, from an offset on.
    File(i64, u64),
}

/// When the cleanup of an entry runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// When the batch is complete.
    Plain,
    /// When the last byte of the entry was taken.
    Autofree,
}

/// A batch of the C caller's.
#[derive(Clone, Copy)]
pub(crate) struct Batch(NonNull<io_batch>);

impl Batch {
    /// `None` for NULL.
    ///
    /// # Safety
    /// `batch` is NULL or points to a batch, all zeros or made by this library, that no other thread uses while the value is
    /// in use, except code of the program that is called from here.
    pub(crate) unsafe fn new(batch: *mut io_batch) -> Option<Self> {
        NonNull::new(batch).map(Batch)
    }

    /// A batch from malloc with room for so many entries. Errors: ENOMEM.
    pub(crate) fn allocate(entries: usize, mode: Mode) -> Result<Self> {
        // SAFETY: calloc takes any size.
        let block = unsafe { libc::calloc(1, size_of::<io_batch>() + LONGER) };
        // SAFETY: the block is large enough for a batch, and aligned for anything.
        let batch = unsafe { Batch::initialize(block.cast(), mode) }.ok_or(Errno(libc::ENOMEM))?;
        batch.reserve(entries).inspect_err(|_| batch.free())?;
        Ok(batch)
    }

    /// Makes an empty batch of memory whose contents do not matter; `None` for NULL. Writes the fields of version 0.32 alone.
    ///
    /// # Safety
    /// `batch` is NULL, or memory for a batch that is not in use.
    pub(crate) unsafe fn initialize(batch: *mut io_batch, mode: Mode) -> Option<Self> {
        let place = NonNull::new(batch)?.as_ptr();
        // SAFETY: by the caller's promise. Field by field: what pads the struct may be a field of a later version.
        unsafe {
            (&raw mut (*place).b).write(array::new());
            (&raw mut (*place).bytesleft).write(0);
            (&raw mut (*place).next).write(0);
            (&raw mut (*place).bufs).write(0);
            (&raw mut (*place).files).write(0);
        }
        let mut batch = Batch(NonNull::new(place)?);
        batch.fields().b.headroom = usize::from(mode == Mode::Autofree);
        Some(batch)
    }

    /// Makes room for so many entries of an empty batch. Errors: ENOMEM; the batch is as it was.
    pub(crate) fn reserve(mut self, entries: usize) -> Result<()> {
        let Some(last) = entries.checked_sub(1) else { return Ok(()) };
        let last = i64::try_from(last).map_err(|_| Errno(libc::ENOMEM))?;
        let array = &mut self.fields().b;
        array.allocate(ENTRY, last)?;
        array.truncate(ENTRY, 0);
        Ok(())
    }

    /// What a C program knows the batch by.
    pub(crate) fn as_ptr(self) -> *mut io_batch {
        self.0.as_ptr()
    }

    /// The fields, for a moment: never while code of the program runs.
    fn fields(&mut self) -> &mut io_batch {
        // SAFETY: by the promise of `new`.
        unsafe { self.0.as_mut() }
    }

    /// How many bytes are left to send.
    pub(crate) fn bytes_left(mut self) -> u64 {
        self.fields().bytesleft
    }

    fn is_autofree(&mut self) -> bool {
        self.fields().b.headroom != 0
    }

    /// The entry at `index`, if there is one.
    fn entry(&mut self, index: usize) -> Option<NonNull<iob_entry>> {
        let entry = self.fields().b.get(ENTRY, i64::try_from(index).ok()?)?;
        NonNull::new(entry.cast())
    }

    /// How many entries are finished.
    fn finished(&mut self) -> usize {
        usize::try_from(self.fields().next).unwrap_or(usize::MAX)
    }

    /// The first entry that is not finished, in its place.
    fn first_place(&mut self) -> Option<NonNull<iob_entry>> {
        let index = self.finished();
        self.entry(index)
    }

    /// The first entry that is not finished: its index and its value.
    fn first(&mut self) -> Option<(usize, iob_entry)> {
        let index = self.finished();
        // SAFETY: entries that the array holds are initialized, and its memory is aligned for anything.
        self.entry(index).map(|entry| (index, unsafe { entry.read() }))
    }

    fn append(&mut self, entry: iob_entry) -> Result<()> {
        let fields = self.fields();
        let bytesleft = fields.bytesleft.checked_add(entry.n).ok_or(Errno(libc::EOVERFLOW))?;
        if fields.b.initialized.saturating_add(ENTRY) > fields.b.allocated as u64 {
            self.drop_finished();
        }
        let fields = self.fields();
        let count = fields.b.length(ENTRY).unwrap_or(0);
        let place = fields.b.allocate_in_steps(ENTRY, count as i64, STEP)?;
        // SAFETY: the array has just made room for this entry, in memory aligned for anything.
        unsafe { place.cast::<iob_entry>().write(entry) };
        fields.bytesleft = bytesleft;
        let counter = if entry.kind == FROM_FILE { &mut fields.files } else { &mut fields.bufs };
        *counter = counter.wrapping_add(1);
        Ok(())
    }

    /// Asks the kernel to read ahead the next `bytes` bytes of file regions.
    pub(crate) fn prefetch(mut self, mut bytes: u64) {
        let mut index = self.finished();
        while let (true, Some(entry)) = (bytes > 0, self.entry(index)) {
            // SAFETY: as in `first`.
            let entry = unsafe { entry.read() };
            if let (true, Ok(fd)) = (is_file(&entry), i32::try_from(entry.fd)) {
                let length = entry.n.min(bytes);
                region::read_ahead(fd, entry.offset, length);
                bytes -= length;
            }
            index += 1;
        }
    }
}

const fn is_file(entry: &iob_entry) -> bool {
    entry.kind & FROM_FILE != 0
}

/// Where the next byte of a buffer is.
const fn start_of(entry: &iob_entry) -> *const c_void {
    entry.buf.wrapping_add(entry.offset as usize).cast()
}

/// The batch, if there is one. Errors: EINVAL.
pub(crate) fn present<E: From<Errno>>(batch: Option<Batch>) -> core::result::Result<Batch, E> {
    batch.ok_or(E::from(Errno(libc::EINVAL)))
}

/// Appends an entry. Whatever happens, the cleanup will run exactly once: at once if there is nothing to send or on
/// failure. Errors: EINVAL for no batch; ENOMEM; EOVERFLOW if the batch would hold 2^64 bytes or more.
pub(crate) fn add(batch: Option<Batch>, source: Source, n: u64, cleanup: Option<Cleanup>) -> Result<()> {
    let entry = new_entry(source, n, cleanup);
    let outcome = present(batch).and_then(|mut batch| if n == 0 { Ok(()) } else { batch.append(entry) });
    if n == 0 || outcome.is_err() {
        clean_up(entry);
    }
    outcome
}

/// [`add`] for a string. Errors: EFAULT for NULL.
///
/// # Safety
/// `string` is NULL or points to a string.
pub(crate) unsafe fn add_string(
    batch: Option<Batch>,
    string: *const c_char,
    cleanup: Option<Cleanup>,
) -> Result<()> {
    if string.is_null() {
        return Err(Errno(libc::EFAULT));
    }
    // SAFETY: by the caller's promise.
    let length = unsafe { CStr::from_ptr(string) }.count_bytes();
    add(batch, Source::Buffer(string.cast()), length as u64, cleanup)
}

const fn new_entry(source: Source, n: u64, cleanup: Option<Cleanup>) -> iob_entry {
    match source {
        Source::Buffer(buf) => {
            iob_entry { kind: FROM_BUFFER, fd: -1, buf: buf.cast(), offset: 0, n, cleanup }
        }
        Source::File(fd, offset) => iob_entry { kind: FROM_FILE, fd, buf: null(), offset, n, cleanup },
    }
}
