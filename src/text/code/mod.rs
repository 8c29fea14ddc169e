// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodings of arbitrary bytes as text, one per file.
//!
//! An encoder takes [`Bytes`] and writes to an [`Out`]; a decoder consumes what it understands of a [`Text`]
//! and writes to an [`Out`]. A decoder never writes more than it has consumed, so a text can be decoded in
//! place. [`encode`] and [`decode`] put the conventions of the C interface around them.
//!
//! What needs no change is copied in runs: a table ([`class`]) tells for each byte whether it does.

use super::input::{Bytes, Text, string_or_empty};
use super::out::Out;
use super::scan_int::{HEXADECIMAL, NO_DIGIT};
use core::ffi::c_char;

pub(crate) mod base64;
pub(crate) mod cescape;
mod class;
mod escapes;
pub(crate) mod foreign;
pub(crate) mod hexdump;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod ldap;
pub(crate) mod markup;
pub(crate) mod quoted_printable;
pub(crate) mod urlencoded;
pub(crate) mod uuencoded;
pub(crate) mod whitespace;
pub(crate) mod yenc;

/// Half the address space: no text in memory is longer.
const LONGEST: usize = isize::MAX as usize;

/// Encodes `length` bytes from `source`, and those in `escaped` differently if the encoder can, to `dest`, or only counts if that is NULL. The result is the length
/// of the text, the highest `usize` if it does not fit in half the address space.
///
/// # Safety
/// `source` has `length` readable bytes, `dest` is NULL or has room for the text, `escaped` is NULL or a string.
#[inline(always)]
pub(crate) unsafe fn encode(
    dest: *mut c_char,
    source: *const c_char,
    length: usize,
    encoder: impl FnOnce(&mut Out, Bytes, &[u8]),
    escaped: *const c_char,
) -> usize {
    if length > LONGEST {
        return usize::MAX;
    }
    // SAFETY: the caller's promise.
    let text =
        unsafe { Out::write(dest, |out| encoder(out, Bytes::new(source, length), string_or_empty(escaped))) };
    if text > LONGEST { usize::MAX } else { text }
}

/// Decodes the string `source` to `dest`, or only counts if that is NULL, and stores the number of bytes made
/// in *`length` unless that is NULL. The result is the number of bytes consumed.
///
/// # Safety
/// `source` is a string, `dest` is NULL or has room for as many bytes, `length` is NULL or valid.
#[inline(always)]
pub(crate) unsafe fn decode(
    source: *const c_char,
    dest: *mut c_char,
    length: *mut usize,
    decoder: impl FnOnce(&mut Text, &mut Out),
) -> usize {
    // SAFETY: the caller's promise.
    let mut text = unsafe { Text::new(source, usize::MAX) };
    // SAFETY: the caller's promise; a decoder makes no more than it consumes.
    let made = unsafe { Out::write(dest, |out| decoder(&mut text, out)) };
    if !length.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *length = made }
    }
    text.used()
}

/// Consumes two hexadecimal digits, if both are there.
#[inline(always)]
fn hex_pair(text: &mut Text) -> Option<u8> {
    let (next, left) = text.ahead();
    if left < 2 {
        return None;
    }
    let digit = |at| {
        // SAFETY: within the limit. No null byte is a digit, so the second is read only if there is one.
        let value = HEXADECIMAL[usize::from(unsafe { next.add(at).read() })];
        (value != NO_DIGIT).then_some(value)
    };
    let pair = digit(0)? << 4 | digit(1)?;
    // SAFETY: both are digits.
    unsafe { text.consume(2) };
    Some(pair)
}

/// Consumes a number of so many hexadecimal digits, at most 8, if there are that many.
#[inline(always)]
fn hex_number(text: &mut Text, digits: usize) -> Option<u32> {
    let (next, left) = text.ahead();
    if left < digits {
        return None;
    }
    // SAFETY: within the limit.
    let number = unsafe { hex_digits(next, digits) }?;
    // SAFETY: all of them are digits.
    unsafe { text.consume(digits) };
    Some(number)
}

