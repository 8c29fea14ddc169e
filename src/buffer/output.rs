// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing. What an operation does not take stays in the buffer, so that a program whose descriptor would
//! block can flush again later.

use super::operation::{self, WRITE};
use crate::abi::buffer;
use crate::errno::{Errno, Result};
use crate::sys::file;
use crate::text::out::Out;
use crate::text::string;
use core::ffi::c_char;
use libc::iovec;

impl buffer {
    /// Bytes that wait.
    #[inline(always)]
    fn waiting(&self) -> usize {
        self.p.get().min(self.a.get())
    }

    /// Bytes that fit behind those.
    #[inline(always)]
    fn room(&self) -> usize {
        self.a.get() - self.waiting()
    }

    /// Adds bytes, for which there is room.
    #[inline(always)]
    unsafe fn store(&self, bytes: *const c_char, len: usize) {
        let waiting = self.waiting();
        if len > 0 {
            // SAFETY: the caller has looked whether there is room, and has so many bytes.
            unsafe { self.x.get().add(waiting).copy_from(bytes, len) }
        }
        self.p.set(waiting + len);
    }

    /// Writes bytes past the buffer, and says how many were written.
    unsafe fn write(&self, bytes: *const c_char, len: usize) -> (usize, Result<()>) {
        // SAFETY: the buffer's operation takes its descriptor and its address.
        unsafe { operation::write(self.op.get(), self.fd.get(), bytes, len, self.address()) }
    }

    /// Writes what waits.
    ///
    /// # Safety
    /// The caller's buffer, as everywhere in this file, and as many bytes as announced, or a string.
    pub unsafe fn flush(&self) -> Result<()> {
        let (start, waiting) = (self.x.get(), self.waiting());
        if waiting == 0 {
            return Ok(());
        }
        // For operations that point the buffer to other memory.
        self.p.set(0);
        // SAFETY: so many bytes wait.
        let (done, outcome) = unsafe { self.write(start, waiting) };
        if outcome.is_err() && self.x.get() == start && self.p.get() == 0 {
            self.keep(done, waiting);
        }
        outcome
    }

    /// Keeps what of `waiting` bytes was not written: all but the first `done`.
    fn keep(&self, done: usize, waiting: usize) {
        // SAFETY: both lie in the buffer's memory; copy_from allows the overlap.
        unsafe { self.x.get().copy_from(self.x.get().add(done), waiting - done) }
        self.p.set(waiting - done);
    }

    /// Writes what waits, and with the same call as many of these bytes as are taken. Returns how many that is.
    unsafe fn gather(&self, bytes: *const c_char, len: usize) -> Result<usize> {
        let (start, waiting) = (self.x.get(), self.waiting());
        let mut done = 0;
        while done < waiting {
            let pieces = [(start.wrapping_add(done).cast_const(), waiting - done), (bytes, len)];
            let pieces = pieces.map(|(start, len)| iovec { iov_base: start.cast_mut().cast(), iov_len: len });
            // SAFETY: what waits, and what the caller has.
            match unsafe { file::gather(self.fd.get(), &pieces) } {
                Ok(written @ 1..) => done += written,
                Err(Errno(libc::EINTR)) => {}
                refused => {
                    self.keep(done, waiting);
                    return refused.and(Err(Errno(libc::EIO)));
                }
            }
        }
        self.p.set(0);
        Ok(done - waiting)
    }

    /// Adds bytes; those for which there is no room push out what waits, and go out at once if they would not fit
    /// into the empty buffer. On error none that would fit there is taken.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    #[inline(always)]
    pub unsafe fn put(&self, bytes: *const c_char, len: usize) -> Result<()> {
        // SAFETY: the caller's bytes.
        unsafe {
            if len <= self.room() {
                self.store(bytes, len);
                return Ok(());
            }
            self.put_what_does_not_fit(bytes, len)
        }
    }

    /// [`put`](Self::put) for bytes for which there is no room.
    #[inline(never)]
    unsafe fn put_what_does_not_fit(&self, bytes: *const c_char, len: usize) -> Result<()> {
        // SAFETY: the caller's bytes, all the way; `store` gets no more than there is room for.
        unsafe {
            let mut taken = 0;
            if len > self.room() {
                if self.op.get().map(|op| op as usize) == WRITE.map(|write| write as usize) {
                    taken = self.gather(bytes, len)?;
                } else {
                    self.flush()?;
                }
            }
            let (rest, left) = (bytes.wrapping_add(taken), len - taken);
            if left > self.room() {
                return self.write(rest, left).1;
            }
            self.store(rest, left);
        }
        Ok(())
    }

    /// Adds bytes so that the operation always gets a full buffer.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    pub unsafe fn put_aligned(&self, mut bytes: *const c_char, mut len: usize) -> Result<()> {
        // SAFETY: as in `put`.
        unsafe {
            loop {
                let part = len.min(self.room());
                self.store(bytes, part);
                (bytes, len) = (bytes.wrapping_add(part), len - part);
                if len == 0 {
                    return Ok(());
                }
                self.flush()?;
                if self.room() == 0 {
                    return self.put(bytes, len);
                }
            }
        }
    }

    /// Adds bytes, and writes everything; with nothing before them, they need not pass through the buffer.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    pub unsafe fn put_and_flush(&self, bytes: *const c_char, len: usize) -> Result<()> {
        // SAFETY: as in `put`.
        unsafe {
            if self.waiting() > 0 {
                self.put(bytes, len)?;
                return self.flush();
            }
            let (done, outcome) = self.write(bytes, len);
            if outcome.is_err() && len - done <= self.room() {
                self.store(bytes.wrapping_add(done), len - done);
            }
            outcome
        }
    }

    /// Adds strings, up to the first that cannot be added.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    pub unsafe fn put_strings(&self, mut strings: impl Iterator<Item = *const c_char>) -> Result<()> {
        // SAFETY: strings.
        strings.try_for_each(|string| unsafe { self.put(string, string::length(string)) })
    }

    /// Adds what a formatter writes, up to 24 bytes: enough for every number of 64 bits.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    pub unsafe fn put_number(&self, format: impl FnOnce(&mut Out)) -> Result<()> {
        let mut text = [0; 24];
        // SAFETY: the longest is 2^64 - 1 in octal, 22 digits.
        unsafe {
            let len = Out::write(text.as_mut_ptr(), format);
            self.put(text.as_ptr(), len)
        }
    }

    /// Adds what the C library calls an error.
    ///
    /// # Safety
    /// As in [`flush`](Self::flush).
    pub unsafe fn put_error(&self, error: Errno) -> Result<()> {
        let mut room = [0; 256];
        let text = error.describe(&mut room);
        // SAFETY: as many bytes.
        unsafe { self.put(text.as_ptr(), text.count_bytes()) }
    }
}
