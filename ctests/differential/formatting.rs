// SPDX-License-Identifier: MIT OR Apache-2.0
//! `fmt.h`: numbers, strings and dates.

use super::engine::{Engine, functions};
use super::inputs::{bytes, numbers, string};
use super::memory::Memory;
use proptest::prelude::*;
use std::ffi::{c_char, c_int};
use std::ptr;

functions! {
    Numbers {
        fn fmt_ulong(dest: *mut c_char, value: u64) -> usize;
        fn fmt_long(dest: *mut c_char, value: i64) -> usize;
        fn fmt_xlong(dest: *mut c_char, value: u64) -> usize;
        fn fmt_8long(dest: *mut c_char, value: u64) -> usize;
        fn fmt_ulonglong(dest: *mut c_char, value: u64) -> usize;
        fn fmt_longlong(dest: *mut c_char, value: i64) -> usize;
        fn fmt_xlonglong(dest: *mut c_char, value: u64) -> usize;
        fn fmt_8longlong(dest: *mut c_char, value: u64) -> usize;
        fn fmt_plusminus(dest: *mut c_char, value: c_int) -> usize;
        fn fmt_minus(dest: *mut c_char, value: c_int) -> usize;
        fn fmt_human(dest: *mut c_char, value: u64) -> usize;
        fn fmt_humank(dest: *mut c_char, value: u64) -> usize;
        fn fmt_httpdate(dest: *mut c_char, value: i64) -> usize;
        fn fmt_iso8601(dest: *mut c_char, value: i64) -> usize;
        fn fmt_ulong0(dest: *mut c_char, value: u64, width: usize) -> usize;
        fn fmt_double(dest: *mut c_char, value: f64, most: c_int, digits: c_int) -> usize;
        fn fmt_tohex(value: c_char) -> c_char;
    }
}

functions! {
    Strings {
        fn fmt_str(dest: *mut c_char, source: *const c_char) -> usize;
        fn fmt_strn(dest: *mut c_char, source: *const c_char, limit: usize) -> usize;
        fn fmt_pad(dest: *mut c_char, source: *const c_char, length: usize, width: usize, most: usize) -> usize;
        fn fmt_fill(dest: *mut c_char, length: usize, width: usize, most: usize) -> usize;
    }
}

/// Room for every text, or NULL.
pub(super) fn dest(memory: &mut Memory, null: bool) -> *mut c_char {
    if null { ptr::null_mut() } else { memory.room(100).cast() }
}

/// Compares formatters of one value, with and without a destination.
macro_rules! formatters {
    ($family:ident, $($function:ident($inputs:expr, $type:ty),)*) => {
        $($family.compare(stringify!($function), ($inputs, any::<bool>()), |c, memory, (value, null)| {
            let dest = dest(memory, *null);
            // SAFETY: NULL, or room for the text.
            unsafe { c.$function(dest, *value as $type) }
        });)*
    };
}
pub(super) use formatters;

/// Moments of the years from `first` to 9999: later ones become garbage with the C library.
fn moments(first: i64) -> impl Strategy<Value = i64> {
    let start = first * 31_556_952 - 62_167_219_200;
    let end = 253_402_300_799_i64;
    prop_oneof![
        3 => start..=end,
        1 => 0..4_000_000_000_i64,
        1 => (first + 1..=9999, -3..=3_i64).prop_map(|(year, offset)| {
            // Around the new year, as good as it gets without a calendar.
            (year * 31_556_952 - 62_167_219_200 + offset * 43_200).min(253_402_300_799)
        }),
    ]
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Numbers>("fmt");
    // From 1000000 on the C library's limits are exclusive.
    let limits = [1_000_000, 1_000_000_000, 1_000_000_000_000];
    let not_a_limit = numbers().prop_filter("a unit of its own", move |value| !limits.contains(value));
    formatters!(
        family,
        fmt_ulong(numbers(), u64),
        fmt_long(numbers(), i64),
        fmt_xlong(numbers(), u64),
        fmt_8long(numbers(), u64),
        fmt_ulonglong(numbers(), u64),
        fmt_longlong(numbers(), i64),
        fmt_xlonglong(numbers(), u64),
        fmt_8longlong(numbers(), u64),
        fmt_plusminus(numbers(), c_int),
        fmt_minus(numbers(), c_int),
        fmt_human(not_a_limit, u64),
        // The C library divides by 102 instead of 102.4.
        fmt_humank(0..1000_u64, u64),
        fmt_httpdate(moments(0), i64),
        // Years before 1000 lack their zeros with the C library.
        fmt_iso8601(moments(1001), i64),
    );
    // The C library does not write the digits.
    family.compare("fmt_ulong0", (numbers(), 0..40_usize), |c, _, (value, width)| {
        // SAFETY: NULL is a destination.
        unsafe { c.fmt_ulong0(ptr::null_mut(), *value, *width) }
    });
    // What both print alike: whole numbers for which there are more digits than they need, and 0.
    let whole = (-9999..=9999_i32, 5..16, any::<bool>());
    family.compare("fmt_double", whole, |c, memory, (value, digits, null)| {
        let dest = dest(memory, *null);
        // SAFETY: NULL, or room for the text.
        unsafe { c.fmt_double(dest, (*value).into(), 99, *digits) }
    });
    family.compare("fmt_tohex", any::<u8>(), |c, _, value| {
        // SAFETY: any value will do.
        unsafe { c.fmt_tohex(*value as c_char) }
    });

    let mut family = engine.family::<Strings>("fmt");
    family.compare("fmt_str", (string(70), any::<bool>()), |c, memory, (source, null)| {
        let (source, dest) = (memory.string(source), dest(memory, *null));
        // SAFETY: a string, and NULL or room for it.
        unsafe { c.fmt_str(dest, source) }
    });
    let limited = (string(70), 0..80_usize, any::<bool>());
    family.compare("fmt_strn", limited, |c, memory, (source, limit, null)| {
        let (source, dest) = (memory.string(source), dest(memory, *null));
        // SAFETY: a string, and NULL or room for it.
        unsafe { c.fmt_strn(dest, source, *limit) }
    });
    // What has to be cut becomes a byte too long with the C library.
    let not_cut = || {
        (bytes(40), 0..50_usize, 0..60_usize, any::<bool>())
            .prop_filter("a text that has to be cut", |(text, width, most, _)| {
                text.len().max(*width) <= *most
            })
    };
    family.compare("fmt_pad", not_cut(), |c, memory, (text, width, most, null)| {
        let (source, dest) = (memory.bytes(text).cast(), dest(memory, *null));
        // SAFETY: as many bytes, and NULL or room for the text.
        unsafe { c.fmt_pad(dest, source, text.len(), *width, *most) }
    });
    family.compare("fmt_fill", not_cut(), |c, memory, (text, width, most, null)| {
        let dest = dest(memory, *null);
        if !dest.is_null() {
            // SAFETY: there is room for more than that.
            unsafe { dest.cast::<u8>().copy_from(text.as_ptr(), text.len()) };
        }
        // SAFETY: NULL or room for the text.
        unsafe { c.fmt_fill(dest, text.len(), *width, *most) }
    });
}
