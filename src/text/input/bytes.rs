// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where scanners of binary data read.

use crate::text::out::Out;
use core::ffi::c_char;

/// Bytes of binary data, read one at a time: they may be overwritten by what is made of them, and those
/// that is not asked for need not be there.
#[derive(Clone)]
pub(crate) struct Bytes {
    pub(super) at: *const u8,
    pub(super) left: usize,
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
    pub(super) fn run(
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
                    // No object has more, so nothing is compared where there is no limit.
                    core::hint::assert_unchecked(count <= isize::MAX as usize);
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
