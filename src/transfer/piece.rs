// SPDX-License-Identifier: MIT OR Apache-2.0
//! A piece of a file in memory of the library's own.
//!
//! Pieces are read, not mapped. A mapped file that another process cuts short raises SIGBUS in the thread that touches it, and no
//! check beforehand closes that gap; a piece that was read stays what it is. It also costs less where it matters: 64 KiB
//! that are read in two pieces and looked at take half the time of a mapping with its page faults.

use crate::errno::{Errno, Result};
use crate::sys::file::region;
use core::ffi::c_void;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

/// How many bytes a piece holds: two records of TLS. Larger ones are hardly faster, and a batch that waits for its
/// consumer keeps one.
pub(crate) const SIZE: usize = 32 * 1024;

#[repr(C)]
struct Block {
    /// The offset in the file of the first byte.
    start: u64,
    /// How many bytes were read.
    length: u64,
    bytes: [MaybeUninit<u8>; SIZE],
}

/// Bytes of a file, at an address that stays.
pub(crate) struct Piece(NonNull<Block>);

impl Piece {
    /// An empty piece. Errors: ENOMEM.
    pub(crate) fn allocate() -> Result<Self> {
        // SAFETY: malloc takes any size.
        let block = NonNull::new(unsafe { libc::malloc(size_of::<Block>()) }).ok_or(Errno(libc::ENOMEM))?;
        let block = block.cast::<Block>();
        // SAFETY: the block from malloc is large enough and aligned for anything; only the two numbers are read before the
        // kernel has filled in the bytes.
        unsafe {
            (&raw mut (*block.as_ptr()).start).write(0);
            (&raw mut (*block.as_ptr()).length).write(0);
        }
        Ok(Piece(block))
    }

    /// Reads up to `length` bytes of a file from `offset` on, and returns how many came: 0 at the end of the file. Errors: those of
    /// pread(2), ESPIPE for what has no offsets.
    pub(crate) fn fill(&mut self, file: i32, offset: u64, length: u64) -> Result<u64> {
        // SAFETY: the block is this piece's alone.
        let block = unsafe { self.0.as_mut() };
        block.length = 0;
        let wanted = usize::try_from(length).map_or(SIZE, |length| length.min(SIZE));
        block.length = region::read_at(file, &mut block.bytes[..wanted], offset)?.len() as u64;
        block.start = offset;
        Ok(block.length)
    }

    /// The bytes from `offset` of the file on, if the piece has any.
    pub(crate) fn from(&self, offset: u64) -> Option<(*const c_void, u64)> {
        // SAFETY: the block is this piece's alone.
        let block = unsafe { self.0.as_ref() };
        let skipped = offset.checked_sub(block.start).filter(|skipped| *skipped < block.length)?;
        let start = block.bytes.as_ptr().wrapping_add(skipped as usize);
        Some((start.cast(), block.length - skipped))
    }

    /// The memory of the piece, for something else.
    pub(crate) fn memory(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: the block is this piece's alone.
        let block = unsafe { self.0.as_mut() };
        block.length = 0;
        &mut block.bytes
    }

    /// The piece as an address, which owns it.
    pub(crate) fn into_raw(self) -> *mut c_void {
        let block = self.0;
        core::mem::forget(self);
        block.as_ptr().cast()
    }

    /// The piece that [`into_raw`](Self::into_raw) made an address of; `None` for NULL.
    ///
    /// # Safety
    /// Each address is taken back once.
    pub(crate) unsafe fn from_raw(address: *mut c_void) -> Option<Self> {
        NonNull::new(address.cast()).map(Piece)
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // SAFETY: the block came from malloc and is this piece's alone.
        unsafe { libc::free(self.0.as_ptr().cast()) };
    }
}
