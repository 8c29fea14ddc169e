// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digits beside those of Rust's own formatter.

use super::*;
use proptest::prelude::*;

/// What Rust's own formatter makes of it.
fn model(value: f64, count: usize) -> (String, i32) {
    let text = format!("{:.*e}", count - 1, value);
    let (mantissa, exponent) = text.split_once('e').unwrap();
    (mantissa.replace('.', ""), exponent.parse().unwrap())
}

fn agrees(value: f64, count: usize) {
    let wanted = model(value, count);
    if let Some((number, exponent)) = rounded(value, count) {
        assert_eq!((number.to_string(), exponent), wanted, "{value:e} {count}");
    }
    let mut room = [b'0'; MOST_DIGITS];
    let exponent = all(value, &mut room, count);
    assert_eq!((String::from_utf8(room[..count].into()).unwrap(), exponent), wanted, "{value:e} {count}");
}

#[test]
fn around_powers() {
    for power in -324..309 {
        let ten: f64 = format!("1e{power}").parse().unwrap();
        let two = 2_f64.powi(power * 3 + 11);
        for value in [ten, two, 5.0 * ten, 9.5 * ten, 2.5 * ten, 0.125 * two] {
            for value in [value.next_down(), value, value.next_up()] {
                if value.is_finite() && value > 0.0 {
                    [1, 2, 5, 10, 15, 16, 17, 18, 20, 40].iter().for_each(|count| agrees(value, *count));
                }
            }
        }
    }
}

#[test]
fn as_many_digits_as_there_are() {
    for value in [f64::MIN_POSITIVE.next_down(), 5e-324, f64::MAX, 0.1, 1e23, 3.0] {
        [17, 18, 766, 767, 768, MOST_DIGITS].iter().for_each(|count| agrees(value, *count));
    }
}

#[test]
fn the_rounding_is_nearly_always_certain() {
    for power in -323..309 {
        let value: f64 = format!("1.2345678901234567e{power}").parse().unwrap();
        (1..=FEW).for_each(|count| assert!(rounded(value, count).is_some(), "{value:e} {count}"));
    }
    // The middle of two results behind a power that is not exact, and too many digits.
    assert_eq!((rounded(25.0, 1), rounded(1.0, FEW + 1)), (None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn as_rust_rounds(bits: u64, count in 1..=FEW, more in 1..60_usize, exponent in -100..100_i32, few in 0..100_000_u32) {
        let value = f64::from_bits(bits).abs();
        if value.is_finite() && value > 0.0 {
            agrees(value, count);
            agrees(value, more);
        }
        agrees(f64::from_bits(1023 << 52 | bits >> 12) * 2_f64.powi(exponent), count);
        // Halves, which lie in the middle of two results.
        agrees(f64::from(few * 2 + 1) / 2_f64.powi(exponent & 31), count);
    }
}
