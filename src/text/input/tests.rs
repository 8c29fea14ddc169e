// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scanners run on blocks of exactly the size of their input.

use super::*;

/// What `parse` makes of a string in a block of exactly its size, and how much it consumes.
pub(crate) fn scanned<T>(
    string: impl AsRef<[u8]>,
    parse: impl FnOnce(&mut Text) -> Option<T>,
) -> Option<(T, usize)> {
    let mut string = string.as_ref().to_vec();
    string.push(0);
    let string = string.into_boxed_slice();
    // SAFETY: the string has a null byte and lives until the end of this function.
    let mut text = unsafe { Text::new(string.as_ptr().cast(), usize::MAX) };
    parse(&mut text).map(|value| (value, text.used()))
}

/// What `parse` makes of some bytes in a block of exactly their size, and how many it consumes.
pub(crate) fn parsed<T>(bytes: &[u8], parse: impl FnOnce(&mut Bytes) -> Option<T>) -> Option<(T, usize)> {
    let block: Box<[u8]> = bytes.into();
    // SAFETY: the block lives until the end of this function.
    let mut input = unsafe { Bytes::new(block.as_ptr().cast(), block.len()) };
    parse(&mut input).map(|value| (value, block.len() - input.left()))
}

#[test]
fn stops_at_the_null_byte_and_at_the_limit() {
    let all = |limit| {
        // SAFETY: the string has a null byte.
        let mut text = unsafe { Text::new(c"abc".as_ptr(), limit) };
        text.skip(|_| true)
    };
    assert_eq!((all(usize::MAX), all(3), all(2), all(0)), (3, 3, 2, 0));
    // SAFETY: NULL is allowed.
    assert_eq!(unsafe { Text::new(core::ptr::null(), usize::MAX) }.peek(), 0);
}

#[test]
fn a_null_byte_is_never_consumed() {
    // SAFETY: the string has a null byte.
    let mut text = unsafe { Text::new(c"".as_ptr(), usize::MAX) };
    assert!(!text.eat(0));
    assert_eq!(text.consumed(), b"");
}

#[test]
fn bytes_hands_out_each_once() {
    // SAFETY: three bytes are readable.
    let bytes = unsafe { Bytes::new(c"a\xffc".as_ptr(), 3) };
    assert_eq!(bytes.collect::<Vec<_>>(), b"a\xffc");
}
