// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: encoders and decoders into growing strings and arrays.

use super::array::Array;
use super::engine::{Engine, functions};
use super::inputs::bytes;
use super::stralloc::Stralloc;
use proptest::prelude::*;
use std::ffi::{CStr, c_char, c_int};
use std::ptr::null_mut;

type Encoder = unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize;
type Decoder = unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize;

functions! {
    Growing {
        fn fmt_to_sa(encoder: Encoder, sa: *mut Stralloc, source: *const c_char, length: usize) -> c_int;
        fn scan_to_sa(decoder: Decoder, source: *const c_char, sa: *mut Stralloc) -> usize;
        fn fmt_to_array(encoder: Encoder, x: *mut Array, source: *const c_char, length: usize);
        fn fmt_tofrom_array(encoder: Encoder, x: *mut Array, source: *mut Array);
        fn stralloc_copyb(sa: *mut Stralloc, source: *const c_char, length: usize) -> c_int;
        fn stralloc_free(sa: *mut Stralloc);
        fn array_catb(x: *mut Array, source: *const c_char, length: u64);
        fn array_reset(x: *mut Array);
    }
}

/// Writes every byte twice.
unsafe extern "C" fn double(dest: *mut c_char, source: *const c_char, length: usize) -> usize {
    if !dest.is_null() {
        for at in 0..2 * length {
            // SAFETY: as many bytes, and room for the text.
            unsafe { dest.add(at).write(*source.add(at / 2)) };
        }
    }
    2 * length
}

/// Reads every other byte up to `!`.
unsafe extern "C" fn halve(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize {
    // SAFETY: a string.
    let text = unsafe { CStr::from_ptr(source) }.to_bytes();
    let text = text.split(|byte| *byte == b'!').next().unwrap_or_default();
    let made: Vec<u8> = text.iter().step_by(2).copied().collect();
    // SAFETY: room for as many bytes, and a place for their number.
    unsafe {
        dest.cast::<u8>().copy_from(made.as_ptr(), made.len());
        *length = made.len();
    }
    text.len()
}

impl Growing {
    fn string(&self, contents: &[u8]) -> Stralloc {
        let mut sa = Stralloc { s: null_mut(), len: 0, a: 0 };
        // SAFETY: an empty stralloc, and a live slice.
        unsafe { self.stralloc_copyb(&mut sa, contents.as_ptr().cast(), contents.len()) };
        sa
    }

    fn array(&self, contents: &[u8]) -> Array {
        let mut x = Array { p: null_mut(), allocated: 0, initialized: 0, headroom: 0 };
        // SAFETY: an empty array, and a live slice.
        unsafe { self.array_catb(&mut x, contents.as_ptr().cast(), contents.len() as u64) };
        x
    }

    /// The contents, and how much memory there is; frees that.
    fn take_string(&self, mut sa: Stralloc) -> (Vec<u8>, usize) {
        // SAFETY: as many bytes are in use.
        let contents = unsafe { std::slice::from_raw_parts(sa.s, sa.len) }.to_vec();
        let room = sa.a;
        // SAFETY: a valid stralloc.
        unsafe { self.stralloc_free(&mut sa) };
        (contents, room)
    }

    fn take_array(&self, mut x: Array) -> (Vec<u8>, i64) {
        // SAFETY: as many bytes are in use.
        let contents = unsafe { std::slice::from_raw_parts(x.p, x.initialized as usize) }.to_vec();
        let room = x.allocated;
        // SAFETY: a valid array.
        unsafe { self.array_reset(&mut x) };
        (contents, room)
    }
}

/// Not empty: the C library's arrays fail otherwise, and its answer looks like a failure.
fn some() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), bytes(200)).prop_map(|(first, more)| [vec![first], more].concat())
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Growing>("growing");
    family.compare("fmt_to_sa", (some(), some()), |c, memory, (before, source)| {
        let mut sa = c.string(before);
        // SAFETY: a valid stralloc, and as many bytes.
        let done = unsafe { c.fmt_to_sa(double, &mut sa, memory.bytes(source).cast(), source.len()) };
        // The C library says how many bytes that made.
        (done > 0, c.take_string(sa))
    });
    family.compare("scan_to_sa", (some(), "[A-Za-z0-9+/]{0,200}[=!]{0,2}"), |c, memory, (before, text)| {
        let mut sa = c.string(before);
        // SAFETY: a valid stralloc, and a string.
        let used = unsafe { c.scan_to_sa(halve, memory.string(text.as_bytes()), &mut sa) };
        (used, c.take_string(sa))
    });
    family.compare("fmt_to_array", (some(), some()), |c, memory, (before, source)| {
        let mut x = c.array(before);
        // SAFETY: a valid array, and as many bytes.
        unsafe { c.fmt_to_array(double, &mut x, memory.bytes(source).cast(), source.len()) };
        c.take_array(x)
    });
    family.compare("fmt_tofrom_array", (some(), some()), |c, _, (before, source)| {
        let (mut x, mut from) = (c.array(before), c.array(source));
        // SAFETY: valid arrays.
        unsafe { c.fmt_tofrom_array(double, &mut x, &mut from) };
        (c.take_array(x), c.take_array(from))
    });
}
