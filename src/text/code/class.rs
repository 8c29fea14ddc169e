// SPDX-License-Identifier: MIT OR Apache-2.0
//! Sets of bytes, as tables: one load tells whether a byte is in it.

/// A set of bytes.
#[derive(Clone, Copy)]
pub(super) struct Class([bool; 256]);

impl Class {
    /// No byte.
    pub(super) const NONE: Class = Class([false; 256]);

    /// Bytes `from` to `to`.
    pub(super) const fn range(from: u8, to: u8) -> Class {
        let mut class = Class::NONE;
        let mut byte = from as usize;
        while byte <= to as usize {
            class.0[byte] = true;
            byte += 1;
        }
        class
    }

    /// All but null, which ends a string, and these.
    pub(super) const fn all_but(bytes: &[u8]) -> Class {
        Class::range(1, 255).without(bytes)
    }

    /// Those of this set and those of another one.
    pub(super) const fn with(mut self, other: Class) -> Class {
        let mut byte = 0;
        while byte < 256 {
            self.0[byte] |= other.0[byte];
            byte += 1;
        }
        self
    }

    /// With some bytes more.
    pub(super) const fn and(mut self, bytes: &[u8]) -> Class {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = true;
            at += 1;
        }
        self
    }

    /// Without some bytes.
    pub(super) const fn without(mut self, bytes: &[u8]) -> Class {
        let mut at = 0;
        while at < bytes.len() {
            self.0[bytes[at] as usize] = false;
            at += 1;
        }
        self
    }

    #[inline(always)]
    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}
