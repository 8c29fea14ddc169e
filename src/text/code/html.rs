// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text out of HTML: between tags, and in attributes.

mod names;

use super::class::Class;
use crate::text::input::Text;
use crate::text::out::Out;
use crate::text::scan_int::HEXADECIMAL;
use crate::text::utf8;

/// What is read as it is, up to each kind of end.
static TO_TAG: Class = Class::all_but(b"<&");
static TO_QUOTE: Class = Class::all_but(b"<&\"");
static TO_BLANK: Class = Class::all_but(b"<&\" \t\n");

/// Reads up to a tag, with character references decoded.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    decode_while(text, out, &TO_TAG);
}

/// Reads the value of an attribute up to what ends it: in quotation marks the second one, which is not consumed, else
/// a blank, tab, newline or quotation mark. It ends in front of a tag, too.
pub(crate) fn decode_attribute(text: &mut Text, out: &mut Out) {
    let plain = if text.eat(b'"') { &TO_QUOTE } else { &TO_BLANK };
    decode_while(text, out, plain);
}

#[inline(never)]
fn decode_while(text: &mut Text, out: &mut Out, plain: &Class) {
    loop {
        text.copy_while(out, |byte| plain.contains(byte));
        if !text.eat(b'&') {
            return;
        }
        let before = text.used();
        if reference(text, out).is_none() {
            text.rewind(before);
            out.byte(b'&');
        }
    }
}

/// Reads what follows an ampersand, if that is a character reference.
#[inline(never)]
fn reference(text: &mut Text, out: &mut Out) -> Option<()> {
    if text.eat(b'#') {
        let character = number(text)?;
        return if text.eat(b';') { utf8::write(out, character) } else { None };
    }
    let before = text.used();
    let [first, second] = name(text)?;
    if !text.eat(b';') {
        return None;
    }
    let length = |character| char::from_u32(character).map_or(0, char::len_utf8);
    // A second character is never 0.
    let bytes = length(first) + if second == 0 { 0 } else { length(second) };
    // `&nGt;` and `&nLt;` stand for more bytes than they have, for which a program may have no room.
    if bytes > 1 + text.used() - before {
        return None;
    }
    utf8::write(out, first)?;
    if second == 0 { Some(()) } else { utf8::write(out, second) }
}

/// Reads the number of a character, no surrogate.
fn number(text: &mut Text) -> Option<u32> {
    let hexadecimal = text.next_if(|byte| matches!(byte, b'x' | b'X')).is_some();
    let base = if hexadecimal { 16 } else { 10 };
    let (start, limit) = text.ahead();
    let (mut number, mut used) = (0, 0);
    while used < limit {
        // SAFETY: within the limit, and behind digits only, of which none is a null byte.
        let digit = HEXADECIMAL[usize::from(unsafe { start.add(used).read() })];
        if digit >= base {
            break;
        }
        // The highest character is far below what fits.
        number = (number * u32::from(base) + u32::from(digit)).min(u32::MAX >> 5);
        used += 1;
    }
    // SAFETY: all of them were digits.
    unsafe { text.consume(used) };
    if used == 0 { None } else { char::from_u32(number).map(u32::from) }
}