/// The number of so many hexadecimal digits, at most 8.
///
/// # Safety
/// All of them, or those up to the first byte that is none, are readable.
#[inline(never)]
unsafe fn hex_digits(start: *const u8, digits: usize) -> Option<u32> {
    let mut number = 0;
    for at in 0..digits {
        // SAFETY: the caller's promise.
        let value = HEXADECIMAL[usize::from(unsafe { start.add(at).read() })];
        if value == NO_DIGIT {
            return None;
        }
        number = number << 4 | u32::from(value);
    }
    Some(number)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Decodes as much of a text as it understands.
    type Decoder = fn(&mut Text, &mut Out);
    use crate::text::out::tests::written;
    use proptest::prelude::*;
    use std::ptr::{null, null_mut};

    /// What an encoder makes of some bytes in a block of exactly their size.
    pub(crate) fn encoded(source: impl AsRef<[u8]>, encoder: impl Fn(&mut Out, Bytes)) -> Vec<u8> {
        let source: Box<[u8]> = source.as_ref().into();
        // SAFETY: the source is a slice.
        let bytes = || unsafe { Bytes::new(source.as_ptr().cast(), source.len()) };
        written(|out| encoder(out, bytes()))
    }

    /// What a decoder makes of a string in a block of exactly its size, and how much it consumes; counting,
    /// to a place of its own and in place.
    pub(crate) fn decoded(string: impl AsRef<[u8]>, decoder: Decoder) -> (Vec<u8>, usize) {
        let mut string = string.as_ref().to_vec();
        string.push(0);
        let mut string = string.into_boxed_slice();
        let source = string.as_mut_ptr().cast::<c_char>();
        let (mut announced, mut made) = (0, 0);
        // SAFETY: the string has a null byte; NULL is a destination.
        let used = unsafe { decode(source, null_mut(), &mut announced, decoder) };
        let mut bytes = vec![b'#'; announced];
        // SAFETY: there is room for as much as the decoder announced.
        assert_eq!(unsafe { decode(source, bytes.as_mut_ptr().cast(), &mut made, decoder) }, used);
        assert_eq!(made, announced);
        // SAFETY: the string has room for what is made of it.
        assert_eq!(unsafe { decode(source, source, &mut made, decoder) }, used);
        assert_eq!(&string[..made], bytes);
        (bytes, used)
    }

    #[test]
    fn more_than_half_the_address_space_is_refused() {
        let length_of = |length, encoder: fn(&mut Out, Bytes, &[u8])| {
            // SAFETY: nothing is read, and NULL only counts.
            unsafe { encode(null_mut(), c"".as_ptr(), length, encoder, null()) }
        };
        for length in [usize::MAX, LONGEST + 1] {
            assert_eq!(length_of(length, |out, source, _| hexdump::encode(out, source)), usize::MAX);
        }
        assert_eq!(length_of(0, |out: &mut Out, _, _| out.repeat(b'x', LONGEST + 1)), usize::MAX);
    }

    #[test]
    fn the_length_may_be_unwanted() {
        // SAFETY: a literal is a string; NULL is allowed.
        assert_eq!(unsafe { decode(c"3031".as_ptr(), null_mut(), null_mut(), hexdump::decode) }, 4);
    }

    const DECODERS: [Decoder; 13] = [
        base64::decode,
        base64::decode_for_urls,
        uuencoded::decode,
        yenc::decode,
        quoted_printable::decode,
        |text, out| urlencoded::decode(text, out, true),
        |text, out| urlencoded::decode(text, out, false),
        hexdump::decode,
        html::decode,
        html::decode_attribute,
        cescape::decode,
        ldap::decode,
        json::decode,
    ];

    proptest! {
        /// `decoded` itself checks lengths, in blocks of exactly the right size.
        #[test]
        fn whatever_is_decoded_does_not_get_longer(
            text in "(\\PC|[\x01-\x20]|[&#;=%\"\\\\xuU0-7a-f]|&[a-zA-Z]{1,4};|=y|\\\\u[dD][89a-f][0-9]{2}){0,20}",
            bytes in proptest::collection::vec(1..=255_u8, 0..20),
        ) {
            for string in [text.as_bytes(), &bytes] {
                for decoder in DECODERS {
                    let (made, used) = decoded(string, decoder);
                    prop_assert!(made.len() <= used && used <= string.len());
                }
            }
        }
    }
}
