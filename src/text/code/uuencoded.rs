// SPDX-License-Identifier: MIT OR Apache-2.0
//! The lines of uuencode(1), without those at the beginning and the end: a character that tells how many bytes
//! follow, and four characters for every three of them.

use super::base64::{self, Alphabet};
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;
use crate::text::scan_int::{NO_DIGIT, Values};

/// The bytes of a line.
const LINE: usize = 45;

/// The most that the first character of a line can tell.
const MOST: usize = 63;

/// The characters from the blank on, of which the first one is replaced: mail loses blanks at the end of a line.
/// What fills up the last group of four is zeros, too.
static ALPHABET: Alphabet = *b"`!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\0";

/// Writes lines.
#[inline(always)]
pub(crate) fn encode(out: &mut Out, source: Bytes) {
    if out.tail().is_null() {
        // All lines but the last one are as long.
        let (lines, rest) = (source.left() / LINE, source.left() % LINE);
        let last = if rest == 0 { 0 } else { 2 + rest.div_ceil(3) * 4 };
        return out.advance(lines * (2 + LINE / 3 * 4) + last);
    }
    write_lines(out, source);
}

#[inline(never)]
fn write_lines(out: &mut Out, mut source: Bytes) {
    while source.left() > 0 {
        let line = source.split_off(LINE);
        out.byte(ALPHABET[line.left() % 64]);
        base64::encode(out, line, &ALPHABET, true);
        out.byte(b'\n');
    }
}

/// What the characters mean: the blank and the character that replaces it are both 0.
static VALUES: Values = {
    let mut values = [NO_DIGIT; 256];
    let mut byte = b' ';
    while byte <= b'`' {
        values[byte as usize] = (byte - b' ') & 63;
        byte += 1;
    }
    values
};

/// Reads one line without its end. Refuses one that is cut short, or has characters that do not belong there.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    let _ = line(text, out);
}

fn line(text: &mut Text, out: &mut Out) -> Option<()> {
    let (from, limit) = text.ahead();
    let value = |at: usize| {
        if at >= limit {
            return None;
        }
        // SAFETY: within the limit, and all bytes before have a value, which the null byte has not.
        let value = VALUES[usize::from(unsafe { from.add(at).read() })];
        (value != NO_DIGIT).then_some(u32::from(value))
    };
    let count = value(0)? as usize;
    // All of it before anything is written: a line that is refused leaves the destination alone, and the text if
    // that is the same.
    let mut made = [0; MOST];
    let mut end = 1;
    for group in made.chunks_exact_mut(3).take(count.div_ceil(3)) {
        let bits = value(end)? << 18 | value(end + 1)? << 12 | value(end + 2)? << 6 | value(end + 3)?;
        group.copy_from_slice(&bits.to_be_bytes()[1..]);
        end += 4;
    }
    out.bytes(made.get(..count)?);
    // SAFETY: all of them have a value.
    unsafe { text.consume(end) };
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn worked_values() {
        assert_eq!(encoded(b"", encode), b"");
        assert_eq!(encoded(b"a", encode), b"!80``\n");
        assert_eq!(encoded(b"ab", encode), b"\"86(`\n");
        assert_eq!(encoded(b"Cat", encode), b"#0V%T\n");
        assert_eq!(encoded([0; 3], encode), b"#````\n");
        assert_eq!(encoded([b'a'; 45], encode), ["M", &"86%A".repeat(15), "\n"].concat().as_bytes());
        assert_eq!(encoded([b'a'; 46], encode), ["M", &"86%A".repeat(15), "\n!80``\n"].concat().as_bytes());
    }

    #[test]
    fn one_line() {
        for (text, bytes, used) in [
            ("#0V%T", "Cat", 5),
            ("#0V%T\n#0V%T", "Cat", 5),
            ("#0V%Tx", "Cat", 5),
            ("\"80  ", "a\0", 5),
            (" ", "", 1),
            ("`", "", 1),
            ("`\n", "", 1),
        ] {
            assert_eq!(decoded(text, decode), (bytes.into(), used), "{text}");
        }
    }

    #[test]
    fn lines_that_are_refused() {
        for text in
            ["", "!", "!8", "!80`", "!80`\n", "#0V%\x1f", "a0000", "\x1f", "\n", "!80`a", "$0V%T0V%", "ä"]
        {
            assert_eq!(decoded(text, decode), (vec![], 0), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = encoded(&bytes, encode);
            let mut back = Vec::new();
            for line in String::from_utf8(text).unwrap().lines() {
                let (more, used) = decoded(line, decode);
                prop_assert_eq!(used, line.len());
                back.extend(more);
            }
            prop_assert_eq!(back, bytes);
        }
    }
}
