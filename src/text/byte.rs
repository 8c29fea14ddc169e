// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes that are counted.

use super::compare;
use core::ffi::{c_char, c_int};
use core::hint::black_box;

/// No bytes, at an address that exists: with AVX-512, memcmp(3) of glibc reads no bytes where nothing is mapped in 120 ns.
pub(crate) fn none() -> &'static [u8] {
    static PLACE: [u8; 1] = [0];
    &PLACE[..0]
}

/// The position of the first `needle`, or `len`.
///
/// # Safety
/// The bytes up to the first `needle`, or all `len`, are readable.
pub(crate) unsafe fn first(haystack: *const u8, len: usize, needle: u8) -> usize {
    if len == 0 {
        return 0;
    }
    // SAFETY: memchr reads in order and stops at the first match: the caller's promise is enough.
    let found = unsafe { libc::memchr(haystack.cast(), needle.into(), len) };
    if found.is_null() { len } else { found as usize - haystack as usize }
}

/// The position of the last `needle`, or `len`.
///
/// # Safety
/// All `len` bytes are readable.
pub(crate) unsafe fn last(haystack: *const u8, len: usize, needle: u8) -> usize {
    if len == 0 {
        return 0;
    }
    // SAFETY: the caller's promise.
    unsafe { last_of_some(haystack, len, needle) }
}

/// The same for at least one byte.
#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
unsafe fn last_of_some(haystack: *const u8, len: usize, needle: u8) -> usize {
    // SAFETY: the caller's promise.
    let found = unsafe { libc::memrchr(haystack.cast(), needle.into(), len) };
    if found.is_null() { len } else { found as usize - haystack as usize }
}

/// The same where the C library has no memrchr.
#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")))]
unsafe fn last_of_some(haystack: *const u8, len: usize, needle: u8) -> usize {
    // SAFETY: the caller's promise.
    let bytes = unsafe { core::slice::from_raw_parts(haystack, len) };
    bytes.iter().rposition(|byte| *byte == needle).unwrap_or(len)
}

/// Copies from the first byte to the last: where `to` lies within the source, the bytes before it repeat.
///
/// # Safety
/// `from` has `len` readable bytes, `to` room for as many.
pub(crate) unsafe fn copy_upwards(to: *mut u8, len: usize, from: *const u8) {
    let ahead = (to as usize).wrapping_sub(from as usize);
    if ahead >= len || ahead == 0 {
        if len > 0 {
            // SAFETY: the caller's promise; nothing is read after it was written.
            unsafe { to.copy_from(from, len) };
        }
        return;
    }
    // What was copied repeats every `ahead` bytes, so the source of each piece is all there is.
    let mut done = 0;
    while done < len {
        let piece = (ahead + done).min(len - done);
        // SAFETY: within both ranges; the source ends where the destination begins.
        unsafe { to.add(done).copy_from(from, piece) };
        done += piece;
    }
}

/// Copies from the last byte to the first: where `to` ends within the source, the bytes behind it repeat.
///
/// # Safety
/// `from` has `len` readable bytes, `to` room for as many.
pub(crate) unsafe fn copy_downwards(to: *mut u8, len: usize, from: *const u8) {
    let behind = (from as usize).wrapping_sub(to as usize);
    let step = if behind == 0 { len } else { behind.min(len) };
    let mut done = 0;
    while done < len {
        let piece = (step + done).min(len - done);
        // SAFETY: as in copy_upwards, from the other end.
        unsafe { to.add(len - done - piece).copy_from(from.add(len - piece), piece) };
        done += piece;
    }
}

/// The difference of the first bytes that differ, or 0.
///
/// # Safety
/// Both have readable bytes up to the first difference, or `len` of them.
pub(crate) unsafe fn compare(a: *const u8, b: *const u8, len: usize) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { compare::counted(a, b, len) }
}

/// Whether all bytes are equal, in a time that does not depend on where they differ.
///
/// # Safety
/// Both have `len` readable bytes.
pub(crate) unsafe fn equal_in_constant_time(a: *const u8, b: *const u8, len: usize) -> bool {
    let differing = |from: usize, to: usize| {
        // SAFETY: the caller's promise.
        (from..to).fold(0, |differing, at| differing | unsafe { a.add(at).read() ^ b.add(at).read() })
    };
    let (mut at, mut seen) = (0, 0);
    while len - at >= BLOCK {
        // Hidden from the compiler after each block, so that it does not stop at the first that differs.
        seen = black_box(seen | differing(at, at + BLOCK));
        at += BLOCK;
    }
    // SAFETY: the caller's promise.
    let word = |address: *const u8, at| unsafe { address.add(at).cast::<u64>().read_unaligned() };
    let mut seen = u64::from(seen);
    while len - at >= 8 {
        seen |= word(a, at) ^ word(b, at);
        at += 8;
    }
    black_box(seen | u64::from(differing(at, len))) == 0
}

