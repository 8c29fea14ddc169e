// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domains as text.

use super::split;
use crate::abi::stralloc;
use crate::errno::Result;
use crate::text::out::Out;

/// Appends a domain as [`text`] to a string.
#[inline(never)]
pub(crate) fn append_text(out: &mut stralloc, domain: &[u8]) -> Result<()> {
    out.append_text(|out| text(out, domain))
}

/// Writes a domain as text: small letters, labels joined by dots, and bytes that no host name has in octal. The
/// root is a dot.
pub(super) fn text(out: &mut Out, domain: &[u8]) {
    let Some((mut label, mut rest)) = split(domain) else { return out.byte(b'.') };
    loop {
        for byte in label.iter().map(u8::to_ascii_lowercase) {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
                out.byte(byte);
            } else {
                out.bytes(&[b'\\', b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]);
            }
        }
        match split(rest) {
            Some(next) => (label, rest) = next,
            None => return,
        }
        out.byte(b'.');
    }
}
