// SPDX-License-Identifier: MIT OR Apache-2.0
//! `scan.h`: numbers, runs of characters and dates.

use super::engine::{Engine, functions};
use super::inputs::{numbers, string};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::ffi::{c_char, c_int, c_uchar};

functions! {
    Scan {
        fn scan_ulong(source: *const c_char, value: *mut u64) -> usize;
        fn scan_xlong(source: *const c_char, value: *mut u64) -> usize;
        fn scan_8long(source: *const c_char, value: *mut u64) -> usize;
        fn scan_long(source: *const c_char, value: *mut i64) -> usize;
        fn scan_ulonglong(source: *const c_char, value: *mut u64) -> usize;
        fn scan_xlonglong(source: *const c_char, value: *mut u64) -> usize;
        fn scan_8longlong(source: *const c_char, value: *mut u64) -> usize;
        fn scan_longlong(source: *const c_char, value: *mut i64) -> usize;
        fn scan_uint(source: *const c_char, value: *mut u32) -> usize;
        fn scan_xint(source: *const c_char, value: *mut u32) -> usize;
        fn scan_8int(source: *const c_char, value: *mut u32) -> usize;
        fn scan_int(source: *const c_char, value: *mut i32) -> usize;
        fn scan_ushort(source: *const c_char, value: *mut u16) -> usize;
        fn scan_xshort(source: *const c_char, value: *mut u16) -> usize;
        fn scan_8short(source: *const c_char, value: *mut u16) -> usize;
        fn scan_short(source: *const c_char, value: *mut i16) -> usize;
        fn scan_ulongn(source: *const c_char, limit: usize, value: *mut u64) -> usize;
        fn scan_xlongn(source: *const c_char, limit: usize, value: *mut u64) -> usize;
        fn scan_8longn(source: *const c_char, limit: usize, value: *mut u64) -> usize;
        fn scan_longn(source: *const c_char, limit: usize, value: *mut i64) -> usize;
        fn scan_plusminus(source: *const c_char, value: *mut c_int) -> usize;
        fn scan_double(source: *const c_char, value: *mut f64) -> usize;
        fn scan_fromhex(digit: c_uchar) -> c_int;
        fn scan_whitenskip(source: *const c_char, limit: usize) -> usize;
        fn scan_nonwhitenskip(source: *const c_char, limit: usize) -> usize;
        fn scan_charsetnskip(source: *const c_char, set: *const c_char, limit: usize) -> usize;
        fn scan_noncharsetnskip(source: *const c_char, set: *const c_char, limit: usize) -> usize;
        fn scan_httpdate(source: *const c_char, seconds: *mut i64) -> usize;
        fn scan_iso8601(source: *const c_char, moment: *mut [i64; 2]) -> usize;
    }
}

/// Up to `most` of these bytes. (Patterns of regular expressions would take longer than all the rest.)
fn some_of(bytes: &'static [u8], most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(select(bytes), 0..=most)
}

/// Texts that begin with numbers of all sizes, often near the limits of the types.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let number = (numbers(), 0..5).prop_map(|(number, form)| match form {
        0 => format!("{number}"),
        1 => format!("{number:x}"),
        2 => format!("{number:X}"),
        3 => format!("{number:o}"),
        _ => format!("{}", number as i64),
    });
    let near = (some_of(b"-+", 2), some_of(b"0", 3), number, some_of(b"0123456789abcdefgx ,", 3))
        .prop_map(|(sign, zeros, number, tail)| [sign, zeros, number.into_bytes(), tail].concat());
    prop_oneof![4 => near, 1 => some_of(b"-+0123456789abcdefABCDEFx ", 24)]
}

/// Compares scanners of one number.
macro_rules! scanners {
    ($family:ident, $($function:ident: $type:ty,)*) => {
        $($family.compare(stringify!($function), texts(), |c, memory, text| {
            let (text, value) = (memory.string(text), memory.value::<$type>(77));
            // SAFETY: a string, and a place for the value.
            unsafe { c.$function(text, value) }
        });)*
    };
}

/// The same for those with a limit.
macro_rules! limited_scanners {
    ($family:ident, $($function:ident($inputs:expr, $type:ty),)*) => {
        $($family.compare(stringify!($function), ($inputs, 0..30_usize), |c, memory, (text, limit)| {
            let (text, value) = (memory.string(text), memory.value::<$type>(77));
            // SAFETY: a string, and a place for the value.
            unsafe { c.$function(text, *limit, value) }
        });)*
    };
}

