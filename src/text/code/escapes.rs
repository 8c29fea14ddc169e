// SPDX-License-Identifier: MIT OR Apache-2.0
//! What encodings have in common that write some bytes as a sign and two hexadecimal digits.

use super::{hex_pair, hexdump};
use crate::text::input::{Bytes, Text};
use crate::text::out::Out;

/// A set of bytes.
#[derive(Clone, Copy)]
pub(super) struct Set([u32; 8]);

impl Set {
    /// All bytes.
    pub(super) const ALL: Set = Set([u32::MAX; 8]);

    /// Bytes `from` to `to`.
    pub(super) const fn range(from: u8, to: u8) -> Set {
        let mut set = Set([0; 8]);
        let mut byte = from;
        loop {
            set = set.change(byte, true);
            if byte == to {
                return set;
            }
            byte += 1;
        }
    }

    /// Those of this set and those of another one.
    pub(super) const fn with(mut self, other: Set) -> Set {
        let mut at = 0;
        while at < 8 {
            self.0[at] |= other.0[at];
            at += 1;
        }
        self
    }

    /// With one byte more or less.
    pub(super) const fn change(mut self, byte: u8, contained: bool) -> Set {
        let bit = 1 << (byte % 32);
        let word = &mut self.0[byte as usize / 32];
        *word = if contained { *word | bit } else { *word & !bit };
        self
    }

    /// Without some bytes.
    #[inline(never)]
    pub(super) fn without(mut self, bytes: &[u8]) -> Set {
        for byte in bytes {
            self = self.change(*byte, false);
        }
        self
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 32)] >> (byte % 32) & 1 == 1
    }
}

/// Writes what is `plain`, and not in `escaped`, as it is, and everything else as `sign` and two digits.
#[inline(never)]
pub(super) fn encode(out: &mut Out, source: Bytes, sign: u8, plain: &Set, escaped: &[u8]) {
    let plain = plain.without(escaped);
    for byte in source {
        if plain.contains(byte) {
            out.byte(byte);
        } else {
            out.byte(sign);
            hexdump::pair(out, byte);
        }
    }
}

/// Reads what is `plain` as it is, `sign` with two digits as a byte, and what is `blank` (0 for nothing) as a blank.
/// Stops in front of anything else.
#[inline(never)]
pub(super) fn decode(text: &mut Text, out: &mut Out, sign: u8, plain: &Set, blank: u8) {
    loop {
        let before = text.used();
        let Some(byte) = text.next_if(|byte| plain.contains(byte)) else { return };
        let meant = match byte {
            _ if byte == sign => hex_pair(text),
            _ if byte == blank => Some(b' '),
            _ => Some(byte),
        };
        let Some(meant) = meant else { return text.rewind(before) };
        out.byte(meant);
    }
}
