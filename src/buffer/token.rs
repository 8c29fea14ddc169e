// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading up to a delimiter.

use crate::abi::{buffer, stralloc};
use crate::errno::{Errno, Result};
use crate::text::byte;
use core::ffi::{c_char, c_int};

/// A token in memory of the program's: says whether it is complete, or -1 to give up.
pub(crate) type StringPredicate = Option<unsafe extern "C" fn(*const c_char, usize) -> c_int>;
/// The same for a growing string.
pub(crate) type SaPredicate = Option<unsafe extern "C" fn(*mut stralloc) -> c_int>;

impl buffer {
    /// How many of the next `len` bytes, which are at hand, belong to a token, and whether the last one ends it.
    #[inline(never)]
    unsafe fn token_part(&self, len: usize, delimiters: &[u8]) -> (usize, bool) {
        let bytes = self.next().cast_const().cast::<u8>();
        let length = match delimiters {
            // SAFETY: the caller has looked how many bytes are at hand.
            [delimiter] => unsafe { byte::first(bytes, len, *delimiter) },
            _ => {
                let mut set = [0_u32; 8];
                delimiters.iter().for_each(|byte| set[usize::from(byte >> 5)] |= 1 << (byte & 31));
                let is_delimiter = |byte: u8| set[usize::from(byte >> 5)] >> (byte & 31) & 1 != 0;
                // SAFETY: likewise.
                (0..len).find(|at| is_delimiter(unsafe { *bytes.add(*at) })).unwrap_or(len)
            }
        };
        if length < len { (length + 1, true) } else { (len, false) }
    }

    /// Reads a token of up to `len` bytes, delimiter included, and returns its length without that. At the end of the
    /// input there is a null byte behind it if that fits.
    ///
    /// # Safety
    /// The caller's buffer, as everywhere in this file, and room for `len` bytes.
    pub unsafe fn get_token(&self, to: *mut c_char, len: usize, delimiters: &[u8]) -> Result<usize> {
        let len = len.min(isize::MAX as usize);
        let mut done = 0;
        while done < len {
            // SAFETY: the caller's buffer and room.
            unsafe {
                let there = self.feed()?.min(len - done);
                if there == 0 {
                    to.add(done).write(0);
                    break;
                }
                let (part, complete) = self.token_part(there, delimiters);
                self.take(to.wrapping_add(done), part);
                done += part;
                if complete {
                    return Ok(done - 1);
                }
            }
        }
        Ok(done)
    }

    /// The same where `complete`, called after each byte, says where the token ends; without the null byte.
    ///
    /// # Safety
    /// As in [`get_token`](Self::get_token).
    pub unsafe fn get_token_until(
        &self,
        to: *mut c_char,
        len: usize,
        complete: StringPredicate,
    ) -> Result<usize> {
        let complete = complete.ok_or(Errno(libc::EINVAL))?;
        let len = len.min(isize::MAX as usize);
        let mut done = 0;
        while done < len {
            // SAFETY: the caller's buffer, room and function.
            unsafe {
                if self.feed()? == 0 {
                    break;
                }
                self.take(to.wrapping_add(done), 1);
                done += 1;
                match complete(to, done) {
                    0 => {}
                    -1 => return Err(Errno::last()),
                    _ => return Ok(done - 1),
                }
            }
        }
        Ok(done)
    }

    /// Appends a token with its delimiter to `sa`. False at the end of the input, before which there may have been a part
    /// of one. On error that part stays, and what was not appended is still to be read.
    ///
    /// # Safety
    /// As in [`get_token`](Self::get_token), and a valid stralloc.
    pub unsafe fn append_token(&self, sa: *mut stralloc, delimiters: &[u8]) -> Result<bool> {
        loop {
            // SAFETY: the caller's buffer and stralloc.
            unsafe {
                let there = self.feed()?;
                if there == 0 {
                    return Ok(false);
                }
                let (part, complete) = self.token_part(there, delimiters);
                (*sa).append(self.next(), part)?;
                self.seek(part);
                if complete {
                    return Ok(true);
                }
            }
        }
    }

    /// The same where `complete`, called after each byte, says with 1 where the token ends.
    ///
    /// # Safety
    /// As in [`append_token`](Self::append_token).
    pub unsafe fn append_token_until(&self, sa: *mut stralloc, complete: SaPredicate) -> Result<()> {
        let complete = complete.ok_or(Errno(libc::EINVAL))?;
        loop {
            // SAFETY: the caller's buffer, stralloc and function.
            unsafe {
                if self.feed()? == 0 {
                    return Ok(());
                }
                (*sa).append(self.next(), 1)?;
                self.seek(1);
                match complete(sa) {
                    1 => return Ok(()),
                    -1 => return Err(Errno::last()),
                    _ => {}
                }
            }
        }
    }
}
