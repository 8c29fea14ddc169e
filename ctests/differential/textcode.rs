//! `textcode.h`.

use super::engine::{Engine, functions};
use super::formatting::dest;
use super::inputs::{bytes, string};
use proptest::prelude::*;
use std::ffi::c_char;

functions! {
    Textcode {
        fn fmt_urlencoded(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn fmt_urlencoded2(dest: *mut c_char, source: *const c_char, length: usize, set: *const c_char) -> usize;
        fn fmt_hexdump(dest: *mut c_char, source: *const c_char, length: usize) -> usize;
        fn scan_urlencoded(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_urlencoded2(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
        fn scan_hexdump(source: *const c_char, dest: *mut c_char, length: *mut usize) -> usize;
    }
}

/// Compares encoders, with and without a destination.
macro_rules! encoders {
    ($family:ident, $($function:ident)*) => {
        $($family.compare(stringify!($function), (bytes(30), any::<bool>()), |c, memory, (bytes, null)| {
            let (source, dest) = (memory.bytes(bytes).cast(), dest(memory, *null));
            // SAFETY: as many bytes, and NULL or room for the text.
            unsafe { c.$function(dest, source, bytes.len()) }
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
            unsafe { c.$function(source, dest, length) }
        });)*
    };
}

pub(super) fn add(engine: &mut Engine) {
    let mut family = engine.family::<Textcode>("textcode");
    encoders!(family, fmt_urlencoded fmt_hexdump);
    let with_set = (bytes(30), string(5), any::<bool>());
    family.compare("fmt_urlencoded2", with_set, |c, memory, (bytes, set, null)| {
        let (source, set) = (memory.bytes(bytes).cast(), memory.string(set));
        let dest = dest(memory, *null);
        // SAFETY: as many bytes, a string, and NULL or room for the text.
        unsafe { c.fmt_urlencoded2(dest, source, bytes.len(), set) }
    });
    let url = || "([a-zA-Z0-9%+/.=#_-]|%[0-9a-fA-F]{2}|[ ?&\x01-\u{ff}]){0,20}";
    decoders!(
        family,
        scan_urlencoded(url()),
        scan_urlencoded2(url()),
        scan_hexdump("([0-9a-fA-F]{2}){0,20}[0-9a-g]{0,3}"),
    );
}
