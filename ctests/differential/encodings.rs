// SPDX-License-Identifier: MIT OR Apache-2.0
//! `fmt.h` and `scan.h`: integers of as many bytes as they need, protocol buffers, netstrings, escapes.

use super::engine::{Engine, functions};
use super::formatting::{dest, formatters};
use super::inputs::{bytes, numbers};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::ffi::{c_char, c_uchar};
use std::ptr;

functions! {
    Write {
        fn fmt_utf8(dest: *mut c_char, value: u32) -> usize;
        fn fmt_asn1derlength(dest: *mut c_char, value: u64) -> usize;
        fn fmt_asn1dertag(dest: *mut c_char, value: u64) -> usize;
        fn fmt_varint(dest: *mut c_char, value: u64) -> usize;
        fn fmt_pb_tag(dest: *mut c_char, field: usize, value_type: c_uchar) -> usize;
        fn fmt_pb_type0_int(dest: *mut c_char, value: u64) -> usize;
        fn fmt_pb_type0_sint(dest: *mut c_char, value: i64) -> usize;
        fn fmt_pb_type1_double(dest: *mut c_char, value: f64) -> usize;
        fn fmt_pb_type1_fixed64(dest: *mut c_char, value: u64) -> usize;
        fn fmt_pb_type2_string(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_pb_type5_float(dest: *mut c_char, value: f32) -> usize;
        fn fmt_pb_type5_fixed32(dest: *mut c_char, value: u32) -> usize;
        fn fmt_pb_int(dest: *mut c_char, field: usize, value: u64) -> usize;
        fn fmt_pb_sint(dest: *mut c_char, field: usize, value: i64) -> usize;
        fn fmt_pb_double(dest: *mut c_char, field: usize, value: f64) -> usize;
        fn fmt_pb_float(dest: *mut c_char, field: usize, value: f32) -> usize;
        fn fmt_pb_string(dest: *mut c_char, field: usize, source: *const c_char, length: usize) -> usize;
        fn fmt_netstring(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_escapecharxml(dest: *mut c_char, character: u32) -> usize;
        fn fmt_escapecharhtml(dest: *mut c_char, character: u32) -> usize;
        fn fmt_escapecharjson(dest: *mut c_char, character: u32) -> usize;
        fn fmt_escapecharquotedprintable(dest: *mut c_char, character: u32) -> usize;
        fn fmt_escapecharquotedprintableutf8(dest: *mut c_char, character: u32) -> usize;
        fn fmt_escapecharc(dest: *mut c_char, character: u32) -> usize;
        fn fmt_xmlescape(dest: *mut c_char, character: u32) -> usize;
    }
}

functions! {
    Read {
        fn scan_utf8(source: *const c_char, length: usize, value: *mut u32) -> usize;
        fn scan_utf8_sem(source: *const c_char, length: usize, value: *mut u32) -> usize;
        fn scan_asn1derlengthvalue(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_asn1derlength(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_asn1dertag(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_varint(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_pb_tag(source: *const c_char, length: usize, field: *mut usize, value_type: *mut c_uchar) -> usize;
        fn scan_pb_type0_int(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_pb_type0_sint(source: *const c_char, length: usize, value: *mut i64) -> usize;
        fn scan_pb_type1_double(source: *const c_char, length: usize, value: *mut f64) -> usize;
        fn scan_pb_type1_fixed64(source: *const c_char, length: usize, value: *mut u64) -> usize;
        fn scan_pb_type2_stringlen(source: *const c_char, length: usize, start: *mut *const c_char, size: *mut usize) -> usize;
        fn scan_pb_type5_float(source: *const c_char, length: usize, value: *mut f32) -> usize;
        fn scan_pb_type5_fixed32(source: *const c_char, length: usize, value: *mut u32) -> usize;
        fn scan_netstring(source: *const c_char, length: usize, start: *mut *mut c_char, size: *mut usize) -> usize;
    }
}

/// Characters: those of ASCII, those near the ends of ranges, any.
fn characters() -> impl Strategy<Value = u64> {
    let ends = select(vec![0xd800_u64, 0xdc00, 0xe000, 0xfdd0, 0xfdf0, 0x1_0000, 0x11_0000]);
    prop_oneof![
        3 => 0..0x100_u64,
        2 => (ends, 0..4_u64).prop_map(|(end, less)| end - less),
        2 => (0..16_u64, 0..4_u64).prop_map(|(plane, less)| (plane << 16 | 0xffff) - less),
        2 => 0..0x11_0000_u64,
        1 => numbers(),
    ]
}

/// Numbers of fields that the C library writes tags for.
fn fields() -> impl Strategy<Value = usize> {
    numbers().prop_map(|number| number as usize & ((1 << 61) - 1))
}

/// Bytes that are nearly values of some encoding: of few kinds, often with the high bit set.
fn encoded() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => 0x80..=0xff_u8,
        2 => select(b"\x00\x01\x7f\x80\x81\x82\x88\x89\xc2\xe0\xed\xef\xf0\xf4\xf8\xfc\xfd\xfe\xff".as_slice()),
        1 => any::<u8>(),
    ];
    vec(byte, 0..14)
}

/// Without what the C library refuses of them: 0, and ten bytes.
fn varints() -> impl Strategy<Value = Vec<u8>> {
    let written = numbers().prop_map(|number| {
        let (mut bytes, mut rest) = (Vec::new(), number >> 1);
        while rest > 0x7f {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    });
    prop_oneof![written, encoded()].prop_filter("0 or ten bytes", |bytes| {
        bytes.first() != Some(&0) && (bytes.len() < 10 || bytes[..9].iter().any(|byte| byte & 0x80 == 0))
    })
}

/// Compares scanners of one value.
macro_rules! scanners {
    ($family:ident, $($function:ident($inputs:expr, $type:ty),)*) => {
        $($family.compare(stringify!($function), $inputs, |c, memory, source| {
            let (start, value) = (memory.bytes(source).cast(), memory.value::<$type>(77 as $type));
            // SAFETY: as many bytes, and a place for the value.
            unsafe { c.$function(start, source.len(), value) }
        });)*
    };
}

/// Compares writers of fields.
macro_rules! writers {
    ($family:ident, $($function:ident($type:ty),)*) => {
        $($family.compare(stringify!($function), (fields(), numbers(), any::<bool>()), |c, memory, (field, value, null)| {
            let dest = dest(memory, *null);
            // SAFETY: NULL, or room for the field.
            unsafe { c.$function(dest, *field, *value as $type) }
        });)*
    };
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Write>("fmt");
    // The C library has a buffer that is too small for more.
    let of_five_bytes = characters().prop_map(|character| character & 0x3ff_ffff);
    // The C library takes these for surrogates.
    let no_neighbours = characters()
        .prop_filter("U+D780 to U+D7FF", |character| !(0xd780..0xd800).contains(&(*character as u32)));
    formatters!(
        family,
        fmt_utf8(characters(), u32),
        fmt_asn1derlength(numbers(), u64),
        fmt_asn1dertag(numbers(), u64),
        fmt_varint(numbers(), u64),
        fmt_pb_type0_int(numbers(), u64),
        fmt_pb_type0_sint(numbers(), i64),
        fmt_pb_type1_double(numbers(), f64),
        fmt_pb_type1_fixed64(numbers(), u64),
        fmt_pb_type5_float(numbers(), f32),
        fmt_pb_type5_fixed32(numbers(), u32),
        fmt_escapecharxml(characters(), u32),
        fmt_escapecharhtml(characters(), u32),
        fmt_escapecharjson(characters(), u32),
        fmt_escapecharquotedprintable(characters(), u32),
        fmt_escapecharquotedprintableutf8(of_five_bytes, u32),
        fmt_escapecharc(characters(), u32),
        fmt_xmlescape(no_neighbours, u32),
    );
    writers!(family, fmt_pb_int(u64), fmt_pb_sint(i64), fmt_pb_double(f64), fmt_pb_float(f32),);
    let tags = (numbers(), 0..9_u8, any::<bool>());
    family.compare("fmt_pb_tag", tags, |c, memory, (field, value_type, null)| {
        let dest = dest(memory, *null);
        // SAFETY: NULL, or room for the tag.
        unsafe { c.fmt_pb_tag(dest, *field as usize, *value_type) }
    });
    let texts = || (fields(), bytes(70), any::<bool>());
    family.compare("fmt_pb_type2_string", texts(), |c, memory, (_, text, null)| {
        let (source, dest) = (memory.bytes(text).cast(), dest(memory, *null));
        // SAFETY: as many bytes, and NULL or room for them.
        unsafe { c.fmt_pb_type2_string(dest, source, text.len()) }
    });
    family.compare("fmt_pb_string", texts(), |c, memory, (field, text, null)| {
        let (source, dest) = (memory.bytes(text).cast(), dest(memory, *null));
        // SAFETY: as many bytes, and NULL or room for them.
        unsafe { c.fmt_pb_string(dest, *field, source, text.len()) }
    });
    // The C library does not write the length.
    family.compare("fmt_netstring", bytes(1000), |c, memory, text| {
        let source = memory.bytes(text).cast();
        // SAFETY: as many bytes, and NULL.
        unsafe { c.fmt_netstring(ptr::null_mut(), source, text.len()) }
    });

    let mut family = engine.family::<Read>("scan");
    let utf8 =
        || prop_oneof![encoded(), any::<char>().prop_map(|character| character.to_string().into_bytes())];
    // The C library takes 81 7f and the like for a length.
    let lengths = || {
        let written = (numbers(), 0..4_usize).prop_map(|(number, behind)| {
            let bytes = number.to_be_bytes();
            let needed = &bytes[number.leading_zeros() as usize / 8..];
            let head = if number < 0x80 { vec![] } else { vec![0x80 | needed.len() as u8] };
            [head, needed.to_vec(), vec![0; behind]].concat()
        });
        prop_oneof![written, encoded()].prop_filter("not the shortest form", |bytes| {
            bytes.first() != Some(&0x81) || bytes.get(1) >= Some(&0x80)
        })
    };
    scanners!(
        family,
        scan_utf8(utf8(), u32),
        scan_asn1derlengthvalue(lengths(), u64),
        scan_asn1derlength(lengths(), u64),
        scan_asn1dertag(encoded(), u64),
        scan_varint(varints(), u64),
        scan_pb_type0_int(varints(), u64),
        scan_pb_type0_sint(varints(), i64),
        scan_pb_type1_double(encoded(), f64),
        scan_pb_type1_fixed64(encoded(), u64),
        scan_pb_type5_float(encoded(), f32),
        scan_pb_type5_fixed32(encoded(), u32),
    );
    // The C library stores what it refuses, and takes what is beyond 10FFFF.
    family.compare("scan_utf8_sem", utf8(), |c, memory, source| {
        let (start, mut value) = (memory.bytes(source).cast(), 0);
        // SAFETY: as many bytes, and a place for the value.
        let used = unsafe { c.scan_utf8_sem(start, source.len(), &mut value) };
        (used > 0 && value <= 0x10_ffff).then_some((used, value))
    });
    family.compare("scan_pb_tag", varints(), |c, memory, source| {
        let (start, field, value_type) =
            (memory.bytes(source).cast(), memory.value(77_usize), memory.value(77_u8));
        // SAFETY: as many bytes, and places for the results.
        unsafe { c.scan_pb_tag(start, source.len(), field, value_type) }
    });
    family.compare("scan_pb_type2_stringlen", varints(), |c, memory, source| {
        let (start, at, size) =
            (memory.bytes(source).cast(), memory.value(ptr::null()), memory.value(77_usize));
        // SAFETY: as many bytes, and places for the results.
        unsafe { c.scan_pb_type2_stringlen(start, source.len(), at, size) }
    });
    let netstrings = ("[0-9]{0,2}:[a-z0-9:,]{0,12}", 0..3_usize).prop_map(|(mut text, fit)| {
        let contents = text.split_once(':').map_or(0, |(_, contents)| contents.len());
        if fit > 0 {
            text = format!("{}:{}{}", contents, text.split_once(':').unwrap().1, ["", ",", ",x"][fit]);
        }
        text
    });
    family.compare_costly(4, "scan_netstring", netstrings, |c, memory, source| {
        let start = memory.bytes(source.as_bytes()).cast();
        let (at, size) = (memory.value(ptr::null_mut()), memory.value(77_usize));
        // SAFETY: as many bytes, and places for the results.
        let used = unsafe { c.scan_netstring(start, source.len(), at, size) };
        if used == 0 {
            // The C library has stored a part of it.
            // SAFETY: the places are there.
            unsafe { (*at, *size) = (ptr::null_mut(), 77) };
        }
        used
    });
}
