// SPDX-License-Identifier: MIT OR Apache-2.0
//! Growing strings and arrays that take what an encoder or a decoder of a C program makes.
//!
//! What is encoded or decoded may lie in the memory that grows, and so move. What is written comes behind the bytes
//! in use, and behind the string that is decoded, if that lies there; then it moves down.

use crate::abi::{array, stralloc};
use crate::errno::{Errno, Result};
use crate::text::code::foreign::{Decoder, Encoder};
use crate::text::string;
use core::ffi::c_char;

/// Memory that grows.
trait Growing {
    /// How many bytes are in use; none that are not.
    fn used(&self) -> usize;

    /// Makes room for `more` bytes behind the first `end`, and says where the first is.
    fn grow(&mut self, end: usize, more: usize) -> Result<*mut c_char>;

    /// How far behind the first byte `address` is, if it lies in this memory.
    fn offset(&self, address: *const c_char) -> Option<usize>;

    /// So many more bytes are in use.
    fn add(&mut self, more: usize);
}

/// # Safety
/// `source` has `length` readable bytes, and `encoder` keeps its contract.
#[inline(never)]
unsafe fn encode(
    growing: &mut dyn Growing,
    encoder: Encoder,
    source: *const c_char,
    length: usize,
) -> Result<()> {
    // SAFETY: the caller's promise.
    let room = unsafe { encoder.measure(source, length) }?;
    if room == 0 {
        return Ok(());
    }
    let (offset, used) = (growing.offset(source), growing.used());
    let start = growing.grow(used, room)?;
    let source = offset.map_or(source, |offset| start.wrapping_add(offset).cast_const());
    // SAFETY: as above; there is as much room as the encoder announced.
    let made = unsafe { encoder.write(start.wrapping_add(used), source, length) };
    growing.add(made.min(room));
    Ok(())
}

/// Says how many bytes of the string were used.
///
/// # Safety
/// `source` is a string, and `decoder` keeps its contract.
#[inline(never)]
unsafe fn decode(
    growing: &mut dyn Growing,
    decoder: Option<Decoder>,
    source: *const c_char,
) -> Result<usize> {
    let decoder = decoder.ok_or(Errno(libc::EINVAL))?;
    // SAFETY: a string.
    let length = unsafe { string::length(source) };
    let (offset, used) = (growing.offset(source), growing.used());
    let place = offset.map_or(used, |offset| used.max(offset + length + 1));
    let start = growing.grow(place, length)?;
    let source = offset.map_or(source, |offset| start.wrapping_add(offset).cast_const());
    let dest = start.wrapping_add(place);
    let mut made = 0;
    // SAFETY: a string, and room for what becomes of it, which is not longer.
    let consumed = unsafe { decoder(source, dest, &mut made) };
    let made = made.min(length);
    if place > used {
        // SAFETY: bytes of this memory, in either place.
        unsafe { start.add(used).copy_from(dest, made) };
    }
    growing.add(made);
    Ok(consumed)
}

impl Growing for stralloc {
    fn used(&self) -> usize {
        self.as_slice().len()
    }

    fn grow(&mut self, end: usize, more: usize) -> Result<*mut c_char> {
        let used = self.used();
        self.ready(end.checked_add(more).ok_or(Errno(libc::ENOMEM))?)?;
        self.len = used;
        Ok(self.s)
    }

    fn offset(&self, address: *const c_char) -> Option<usize> {
        self.offset_of(address)
    }

    fn add(&mut self, more: usize) {
        self.len += more;
    }
}

impl Growing for array {
    fn used(&self) -> usize {
        self.as_slice().len()
    }

    fn grow(&mut self, end: usize, more: usize) -> Result<*mut c_char> {
        if self.failed() {
            return Err(Errno(libc::EINVAL));
        }
        self.reserve_bytes(end.checked_add(more).ok_or(Errno(libc::ENOMEM))?)?;
        Ok(self.start().cast())
    }

    fn offset(&self, address: *const c_char) -> Option<usize> {
        self.offset_of(address.cast())
    }

    fn add(&mut self, more: usize) {
        self.add_bytes(more);
    }
}

impl stralloc {
    /// Appends `length` bytes from `source`, encoded. Without memory nothing changes.
    ///
    /// # Safety
    /// `source` has `length` readable bytes, and `encoder` keeps its contract.
    pub unsafe fn append_encoded(
        &mut self,
        encoder: Result<Encoder>,
        source: *const c_char,
        length: usize,
    ) -> Result<()> {
        // SAFETY: the caller's promise.
        unsafe { encode(self, encoder?, source, length) }
    }

    /// Appends what becomes of the string `source`, and says how many bytes of that were used. Without memory
    /// nothing changes.
    ///
    /// # Safety
    /// `source` is a string, and `decoder` keeps its contract.
    pub unsafe fn append_decoded(
        &mut self,
        decoder: Option<Decoder>,
        source: *const c_char,
    ) -> Result<usize> {
        // SAFETY: the caller's promise.
        unsafe { decode(self, decoder, source) }
    }
}

impl array {
    /// Appends some bytes, encoded, perhaps those of this very array. If there are no such bytes, or no memory, the array
    /// fails; one that has failed stays so.
    ///
    /// # Safety
    /// The bytes are readable, and `encoder` keeps its contract.
    pub unsafe fn append_encoded(
        &mut self,
        encoder: Result<Encoder>,
        source: Result<*const [u8]>,
    ) -> Result<()> {
        let outcome = encoder.and_then(|encoder| {
            let source = source?;
            // SAFETY: the caller's promise.
            unsafe { encode(self, encoder, source.cast(), source.len()) }
        });
        outcome.inspect_err(|_| self.fail())
    }

    /// Appends what becomes of a string, which may lie in this very array, and says how many bytes of that were used. If
    /// there is no such string, or no memory, the array fails; one that has failed stays so.
    ///
    /// # Safety
    /// The string is readable, and `decoder` keeps its contract.
    pub unsafe fn append_decoded(
        &mut self,
        decoder: Option<Decoder>,
        source: Result<*const c_char>,
    ) -> Result<usize> {
        // SAFETY: the caller's promise.
        let outcome = source.and_then(|source| unsafe { decode(self, decoder, source) });
        outcome.inspect_err(|_| self.fail())
    }

    /// Makes a string of the bytes in use: puts a null byte behind them, which is not in use itself. Without memory nothing
    /// changes.
    pub fn terminate(&mut self) -> Result<*const c_char> {
        let used = self.used();
        let start = self.grow(used, 1)?;
        // SAFETY: there is room behind the bytes in use.
        unsafe { start.add(used).write(0) };
        Ok(start)
    }
}

#[cfg(test)]
mod tests;
