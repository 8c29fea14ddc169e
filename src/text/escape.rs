// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single characters, escaped whether they need it or not.

use super::fmt_int::{padded, unsigned};
use super::out::Out;
use super::utf8;

/// Writes what stands for `character` in a table of names.
fn named(out: &mut Out, character: u32, names: &[(u8, &[u8])]) -> bool {
    let name = names.iter().find(|(byte, _)| u32::from(*byte) == character);
    if let Some((_, name)) = name {
        out.bytes(name);
    }
    name.is_some()
}

/// For XML and HTML: the five names of XML, else the number, in whatever base makes it shorter.
pub(crate) fn xml(out: &mut Out, character: u32) {
    const NAMES: &[(u8, &[u8])] =
        &[(b'&', b"&amp;"), (b'<', b"&lt;"), (b'>', b"&gt;"), (b'\'', b"&apos;"), (b'"', b"&quot;")];
    if named(out, character, NAMES) {
        return;
    }
    let decimal = |out: &mut Out| unsigned::<10>(out, character.into());
    let hexadecimal = |out: &mut Out| {
        out.byte(b'x');
        unsigned::<16>(out, character.into());
    };
    out.bytes(b"&#");
    if Out::length_of(decimal) <= Out::length_of(hexadecimal) {
        decimal(out)
    } else {
        hexadecimal(out)
    }
    out.byte(b';');
}

/// Only what has to be escaped in XML, and everything else as UTF-8. Refuses what XML cannot contain: null bytes,
/// surrogates, FFFE, FFFF, and what is beyond 10FFFF.
pub(crate) fn xml_if_needed(out: &mut Out, character: u32) -> Option<()> {
    match (char::from_u32(character)?, character) {
        (_, 0 | 0xfffe | 0xffff) => return None,
        ('&' | '<', _) => xml(out, character),
        ('\t' | '\n' | '\r', _) => out.byte(character as u8),
        (_, 1..0x20) => {
            out.bytes(b"&#x");
            unsigned::<16>(out, character.into());
            out.byte(b';');
        }
        _ => return utf8::write(out, character),
    }
    Some(())
}

/// For JSON: a short form or `\uXXXX`, twice for what is beyond the first plane. Refuses what is beyond
/// 10FFFF.
pub(crate) fn json(out: &mut Out, character: u32) -> Option<()> {
    const NAMES: &[(u8, &[u8])] =
        &[(8, b"\\b"), (b'\n', b"\\n"), (b'\r', b"\\r"), (b'"', b"\\\""), (b'\\', b"\\\\"), (b'/', b"\\/")];
    if named(out, character, NAMES) {
        return Some(());
    }
    let mut unit = |unit: u32| {
        out.bytes(b"\\u");
        padded::<16>(out, unit.into(), 4);
    };
    match character {
        0..0x1_0000 => unit(character),
        0x1_0000..0x11_0000 => {
            unit(0xd800 + ((character - 0x1_0000) >> 10));
            unit(0xdc00 + (character & 0x3ff));
        }
        _ => return None,
    }
    Some(())
}

/// For MIME: a byte as `=xx`. Refuses what is no byte.
pub(crate) fn quoted_printable(out: &mut Out, character: u32) -> Option<()> {
    let byte = u8::try_from(character).ok()?;
    out.byte(b'=');
    padded::<16>(out, byte.into(), 2);
    Some(())
}

/// For MIME: each byte of UTF-8 as `=xx`. Refuses values of more than 31 bits.
pub(crate) fn quoted_printable_utf8(out: &mut Out, character: u32) -> Option<()> {
    let mut bytes = [0_u8; 6];
    // SAFETY: no value has more than 6 bytes.
    let length = unsafe { Out::try_write(bytes.as_mut_ptr().cast(), |bytes| utf8::write(bytes, character)) };
    if length == 0 {
        return None;
    }
    bytes[..length].iter().try_for_each(|byte| quoted_printable(out, (*byte).into()))
}

