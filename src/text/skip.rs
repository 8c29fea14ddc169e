// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs of bytes with or without some property.

use core::ffi::c_char;

/// The six white space characters of ASCII, whatever the locale.
pub(crate) const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// How many bytes of a string are white.
///
/// # Safety
/// The bytes up to the first that is not white, or `limit` of them, are readable. NULL is the empty string.
pub(crate) unsafe fn white(start: *const c_char, limit: usize) -> usize {
    if start.is_null() {
        return 0;
    }
    // SAFETY: the caller's promise; a null byte is not white.
    unsafe { run(start.cast(), limit, is_white) }
}

/// How many bytes are not white. A null byte is not.
///
/// # Safety
/// The bytes up to the first white one, or `limit` of them, are readable.
pub(crate) unsafe fn not_white(start: *const c_char, limit: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe { run(start.cast(), limit, |byte| !is_white(byte)) }
}

/// How many bytes at the start of a string are in `set`, or, if `member` is false, are not. The null byte ends both the
/// string and the run.
///
/// # Safety
/// The bytes up to the one that ends the run, or `limit` of them, are readable. NULL is the empty string.
#[inline(never)]
pub(crate) unsafe fn run_of(start: *const c_char, limit: usize, set: &[u8], member: bool) -> usize {
    if start.is_null() {
        return 0;
    }
    let mut wanted = [!member; 256];
    for byte in set {
        wanted[usize::from(*byte)] = member;
    }
    wanted[0] = false;
    // SAFETY: the caller's promise; a null byte ends the run.
    unsafe { run(start.cast(), limit, |byte| wanted[usize::from(byte)]) }
}

/// How many bytes are wanted.
///
/// # Safety
/// The bytes up to the first that is not wanted, or `limit` of them, are readable.
#[inline(always)]
unsafe fn run(start: *const u8, limit: usize, wanted: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    // SAFETY: the caller's promise, which is about every byte that is read here: each only if those before are wanted.
    unsafe {
        while limit - at >= 4 {
            if !wanted(start.add(at).read()) {
                return at;
            }
            if !wanted(start.add(at + 1).read()) {
                return at + 1;
            }
            if !wanted(start.add(at + 2).read()) {
                return at + 2;
            }
            if !wanted(start.add(at + 3).read()) {
                return at + 3;
            }
            at += 4;
        }
        while at < limit && wanted(start.add(at).read()) {
            at += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;
    use std::ptr::null;

    #[test]
    fn white_space_is_that_of_c() {
        let white: Vec<u8> = (0..=255).filter(|byte| is_white(*byte)).collect();
        assert_eq!(white, b"\t\n\x0b\x0c\r ");
    }

    #[test]
    fn runs_end_at_the_limit() {
        let (letters, blanks) = (b"abcdefgh", b"        ");
        for limit in 0..=8 {
            // SAFETY: as many bytes are readable.
            unsafe {
                assert_eq!(not_white(letters.as_ptr().cast(), limit), limit);
                assert_eq!(white(blanks.as_ptr().cast(), limit), limit);
                assert_eq!(run_of(letters.as_ptr().cast(), limit, b"hgfedcba", true), limit);
                assert_eq!(run_of(letters.as_ptr().cast(), limit, b"xyz", false), limit);
            }
        }
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { (white(null(), 5), run_of(null(), 5, b"", false)) }, (0, 0));
    }

    #[test]
    fn runs_end_at_the_null_byte() {
        let run = |string: &[u8], set: &[u8], member| {
            let string = CString::new(string.split(|byte| *byte == 0).next().unwrap()).unwrap();
            // SAFETY: a string.
            unsafe { run_of(string.as_ptr(), usize::MAX, set, member) }
        };
        assert_eq!(run(b"aabc", b"ab", true), 3);
        assert_eq!(run(b"aa\0aa", b"a", true), 2);
        assert_eq!(run(b"xyabc", b"ab", false), 2);
        assert_eq!(run(b"xy\0xy", b"ab", false), 2);
        assert_eq!(run(b"\xe4\xf6x", b"\xf6\xe4", true), 2);
        assert_eq!(run(b"abc", b"", true), 0);
        assert_eq!(run(b"abc", b"", false), 3);
    }
}
