// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encoders and decoders into both kinds of memory.

use crate::abi::{array, stralloc};
use crate::errno::{Errno, Result};
use crate::text::code::foreign::{Decoder, Encoder};
use crate::text::code::{base64, decode, encode, hexdump, urlencoded, uuencoded};
use core::ffi::{CStr, c_char};
use std::ptr::{null, slice_from_raw_parts};

/// Makes C functions of encoders.
macro_rules! encoders {
    ($($name:ident($encoder:expr);)*) => {
        $(unsafe extern "C" fn $name(dest: *mut c_char, source: *const c_char, length: usize) -> usize {
            // SAFETY: the caller's promise.
            unsafe { encode(dest, source, length, $encoder, null()) }
        })*
    };
}

/// Makes C functions of decoders.
macro_rules! decoders {
    ($($name:ident($decoder:expr);)*) => {
        $(unsafe extern "C" fn $name(source: *const c_char, dest: *mut c_char, made: *mut usize) -> usize {
            // SAFETY: the caller's promise.
            unsafe { decode(source, dest, made, $decoder) }
        })*
    };
}

encoders! {
    to_base64(|out, source, _| base64::encode(out, source, base64::STANDARD, true));
    to_hex(|out, source, _| hexdump::encode(out, source));
    to_lines(|out, source, _| uuencoded::encode(out, source));
}

decoders! {
    of_base64(base64::decode);
    of_hex(hexdump::decode);
    of_line(uuencoded::decode);
}

unsafe extern "C" fn to_url(
    dest: *mut c_char,
    source: *const c_char,
    length: usize,
    set: *const c_char,
) -> usize {
    // SAFETY: the caller's promise.
    unsafe { encode(dest, source, length, urlencoded::encode, set) }
}

const HEX: Result<Encoder> = Ok(Encoder::Plain(to_hex));

fn string(bytes: &[u8]) -> stralloc {
    let mut sa = stralloc::new();
    // SAFETY: a live slice.
    unsafe { sa.append(bytes.as_ptr().cast(), bytes.len()) }.unwrap();
    sa
}

fn bytes(contents: &[u8]) -> array {
    let mut x = array::new();
    // SAFETY: a live slice.
    unsafe { x.append(contents.as_ptr(), contents.len() as u64) }.unwrap();
    x
}

/// What becomes of "x" and an encoded text, in both kinds of memory.
fn encoded(encoder: Encoder, source: &[u8]) -> Vec<u8> {
    let (mut sa, mut x) = (string(b"x"), bytes(b"x"));
    // SAFETY: a live slice.
    let outcomes = unsafe {
        [
            sa.append_encoded(Ok(encoder), source.as_ptr().cast(), source.len()),
            x.append_encoded(Ok(encoder), Ok(source)),
        ]
    };
    assert_eq!(outcomes, [Ok(()); 2]);
    let made = sa.as_slice().to_vec();
    assert_eq!(x.as_slice(), made);
    sa.free();
    x.reset();
    made
}

/// What becomes of "x" and a decoded text, in both kinds of memory, and how much of the text is used.
fn decoded(decoder: Decoder, text: &CStr) -> (Vec<u8>, usize) {
    let (mut sa, mut x) = (string(b"x"), bytes(b"x"));
    // SAFETY: a string.
    let used = unsafe { sa.append_decoded(Some(decoder), text.as_ptr()) }.unwrap();
    // SAFETY: a string.
    assert_eq!(unsafe { x.append_decoded(Some(decoder), Ok(text.as_ptr())) }, Ok(used));
    let made = sa.as_slice().to_vec();
    assert_eq!(x.as_slice(), made);
    sa.free();
    x.reset();
    (made, used)
}

#[test]
fn both_append() {
    assert_eq!(encoded(Encoder::Plain(to_base64), b"fnord"), b"xZm5vcmQ=");
    assert_eq!(encoded(Encoder::Plain(to_lines), b"a"), b"x!80``\n");
    assert_eq!(encoded(Encoder::Set(to_url, c"/".as_ptr()), b"a/b"), b"xa%2fb");
    assert_eq!(encoded(Encoder::Plain(to_hex), b""), b"x");
    let long = [b'a'; 1000];
    assert_eq!(encoded(Encoder::Plain(to_hex), &long), ["x", &"61".repeat(1000)].concat().as_bytes());
    assert_eq!(decoded(of_base64, c"Zm5vcmQ=!"), (b"xfnord".to_vec(), 8));
    assert_eq!(decoded(of_line, c"!8"), (b"x".to_vec(), 0));
    assert_eq!(decoded(of_hex, c""), (b"x".to_vec(), 0));
}

#[test]
fn nothing_appended_to_nothing_is_nothing() {
    let mut x = array::new();
    // SAFETY: nothing is read.
    assert_eq!(unsafe { x.append_encoded(HEX, Ok(&[] as *const [u8])) }, Ok(()));
    assert_eq!(x.bytes(), Some(0));
}

