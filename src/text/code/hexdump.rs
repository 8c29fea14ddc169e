// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two hexadecimal digits per byte.

use super::hex_pair;
use crate::text::fmt_int::hexadecimal;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// Writes two digits per byte, in lower case.
pub(crate) fn encode(out: &mut Out, source: Bytes) {
    let (to, length) = (out.tail(), source.left());
    out.advance(length.saturating_mul(2));
    if to.is_null() {
        return;
    }
    for (at, byte) in source.enumerate() {
        // SAFETY: there is room for two digits per byte.
        unsafe { to.add(2 * at).cast::<[u8; 2]>().write_unaligned(hexadecimal(byte)) };
    }
}

/// Reads pairs of digits of either case, and stops in front of anything else.
pub(crate) fn decode(text: &mut Text, out: &mut Out) {
    while let Some(byte) = hex_pair(text) {
        out.byte(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::code::tests::{decoded, encoded};
    use proptest::prelude::*;

    #[test]
    fn worked_values() {
        assert_eq!(encoded(b"0.\xff", encode), b"302eff");
        assert_eq!(decoded("302e", decode), (b"0.".to_vec(), 4));
        assert_eq!(decoded("302E", decode), (b"0.".to_vec(), 4));
        assert_eq!(decoded("0", decode), (vec![], 0));
        assert_eq!(decoded("30 2e", decode), (b"0".to_vec(), 2));
        assert_eq!(decoded("3g", decode), (vec![], 0));
    }

    proptest! {
        #[test]
        fn reads_back(bytes: Vec<u8>) {
            let text = encoded(&bytes, encode);
            prop_assert_eq!(decoded(&text, decode), (bytes, text.len()));
        }
    }
}
