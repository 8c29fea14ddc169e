// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strings of JSON, RFC 8259, section 7.

use super::cescape::{Escapes, LETTERS};
use super::class::Class;
use super::hex_number;
use crate::text::fmt_int::hexadecimal;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;
use crate::text::utf8;

/// The sign of bytes for which there is no letter.
const NUMBER: u8 = b'u';

/// That of bytes that may belong to a character of several.
const NO_ASCII: u8 = 0xff;

/// What JSON does not allow.
static ESCAPES: Escapes = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        escapes[byte] = match byte {
            8..=10 | 12 | 13 => LETTERS[byte - 7],
            0..0x20 => NUMBER,
            0x22 | 0x5c => byte as u8,
            0x80.. => NO_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    escapes
};

/// ASCII that is read as it is.
static READ: Class = Class::range(1, 0x7f).without(b"\"\\");

/// Writes UTF-8, with what JSON does not allow escaped. Bytes that are no UTF-8, surrogates and noncharacters are taken
/// for Latin-1, each byte on its own.
pub(crate) fn encode(out: &mut Out, mut source: Bytes) {
    let escape = |byte: u8| ESCAPES[usize::from(byte)];
    let rule = |byte: u8| (b' '..0x80).contains(&byte) & (byte != b'"') & (byte != b'\\');
    loop {
        source.copy_plain(out, |byte| escape(byte) == 0, rule);
        // Behind one escape there may be another one.
        loop {
            let mut ahead = source.clone();
            let Some(byte) = ahead.next() else { return };
            match escape(byte) {
                0 => break,
                NUMBER => {
                    let [high, low] = hexadecimal(byte);
                    out.short([b'\\', NUMBER, b'0', b'0', high, low]);
                }
                NO_ASCII => {
                    // A character of more than one byte goes over as it is.
                    let mut character = source.clone();
                    if utf8::scan_strictly(&mut character).is_some() {
                        let length = source.left() - character.left();
                        source.change_while(out, length, |_| true, |byte| byte);
                        continue;
                    }
                    out.short([0xc0 | byte >> 6, 0x80 | byte & 0x3f]);
                }
                letter => out.short([b'\\', letter]),
            }
            source = ahead;
        }
    }
}

/// Reads up to a quotation mark. Stops in front of what is no UTF-8, a `\u` without four digits, and half a pair of
/// surrogates.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    loop {
        text.copy_while(out, |byte| READ.contains(byte));
        // A copy, so that the text itself stays in registers.
        let mut ahead = text.clone();
        let character = match text.peek() {
            b'"' => None,
            b'\\' => escape(&mut ahead),
            _ => utf8::scan_text(&mut ahead),
        };
        let Some(()) = character.and_then(|character| utf8::put(out, character)) else { return };
        *text = ahead;
    }
}

/// Reads a backslash and what follows. A character that needs no escape stands for itself.
#[inline(always)]
fn escape(text: &mut Text) -> Option<u32> {
    text.eat(b'\\');
    let byte = text.peek();
    let meant = match byte {
        b'u' => {
            // SAFETY: it is not the null byte.
            unsafe { text.consume(1) };
            return unit_or_pair(text);
        }
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'f' => 12,
        b'r' => b'\r',
        0 | 0x80.. => return utf8::scan_text(text),
        _ => byte,
    };
    // SAFETY: it is not the null byte.
    unsafe { text.consume(1) };
    Some(meant.into())
}

