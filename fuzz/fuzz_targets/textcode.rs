// SPDX-License-Identifier: MIT OR Apache-2.0
//! `textcode.h`: every decoder on any text, and every encoder on any bytes, which have to come back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::textcode::{decoders::*, encoders::*};
use owfat_fuzz::codes::*;
use owfat_fuzz::string;

/// Encoders, their decoders, and the bytes at which such a decoder stops, because they stay as they are or become a tag.
const PAIRS: [(Encoder, Decoder, &[u8]); 11] = [
    (fmt_base64, scan_base64, b""),
    (fmt_base64url, scan_base64url, b""),
    (fmt_quotedprintable, scan_quotedprintable, b""),
    (fmt_urlencoded, scan_urlencoded, b""),
    (fmt_urlencoded, scan_urlencoded2, b""),
    (fmt_hexdump, scan_hexdump, b""),
    (fmt_ldapescape, scan_ldapescape, b""),
    (fmt_cescape, scan_cescape, b"\""),
    (fmt_html, scan_html, b"\0\n"),
    (fmt_html_tagarg, scan_html, b"\0"),
    (fmt_xml, scan_html, b"\0"),
];

/// The same for encoders with a set, of which those bytes are part, or NULL.
const SET_PAIRS: [(SetEncoder, Decoder, &[u8]); 5] = [
    (fmt_quotedprintable2, scan_quotedprintable, b""),
    (fmt_urlencoded2, scan_urlencoded, b""),
    (fmt_urlencoded2, scan_urlencoded2, b""),
    (fmt_cescape2, scan_cescape, b"\""),
    (fmt_ldapescape2, scan_ldapescape, b""),
];

/// Holds what a decoder makes of a text against the source.
fn comes_back(decoder: Decoder, text: &[u8], source: &[u8], stops: &[u8]) {
    let (back, used) = decoded(decoder, text);
    let part = source.iter().position(|byte| stops.contains(byte));
    assert_eq!(*back, source[..part.unwrap_or(source.len())], "{}", text.escape_ascii());
    assert!(part.is_some() || used == text.len(), "{used} of {}", text.escape_ascii());
}

/// Encodes, and decodes line by line.
fn lines_come_back(encoder: Encoder, decoder: Decoder, source: &[u8]) {
    let text = encoded(encoder, source);
    assert!(source.is_empty() || text.ends_with(b"\n"));
    let lines = text.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let (back, used) = decoded(decoder, line);
        assert_eq!(used + 1, line.len(), "{}", line.escape_ascii());
        back
    });
    assert_eq!(lines.collect::<Vec<_>>().concat(), source);
}

/// What is UTF-8 comes back; what comes of other bytes is the same the next time.
fn json_comes_back(source: &[u8]) {
    let text = encoded(fmt_jsonescape, source);
    let (back, used) = decoded(scan_jsonescape, &text);
    assert_eq!(used, text.len(), "{}", text.escape_ascii());
    assert_eq!(encoded(fmt_jsonescape, &back), text);
    let is_noncharacter = |c: char| c as u32 & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c);
    if std::str::from_utf8(source).is_ok_and(|source| !source.contains(is_noncharacter)) {
        assert_eq!(*back, *source);
    }
}

fuzz_target!(|bytes: &[u8]| {
    for decoder in DECODERS {
        let (made, used) = decoded(decoder, bytes);
        // Of yEnc the = of =y is used, which does not mean the same at the end.
        if decoder as usize != scan_yenc as Decoder as usize {
            assert_eq!(decoded(decoder, &bytes[..used]), (made, used), "from its own part");
        }
    }
    for (encoder, decoder, stops) in PAIRS {
        comes_back(decoder, &encoded(encoder, bytes), bytes, stops);
    }
    let set = string(&[b"\"", &bytes[..bytes.len() / 4]].concat());
    for (encoder, decoder, stops) in SET_PAIRS {
        comes_back(decoder, &encoded_with(encoder, bytes, Some(&set)), bytes, b"");
        comes_back(decoder, &encoded_with(encoder, bytes, None), bytes, stops);
    }
    lines_come_back(fmt_uuencoded, scan_uuencoded, bytes);
    lines_come_back(fmt_yenc, scan_yenc, bytes);
    json_comes_back(bytes);
    let quoted = [b"\"", &*encoded(fmt_html_tagarg, bytes), b"\""].concat();
    let string = &bytes[..bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len())];
    assert_eq!(*decoded(scan_html_tagarg, &quoted).0, *string);
    let folded = bytes.iter().map(|byte| if b" \t\n".contains(byte) { b'_' } else { *byte });
    assert!(folded.eq(encoded(fmt_foldwhitespace, bytes)));
});
