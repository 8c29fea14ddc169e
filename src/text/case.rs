// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text whose case does not matter. Only A to Z have a case, whatever the locale says.

use super::compare::{difference, is_prefix, pairs, string_difference};
use super::string;
use core::ffi::{c_char, c_int};

/// Turns capitals into small letters.
///
/// # Safety
/// `len` bytes, which nobody else looks at.
pub unsafe fn lower(bytes: *mut u8, len: usize) {
    for at in 0..len {
        // SAFETY: the caller's promise.
        unsafe { (*bytes.add(at)).make_ascii_lowercase() };
    }
}

/// Turns capitals into small letters, up to the NUL.
///
/// # Safety
/// A string that ends in NUL, which nobody else looks at.
pub unsafe fn lower_string(string: *mut c_char) {
    // SAFETY: the caller's promise.
    unsafe { lower(string.cast(), string::length(string)) };
}

/// The difference of the first bytes that differ as small letters, or 0.
///
/// # Safety
/// Both have readable bytes up to the first difference, or `len` of them.
pub unsafe fn compare(a: *const u8, b: *const u8, len: usize) -> c_int {
    // SAFETY: nothing behind the first difference is read.
    difference(unsafe { small_pairs(a, b, len) })
}

/// The difference of the first bytes that differ as small letters, or 0.
///
/// # Safety
/// Strings that end in NUL.
pub unsafe fn compare_strings(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: nothing behind a NUL or a difference is read.
    string_difference(unsafe { small_pairs(a.cast(), b.cast(), usize::MAX) })
}

/// Whether `a` begins with `b`.
///
/// # Safety
/// Strings that end in NUL.
pub unsafe fn starts_with(a: *const c_char, b: *const c_char) -> bool {
    // SAFETY: nothing behind a NUL or a difference is read.
    is_prefix(unsafe { small_pairs(a.cast(), b.cast(), usize::MAX) })
}

/// The `len` pairs of bytes at two addresses as small letters, read when they are asked for.
///
/// # Safety
/// Every pair that is asked for is readable.
unsafe fn small_pairs(a: *const u8, b: *const u8, len: usize) -> impl Iterator<Item = (u8, u8)> {
    // SAFETY: the caller's promise.
    let pairs = unsafe { pairs(a, b, len) };
    pairs.map(|(a, b)| (a.to_ascii_lowercase(), b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_to_z_have_a_case() {
        let mut all: Vec<u8> = (0..=255).collect();
        // SAFETY: the vector's own bytes.
        unsafe { lower(all.as_mut_ptr(), all.len()) };
        for (before, after) in (0..=255).zip(all) {
            let expected = if (65..=90).contains(&before) { before + 32 } else { before };
            assert_eq!(after, expected);
        }
    }

    #[test]
    fn strings_without_case() {
        for (a, b, difference, begins) in [
            (c"ABC", c"abc", 0, true),
            (c"abc", c"ABCD", -0x64, false),
            (c"abcd", c"ABC", 0x64, true),
            (c"a[", c"A{", 0x5b - 0x7b, false),
            (c"\xc4", c"\xe4", 0xc4 - 0xe4, false),
            (c"x", c"", 0x78, true),
            (c"", c"", 0, true),
        ] {
            let (a, b) = (a.as_ptr(), b.as_ptr());
            // SAFETY: strings that end in NUL.
            assert_eq!(unsafe { (compare_strings(a, b), starts_with(a, b)) }, (difference, begins));
        }
    }

    #[test]
    fn lower_stops_at_the_nul() {
        let mut text = *b"AbC\0D";
        // SAFETY: a string that ends in NUL.
        unsafe { lower_string(text.as_mut_ptr().cast()) };
        assert_eq!(&text, b"abc\0D");
        // SAFETY: the second differing pair is never read.
        assert_eq!(unsafe { compare(text.as_ptr(), b"ABD".as_ptr(), usize::MAX) }, -1);
    }
}
