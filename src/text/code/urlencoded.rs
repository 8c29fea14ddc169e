// SPDX-License-Identifier: MIT OR Apache-2.0
//! The percent encoding of URLs.

use super::class::Class;
use super::escapes;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// Letters, digits and `$ - . / = _ ~`.
static UNRESERVED: Class =
    Class::range(b'a', b'z').with(Class::range(b'A', b'Z')).with(Class::range(b'-', b'9')).and(b"$=_~");

/// What is no blank or control character, and does not end a part of a URL.
static READ: Class = Class::range(0x21, 0xff).without(b"?&%");

/// The same without what stands for a blank in forms.
static READ_IN_FORMS: Class = READ.without(b"+");

/// Writes letters, digits and `$ - . / = _ ~` as they are, and everything else, and also what is in
/// `escaped`, as a percent sign and two digits in lower case.
pub(crate) fn encode(out: &mut Out, source: Bytes, escaped: &[u8]) {
    escapes::encode(out, source, b'%', &UNRESERVED, escaped);
}

/// Reads percent escapes, and plus signs as blanks if `plus_is_blank`. Stops in front of blanks, control
/// characters, `?`, `&`, and a percent sign without two digits.
pub(crate) fn decode(text: &mut Text, out: &mut Out, plus_is_blank: bool) {
    if plus_is_blank {
        escapes::decode(text, out, b'%', &READ_IN_FORMS, b'+');
    } else {
        escapes::decode(text, out, b'%', &READ, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn the_bytes_that_stay_as_they_are() {
        let all: Vec<u8> = (0..=255).collect();
        let plain: Vec<u8> = all
            .iter()
            .copied()
            .filter(|byte| encoded([*byte], |o, s| encode(o, s, b"")).len() == 1)
            .collect();
        assert_eq!(plain, b"$-./0123456789=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
    }

    #[test]
    fn worked_values() {
        assert_eq!(encoded(b"a b\xffC%", |o, s| encode(o, s, b"")), b"a%20b%ffC%25");
        assert_eq!(encoded(b"a/b\xff", |o, s| encode(o, s, b"/\xff")), b"a%2fb%ff");
        let both = |string: &str| {
            (decoded(string, |t, o| decode(t, o, true)), decoded(string, |t, o| decode(t, o, false)))
        };
        assert_eq!(both("foo%2xbar"), ((b"foo".to_vec(), 3), (b"foo".to_vec(), 3)));
        assert_eq!(both("a+b%00%2B"), ((b"a b\0+".to_vec(), 9), (b"a+b\0+".to_vec(), 9)));
        for stop in [" x", "?x", "&x", "\nx", "%", "%4", "%4g", "%%41", "\x01"] {
            assert_eq!(both(&format!("ab{stop}")).0, (b"ab".to_vec(), 2), "{stop:?}");
        }
        assert_eq!(decoded(b"#=\x7f\xe4", |t, o| decode(t, o, true)), (b"#=\x7f\xe4".to_vec(), 4));
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>, escaped: Vec<u8>) {
            let text = encoded(&bytes, |out, source| encode(out, source, &escaped));
            prop_assert_eq!(decoded(&text, |t, o| decode(t, o, false)), (bytes.clone(), text.len()));
            prop_assert_eq!(decoded(&text, |t, o| decode(t, o, true)), (bytes, text.len()));
        }
    }
}
