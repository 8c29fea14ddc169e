// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: encoders and decoders.

use super::engine::{Engine, functions};
use super::inputs::{bytes, string};
use super::memory::Memory;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::ffi::c_char;
use std::ptr;

functions! {
    Encoders {
        fn fmt_base64(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_base64url(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_uuencoded(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_yenc(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_quotedprintable(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_urlencoded(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_hexdump(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_html(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_html_tagarg(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_xml(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_cescape(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_foldwhitespace(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_ldapescape(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_jsonescape(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_quotedprintable2(dest: *mut c_char, source: *const c_char, length: usize, set: *const c_char) -> usize;
        fn fmt_urlencoded2(dest: *mut c_char, source: *const c_char, length: usize, set: *const c_char) -> usize;
        fn fmt_cescape2(dest: *mut c_char, source: *const c_char, length: usize, set: *const c_char) -> usize;
        fn fmt_ldapescape2(dest: *mut c_char, source: *const c_char, length: usize, set: *const c_char) -> usize;
    }
}

functions! {
    Decoders {
        fn scan_base64(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_base64url(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_uuencoded(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_yenc(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_quotedprintable(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_urlencoded(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_urlencoded2(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_hexdump(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_html(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_html_tagarg(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_cescape(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_ldapescape(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_jsonescape(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
    }
}

/// Room for every text, or NULL.
fn dest(memory: &mut Memory, null: bool) -> *mut c_char {
    if null { ptr::null_mut() } else { memory.room(1000).cast() }
}

/// Compares encoders, with and without a destination.
macro_rules! encoders {
    ($family:ident, $($function:ident($inputs:expr, $null:expr),)*) => {
        $($family.compare(stringify!($function), ($inputs, $null), |c, memory, (bytes, null)| {
            let (source, dest) = (memory.bytes(bytes).cast(), dest(memory, *null));
            // SAFETY: as many bytes, and NULL or room for the text.
            unsafe { c.$function(dest, source, bytes.len()) }
        });)*
    };
}

/// The same for those that are told what to escape.
macro_rules! encoders_with_set {
    ($family:ident, $($function:ident($sets:expr),)*) => {
        $($family.compare(stringify!($function), (bytes(30), $sets, any::<bool>()), |c, memory, (bytes, set, null)| {
            let (source, set) = (memory.bytes(bytes).cast(), memory.string(set));
            let dest = dest(memory, *null);
            // SAFETY: as many bytes, a string, and NULL or room for the text.
            unsafe { c.$function(dest, source, bytes.len(), set) }
        });)*
    };
}

/// Compares decoders, to a place of their own and in place.
macro_rules! decoders {
    ($family:ident, $($function:ident($inputs:expr),)*) => {
        $($family.compare_costly(4, stringify!($function), ($inputs, any::<bool>()), |c, memory, (text, in_place)| {
            let source = memory.string(text.as_bytes());
            let (dest, length) = (memory.room(text.len()).cast(), memory.value(77_usize));
            let dest = if *in_place { source } else { dest };
            // SAFETY: a string, room for as many bytes, and a place for their number.
            let used = unsafe { c.$function(source, dest, length) };
            // The C library decodes what does not count in the end, and leaves the number alone if it refuses a line.
            // SAFETY: the number is there, and room for the whole text.
            unsafe {
                *length = if used == 0 { 0 } else { *length };
                dest.add(*length).write_bytes(0, text.len() - *length);
            }
            used
        });)*
    };
}

/// Bytes of which some are not there.
fn without(bytes: impl Strategy<Value = Vec<u8>>, unwanted: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    bytes.prop_map(|bytes| bytes.into_iter().filter(|byte| !unwanted.contains(byte)).collect())
}

fn encode(engine: &mut Engine) {
    let mut family = engine.family::<Encoders>("textcode");
    let any_null = any::<bool>;
    // The C library announces other lengths than it writes, and encodes bytes behind those that it is given.
    let triples = vec(any::<u8>(), 0..130).prop_map(|mut bytes| {
        bytes.truncate(bytes.len() / 3 * 3);
        bytes
    });
    // The C library escapes dots and "From" anywhere but at the beginnings of lines.
    let neither = || {
        without(
            vec(prop_oneof![any::<u8>(), select(vec![0xd6, 0xe0, 0xe3, 0x13, 0xf6])], 0..400),
            b"\x04\x1c",
        )
    };
    // The C library invents an entity.
    let no_quotation_mark = without(bytes(30), b"\"");
    let lines = || prop_oneof![bytes(30), "[\n&<>\"a]{0,30}".prop_map(String::into_bytes)];
    // The C library takes what is beyond 10FFFF for UTF-8.
    let up_to_10ffff = || without(bytes(30), b"\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd");
    let utf8 =
        prop_oneof![up_to_10ffff(), "\\PC{0,8}".prop_map(String::into_bytes), vec(0x80..0xf4_u8, 0..12)];
    encoders!(
        family,
        fmt_base64(bytes(60), any_null()),
        // The C library announces another length than it writes.
        fmt_base64url(bytes(60), Just(false)),
        fmt_uuencoded(triples, Just(false)),
        fmt_yenc(neither(), any_null()),
        fmt_quotedprintable(bytes(30), any_null()),
        fmt_urlencoded(bytes(30), any_null()),
        fmt_hexdump(bytes(30), any_null()),
        fmt_html(lines(), any_null()),
        fmt_html_tagarg(no_quotation_mark, any_null()),
        fmt_xml(lines(), any_null()),
        fmt_cescape(bytes(30), any_null()),
        fmt_foldwhitespace(bytes(30), any_null()),
        fmt_ldapescape(bytes(30), any_null()),
        fmt_jsonescape(utf8, any_null()),
    );
    encoders_with_set!(
        family,
        fmt_quotedprintable2(string(5)),
        fmt_urlencoded2(string(5)),
        // The C library never finds what is not ASCII.
        fmt_cescape2("[\x01-\x7f]{0,5}".prop_map(String::into_bytes)),
        fmt_ldapescape2(string(5)),
    );
}

/// Names of HTML for one character each: the C library knows only the first one of two.
fn names() -> impl Strategy<Value = String> {
    let list = include_str!("../../src/text/code/html/names.txt");
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            [name, _] => Some(name),
            _ => None,
        })
        .collect();
    select(names).prop_map(|name| format!("&{name};"))
}

/// HTML without names that do not exist: the C library finds a meaning for some.
fn html(more: &'static str) -> impl Strategy<Value = String> {
    let numbers = prop_oneof![
        any::<char>().prop_map(|character| format!("&#{};", character as u32)),
        any::<char>().prop_map(|character| format!("&#x{:x};", character as u32)),
        any::<char>().prop_map(|character| format!("&#X{:06X};", character as u32)),
    ];
    let no_reference =
        select(vec!["&#;", "&#x;", "&#-1;", "&#65", "&#x4g", "& ", "&1;", "&fnord;"]).prop_map(String::from);
    let piece =
        prop_oneof![6 => names(), 3 => numbers, 1 => no_reference, 2 => "[a-z;'>\r\u{e4}]{1,3}", 1 => more];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn decode(engine: &mut Engine) {
    let mut family = engine.family::<Decoders>("textcode");
    let base64 = || prop_oneof!["[A-Za-z0-9+/_-]{0,20}[=A]{0,4}[=a \n\u{e4}]{0,2}", "[A-D]{0,9}={0,4}"];
    // Lines that are long enough: the C library reads on behind others.
    let line = |text: &'static str| {
        (0..64_usize, vec(text, 90)).prop_map(|(count, text)| {
            let digit = char::from(b' ' + count as u8);
            let text: String = text.concat().chars().take(count.div_ceil(3) * 4 + count % 3).collect();
            format!("{digit}{text}")
        })
    };
    let lines = prop_oneof![9 => line("[ -`]"), 1 => line("[ -`]|[ -`]|[ -`]|[ -`]|[ -~]")];
    // The C library reads on behind a text that ends in the middle of an escape.
    let yenc =
        "([\x01-\u{ff}]|=[\x01-\u{7f}]){0,20}".prop_filter("half an escape", |text| !text.ends_with('='));
    // The C library does not join lines.
    let quoted = "([a-z=]|=[0-9a-fA-F]{2}|[\x01-\u{ff}]){0,20}"
        .prop_filter("a line that goes on", |text| !text.contains("=\n") && !text.contains("=\r\n"));
    let url = || "([a-zA-Z0-9%+/.=#_-]|%[0-9a-fA-F]{2}|[ ?&\x01-\u{ff}]){0,20}";
    // The C library's strings end at `\"`; it leaves `\'` and `\?` alone, reads on behind `\x` at the end, and drops
    // what is beyond 31 bits.
    let c = concat!(
        r#"([a-z"\u{e4}\u{20ac}]|\\[abefnrtvqz\\]|\\x[0-9a-fA-F]{1,2}|\\xg|\\[0-7]{1,3}|\\8|\\u[0-9a-f]{4}|\\U[0-7][0-9a-f]{7}"#,
        r"|\\u[0-9a-f]{1,3}g|\\U[0-7][0-9a-f]{3,5}g){0,10}\\?"
    );
    let ldap = r"([a-z()*]|\\[0-9a-fA-F]{2}|\\[0-9a-g]?|[\x01-\u{ff}]){0,20}";
    // The C library wants ASCII, mixes up pairs from U+20000 on, and reads on behind the end of an escape.
    let json = concat!(
        r#"([ -!#-\[\]-~\n\x01]|\\[bnfrtaq"\\/]|\\u[0-9abcef][0-9a-f]{3}|\\u[dD][0-7][0-9a-f]{2}|\\ud8[0-3][0-9a-f]\\ud[c-f][0-9a-f]{2}){0,12}"#,
        r#"("x|\\udcafx|\\ud83fx|\\ug|\\u12g4)?"#
    );
    decoders!(
        family,
        scan_base64(base64()),
        scan_base64url(base64()),
        scan_uuencoded(lines),
        scan_yenc(yenc),
        scan_quotedprintable(quoted),
        scan_urlencoded(url()),
        scan_urlencoded2(url()),
        scan_hexdump("([0-9a-fA-F]{2}){0,20}[0-9a-g]{0,3}"),
        scan_html(html("[< \"\n]")),
        scan_html_tagarg(
            (select(vec!["", "\""]), html("[< \"\n\t]")).prop_map(|(start, text)| format!("{start}{text}"))
        ),
        scan_cescape(c),
        scan_ldapescape(ldap),
        scan_jsonescape(json),
    );
}

pub(super) fn add(engine: &mut Engine) {
    encode(engine);
    decode(engine);
}
