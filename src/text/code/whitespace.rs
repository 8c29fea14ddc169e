// SPDX-License-Identifier: MIT OR Apache-2.0
//! White space that is kept out of fields.

use crate::text::input::Bytes;
use crate::text::out::Out;

/// Writes blanks, tabs and newlines as `_`.
pub(crate) fn fold(out: &mut Out, source: Bytes) {
    let folded = |byte| if matches!(byte, b' ' | b'\t' | b'\n') { b'_' } else { byte };
    let (to, length) = (out.tail(), source.left());
    out.advance(length);
    if to.is_null() {
        return;
    }
    let from = source.start();
    for at in 0..length {
        // SAFETY: as many bytes are there, and as much room.
        unsafe { to.add(at).write(folded(from.add(at).read())) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::encoded;

    #[test]
    fn three_characters_are_folded() {
        assert_eq!(encoded(b"a b\tc\nd\r\x0b\x0c\0_\xa0", fold), b"a_b_c_d\r\x0b\x0c\0_\xa0");
    }
}
