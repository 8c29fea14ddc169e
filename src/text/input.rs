// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where scanners of text read.

use core::ffi::{CStr, c_char};

/// A C string that is read a byte at a time. It ends at its NUL or after a number of bytes, whichever comes
/// first, and nothing behind the byte that stops a scanner is ever looked at: programs scan numbers out of
/// memory that has no NUL.
///
/// A copy looks ahead; assigning it back consumes what it has consumed.
#[derive(Clone)]
pub struct Text {
    start: *const u8,
    used: usize,
    limit: usize,
}

impl Text {
    /// The string at `start`, but no more than `limit` bytes of it. NULL is the empty string.
    ///
    /// # Safety
    /// `start` is NULL or readable up to its first NUL or for `limit` bytes, whichever is less, for as long
    /// as this value lives. A scanner that stops earlier needs only the bytes up to there.
    pub unsafe fn new(start: *const c_char, limit: usize) -> Self {
        Text { start: start.cast(), used: 0, limit: if start.is_null() { 0 } else { limit } }
    }

    /// Scans a number, or whatever `parse` understands, at the start of the string at `start`; stores it in
    /// *`dest` unless that is NULL, and says how many bytes that took. For `None` it stores nothing and
    /// says 0.
    ///
    /// # Safety
    /// `start` and `limit` are as in [`new`](Self::new), `dest` is valid or NULL.
    pub unsafe fn scan<T>(
        start: *const c_char,
        limit: usize,
        dest: *mut T,
        parse: impl FnOnce(&mut Self) -> Option<T>,
    ) -> usize {
        // SAFETY: the caller's promise.
        let mut text = unsafe { Self::new(start, limit) };
        let Some(value) = parse(&mut text) else { return 0 };
        if !dest.is_null() {
            // SAFETY: the caller's promise.
            unsafe { *dest = value }
        }
        text.used
    }

    /// How many bytes have been consumed.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The next byte, 0 at the end.
    pub fn peek(&self) -> u8 {
        if self.used == self.limit {
            return 0;
        }
        // SAFETY: `used` is below the limit, and no NUL is before it, because none is ever consumed.
        unsafe { *self.start.add(self.used) }
    }

    /// Consumes the next byte if it is wanted and not the end.
    pub fn next_if(&mut self, wanted: impl FnOnce(u8) -> bool) -> Option<u8> {
        let next = self.peek();
        if next == 0 || !wanted(next) {
            return None;
        }
        self.used += 1;
        Some(next)
    }

    /// Consumes the next byte if it means something, and says what.
    pub fn next_as<T>(&mut self, meaning: impl FnOnce(u8) -> Option<T>) -> Option<T> {
        let next = self.peek();
        let meant = if next == 0 { None } else { meaning(next) };
        self.used += usize::from(meant.is_some());
        meant
    }

    /// Consumes the next byte if it is `byte` (not 0), and says whether it was.
    pub fn eat(&mut self, byte: u8) -> bool {
        self.next_if(|next| next == byte).is_some()
    }

    /// Consumes bytes as long as they are wanted, and says how many that were.
    pub fn skip(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let before = self.used;
        while self.next_if(&wanted).is_some() {}
        self.used - before
    }

    /// Goes back to where `used` bytes had been consumed: cheaper than looking ahead with a copy.
    pub fn rewind(&mut self, used: usize) {
        self.used = self.used.min(used);
    }

    /// The bytes that have not been consumed, up to the limit.
    ///
    /// # Safety
    /// None is asked for behind the first NUL.
    pub unsafe fn rest(&self) -> Bytes {
        Bytes { at: self.start.wrapping_add(self.used), left: self.limit - self.used }
    }

    /// The bytes consumed so far.
    pub fn consumed(&self) -> &[u8] {
        if self.used == 0 {
            return &[];
        }
        // SAFETY: all of them have been read.
        unsafe { core::slice::from_raw_parts(self.start, self.used) }
    }
}

/// Bytes of binary data, read one at a time: they may be overwritten by what is made of them, and those
/// that nobody asks for need not be there.
#[derive(Clone)]
pub struct Bytes {
    at: *const u8,
    left: usize,
}

