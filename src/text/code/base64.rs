// SPDX-License-Identifier: MIT OR Apache-2.0
//! Four characters for three bytes: base64 of RFC 4648, sections 4 and 5.

use crate::text::input::{Bytes, Text};
use crate::text::out::Out;
use crate::text::scan_int::{NO_DIGIT, Values, values};

/// 64 characters for six bits each, the one that fills up the last group, and a null byte.
pub(crate) type Alphabet = [u8; 66];

/// That of section 4.
pub(crate) const STANDARD: &Alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\0";

/// That of section 5, whose characters have no meaning in URLs and names of files.
pub(crate) const FOR_URLS: &Alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=\0";

/// Writes the first `count` bytes of the three that a number is made of.
#[inline(always)]
fn ungroup(out: &mut Out, bits: u32, count: usize) {
    let [_, bytes @ ..] = bits.to_be_bytes();
    match count {
        0 => {}
        1 => out.short([bytes[0]]),
        2 => out.short([bytes[0], bytes[1]]),
        _ => out.short(bytes),
    }
}

/// How long the base64 of so many bytes is.
fn length(bytes: usize, filled: bool) -> usize {
    let rest = match bytes % 3 {
        0 => 0,
        _ if filled => 4,
        rest => rest + 1,
    };
    bytes / 3 * 4 + rest
}

/// Writes base64, and fills up the last group if it is `filled`.
#[inline(always)]
pub(crate) fn encode(out: &mut Out, source: Bytes, alphabet: &Alphabet, filled: bool) {
    let to = out.tail();
    let length = length(source.left(), filled);
    out.advance(length);
    if !to.is_null() {
        store(to, length, source, alphabet);
    }
}

/// Writes so many bytes of base64, for which there is room.
#[inline(never)]
fn store(to: *mut u8, length: usize, mut source: Bytes, alphabet: &Alphabet) {
    let digit = |bits: u32, shift: u32| alphabet[(bits >> shift & 63) as usize];
    let mut at = to;
    while let Some([first, second, third]) = source.array() {
        let bits = u32::from_be_bytes([0, first, second, third]);
        let digits = [digit(bits, 18), digit(bits, 12), digit(bits, 6), digit(bits, 0)];
        // SAFETY: there is room for `length` bytes, of which every group has four, even the last if it is complete.
        unsafe { at.cast::<[u8; 4]>().write_unaligned(digits) };
        at = at.wrapping_add(4);
    }
    let Some(first) = source.next() else { return };
    let second = source.next();
    let bits = u32::from_be_bytes([0, first, second.unwrap_or(0), 0]);
    let third = if second.is_some() { digit(bits, 6) } else { alphabet[64] };
    let digits = [digit(bits, 18), digit(bits, 12), third, alphabet[64]];
    let rest = length - (at as usize - to as usize);
    // SAFETY: the rest of the announced bytes, 2 to 4.
    unsafe { at.copy_from(digits.as_ptr(), rest.min(4)) };
}

/// The values of the characters.
static STANDARD_VALUES: Values = values(STANDARD.split_at(64).0);

/// The same for section 5.
static URL_VALUES: Values = values(FOR_URLS.split_at(64).0);

/// Reads whole groups, as long as there are some.
#[inline(always)]
fn groups(text: &mut Text, out: &mut Out, values: &Values) {
    let (from, limit) = text.ahead();
    let to = out.tail();
    let (mut used, mut made) = (0, 0);
    'groups: while limit - used >= 4 {
        let mut bits = 0;
        for place in 0..4 {
            // SAFETY: within the limit, and behind digits only, of which none is a null byte.
            let value = values[usize::from(unsafe { from.add(used + place).read() })];
            if value == NO_DIGIT {
                break 'groups;
            }
            bits = bits << 6 | u32::from(value);
        }
        if !to.is_null() {
            let [_, bytes @ ..] = bits.to_be_bytes();
            // SAFETY: there is room for what is made, which is less than what was read.
            unsafe { to.add(made).cast::<[u8; 3]>().write_unaligned(bytes) };
        }
        (used, made) = (used + 4, made + 3);
    }
    out.advance(made);
    // SAFETY: all of them were digits.
    unsafe { text.consume(used) };
}

/// Reads up to four characters: 24 bits, those that are left over behind the last whole byte, and how many
/// characters that were.
fn quartet(text: &mut Text, values: &Values) -> (u32, u32, usize) {
    let (mut bits, mut count) = (0, 0);
    while count < 4
        && let Some(value) =
            text.next_as(|byte| Some(values[usize::from(byte)]).filter(|value| *value != NO_DIGIT))
    {
        bits = bits << 6 | u32::from(value);
        count += 1;
    }
    bits <<= 6 * (4 - count);
    let left_over = bits << (8 * (count * 3 / 4)) & 0xff_ffff;
    (bits, left_over, count)
}

/// Reads base64 with the characters that fill it up, of which some or all may be missing. Without any, bits that
/// are left over have to be zero, else the last group is cut off, and not read.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    groups(text, out, &STANDARD_VALUES);
    let before = text.used();
    let (bits, left_over, count) = quartet(text, &STANDARD_VALUES);
    let missing = (4 - count) % 4;
    let filled = (0..missing).take_while(|_| count > 0 && text.eat(b'=')).count();
    if count == 0 || (missing > 0 && filled == 0 && left_over != 0) {
        return text.rewind(before);
    }
    ungroup(out, bits, count * 3 / 4);
}

/// Reads base64 of URLs, which nothing fills up; bits that are left over are ignored.
pub(crate) fn decode_for_urls(text: &mut Text, out: &mut Out) {
    groups(text, out, &URL_VALUES);
    let (bits, _, count) = quartet(text, &URL_VALUES);
    ungroup(out, bits, count * 3 / 4);
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
