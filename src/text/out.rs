// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where formatters write.

use core::ffi::c_char;

/// A destination that counts what is written, and stores it unless it is only asked for the length.
pub struct Out {
    dest: *mut u8,
    len: usize,
}

impl Out {
    /// Lets `format` write to `dest`, or only count if that is NULL, and says how many bytes that makes.
    ///
    /// # Safety
    /// `dest` is NULL or has room for all that `format` writes.
    pub unsafe fn write(dest: *mut c_char, format: impl FnOnce(&mut Self)) -> usize {
        let mut out = Out { dest: dest.cast(), len: 0 };
        format(&mut out);
        out.len
    }

    /// The same for a formatter that refuses some values: then there are 0 bytes, and it has written none, because
    /// a caller that asked for the length first has room for none.
    ///
    /// # Safety
    /// As in [`write`](Self::write).
    pub unsafe fn try_write(dest: *mut c_char, format: impl FnOnce(&mut Self) -> Option<()>) -> usize {
        let mut out = Out { dest: dest.cast(), len: 0 };
        format(&mut out).map_or(0, |()| out.len)
    }

    /// The length of what `format` writes.
    pub fn length_of(format: impl FnOnce(&mut Self)) -> usize {
        // SAFETY: NULL only counts.
        unsafe { Self::write(core::ptr::null_mut(), format) }
    }

    /// How many bytes have been written. A number that does not fit stays at the highest.
    pub fn length(&self) -> usize {
        self.len
    }

    /// Writes one byte.
    #[inline(always)]
    pub fn byte(&mut self, byte: u8) {
        if !self.dest.is_null() {
            // SAFETY: the maker of this value promised room for all that is written.
            unsafe { self.end().write(byte) }
        }
        self.len = self.len.saturating_add(1);
    }

    /// Writes some bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        // SAFETY: the slice is readable.
        unsafe { self.copy(bytes.as_ptr(), bytes.len()) }
    }

    /// Writes a few bytes, whose number the compiler knows.
    #[inline(always)]
    pub fn short<const N: usize>(&mut self, bytes: [u8; N]) {
        if !self.dest.is_null() {
            // SAFETY: as in `byte`.
            unsafe { self.end().cast::<[u8; N]>().write_unaligned(bytes) }
        }
        self.len = self.len.saturating_add(N);
    }

    /// Where the next byte goes, or NULL if this only counts: for loops that store by themselves, and tell how much with
    /// [`advance`](Self::advance).
    #[inline(always)]
    pub(super) fn tail(&self) -> *mut u8 {
        if self.dest.is_null() { self.dest } else { self.end() }
    }

    /// So many bytes were stored at [`tail`](Self::tail), or would have been.
    #[inline(always)]
    pub(super) fn advance(&mut self, count: usize) {
        self.len = self.len.saturating_add(count);
    }

    /// Writes one byte `count` times.
    pub fn repeat(&mut self, byte: u8, count: usize) {
        if !self.dest.is_null() {
            // SAFETY: as in `byte`.
            unsafe { self.end().write_bytes(byte, count) }
        }
        self.len = self.len.saturating_add(count);
    }

    /// Writes `count` bytes from `source`, which may overlap the destination.
    ///
    /// # Safety
    /// `source` has `count` readable bytes, unless this only counts.
    pub unsafe fn copy(&mut self, source: *const u8, count: usize) {
        if !self.dest.is_null() && count > 0 {
            // SAFETY: the source is the caller's promise, the room that of the maker of this value.
            unsafe { self.end().copy_from(source, count) }
        }
        self.len = self.len.saturating_add(count);
    }

    fn end(&self) -> *mut u8 {
        self.dest.wrapping_add(self.len)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What a formatter writes, having checked that it says the same length without a destination.
    pub(crate) fn written(format: impl Fn(&mut Out)) -> Vec<u8> {
        try_written(|out| {
            format(out);
            Some(())
        })
        .unwrap()
    }

    /// The same for a formatter that refuses some values, and writes nothing of them.
    pub(crate) fn try_written(format: impl Fn(&mut Out) -> Option<()>) -> Option<Vec<u8>> {
        let mut accepted = false;
        let length = Out::length_of(|out| accepted = format(out).is_some());
        if !accepted {
            let mut room = [b'#'; 100];
            // SAFETY: there is room for what any formatter begins with.
            assert_eq!(unsafe { Out::try_write(room.as_mut_ptr().cast(), &format) }, 0);
            assert_eq!(room, [b'#'; 100], "what is refused is not written");
            return None;
        }
        let mut text = vec![b'#'; length];
        // SAFETY: there is room for as much as the formatter announced.
        let again = unsafe { Out::try_write(text.as_mut_ptr().cast(), &format) };
        assert_eq!(again, length);
        Some(text)
    }

    #[test]
    fn counts_and_stores() {
        let text = written(|out| {
            out.byte(b'a');
            out.bytes(b"bcd");
            out.repeat(b'e', 2);
            assert_eq!(out.length(), 6);
        });
        assert_eq!(text, b"abcdee");
    }

    #[test]
    fn a_length_that_does_not_fit_stays_at_the_highest() {
        let length = Out::length_of(|out| {
            out.repeat(b' ', usize::MAX);
            out.byte(b' ');
        });
        assert_eq!(length, usize::MAX);
    }
}
