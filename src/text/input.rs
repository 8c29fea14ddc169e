// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where scanners of text read.

use super::out::Out;
use core::ffi::{CStr, c_char};

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
    pub(crate) unsafe fn new(start: *const c_char, limit: usize) -> Self {
        Text { start: start.cast(), used: 0, limit: if start.is_null() { 0 } else { limit } }
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
    pub(crate) unsafe fn rest(&self) -> Bytes {
        Bytes { at: self.start.wrapping_add(self.used), left: self.limit - self.used }
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

/// Bytes of binary data, read one at a time: they may be overwritten by what is made of them, and those
/// that is not asked for need not be there.
#[derive(Clone)]
pub(crate) struct Bytes {
    at: *const u8,
    left: usize,
}

impl Bytes {
    /// The `len` bytes at `start`.
    ///
    /// # Safety
    /// They are readable for as long as this value lives; bytes that are not asked for need not be.
    pub(crate) unsafe fn new(start: *const c_char, len: usize) -> Self {
        Bytes { at: start.cast(), left: len }
    }

    /// Scans whatever `parse` understands at the start of the `len` bytes at `start`; stores it in *`dest`
    /// unless that is NULL, and says how many bytes that took. For `None` it stores nothing and says 0.
    ///
    /// # Safety
    /// `start` and `len` are as in [`new`](Self::new), `dest` is valid or NULL.
    pub(crate) unsafe fn scan<T>(
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
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    /// The next `most` bytes, or all if there are not that many.
    pub(crate) fn split_off(&mut self, most: usize) -> Bytes {
        let first = Bytes { at: self.at, left: self.left.min(most) };
        self.left -= first.left;
        self.at = self.at.wrapping_add(first.left);
        first
    }

    /// Where the bytes that are left start.
    pub(crate) fn start(&self) -> *const u8 {
        self.at
    }

    /// The next `N` bytes, if there are so many.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.left = self.left.checked_sub(N)?;
        // SAFETY: there were at least so many bytes left.
        let array = unsafe { self.at.cast::<[u8; N]>().read_unaligned() };
        self.at = self.at.wrapping_add(N);
        Some(array)
    }

    /// Copies bytes as long as they are wanted, and takes them off.
    #[inline(always)]
    pub(crate) fn copy_while(&mut self, out: &mut Out, wanted: impl Fn(u8) -> bool) {
        self.change_while(out, usize::MAX, wanted, |byte| byte);
    }

    /// The same, with each byte changed, and for so many at most. Says how many there were.
    #[inline(always)]
    pub(crate) fn change_while(
        &mut self,
        out: &mut Out,
        most: usize,
        wanted: impl Fn(u8) -> bool,
        meaning: impl Fn(u8) -> u8,
    ) -> usize {
        let count = self.run(out, self.left.min(most), wanted, meaning);
        self.left -= count;
        self.at = self.at.wrapping_add(count);
        count
    }

    /// Copies long runs faster: once a few bytes were plain, it goes on with blocks of which all bytes are, by a rule without
    /// branches that compilers make vectors of.
    #[inline(always)]
    pub(crate) fn copy_plain(
        &mut self,
        out: &mut Out,
        wanted: impl Fn(u8) -> bool,
        rule: impl Fn(u8) -> bool,
    ) {
        const FEW: usize = 16;
        const BLOCK: usize = 32;
        while self.change_while(out, FEW, &wanted, |byte| byte) == FEW {
            while self.left >= BLOCK {
                // SAFETY: there are so many bytes left.
                if !all(unsafe { core::slice::from_raw_parts(self.at, BLOCK) }, &rule) {
                    break;
                }
                // SAFETY: the same.
                out.short(unsafe { self.at.cast::<[u8; BLOCK]>().read_unaligned() });
                self.left -= BLOCK;
                self.at = self.at.wrapping_add(BLOCK);
            }
        }
    }

    /// Writes up to `most` bytes, as long as they are wanted, with each changed. Says how many that were.
    #[inline(always)]
    fn run(
        &self,
        out: &mut Out,
        most: usize,
        wanted: impl Fn(u8) -> bool,
        meaning: impl Fn(u8) -> u8,
    ) -> usize {
        let (from, to) = (self.at, out.tail());
        let mut count = 0;
        // SAFETY: `most` is at most what is left, and none is read behind one that is not wanted; there is room for all
        // that is written.
        unsafe {
            if to.is_null() {
                while count < most && wanted(from.add(count).read()) {
                    count += 1;
                }
            } else {
                while count < most {
                    let byte = from.add(count).read();
                    if !wanted(byte) {
                        break;
                    }
                    to.add(count).write(meaning(byte));
                    count += 1;
                }
            }
        }
        out.advance(count);
        count
    }
}

impl Iterator for Bytes {
    type Item = u8;

    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: there was at least one byte left, and each is handed out once.
        let byte = unsafe { *self.at };
        self.at = self.at.wrapping_add(1);
        Some(byte)
    }
}

/// Whether a rule without branches holds for all bytes. All are looked at, so that the compiler takes vectors of them.
#[inline(never)]
fn all(bytes: &[u8], rule: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(0, |against, byte| against | u8::from(!rule(*byte))) == 0
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
        // SAFETY: the string has a null byte and lives until the end of this function.
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
            // SAFETY: the string has a null byte.
            let mut text = unsafe { Text::new(c"abc".as_ptr(), limit) };
            text.skip(|_| true)
        };
        assert_eq!((all(usize::MAX), all(3), all(2), all(0)), (3, 3, 2, 0));
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { Text::new(core::ptr::null(), usize::MAX) }.peek(), 0);
    }

    #[test]
    fn a_nul_is_never_consumed() {
        // SAFETY: the string has a null byte.
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