/// For C: a short form, `\ooo` up to FF, `\uXXXX` or `\UXXXXXXXX`.
pub(crate) fn c(out: &mut Out, character: u32) {
    const NAMES: &[(u8, &[u8])] = &[
        (7, b"\\a"),
        (8, b"\\b"),
        (b'\t', b"\\t"),
        (b'\n', b"\\n"),
        (0x0b, b"\\v"),
        (0x0c, b"\\f"),
        (b'\r', b"\\r"),
        (0x1b, b"\\e"),
        (b'\\', b"\\\\"),
    ];
    if named(out, character, NAMES) {
        return;
    }
    match character {
        0..0x100 => {
            out.byte(b'\\');
            padded::<8>(out, character.into(), 3);
        }
        0x100..0x1_0000 => {
            out.bytes(b"\\u");
            padded::<16>(out, character.into(), 4);
        }
        _ => {
            out.bytes(b"\\U");
            padded::<16>(out, character.into(), 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::out::tests::{try_written, written};
    use proptest::prelude::*;

    fn all(format: impl Fn(&mut Out, u32) -> Option<()>, pairs: &[(u32, Option<&str>)]) {
        for (character, wanted) in pairs {
            let text =
                try_written(|out| format(out, *character)).map(|text| String::from_utf8(text).unwrap());
            assert_eq!(text.as_deref(), *wanted, "{character:x}");
        }
    }

    #[test]
    fn xml_names_and_numbers() {
        let text = |character| String::from_utf8(written(|out| xml(out, character))).unwrap();
        for (character, wanted) in [
            (0x26, "&amp;"),
            (0x3c, "&lt;"),
            (0x3e, "&gt;"),
            (0x27, "&apos;"),
            (0x22, "&quot;"),
            (0, "&#0;"),
            (0xe4, "&#228;"),
            (0x2028, "&#8232;"),
            (1_000_000, "&#xf4240;"),
            (u32::MAX, "&#xffffffff;"),
        ] {
            assert_eq!(text(character), wanted);
        }
    }

    #[test]
    fn xml_where_needed() {
        all(
            xml_if_needed,
            &[
                (0, None),
                (1, Some("&#x1;")),
                (9, Some("\t")),
                (0x0a, Some("\n")),
                (0x0d, Some("\r")),
                (0x1f, Some("&#x1f;")),
                (0x26, Some("&amp;")),
                (0x3c, Some("&lt;")),
                (0x3e, Some(">")),
                (0x7f, Some("\x7f")),
                (0xe4, Some("ä")),
                (0xd77f, Some("\u{d77f}")),
                (0xd780, Some("\u{d780}")),
                (0xd7ff, Some("\u{d7ff}")),
                (0xd800, None),
                (0xdfff, None),
                (0xe000, Some("\u{e000}")),
                (0xfffe, None),
                (0xffff, None),
                (0x1_fffe, Some("\u{1fffe}")),
                (0x10_ffff, Some("\u{10ffff}")),
                (0x11_0000, None),
                (u32::MAX, None),
            ],
        );
    }

    #[test]
    fn json_pairs() {
        all(
            json,
            &[
                (0x08, Some("\\b")),
                (0x09, Some("\\u0009")),
                (0x0a, Some("\\n")),
                (0x0c, Some("\\u000c")),
                (0x0d, Some("\\r")),
                (0x22, Some("\\\"")),
                (0x2f, Some("\\/")),
                (0x5c, Some("\\\\")),
                (0xf6, Some("\\u00f6")),
                (0xffff, Some("\\uffff")),
                (0x1_0000, Some("\\ud800\\udc00")),
                (0x1_d11e, Some("\\ud834\\udd1e")),
                (0x10_ffff, Some("\\udbff\\udfff")),
                (0x11_0000, None),
            ],
        );
    }

    #[test]
    fn quoted_printable_bytes() {
        all(quoted_printable, &[(0, Some("=00")), (0xf6, Some("=f6")), (0xff, Some("=ff")), (0x100, None)]);
        all(
            quoted_printable_utf8,
            &[
                (0x20, Some("=20")),
                (0xf6, Some("=c3=b6")),
                (0x400_0000, Some("=fc=84=80=80=80=80")),
                (0x7fff_ffff, Some("=fd=bf=bf=bf=bf=bf")),
                (0x8000_0000, None),
            ],
        );
    }

    #[test]
    fn c_escapes() {
        let text = |character| String::from_utf8(written(|out| c(out, character))).unwrap();
        let short: Vec<u32> = (0..256).filter(|character| text(*character).len() == 2).collect();
        assert_eq!(short, [7, 8, 9, 10, 11, 12, 13, 0x1b, 0x5c]);
        assert_eq!(short.iter().map(|character| text(*character)).collect::<String>(), r"\a\b\t\n\v\f\r\e\\");
        for (character, wanted) in [
            (0x22, r"\042"),
            (0xc2, r"\302"),
            (0x100, r"\u0100"),
            (0x1_0000, r"\U00010000"),
            (u32::MAX, r"\Uffffffff"),
        ] {
            assert_eq!(text(character), wanted);
        }
    }

    proptest! {
        #[test]
        fn json_is_utf16(character: char) {
            let text = String::from_utf8(try_written(|out| json(out, character.into())).unwrap()).unwrap();
            if let Some(units) = text.strip_prefix("\\u") {
                let units: Vec<u16> = units.split("\\u").map(|unit| u16::from_str_radix(unit, 16).unwrap()).collect();
                prop_assert_eq!(String::from_utf16(&units).unwrap(), character.to_string());
            }
        }
    }
}
