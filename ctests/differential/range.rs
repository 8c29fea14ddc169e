// SPDX-License-Identifier: MIT OR Apache-2.0
//! `rangecheck.h`.

use super::engine::{Engine, functions};
use super::inputs::{bytes, numbers};
use proptest::prelude::*;
use std::ffi::{c_int, c_void};

functions! {
    Range {
        fn range_arrayinbuf(
            buf: *const c_void,
            len: usize,
            arraystart: *const c_void,
            elements: usize,
            membersize: usize,
        ) -> c_int;
        fn range_strinbuf(buf: *const c_void, len: usize, stringstart: *const c_void) -> c_int;
        fn range_str2inbuf(buf: *const c_void, len: usize, stringstart: *const c_void) -> c_int;
        fn range_str4inbuf(buf: *const c_void, len: usize, stringstart: *const c_void) -> c_int;
    }
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Range>("range");
    // Addresses near each other, and any. None is used.
    let addresses = (numbers(), prop_oneof![0..100_u64, numbers()], any::<bool>());
    let sizes = (prop_oneof![0..20_u64, numbers()], prop_oneof![0..20_u64, numbers()]);
    let places = (addresses, prop_oneof![0..100_u64, numbers()], sizes);
    family.compare("range_arrayinbuf", places, |c, _, ((buf, offset, near), len, (elements, membersize))| {
        let start = if *near { buf.wrapping_add(*offset) } else { *offset };
        let (buf, start) = (*buf as *const c_void, start as *const c_void);
        // SAFETY: nothing is read.
        unsafe { c.range_arrayinbuf(buf, *len as usize, start, *elements as usize, *membersize as usize) }
    });
    // The C library goes on behind the buffer, for as many units as the buffer has bytes. What it finds there
    // is room without zeros; a zero there would make it say 1.
    let strings = || {
        let buffer = prop_oneof![bytes(40), bytes(40).prop_map(|bytes| bytes.repeat(2))];
        (buffer, 0..100_usize, any::<bool>())
    };
    let search = |call: unsafe fn(&Range, *const c_void, usize, *const c_void) -> c_int| {
        move |c: Range, memory: &mut super::memory::Memory, (buffer, start, null): &(Vec<u8>, usize, bool)| {
            let behind = vec![0xee; buffer.len() * 8 + 100];
            let at = memory.bytes(&[&buffer[..], &behind].concat());
            let buf = if *null && *start == 0 { std::ptr::null() } else { at.cast_const().cast() };
            // SAFETY: a buffer, and enough room behind it for the C library.
            unsafe { call(&c, buf, buffer.len(), at.wrapping_add(*start).cast()) }
        }
    };
    family.compare("range_strinbuf", strings(), search(Range::range_strinbuf));
    family.compare("range_str2inbuf", strings(), search(Range::range_str2inbuf));
    family.compare("range_str4inbuf", strings(), search(Range::range_str4inbuf));
}