/// Dates that both libraries read alike: no dashes, no differences to UTC, everything in its range, names of days
/// of three letters, years of four digits in one of the forms.
fn http_dates() -> impl Strategy<Value = String> {
    let months = vec!["Jan", "feb", "MAR", "Apr", "May", "jUn", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let fields = (1..=28, select(months), 0..24, 0..60, 0..=60);
    let year = prop_oneof![1601..9999_i32, 100..1002_i32];
    let rest = select(vec![" GMT", " ", "", " gmt", " GMTx", "\tGMT", "GMT", " x"]);
    (fields, year, 1..4_usize, any::<bool>(), rest).prop_map(
        |((day, month, hour, minute, second), year, blanks, asctime, rest)| {
            if asctime {
                let year = year.max(1002);
                format!("Sun {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}{rest}")
            } else {
                let blanks = " ".repeat(blanks);
                format!("Sun, {day:02}{blanks}{month} {year} {hour:02}:{minute:02}:{second:02}{rest}")
            }
        },
    )
}

/// The same: there is a fraction of at most nine digits, and no difference to UTC.
fn iso_dates() -> impl Strategy<Value = String> {
    let date =
        (1000..30_000, 1..=12, 1..=28).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"));
    let time = (0..24, 0..60, 0..=60)
        .prop_map(|(hour, minute, second)| format!("{hour:02}:{minute:02}:{second:02}"));
    let rest = select(vec!["Z", "Zx", "", "z", "+", "x"]);
    (date, select(vec!["T", "T", "T", "t", " "]), time, "\\.[0-9]{0,9}", rest)
        .prop_map(|(date, letter, time, fraction, rest)| format!("{date}{letter}{time}{fraction}{rest}"))
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Scan>("scan");
    scanners!(
        family,
        scan_ulong: u64,
        scan_xlong: u64,
        scan_8long: u64,
        scan_long: i64,
        scan_ulonglong: u64,
        scan_xlonglong: u64,
        scan_8longlong: u64,
        scan_longlong: i64,
        scan_uint: u32,
        scan_xint: u32,
        scan_8int: u32,
        scan_int: i32,
        scan_ushort: u16,
        scan_xshort: u16,
        scan_8short: u16,
        scan_short: i16,
        scan_plusminus: i32,
    );
    // Without a sign the C library looks at one byte less than it may.
    let with_sign = (texts(), select(b"-+".as_slice())).prop_map(|(text, sign)| [vec![sign], text].concat());
    limited_scanners!(
        family,
        scan_ulongn(texts(), u64),
        scan_xlongn(texts(), u64),
        scan_8longn(texts(), u64),
        scan_longn(with_sign, i64),
    );
    // The value alone is compared where it is exact with the C library too: few digits, no exponent.
    let exact = "[-+]?[0-9]{1,9}(\\.0{0,3})?[ x]?";
    family.compare_costly(4, "scan_double", exact, |c, memory, text| {
        let (text, value) = (memory.string(text.as_bytes()), memory.value(77_f64));
        // SAFETY: a string, and a place for the value.
        unsafe { c.scan_double(text, value) }
    });
    let inexact = "[-+]?([0-9]{1,30}\\.?[0-9]{0,30}|\\.[0-9]{1,9})([eE][0-9]{1,3})?[ x]?";
    family.compare_costly(4, "scan_double_length", inexact, |c, memory, text| {
        let text = memory.string(text.as_bytes());
        // SAFETY: a string, and a place for the value.
        unsafe { c.scan_double(text, &mut 0.0) }
    });
    family.compare("scan_fromhex", any::<u8>(), |c, _, digit| {
        // SAFETY: any value will do.
        unsafe { c.scan_fromhex(*digit) }
    });
    // What isspace makes of bytes that are not ASCII depends on the locale; here it is that of C.
    let blanks = || (some_of(b" \t\n\x0b\x0c\r", 5), string(5), 0..12_usize);
    family.compare("scan_whitenskip", blanks(), |c, memory, (white, other, limit)| {
        let text = memory.string(&[&white[..], other].concat());
        // SAFETY: a string.
        unsafe { c.scan_whitenskip(text, *limit) }
    });
    family.compare("scan_nonwhitenskip", blanks(), |c, memory, (white, other, limit)| {
        let text = [&other[..], white].concat();
        let limit = text.len().min(*limit);
        // SAFETY: as many bytes.
        unsafe { c.scan_nonwhitenskip(memory.string(&text), limit) }
    });
    let sets = || (string(20), string(6), 0..25_usize);
    // Behind the null byte the C library goes on.
    family.compare("scan_charsetnskip", sets(), |c, memory, (text, set, limit)| {
        let limit = text.len().min(*limit);
        let (text, set) = (memory.string(text), memory.string(set));
        // SAFETY: strings.
        unsafe { c.scan_charsetnskip(text, set, limit) }
    });
    family.compare("scan_noncharsetnskip", sets(), |c, memory, (text, set, limit)| {
        let (text, set) = (memory.string(text), memory.string(set));
        // SAFETY: strings.
        unsafe { c.scan_noncharsetnskip(text, set, *limit) }
    });
    family.compare("scan_httpdate", http_dates(), |c, memory, text| {
        let (text, seconds) = (memory.string(text.as_bytes()), memory.value(77_i64));
        // SAFETY: a string, and a place for the moment.
        unsafe { c.scan_httpdate(text, seconds) }
    });
    family.compare_costly(4, "scan_iso8601", iso_dates(), |c, memory, text| {
        let (text, mut moment) = (memory.string(text.as_bytes()), [77; 2]);
        // SAFETY: a string, and a place for the moment.
        let used = unsafe { c.scan_iso8601(text, &mut moment) };
        // The C library stores parts of what is no date.
        (used > 0).then_some((used, moment))
    });
}
