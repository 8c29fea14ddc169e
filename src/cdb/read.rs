// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file: a small one is copied, a large one is mapped if it can be; what is in memory in neither way is read piece by
//! piece.

use super::{mapped, pair};
use crate::abi::cdb;
use crate::errno::{Errno, Result, unchanged};
use crate::sys::file::region;
use core::ffi::{c_char, c_int};
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// Files of so many bytes are copied. To read one costs less than the page faults of a mapping, and a copy stays whole if the
/// file is made shorter, so it needs no look at the file in each call. It is below what malloc maps for itself.
pub(super) const COPIED: u32 = 64 << 10;

/// The end of what may be read of a file in memory.
#[derive(Clone, Copy)]
pub(super) struct Reach(u64);

/// The fields are the program's to look at. It vouches for `map` being NULL, or the copy or mapping of `size` bytes that was
/// made here.
impl cdb {
    /// Opens the database in the file `fd`. A copy or mapping of another one is freed; a file that cannot be in memory is read.
    pub fn init(&mut self, fd: i64) {
        self.free();
        self.fd = fd;
        self.find_start();
        let held = unchanged(|| {
            let file = region::status(self.descriptor())?;
            let size = u32::try_from(file.size).map_err(|_| Errno(libc::EFBIG))?;
            let start = match size {
                0 => return Err(Errno(libc::EINVAL)),
                1..=COPIED => self.copy_of_file(size as usize)?,
                _ => mapped::map(self.descriptor(), file, size)?,
            };
            Ok::<_, Errno>((start, size))
        });
        if let Ok((start, size)) = held {
            (self.map, self.size) = (start, size);
        }
    }

    /// Frees the copy or unmaps the file, if there is one. The file stays open.
    pub fn free(&mut self) {
        let map = core::mem::replace(&mut self.map, null_mut());
        if map.is_null() {
            return;
        }
        if self.is_copied() {
            // SAFETY: a block from malloc, which nothing knows of any more.
            unsafe { libc::free(map.cast()) };
        } else {
            // SAFETY: a mapping of as many bytes, likewise.
            unsafe { mapped::unmap(map, self.size) }
        }
    }

    /// The first `size` bytes of the file, at least one, in memory from malloc. Errors: ENOMEM, and as in `read_file`.
    fn copy_of_file(&self, size: usize) -> Result<*mut c_char> {
        // SAFETY: malloc takes any size.
        let copy = unsafe { libc::malloc(size) };
        if copy.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        // SAFETY: the new block has so many bytes.
        let room = unsafe { core::slice::from_raw_parts_mut(copy.cast(), size) };
        self.read_file(room, 0).map(|()| copy.cast()).inspect_err(|_| {
            // SAFETY: the block from above.
            unsafe { libc::free(copy) }
        })
    }

    /// Whether what is in memory is a copy: `init` goes by the size.
    fn is_copied(&self) -> bool {
        self.size <= COPIED
    }

    /// Copies `length` bytes from `position` of the file to `to`. Errors: EPROTO if it ends before.
    ///
    /// # Safety
    /// There is room for as many.
    pub unsafe fn read_to(&self, to: *mut u8, length: usize, position: u64) -> Result<()> {
        if isize::try_from(length).is_err() {
            return Err(Errno(libc::EPROTO));
        }
        if length == 0 {
            return self.read(&mut [], position, self.reach());
        }
        // SAFETY: the caller's promise.
        self.read(unsafe { core::slice::from_raw_parts_mut(to.cast(), length) }, position, self.reach())
    }

    /// Where the memory may be read: a file that was made shorter since ends earlier than its mapping, and there the kernel
    /// would end the process. One call of the program's looks once, at its beginning.
    #[inline(always)]
    pub(super) fn reach(&self) -> Reach {
        Reach(if self.map.is_null() || self.is_copied() { self.size.into() } else { self.reach_of_mapping() })
    }

    /// Fills `room` with what is in the file from `position` on. Errors: EPROTO if it ends before.
    pub(super) fn read(&self, room: &mut [MaybeUninit<u8>], position: u64, Reach(end): Reach) -> Result<()> {
        if self.map.is_null() {
            return self.read_file(room, position);
        }
        if position > end || room.len() as u64 > end - position {
            return Err(Errno(libc::EPROTO));
        }
        // Another process may change a mapped file at any moment: its bytes are copied, never borrowed.
        // SAFETY: the copy or mapping has as many bytes from there on.
        unsafe { self.map.add(position as usize).copy_to(room.as_mut_ptr().cast(), room.len()) };
        Ok(())
    }

    /// Fills `room` with what is in the file from `position` on, by reading it. Errors: EPROTO if it ends before; those of
    /// pread(2).
    pub(super) fn read_file(&self, mut room: &mut [MaybeUninit<u8>], mut position: u64) -> Result<()> {
        while !room.is_empty() {
            let count = match region::read_at(self.descriptor(), room, position) {
                Ok([]) => return Err(Errno(libc::EPROTO)),
                Ok(bytes) => bytes.len(),
                Err(Errno(libc::EINTR)) => 0,
                Err(error) => return Err(error),
            };
            position += count as u64;
            room = room.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// The two numbers at `position`.
    #[inline(never)]
    pub(super) fn pair(&self, position: u64, reach: Reach) -> Result<[u32; 2]> {
        let mut room = [MaybeUninit::uninit(); 8];
        self.read(&mut room, position, reach)?;
        // SAFETY: all of them have been read.
        Ok(pair(unsafe { core::mem::transmute::<[MaybeUninit<u8>; 8], [u8; 8]>(room) }))
    }

    /// No descriptor is larger than an int; for -1 the kernel answers EBADF.
    pub(super) fn descriptor(&self) -> c_int {
        c_int::try_from(self.fd).unwrap_or(-1)
    }
}
