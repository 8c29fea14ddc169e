// SPDX-License-Identifier: MIT OR Apache-2.0
//! Batches: queues of buffers and file regions that go out in few system calls and packets.
//!
//! - this file: what a batch is, adding and cleaning up;
//! - [`send`]: to a descriptor, without copying;
//! - [`write`]: to a function of the program.
//!
//! Cleanup functions and write callbacks are code of the program and may call back into the library, with the very batch
//! at hand. So no reference into a batch is held while they run: everything goes through [`Batch`], a pointer whose
//! methods look at the fields anew.

pub mod send;
pub mod write;

use crate::abi::{array, io_batch, iob_entry};
use crate::errno::{Errno, Result};
use crate::evloop::register;
use crate::sys::{pages, region};
use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::{NonNull, null};

/// What the entry's first field says.
const FROM_BUFFER: c_int = 0;
const FROM_FILE: c_int = 1;

const ENTRY: u64 = size_of::<iob_entry>() as u64;

/// The memory of a batch grows by as much as eight entries take. Most batches are an answer to a request and need no more: malloc
/// keeps blocks of this size at hand, and one comes and goes with each answer.
const STEP: u64 = 8 * ENTRY;

/// A cleanup function, as C programs write it.
pub type Cleanup = unsafe extern "C" fn(*mut iob_entry);

/// What to add to a batch.
#[derive(Clone, Copy)]
pub enum Source {
    /// So many bytes of memory.
    Buffer(*const c_void),
    /// So many bytes of a file, from an offset on.
    File(i64, u64),
}

/// A batch of the C caller's.
#[derive(Clone, Copy)]
pub struct Batch(NonNull<io_batch>);

impl Batch {
    /// `None` for NULL.
    ///
    /// # Safety
    /// `batch` is NULL or points to a batch, all zeros or made by this library, that nobody else uses while the value is
    /// in use, except code of the program that is called from here.
    pub unsafe fn new(batch: *mut io_batch) -> Option<Self> {
        NonNull::new(batch).map(Batch)
    }

    /// A batch from malloc with room for so many entries. Errors: ENOMEM.
    pub fn allocate(entries: c_int) -> Result<Self> {
        // SAFETY: malloc takes any size.
        let block =
            NonNull::new(unsafe { libc::malloc(size_of::<io_batch>()) }).ok_or(Errno(libc::ENOMEM))?;
        let block = block.cast::<io_batch>();
        let empty = io_batch { b: array::new(), bytesleft: 0, next: 0, bufs: 0, files: 0 };
        // SAFETY: malloc gave a block of this size, aligned for anything.
        unsafe { block.write(empty) };
        let mut batch = Batch(block);
        if entries > 0 {
            let fields = batch.fields();
            if let Err(error) = fields.b.allocate(ENTRY, i64::from(entries) - 1) {
                batch.free();
                return Err(error);
            }
            fields.b.truncate(ENTRY, 0);
        }
        Ok(batch)
    }

    /// What a C program knows the batch by.
    pub fn as_ptr(self) -> *mut io_batch {
        self.0.as_ptr()
    }

    /// The fields, for a moment: never while code of the program runs.
    fn fields(&mut self) -> &mut io_batch {
        // SAFETY: by the promise of `new`.
        unsafe { self.0.as_mut() }
    }

    /// How many bytes are left to send.
    pub fn bytes_left(mut self) -> u64 {
        self.fields().bytesleft
    }

    /// The entry at `index`, if there is one.
    fn entry(&mut self, index: usize) -> Option<NonNull<iob_entry>> {
        let entry = self.fields().b.get(ENTRY, i64::try_from(index).ok()?)?;
        NonNull::new(entry.cast())
    }

    /// The first entry that is not sent completely: its index and its value.
    fn first(&mut self) -> Option<(usize, iob_entry)> {
        let index = usize::try_from(self.fields().next).ok()?;
        // SAFETY: entries that the array holds are initialized, and its memory is aligned for anything.
        self.entry(index).map(|entry| (index, unsafe { entry.read() }))
    }

    fn append(&mut self, entry: iob_entry) -> Result<()> {
        let fields = self.fields();
        let bytesleft = fields.bytesleft.checked_add(entry.n).ok_or(Errno(libc::EOVERFLOW))?;
        let count = fields.b.length(ENTRY).unwrap_or(0);
        let place = fields.b.allocate_in_steps(ENTRY, count as i64, STEP)?;
        // SAFETY: the array has just made room for this entry, in memory aligned for anything.
        unsafe { place.cast::<iob_entry>().write(entry) };
        fields.bytesleft = bytesleft;
        let counter = if entry.kind == FROM_FILE { &mut fields.files } else { &mut fields.bufs };
        *counter = counter.wrapping_add(1);
        Ok(())
    }

