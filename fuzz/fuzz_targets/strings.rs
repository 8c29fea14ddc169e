// SPDX-License-Identifier: MIT OR Apache-2.0
//! `byte.h`, `str.h`, `case.h`, `rangecheck.h`: against what Rust says of the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::{byte::*, case::*, rangecheck::*, str::*};
use owfat_fuzz::{start, string};
use std::cmp::Ordering;
use std::ffi::c_int;

fn order(answer: c_int) -> Ordering {
    answer.cmp(&0)
}

fuzz_target!(|input: (&[u8], &[u8], u8)| {
    let (a, b, needle) = input;
    let (a, b): (Box<[u8]>, Box<[u8]>) = (a.into(), b.into());
    let common = a.len().min(b.len());
    let found = |position: Option<usize>| position.unwrap_or(a.len());
    // SAFETY, here and below: as many bytes as their length says, or strings; room for what is written.
    unsafe {
        let (c, n) = (needle as _, a.len());
        assert_eq!(byte_chr(a.as_ptr().cast(), n, c), found(a.iter().position(|byte| *byte == needle)));
        assert_eq!(byte_rchr(a.as_ptr().cast(), n, c), found(a.iter().rposition(|byte| *byte == needle)));
        let (left, right) = (Box::<[u8]>::from(&a[..common]), Box::<[u8]>::from(&b[..common]));
        let (left_start, right_start) = (left.as_ptr().cast(), right.as_ptr().cast());
        assert_eq!(order(byte_diff(left_start, common, right_start)), left.cmp(&right));
        assert_eq!(byte_equal_notimingattack(left_start, common, right_start) != 0, left == right);
        let lower = |bytes: &[u8]| bytes.to_ascii_lowercase();
        assert_eq!(order(case_diffb(left_start, common, right_start)), lower(&left).cmp(&lower(&right)));
        for copy in [byte_copy, byte_copyr] {
            let mut room = vec![0xaa; n].into_boxed_slice();
            copy(room.as_mut_ptr().cast(), n, a.as_ptr().cast());
            assert_eq!(room, a);
            byte_zero(room.as_mut_ptr().cast(), n);
            assert!(room.iter().all(|byte| *byte == 0));
        }
        let mut room = a.clone();
        case_lowerb(room.as_mut_ptr().cast(), n);
        assert_eq!(*room, *lower(&a));
    }
    ranges(&a, usize::from(needle));
    strings(&string(&a), &string(&b), needle);
});

/// Strings, with their NULs.
fn strings(a: &[u8], b: &[u8], needle: u8) {
    let (text, other) = (&a[..a.len() - 1], &b[..b.len() - 1]);
    let limit = usize::from(needle);
    // SAFETY: strings; room for what is written.
    unsafe {
        let (a, b) = (start(a), start(b));
        assert_eq!(str_len(a), text.len());
        assert_eq!(order(str_diff(a, b)), text.cmp(other));
        let (short, short_other) = (&text[..limit.min(text.len())], &other[..limit.min(other.len())]);
        assert_eq!(order(str_diffn(a, b, limit)), short.cmp(short_other));
        let found = |position: Option<usize>| position.unwrap_or(text.len());
        assert_eq!(str_chr(a, needle as _), found(text.iter().position(|byte| *byte == needle)));
        assert_eq!(str_rchr(a, needle as _), found(text.iter().rposition(|byte| *byte == needle)));
        assert_eq!(str_start(a, b) != 0, text.starts_with(other));
        let (lower, lower_other) = (text.to_ascii_lowercase(), other.to_ascii_lowercase());
        assert_eq!(order(case_diffs(a, b)), lower.cmp(&lower_other));
        assert_eq!(case_starts(a, b) != 0, lower.starts_with(&lower_other));
        let mut room = vec![0xaa; text.len() + 1].into_boxed_slice();
        assert_eq!(str_copy(room.as_mut_ptr().cast(), a), text.len());
        assert!(room.starts_with(text) && room.ends_with(&[0]));
        case_lowers(room.as_mut_ptr().cast());
        assert_eq!(room[..text.len()], *lower);
    }
}

/// Strings that may or may not lie within a buffer.
fn ranges(buffer: &[u8], at: usize) {
    let begin = buffer.as_ptr();
    let from = begin.wrapping_add(at);
    let rest = buffer.get(at..).unwrap_or(&[]);
    let ended = |unit: usize| rest.chunks_exact(unit).any(|unit| unit.iter().all(|byte| *byte == 0));
    // SAFETY: as many bytes; where the string begins is only a number.
    unsafe {
        let (buffer, length, from) = (begin.cast(), buffer.len(), from.cast());
        assert_eq!(range_strinbuf(buffer, length, from) != 0, ended(1));
        assert_eq!(range_str2inbuf(buffer, length, from) != 0, ended(2));
        assert_eq!(range_str4inbuf(buffer, length, from) != 0, ended(4));
        assert_eq!(range_arrayinbuf(buffer, length, from, rest.len() / 3, 3) != 0, at <= length);
        assert_eq!(range_arrayinbuf(buffer, length, from, rest.len() + 1, 1), 0);
        assert_eq!(range_arrayinbuf(buffer, length, from, usize::MAX / 2, 3), 0);
    }
}
