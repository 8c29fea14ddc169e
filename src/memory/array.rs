// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing array: bytes from malloc, in elements of whatever size the caller names.
//!
//! An [`array`] is unallocated (all zeros), allocated (`p` has `allocated` bytes, of which the first
//! `initialized` are in use), or failed (`p` NULL, `allocated` -1). Failed is a state to stay in: a program
//! appends many times and looks once, at the end.
//!
//! The fields are written here only. A C program may write them too; it then vouches for one of the three
//! states, and the SAFETY comments below lean on that.

use crate::abi::array;
use crate::errno::{Errno, Result};
use crate::text::byte;

/// Arrays of single bytes are often short texts; larger elements come in numbers.
const fn step(member_size: u64) -> u64 {
    if member_size < 8 { 128 } else { 4096 }
}

/// The size of elements 0 to `position` together.
fn size_up_to(member_size: u64, position: i64) -> Result<u64> {
    if position < 0 {
        return Err(Errno(libc::EINVAL));
    }
    let members = position.checked_add(1).map(|members| members as u64);
    members.and_then(|members| members.checked_mul(member_size)).ok_or(Errno(libc::ENOMEM))
}

impl array {
    /// An array without memory.
    pub const fn new() -> Self {
        array { p: core::ptr::null_mut(), allocated: 0, initialized: 0, headroom: 0 }
    }

    /// True once something went wrong, until the next [`reset`](Self::reset).
    pub fn failed(&self) -> bool {
        self.allocated < 0
    }

    /// The first byte, NULL without memory. Valid until the array grows or gives its memory back.
    pub fn start(&self) -> *mut u8 {
        self.p.cast()
    }

    /// Bytes in use; `None` if the array has failed.
    pub fn bytes(&self) -> Option<u64> {
        (!self.failed()).then_some(self.initialized)
    }

    /// Whole elements in use; `None` if the array has failed. There are none of size 0.
    pub fn length(&self, member_size: u64) -> Option<u64> {
        Some(self.bytes()?.checked_div(member_size).unwrap_or(0))
    }

    /// The bytes in use; empty if the array has failed.
    pub fn as_slice(&self) -> &[u8] {
        match self.bytes() {
            // SAFETY: an allocated array has `initialized` bytes at `p`; that many fit in the address space.
            Some(1..) => unsafe { core::slice::from_raw_parts(self.start(), self.initialized as usize) },
            _ => byte::none(),
        }
    }

    /// The element at `position`, if all of its bytes are in use.
    pub fn get(&self, member_size: u64, position: i64) -> Option<*mut u8> {
        let end = size_up_to(member_size, position).ok()?;
        if self.failed() || self.p.is_null() || end > self.initialized {
            return None;
        }
        Some(self.at(end - member_size))
    }

    /// Makes the element at `position` exist, and all before it, and says where it is. Bytes that come into
    /// use are zero. Without memory nothing changes.
    pub fn allocate(&mut self, member_size: u64, position: i64) -> Result<*mut u8> {
        self.allocate_in_steps(member_size, position, step(member_size))
    }

    /// The same, with memory that comes in multiples of `step` bytes.
    pub fn allocate_in_steps(&mut self, member_size: u64, position: i64, step: u64) -> Result<*mut u8> {
        if self.failed() {
            return Err(Errno(libc::EINVAL));
        }
        let end = size_up_to(member_size, position)?;
        if end > self.initialized {
            self.reserve(end, step)?;
            let fresh = end - self.initialized;
            // SAFETY: `reserve` has made room for `end` bytes: `fresh` ones from `initialized` on.
            unsafe { self.at(self.initialized).write_bytes(0, fresh as usize) };
            self.initialized = end;
        }
        Ok(self.at(end - member_size))
    }

    /// Appends `len` bytes from `source`, which may lie in this very array. An array that cannot grow fails;
    /// one that has failed stays as it is.
    ///
    /// # Safety
    /// `source` has `len` readable bytes, unless `len` is 0.
    pub unsafe fn append(&mut self, source: *const u8, len: u64) -> Result<()> {
        if self.failed() || len == 0 {
            return Ok(());
        }
        // Growing may move the array, and the source with it.
        let offset = self.offset_of(source);
        let end = self.initialized.checked_add(len).ok_or(Errno(libc::ENOMEM));
        if let Err(error) = end.and_then(|end| self.reserve(end, step(1))) {
            self.fail();
            return Err(error);
        }
        let source = offset.map_or(source, |offset| self.at(offset as u64));
        // SAFETY: `reserve` has made room for `len` bytes behind those in use; the source has as many, and
        // copy allows an overlap.
        unsafe { self.at(self.initialized).copy_from(source, len as usize) };
        self.initialized += len;
        Ok(())
    }

