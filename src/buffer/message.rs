// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts of binary messages, taken from streams.

use super::stream::{Refused, Taken};
use crate::abi::bytestream;
use core::ffi::{c_char, c_uchar};

impl bytestream {
    /// An integer of `N` bytes as it stands there. Bytes that are missing count as 0, and the stream is in error.
    ///
    /// # Safety
    /// The caller's streams, as everywhere in this file.
    pub unsafe fn integer<const N: usize>(&self) -> [u8; N] {
        // SAFETY: the caller's promise.
        core::array::from_fn(|_| unsafe { self.get() }.unwrap_or(0))
    }

    /// Takes `count` bytes to `dest`. If there are not so many, those that there are may have come to `dest`.
    ///
    /// # Safety
    /// The caller's streams, and room for so many bytes.
    pub unsafe fn blob(&self, dest: *mut c_uchar, count: usize) -> Taken<usize> {
        let mut done = 0;
        let mut copy = |start: *const c_uchar, length| {
            if length > 0 {
                // SAFETY: the pieces are readable, and together no more than the room.
                unsafe { dest.wrapping_add(done).copy_from(start, length) }
            }
            done += length;
        };
        // SAFETY: the caller's promise.
        unsafe { self.take(count, &mut copy) }.map(|()| count)
    }

    /// Takes a string with its null byte, which has to be among the first `room` bytes, and returns its length. Also on error,
    /// what is stored ends in a null byte.
    ///
    /// # Safety
    /// The caller's streams, and so much room.
    pub unsafe fn string(&self, dest: *mut c_char, room: usize) -> Taken<usize> {
        for length in 0..room {
            // SAFETY: the caller's promise.
            let byte = unsafe { self.get() };
            // SAFETY: less than the room.
            let place = unsafe { dest.add(length) };
            match byte {
                Ok(byte) if byte != 0 && length + 1 < room => {
                    // SAFETY: as above.
                    unsafe { place.write(byte as c_char) }
                }
                outcome => {
                    // SAFETY: as above.
                    unsafe { place.write(0) }
                    return if outcome? == 0 { Ok(length) } else { Err(self.refuse()) };
                }
            }
        }
        Err(self.refuse())
    }

    /// Takes a field of `room` - 1 bytes, adds a null byte, and returns the length of the string in it.
    ///
    /// # Safety
    /// The caller's streams, and so much room.
    pub unsafe fn field(&self, dest: *mut c_char, room: usize) -> Taken<usize> {
        let Some(size) = room.checked_sub(1) else { return Err(self.refuse()) };
        let mut length = None;
        for at in 0..size {
            // SAFETY: the caller's promise.
            let byte = unsafe { self.get() };
            // SAFETY: less than the room.
            unsafe { dest.add(at).write(byte.unwrap_or(0) as c_char) }
            if byte? == 0 && length.is_none() {
                length = Some(at);
            }
        }
        if self.is_in_error() {
            return Err(Refused);
        }
        // SAFETY: the last byte of the room.
        unsafe { dest.add(size).write(0) }
        Ok(length.unwrap_or(size))
    }

    /// What is there is not what was asked for.
    fn refuse(&self) -> Refused {
        self.fail();
        Refused
    }
}
