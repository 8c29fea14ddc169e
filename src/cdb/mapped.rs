// SPDX-License-Identifier: MIT OR Apache-2.0
//! A large file in memory: a mapping, until it has been used so often that a copy would have cost less.
//!
//! Where a mapped file has been made shorter, the kernel ends the process with SIGBUS, so each call asks for the file's size
//! first. That takes thirty times as long as a step from record to record. So once those questions have taken about as long as
//! to copy the file takes, memory with a copy takes the place of the mapping, in one step and at the same address: the
//! program may hold pointers into it. Larger files than [`LARGEST`] stay mapped, because a copy is memory that processes do not
//! share.
//!
//! ```text
//!     | the file, later a copy | nothing, up to a multiple of GRANULE | Head |
//!     ^ cdb::map
//! ```

use crate::abi::cdb;
use crate::errno::{Errno, Result, unchanged};
use crate::sys::file::region::{self, Status};
use crate::sys::file::{self, Mapping};
use crate::sys::pages;
use core::ffi::{c_char, c_int};
use core::mem::MaybeUninit;
use core::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use core::sync::atomic::{AtomicBool, AtomicU32};

/// Larger files are never copied.
pub(super) const LARGEST: u32 = 16 << 20;
/// To copy so many bytes takes as long as one question for the size.
const PER_LOOK: u32 = 2048;
/// A multiple of every page size.
const GRANULE: usize = 64 << 10;

/// What is known of a mapping. Threads may read the same file at the same time.
struct Head {
    /// The file that was mapped: by now its descriptor may be another one's.
    file: Status,
    /// How often its size was asked for.
    looks: AtomicU32,
    /// Whether it is a copy by now.
    copied: AtomicBool,
}

/// Maps a file.
pub(super) fn map(descriptor: c_int, file: Status, size: u32) -> Result<*mut c_char> {
    let whole = extent(size).ok_or(Errno(libc::EFBIG))?;
    let start = file::map(descriptor, whole, Mapping::Read)?;
    let head = head_of(start, size);
    // SAFETY: the place is in the new mapping, which nothing knows of yet, behind the file's end.
    unsafe {
        if let Err(error) = pages::map_at(head.cast(), size_of::<Head>()) {
            let _ = file::unmap(start, whole);
            return Err(error);
        }
        head.write(Head { file, looks: AtomicU32::new(0), copied: AtomicBool::new(false) });
    }
    Ok(start)
}

/// Gives back what [`map`] has made.
///
/// # Safety
/// It has made this, for a file of that size, and nothing uses it any more.
pub(super) unsafe fn unmap(start: *mut c_char, size: u32) {
    if let Some(whole) = extent(size) {
        // SAFETY: the caller's promise.
        let _ = unchanged(|| unsafe { file::unmap(start, whole) });
    }
}

/// How many bytes that takes.
fn extent(size: u32) -> Option<usize> {
    (size as usize).checked_next_multiple_of(GRANULE)?.checked_add(size_of::<Head>())
}

/// Where the head of a mapping is.
#[inline(always)]
fn head_of(start: *mut c_char, size: u32) -> *mut Head {
    start.wrapping_add((size as usize).next_multiple_of(GRANULE)).cast()
}

impl cdb {
    /// How far a file that is in memory by [`map`] may be read.
    #[inline(always)]
    pub(super) fn reach_of_mapping(&self) -> u64 {
        // SAFETY: the program vouches for its mapping.
        let head = unsafe { &*head_of(self.map, self.size) };
        if head.copied.load(Acquire) { self.size.into() } else { self.look(head) }
    }

    /// The same for what is not a copy yet.
    #[inline(never)]
    fn look(&self, head: &Head) -> u64 {
        let mapped = u64::from(self.size);
        // A program that has closed the file, against the manual, is no worse off than without the look.
        let Ok(now) = unchanged(|| region::status(self.descriptor())) else { return mapped };
        if !now.is_same_file(&head.file) {
            return mapped;
        }
        let looks = head.looks.fetch_add(1, Relaxed);
        let due = self.size / PER_LOOK;
        if looks == due
            && self.size <= LARGEST
            && now.size >= mapped
            && unchanged(|| self.copy_in_place()).is_ok()
        {
            head.copied.store(true, Release);
            return mapped;
        }
        mapped.min(now.size)
    }

    /// Puts a copy in the mapping's place. Errors: those of the calls; ENOSYS where it cannot be done in one step. Then
    /// nothing has changed.
    fn copy_in_place(&self) -> Result<()> {
        let length = self.size as usize;
        let copy = pages::map(length)?;
        // SAFETY: the new pages are so many bytes.
        let room = unsafe { core::slice::from_raw_parts_mut(copy.cast::<MaybeUninit<u8>>(), length) };
        // SAFETY: both are pages of so many bytes. What reads the old ones reads the same in the new ones.
        let moved =
            self.read_file(room, 0).and_then(|()| unsafe { pages::move_to(copy, length, self.map.cast()) });
        // SAFETY: nothing else knows of the copy, which is still where it was made.
        moved.inspect_err(|_| unsafe { pages::unmap(copy, length) })
    }
}
