// SPDX-License-Identifier: MIT OR Apache-2.0
//! `byte.h`.

use super::engine::{Engine, functions};
use super::inputs::{bytes, two_of_a_length};
use proptest::prelude::*;
use std::ffi::{c_char, c_int, c_void};

functions! {
    Byte {
        fn byte_chr(haystack: *const c_void, len: usize, needle: c_char) -> usize;
        fn byte_rchr(haystack: *const c_void, len: usize, needle: c_char) -> usize;
        fn byte_copy(out: *mut c_void, len: usize, source: *const c_void);
        fn byte_copyr(out: *mut c_void, len: usize, source: *const c_void);
        fn byte_diff(a: *const c_void, len: usize, b: *const c_void) -> c_int;
        fn byte_zero(out: *mut c_void, len: usize);
        fn byte_equal_notimingattack(a: *const c_void, len: usize, b: *const c_void) -> c_int;
    }
}

/// A needle that is often in the haystack.
fn haystack_and_needle() -> impl Strategy<Value = (Vec<u8>, u8)> {
    (bytes(70), any::<u8>(), any::<u16>()).prop_map(|(haystack, any, at)| {
        let within = haystack.get(at as usize % (haystack.len() + 1)).copied();
        let needle = within.unwrap_or(any);
        (haystack, needle)
    })
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Byte>("byte");
    family.compare("byte_chr", haystack_and_needle(), |c, memory, (haystack, needle)| {
        let at = memory.bytes(haystack).cast();
        // SAFETY: as many bytes as there are.
        unsafe { c.byte_chr(at, haystack.len(), *needle as c_char) }
    });
    family.compare("byte_rchr", haystack_and_needle(), |c, memory, (haystack, needle)| {
        let at = memory.bytes(haystack).cast();
        // SAFETY: as many bytes as there are.
        unsafe { c.byte_rchr(at, haystack.len(), *needle as c_char) }
    });
    // Source and destination lie within the same 120 bytes, and overlap in every way.
    let overlapping = || ([any::<u8>(); 40], 0..80_usize, 0..80_usize, 0..=40_usize);
    family.compare("byte_copy", overlapping(), |c, memory, (bytes, out, source, len)| {
        let at = memory.bytes(&bytes.repeat(3));
        // SAFETY: both ranges lie within the 120 bytes.
        unsafe { c.byte_copy(at.add(*out).cast(), *len, at.add(*source).cast()) }
    });
    family.compare("byte_copyr", overlapping(), |c, memory, (bytes, out, source, len)| {
        let at = memory.bytes(&bytes.repeat(3));
        // SAFETY: both ranges lie within the 120 bytes.
        unsafe { c.byte_copyr(at.add(*out).cast(), *len, at.add(*source).cast()) }
    });
    family.compare("byte_diff", two_of_a_length(70), |c, memory, (a, b)| {
        let (a, b, len) = (memory.bytes(a).cast(), memory.bytes(b).cast(), a.len());
        // SAFETY: as many bytes as there are.
        unsafe { c.byte_diff(a, len, b) }
    });
    family.compare("byte_zero", bytes(70), |c, memory, bytes| {
        let at = memory.bytes(bytes).cast();
        // SAFETY: as many bytes as there are.
        unsafe { c.byte_zero(at, bytes.len()) }
    });
    family.compare("byte_equal_notimingattack", two_of_a_length(70), |c, memory, (a, b)| {
        let (a, b, len) = (memory.bytes(a).cast(), memory.bytes(b).cast(), a.len());
        // SAFETY: as many bytes as there are.
        unsafe { c.byte_equal_notimingattack(a, len, b) }
    });
}
