// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs of bytes with or without some property.

use super::compare::page;
use core::ffi::c_char;

/// The six white space characters of ASCII, whatever the locale.
pub(crate) const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The same without a branch.
const fn is_white_without_branches(byte: u8) -> bool {
    (byte == b' ') | (byte.wrapping_sub(b'\t') < 5)
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
    unsafe { run(start.cast(), limit, is_white, is_white_without_branches) }
}

/// How many bytes are not white. A null byte is not.
///
/// # Safety
/// The bytes up to the first white one, or `limit` of them, are readable.
pub(crate) unsafe fn not_white(start: *const c_char, limit: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe { run(start.cast(), limit, |byte| !is_white(byte), |byte| !is_white_without_branches(byte)) }
}

/// How many bytes at the start of a string are in the string `set`, or, if `member` is false, are not. The null byte ends both
/// the string and the run.
///
/// # Safety
/// The bytes up to the one that ends the run, or `limit` of them, are readable. NULL is the empty string.
#[inline(always)]
pub(crate) unsafe fn run_of(start: *const c_char, limit: usize, set: *const c_char, member: bool) -> usize {
    if start.is_null() {
        return 0;
    }
    let start: *const u8 = start.cast();
    // SAFETY: no byte of the set before is null.
    let in_set = |at| unsafe { set.add(at).read() } as u8;
    // A set of four or fewer, of which one is there again for each that is missing.
    let few = match () {
        () if in_set(0) == 0 => [0; 4],
        () if in_set(1) == 0 => [in_set(0); 4],
        () if in_set(2) == 0 => [in_set(0), in_set(1), in_set(1), in_set(1)],
        () if in_set(3) == 0 => [in_set(0), in_set(1), in_set(2), in_set(2)],
        () if in_set(4) == 0 => [in_set(0), in_set(1), in_set(2), in_set(3)],
        // SAFETY: the caller's promise.
        () => return unsafe { run_of_many(start, limit, set, member) },
    };
    if limit == 0 {
        return 0;
    }
    // Often there is nothing to skip, and a table takes longer to make than a look at the first byte.
    // SAFETY: the caller's promise.
    let first = unsafe { start.read() };
    if first == 0 || few.contains(&first) != member {
        return 0;
    }
    // SAFETY: the caller's promise; the first byte is wanted.
    unsafe { 1 + run_of_few(start.add(1), limit - 1, few, member) }
}

/// How many bytes are in the string `set`, or not.
///
/// # Safety
/// As in [`run`], and the set ends in a null byte.
#[inline(never)]
unsafe fn run_of_many(start: *const u8, limit: usize, mut set: *const c_char, member: bool) -> usize {
    let mut wanted = [!member; 256];
    // SAFETY: no byte of the set before is null.
    while let byte @ 1.. = unsafe { set.read() } as u8 {
        wanted[usize::from(byte)] = member;
        set = set.wrapping_add(1);
    }
    // A null byte ends the run.
    wanted[0] = false;
    // SAFETY: the caller's promise.
    unsafe { run(start, limit, |byte| wanted[usize::from(byte)], |_| false) }
}

/// The same for a set of four.
///
/// # Safety
/// As in [`run`].
#[inline(never)]
unsafe fn run_of_few(start: *const u8, limit: usize, set: [u8; 4], member: bool) -> usize {
    let mut wanted = [!member; 256];
    for byte in set {
        wanted[usize::from(byte)] = member;
    }
    // A null byte ends the run.
    wanted[0] = false;
    let rule = |byte: u8| {
        let [a, b, c, d] = set.map(|other| byte == other);
        ((a | b | c | d) == member) & (byte != 0)
    };
    // SAFETY: the caller's promise.
    unsafe { run(start, limit, |byte| wanted[usize::from(byte)], rule) }
}

/// How many bytes are wanted. `rule` says the same without a branch or a table, so that compilers make vectors of it, or never
/// yes.
///
/// # Safety
/// The bytes up to the first that is not wanted, or `limit` of them, are readable.
#[inline(always)]
unsafe fn run(
    start: *const u8,
    limit: usize,
    wanted: impl Fn(u8) -> bool,
    rule: impl Fn(u8) -> bool,
) -> usize {
    let few = limit.min(FEW);
    let mut at = 0;
    while few - at >= 4 {
        for next in 0..4 {
            // SAFETY: the caller's promise, which is about every byte that is read here: each only if those before are wanted.
            if !wanted(unsafe { start.add(at + next).read() }) {
                return at + next;
            }
        }
        at += 4;
    }
    while at < few {
        // SAFETY: as above.
        if !wanted(unsafe { start.add(at).read() }) {
            return at;
        }
        at += 1;
    }
    // SAFETY: as above; all of the few were wanted.
    if at < FEW { at } else { unsafe { long_run(start, limit, wanted, rule) } }
}

