// SPDX-License-Identifier: MIT OR Apache-2.0
//! Comparing what comes in as addresses. Nothing behind a difference or a null byte need exist, so the C library's functions
//! are asked in pieces that cannot leave readable memory: see [`page`].

use core::ffi::{c_char, c_int};

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
pub(super) unsafe fn counted(a: *const u8, b: *const u8, len: usize) -> c_int {
    let mut at = 0;
    while at < len {
        let (mut left, mut right) = (a.wrapping_add(at), b.wrapping_add(at));
        let mut piece = page(left, right, len - at);
        at += piece;
        // SAFETY: the bytes before are equal, so the first of these are readable, and the others lie on their pages.
        if unsafe { libc::memcmp(left.cast(), right.cast(), piece) } == 0 {
            continue;
        }
        // The sign is all that memcmp promises. The difference is in the half of which it knows.
        while piece > SHORT {
            let half = piece / 2;
            // SAFETY: within the piece.
            if unsafe { libc::memcmp(left.cast(), right.cast(), half) } == 0 {
                (left, right) = (left.wrapping_add(half), right.wrapping_add(half));
                piece -= half;
            } else {
                piece = half;
            }
        }
        for place in 0..piece {
            // SAFETY: within the piece.
            let (x, y) = unsafe { (left.add(place).read(), right.add(place).read()) };
            if x != y {
                return minus(x, y);
            }
        }
    }
    0
}

/// The difference of the first pair of bytes that differs, of `limit` at most; 0 if both strings end before.
///
/// # Safety
/// Both have readable bytes up to a null byte, the first difference, or `limit` of them.
#[inline(never)]
pub(super) unsafe fn strings(a: *const u8, b: *const u8, limit: usize) -> c_int {
    // Many strings differ in their first bytes: those need no call.
    let mut at = 0;
    while at < limit.min(8) {
        // SAFETY: all bytes before these are equal and not null.
        let (x, y) = unsafe { (a.add(at).read(), b.add(at).read()) };
        if x != y || x == 0 {
            return minus(x, y);
        }
        at += 1;
    }
    // SAFETY: the promise for what follows equal bytes.
    let (a, b, limit) = unsafe { (a.add(at), b.add(at), limit - at) };
    // SAFETY: the same.
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
    let mut step = SHORT;
    // SAFETY: there is no null byte in both before the difference, so what is equal ends before it, and neither the calls
    // nor the loop at the end go beyond it.
    unsafe {
        let equal = |a: *const u8, b: *const u8, step| native::strncmp(a.cast(), b.cast(), step) == 0;
        while step > SHORT || equal(a, b, step) {
            if equal(a, b, step) {
                (a, b) = (a.add(step), b.add(step));
                step *= 2;
            } else {
                step /= 2;
            }
        }
        while a.read() == b.read() {
            (a, b) = (a.add(1), b.add(1));
        }
        minus(a.read(), b.read())
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
