// SPDX-License-Identifier: MIT OR Apache-2.0
//! Netstrings: a decimal length, a colon, that many bytes, a comma.

use super::fmt_int::unsigned;
use super::fmt_str::fits;
use super::input::{Bytes, Text};
use super::out::Out;
use super::scan_int;
use core::ffi::c_char;

/// What stands around the bytes of the longest netstring: 20 digits, a colon, a comma.
const FRAME: usize = 22;

/// Writes the `length` bytes at `source`. Refuses a source that is NULL or reaches beyond the end of the
/// address space, and a text that would.
///
/// # Safety
/// `source` has `length` readable bytes, unless the result is `None`.
pub(crate) unsafe fn write(out: &mut Out, source: *const c_char, length: usize) -> Option<()> {
    if source.is_null() {
        return None;
    }
    fits(source, length, FRAME)?;
    unsigned::<10>(out, length as u64);
    out.byte(b':');
    // SAFETY: the caller's promise.
    unsafe { out.copy(source.cast(), length) }
    out.byte(b',');
    Some(())
}

/// Where the bytes of a netstring at the start of the `length` bytes at `source` are, how many, and how
/// many it takes in all.
///
/// # Safety
/// `source` has `length` readable bytes; those behind the netstring need not be.
pub(crate) unsafe fn scan(source: *const c_char, length: usize) -> Option<(*const c_char, usize, usize)> {
    // SAFETY: the caller's promise.
    let mut text = unsafe { Text::new(source, length) };
    let size = usize::try_from(scan_int::unsigned(&mut text, 10, usize::MAX as u64)?).ok()?;
    if !text.eat(b':') {
        return None;
    }
    let start = text.used();
    let comma = start.checked_add(size).filter(|comma| *comma < length)?;
    // SAFETY: the comma is among the bytes of the source.
    let behind = unsafe { Bytes::new(source.wrapping_add(comma), 1) }.next();
    (behind == Some(b',')).then_some((source.wrapping_add(start), size, comma + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::out::tests::try_written;
    use proptest::prelude::*;
    use std::ptr::null;

    fn encoded(bytes: &[u8]) -> Vec<u8> {
        // SAFETY: the bytes are a slice.
        try_written(|out| unsafe { write(out, bytes.as_ptr().cast(), bytes.len()) }).unwrap()
    }

    fn decoded(text: &[u8]) -> Option<(Vec<u8>, usize)> {
        let text: Box<[u8]> = text.into();
        // SAFETY: the text is a slice.
        let (start, size, used) = unsafe { scan(text.as_ptr().cast(), text.len()) }?;
        let at = start as usize - text.as_ptr() as usize;
        Some((text[at..at + size].to_vec(), used))
    }

    #[test]
    fn worked_values() {
        assert_eq!(encoded(b"hello"), b"5:hello,");
        assert_eq!(encoded(b""), b"0:,");
        assert_eq!(decoded(b"3:abc,x"), Some((b"abc".to_vec(), 6)));
        assert_eq!(decoded(b"003:abc,"), Some((b"abc".to_vec(), 8)));
        assert_eq!(decoded(b"0:,"), Some((vec![], 3)));
    }

    #[test]
    fn what_is_refused() {
        for text in [
            &b""[..],
            b"3",
            b"3:",
            b"3:abc",
            b"3:abcd,",
            b":,",
            b"+3:abc,",
            b" 3:abc,",
            b"3 :abc,",
            b"3:ab,",
            b"18446744073709551615:a,",
            b"18446744073709551614:a,",
            b"18446744073709551616:a,",
            b"99999999999999999999999:a,",
        ] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
        let long = "x".as_ptr().cast();
        for (source, length) in [(null(), 0), (null(), 5), (long, usize::MAX), (long, usize::MAX - 5)] {
            // SAFETY: nothing is read.
            assert_eq!(try_written(|out| unsafe { write(out, source, length) }), None);
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes);
            prop_assert_eq!(decoded(&text), Some((bytes, text.len())));
            for end in 0..text.len() {
                prop_assert_eq!(decoded(&text[..end]), None);
            }
        }

        #[test]
        fn any_bytes_do_no_harm(bytes in "[0-9]{0,3}[:,0-9a]{0,9}") {
            if let Some((contents, used)) = decoded(bytes.as_bytes()) {
                prop_assert!(used <= bytes.len() && contents.len() + 3 <= used);
            }
        }
    }
}
