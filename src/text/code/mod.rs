//! Encodings of arbitrary bytes as text, one per file.
//!
//! An encoder takes [`Bytes`] and writes to an [`Out`]; a decoder consumes what it understands of a [`Text`]
//! and writes to an [`Out`]. A decoder never writes more than it has consumed, so a text can be decoded in
//! place. [`encode`] and [`decode`] put the conventions of the C interface around them.

use super::input::{Bytes, Text};
use super::out::Out;
use super::scan_int::hex_value;
use core::ffi::c_char;

pub mod hexdump;
pub mod urlencoded;

/// Half the address space: no text in memory is longer.
const LONGEST: usize = isize::MAX as usize;

/// Encodes `length` bytes from `source` to `dest`, or only counts if that is NULL. The result is the length
/// of the text, the highest `usize` if it does not fit in half the address space.
///
/// # Safety
/// `source` has `length` readable bytes, `dest` is NULL or has room for the text.
pub unsafe fn encode(
    dest: *mut c_char,
    source: *const c_char,
    length: usize,
    encoder: impl FnOnce(&mut Out, Bytes),
) -> usize {
    if length > LONGEST {
        return usize::MAX;
    }
    // SAFETY: the caller's promise.
    let text = unsafe { Out::write(dest, |out| encoder(out, Bytes::new(source, length))) };
    if text > LONGEST { usize::MAX } else { text }
}

/// Decodes the string `source` to `dest`, or only counts if that is NULL, and stores the number of bytes made
/// in *`length` unless that is NULL. The result is the number of bytes consumed.
///
/// # Safety
/// `source` is a string, `dest` is NULL or has room for as many bytes, `length` is NULL or valid.
pub unsafe fn decode(
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
pub(super) fn hex_pair(text: &mut Text) -> Option<u8> {
    let mut ahead = text.clone();
    let mut digit = || ahead.next_if(|byte| hex_value(byte).is_some()).and_then(hex_value);
    let (high, low) = (digit()?, digit()?);
    *text = ahead;
    Some(high << 4 | low)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::ptr::null_mut;

    /// What an encoder makes of some bytes in a block of exactly their size.
    pub(crate) fn encoded(source: impl AsRef<[u8]>, encoder: impl Fn(&mut Out, Bytes)) -> Vec<u8> {
        let source: Box<[u8]> = source.as_ref().into();
        let at = source.as_ptr().cast();
        // SAFETY: the source is a slice, and NULL a destination.
        let length = unsafe { encode(null_mut(), at, source.len(), &encoder) };
        let mut text = vec![b'#'; length];
        // SAFETY: there is room for as much as the encoder announced.
        assert_eq!(unsafe { encode(text.as_mut_ptr().cast(), at, source.len(), &encoder) }, length);
        text
    }

    /// What a decoder makes of a string in a block of exactly its size, and how much it consumes; counting,
    /// to a place of its own and in place.
    pub(crate) fn decoded(
        string: impl AsRef<[u8]>,
        decoder: impl Fn(&mut Text, &mut Out),
    ) -> (Vec<u8>, usize) {
        let mut string = string.as_ref().to_vec();
        string.push(0);
        let mut string = string.into_boxed_slice();
        let source = string.as_mut_ptr().cast::<c_char>();
        let (mut announced, mut made) = (0, 0);
        // SAFETY: the string has a NUL; NULL is a destination.
        let used = unsafe { decode(source, null_mut(), &mut announced, &decoder) };
        let mut bytes = vec![b'#'; announced];
        // SAFETY: there is room for as much as the decoder announced.
        assert_eq!(unsafe { decode(source, bytes.as_mut_ptr().cast(), &mut made, &decoder) }, used);
        assert_eq!(made, announced);
        // SAFETY: the string has room for what is made of it.
        assert_eq!(unsafe { decode(source, source, &mut made, &decoder) }, used);
        assert_eq!(&string[..made], bytes);
        (bytes, used)
    }

    #[test]
    fn more_than_half_the_address_space_is_refused() {
        for length in [usize::MAX, LONGEST + 1] {
            // SAFETY: nothing is read.
            assert_eq!(unsafe { encode(null_mut(), c"".as_ptr(), length, hexdump::encode) }, usize::MAX);
        }
        // SAFETY: an encoder that reads nothing.
        let long = unsafe { encode(null_mut(), c"".as_ptr(), 0, |out, _| out.repeat(b'x', LONGEST + 1)) };
        assert_eq!(long, usize::MAX);
    }

    #[test]
    fn the_length_may_be_unwanted() {
        // SAFETY: a literal is a string; NULL is allowed.
        assert_eq!(unsafe { decode(c"3031".as_ptr(), null_mut(), null_mut(), hexdump::decode) }, 4);
    }
}
