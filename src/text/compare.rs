// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comparing what comes in as addresses. Nothing behind a difference or a null byte need exist, so the C library's functions
//! are asked in pieces that cannot leave readable memory: see [`page`].

use core::ffi::{c_char, c_int};

/// How many bytes of strings are compared one by one before a call of the C library.
const FIRST: usize = 8;

/// How many counted bytes are compared in words, without a call.
const FEW: usize = 64;

/// How far a difference is looked for without a call.
const NEAR: usize = 32;

/// Pieces shorter than this are compared byte by byte.
const SHORT: usize = 16;

/// How far two addresses may be read once their first bytes may: `most` bytes, or less if a page ends before. No system has
/// smaller pages, and a page can be read as a whole or not at all. Miri knows objects instead of pages.
pub(super) fn page(a: *const u8, b: *const u8, most: usize) -> usize {
    const PAGE: usize = 4096;
    let rest = PAGE - (a as usize % PAGE).max(b as usize % PAGE);
    if cfg!(miri) { most.min(1) } else { most.min(rest) }
}

/// The difference of two bytes as numbers from 0 to 255.
fn minus(a: u8, b: u8) -> c_int {
    c_int::from(a) - c_int::from(b)
}

/// The difference of the first of `len` pairs that differs; 0 if none does.
///
/// # Safety
/// Both have readable bytes up to the first difference, or `len` of them.
#[inline(always)]
pub(super) unsafe fn counted(a: *const u8, b: *const u8, len: usize) -> c_int {
    if len > SHORT {
        // SAFETY: the caller's promise. Most of what differs differs in the first byte.
        return unsafe {
            match minus(a.read(), b.read()) {
                0 => counted_in_pieces(a, b, len),
                difference => difference,
            }
        };
    }
    // SAFETY: the caller's promise.
    unsafe { one_by_one(a, b, len) }
}

/// The same, looked at byte by byte.
///
/// # Safety
/// As in [`counted`].
#[inline(always)]
unsafe fn one_by_one(a: *const u8, b: *const u8, len: usize) -> c_int {
    for at in 0..len {
        // SAFETY: all bytes before are equal.
        let (x, y) = unsafe { (a.add(at).read(), b.add(at).read()) };
        if x != y {
            return minus(x, y);
        }
    }
    0
}

/// The same for many bytes.
///
/// # Safety
/// As in [`counted`], and there is at least one.
#[inline(never)]
unsafe fn counted_in_pieces(mut a: *const u8, mut b: *const u8, mut len: usize) -> c_int {
    // A few need no call.
    if len <= FEW {
        // SAFETY: they are on the pages of the first bytes.
        match unsafe { compare_words(a, b, page(a, b, len)) } {
            Ok(same) => (a, b, len) = (a.wrapping_add(same), b.wrapping_add(same), len - same),
            Err(difference) => return difference,
        }
    }
    while len > 0 {
        let piece = page(a, b, len);
        // SAFETY: the bytes before are equal, so the first of these are readable, and the others lie on their pages.
        unsafe {
            if libc::memcmp(a.cast(), b.cast(), piece) != 0 {
                return difference_within(a, b, piece);
            }
        }
        (a, b, len) = (a.wrapping_add(piece), b.wrapping_add(piece), len - piece);
    }
    0
}

/// Compares `len` bytes in whole words: how many are the same, or the difference of the first pair that is not.
///
/// # Safety
/// Both have `len` readable bytes.
#[inline(always)]
unsafe fn compare_words(a: *const u8, b: *const u8, len: usize) -> Result<usize, c_int> {
    let mut at = 0;
    while len - at >= size_of::<u64>() {
        // SAFETY: the caller's promise.
        let [x, y] = [a, b].map(|address| unsafe { address.add(at).cast::<u64>().read_unaligned() });
        let [x, y] = [x, y].map(u64::from_le);
        if x != y {
            let shift = (x ^ y).trailing_zeros() & !7;
            return Err(minus((x >> shift) as u8, (y >> shift) as u8));
        }
        at += size_of::<u64>();
    }
    Ok(at)
}

/// The difference of the first of `len` pairs that differs, of which one does: the sign is all that memcmp promises.
///
/// # Safety
/// Both have `len` readable bytes.
#[inline(never)]
unsafe fn difference_within(mut a: *const u8, mut b: *const u8, mut len: usize) -> c_int {
    // SAFETY: the caller's promise; what is passed over is equal.
    unsafe {
        // It is in the first words, or in the half of which memcmp knows.
        loop {
            match compare_words(a, b, len.min(NEAR)) {
                Ok(same) => (a, b, len) = (a.add(same), b.add(same), len - same),
                Err(difference) => return difference,
            }
            if len < NEAR {
                break;
            }
            let half = len / 2;
            match libc::memcmp(a.cast(), b.cast(), half) {
                0 => (a, b, len) = (a.add(half), b.add(half), len - half),
                _ => len = half,
            }
        }
        one_by_one(a, b, len)
    }
}

