// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where scanners of text read.

use super::out::Out;
use core::ffi::{CStr, c_char};

mod bytes;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use bytes::Bytes;

/// A C string that is read a byte at a time. It ends at its null byte or after a number of bytes, whichever comes
/// first, and nothing behind the byte that stops a scanner is ever looked at: programs scan numbers out of
/// memory that has no null byte.
///
/// A copy looks ahead; assigning it back consumes what it has consumed.
#[derive(Clone)]
pub(crate) struct Text {
    start: *const u8,
    used: usize,
    limit: usize,
}

impl Text {
    /// The string at `start`, but no more than `limit` bytes of it. NULL is the empty string.
    ///
    /// # Safety
    /// `start` is NULL or readable up to its first null byte or for `limit` bytes, whichever is less, for as long
    /// as this value lives. A scanner that stops earlier needs only the bytes up to there.
    #[inline(always)]
    pub(crate) unsafe fn new(start: *const c_char, limit: usize) -> Self {
        // The limit stays what it is, so that the compiler drops it where there is none.
        let start = if start.is_null() { c"".as_ptr() } else { start };
        Text { start: start.cast(), used: 0, limit }
    }

    /// Scans a number, or whatever `parse` understands, at the start of the string at `start`; stores it in
    /// *`dest` unless that is NULL, and says how many bytes that took. For `None` it stores nothing and
    /// says 0.
    ///
    /// # Safety
    /// `start` and `limit` are as in [`new`](Self::new), `dest` is valid or NULL.
    pub(crate) unsafe fn scan<T>(
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
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    /// The next byte, 0 at the end.
    #[inline(always)]
    pub(crate) fn peek(&self) -> u8 {
        // SAFETY: so many bytes have been read, and no object has more.
        unsafe { core::hint::assert_unchecked(self.used <= isize::MAX as usize) };
        if self.used == self.limit {
            return 0;
        }
        // SAFETY: `used` is below the limit, and no null byte is before it, because none is ever consumed.
        unsafe { *self.start.add(self.used) }
    }

    /// Consumes the next byte if it is wanted and not the end.
    #[inline(always)]
    pub(crate) fn next_if(&mut self, wanted: impl FnOnce(u8) -> bool) -> Option<u8> {
        let next = self.peek();
        if next == 0 || !wanted(next) {
            return None;
        }
        self.used += 1;
        Some(next)
    }

    /// Consumes the next byte if it means something, and says what.
    pub(crate) fn next_as<T>(&mut self, meaning: impl FnOnce(u8) -> Option<T>) -> Option<T> {
        let next = self.peek();
        let meant = if next == 0 { None } else { meaning(next) };
        self.used += usize::from(meant.is_some());
        meant
    }

    /// Consumes the next byte if it is `byte` (not 0), and says whether it was.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        self.next_if(|next| next == byte).is_some()
    }

    /// Consumes bytes as long as they are wanted, and says how many that were.
    pub(crate) fn skip(&mut self, wanted: impl Fn(u8) -> bool) -> usize {
        let before = self.used;
        while self.next_if(&wanted).is_some() {}
        self.used - before
    }

    /// Goes back to where `used` bytes had been consumed: cheaper than looking ahead with a copy.
    pub(crate) fn rewind(&mut self, used: usize) {
        self.used = self.used.min(used);
    }

    /// Copies bytes as long as they are wanted, and consumes them. A null byte must not be wanted.
    #[inline(always)]
    pub(super) fn copy_while(&mut self, out: &mut Out, wanted: impl Fn(u8) -> bool) {
        self.change_while(out, wanted, |byte| byte);
    }

    /// The same, with each byte changed.
    #[inline(always)]
    pub(super) fn change_while(
        &mut self,
        out: &mut Out,
        wanted: impl Fn(u8) -> bool,
        meaning: impl Fn(u8) -> u8,
    ) {
        debug_assert!(!wanted(0), "the end of a string is never consumed");
        // SAFETY: no byte is read behind the first that is not wanted, and the null byte is none of these.
        let rest = unsafe { self.rest() };
        self.used += rest.run(out, rest.left, wanted, meaning);
    }

    /// Where the next byte is, and how many there are up to the limit.
    #[inline(always)]
    pub(super) fn ahead(&self) -> (*const u8, usize) {
        // SAFETY: as in `peek`.
        unsafe { core::hint::assert_unchecked(self.used <= isize::MAX as usize) };
        (self.start.wrapping_add(self.used), self.limit - self.used)
    }

    /// Consumes bytes that were looked at.
    ///
    /// # Safety
    /// They are within the limit, and none is null.
    #[inline(always)]
    pub(super) unsafe fn consume(&mut self, count: usize) {
        self.used += count;
    }

    /// The bytes that have not been consumed, up to the limit.
    ///
    /// # Safety
    /// None is asked for behind the first null byte.
    #[inline(always)]
    pub(crate) unsafe fn rest(&self) -> Bytes {
        let (at, left) = self.ahead();
        // Without a limit the compiler is to see that there is nothing to compare with.
        Bytes { at, left: if self.limit == usize::MAX { usize::MAX } else { left } }
    }

    /// The bytes consumed so far.
    pub(crate) fn consumed(&self) -> &[u8] {
        if self.used == 0 {
            return &[];
        }
        // SAFETY: all of them have been read.
        unsafe { core::slice::from_raw_parts(self.start, self.used) }
    }
}

/// The bytes of a string that may be missing.
///
/// # Safety
/// `start` is NULL or a string, which lives and does not change for as long as the result.
pub(crate) unsafe fn string_or_empty<'a>(start: *const c_char) -> &'a [u8] {
    if start.is_null() {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(start) }.to_bytes()
}
