// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text that is to stand in HTML or XML.

use super::class::Class;
use crate::text::input::Bytes;
use crate::text::out::Out;

/// What stays as it is in each of the three.
static IN_XML: Class = Class::range(0, 255).without(b"&<");
static IN_ATTRIBUTE: Class = Class::range(0, 255).without(b"&<>\"");
static IN_HTML: Class = Class::range(0, 255).without(b"&<>\n");

/// Copies what is plain, and hands what is not to `special`.
#[inline(always)]
fn encode(
    out: &mut Out,
    mut source: Bytes,
    plain: &Class,
    rule: impl Fn(u8) -> bool,
    special: impl Fn(&mut Out, &mut Bytes, u8),
) {
    loop {
        source.copy_plain(out, |byte| plain.contains(byte), &rule);
        let Some(byte) = source.next() else { return };
        special(out, &mut source, byte);
    }
}

/// Writes a character reference.
fn reference(out: &mut Out, byte: u8) {
    match byte {
        b'&' => out.short(*b"&amp;"),
        b'<' => out.short(*b"&lt;"),
        b'>' => out.short(*b"&gt;"),
        _ => out.short(*b"&quot;"),
    }
}

/// Writes what is not plain as character references.
#[inline(never)]
fn encode_references(out: &mut Out, source: Bytes, plain: &Class) {
    let rule = |byte| (byte != b'&') & (byte != b'<') & (byte != b'>') & (byte != b'"');
    encode(out, source, plain, rule, |out, _, byte| reference(out, byte));
}

/// For between the tags of XML.
pub(crate) fn encode_xml(out: &mut Out, source: Bytes) {
    encode_references(out, source, &IN_XML);
}

/// For an attribute in quotation marks.
pub(crate) fn encode_attribute(out: &mut Out, source: Bytes) {
    encode_references(out, source, &IN_ATTRIBUTE);
}

/// For between the tags of HTML: the end of a line becomes a tag that breaks it, two together one that begins a
/// paragraph.
#[inline(never)]
pub(crate) fn encode_html(out: &mut Out, source: Bytes) {
    let rule = |byte| (byte != b'&') & (byte != b'<') & (byte != b'>') & (byte != b'\n');
    encode(out, source, &IN_HTML, rule, |out, source, byte| {
        if byte != b'\n' {
            return reference(out, byte);
        }
        let mut ahead = source.clone();
        if ahead.next() == Some(b'\n') {
            *source = ahead;
            out.short(*b"<p>");
        } else {
            out.short(*b"<br>");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::html;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn special_characters() {
        assert_eq!(encoded(b"\"'&<>\n\xe4\0", encode_html), b"\"'&amp;&lt;&gt;<br>\xe4\0");
        assert_eq!(encoded(b"\"'&<>\n\xe4\0", encode_attribute), b"&quot;'&amp;&lt;&gt;\n\xe4\0");
        assert_eq!(encoded(b"\"'&<>\n\xe4\0", encode_xml), b"\"'&amp;&lt;>\n\xe4\0");
    }

    #[test]
    fn ends_of_lines() {
        for (text, html) in [
            ("\n", "<br>"),
            ("\n\n", "<p>"),
            ("\n\n\n", "<p><br>"),
            ("a\nb\n\nc", "a<br>b<p>c"),
            ("\r\n\r\n", "\r<br>\r<br>"),
        ] {
            assert_eq!(encoded(text, encode_html), html.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn reads_back(text in "[^\0]*") {
            let attribute = encoded(&text, encode_attribute);
            let quoted = [b"\"", &attribute[..], b"\" x"].concat();
            prop_assert_eq!(decoded(quoted, html::decode_attribute), (text.clone().into_bytes(), attribute.len() + 1));
            let xml = encoded(&text, encode_xml);
            prop_assert_eq!(decoded(&xml, html::decode), (text.into_bytes(), xml.len()));
        }
    }
}