/// Reads the name of a character, or of two. It has to be followed by a semicolon: what is not is no reference, and is not
/// looked up.
fn name(text: &mut Text) -> Option<[u32; 2]> {
    let (start, limit) = text.ahead();
    let letter = |at: usize| {
        // SAFETY: within the limit, and behind letters only, of which none is a null byte.
        if at < limit { unsafe { start.add(at).read() } } else { 0 }
    };
    let length = (0..=names::LONGEST).find(|at| !letter(*at).is_ascii_alphanumeric())?;
    if letter(length) != b';' {
        return None;
    }
    // SAFETY: all of them are letters and digits.
    let name = unsafe {
        text.consume(length);
        core::slice::from_raw_parts(start, length)
    };
    names::find(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::decoded;
    use proptest::prelude::*;

    #[test]
    fn text() {
        for (text, bytes, used) in [
            ("a&amp;b", "a&b", 7),
            ("&lt;&gt;&quot;&apos;&nbsp;&AMP;", "<>\"'\u{a0}&", 31),
            ("&#65;&#x41;&#X41;&#xe4;&#x1D11e;", "AAAä𝄞", 32),
            ("&#00065;", "A", 8),
            ("&#0;x", "\0x", 5),
            ("&#128;", "\u{80}", 6),
            ("&#xffff;", "\u{ffff}", 8),
            ("&#x10ffff;", "\u{10ffff}", 10),
            ("&acE;&NotEqualTilde;", "\u{223e}\u{333}\u{2242}\u{338}", 20),
            ("&fjlig;&ThickSpace;", "fj\u{205f}\u{200a}", 19),
            ("&CounterClockwiseContourIntegral;", "\u{2233}", 33),
            ("a<br>", "a", 1),
            ("a>b\"'\n", "a>b\"'\n", 6),
            ("a&b&&amp;", "a&b&&", 9),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference() {
        for text in [
            "&",
            "&;",
            "&&",
            "a&",
            "&lt",
            "&amp",
            "&am;",
            "&a;",
            "&q;",
            "&l;",
            "&fnord;",
            "&AmP;",
            "&amp ;",
            "& amp;",
            "&nbsp",
            "&lt&gt",
            "&#",
            "&#;",
            "&#x",
            "&#x;",
            "&#X;",
            "&#65",
            "&#x41",
            "&#6 5;",
            "&#-1;",
            "&#+1;",
            "&# 65;",
            "&#xg;",
            "&#6a;",
            "&#x6g;",
            "&#a;",
            "&#xd800;",
            "&#xdfff;",
            "&#x110000;",
            "&#xffffffff;",
            "&#x100000041;",
            "&#4294967361;",
            "&#18446744073709551681;",
            "&CounterClockwiseContourIntegralx;",
            "&xCounterClockwiseContourIntegral;",
            "&aCounterClockwiseContourIntegra;",
            // They stand for six bytes.
            "&nGt;",
            "&nLt;",
        ] {
            assert_eq!(decoded(text, decode), (text.into(), text.len()), "{text}");
        }
        assert_eq!(decoded("&foo&lt;", decode), (b"&foo<".to_vec(), 8));
    }

    #[test]
    fn attributes() {
        for (text, bytes, used) in [
            (r#""a b&quot;c" x"#, "a b\"c", 11),
            (r#""""#, "", 1),
            (r#"""#, "", 1),
            (r#""abc"#, "abc", 4),
            ("\"a\nb\"", "a\nb", 4),
            (r#""a<b""#, "a", 2),
            ("a b", "a", 1),
            ("a\tb", "a", 1),
            ("a\nb", "a", 1),
            ("a\rb", "a\rb", 3),
            (r#"a"b"#, "a", 1),
            ("a<b", "a", 1),
            ("a>b'", "a>b'", 4),
            (" a", "", 0),
            ("&lt;&#32;x", "< x", 10),
            ("", "", 0),
        ] {
            assert_eq!(decoded(text, decode_attribute), (bytes.into(), used), "{text}");
        }
    }

    proptest! {
        #[test]
        fn numbers(character: char) {
            for text in [format!("&#{};", character as u32), format!("&#x{:x};", character as u32), format!("&#X{:X};", character as u32)] {
                prop_assert_eq!(decoded(&text, decode), (character.to_string().into_bytes(), text.len()));
            }
        }

        #[test]
        fn never_longer(text in "(&|#|x|;|[A-Za-z]{1,3}|[0-9]|nGt|nLt|acE|amp){0,12}") {
            let (bytes, used) = decoded(&text, decode);
            prop_assert_eq!(used, text.len());
            prop_assert!(bytes.len() <= used);
        }
    }
}
