// SPDX-License-Identifier: MIT OR Apache-2.0
//! `array.h`.

use super::engine::{Engine, functions};
use super::inputs::{bytes, string};
use super::memory::Memory;
use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

/// `array` of array.h.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Array {
    pub(super) p: *mut u8,
    pub(super) allocated: i64,
    pub(super) initialized: u64,
    pub(super) headroom: usize,
}

functions! {
    Arrays {
        fn array_allocate(x: *mut Array, membersize: u64, pos: i64) -> *mut c_void;
        fn array_get(x: *const Array, membersize: u64, pos: i64) -> *mut c_void;
        fn array_start(x: *const Array) -> *mut c_void;
        fn array_length(x: *const Array, membersize: u64) -> i64;
        fn array_bytes(x: *const Array) -> i64;
        fn array_truncate(x: *mut Array, membersize: u64, len: i64);
        fn array_trunc(x: *mut Array);
        fn array_reset(x: *mut Array);
        fn array_fail(x: *mut Array);
        fn array_equal(x: *const Array, y: *const Array) -> c_int;
        fn array_cat(to: *mut Array, from: *const Array);
        fn array_catb(to: *mut Array, from: *const c_char, len: u64);
        fn array_cats(to: *mut Array, from: *const c_char);
        fn array_cats0(to: *mut Array, from: *const c_char);
        fn array_cat0(to: *mut Array);
        fn array_cate(to: *mut Array, from: *const Array, pos: i64, stop: i64);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Allocate(u64, i64),
    Get(u64, i64),
    Length(u64),
    Truncate(u64, i64),
    Trunc,
    Reset,
    Fail,
    Cat,
    Catb(Vec<u8>),
    CatbOfLength(u64),
    Cats(Vec<u8>),
    Cats0(Vec<u8>),
    Cat0,
    Cate(i64, i64),
    /// What the next steps work on and what they append from change places.
    Swap,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let size = || prop_oneof![4 => 0..17_u64, 1 => (0..64_u32).prop_map(|power| 1 << power)];
    // Nothing between: the memory could be had, and the C library would fill all of it with zeros.
    let position = || prop_oneof![8 => 0..300_i64, 1 => -3..0_i64, 1 => i64::MAX - 3..=i64::MAX];
    let places = prop_oneof![
        4 => (size(), position()).prop_map(|(size, position)| Step::Allocate(size, position)),
        4 => (size(), position()).prop_map(|(size, position)| Step::Get(size, position)),
        4 => (size(), position()).prop_map(|(size, length)| Step::Truncate(size, length)),
        1 => size().prop_map(Step::Length),
        1 => Just(Step::Trunc),
        1 => Just(Step::Reset),
        1 => Just(Step::Fail),
    ];
    let appends = prop_oneof![
        4 => bytes(200).prop_map(Step::Catb),
        1 => (0..100_u64).prop_map(|less| Step::CatbOfLength(u64::MAX - less)),
        2 => string(70).prop_map(Step::Cats),
        2 => string(70).prop_map(Step::Cats0),
        2 => Just(Step::Cat0),
        2 => Just(Step::Cat),
        4 => (-2..300_i64, -2..300_i64).prop_map(|(start, stop)| Step::Cate(start, stop)),
    ];
    let step = prop_oneof![8 => places, 8 => appends, 1 => Just(Step::Swap)];
    vec(step, 0..30)
}

/// Allocations that are refused at once or small enough to be made millions of times.
fn is_modest(size: u64, position: i64) -> bool {
    position < 0 || !(1 << 16..1 << 52).contains(&(u128::from(size) * (position as u128 + 1)))
}

/// What a program can see of an array, whatever the library has allocated beyond.
fn seen(c: Arrays, x: &Array) -> (i64, Vec<u8>, bool) {
    // SAFETY: a valid array.
    let (start, bytes) = unsafe { (c.array_start(x), c.array_bytes(x)) };
    assert!(start == x.p.cast() && x.headroom == 0);
    let contents = match bytes {
        // SAFETY: as many bytes are in use.
        1.. => unsafe { std::slice::from_raw_parts(x.p, bytes as usize) }.to_vec(),
        _ => Vec::new(),
    };
    (bytes, contents, x.allocated < 0)
}

/// One step; what it gives back.
///
/// # Safety
/// Valid arrays.
unsafe fn take(c: Arrays, memory: &mut Memory, step: &Step, x: &mut Array, from: &Array) -> i64 {
    // The address of an element as its position.
    let place = |x: &Array, element: *mut c_void| match element as usize {
        0 => -1,
        address => (address - x.p as usize) as i64,
    };
    let before = x.initialized;
    // SAFETY: valid arrays and strings.
    unsafe {
        match step {
            // The C library finds room for the first 2^63 elements of no size.
            Step::Allocate(0, i64::MAX) => {}
            Step::Allocate(size, position) if is_modest(*size, *position) => {
                let element = c.array_allocate(x, *size, *position);
                return place(x, element);
            }
            // The C library is content with an element of which only the first byte is in use.
            Step::Get(size, position) if x.initialized.checked_rem(*size) == Some(0) => {
                let element = c.array_get(x, *size, *position);
                return place(x, element);
            }
            // The C library divides by zero.
            Step::Length(size) if *size > 0 => return c.array_length(x, *size),
            Step::Truncate(size, length) => c.array_truncate(x, *size, *length),
            Step::Trunc => c.array_trunc(x),
            Step::Reset => c.array_reset(x),
            Step::Fail => c.array_fail(x),
            Step::Cat => c.array_cat(x, from),
            Step::Catb(bytes) => c.array_catb(x, bytes.as_ptr().cast(), bytes.len() as u64),
            // Never read, because no array is that long.
            Step::CatbOfLength(len) if x.initialized > 100 => c.array_catb(x, c"".as_ptr(), *len),
            Step::Cats(string) => c.array_cats(x, memory.string(string)),
            Step::Cats0(string) => c.array_cats0(x, memory.string(string)),
            Step::Cat0 => c.array_cat0(x),
            // The C library reads behind the end of the source.
            Step::Cate(pos, stop) if *stop <= from.initialized as i64 => c.array_cate(x, from, *pos, *stop),
            _ => {}
        }
        // Bytes that come into use again are zero by the documentation, and in the C library what they were.
        if x.initialized < before && !x.p.is_null() {
            x.p.add(x.initialized as usize).write_bytes(0, (before - x.initialized) as usize);
        }
    }
    0
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Arrays>("array");
    family.compare_costly(4, "sequences", steps(), |c, memory, steps| {
        memory.errno_may_differ("the C library leaves it alone where its documentation says that it is set");
        let empty = Array { p: null_mut(), allocated: 0, initialized: 0, headroom: 0 };
        let (mut x, mut y) = (empty, empty);
        let mut all_seen = Vec::new();
        for step in steps {
            if let Step::Swap = step {
                std::mem::swap(&mut x, &mut y);
            }
            // SAFETY: valid arrays.
            let result = unsafe { take(c, memory, step, &mut x, &y) };
            // To the C library a failed array equals an empty one; by the documentation it equals none.
            // SAFETY: valid arrays.
            let equal = x.allocated < 0 || y.allocated < 0 || unsafe { c.array_equal(&x, &y) } != 0;
            all_seen.push((result, equal, seen(c, &x)));
        }
        // SAFETY: valid arrays.
        unsafe {
            c.array_reset(&mut x);
            c.array_reset(&mut y);
        }
        (all_seen, seen(c, &x), seen(c, &y))
    });
}
