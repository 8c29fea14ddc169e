// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text whose case does not matter. Only A to Z have a case, whatever the locale says.

use super::compare::{native, page};
use core::ffi::{c_char, c_int};

mod lower;

pub(crate) use lower::{lower, lower_string};

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

/// How many bytes are compared before anything else is called: most texts differ in them.
const FIRST: usize = 8;
/// How many bytes are compared before it pays to take blocks.
const SHORT: usize = 32;
/// How many bytes are compared at a time, as vectors where there are some.
const BLOCK: usize = 256;

/// The difference of the first bytes that differ as small letters, or 0.
///
/// # Safety
/// Both have readable bytes up to the first difference, or `len` of them.
#[inline(always)]
pub(crate) unsafe fn compare(a: *const u8, b: *const u8, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    let first = unsafe { difference(a, b, len.min(FIRST)) };
    if first != 0 || len <= FIRST {
        return first;
    }
    // SAFETY: the same; the first bytes are equal.
    unsafe { compare_rest(a, b, len) }
}

/// The same where the first bytes are equal.
///
/// # Safety
/// As in [`compare`].
#[inline(never)]
unsafe fn compare_rest(a: *const u8, b: *const u8, len: usize) -> c_int {
    let mut at = FIRST;
    while at < len {
        let (left, right) = (a.wrapping_add(at), b.wrapping_add(at));
        let rest = page(left, right, len - at);
        // SAFETY: the bytes before are equal, so the first of these are readable, and the others lie on their pages.
        unsafe {
            let piece = rest.min(if at < SHORT { FIRST } else { BLOCK });
            let passed = if at < SHORT {
                equal_words(left, right, rest.min(SHORT - at))
            } else if equal(left, right, piece) {
                piece
            } else {
                0
            };
            if passed > 0 {
                at += passed;
                continue;
            }
            let difference = difference(left, right, piece);
            if difference != 0 {
                return difference;
            }
            at += piece;
        }
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
#[inline(always)]
unsafe fn first_difference(a: *const u8, b: *const u8) -> Option<(u8, u8)> {
    for at in 0..FIRST {
        // SAFETY: nothing behind a null byte or a difference is read.
        let (x, y) = unsafe { (small(a.add(at).read()), small(b.add(at).read())) };
        if x != y {
            return Some((x, y));
        }
        if x == 0 {
            return None;
        }
    }
    // SAFETY: the first bytes are equal, and none is null.
    unsafe { first_difference_of_rest(a, b) }
}

/// The same where the first bytes are equal, and none is null.
///
/// # Safety
/// As in [`first_difference`].
#[inline(never)]
unsafe fn first_difference_of_rest(a: *const u8, b: *const u8) -> Option<(u8, u8)> {
    let mut at = FIRST;
    // SAFETY: nothing behind a null byte or a difference is read.
    unsafe {
        loop {
            let mut more = SHORT - FIRST;
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

/// How many bytes are equal as small letters, of `len` at most, in whole words.
///
/// # Safety
/// Both have `len` readable bytes.
#[inline(always)]
unsafe fn equal_words(a: *const u8, b: *const u8, len: usize) -> usize {
    let mut at = 0;
    while len - at >= size_of::<u64>() {
        // SAFETY: the caller's promise.
        let [x, y] = [a, b].map(|address| unsafe { address.add(at).cast::<u64>().read_unaligned() });
        if x != y && small_word(x) != small_word(y) {
            break;
        }
        at += size_of::<u64>();
    }
    at
}

/// Every byte of a word as a small letter.
#[inline(always)]
const fn small_word(word: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    const HIGH: u64 = 0x80 * EACH;
    let low = word & !HIGH;
    let from_a = low + (0x80 - b'A' as u64) * EACH;
    let beyond_z = low + (0x7f - b'Z' as u64) * EACH;
    word | (from_a & !beyond_z & !word & HIGH) >> 2
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
    fn words_are_eight_bytes() {
        for byte in 0..=255u8 {
            for place in 0..8 {
                let mut bytes = [b'Q', b'[', b'@', 0x80, 0xff, b'z', b'Z', b'A'];
                bytes[place] = byte;
                let small = small_word(u64::from_ne_bytes(bytes));
                assert_eq!(small.to_ne_bytes(), bytes.map(|byte| byte.to_ascii_lowercase()));
            }
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
    fn nothing_is_read_behind_a_difference() {
        // SAFETY: the second differing pair is never read.
        assert_eq!(unsafe { compare(b"abc".as_ptr(), b"ABD".as_ptr(), usize::MAX) }, -1);
    }
}
