// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encoders and decoders of `textcode.h`.

use crate::{start, string, written};
use owfat::capi::textcode::{decoders::*, encoders::*};
use std::ffi::c_char;
use std::ptr::{null, null_mut};

/// From bytes to text.
pub type Encoder = unsafe extern "C" fn(*mut c_char, *const c_char, usize) -> usize;
/// The same with a string of what is to be escaped besides, or NULL.
pub type SetEncoder = unsafe extern "C" fn(*mut c_char, *const c_char, usize, *const c_char) -> usize;
/// From text to bytes.
pub type Decoder = unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize) -> usize;

/// All decoders.
pub const DECODERS: [Decoder; 13] = [
    scan_base64,
    scan_base64url,
    scan_uuencoded,
    scan_yenc,
    scan_quotedprintable,
    scan_urlencoded,
    scan_urlencoded2,
    scan_hexdump,
    scan_html,
    scan_html_tagarg,
    scan_cescape,
    scan_ldapescape,
    scan_jsonescape,
];

/// All encoders that know by themselves what is to be escaped.
pub const ENCODERS: [Encoder; 14] = [
    fmt_base64,
    fmt_base64url,
    fmt_uuencoded,
    fmt_yenc,
    fmt_quotedprintable,
    fmt_urlencoded,
    fmt_hexdump,
    fmt_html,
    fmt_html_tagarg,
    fmt_xml,
    fmt_cescape,
    fmt_foldwhitespace,
    fmt_ldapescape,
    fmt_jsonescape,
];

/// All that are told.
pub const SET_ENCODERS: [SetEncoder; 4] =
    [fmt_quotedprintable2, fmt_urlencoded2, fmt_cescape2, fmt_ldapescape2];

/// Encodes bytes in memory of exactly their size.
pub fn encoded(encoder: Encoder, bytes: &[u8]) -> Box<[u8]> {
    let source: Box<[u8]> = bytes.into();
    // SAFETY: as many bytes; NULL, or as much room as was asked for.
    written(|dest| unsafe { encoder(dest, start(&source), source.len()) })
}

/// The same with a set, which is a string.
pub fn encoded_with(encoder: SetEncoder, bytes: &[u8], set: Option<&[u8]>) -> Box<[u8]> {
    let source: Box<[u8]> = bytes.into();
    let set = set.map_or(null(), start);
    // SAFETY: as in `encoded`; NULL or a string.
    written(|dest| unsafe { encoder(dest, start(&source), source.len(), set) })
}

/// Decodes the string that begins a text: into nothing, into memory of exactly the right size, and in place. Returns what
/// came of it, and how much of the text was used.
pub fn decoded(decoder: Decoder, text: &[u8]) -> (Box<[u8]>, usize) {
    let mut place = string(text);
    let (mut length, mut again) = (0, 0);
    // SAFETY: a string, and a place for the length.
    let used = unsafe { decoder(start(&place), null_mut(), &mut length) };
    assert!(used < place.len() && length <= used, "{used} used of {}, {length} made", place.len() - 1);
    let mut dest = vec![0xaa; length].into_boxed_slice();
    // SAFETY: a string, as much room as was asked for, and a place for the length.
    assert_eq!(unsafe { decoder(start(&place), dest.as_mut_ptr().cast(), &mut again) }, used);
    assert_eq!(again, length);
    let whole = place.as_mut_ptr().cast();
    // SAFETY: a string that may be overwritten by what is decoded from it, which is never longer.
    assert_eq!(unsafe { decoder(whole, whole, null_mut()) }, used, "in place");
    assert_eq!(&place[..length], &*dest, "in place");
    (dest, used)
}
