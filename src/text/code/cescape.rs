// SPDX-License-Identifier: MIT OR Apache-2.0
//! The escapes in string literals of C.

use super::class::Class;
use super::hex_number;
use crate::text::fmt_int::hexadecimal;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;
use crate::text::scan_int::{HEXADECIMAL, NO_DIGIT};
use crate::text::utf8;

/// What is read as it is.
static READ: Class = Class::all_but(b"\"\\");

/// The letters for bytes 7 to 13.
pub(super) const LETTERS: &[u8; 7] = b"abtnvfr";

/// How a byte is written: 0 as it is, [`NUMBER`] with digits, others as a backslash and this.
pub(super) type Escapes = [u8; 256];

/// The sign of bytes for which there is no letter.
const NUMBER: u8 = b'x';

/// The backslash and control characters.
static ESCAPES: Escapes = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = if byte >= 7 && byte <= 13 { LETTERS[byte - 7] } else { NUMBER };
        byte += 1;
    }
    escapes[0x1b] = b'e';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

/// Writes the backslash and control characters as escapes, with a letter where there is one, and what is in
/// `escaped` as `\xNN`.
#[inline(never)]
pub(crate) fn encode(out: &mut Out, mut source: Bytes, escaped: &[u8]) {
    if source.left() == 0 {
        return;
    }
    let mut more;
    let escapes = if escaped.is_empty() {
        &ESCAPES
    } else {
        more = ESCAPES;
        for byte in escaped {
            if ESCAPES[usize::from(*byte)] == 0 {
                more[usize::from(*byte)] = NUMBER;
            }
        }
        &more
    };
    if out.tail().is_null() {
        let length = source.left();
        let more = source.map(|byte| {
            let escape = escapes[usize::from(byte)];
            usize::from(escape != 0) + 2 * usize::from(escape == NUMBER)
        });
        return out.advance(length.saturating_add(more.sum()));
    }
    loop {
        source.copy_while(out, |byte| escapes[usize::from(byte)] == 0);
        // Behind one escape there may be another one.
        loop {
            let Some(byte) = source.next() else { return };
            let letter = escapes[usize::from(byte)];
            match letter {
                NUMBER => {
                    let [high, low] = hexadecimal(byte);
                    out.short([b'\\', NUMBER, high, low]);
                }
                0 => {
                    out.byte(byte);
                    break;
                }
                _ => out.short([b'\\', letter]),
            }
        }
    }
}

/// Reads up to a quotation mark. Stops in front of `\u` without four digits and `\U` without eight, or with a
/// number that UTF-8 does not have.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    loop {
        text.copy_while(out, |byte| READ.contains(byte));
        if text.peek() != b'\\' {
            return;
        }
        // Behind one escape there may be another one.
        while text.peek() == b'\\' {
            let before = text.used();
            text.eat(b'\\');
            if escape(text, out).is_none() {
                return text.rewind(before);
            }
        }
    }
}

/// Reads what follows a backslash. One that is followed by nothing known stands for itself.
#[inline(always)]
fn escape(text: &mut Text, out: &mut Out) -> Option<()> {
    let letter = text.next_if(|_| true).unwrap_or(0);
    let byte = match letter {
        b'u' => return utf8::put(out, hex_number(text, 4)?),
        b'U' => return utf8::put(out, hex_number(text, 8)?),
        b'x' => number(text, None, 4).unwrap_or(b'\\'),
        b'0'..=b'7' => number(text, Some(letter - b'0'), 3).unwrap_or(0),
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'e' => 0x1b,
        b'"' | b'\'' | b'?' | b'\\' => letter,
        0 => b'\\',
        _ => {
            out.short([b'\\', letter]);
            return Some(());
        }
    };
    out.byte(byte);
    Some(())
}

/// Reads up to two digits of so many bits, behind those of `value`. What is more than a byte is cut off.
#[inline(always)]
fn number(text: &mut Text, mut value: Option<u8>, bits: u32) -> Option<u8> {
    for _ in 0..2 {
        let digit = HEXADECIMAL[usize::from(text.peek())];
        if digit == NO_DIGIT || digit >> bits != 0 {
            break;
        }
        // SAFETY: that was a digit.
        unsafe { text.consume(1) };
        value = Some(value.unwrap_or(0) << bits | digit);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    fn plain(out: &mut Out, source: Bytes) {
        encode(out, source, b"");
    }

    #[test]
    fn control_characters() {
        let all: Vec<u8> = (0..=0x20).collect();
        let text = r"\x00\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\e\x1c\x1d\x1e\x1f ";
        assert_eq!(encoded(&all, plain), text.as_bytes());
        assert_eq!(encoded(b"\\\"'?\x7f\xe4", plain), b"\\\\\"'?\x7f\xe4");
    }

    #[test]
    fn characters_of_a_set() {
        let text = encoded(b"a\"\n\\b\xe4", |out, source| encode(out, source, b"\"\n\\a\xe4"));
        assert_eq!(text, br"\x61\x22\n\\b\xe4");
    }

    #[test]
    fn all_escapes() {
        assert_eq!(decoded(r"\a\b\e\f\n\r\t\v\\", decode).0, b"\x07\x08\x1b\x0c\n\r\t\x0b\\");
        for (text, bytes, used) in [
            (r#"test\n");"#, &b"test\n"[..], 6),
            (r#"\"\'\?"x"#, b"\"'?", 6),
            (r"\x4", b"\x04", 3),
            (r"\x414", b"A4", 5),
            (r"\xg", b"\\g", 3),
            (r"\x", b"\\", 2),
            (r#"\x""#, b"\\", 2),
            (r"\1\12\1234\777\400\8", b"\x01\nS4\xff\0\\8", 20),
            (r"\0", b"\0", 2),
            (r"\08", b"\x008", 3),
            (r"\u00e4\u20ac\U0001d11e", "ä€𝄞".as_bytes(), 22),
            (r"\ud834", b"\xed\xa0\xb4", 6),
            (r"\U7fffffff", b"\xfd\xbf\xbf\xbf\xbf\xbf", 10),
            (r"a\U80000000", b"a", 1),
            (r"a\u00e", b"a", 1),
            (r"a\u00eg", b"a", 1),
            (r"a\U0011", b"a", 1),
            (r"\q\z", br"\q\z", 4),
            (r"\", b"\\", 1),
            ("\\\n", b"\\\n", 2),
            ("", b"", 0),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes, |out, source| encode(out, source, b"\""));
            // A hexadecimal digit behind an escape with one digit would belong to it; all of ours have two.
            prop_assert_eq!(decoded(&text, decode), (bytes, text.len()));
        }
    }
}
