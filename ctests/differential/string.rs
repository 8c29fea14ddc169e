// SPDX-License-Identifier: MIT OR Apache-2.0
//! `str.h`.

use super::engine::{Engine, functions};
use super::inputs::{numbers, string, two_strings};
use proptest::prelude::*;
use std::ffi::{c_char, c_int};

functions! {
    Str {
        fn str_copy(out: *mut c_char, source: *const c_char) -> usize;
        fn str_diff(a: *const c_char, b: *const c_char) -> c_int;
        fn str_diffn(a: *const c_char, b: *const c_char, limit: usize) -> c_int;
        fn str_len(s: *const c_char) -> usize;
        fn str_chr(haystack: *const c_char, needle: c_char) -> usize;
        fn str_rchr(haystack: *const c_char, needle: c_char) -> usize;
        fn str_start(a: *const c_char, b: *const c_char) -> c_int;
    }
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Str>("str");
    family.compare("str_copy", string(70), |c, memory, source| {
        let (out, source) = (memory.room(source.len() + 1).cast(), memory.string(source));
        // SAFETY: a string, and room for it.
        unsafe { c.str_copy(out, source) }
    });
    family.compare("str_diff", two_strings(30), |c, memory, (a, b)| {
        let (a, b) = (memory.string(a), memory.string(b));
        // SAFETY: strings.
        unsafe { c.str_diff(a, b) }
    });
    // The C library adds the limit to an address, and answers 0 where that wraps around.
    let limits = numbers().prop_filter("limits beyond all memory", |limit| *limit < 1 << 62);
    family.compare("str_diffn", (two_strings(30), limits), |c, memory, ((a, b), limit)| {
        let (a, b) = (memory.string(a), memory.string(b));
        // SAFETY: strings.
        unsafe { c.str_diffn(a, b, *limit as usize) }
    });
    family.compare("str_len", string(70), |c, memory, s| {
        let s = memory.string(s);
        // SAFETY: a string.
        unsafe { c.str_len(s) }
    });
    // The last byte that can be chosen is the null byte.
    let needles = || (string(70), any::<u16>(), any::<u8>(), any::<bool>());
    let needle = |haystack: &[u8], at: u16, any: u8, within: bool| {
        let chosen = haystack.get(at as usize % (haystack.len() + 1)).copied().unwrap_or(0);
        (if within { chosen } else { any }) as c_char
    };
    family.compare("str_chr", needles(), move |c, memory, (haystack, at, any, within)| {
        let needle = needle(haystack, *at, *any, *within);
        // SAFETY: a string.
        unsafe { c.str_chr(memory.string(haystack), needle) }
    });
    family.compare("str_rchr", needles(), move |c, memory, (haystack, at, any, within)| {
        let needle = needle(haystack, *at, *any, *within);
        // SAFETY: a string.
        unsafe { c.str_rchr(memory.string(haystack), needle) }
    });
    family.compare("str_start", two_strings(30), |c, memory, (a, b)| {
        let (a, b) = (memory.string(a), memory.string(b));
        // SAFETY: strings.
        unsafe { c.str_start(a, b) }
    });
}
