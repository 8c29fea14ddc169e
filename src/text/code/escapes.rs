// SPDX-License-Identifier: MIT OR Apache-2.0
//! What encodings have in common that write some bytes as a sign and two hexadecimal digits.

use super::class::Class;
use super::hex_pair;
use crate::text::fmt_int::hexadecimal;
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// Writes what is `plain`, and not in `escaped`, as it is, and everything else as `sign` and two digits.
#[inline(never)]
pub(super) fn encode(out: &mut Out, mut source: Bytes, sign: u8, plain: &Class, escaped: &[u8]) {
    if source.left() == 0 {
        return;
    }
    let less;
    let plain = if escaped.is_empty() {
        plain
    } else {
        less = plain.without(escaped);
        &less
    };
    if out.tail().is_null() {
        let length = source.left();
        let special = source.filter(|byte| !plain.contains(*byte)).count();
        return out.advance(length.saturating_add(2 * special));
    }
    loop {
        source.copy_while(out, |byte| plain.contains(byte));
        let Some(byte) = source.next() else { return };
        let [high, low] = hexadecimal(byte);
        out.short([sign, high, low]);
    }
}

/// Reads what is `plain` as it is, `sign` with two digits as a byte, and what is `blank` (0 for nothing) as a blank.
/// Stops in front of anything else. Neither the sign, the blank nor the null byte is plain.
#[inline(always)]
pub(super) fn decode(text: &mut Text, out: &mut Out, sign: u8, plain: &Class, blank: u8) {
    loop {
        text.copy_while(out, |byte| plain.contains(byte));
        let before = text.used();
        if blank != 0 && text.eat(blank) {
            out.byte(b' ');
            continue;
        }
        let meant = if text.eat(sign) { hex_pair(text) } else { None };
        let Some(meant) = meant else { return text.rewind(before) };
        out.byte(meant);
    }
}
