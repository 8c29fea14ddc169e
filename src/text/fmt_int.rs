// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers as text.

use super::out::Out;

/// As many digits as 64 bits can need, in any base from 8 on.
const MOST: usize = 22;

/// Writes `value` in base `BASE` (8 to 16), in lower case, without a prefix.
pub fn unsigned<const BASE: u64>(out: &mut Out, value: u64) {
    padded::<BASE>(out, value, 0);
}

/// Writes `value` in base `BASE`, with zeros in front if it has fewer than `width` digits.
pub fn padded<const BASE: u64>(out: &mut Out, value: u64, width: usize) {
    let mut digits = [0; MOST];
    let mut start = MOST;
    let mut rest = value;
    loop {
        start -= 1;
        digits[start] = hex_digit((rest % BASE) as u8);
        rest /= BASE;
        if rest == 0 {
            break;
        }
    }
    out.repeat(b'0', width.saturating_sub(MOST - start));
    out.bytes(&digits[start..]);
}

/// Writes `value` in base 10, with a minus sign if it is negative.
pub fn signed(out: &mut Out, value: i64) {
    padded_signed(out, value, 0);
}

/// Writes `value` in base 10, with a minus sign if it is negative, and zeros behind that if it has fewer than
/// `width` digits.
pub fn padded_signed(out: &mut Out, value: i64, width: usize) {
    if value < 0 {
        out.byte(b'-');
    }
    padded::<10>(out, value.unsigned_abs(), width);
}

/// The digit for a value from 0 to 15, in lower case. Others (negative ones from 128 on) count from `0` or `a`
/// in the order of the character set.
pub const fn hex_digit(value: u8) -> u8 {
    let zero = if (value as i8) < 10 { b'0' } else { b'a' - 10 };
    zero.wrapping_add(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::out::tests::written;
    use proptest::prelude::*;

    #[test]
    fn worked_values() {
        assert_eq!(written(|out| padded::<10>(out, 23, 4)), b"0023");
        assert_eq!(written(|out| padded::<10>(out, 234, 2)), b"234");
        assert_eq!(written(|out| padded_signed(out, -10, 4)), b"-0010");
        assert_eq!(written(|out| unsigned::<16>(out, 0xfefe_c0de)), b"fefec0de");
        assert_eq!(written(|out| unsigned::<8>(out, u64::MAX)), b"1777777777777777777777");
        assert_eq!(written(|out| signed(out, i64::MIN)), b"-9223372036854775808");
        for zero in [written(|out| unsigned::<10>(out, 0)), written(|out| signed(out, 0))] {
            assert_eq!(zero, b"0");
        }
    }

    #[test]
    fn digits_are_not_checked() {
        assert_eq!(hex_digit(15), b'f');
        assert_eq!(hex_digit(16), b'g');
        assert_eq!(hex_digit(255), b'/');
    }

    proptest! {
        #[test]
        fn as_rust_formats_them(value: u64, width in 0usize..40) {
            prop_assert_eq!(written(|out| unsigned::<10>(out, value)), value.to_string().into_bytes());
            prop_assert_eq!(written(|out| unsigned::<16>(out, value)), format!("{value:x}").into_bytes());
            prop_assert_eq!(written(|out| unsigned::<8>(out, value)), format!("{value:o}").into_bytes());
            prop_assert_eq!(written(|out| signed(out, value as i64)), (value as i64).to_string().into_bytes());
            prop_assert_eq!(written(|out| padded::<10>(out, value, width)), format!("{value:0width$}").into_bytes());
        }
    }
}
