// SPDX-License-Identifier: MIT OR Apache-2.0
//! Floating point numbers, to and from text. Both directions round correctly.

use super::decimal::{self, MOST_DIGITS};
use super::fmt_int::signed;
use super::input::Text;
use super::out::Out;
use super::scan_int::sign;

/// Writes `value` with `digits` (at least 1) digits from the first that is not 0 on; in scientific notation
/// if the number has more digits than that before the point, or more than four zeros behind it.
pub(crate) fn write(out: &mut Out, value: f64, digits: usize) {
    if value.is_nan() {
        return out.bytes(b"nan");
    }
    if value.is_sign_negative() {
        out.byte(b'-');
    }
    if value.is_infinite() {
        return out.bytes(b"inf");
    }
    if value == 0.0 {
        return out.byte(b'0');
    }
    let (value, count) = (value.abs(), digits.clamp(1, MOST_DIGITS));
    let mut room = [0; decimal::FEW];
    match decimal::few(value, &mut room, count) {
        Some(exponent) => place(out, room.get(..count).unwrap_or_default(), exponent),
        None => write_all(out, value, count),
    }
}

/// The same for a positive number that needs more room.
#[inline(never)]
fn write_all(out: &mut Out, value: f64, count: usize) {
    let mut room = [b'0'; MOST_DIGITS];
    let exponent = decimal::all(value, &mut room, count);
    place(out, room.get(..count).unwrap_or_default(), exponent);
}

/// The same, if it takes no more than `most` bytes, and at least one digit is wanted.
pub(crate) fn write_within(out: &mut Out, value: f64, digits: i32, most: i32) -> Option<()> {
    /// What stands around the digits at most: a sign, a zero, a point, and four zeros; or sign, point, and exponent.
    const AROUND: usize = 7;
    let (digits, most) = (usize::try_from(digits).ok()?, usize::try_from(most).ok()?);
    if digits == 0 {
        return None;
    }
    if most < digits.min(MOST_DIGITS) + AROUND && Out::length_of(|out| write(out, value, digits)) > most {
        return None;
    }
    write(out, value, digits);
    Some(())
}

/// Writes digits of which the first one stands for this power of ten.
#[inline(never)]
fn place(out: &mut Out, digits: &[u8], exponent: i32) {
    let before_point = match usize::try_from(exponent) {
        Ok(exponent) if exponent < digits.len() => exponent + 1,
        Err(_) if exponent >= -5 => {
            out.bytes(&b"0.0000"[..(1 - exponent) as usize]);
            return out.bytes(digits);
        }
        _ => 1,
    };
    let (whole, fraction) = digits.split_at(before_point);
    out.bytes(whole);
    if !fraction.is_empty() {
        out.byte(b'.');
        out.bytes(fraction);
    }
    if !(-5..digits.len() as i32).contains(&exponent) {
        out.byte(b'e');
        signed(out, exponent.into());
    }
}

/// Reads a number in decimal, with an optional sign, point and exponent. At least one digit is wanted in
/// front of the exponent, and at least one in it, or it is none. `None`, and nothing is consumed, if there
/// is no number.
pub(crate) fn scan(text: &mut Text) -> Option<f64> {
    if text.peek() == 0 {
        return None;
    }
    let mut number = text.clone();
    let negative = sign(&mut number) == Some(-1);
    let (value, whole) = digits(&mut number, 0);
    let (value, fraction) = if number.eat(b'.') { digits(&mut number, value) } else { (value, 0) };
    let count = whole + fraction;
    if count == 0 {
        return None;
    }
    let exact = if count > MOST_IN_U64 || number.peek() | 32 == b'e' {
        None
    } else {
        exact_value(value, -(fraction as i64))
    };
    let Some(exact) = exact else {
        let (value, used) = scan_all(number, negative, value, [whole, fraction])?;
        // SAFETY: they are the bytes of a number, of which none is null.
        unsafe { text.consume(used) };
        return Some(value);
    };
    *text = number;
    Some(if negative { -exact } else { exact })
}

/// The same for numbers with an exponent or many digits, from there on where these are behind; tells how many bytes there are.
#[inline(never)]
fn scan_all(
    mut number: Text,
    negative: bool,
    value: u64,
    [whole, fraction]: [usize; 2],
) -> Option<(f64, usize)> {
    let mut exponent = Some(0);
    if number.peek() | 32 == b'e' {
        let mut ahead = number.clone();
        ahead.next_if(|_| true);
        let below_one = sign(&mut ahead) == Some(-1);
        let (power, count) = digits(&mut ahead, 0);
        if count > 0 {
            number = ahead;
            let power = i64::try_from(power).ok().filter(|_| count <= 9);
            exponent = power.map(|power| if below_one { -power } else { power });
        }
    }
    let exact = exponent.filter(|_| whole + fraction <= MOST_IN_U64);
    let exact = exact.and_then(|exponent| exact_value(value, exponent - fraction as i64));
    let value = match exact {
        Some(value) if negative => -value,
        Some(value) => value,
        None => core::str::from_utf8(number.consumed()).ok()?.parse().ok()?,
    };
    Some((value, number.used()))
}

/// So many digits always fit in 64 bits.
const MOST_IN_U64: usize = 19;

/// Reads digits behind those of `value`, and says how many there were. The value of too many for 64 bits means nothing.
#[inline(always)]
fn digits(text: &mut Text, mut value: u64) -> (u64, usize) {
    let before = text.used();
    while let Some(digit) = text.next_if(|byte| byte.is_ascii_digit()) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    (value, text.used() - before)
}

