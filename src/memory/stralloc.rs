// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing string: bytes from malloc.
//!
//! C programs read and write the fields of a [`stralloc`] as they like. They vouch for `s` being NULL or a
//! block from malloc of `a` bytes, of which the first `len` are in use; the SAFETY comments below lean on
//! that. While `s` is NULL, the two numbers mean nothing.

use crate::abi::stralloc;
use crate::errno::{Errno, Result};
use crate::text::byte;
use crate::text::out::Out;
use crate::text::string;
use core::cmp::Ordering;
use core::ffi::c_char;

impl stralloc {
    /// A string without memory.
    pub const fn new() -> Self {
        stralloc { s: core::ptr::null_mut(), len: 0, a: 0 }
    }

    /// The bytes in use, without borrowing the string.
    pub fn bytes(&self) -> *const [u8] {
        self.as_slice()
    }

    /// The bytes in use.
    pub fn as_slice(&self) -> &[u8] {
        if self.s.is_null() {
            return byte::none();
        }
        // SAFETY: the fields are as the head of this file says.
        unsafe { core::slice::from_raw_parts(self.s.cast(), self.len) }
    }

    /// The bytes in use, to be changed in place.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        if self.s.is_null() {
            return &mut [];
        }
        // SAFETY: the fields are as the head of this file says.
        unsafe { core::slice::from_raw_parts_mut(self.s.cast(), self.len) }
    }

    /// Makes room for `len` bytes in all, and some more, so that a string can grow in small steps.
    #[inline(always)]
    pub fn ready(&mut self, len: usize) -> Result<()> {
        if !self.s.is_null() && self.a >= len {
            return Ok(());
        }
        self.grow(len)
    }

    /// Gets memory for `len` bytes in all, and some more.
    #[inline(never)]
    fn grow(&mut self, len: usize) -> Result<()> {
        let size = len.checked_add(len / 8).and_then(|size| size.checked_add(30)).unwrap_or(len);
        // SAFETY: `s` is NULL or a block from malloc. The allocator refuses a size that no memory has.
        let block = unsafe { libc::realloc(self.s.cast(), size) };
        if block.is_null() {
            return Err(Errno(libc::ENOMEM));
        }
        self.s = block.cast();
        self.a = size;
        Ok(())
    }

    /// Makes room for `more` bytes behind those in use.
    pub fn ready_plus(&mut self, more: usize) -> Result<()> {
        let used = if self.s.is_null() { 0 } else { self.len };
        self.ready(used.checked_add(more).ok_or(Errno(libc::ENOMEM))?)?;
        self.len = used;
        Ok(())
    }

    /// Replaces the contents by `count` bytes from `source`, which may lie in this very string.
    ///
    /// # Safety
    /// `source` has `count` readable bytes, unless `count` is 0.
    pub unsafe fn assign(&mut self, source: *const c_char, count: usize) -> Result<()> {
        let source = self.locate(source);
        self.ready(count)?;
        // SAFETY: there is room for `count` bytes.
        unsafe { self.copy_to(0, self.address(source), count) };
        self.len = count;
        Ok(())
    }

    /// Appends `count` bytes from `source`, which may lie in this very string.
    ///
    /// # Safety
    /// `source` has `count` readable bytes, unless `count` is 0.
    pub unsafe fn append(&mut self, source: *const c_char, count: usize) -> Result<()> {
        let source = self.locate(source);
        self.ready_plus(count)?;
        // SAFETY: there is room for `count` bytes behind those in use.
        unsafe { self.copy_to(self.len, self.address(source), count) };
        self.len += count;
        Ok(())
    }

    /// Appends one byte.
    ///
    /// # Safety
    /// `source` is readable.
    #[inline(always)]
    pub unsafe fn append_byte(&mut self, source: *const c_char) -> Result<()> {
        if self.s.is_null() || self.len >= self.a {
            // SAFETY: the caller's promise.
            return unsafe { self.append(source, 1) };
        }
        // SAFETY: the caller's promise, and there is room behind the bytes in use.
        unsafe { self.s.add(self.len).write(source.read()) };
        self.len += 1;
        Ok(())
    }

    /// Appends what a formatter writes.
    pub fn append_text(&mut self, format: impl Fn(&mut Out)) -> Result<()> {
        self.ready_plus(Out::length_of(&format))?;
        // SAFETY: there is room for as much as the formatter announced.
        self.len += unsafe { Out::write(self.s.wrapping_add(self.len), &format) };
        Ok(())
    }

    /// Appends strings, of which any may lie in this very one, and end where its bytes in use do. Memory
    /// for all of them is made before the first is copied, so without it nothing changes. The strings are
    /// asked for twice.
    ///
    /// # Safety
    /// Both iterators give the same strings.
    pub unsafe fn append_strings(
        &mut self,
        measured: impl Iterator<Item = *const c_char>,
        strings: impl Iterator<Item = *const c_char>,
    ) -> Result<()> {
        let before = self.as_slice().len();
        let mut total = 0_usize;
        for string in measured {
            // SAFETY: a string that is still where it was.
            let length = unsafe { self.length(self.locate(string), before, usize::MAX) };
            total = total.checked_add(length).ok_or(Errno(libc::ENOMEM))?;
        }
        let old = (self.s, self.a);
        self.ready_plus(total)?;
        let end = self.len + total;
        for string in strings {
            let string = locate(old, string);
            // SAFETY: a string, or bytes of this one; there is room up to `end`, even if the caller has one in
            // memory behind the bytes in use, which the copies change.
            unsafe {
                let length = self.length(string, before, end - self.len);
                self.copy_to(self.len, self.address(string), length);
                self.len += length;
            }
        }
        Ok(())
    }

    /// The length of a string, at most `most`, and for one in this very string up to byte number `end`.
    ///
    /// # Safety
    /// It is one of those that `append_strings` is for.
    unsafe fn length(&self, place: Place, end: usize, most: usize) -> usize {
        let limit = match place {
            Place::Inside(offset) if offset < end => end - offset,
            Place::Inside(offset) => self.a - offset,
            Place::Outside(_) => usize::MAX,
        };
        // SAFETY: a string, or bytes of this one.
        unsafe { string::length_up_to(self.address(place), limit.min(most)) }
    }

    /// Compares byte by byte. A string comes before a longer one that starts with it.
    pub fn compare(&self, other: &[u8]) -> i32 {
        let own = self.as_slice();
        let common = own.len().min(other.len());
        // SAFETY: both slices have so many bytes.
        let difference = unsafe { byte::compare(own.as_ptr(), other.as_ptr(), common) };
        match own.len().cmp(&other.len()) {
            _ if difference != 0 => difference,
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }
    }

    /// Removes the last byte.
    pub fn pop(&mut self) -> Option<u8> {
        let last = *self.as_slice().last()?;
        self.len -= 1;
        Some(last)
    }

    /// Removes one end of a line, and says how many bytes that was.
    pub fn chomp(&mut self) -> usize {
        let removed = match self.as_slice() {
            [.., b'\r', b'\n'] => 2,
            [.., b'\r' | b'\n'] => 1,
            _ => 0,
        };
        self.len -= removed;
        removed
    }

    /// Frees the memory. The string is as new.
    pub fn free(&mut self) {
        // SAFETY: `s` is NULL or a block from malloc, and forgotten here.
        unsafe { libc::free(self.s.cast()) };
        *self = Self::new();
    }

    /// How far behind the first byte an address is, if it lies in the memory of this string.
    pub(super) fn offset_of(&self, address: *const c_char) -> Option<usize> {
        match self.locate(address) {
            Place::Inside(offset) => Some(offset),
            Place::Outside(_) => None,
        }
    }

    fn locate(&self, source: *const c_char) -> Place {
        locate((self.s, self.a), source)
    }

    fn address(&self, place: Place) -> *const c_char {
        match place {
            Place::Inside(offset) => self.s.wrapping_add(offset),
            Place::Outside(address) => address,
        }
    }

    /// Copies `count` bytes to byte number `at`.
    ///
    /// # Safety
    /// There is room for them, and as many are readable at `source`, unless there are none to copy.
    unsafe fn copy_to(&mut self, at: usize, source: *const c_char, count: usize) {
        if count > 0 {
            // SAFETY: the caller's promise; the two may overlap.
            unsafe { self.s.add(at).copy_from(source, count) }
        }
    }
}

impl Default for stralloc {
    fn default() -> Self {
        stralloc::new()
    }
}

/// Where bytes to copy are: growing may move a string, and what lies inside of it.
#[derive(Clone, Copy)]
enum Place {
    Inside(usize),
    Outside(*const c_char),
}

/// Where `source` is, seen from a block of memory at `start` with `size` bytes, which may be gone already.
fn locate((start, size): (*mut c_char, usize), source: *const c_char) -> Place {
    let offset = (source as usize).wrapping_sub(start as usize);
    if !start.is_null() && offset < size { Place::Inside(offset) } else { Place::Outside(source) }
}

#[cfg(test)]
mod tests;
