// SPDX-License-Identifier: MIT OR Apache-2.0
//! `fmt.h`: numbers, escapes and fields, as text and in binary forms. Whatever the value, a writer writes what it counts.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::capi::fmt::{dates, escapes, integers, numbers, protobuf, strings};
use owfat_fuzz::{start, string, written};
use std::ffi::{c_char, c_int};

#[derive(Arbitrary, Debug)]
struct Values<'a> {
    number: u64,
    double: f64,
    field: usize,
    kind: u8,
    width: u8,
    limit: u8,
    precision: c_int,
    longest: c_int,
    bytes: &'a [u8],
}

/// Calls each function twice, with its arguments behind the destination.
macro_rules! write_all {
    ($($function:path, $($argument:expr),*;)*) => {$(
        // SAFETY: NULL, or as much room as was asked for; strings, and as many bytes as their length says.
        written(|dest: *mut c_char| unsafe { $function(dest, $($argument),*) });
    )*};
}

fuzz_target!(|values: Values| {
    let Values { number, double, field, kind, width, limit, precision, longest, bytes } = values;
    let (narrow, text, bytes) = (number as u32, string(bytes), Box::<[u8]>::from(bytes));
    let (width, limit) = (usize::from(width), usize::from(limit));
    write_all! {
        numbers::fmt_ulong, number;
        numbers::fmt_long, number as i64;
        numbers::fmt_xlong, number;
        numbers::fmt_8long, number;
        numbers::fmt_ulong0, number, width;
        numbers::fmt_plusminus, narrow as c_int;
        numbers::fmt_minus, narrow as c_int;
        numbers::fmt_double, double, longest, precision;
        numbers::fmt_double, double, c_int::from(kind), c_int::from(kind) / 2;
        numbers::fmt_human, number;
        numbers::fmt_humank, number;
        strings::fmt_str, start(&text);
        strings::fmt_strn, start(&text), limit;
        strings::fmt_pad, start(&bytes), bytes.len(), width, limit;
        strings::fmt_fill, bytes.len(), width, limit;
        strings::fmt_netstring, start(&bytes), bytes.len();
        dates::fmt_httpdate, number as i64;
        dates::fmt_iso8601, number as i64;
        dates::fmt_httpdate, i64::from(narrow);
        dates::fmt_iso8601, i64::from(narrow);
        integers::fmt_utf8, narrow;
        integers::fmt_asn1derlength, number;
        integers::fmt_asn1dertag, number;
        integers::fmt_varint, number;
        escapes::fmt_escapecharxml, narrow;
        escapes::fmt_escapecharjson, narrow;
        escapes::fmt_escapecharquotedprintable, narrow;
        escapes::fmt_escapecharquotedprintableutf8, narrow;
        escapes::fmt_escapecharc, narrow;
        escapes::fmt_xmlescape, narrow;
        protobuf::fmt_pb_tag, field, kind;
        protobuf::fmt_pb_int, field, number;
        protobuf::fmt_pb_sint, field, number as i64;
        protobuf::fmt_pb_double, field, double;
        protobuf::fmt_pb_float, field, double as f32;
        protobuf::fmt_pb_string, field, start(&bytes), bytes.len();
    }
});
