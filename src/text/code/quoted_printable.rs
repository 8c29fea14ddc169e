// SPDX-License-Identifier: MIT OR Apache-2.0
//! The quoted-printable encoding of mail, RFC 2045, section 6.7.

use super::class::Class;
use super::escapes;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// What stays as it is.
static PLAIN: Class = Class::range(b' ', 0x7f).without(b"=");

/// What is read as it is.
static READ: Class = Class::all_but(b"=");

/// Writes control characters (the ends of lines too), what is not ASCII, `=`, and what is in `escaped` as `=` and two
/// digits. Lines stay as long as they are.
pub(crate) fn encode(out: &mut Out, source: Bytes, escaped: &[u8]) {
    escapes::encode(out, source, b'=', &PLAIN, escaped);
}

/// Reads `=` with two digits as a byte, and `=` at the end of a line as nothing, together with that end. Stops in
/// front of another `=`.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    loop {
        escapes::decode(text, out, b'=', &READ, 0);
        let mut ahead = text.clone();
        ahead.eat(b'=');
        ahead.eat(b'\r');
        if !ahead.eat(b'\n') {
            return;
        }
        *text = ahead;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn the_bytes_that_stay_as_they_are() {
        let stays = |byte: &u8| encoded([*byte], |out, source| encode(out, source, b"")) == [*byte];
        let plain: Vec<u8> = (0..=255).filter(stays).collect();
        assert_eq!(plain, (0x20..0x80).filter(|byte| *byte != b'=').collect::<Vec<u8>>());
    }

    #[test]
    fn worked_values() {
        assert_eq!(encoded(b"a=\xe4\r\n b", |out, source| encode(out, source, b"")), b"a=3d=e4=0d=0a b");
        assert_eq!(encoded(b"a b\xff", |out, source| encode(out, source, b" \xff")), b"a=20b=ff");
        for (text, bytes, used) in [
            ("a=41b", "aAb", 5),
            ("=2E=2e", "..", 6),
            ("a\nb\r\n ", "a\nb\r\n ", 6),
            ("a=\nb=\r\n=\n", "ab", 9),
            ("a=\r", "a", 1),
            ("a=\rb", "a", 1),
            ("a= \nb", "a", 1),
            ("a=4", "a", 1),
            ("a=4g", "a", 1),
            ("a==41", "a", 1),
            ("=", "", 0),
            ("", "", 0),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes, |out, source| encode(out, source, b"ab"));
            prop_assert_eq!(decoded(&text, decode), (bytes, text.len()));
        }
    }
}
