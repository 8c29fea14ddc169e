// SPDX-License-Identifier: MIT OR Apache-2.0
//! yEnc, the encoding of binaries on Usenet: bytes as they are but for an offset and four that have to be escaped.

use super::class::Class;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// How much is added to every byte.
const OFFSET: u8 = 42;
/// How much more is added to one that is escaped.
const ESCAPED: u8 = 64;
/// Bytes of a line, escaped or not.
const LINE: usize = 254;

/// What only gets the offset.
static PLAIN: Class = Class::range(0, 255).without(&[
    0_u8.wrapping_sub(OFFSET),
    b'\n'.wrapping_sub(OFFSET),
    b'\r'.wrapping_sub(OFFSET),
    b'=' - OFFSET,
]);

/// What only loses it again.
static READ: Class = Class::all_but(b"\n\r=");

/// Writes lines. A blank does not become the last byte of a full one, because it may get lost there.
pub(crate) fn encode(out: &mut Out, mut source: Bytes) {
    let mut column = 0;
    loop {
        // Within a line, only four bytes are special.
        if (1..LINE - 1).contains(&column) {
            let plain = |byte: u8| PLAIN.contains(byte);
            column += source.change_while(out, LINE - 1 - column, plain, |byte| byte.wrapping_add(OFFSET));
        }
        let Some(byte) = source.next() else { break };
        let byte = byte.wrapping_add(OFFSET);
        if byte == b' ' && column == LINE - 1 {
            out.byte(b'\n');
            column = 0;
        }
        let special = match byte {
            0 | b'\n' | b'\r' | b'=' => true,
            // News servers and mail take these for something else at the beginning of a line.
            b'.' => column == 0,
            b'F' => {
                let next = source.clone().take(4).map(|byte| byte.wrapping_add(OFFSET));
                column == 0 && next.eq(b"rom ".iter().copied())
            }
            _ => false,
        };
        if special {
            out.byte(b'=');
        }
        out.byte(if special { byte.wrapping_add(ESCAPED) } else { byte });
        column += 1;
        if column == LINE {
            out.byte(b'\n');
            column = 0;
        }
    }
    if column > 0 {
        out.byte(b'\n');
    }
}

/// Reads one line without its end. Of `=y`, which begins a line of another kind, the `=` is consumed.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    loop {
        text.change_while(out, |byte| READ.contains(byte), |byte| byte.wrapping_sub(OFFSET));
        if text.peek() != b'=' {
            return;
        }
        // Where one byte is escaped, the next one may be, too.
        while text.peek() == b'=' {
            let (next, left) = text.ahead();
            // SAFETY: within the limit; the byte before is not null.
            let escaped = if left < 2 { 0 } else { unsafe { next.add(1).read() } };
            // SAFETY: within the limit, and no null bytes.
            unsafe {
                match escaped {
                    0 => return,
                    b'y' => return text.consume(1),
                    _ => text.consume(2),
                }
            }
            out.byte(escaped.wrapping_sub(ESCAPED).wrapping_sub(OFFSET));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    /// The encoded form of what encodes to some bytes.
    fn of(wanted: impl AsRef<[u8]>) -> Vec<u8> {
        let bytes: Vec<u8> = wanted.as_ref().iter().map(|byte| byte.wrapping_sub(OFFSET)).collect();
        encoded(bytes, encode)
    }

    #[test]
    fn escapes() {
        assert_eq!(of(b"a\0\n\r=b"), b"a=@=J=M=}b\n");
        assert_eq!(of(b""), b"");
        assert_eq!(of(b"\xff\x80 \t"), b"\xff\x80 \t\n");
    }

    #[test]
    fn beginnings_of_lines() {
        assert_eq!(of(b".."), b"=n.\n");
        assert_eq!(of(b"From From "), b"=\x86rom From \n");
        for almost in [&b"From"[..], b"Fro", b"F", b"From\t", b"Frum "] {
            assert_eq!(of(almost), [almost, b"\n"].concat());
        }
        assert_eq!(
            of(["x".repeat(254), "..".into()].concat()),
            ["x".repeat(254), "\n=n.\n".into()].concat().as_bytes()
        );
    }

    #[test]
    fn ends_of_lines() {
        let (full, less) = ("x".repeat(254), "x".repeat(253));
        for (bytes, text) in [
            (full.clone(), format!("{full}\n")),
            (format!("{full}y"), format!("{full}\ny\n")),
            (format!("{less} "), format!("{less}\n \n")),
            (format!("{less} y"), format!("{less}\n y\n")),
            (format!("{full} "), format!("{full}\n \n")),
            (format!("{less}\0y"), format!("{less}=@\ny\n")),
            (" ".repeat(300), format!("{}\n{}\n", " ".repeat(253), " ".repeat(47))),
        ] {
            assert_eq!(of(bytes), text.as_bytes());
        }
    }

    #[test]
    fn one_line() {
        let line = |text: &[u8]| {
            let (bytes, used) = decoded(text, decode);
            (bytes.iter().map(|byte| byte.wrapping_add(OFFSET)).collect::<Vec<_>>(), used)
        };
        for (text, meant, used) in [
            (&b"abc\r\nd"[..], &b"abc"[..], 3),
            (b"abc\nd", b"abc", 3),
            (b"a=}b", b"a=b", 4),
            (b"a=nb", b"a.b", 4),
            (b"=ybegin", b"", 1),
            (b"a=yend", b"a", 2),
            (b"a=", b"a", 1),
            (b"=", b"", 0),
            (b"=\n", b"\xca", 2),
            (b"", b"", 0),
        ] {
            assert_eq!(line(text), (meant.into(), used), "{text:x?}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xf6), Just(4)], 0..700)) {
            let text = encoded(&bytes, encode);
            let mut back = Vec::new();
            let lines = text.split(|byte| *byte == b'\n');
            for line in lines {
                let (more, used) = decoded(line, decode);
                prop_assert_eq!(used, line.len());
                prop_assert!(!line.starts_with(b".") && !line.starts_with(b"From "));
                back.extend(more);
            }
            prop_assert_eq!(back, bytes);
        }
    }
}