    /// Appends what [`range`](Self::range) or [`all`](Self::all) gave, perhaps of this very array. An array
    /// that is to get bytes that are not there fails.
    ///
    /// # Safety
    /// The bytes are still readable.
    pub unsafe fn append_bytes(&mut self, bytes: Result<*const [u8]>) -> Result<()> {
        match bytes {
            // SAFETY: the caller's promise.
            Ok(bytes) => unsafe { self.append(bytes.cast(), bytes.len() as u64) },
            Err(error) => {
                self.fail();
                Err(error)
            }
        }
    }

    /// Where the bytes in use are, without borrowing the array.
    pub fn all(&self) -> Result<*const [u8]> {
        if self.failed() { Err(Errno(libc::EINVAL)) } else { Ok(self.as_slice()) }
    }

    /// Where the bytes at positions `start` to `stop` - 1 are, if all of them are in use.
    pub fn range(&self, start: i64, stop: i64) -> Result<*const [u8]> {
        let outside = Errno(libc::EINVAL);
        let (start, stop) = (usize::try_from(start), usize::try_from(stop));
        let range = start.map_err(|_| outside)?..stop.map_err(|_| outside)?;
        if self.failed() {
            return Err(outside);
        }
        self.as_slice().get(range).map(core::ptr::from_ref).ok_or(outside)
    }

    /// Keeps the first `length` elements, if there are that many; the memory stays.
    pub fn truncate(&mut self, member_size: u64, length: i64) {
        let wanted = u64::try_from(length).ok().and_then(|length| length.checked_mul(member_size));
        if let Some(wanted) = wanted.filter(|wanted| *wanted <= self.initialized) {
            self.initialized = wanted;
        }
    }

    /// Drops elements from the end.
    pub fn chop(&mut self, member_size: u64, members: u64) {
        self.initialized = self.initialized.saturating_sub(member_size.saturating_mul(members));
    }

    /// Drops elements from the front. The rest moves, so that `p` stays what malloc gave out.
    pub fn shift(&mut self, member_size: u64, members: u64) {
        let dropped = member_size.saturating_mul(members).min(self.initialized);
        let rest = self.initialized - dropped;
        if dropped != 0 && rest != 0 {
            // SAFETY: both ranges lie within the bytes in use; copy_from allows the overlap.
            unsafe { self.start().copy_from(self.at(dropped), rest as usize) };
        }
        self.initialized = rest;
    }

    /// Gives the memory back: an empty array, also after a failure.
    pub fn reset(&mut self) {
        // SAFETY: `p` is NULL or a block from malloc that is this array's own.
        unsafe { libc::free(self.p.cast()) };
        *self = array::new();
    }

    /// Gives the memory back and remembers that something went wrong.
    pub fn fail(&mut self) {
        self.reset();
        self.allocated = -1;
    }

    /// How far into the array an address is, if it lies in its memory.
    pub(super) fn offset_of(&self, address: *const u8) -> Option<usize> {
        let offset = (address as usize).wrapping_sub(self.p as usize);
        (!self.p.is_null() && (offset as u64) < self.allocated as u64).then_some(offset)
    }

    /// Makes room for `size` bytes in all, which are not in use yet.
    pub(super) fn reserve_bytes(&mut self, size: usize) -> Result<()> {
        self.reserve(size as u64, step(1))
    }

    /// Takes `count` more bytes, which have been written, into use.
    pub(super) fn add_bytes(&mut self, count: usize) {
        self.initialized += count as u64;
    }

    /// The address `offset` bytes into the array.
    fn at(&self, offset: u64) -> *mut u8 {
        self.start().wrapping_add(offset as usize)
    }

    /// Makes room for `wanted` bytes, in a multiple of `step`.
    fn reserve(&mut self, wanted: u64, step: u64) -> Result<()> {
        let allocated = self.allocated as u64;
        if wanted <= allocated {
            return Ok(());
        }
        // Growing by half each time makes the cost of an append constant on average; where memory is too
        // short for that, the exact size may still do.
        let half_more = allocated + allocated / 2;
        self.resize(wanted.max(half_more), step).or_else(|_| self.resize(wanted, step))
    }

    /// Asks malloc for `size` bytes, rounded up to a multiple of `step`.
    #[inline(never)]
    fn resize(&mut self, size: u64, step: u64) -> Result<()> {
        let size = size.checked_next_multiple_of(step).filter(|size| *size <= isize::MAX as u64);
        let size = size.ok_or(Errno(libc::ENOMEM))?;
        // SAFETY: `p` is NULL or a block from malloc that is this array's own.
        let block = unsafe { libc::realloc(self.p.cast(), size as usize) };
        if block.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        self.p = block.cast();
        self.allocated = size as i64;
        Ok(())
    }
}

impl PartialEq for array {
    /// The same bytes in use; one that has failed equals nothing.
    fn eq(&self, other: &Self) -> bool {
        !self.failed() && !other.failed() && self.as_slice() == other.as_slice()
    }
}

#[cfg(test)]
mod tests;