/// `value` times a power of ten, if both are exact, and so one rounding makes it right.
fn exact_value(value: u64, exponent: i64) -> Option<f64> {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    let power = *POWERS.get(usize::try_from(exponent.unsigned_abs()).ok()?)?;
    if value > 1 << f64::MANTISSA_DIGITS {
        return None;
    }
    Some(if exponent < 0 { value as f64 / power } else { value as f64 * power })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;
    use crate::text::out::tests::{try_written, written};
    use proptest::prelude::*;

    fn text(value: f64, digits: usize) -> String {
        String::from_utf8(written(|out| write(out, value, digits))).unwrap()
    }

    #[test]
    fn plain_notation() {
        for (value, digits, wanted) in [
            (1.0, 10, "1.000000000"),
            (123.456, 10, "123.4560000"),
            (1.7, 2, "1.7"),
            (1.7, 10, "1.700000000"),
            (99.996, 4, "100.0"),
            (99.994, 4, "99.99"),
            (-12345.678, 6, "-12345.7"),
            (123.0, 3, "123"),
            (1234.0, 4, "1234"),
            (0.5, 10, "0.5000000000"),
            (0.001, 3, "0.00100"),
            (0.00001, 1, "0.00001"),
            (0.0, 5, "0"),
            (-0.0, 5, "-0"),
        ] {
            assert_eq!(text(value, digits), wanted);
        }
    }

    #[test]
    fn scientific_notation() {
        for (value, digits, wanted) in [
            (12345.0, 3, "1.23e4"),
            (1234.0, 3, "1.23e3"),
            (1e15, 10, "1.000000000e15"),
            (1e10, 10, "1.000000000e10"),
            (999.6, 3, "1.00e3"),
            (9.6, 1, "1e1"),
            (0.000001, 2, "1.0e-6"),
            (-1e100, 1, "-1e100"),
            (5e-324, 3, "4.94e-324"),
            (f64::MAX, 4, "1.798e308"),
        ] {
            assert_eq!(text(value, digits), wanted);
        }
    }

    #[test]
    fn what_is_no_number() {
        for digits in [1, 5] {
            assert_eq!(text(f64::NAN, digits), "nan");
            assert_eq!(text(-f64::NAN, digits), "nan");
            assert_eq!(text(f64::INFINITY, digits), "inf");
            assert_eq!(text(f64::NEG_INFINITY, digits), "-inf");
        }
    }

    #[test]
    fn the_length_has_a_limit() {
        let within = |digits, most| try_written(|out| write_within(out, -1.5, digits, most));
        assert_eq!(within(2, 4).unwrap(), b"-1.5");
        for (digits, most) in [(2, 3), (2, 0), (2, -1), (0, 9), (-1, 9), (i32::MIN, i32::MIN)] {
            assert_eq!(within(digits, most), None);
        }
        assert_eq!(within(i32::MAX, i32::MAX).unwrap().len(), MOST_DIGITS + 2);
    }

    #[test]
    fn the_number_of_digits_has_a_limit() {
        assert_eq!(text(1.0, usize::MAX).len(), MOST_DIGITS + 1);
        assert_eq!(text(f64::MIN_POSITIVE, usize::MAX).len(), MOST_DIGITS + "1.e-308".len() - 1);
    }

    #[test]
    fn numbers_in_text() {
        for (string, used, value) in [
            ("1.5", 3, 1.5),
            ("-1.5e3", 6, -1500.0),
            ("+1.5E3", 6, 1500.0),
            (".5", 2, 0.5),
            ("5.", 2, 5.0),
            ("1.e2", 4, 100.0),
            ("1e-3", 4, 0.001),
            ("1e+3", 4, 1000.0),
            ("1e", 1, 1.0),
            ("1e ", 1, 1.0),
            ("1e+", 1, 1.0),
            ("1ex", 1, 1.0),
            ("1.5.5", 3, 1.5),
            ("0x10", 1, 0.0),
            ("1e999999999999999999999", 23, f64::INFINITY),
            ("-1e999999999999999999999", 24, f64::NEG_INFINITY),
            ("1e-999999999999999999999", 24, 0.0),
            ("179769313486231580793728971405301e276", 37, 1.797_693_134_862_315_8e308),
        ] {
            assert_eq!(scanned(string, scan), Some((value, used)), "{string}");
        }
    }

    #[test]
    fn no_numbers() {
        for string in ["", "-", "+", ".", "-.", "e5", ".e5", "inf", "nan", " 1", "--1", "+-1"] {
            let untouched = scanned(string, |text| Some((scan(text), text.used())));
            assert_eq!(untouched, Some(((None, 0), 0)), "{string}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_what_seventeen_digits_say(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            let written = text(value, 17);
            prop_assert_eq!(scanned(&written, scan), Some((value, written.len())));
        }

        #[test]
        fn reads_as_rust_does(string in "[+-]?[0-9]{0,30}\\.?[0-9]{0,30}([eE][+-]?[0-9]{1,4})?") {
            let model = string.parse::<f64>().ok().map(|value| (value, string.len()));
            if model.is_some() {
                prop_assert_eq!(scanned(&string, scan), model);
            }
        }

        #[test]
        fn any_text_does_no_harm(string in "[-+.eE0-9 x]{0,12}") {
            let _ = scanned(&string, scan);
        }
    }
}
