// SPDX-License-Identifier: MIT OR Apache-2.0
//! `case.h`.

use super::engine::{Engine, functions};
use super::inputs::{bytes, string, two_of_a_length, two_strings};
use proptest::prelude::*;
use std::ffi::{c_char, c_int, c_void};

functions! {
    Case {
        fn case_lowers(s: *mut c_char);
        fn case_lowerb(buf: *mut c_void, len: usize);
        fn case_diffs(a: *const c_char, b: *const c_char) -> c_int;
        fn case_diffb(a: *const c_void, len: usize, b: *const c_void) -> c_int;
        fn case_starts(a: *const c_char, b: *const c_char) -> c_int;
    }
}

/// Turns over the case of some letters, so that strings that differ in nothing else are common.
fn swap_some(text: &mut [u8], which: u64) {
    for (at, byte) in text.iter_mut().enumerate() {
        if byte.is_ascii_alphabetic() && which >> (at % 64) & 1 == 1 {
            *byte ^= 0x20;
        }
    }
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Case>("case");
    family.compare("case_lowers", string(70), |c, memory, s| {
        let s = memory.string(s);
        // SAFETY: a string.
        unsafe { c.case_lowers(s) }
    });
    family.compare("case_lowerb", bytes(70), |c, memory, bytes| {
        let at = memory.bytes(bytes).cast();
        // SAFETY: as many bytes as there are.
        unsafe { c.case_lowerb(at, bytes.len()) }
    });
    let strings = || {
        (two_strings(30), any::<u64>()).prop_map(|((a, mut b), which)| {
            swap_some(&mut b, which);
            (a, b)
        })
    };
    family.compare("case_diffs", strings(), |c, memory, (a, b)| {
        let (a, b) = (memory.string(a), memory.string(b));
        // SAFETY: strings.
        unsafe { c.case_diffs(a, b) }
    });
    family.compare("case_starts", strings(), |c, memory, (a, b)| {
        let (a, b) = (memory.string(a), memory.string(b));
        // SAFETY: strings.
        unsafe { c.case_starts(a, b) }
    });
    let of_a_length = (two_of_a_length(70), any::<u64>()).prop_map(|((a, mut b), which)| {
        swap_some(&mut b, which);
        (a, b)
    });
    family.compare("case_diffb", of_a_length, |c, memory, (a, b)| {
        let (a, b, len) = (memory.bytes(a).cast(), memory.bytes(b).cast(), a.len());
        // SAFETY: as many bytes as there are.
        unsafe { c.case_diffb(a, len, b) }
    });
}
