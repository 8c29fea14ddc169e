// SPDX-License-Identifier: MIT OR Apache-2.0
//! `stralloc.h`.

use super::engine::{Engine, functions};
use super::inputs::{bytes, string};
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;
use std::slice;

/// `stralloc` of stralloc.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Stralloc {
    pub(super) s: *mut u8,
    pub(super) len: usize,
    pub(super) a: usize,
}

functions! {
    Strallocs {
        fn stralloc_init(sa: *mut Stralloc);
        fn stralloc_free(sa: *mut Stralloc);
        fn stralloc_ready(sa: *mut Stralloc, len: usize) -> c_int;
        fn stralloc_readyplus(sa: *mut Stralloc, len: usize) -> c_int;
        fn stralloc_copyb(sa: *mut Stralloc, source: *const c_char, len: usize) -> c_int;
        fn stralloc_copys(sa: *mut Stralloc, source: *const c_char) -> c_int;
        fn stralloc_copy(sa: *mut Stralloc, source: *const Stralloc) -> c_int;
        fn stralloc_catb(sa: *mut Stralloc, source: *const c_char, len: usize) -> c_int;
        fn stralloc_cats(sa: *mut Stralloc, source: *const c_char) -> c_int;
        fn stralloc_cat(sa: *mut Stralloc, source: *const Stralloc) -> c_int;
        fn stralloc_append(sa: *mut Stralloc, source: *const c_char) -> c_int;
        fn stralloc_zero(sa: *mut Stralloc);
        fn stralloc_starts(sa: *const Stralloc, start: *const c_char) -> c_int;
        fn stralloc_diff(a: *const Stralloc, b: *const Stralloc) -> c_int;
        fn stralloc_diffs(a: *const Stralloc, b: *const c_char) -> c_int;
        fn stralloc_chop(sa: *mut Stralloc) -> c_int;
        fn stralloc_chomp(sa: *mut Stralloc) -> c_int;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Ready(usize),
    ReadyPlus(usize),
    CopyB(Vec<u8>),
    CopyS(Vec<u8>),
    Copy,
    CatB(Vec<u8>),
    CatS(Vec<u8>),
    Cat,
    Append(u8),
    Zero,
    Free,
    Starts(Vec<u8>),
    Diff,
    DiffS(Vec<u8>),
    Chop,
    Chomp,
    /// What the next steps work on and what they compare it with change places.
    Swap,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Nothing between: the memory could be had.
    let size = || prop_oneof![8 => 0..300_usize, 1 => usize::MAX - 300..=usize::MAX];
    let changes = prop_oneof![
        size().prop_map(Step::Ready),
        size().prop_map(Step::ReadyPlus),
        bytes(70).prop_map(Step::CopyB),
        string(70).prop_map(Step::CopyS),
        Just(Step::Copy),
        Just(Step::Zero),
        Just(Step::Free),
    ];
    let appends = prop_oneof![
        bytes(70).prop_map(Step::CatB),
        string(70).prop_map(Step::CatS),
        "[a\r\n]{0,3}".prop_map(|line| Step::CatS(line.into_bytes())),
        Just(Step::Cat),
        any::<u8>().prop_map(Step::Append),
    ];
    let looks = prop_oneof![
        string(2).prop_map(Step::Starts),
        Just(Step::Diff),
        string(3).prop_map(Step::DiffS),
        Just(Step::Chop),
        Just(Step::Chomp),
    ];
    vec(prop_oneof![4 => changes, 6 => appends, 5 => looks, 1 => Just(Step::Swap)], 0..30)
}

/// What a C program sees of a stralloc.
fn seen(sa: &Stralloc) -> (bool, usize, Vec<u8>) {
    // SAFETY: both libraries keep `len` bytes at `s`.
    let bytes = if sa.s.is_null() { &[] } else { unsafe { slice::from_raw_parts(sa.s, sa.len) } };
    (sa.s.is_null(), sa.a, bytes.to_vec())
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Strallocs>("stralloc");
    family.compare("stralloc", steps(), |c, memory, steps| {
        memory.errno_may_differ("the C library leaves it alone when a length overflows");
        let mut pair = [Stralloc { s: null_mut(), len: 0, a: 0 }; 2];
        // SAFETY: places for two strallocs.
        unsafe {
            c.stralloc_init(&mut pair[0]);
            c.stralloc_init(&mut pair[1]);
        }
        let mut log = Vec::new();
        for step in steps {
            let [sa, other] = &mut pair;
            // SAFETY: valid strallocs, strings, and as many bytes as promised.
            let result = unsafe {
                match step {
                    Step::Ready(len) => c.stralloc_ready(sa, *len),
                    Step::ReadyPlus(len) => c.stralloc_readyplus(sa, *len),
                    Step::CopyB(bytes) => c.stralloc_copyb(sa, memory.bytes(bytes).cast(), bytes.len()),
                    Step::CopyS(string) => c.stralloc_copys(sa, memory.string(string)),
                    Step::Copy => c.stralloc_copy(sa, other),
                    Step::CatB(bytes) => c.stralloc_catb(sa, memory.bytes(bytes).cast(), bytes.len()),
                    Step::CatS(string) => c.stralloc_cats(sa, memory.string(string)),
                    Step::Cat => c.stralloc_cat(sa, other),
                    Step::Append(byte) => c.stralloc_append(sa, memory.bytes(&[*byte]).cast()),
                    Step::Zero => {
                        c.stralloc_zero(sa);
                        0
                    }
                    Step::Free => {
                        c.stralloc_free(sa);
                        0
                    }
                    Step::Starts(start) => c.stralloc_starts(sa, memory.string(start)),
                    Step::Diff => c.stralloc_diff(sa, other),
                    Step::DiffS(string) => c.stralloc_diffs(sa, memory.string(string)),
                    Step::Chop => c.stralloc_chop(sa),
                    // The C library leaves half of a line end that is all there is.
                    Step::Chomp if seen(sa).2 == b"\r\n" => 0,
                    Step::Chomp => c.stralloc_chomp(sa),
                    Step::Swap => {
                        pair.swap(0, 1);
                        0
                    }
                }
            };
            log.push((result, seen(&pair[0])));
        }
        for mut sa in pair {
            // SAFETY: a valid stralloc.
            unsafe { c.stralloc_free(&mut sa) };
        }
        log
    });
}
