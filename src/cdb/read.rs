// SPDX-License-Identifier: MIT OR Apache-2.0
//! The file: mapped if it can be, else read piece by piece.

use super::pair;
use crate::abi::cdb;
use crate::errno::{Errno, Result, unchanged};
use crate::sys::file::region;
use crate::sys::file::{self, Mapping};
use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr::null_mut;

/// The end of what may be read of a mapped file.
#[derive(Clone, Copy)]
pub(super) struct Reach(u64);

/// The fields are the program's to look at. It vouches for `map` being NULL or the mapping of `size` bytes that was made
/// here.
impl cdb {
    /// Opens the database in the file `fd`. An old mapping is unmapped; a file that cannot be mapped is read.
    pub fn init(&mut self, fd: i64) {
        self.free();
        self.fd = fd;
        self.find_start();
        let mapped = unchanged(|| {
            let size = u32::try_from(region::size(self.descriptor())?).map_err(|_| Errno(libc::EFBIG))?;
            let start = file::map(self.descriptor(), size as usize, Mapping::Read)?;
            Ok::<_, Errno>((start, size))
        });
        if let Ok((start, size)) = mapped {
            (self.map, self.size) = (start, size);
        }
    }

    /// Unmaps the file, if it is mapped. The file stays open.
    pub fn free(&mut self) {
        let map = core::mem::replace(&mut self.map, null_mut());
        if !map.is_null() {
            // SAFETY: a mapping of as many bytes, which nothing knows of any more.
            let _ = unchanged(|| unsafe { file::unmap(map, self.size as usize) });
        }
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

    /// Where the mapping may be read: a file that was made shorter since ends earlier than its mapping, and there the kernel
    /// would end the process. One call of the program's looks once, at its beginning.
    pub(super) fn reach(&self) -> Reach {
        let mapped = u64::from(self.size);
        // A program that has closed the file, against the manual, is no worse off than without the look.
        let now = if self.map.is_null() { Ok(mapped) } else { unchanged(|| region::size(self.descriptor())) };
        Reach(now.map_or(mapped, |now| now.min(mapped)))
    }

    /// Fills `room` with what is in the file from `position` on. Errors: EPROTO if it ends before.
    pub(super) fn read(&self, room: &mut [MaybeUninit<u8>], position: u64, Reach(end): Reach) -> Result<()> {
        if self.map.is_null() {
            return self.read_file(room, position);
        }
        if position > end || room.len() as u64 > end - position {
            return Err(Errno(libc::EPROTO));
        }
        // Another process may change the file at any moment: its bytes are copied, never borrowed.
        // SAFETY: the mapping has as many bytes from there on.
        unsafe { self.map.add(position as usize).copy_to(room.as_mut_ptr().cast(), room.len()) };
        Ok(())
    }

    fn read_file(&self, mut room: &mut [MaybeUninit<u8>], mut position: u64) -> Result<()> {
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
    fn descriptor(&self) -> c_int {
        c_int::try_from(self.fd).unwrap_or(-1)
    }
}
