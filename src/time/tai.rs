// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole seconds: the TAI64 label.

use crate::abi::tai;

/// The label of 1970-01-01 00:00:10 TAI, which this library, like others of this interface, equates with the
/// beginning of Unix time: there is no table of leap seconds.
pub(crate) const UNIX_EPOCH: u64 = (1 << 62) + 10;

impl tai {
    /// The label of a moment in Unix time (seconds, negative before 1970).
    pub(crate) const fn from_unix(seconds: i64) -> Self {
        tai { x: UNIX_EPOCH.wrapping_add_signed(seconds) }
    }

    /// The external format: 8 bytes, most significant first.
    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.x.to_be_bytes()
    }

    /// The value of the external format.
    pub(crate) const fn from_bytes(bytes: [u8; 8]) -> Self {
        tai { x: u64::from_be_bytes(bytes) }
    }

    /// Sum modulo 2^64.
    pub(crate) const fn wrapping_add(self, other: Self) -> Self {
        tai { x: self.x.wrapping_add(other.x) }
    }

    /// Difference modulo 2^64.
    pub(crate) const fn wrapping_sub(self, other: Self) -> Self {
        tai { x: self.x.wrapping_sub(other.x) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_second_before_unix_time() {
        assert_eq!(tai::from_unix(-1).x, 4611686018427387913);
        assert_eq!(tai::from_unix(0).x, 4611686018427387914);
    }
}
