// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading.

use super::operation;
use crate::abi::buffer;
use crate::errno::{Errno, Result};
use core::ffi::c_char;

impl buffer {
    /// Bytes at hand.
    fn at_hand(&self) -> usize {
        self.n.get().saturating_sub(self.p.get())
    }

    /// Reads once if there is nothing at hand. Returns how much there is then, 0 at the end.
    ///
    /// # Safety
    /// The caller's buffer, as everywhere in this file, and room for as many bytes as announced.
    pub unsafe fn feed(&self) -> Result<usize> {
        if self.at_hand() == 0 {
            // SAFETY: the caller's buffer.
            unsafe { self.read()? }
        }
        Ok(self.at_hand())
    }

    /// Reads once, over what was at hand.
    #[cold]
    unsafe fn read(&self) -> Result<()> {
        // SAFETY: the buffer's operation takes its descriptor, its memory and its address.
        let got = unsafe {
            operation::read(self.op.get(), self.fd.get(), self.x.get(), self.a.get(), self.address())
        };
        let got = usize::try_from(got).map_err(|_| Errno::last())?;
        self.p.set(0);
        self.n.set(got.min(self.a.get()));
        Ok(())
    }

    /// The next byte.
    pub fn next(&self) -> *mut c_char {
        self.x.get().wrapping_add(self.p.get())
    }

    /// Passes over up to `len` bytes at hand; a sum that does not fit moves nothing.
    pub fn seek(&self, len: usize) {
        if let Some(p) = self.p.get().checked_add(len) {
            self.p.set(p.min(self.n.get()));
        }
    }

    /// Takes the next byte, if one is at hand.
    ///
    /// # Safety
    /// As in [`feed`](Self::feed).
    #[inline(always)]
    pub unsafe fn take_byte(&self) -> Option<c_char> {
        let p = self.p.get();
        if p >= self.n.get() {
            return None;
        }
        self.p.set(p + 1);
        // SAFETY: the buffer's memory has `n` bytes.
        Some(unsafe { self.x.get().add(p).read() })
    }

    /// Passes over the next `len` bytes, or up to the end of the input. Errors: EINVAL for more than there can be; those of the
    /// operation.
    ///
    /// # Safety
    /// As in [`feed`](Self::feed).
    pub unsafe fn skip(&self, len: usize) -> Result<()> {
        if isize::try_from(len).is_err() {
            return Err(Errno(libc::EINVAL));
        }
        let mut missing = len;
        while missing > 0 {
            // SAFETY: the caller's promise.
            let part = unsafe { self.feed()? }.min(missing);
            if part == 0 {
                break;
            }
            self.seek(part);
            missing -= part;
        }
        Ok(())
    }

    /// The next byte, which stays; `None` at the end of the input.
    ///
    /// # Safety
    /// As in [`feed`](Self::feed).
    pub unsafe fn peek(&self) -> Result<Option<c_char>> {
        // SAFETY: the caller's promise; a byte is at hand.
        unsafe { Ok(if self.feed()? > 0 { Some(self.next().read()) } else { None }) }
    }

    /// Moves `len` bytes at hand to `to`.
    pub(super) unsafe fn take(&self, to: *mut c_char, len: usize) {
        // SAFETY: the caller has looked how many there are, and has room for them.
        unsafe { to.copy_from(self.next(), len) }
        self.seek(len);
    }

    /// Reads `len` bytes, or up to the end.
    ///
    /// # Safety
    /// As in [`feed`](Self::feed).
    pub unsafe fn get(&self, to: *mut c_char, len: usize) -> Result<usize> {
        let len = len.min(isize::MAX as usize);
        let mut done = 0;
        while done < len {
            // SAFETY: the caller's buffer and room.
            unsafe {
                let part = self.feed()?.min(len - done);
                if part == 0 {
                    break;
                }
                self.take(to.wrapping_add(done), part);
                done += part;
            }
        }
        Ok(done)
    }
}
