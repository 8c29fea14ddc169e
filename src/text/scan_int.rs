// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers from text.
//!
//! All of them stop in front of the first byte that is no digit, or whose digit would make the number too
//! big: the digits before it count.

use super::input::Text;

/// The value of a digit in each place, or [`NO_DIGIT`].
pub(in crate::text) type Values = [u8; 256];

/// More than any digit's value.
pub(in crate::text) const NO_DIGIT: u8 = 0xff;

/// The values of digits of which the first is 0.
pub(in crate::text) const fn values(digits: &[u8]) -> Values {
    let mut values = [NO_DIGIT; 256];
    let mut value = 0;
    while value < digits.len() {
        values[digits[value] as usize] = value as u8;
        value += 1;
    }
    values
}

/// Hexadecimal digits of either case.
pub(in crate::text) static HEXADECIMAL: Values = {
    let mut values = values(b"0123456789abcdef");
    let mut value = 10;
    while value < 16 {
        values[(b'A' - 10 + value) as usize] = value;
        value += 1;
    }
    values
};

/// A number in base `base` (2 to 16), at most `most`. `None` without a digit.
#[inline(always)]
pub(crate) fn unsigned(text: &mut Text, base: u64, most: u64) -> Option<u64> {
    let (start, limit) = text.ahead();
    if limit == 0 {
        return None;
    }
    let (mut value, mut used) = (0, 0);
    let digit_at = |at: usize| {
        // SAFETY: within the limit, and behind digits only, of which none is a null byte.
        let byte = unsafe { start.add(at).read() };
        if base <= 10 {
            u64::from(byte.wrapping_sub(b'0'))
        } else {
            u64::from(HEXADECIMAL[usize::from(byte)])
        }
    };
    // So many digits are never too big.
    let safe = match base {
        10 => (most.ilog2() * 1233) >> 12,
        _ => most.ilog2() / base.ilog2().max(1),
    };
    let safe = limit.min(safe as usize);
    let perhaps_more = loop {
        if used == safe {
            break true;
        }
        let digit = digit_at(used);
        if digit >= base {
            break false;
        }
        value = value * base + digit;
        used += 1;
    };
    while perhaps_more && used < limit {
        let digit = digit_at(used);
        // The digits before one that would make the number too big count.
        if digit >= base || value >= most / base && (value > most / base || digit > most % base) {
            break;
        }
        value = value * base + digit;
        used += 1;
    }
    // SAFETY: all of them were digits.
    unsafe { text.consume(used) };
    (used > 0).then_some(value)
}

/// A decimal number with an optional sign, from `-most - 1` to `most`. `None` without a digit.
#[inline(always)]
pub(crate) fn signed(text: &mut Text, most: i64) -> Option<i64> {
    let negative = sign(text) == Some(-1);
    let most = most.unsigned_abs();
    let value = unsigned(text, 10, if negative { most + 1 } else { most })?;
    Some(if negative { 0_i64.wrapping_sub_unsigned(value) } else { value as i64 })
}

/// A sign: 1 for plus, -1 for minus.
#[inline(always)]
pub(crate) fn sign(text: &mut Text) -> Option<i32> {
    let sign = match text.peek() {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    // SAFETY: that was not a null byte.
    unsafe { text.consume(1) };
    Some(sign)
}

/// The value of a hexadecimal digit of either case.
pub(crate) const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;
    use proptest::prelude::*;

    #[test]
    fn the_digits_before_an_overflow_count() {
        assert_eq!(scanned("65536", |text| unsigned(text, 10, 65535)), Some((6553, 4)));
        assert_eq!(scanned("4294967296", |text| unsigned(text, 10, u32::MAX.into())), Some((429496729, 9)));
        assert_eq!(
            scanned("fefec0debaad", |text| unsigned(text, 16, u32::MAX.into())),
            Some((0xfefec0de, 8))
        );
        let octal = |string: &str| scanned(string, |text| unsigned(text, 8, u64::MAX));
        assert_eq!(octal("1777777777777777777777"), Some((u64::MAX, 22)));
        assert_eq!(octal("2000000000000000000000"), Some((1 << 61, 21)));
    }

    #[test]
    fn what_is_no_number() {
        for string in ["", "+23", "-23", " 23", "x", "/", ":"] {
            assert_eq!(scanned(string, |text| unsigned(text, 10, u64::MAX)), None, "{string}");
        }
        for string in ["", "-", "+", "--1", "+-1", "- 1", " 1"] {
            assert_eq!(scanned(string, |text| signed(text, i64::MAX)), None, "{string}");
        }
        for string in ["g", "G", "@", "`"] {
            assert_eq!(scanned(string, |text| unsigned(text, 16, u64::MAX)), None, "{string}");
        }
    }

    #[test]
    fn stops_at_the_first_other_byte() {
        assert_eq!(scanned("23,42", |text| unsigned(text, 10, u64::MAX)), Some((23, 2)));
        assert_eq!(scanned("0x23", |text| unsigned(text, 10, u64::MAX)), Some((0, 1)));
        assert_eq!(scanned("178", |text| unsigned(text, 8, u64::MAX)), Some((0o17, 2)));
        assert_eq!(scanned("000000000000000000000000000007", |text| unsigned(text, 10, 9)), Some((7, 30)));
        assert_eq!(scanned("+7-", |text| signed(text, i64::MAX)), Some((7, 2)));
    }

    #[test]
    fn lowest_values() {
        for most in [i64::from(i16::MAX), i32::MAX.into(), i64::MAX] {
            let lowest = -most - 1;
            let string = lowest.to_string();
            assert_eq!(scanned(&string, |text| signed(text, most)), Some((lowest, string.len())));
        }
        assert_eq!(scanned("-32769", |text| signed(text, i16::MAX.into())), Some((-3276, 5)));
        assert_eq!(scanned("32768", |text| signed(text, i16::MAX.into())), Some((3276, 4)));
    }

    proptest! {
        #[test]
        fn reads_back_what_rust_formats(value: i64) {
            for (string, base) in
                [(format!("{value:x}"), 16), (format!("{value:X}"), 16), (format!("{value:o}"), 8)]
            {
                prop_assert_eq!(scanned(&string, |text| unsigned(text, base, u64::MAX)), Some((value as u64, string.len())));
            }
            let string = value.to_string();
            prop_assert_eq!(scanned(&string, |text| signed(text, i64::MAX)), Some((value, string.len())));
        }

        /// The longest prefix that Rust's own parser accepts, of the bytes that are digits at all.
        #[test]
        fn as_rust_parses_the_longest_prefix(string in "[0-9]{0,7}[0-9a-g ]{0,3}") {
            let digits = string.bytes().take_while(u8::is_ascii_digit).count();
            let model = (1..=digits).map_while(|end| Some((u64::from(string[..end].parse::<u16>().ok()?), end))).last();
            prop_assert_eq!(scanned(&string, |text| unsigned(text, 10, u16::MAX.into())), model);
        }
    }
}