/// A run of fewer is looked at byte by byte.
const FEW: usize = 8;

/// The same for a run of [`FEW`] bytes or more, with whole blocks as far as each page goes.
///
/// # Safety
/// As in [`run`].
#[inline(never)]
unsafe fn long_run(
    start: *const u8,
    limit: usize,
    wanted: impl Fn(u8) -> bool,
    rule: impl Fn(u8) -> bool,
) -> usize {
    const BLOCK: usize = 32;
    const HALF: usize = BLOCK / 2;
    let mut at = FEW;
    let here = start.wrapping_add(at);
    if page(here, here, limit - at) >= HALF {
        // SAFETY: the bytes before are wanted, so this one is readable, and with it all that are on its page.
        let block = unsafe { here.cast::<[u8; HALF]>().read_unaligned() };
        if block.iter().fold(0, |against, byte| against | u8::from(!rule(*byte))) == 0 {
            at += HALF;
            if limit - at >= BLOCK {
                // Aligned blocks are faster than a look at some bytes once more is slow.
                at -= start.wrapping_add(at) as usize % HALF;
            }
        }
    }
    while at < limit {
        let here = start.wrapping_add(at);
        let mut room = page(here, here, limit - at);
        while room >= BLOCK {
            // SAFETY: the bytes before are wanted, so this one is readable, and with it all that are on its page.
            let block = unsafe { start.add(at).cast::<[u8; BLOCK]>().read_unaligned() };
            if block.iter().fold(0, |against, byte| against | u8::from(!rule(*byte))) != 0 {
                break;
            }
            at += BLOCK;
            room -= BLOCK;
        }
        // What ends the run, or the page, is in the next bytes.
        let end = limit.min(at + BLOCK);
        while at < end {
            // SAFETY: as above.
            if !wanted(unsafe { start.add(at).read() }) {
                return at;
            }
            at += 1;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use std::ffi::{CStr, CString};
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
                assert_eq!(run_of(letters.as_ptr().cast(), limit, c"hgfedcba".as_ptr(), true), limit);
                assert_eq!(run_of(letters.as_ptr().cast(), limit, c"xyz".as_ptr(), false), limit);
            }
        }
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { (white(null(), 5), run_of(null(), 5, c"".as_ptr(), false)) }, (0, 0));
    }

    #[test]
    fn runs_end_at_the_null_byte() {
        let run = |string: &[u8], set: &CStr, member| {
            let string = CString::new(string.split(|byte| *byte == 0).next().unwrap()).unwrap();
            // SAFETY: a string.
            unsafe { run_of(string.as_ptr(), usize::MAX, set.as_ptr(), member) }
        };
        assert_eq!(run(b"aabc", c"ab", true), 3);
        assert_eq!(run(b"aa\0aa", c"a", true), 2);
        assert_eq!(run(b"xyabc", c"ab", false), 2);
        assert_eq!(run(b"xy\0xy", c"ab", false), 2);
        assert_eq!(run(b"\xe4\xf6x", c"\xf6\xe4", true), 2);
        assert_eq!(run(b"abc", c"", true), 0);
        assert_eq!(run(b"abc", c"", false), 3);
    }

    #[test]
    fn rules_without_branches_say_the_same() {
        for byte in 0..=255 {
            assert_eq!(is_white_without_branches(byte), is_white(byte));
        }
    }

    proptest! {
        /// Long runs, with an end anywhere, and sets of any size.
        #[test]
        fn as_a_plain_loop(
            (before, after, end) in (0..150_usize, 0..150_usize, any::<u8>()),
            limit in 0..300_usize,
            set in prop::collection::vec(select(b" \t\nabcdef\xff".as_slice()), 0..7),
            blank in select(b" \t\n\x0b".as_slice()),
        ) {
            let text = [&vec![blank; before][..], &[end], &vec![b'a'; after], b"\0"].concat();
            let limit = limit.min(text.len());
            let plain = |wanted: &dyn Fn(u8) -> bool| text.iter().take(limit).take_while(|byte| wanted(**byte)).count();
            let start = text.as_ptr().cast();
            // SAFETY: as many bytes are readable.
            unsafe {
                prop_assert_eq!(white(start, limit), plain(&is_white));
                let string = CString::new(&*set).unwrap();
                for member in [true, false] {
                    let model = plain(&|byte| byte != 0 && set.contains(&byte) == member);
                    prop_assert_eq!(run_of(start, limit, string.as_ptr(), member), model);
                }
                let letters = start.add(before.min(limit));
                let model = text.iter().take(limit).skip(before).take_while(|byte| !is_white(**byte)).count();
                prop_assert_eq!(not_white(letters, limit.saturating_sub(before)), model);
            }
        }
    }
}
