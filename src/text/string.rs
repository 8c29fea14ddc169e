// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strings that end in a null byte.

use super::compare;
use core::ffi::{CStr, c_char, c_int};

/// The length without the null byte.
///
/// # Safety
/// A string that ends in a null byte.
pub(crate) unsafe fn length(string: *const c_char) -> usize {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(string) }.count_bytes()
}

/// The length without the null byte, `limit` at most. NULL is the empty string.
///
/// # Safety
/// A string that ends in a null byte, or has `limit` bytes.
pub(crate) unsafe fn length_up_to(string: *const c_char, limit: usize) -> usize {
    // SAFETY: the caller's promise.
    if string.is_null() { 0 } else { unsafe { compare::native::strnlen(string, limit) } }
}

/// Copies a string with its null byte; the length without it.
///
/// # Safety
/// A string that ends in a null byte, and room for it.
pub(crate) unsafe fn copy(to: *mut c_char, from: *const c_char) -> usize {
    // SAFETY: the caller's promise.
    let length = unsafe { length(from) };
    // SAFETY: as above; the null byte is copied, too.
    unsafe {
        match length + 1 {
            count @ 33.. => to.copy_from(from, count),
            1 => to.write(0),
            2..4 => copy_ends::<2>(to, from, length + 1),
            4..8 => copy_ends::<4>(to, from, length + 1),
            8..16 => copy_ends::<8>(to, from, length + 1),
            _ => copy_ends::<16>(to, from, length + 1),
        }
    }
    length
}

/// Copies `count` bytes, `N` to twice as many, by the first and the last of them: without a call, which takes longer.
///
/// # Safety
/// `from` has so many bytes, and `to` room for them.
#[inline(always)]
unsafe fn copy_ends<const N: usize>(to: *mut c_char, from: *const c_char, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let first = from.cast::<[u8; N]>().read_unaligned();
        let last = from.add(count - N).cast::<[u8; N]>().read_unaligned();
        to.cast::<[u8; N]>().write_unaligned(first);
        to.add(count - N).cast::<[u8; N]>().write_unaligned(last);
    }
}

/// The difference of the first bytes that differ, or 0; `limit` pairs at most are looked at.
///
/// # Safety
/// Strings that end in a null byte, after `limit` bytes or a difference, or else before.
pub(crate) unsafe fn compare(a: *const c_char, b: *const c_char, limit: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { compare::strings(a.cast(), b.cast(), limit) }
}

/// The position of the first `needle`, or of the null byte.
///
/// # Safety
/// A string that ends in a null byte.
pub(crate) unsafe fn first(string: *const c_char, needle: c_char) -> usize {
    // SAFETY: the caller's promise.
    let found = unsafe { libc::strchr(string, needle.into()) };
    // SAFETY: as above.
    unsafe { position_or_length(string, found) }
}

/// The position of the last `needle`, or of the null byte if there is none.
///
/// # Safety
/// A string that ends in a null byte.
pub(crate) unsafe fn last(string: *const c_char, needle: c_char) -> usize {
    // SAFETY: the caller's promise.
    let found = unsafe { libc::strrchr(string, needle.into()) };
    // SAFETY: as above.
    unsafe { position_or_length(string, found) }
}

/// Whether `a` begins with `b`.
///
/// # Safety
/// Strings that end in a null byte.
pub(crate) unsafe fn starts_with(a: *const c_char, b: *const c_char) -> bool {
    // SAFETY: the caller's promise.
    unsafe { compare::is_prefix(a.cast(), b.cast()) }
}

unsafe fn position_or_length(string: *const c_char, found: *const c_char) -> usize {
    if found.is_null() {
        // SAFETY: the callers' promise: a string that ends in a null byte.
        return unsafe { length(string) };
    }
    found as usize - string as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        for (needle, at_first, at_last) in [(b'l', 2, 3), (b'x', 5, 5), (0, 5, 5), (b'h', 0, 0)] {
            let needle = needle as c_char;
            // SAFETY: strings that end in a null byte.
            let found = unsafe { (first(c"hello".as_ptr(), needle), last(c"hello".as_ptr(), needle)) };
            assert_eq!(found, (at_first, at_last));
        }
    }

    #[test]
    fn order_is_that_of_unsigned_bytes() {
        for (a, b, limit, difference) in [
            (c"a", c"\xff", 9, 0x61 - 0xff),
            (c"", c"a", 9, -0x61),
            (c"abc", c"abc", usize::MAX, 0),
            (c"abc", c"abd", 2, 0),
            (c"abc", c"xyz", 0, 0),
            (c"abc", c"ab", usize::MAX, 0x63),
        ] {
            // SAFETY: strings that end in a null byte.
            assert_eq!(unsafe { compare(a.as_ptr(), b.as_ptr(), limit) }, difference, "{a:?} {b:?} {limit}");
        }
    }

    #[test]
    fn prefixes() {
        for (a, b, is) in [
            (c"abc", c"ab", true),
            (c"ab", c"abc", false),
            (c"", c"", true),
            (c"a", c"", true),
            (c"a", c"b", false),
        ] {
            // SAFETY: strings that end in a null byte.
            assert_eq!(unsafe { starts_with(a.as_ptr(), b.as_ptr()) }, is, "{a:?} {b:?}");
        }
    }

    #[test]
    fn copies_with_the_null_byte() {
        let mut to = [b'x' as c_char; 4];
        // SAFETY: a string of two bytes, and room for four.
        assert_eq!(unsafe { copy(to.as_mut_ptr(), c"hi".as_ptr()) }, 2);
        assert_eq!(to.map(|byte| byte as u8), *b"hi\0x");
    }
}