/// The difference of the first pair of bytes that differs, of `limit` at most; 0 if both strings end before.
///
/// # Safety
/// Both have readable bytes up to a null byte, the first difference, or `limit` of them.
#[inline(always)]
pub(super) unsafe fn strings(a: *const u8, b: *const u8, limit: usize) -> c_int {
    // Not in words: what of one lies beyond the null byte is on the same page, but checkers of memory would complain.
    let first = limit.min(FIRST);
    for at in 0..first {
        // SAFETY: all bytes before these are equal and not null.
        let (x, y) = unsafe { (a.add(at).read(), b.add(at).read()) };
        if x != y || x == 0 {
            return minus(x, y);
        }
    }
    // SAFETY: the promise for what follows equal bytes.
    if first == limit { 0 } else { unsafe { long_strings(a.add(first), b.add(first), limit - first) } }
}

/// The same, of strings that differ late.
///
/// # Safety
/// As in [`strings`].
#[inline(never)]
unsafe fn long_strings(a: *const u8, b: *const u8, limit: usize) -> c_int {
    // SAFETY: the caller's promise.
    if unsafe { same_string(a, b, limit) } { 0 } else { unsafe { difference(a, b) } }
}

/// Whether two strings are equal, up to `limit` bytes.
///
/// # Safety
/// As in [`strings`].
unsafe fn same_string(a: *const u8, b: *const u8, limit: usize) -> bool {
    let (a, b): (*const c_char, *const c_char) = (a.cast(), b.cast());
    // SAFETY: both functions stop at a null byte or a difference. No string takes half the address space.
    unsafe {
        if limit > isize::MAX as usize {
            native::strcmp(a, b) == 0
        } else {
            native::strncmp(a, b, limit) == 0
        }
    }
}

/// The difference of the first pair of bytes that differs, of strings of which one does.
///
/// # Safety
/// Both have readable bytes up to that pair.
#[cold]
unsafe fn difference(mut a: *const u8, mut b: *const u8) -> c_int {
    // SAFETY: there is no null byte in both before the difference, so what is equal ends before it, and neither the calls
    // nor the loops go beyond it.
    unsafe {
        let equal = |a: *const u8, b: *const u8, step| native::strncmp(a.cast(), b.cast(), step) == 0;
        let (mut step, mut near) = (SHORT, NEAR);
        loop {
            // In the bytes that come next, or in those of which strncmp knows.
            while near > 0 {
                if a.read() != b.read() {
                    return minus(a.read(), b.read());
                }
                (a, b, near) = (a.add(1), b.add(1), near - 1);
            }
            while step > SHORT || equal(a, b, step) {
                if equal(a, b, step) {
                    (a, b) = (a.add(step), b.add(step));
                    step *= 2;
                } else {
                    step /= 2;
                }
            }
            near = SHORT;
        }
    }
}

/// Whether the second string ends before any pair differs.
///
/// # Safety
/// Both have readable bytes up to a null byte or the first difference.
pub(super) unsafe fn is_prefix(a: *const u8, b: *const u8) -> bool {
    // Most differ in their first bytes: those need no call.
    let (mut at, mut step) = (0, 64);
    while at < 2 {
        // SAFETY: all bytes before these are equal and not null.
        let (x, y) = unsafe { (a.add(at).read(), b.add(at).read()) };
        if x != y || y == 0 {
            return y == 0;
        }
        at += 1;
    }
    loop {
        // SAFETY: as above. `b` is a string, of which no more is looked at than twice what is equal.
        let (a, b): (*const c_char, *const c_char) = unsafe { (a.add(at).cast(), b.add(at).cast()) };
        // SAFETY: the same.
        let piece = unsafe { native::strnlen(b, step) };
        // SAFETY: as above; the call stops at a null byte or a difference.
        if piece > 0 && unsafe { native::strncmp(a, b, piece) } != 0 {
            return false;
        }
        if piece < step {
            return true;
        }
        at += step;
        step = at;
    }
}

/// The C library's functions, which stop at a null byte or a difference wherever that is.
#[cfg(not(miri))]
pub(super) use libc as native;

/// The same for Miri, which does not know them.
#[cfg(miri)]
pub(super) mod native {
    use super::minus;
    use core::ffi::{c_char, c_int};

    pub(in super::super) unsafe fn strncmp(a: *const c_char, b: *const c_char, limit: usize) -> c_int {
        for at in 0..limit {
            let (x, y) = unsafe { (a.add(at).read() as u8, b.add(at).read() as u8) };
            if x != y || x == 0 {
                return minus(x, y);
            }
        }
        0
    }

    pub(in super::super) unsafe fn strcmp(a: *const c_char, b: *const c_char) -> c_int {
        unsafe { strncmp(a, b, usize::MAX) }
    }

    pub(in super::super) unsafe fn strnlen(a: *const c_char, limit: usize) -> usize {
        (0..limit).find(|at| unsafe { a.add(*at).read() } == 0).unwrap_or(limit)
    }
}