#[test]
fn a_string_encodes_and_decodes_itself() {
    let mut sa = string(b"abc");
    for length in [6, 18, 54] {
        // Growing moves what is read.
        let (start, used) = (sa.s, sa.len);
        // SAFETY: the bytes in use.
        assert_eq!(unsafe { sa.append_encoded(HEX, start, used) }, Ok(()));
        assert_eq!(sa.len, length / 2 * 3);
    }
    assert!(sa.as_slice().starts_with(b"abc616263616263363136323633"));
    // A string in it, the null byte of which is the last byte in use, the first one behind those, and further behind.
    for used in [5, 4, 2] {
        sa.free();
        sa = string(b"3031\0");
        sa.len = used;
        let start = sa.s;
        // SAFETY: a string.
        assert_eq!(unsafe { sa.append_decoded(Some(of_hex), start) }, Ok(4));
        assert_eq!(sa.as_slice(), [&b"3031\0"[..used], b"01"].concat());
    }
    sa.free();
}

#[test]
fn an_array_encodes_and_decodes_itself() {
    let mut x = bytes(b"abc");
    for _ in 0..5 {
        let all = x.all();
        // SAFETY: the bytes in use.
        assert_eq!(unsafe { x.append_encoded(HEX, all) }, Ok(()));
    }
    assert_eq!(x.bytes(), Some(3 * 243));
    assert!(x.as_slice().starts_with(b"abc616263616263363136323633"));
    x.reset();
    x = bytes(b"3031");
    for (used, contents) in [(4, &b"303101"[..]), (6, b"30310101\x01")] {
        let string = x.terminate();
        // SAFETY: a string.
        assert_eq!(unsafe { x.append_decoded(Some(of_hex), string) }, Ok(used));
        assert_eq!(x.as_slice(), contents);
    }
    x.reset();
}

#[test]
fn what_is_not_there_makes_an_array_fail() {
    let missing = Errno(libc::EINVAL);
    for (encoder, source) in [(HEX, Err(missing)), (Err(missing), Ok(&b"a"[..] as *const [u8]))] {
        let mut x = bytes(b"x");
        // SAFETY: nothing is read.
        assert_eq!(unsafe { x.append_encoded(encoder, source) }, Err(Errno(libc::EINVAL)));
        assert!(x.failed());
        // SAFETY: nothing is read.
        assert_eq!(unsafe { x.append_encoded(HEX, Ok(b"a" as *const [u8])) }, Err(Errno(libc::EINVAL)));
        // SAFETY: a string.
        let scanned = unsafe { x.append_decoded(Some(of_hex), Ok(c"30".as_ptr())) };
        assert_eq!(scanned, Err(Errno(libc::EINVAL)));
        assert_eq!(x.terminate(), Err(Errno(libc::EINVAL)));
        assert!(x.failed());
    }
    let mut sa = string(b"x");
    // SAFETY: a string.
    assert_eq!(unsafe { sa.append_decoded(None, c"30".as_ptr()) }, Err(Errno(libc::EINVAL)));
    assert_eq!(sa.as_slice(), b"x");
    sa.free();
}

#[test]
fn sizes_that_no_memory_has() {
    let impossible = slice_from_raw_parts(c"".as_ptr().cast::<u8>(), usize::MAX);
    let (mut sa, mut x) = (string(b"x"), bytes(b"x"));
    // SAFETY: nothing is read.
    assert_eq!(unsafe { sa.append_encoded(HEX, impossible.cast(), usize::MAX) }, Err(Errno(libc::ENOMEM)));
    assert_eq!(sa.as_slice(), b"x");
    // SAFETY: nothing is read.
    assert_eq!(unsafe { x.append_encoded(HEX, Ok(impossible)) }, Err(Errno(libc::ENOMEM)));
    assert!(x.failed());
    sa.free();
}

/// One that says something else when it writes, and writes less than it may.
unsafe extern "C" fn moody_encoder(dest: *mut c_char, _: *const c_char, length: usize) -> usize {
    if dest.is_null() { length } else { length - 1 }
}

unsafe extern "C" fn boastful_decoder(_: *const c_char, _: *mut c_char, made: *mut usize) -> usize {
    // SAFETY: the caller hands in a place.
    unsafe { *made = usize::MAX };
    3
}

#[test]
fn functions_that_break_their_word() {
    let mut sa = string(b"x");
    // SAFETY: nothing is read.
    let outcome = unsafe { sa.append_encoded(Ok(Encoder::Plain(moody_encoder)), c"".as_ptr(), 5) };
    assert_eq!((outcome, sa.len), (Ok(()), 5));
    // SAFETY: a string.
    let outcome = unsafe { sa.append_decoded(Some(boastful_decoder), c"abc".as_ptr()) };
    assert_eq!((outcome, sa.len), (Ok(3), 8));
    sa.free();
}