impl Bytes {
    /// The `len` bytes at `start`.
    ///
    /// # Safety
    /// They are readable for as long as this value lives; bytes that are not asked for need not be.
    pub unsafe fn new(start: *const c_char, len: usize) -> Self {
        Bytes { at: start.cast(), left: len }
    }

    /// Scans whatever `parse` understands at the start of the `len` bytes at `start`; stores it in *`dest`
    /// unless that is NULL, and says how many bytes that took. For `None` it stores nothing and says 0.
    ///
    /// # Safety
    /// `start` and `len` are as in [`new`](Self::new), `dest` is valid or NULL.
    pub unsafe fn scan<T>(
        start: *const c_char,
        len: usize,
        dest: *mut T,
        parse: impl FnOnce(&mut Self) -> Option<T>,
    ) -> usize {
        // SAFETY: the caller's promise.
        let mut bytes = unsafe { Self::new(start, len) };
        let Some(value) = parse(&mut bytes) else { return 0 };
        if !dest.is_null() {
            // SAFETY: the caller's promise.
            unsafe { *dest = value }
        }
        len - bytes.left
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.left
    }

    /// The next `most` bytes, or all if there are not that many.
    pub fn split_off(&mut self, most: usize) -> Bytes {
        let first = Bytes { at: self.at, left: self.left.min(most) };
        self.left -= first.left;
        self.at = self.at.wrapping_add(first.left);
        first
    }

    /// Where the bytes that are left start.
    pub fn start(&self) -> *const u8 {
        self.at
    }

    /// The next `N` bytes, if there are so many.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut array = [0; N];
        for place in &mut array {
            *place = self.next()?;
        }
        Some(array)
    }
}

impl Iterator for Bytes {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: there was at least one byte left, and each is handed out once.
        let byte = unsafe { *self.at };
        self.at = self.at.wrapping_add(1);
        Some(byte)
    }
}

/// The bytes of a string that may be missing.
///
/// # Safety
/// `start` is NULL or a string, which lives and does not change for as long as the result.
pub unsafe fn string_or_empty<'a>(start: *const c_char) -> &'a [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(start) }.to_bytes()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What `parse` makes of a string in a block of exactly its size, and how much it consumes.
    pub(crate) fn scanned<T>(
        string: impl AsRef<[u8]>,
        parse: impl FnOnce(&mut Text) -> Option<T>,
    ) -> Option<(T, usize)> {
        let mut string = string.as_ref().to_vec();
        string.push(0);
        let string = string.into_boxed_slice();
        // SAFETY: the string has a NUL and lives until the end of this function.
        let mut text = unsafe { Text::new(string.as_ptr().cast(), usize::MAX) };
        parse(&mut text).map(|value| (value, text.used()))
    }

    /// What `parse` makes of some bytes in a block of exactly their size, and how many it consumes.
    pub(crate) fn parsed<T>(bytes: &[u8], parse: impl FnOnce(&mut Bytes) -> Option<T>) -> Option<(T, usize)> {
        let block: Box<[u8]> = bytes.into();
        // SAFETY: the block lives until the end of this function.
        let mut input = unsafe { Bytes::new(block.as_ptr().cast(), block.len()) };
        parse(&mut input).map(|value| (value, block.len() - input.left()))
    }

    #[test]
    fn stops_at_the_nul_and_at_the_limit() {
        let all = |limit| {
            // SAFETY: the string has a NUL.
            let mut text = unsafe { Text::new(c"abc".as_ptr(), limit) };
            text.skip(|_| true)
        };
        assert_eq!((all(usize::MAX), all(3), all(2), all(0)), (3, 3, 2, 0));
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { Text::new(core::ptr::null(), usize::MAX) }.peek(), 0);
    }

    #[test]
    fn a_nul_is_never_consumed() {
        // SAFETY: the string has a NUL.
        let mut text = unsafe { Text::new(c"".as_ptr(), usize::MAX) };
        assert!(!text.eat(0));
        assert_eq!(text.consumed(), b"");
    }

    #[test]
    fn bytes_hands_out_each_once() {
        // SAFETY: three bytes are readable.
        let bytes = unsafe { Bytes::new(c"a\xffc".as_ptr(), 3) };
        assert_eq!(bytes.collect::<Vec<_>>(), b"a\xffc");
    }
}
