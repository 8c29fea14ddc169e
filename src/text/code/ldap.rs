// SPDX-License-Identifier: MIT OR Apache-2.0
//! The escapes of LDAP: search filters, RFC 4515, and names, RFC 4514.

use super::class::Class;
use super::escapes;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// What stays as it is: neither a control character nor a backslash.
static PLAIN: Class = Class::range(b' ', 0xff).without(b"\\");

/// The same without what has a meaning in a search filter.
static PLAIN_IN_FILTERS: Class = PLAIN.without(b"()*");

/// What is read as it is.
static READ: Class = Class::all_but(b"\\");

/// Writes control characters, the backslash, and what has a meaning in a search filter as a backslash and two digits.
pub(crate) fn encode_filter(out: &mut Out, source: Bytes) {
    escapes::encode(out, source, b'\\', &PLAIN_IN_FILTERS, &[]);
}

/// Writes control characters, the backslash, and what is in `escaped` as a backslash and two digits.
pub(crate) fn encode(out: &mut Out, source: Bytes, escaped: &[u8]) {
    escapes::encode(out, source, b'\\', &PLAIN, escaped);
}

/// Reads a backslash with two digits as a byte. Stops in front of a backslash without.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    escapes::decode(text, out, b'\\', &READ, 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn worked_values() {
        assert_eq!(
            encoded(b"(a*)\\\0\x1f\x7f\xe4", encode_filter),
            br"\28a\2a\29\5c\00\1f".iter().chain(b"\x7f\xe4").copied().collect::<Vec<_>>()
        );
        assert_eq!(encoded(b"(a\\\n\xe4", |out, source| encode(out, source, b"a\xe4")), br"(\61\5c\0a\e4");
        for (text, bytes, used) in [
            (r"a\41\2A", "aA*", 7),
            ("(a)*\"\n", "(a)*\"\n", 6),
            (r"a\4", "a", 1),
            (r"a\4g", "a", 1),
            (r"\", "", 0),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes, encode_filter);
            prop_assert_eq!(decoded(&text, decode), (bytes, text.len()));
        }
    }
}