/// Reads the digits of one unit of UTF-16, and those of the second one if it takes two.
fn unit_or_pair(text: &mut Text) -> Option<u32> {
    let first = hex_number(text, 4)?;
    if first & 0xfc00 != 0xd800 {
        return Some(first).filter(|unit| unit & 0xfc00 != 0xdc00);
    }
    if !(text.eat(b'\\') && text.eat(b'u')) {
        return None;
    }
    let second = hex_number(text, 4).filter(|unit| unit & 0xfc00 == 0xdc00)?;
    Some(0x1_0000 + ((first & 0x3ff) << 10) + (second & 0x3ff))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn control_characters() {
        let all: Vec<u8> = (0..=0x20).collect();
        let text = r"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f ";
        assert_eq!(encoded(&all, encode), text.as_bytes());
        assert_eq!(encoded(b"\"\\/\x7f</script>", encode), b"\\\"\\\\/\x7f</script>");
    }

    #[test]
    fn what_is_no_utf8() {
        for (bytes, text) in [
            (&b"\xed\xa0\x80"[..], "\u{ed}\u{a0}\u{80}"),
            (b"\xef\xbf\xbf", "\u{ef}\u{bf}\u{bf}"),
            (b"\xef\xb7\x90", "\u{ef}\u{b7}\u{90}"),
            (b"\xf0\x9f\xbf\xbe", "\u{f0}\u{9f}\u{bf}\u{be}"),
            (b"\xf4\x90\x80\x80", "\u{f4}\u{90}\u{80}\u{80}"),
            (b"\xf8\x88\x80\x80\x80", "\u{f8}\u{88}\u{80}\u{80}\u{80}"),
            (b"\xc3", "\u{c3}"),
            (b"\xc3a", "\u{c3}a"),
            (b"\xe2\x82", "\u{e2}\u{82}"),
            (b"\xc0\xaf", "\u{c0}\u{af}"),
            ("ä€𝄞".as_bytes(), "ä€𝄞"),
        ] {
            assert_eq!(encoded(bytes, encode), text.as_bytes(), "{bytes:x?}");
        }
    }

    #[test]
    fn strings() {
        for (text, bytes, used) in [
            (r"a\nb", "a\nb", 4),
            (r"\b\t\n\f\r", "\x08\t\n\x0c\r", 10),
            (r"a\u005cb", "a\\b", 8),
            (r"a\u005Cb", "a\\b", 8),
            (r#"a\udead""#, "a", 1),
            (r#"a\udafd""#, "a", 1),
            (r"a\ud834\udd1eb", "a𝄞b", 14),
            (r"\ud840\udc00\udbff\udfff", "\u{20000}\u{10ffff}", 24),
            (r"\uffff\ufdd0", "\u{ffff}\u{fdd0}", 12),
            (r"\u0000z", "\0z", 7),
            (r#"a"b"#, "a", 1),
            (r#"\"\\\/\q\a\v"#, "\"\\/qav", 12),
            ("é€𝄞\u{ffff}", "é€𝄞\u{ffff}", 12),
            ("\\é", "é", 3),
            ("\x01\n\t", "\x01\n\t", 3),
            (r"a\u12", "a", 1),
            (r"a\u12g4", "a", 1),
            (r"a\ud834\u0041", "a", 1),
            (r"a\ud834x", "a", 1),
            (r"a\ud834\n", "a", 1),
            (r"a\ud834", "a", 1),
            (r"a\ud834\", "a", 1),
            (r"a\ud834\udd1", "a", 1),
            (r"a\", "a", 1),
            ("", "", 0),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
        for bytes in [
            &b"a\xc0\xaf"[..],
            b"a\xff",
            b"a\xc3",
            b"a\xed\xa0\x80",
            b"a\xf4\x90\x80\x80",
            b"a\\\xc3",
            b"a\x80",
        ] {
            assert_eq!(decoded(bytes, decode), (b"a".to_vec(), 1), "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(text: String) {
            // Of Unicode, noncharacters alone do not stay what they are.
            let text: String = text.chars().filter(|c| *c as u32 & 0xfffe != 0xfffe).filter(|c| !(0xfdd0..0xfdf0).contains(&(*c as u32))).collect();
            let json = encoded(&text, encode);
            prop_assert_eq!(decoded(&json, decode), (text.into_bytes(), json.len()));
        }

        #[test]
        fn whatever_comes_out_is_utf8(bytes: Vec<u8>) {
            let json = encoded(&bytes, encode);
            prop_assert!(std::str::from_utf8(&json).is_ok());
            prop_assert_eq!(decoded(&json, decode).1, json.len());
        }
    }
}
