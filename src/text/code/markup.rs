// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text that is to stand in HTML or XML.

use crate::text::escape;
use crate::text::input::Bytes;
use crate::text::out::Out;

/// Writes a byte, as a character reference if it is in `special`.
#[inline(never)]
fn write(out: &mut Out, byte: u8, special: &[u8]) {
    if special.contains(&byte) {
        escape::xml(out, byte.into());
    } else {
        out.byte(byte);
    }
}

/// For between the tags of XML.
pub fn encode_xml(out: &mut Out, source: Bytes) {
    source.for_each(|byte| write(out, byte, b"&<"));
}

/// For an attribute in quotation marks.
pub fn encode_attribute(out: &mut Out, source: Bytes) {
    source.for_each(|byte| write(out, byte, b"&<>\""));
}

/// For between the tags of HTML: the end of a line becomes a tag that breaks it, two together one that begins a
/// paragraph.
pub fn encode_html(out: &mut Out, mut source: Bytes) {
    while let Some(byte) = source.next() {
        if byte != b'\n' {
            write(out, byte, b"&<>");
            continue;
        }
        let mut ahead = source.clone();
        if ahead.next() == Some(b'\n') {
            source = ahead;
            out.bytes(b"<p>");
        } else {
            out.bytes(b"<br>");
        }
    }
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