    /// Notes that the next `taken` bytes have gone out, and cleans up if those were the last.
    fn advance(&mut self, mut taken: u64) {
        let fields = self.fields();
        fields.bytesleft = fields.bytesleft.saturating_sub(taken);
        while let Some((index, entry)) = self.first() {
            if taken < entry.n {
                if let Some(mut place) = self.entry(index) {
                    // SAFETY: as in `first`.
                    let place = unsafe { place.as_mut() };
                    place.offset = place.offset.wrapping_add(taken);
                    place.n -= taken;
                }
                return;
            }
            taken -= entry.n;
            self.fields().next += 1;
        }
        self.reset();
    }

    /// Runs all cleanups and empties the batch; its memory is given back, so it may be dropped or used again.
    pub fn reset(mut self) {
        let mut index = 0;
        while let Some(mut place) = self.entry(index) {
            // SAFETY: as in `first`. The cleanup is taken out before it runs, so that it cannot run twice.
            let entry = unsafe { place.as_mut() };
            let copy = *entry;
            entry.cleanup = None;
            clean_up(copy);
            index += 1;
        }
        let fields = self.fields();
        fields.b.reset();
        (fields.bytesleft, fields.next, fields.bufs, fields.files) = (0, 0, 0, 0);
    }

    /// [`Self::reset`], and gives back the batch itself, which came from [`Self::allocate`].
    pub fn free(self) {
        self.reset();
        // SAFETY: by the caller's promise the batch came from malloc, and is not used again.
        unsafe { libc::free(self.0.as_ptr().cast()) };
    }

    /// Asks the kernel to read ahead the next `bytes` bytes of file regions.
    pub fn prefetch(mut self, mut bytes: u64) {
        let mut index = usize::try_from(self.fields().next).unwrap_or(usize::MAX);
        while let (true, Some(entry)) = (bytes > 0, self.entry(index)) {
            // SAFETY: as in `first`.
            let entry = unsafe { entry.read() };
            if let (FROM_FILE, Ok(fd)) = (entry.kind, i32::try_from(entry.fd)) {
                let length = entry.n.min(bytes);
                region::read_ahead(fd, entry.offset, length);
                bytes -= length;
            }
            index += 1;
        }
    }
}

/// The batch, if there is one. Errors: EINVAL.
pub fn present<E: From<Errno>>(batch: Option<Batch>) -> core::result::Result<Batch, E> {
    batch.ok_or(E::from(Errno(libc::EINVAL)))
}

/// Appends an entry. Whatever happens, the cleanup will run exactly once: at once if there is nothing to send or on
/// failure. Errors: EINVAL for no batch; ENOMEM; EOVERFLOW if the batch would hold 2^64 bytes or more.
pub fn add(batch: Option<Batch>, source: Source, n: u64, cleanup: Option<Cleanup>) -> Result<()> {
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
pub unsafe fn add_string(
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

/// Runs the cleanup of an entry that is in no batch any more. errno stays as it is.
fn clean_up(mut entry: iob_entry) {
    if let Some(cleanup) = entry.cleanup {
        let errno = Errno::last();
        // SAFETY: a cleanup function takes a pointer to its entry; the library's own are below, and a program vouches
        // for its own.
        unsafe { cleanup(&mut entry) };
        errno.set();
    }
}

/// The cleanup of `iob_addbuf_free`.
pub unsafe extern "C" fn free_buffer(entry: *mut iob_entry) {
    // SAFETY: the entry is valid, and the program has handed over a block from malloc.
    unsafe { libc::free((*entry).buf.cast_mut().cast()) };
}

/// The cleanup of `iob_addbuf_munmap`. What was sent has moved from the entry's length to its offset.
pub unsafe extern "C" fn unmap_buffer(entry: *mut iob_entry) {
    // SAFETY: the entry is valid, and the program has handed over a mapping of its own.
    unsafe {
        pages::unmap((*entry).buf.cast_mut().cast(), (*entry).offset.wrapping_add((*entry).n) as usize)
    };
}

/// The cleanup of `iob_addfile_close`.
pub unsafe extern "C" fn close_file(entry: *mut iob_entry) {
    // SAFETY: the entry is valid.
    register::close(unsafe { (*entry).fd });
}
