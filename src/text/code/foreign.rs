// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encoders and decoders that a C program hands in: ours, or its own with the same conventions.

use super::LONGEST;
use crate::errno::{Errno, Result};
use core::ffi::c_char;
use core::ptr::null_mut;

/// `size_t func(char *dest, const char *src, size_t len)`.
pub(crate) type PlainEncoder = unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize;

/// The same with a string of what is to be escaped.
pub(crate) type SetEncoder = unsafe extern "C" fn(*mut c_char, *const c_char, usize, *const c_char) -> usize;

/// `size_t func(const char *src, char *dest, size_t *destlen)`.
pub(crate) type Decoder = unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize;

/// An encoder of either kind.
#[derive(Clone, Copy)]
pub enum Encoder {
    /// One that knows by itself what is to be escaped.
    Plain(PlainEncoder),
    /// One that is told.
    Set(SetEncoder, *const c_char),
}

impl Encoder {
    /// An encoder that may be NULL, which is refused (EINVAL).
    pub fn plain(encoder: Option<PlainEncoder>) -> Result<Self> {
        encoder.map(Encoder::Plain).ok_or(Errno(libc::EINVAL))
    }

    /// The same with a set.
    pub fn with_set(encoder: Option<SetEncoder>, set: *const c_char) -> Result<Self> {
        encoder.map(|encoder| Encoder::Set(encoder, set)).ok_or(Errno(libc::EINVAL))
    }

    /// Encodes as a C program would do it.
    ///
    /// # Safety
    /// The arguments are what the encoder wants.
    pub unsafe fn write(self, dest: *mut c_char, source: *const c_char, length: usize) -> usize {
        // SAFETY: the caller's promise, in either case.
        unsafe {
            match self {
                Encoder::Plain(encoder) => encoder(dest, source, length),
                Encoder::Set(encoder, set) => encoder(dest, source, length, set),
            }
        }
    }

    /// How much room the text needs. Refuses what no memory has (ENOMEM).
    ///
    /// # Safety
    /// As in [`write`](Self::write).
    pub unsafe fn measure(self, source: *const c_char, length: usize) -> Result<usize> {
        // SAFETY: the caller's promise; NULL only counts.
        let room = unsafe { self.write(null_mut(), source, length) };
        if room > LONGEST { Err(Errno(libc::ENOMEM)) } else { Ok(room) }
    }
}
