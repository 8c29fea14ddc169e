// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text whose case does not matter. Only A to Z have a case, whatever the locale says.

use super::compare::{native, page};
use super::string;
use core::ffi::{c_char, c_int};

/// Turns capitals into small letters.
///
/// # Safety
/// `len` bytes, to which there is no other reference.
pub(crate) unsafe fn lower(bytes: *mut u8, len: usize) {
    if len > 0 {
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts_mut(bytes, len) }.make_ascii_lowercase();
    }
}

/// Turns capitals into small letters, up to the null byte.
///
/// # Safety
/// A string that ends in a null byte, to which there is no other reference.
pub(crate) unsafe fn lower_string(string: *mut c_char) {
    // SAFETY: the caller's promise.
    unsafe { lower(string.cast(), string::length(string)) };
}

/// Every byte as a small letter: for one byte at a time this is faster than to calculate.
static SMALL: [u8; 256] = {
    let mut small = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        small[byte] = (byte as u8).to_ascii_lowercase();
        byte += 1;
    }
    small
};

fn small(byte: u8) -> u8 {
    SMALL[usize::from(byte)]
}

/// How many bytes are compared one by one before it pays to take more.
const SHORT: usize = 32;
/// How many bytes are compared at a time, as vectors where there are some.
const BLOCK: usize = 256;

/// The difference of the first bytes that differ as small letters, or 0.
///
/// # Safety
/// Both have readable bytes up to the first difference, or `len` of them.
pub(crate) unsafe fn compare(a: *const u8, b: *const u8, len: usize) -> c_int {
    let mut at = 0;
    while at < len {
        let (left, right) = (a.wrapping_add(at), b.wrapping_add(at));
        let piece = if at < SHORT { (len - at).min(SHORT) } else { page(left, right, (len - at).min(BLOCK)) };
        // SAFETY: bytes that are readable once those before them are equal: looked at one by one, or on the same page.
        unsafe {
            if at < SHORT || !equal(left, right, piece) {
                let difference = difference(left, right, piece);
                if difference != 0 {
                    return difference;
                }
            }
        }
        at += piece;
    }
    0
}

/// The difference of the first bytes that differ as small letters, or 0.
///
/// # Safety
/// Strings that end in a null byte.
pub(crate) unsafe fn compare_strings(a: *const c_char, b: *const c_char) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { first_difference(a.cast(), b.cast()) }.map_or(0, |(x, y)| c_int::from(x) - c_int::from(y))
}

/// Whether `a` begins with `b`.
///
/// # Safety
/// Strings that end in a null byte.
pub(crate) unsafe fn starts_with(a: *const c_char, b: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    unsafe { first_difference(a.cast(), b.cast()) }.is_none_or(|(_, y)| y == 0)
}

/// The first pair of bytes of two strings that differs, as small letters, their null bytes included.
///
/// # Safety
/// Strings that end in a null byte.
#[inline(never)]
unsafe fn first_difference(a: *const u8, b: *const u8) -> Option<(u8, u8)> {
    let mut at = 0;
    // SAFETY: nothing behind a null byte or a difference is read.
    unsafe {
        loop {
            let mut more = SHORT;
            // Beyond the first bytes, what is equal is passed over.
            if at >= SHORT {
                let (left, right) = (a.add(at), b.add(at));
                let shorter = native::strnlen(right.cast(), native::strnlen(left.cast(), BLOCK));
                if shorter == 0 || !equal(left, right, shorter) {
                    more = shorter + 1;
                } else {
                    at += shorter;
                    if shorter == BLOCK {
                        continue;
                    }
                }
            }
            for _ in 0..more {
                let (x, y) = (small(a.add(at).read()), small(b.add(at).read()));
                if x != y {
                    return Some((x, y));
                }
                if x == 0 {
                    return None;
                }
                at += 1;
            }
        }
    }
}

/// Whether all pairs are equal as small letters. All are looked at, so that the compiler takes vectors of them.
///
/// # Safety
/// Both have `len` readable bytes.
#[inline(never)]
unsafe fn equal(a: *const u8, b: *const u8, len: usize) -> bool {
    // SAFETY: the caller's promise.
    let lower = |address: *const u8, at| unsafe { address.add(at).read() }.to_ascii_lowercase();
    (0..len).fold(0, |differing, at| differing | (lower(a, at) ^ lower(b, at))) == 0
}

/// The difference of the first of `len` pairs that differs as small letters, or 0.
///
/// # Safety
/// As in [`compare`].
unsafe fn difference(a: *const u8, b: *const u8, len: usize) -> c_int {
    for at in 0..len {
        // SAFETY: the caller's promise.
        let (x, y) = unsafe { (small(a.add(at).read()), small(b.add(at).read())) };
        if x != y {
            return c_int::from(x) - c_int::from(y);
        }
    }
    0
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
            // SAFETY: strings that end in a null byte.
            assert_eq!(unsafe { (compare_strings(a, b), starts_with(a, b)) }, (difference, begins));
        }
    }

    #[test]
    fn lower_stops_at_the_null_byte() {
        let mut text = *b"AbC\0D";
        // SAFETY: a string that ends in a null byte.
        unsafe { lower_string(text.as_mut_ptr().cast()) };
        assert_eq!(&text, b"abc\0D");
        // SAFETY: the second differing pair is never read.
        assert_eq!(unsafe { compare(text.as_ptr(), b"ABD".as_ptr(), usize::MAX) }, -1);
    }
}
