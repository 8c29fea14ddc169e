// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers for people: one digit behind the point and a unit.

use super::fmt_int::unsigned;
use super::out::Out;

/// Writes `value` in units of `BASE` (1000 or 1024), of its square and so on: k, M, G and T. Below 1000
/// there is no unit.
pub(crate) fn human<const BASE: u64>(out: &mut Out, value: u64) {
    if value < 1000 {
        return unsigned::<10>(out, value);
    }
    let units = [(BASE, b'k'), (BASE.pow(2), b'M'), (BASE.pow(3), b'G'), (BASE.pow(4), b'T')];
    let fitting = units.into_iter().rev().find(|(unit, _)| value >= *unit);
    let (unit, letter) = fitting.unwrap_or(units[0]);
    // Ten times most numbers fit in 64 bits.
    let tenths = match value.checked_mul(10).and_then(|tenfold| tenfold.checked_add(unit / 2)) {
        Some(tenfold) => tenfold / unit,
        None => ((u128::from(value) * 10 + u128::from(unit / 2)) / u128::from(unit)) as u64,
    };
    unsigned::<10>(out, tenths / 10);
    out.short([b'.', b'0' + (tenths % 10) as u8, letter]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::out::tests::written;
    use proptest::prelude::*;

    fn short<const BASE: u64>(value: u64) -> String {
        String::from_utf8(written(|out| human::<BASE>(out, value))).unwrap()
    }

    #[test]
    fn thousands() {
        for (value, text) in [
            (0, "0"),
            (1, "1"),
            (999, "999"),
            (1000, "1.0k"),
            (4900, "4.9k"),
            (4949, "4.9k"),
            (4950, "5.0k"),
            (9999, "10.0k"),
            (999_999, "1000.0k"),
            (1_000_000, "1.0M"),
            (1_000_001, "1.0M"),
            (2_300_000, "2.3M"),
            (1_000_000_000, "1.0G"),
            (1_000_000_000_000, "1.0T"),
            (u64::MAX, "18446744.1T"),
        ] {
            assert_eq!(short::<1000>(value), text, "{value}");
        }
    }

    #[test]
    fn powers_of_two() {
        for (value, text) in [
            (999, "999"),
            (1000, "1.0k"),
            (1023, "1.0k"),
            (1024, "1.0k"),
            (4900, "4.8k"),
            (2_300_000, "2.2M"),
            (999_999, "976.6k"),
            (1 << 20, "1.0M"),
            ((1 << 20) - 1, "1024.0k"),
            (1 << 30, "1.0G"),
            (1 << 40, "1.0T"),
            (u64::MAX, "16777216.0T"),
        ] {
            assert_eq!(short::<1024>(value), text, "{value}");
        }
    }

    proptest! {
        #[test]
        fn within_half_a_digit(value in 1000_u64..1 << 50) {
            for (base, text) in [(1000_f64, short::<1000>(value)), (1024.0, short::<1024>(value))] {
                let (number, letter) = text.split_at(text.len() - 1);
                let unit = base.powi("kMGT".find(letter).unwrap() as i32 + 1);
                let difference = number.parse::<f64>().unwrap() * unit - value as f64;
                prop_assert!(difference.abs() <= unit * 0.050001, "{}", text);
            }
        }
    }
}