/// How many bytes are compared at a time, as vectors where there are some.
const BLOCK: usize = 128;

/// Whether the bytes of `b` are the first ones of `a`.
///
/// # Safety
/// Both have as many readable bytes as that.
pub(crate) unsafe fn starts_with(a: *const u8, a_len: usize, b: *const u8, b_len: usize) -> bool {
    // SAFETY: the caller's promise.
    b_len <= a_len && unsafe { compare(a, b, b_len) } == 0
}

/// The same for a string. Of the string no more is read than it takes.
///
/// # Safety
/// `a` has `a_len` readable bytes, and `b` ends in a null byte.
pub(crate) unsafe fn starts_with_string(a: *const u8, a_len: usize, b: *const c_char) -> bool {
    for at in 0..a_len {
        // SAFETY: neither the null byte nor the end has been passed.
        match unsafe { (*a.add(at), *b.cast::<u8>().add(at)) } {
            (_, 0) => return true,
            (a, b) if a != b => return false,
            _ => {}
        }
    }
    // SAFETY: all bytes before this one are in `a`, and so none is the null byte.
    unsafe { *b.add(a_len) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ptr::{null, null_mut};

    #[test]
    fn no_bytes_need_no_address() {
        // SAFETY: nothing is read or written.
        unsafe {
            assert_eq!((first(null(), 0, 1), last(null(), 0, 1), compare(null(), null(), 0)), (0, 0, 0));
            copy_upwards(null_mut(), 0, null());
            copy_downwards(null_mut(), 0, null());
            assert!(equal_in_constant_time(null(), null(), 0));
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "it knows no lengths beyond half the address space")]
    fn the_end_need_not_exist() {
        let (a, b) = ([1, 2, 200], [1, 2, 100]);
        // SAFETY: the first difference, and the first match, lie within the arrays.
        unsafe {
            assert_eq!(compare(a.as_ptr(), b.as_ptr(), usize::MAX), 100);
            assert_eq!(compare(b.as_ptr(), a.as_ptr(), usize::MAX), -100);
            assert_eq!(first(a.as_ptr(), usize::MAX, 200), 2);
        }
    }

    proptest! {
        #[test]
        fn searches_and_comparisons(
            a in prop::collection::vec(0..3_u8, 0..40),
            b in prop::collection::vec(0..3_u8, 40),
        ) {
            let (a, b, len) = (&a[..], &b[..a.len()], a.len());
            // SAFETY: all within the vectors.
            unsafe {
                prop_assert_eq!(first(a.as_ptr(), len, 2), a.iter().position(|x| *x == 2).unwrap_or(len));
                prop_assert_eq!(last(a.as_ptr(), len, 2), a.iter().rposition(|x| *x == 2).unwrap_or(len));
                prop_assert_eq!(compare(a.as_ptr(), b.as_ptr(), len).cmp(&0), a.cmp(b));
                prop_assert_eq!(equal_in_constant_time(a.as_ptr(), b.as_ptr(), len), a == b);
                prop_assert!(equal_in_constant_time(a.as_ptr(), a.to_vec().as_ptr(), len));
            }
        }

        #[test]
        fn copies_behave_as_byte_by_byte(
            bytes: [u8; 60], from in 0..30_usize, to in 0..30_usize, len in 0..30_usize
        ) {
            let (mut up, mut down) = (bytes, bytes);
            for at in 0..len {
                up[to + at] = up[from + at];
            }
            for at in (0..len).rev() {
                down[to + at] = down[from + at];
            }
            for (model, copy) in [(up, copy_upwards as unsafe fn(_, _, _)), (down, copy_downwards)] {
                let mut actual = bytes;
                let start = actual.as_mut_ptr();
                // SAFETY: all within the array.
                unsafe { copy(start.add(to), len, start.add(from).cast_const()) };
                prop_assert_eq!(actual, model);
            }
        }
    }
}
