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
    let wanted = |byte: u8| wanted[usize::from(byte)];
    // SAFETY: the caller's promise; a null byte ends the run.
    unsafe {
        match *set {
            [a] => run_of_few(start.cast(), limit, wanted, [a; 4], member),
            [a, b] => run_of_few(start.cast(), limit, wanted, [a, b, b, b], member),
            [a, b, c] => run_of_few(start.cast(), limit, wanted, [a, b, c, c], member),
            [a, b, c, d] => run_of_few(start.cast(), limit, wanted, [a, b, c, d], member),
            _ => run(start.cast(), limit, wanted, |_| false),
        }
    }
}

/// How many bytes are in a set of four, or not.
///
/// # Safety
/// As in [`run`].
#[inline(never)]
unsafe fn run_of_few(
    start: *const u8,
    limit: usize,
    wanted: impl Fn(u8) -> bool,
    set: [u8; 4],
    member: bool,
) -> usize {
    let rule = |byte: u8| {
        let [a, b, c, d] = set.map(|other| byte == other);
        ((a | b | c | d) == member) & (byte != 0)
    };
    // SAFETY: the caller's promise.
    unsafe { run(start, limit, wanted, rule) }
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
                for member in [true, false] {
                    let model = plain(&|byte| byte != 0 && set.contains(&byte) == member);
                    prop_assert_eq!(run_of(start, limit, &set, member), model);
                }
                let letters = start.add(before.min(limit));
                let model = text.iter().take(limit).skip(before).take_while(|byte| !is_white(**byte)).count();
                prop_assert_eq!(not_white(letters, limit.saturating_sub(before)), model);
            }
        }
    }
}
