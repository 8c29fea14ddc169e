// SPDX-License-Identifier: MIT OR Apache-2.0
//! Four characters for three bytes: base64 of RFC 4648, sections 4 and 5.

use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// 64 characters for six bits each, the one that fills up the last group, and a NUL.
pub type Alphabet = [u8; 66];

/// That of section 4.
pub const STANDARD: &Alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\0";

/// That of section 5, whose characters have no meaning in URLs and names of files.
pub const FOR_URLS: &Alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=\0";

/// The next three bytes as one number, with zeros for those that are missing, and how many there were, if any.
fn group(source: &mut Bytes) -> Option<(u32, usize)> {
    let before = source.left();
    let mut bits = u32::from(source.next()?);
    for _ in 0..2 {
        bits = bits << 8 | u32::from(source.next().unwrap_or(0));
    }
    Some((bits, before - source.left()))
}

/// Writes the first `count` bytes of the three that a number is made of.
pub(super) fn ungroup(out: &mut Out, bits: u32, count: usize) {
    let [_, bytes @ ..] = bits.to_be_bytes();
    bytes.into_iter().take(count).for_each(|byte| out.byte(byte));
}

/// Writes base64, and fills up the last group if it is `filled`.
#[inline(never)]
pub fn encode(out: &mut Out, mut source: Bytes, alphabet: &Alphabet, filled: bool) {
    while let Some((bits, count)) = group(&mut source) {
        let mut bits = bits << 8;
        for _ in 0..=count {
            out.byte(alphabet[(bits >> 26) as usize]);
            bits <<= 6;
        }
        if filled {
            out.repeat(alphabet[64], 3 - count);
        }
    }
}

/// Six bits.
fn value(byte: u8, alphabet: &Alphabet) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        _ if byte == alphabet[62] => 62,
        _ if byte == alphabet[63] => 63,
        _ => return None,
    }))
}

/// Reads up to four characters: 24 bits, those that are left over behind the last whole byte, and how many
/// characters that were.
#[inline(never)]
fn quartet(text: &mut Text, alphabet: &Alphabet) -> (u32, u32, usize) {
    let (mut bits, mut count) = (0, 0);
    while count < 4
        && let Some(value) = text.next_as(|byte| value(byte, alphabet))
    {
        bits = bits << 6 | value;
        count += 1;
    }
    bits <<= 6 * (4 - count);
    let left_over = bits << (8 * (count * 3 / 4)) & 0xff_ffff;
    (bits, left_over, count)
}

/// Reads base64 with the characters that fill it up, of which some or all may be missing. Without any, bits that
/// are left over have to be zero, else the last group is cut off, and not read.
pub fn decode(text: &mut Text, out: &mut Out) {
    loop {
        let before = text.used();
        let (bits, left_over, count) = quartet(text, STANDARD);
        let missing = (4 - count) % 4;
        let filled = (0..missing).take_while(|_| count > 0 && text.eat(b'=')).count();
        if count == 0 || (missing > 0 && filled == 0 && left_over != 0) {
            return text.rewind(before);
        }
        ungroup(out, bits, count * 3 / 4);
        if missing > 0 {
            return;
        }
    }
}

/// Reads base64 of URLs, which nothing fills up; bits that are left over are ignored.
pub fn decode_for_urls(text: &mut Text, out: &mut Out) {
    loop {
        let (bits, _, count) = quartet(text, FOR_URLS);
        ungroup(out, bits, count * 3 / 4);
        if count < 4 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    fn standard(out: &mut Out, source: Bytes) {
        encode(out, source, STANDARD, true);
    }

    fn for_urls(out: &mut Out, source: Bytes) {
        encode(out, source, FOR_URLS, false);
    }

    /// Section 10 of RFC 4648.
    #[test]
    fn test_vectors() {
        let texts = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, text) in texts.into_iter().enumerate() {
            assert_eq!(encoded(&b"foobar"[..length], standard), text.as_bytes());
            assert_eq!(encoded(&b"foobar"[..length], for_urls), text.trim_end_matches('=').as_bytes());
        }
    }

    #[test]
    fn the_last_characters_differ() {
        assert_eq!(encoded(b"\xfb\xff\xfe", standard), b"+//+");
        assert_eq!(encoded(b"\xfb\xff\xfe", for_urls), b"-__-");
        assert_eq!(decoded("+//+", decode).1, 4);
        assert_eq!(decoded("-__-", decode), (vec![], 0));
        assert_eq!(decoded("-__-", decode_for_urls).0, b"\xfb\xff\xfe");
        assert_eq!(decoded("+//+", decode_for_urls), (vec![], 0));
    }

    #[test]
    fn ends() {
        for (text, bytes, used) in [
            ("Zm5vcmQ=", "fnord", 8),
            ("Zm5vcmQ", "fnord", 7),
            ("Zm5v====", "fno", 4),
            ("Zm5vcmR=", "fnord", 8),
            ("Zm5vcmR", "fno", 4),
            ("Zm5vcm", "fno", 4),
            ("Zm5vcm==", "fnor", 8),
            ("Zm5vcm=", "fnor", 7),
            ("Zm5vcm===", "fnor", 8),
            ("Zm5vcmQ==", "fnord", 8),
            ("Zm5vc===", "fno", 8),
            ("Zm5vc=", "fno", 6),
            ("Zm5vc", "fno", 4),
            ("AA", "\0", 2),
            ("AB", "", 0),
            ("A", "", 1),
            ("B", "", 0),
            ("A===", "", 4),
            ("=", "", 0),
            ("Zg==Zg==", "f", 4),
            ("Zm5v\nZm5v", "fno", 4),
            ("Zm5v Zm5v", "fno", 4),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
        for (text, bytes, used) in [
            ("Zm5vcmQ=", "fnord", 7),
            ("Z", "", 1),
            ("Zm5vc", "fno", 5),
            ("Zm5vcmR", "fnord", 7),
            ("AB", "\0", 2),
        ] {
            assert_eq!(decoded(text, decode_for_urls), (bytes.into(), used), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes, standard);
            prop_assert_eq!(text.len(), bytes.len().div_ceil(3) * 4);
            prop_assert_eq!(decoded(&text, decode), (bytes.clone(), text.len()));
            let text = encoded(&bytes, for_urls);
            prop_assert_eq!(text.len(), (4 * bytes.len()).div_ceil(3));
            prop_assert_eq!(decoded(&text, decode_for_urls), (bytes, text.len()));
        }

        #[test]
        fn what_is_used_reads_the_same(text in "[A-D+/=_-]{0,12}") {
            for decoder in [decode, decode_for_urls] {
                let (bytes, used) = decoded(&text, decoder);
                prop_assert_eq!(decoded(&text[..used], decoder).0, bytes);
            }
        }
    }
}
