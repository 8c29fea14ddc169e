// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs of bytes with or without some property.

use super::input::Text;

/// The six white space characters of ASCII, whatever the locale.
pub const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// How many bytes at the start of the string are in `set`, or, if `member` is false, are not. The NUL ends
/// both the string and the run.
pub fn run_of(text: &mut Text, set: &[u8], member: bool) -> usize {
    text.skip(|byte| set.contains(&byte) == member)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;

    #[test]
    fn white_space_is_that_of_c() {
        let white: Vec<u8> = (0..=255).filter(|byte| is_white(*byte)).collect();
        assert_eq!(white, b"\t\n\x0b\x0c\r ");
    }

    #[test]
    fn runs_end_at_the_nul() {
        let run =
            |string: &[u8], set, member| scanned(string, |text| Some(run_of(text, set, member))).unwrap().0;
        assert_eq!(run(b"aabc", b"ab", true), 3);
        assert_eq!(run(b"aa\0aa", b"a", true), 2);
        assert_eq!(run(b"xyabc", b"ab", false), 2);
        assert_eq!(run(b"xy\0xy", b"ab", false), 2);
        assert_eq!(run(b"\xe4\xf6x", b"\xf6\xe4", true), 2);
        assert_eq!(run(b"abc", b"", true), 0);
        assert_eq!(run(b"abc", b"", false), 3);
    }
}
