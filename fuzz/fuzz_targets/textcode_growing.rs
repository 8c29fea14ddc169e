// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: encoders and decoders into growing strings and arrays, also from the very same.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{array, stralloc};
use owfat::capi::array::*;
use owfat::capi::stralloc::*;
use owfat::capi::textcode::{arrays::*, growing_strings::*};
use owfat_fuzz::codes::*;
use owfat_fuzz::{start, string};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    code: u8,
    before: &'a [u8],
    bytes: &'a [u8],
    set: Option<&'a [u8]>,
    with_nul: bool,
}

fn string_of(bytes: &[u8]) -> stralloc {
    let mut sa = stralloc::new();
    // SAFETY: a string, and as many bytes.
    assert_eq!(unsafe { stralloc_copyb(&mut sa, start(bytes), bytes.len()) }, 1);
    sa
}

fn array_of(bytes: &[u8]) -> array {
    let mut x = array::new();
    // SAFETY: an array, and as many bytes.
    unsafe { array_catb(&mut x, start(bytes), bytes.len() as u64) }
    x
}

/// What was there, and what has come behind it.
fn check_string(mut sa: stralloc, before: &[u8], added: &[u8]) {
    assert_eq!(sa.as_slice(), [before, added].concat());
    // SAFETY: a string.
    unsafe { stralloc_free(&mut sa) }
}

fn check_array(mut x: array, before: &[u8], added: &[u8]) {
    assert!(!x.failed());
    assert_eq!(x.as_slice(), [before, added].concat());
    // SAFETY: an array.
    unsafe { array_reset(&mut x) }
}

/// Encoders of either kind.
macro_rules! encode {
    ($before:ident, $bytes:ident, $encoded:expr, $to_sa:ident, $to_array:ident, $tofrom_array:ident, $encoder:expr $(, $set:expr)?) => {{
        let (encoder, source) = (Some($encoder), Box::<[u8]>::from($bytes));
        let (of_bytes, of_before) = ($encoded($bytes), $encoded($before));
        let (mut sa, mut itself) = (string_of($before), string_of($before));
        let (mut to, mut from, mut both) = (array_of($before), array_of($bytes), array_of($before));
        // SAFETY: strings, arrays, as many bytes as their length says, and the set of an encoder.
        unsafe {
            assert_eq!($to_sa(encoder, &mut sa, start(&source), source.len() $(, $set)?), 1);
            let (own, length) = (itself.s, itself.len);
            assert_eq!($to_sa(encoder, &mut itself, own, length $(, $set)?), 1);
            $to_array(encoder, &mut to, start(&source), source.len() $(, $set)?);
            $tofrom_array(encoder, &mut to, &mut from $(, $set)?);
            let both = &raw mut both;
            $tofrom_array(encoder, both, both $(, $set)?);
        }
        check_string(sa, $before, &of_bytes);
        check_string(itself, $before, &of_before);
        check_array(to, $before, &[&*of_bytes, &*of_bytes].concat());
        check_array(from, $bytes, b"");
        check_array(both, $before, &of_before);
    }};
}

fn decode(decoder: Decoder, before: &[u8], bytes: &[u8], with_nul: bool) {
    let (text, own_text, decoder_of_c) = (string(bytes), string(before), Some(decoder));
    let ((made, used), (own_made, own_used)) = (decoded(decoder, bytes), decoded(decoder, before));
    let own = if with_nul { &*own_text } else { &own_text[..own_text.len() - 1] };
    let (mut sa, mut itself) = (string_of(before), string_of(&own_text));
    let (mut to, mut from, mut both) = (array_of(before), array_of(bytes), array_of(own));
    // SAFETY: strings and arrays; what lies in them has a null byte, in use or behind that.
    unsafe {
        assert_eq!(scan_to_sa(decoder_of_c, start(&text), &mut sa), used);
        let string = itself.s;
        itself.len = own.len();
        assert_eq!(scan_to_sa(decoder_of_c, string, &mut itself), own_used);
        assert_eq!(scan_to_array(decoder_of_c, start(&text), &mut to), used);
        assert_eq!(scan_tofrom_array(decoder_of_c, &mut from, &mut to), used);
        let both = &raw mut both;
        assert_eq!(scan_tofrom_array(decoder_of_c, both, both), own_used);
    }
    check_string(sa, before, &made);
    check_string(itself, own, &own_made);
    check_array(to, before, &[&*made, &*made].concat());
    check_array(from, bytes, b"");
    check_array(both, own, &own_made);
}

fuzz_target!(|input: Input| {
    let Input { code, before, bytes, set, with_nul } = input;
    let code = usize::from(code);
    decode(DECODERS[code % DECODERS.len()], before, bytes, with_nul);
    let encoder = ENCODERS[code % ENCODERS.len()];
    encode!(
        before,
        bytes,
        |bytes| encoded(encoder, bytes),
        fmt_to_sa,
        fmt_to_array,
        fmt_tofrom_array,
        encoder
    );
    let set = set.map(string);
    let (encoder, set) = (SET_ENCODERS[code % SET_ENCODERS.len()], set.as_deref());
    let set_of_c = set.map_or(std::ptr::null(), start);
    encode!(
        before,
        bytes,
        |bytes| encoded_with(encoder, bytes, set),
        fmt_to_sa2,
        fmt_to_array2,
        fmt_tofrom_array2,
        encoder,
        set_of_c
    );
});
