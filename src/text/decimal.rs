// SPDX-License-Identifier: MIT OR Apache-2.0
//! The decimal digits of floating-point numbers, rounded correctly: to the nearest, and to the even one of two as near.
//!
//! A number is a mantissa times a power of two. Up to 18 digits of it are a whole number: mantissa times a power of ten,
//! shifted. That power is exact in 64 bits, or known to 128, and then an error of two units in the last place decides whether the
//! rounding is certain. Where it is not, and for more digits, the whole number has as many bits as it needs.

use super::fmt_int::{POWERS, put};
use super::out::Out;
use core::cmp::Ordering;

mod large;
use large::Large;

/// More digits are never written: no double has that many that are not 0.
pub(super) const MOST_DIGITS: usize = 1000;

/// As many digits fit where no large numbers are needed.
pub(super) const FEW: usize = 18;

/// Digits as text.
pub(super) type Digits = [u8; MOST_DIGITS];

/// Writes the first `count` digits of a positive number to `room`, and returns the power of ten that the first one stands for.
#[inline(always)]
pub(super) fn few(value: f64, room: &mut [u8; FEW], count: usize) -> Option<i32> {
    let (number, exponent) = rounded(value, count)?;
    // SAFETY: there is room for as many digits as the number has.
    unsafe { Out::write(room.as_mut_ptr().cast(), |out| put::<10>(out, number, count)) };
    Some(exponent)
}

/// A positive number as a mantissa and the power of two that it is multiplied by.
fn parts(value: f64) -> (u64, i32) {
    const HIDDEN: u64 = 1 << (f64::MANTISSA_DIGITS - 1);
    let bits = value.to_bits();
    match (bits / HIDDEN) as i32 {
        0 => (bits, -1074),
        biased => ((bits % HIDDEN) | HIDDEN, biased - 1075),
    }
}

/// The power of ten that the first digit stands for, or one less.
fn exponent_or_one_less(mantissa: u64, binary: i32) -> i32 {
    // The number is less than twice this power of two. The factor is a little less than log10(2), and no power of two is so close
    // to one of ten that this shows.
    let highest = binary + 63 - mantissa.leading_zeros() as i32;
    (highest * 1_262_611) >> 22
}

/// The first `count` digits of a positive number as a number, and the power of ten that the first one stands for. `None` if they
/// are too many, or too close to the middle of two results.
fn rounded(value: f64, count: usize) -> Option<(u64, i32)> {
    let limit = *POWERS.get(count).filter(|_| count <= FEW)?;
    let (mantissa, binary) = parts(value);
    let mut exponent = exponent_or_one_less(mantissa, binary);
    loop {
        let power = count as i32 - 1 - exponent;
        let number = match usize::try_from(power).ok().and_then(|power| FIVES.get(power)) {
            Some(five) => exactly(u128::from(mantissa) * u128::from(*five), -binary - power)?,
            None => nearly(mantissa, binary, power)?,
        };
        if number < limit {
            return Some((number, exponent));
        }
        exponent += 1;
    }
}

/// The whole number that is nearest to this one without its last `places` binary digits; if they are negative, zeros are added.
#[inline(always)]
fn exactly(value: u128, places: i32) -> Option<u64> {
    if places <= 0 {
        let value = u64::try_from(value).ok()?;
        let places = places.unsigned_abs();
        return value.checked_shl(places).filter(|_| value.leading_zeros() >= places);
    }
    let (whole, rest, half) = split(value, places)?;
    Some(whole + u64::from(round_up(whole, rest.cmp(&half))))
}

/// A number without its last `places` binary digits (at least one), these digits, and half of what they could be.
#[inline(always)]
fn split(value: u128, places: i32) -> Option<(u64, u128, u128)> {
    let half = 1_u128.checked_shl(u32::try_from(places).ok()?.checked_sub(1)?)?;
    let whole = u64::try_from(value >> (places - 1) >> 1).ok()?;
    Some((whole, value & (half | (half - 1)), half))
}

/// Whether what is behind a whole number, compared with a half, rounds it up.
fn round_up(whole: u64, rest: Ordering) -> bool {
    rest == Ordering::Greater || rest == Ordering::Equal && whole % 2 == 1
}

/// `mantissa` times 2 to the `binary` times 10 to the `power`, rounded to a whole number; `None` if that is not certain.
#[inline(never)]
fn nearly(mantissa: u64, binary: i32, power: i32) -> Option<u64> {
    let step = power.div_euclid(STEP);
    let five = u128::from(*FIVES.get(power.rem_euclid(STEP) as usize)?);
    let large = *LARGE.get(usize::try_from(step + LARGE.len() as i32 / 2).ok()?)?;
    let product = u128::from(mantissa) * five;
    let zeros = product.leading_zeros();
    // What is missing of the power is less than a unit of its last place, and of the product as well: together less than two.
    let high = high_half(product << zeros, large);
    // The power of two of the last place: that of `large` is 127 less than the one of five to the 27 to the `step`, which is the
    // whole part of a logarithm.
    let last = binary + power - zeros as i32 + 1 + ((STEP * step * 152_170) >> 16);
    let (whole, rest, half) = split(high, -last)?;
    // Two units more could be beyond the middle.
    if rest <= half && rest + 2 >= half {
        return None;
    }
    Some(whole + u64::from(rest > half))
}

/// The upper half of a product of 256 bits.
#[inline(always)]
fn high_half(a: u128, b: u128) -> u128 {
    let (a_high, a_low) = (a >> 64, a & u128::from(u64::MAX));
    let (b_high, b_low) = (b >> 64, b & u128::from(u64::MAX));
    let middle = a_high * b_low + ((a_low * b_low) >> 64);
    let other = a_low * b_high + (middle & u128::from(u64::MAX));
    a_high * b_high + (middle >> 64) + (other >> 64)
}

/// The powers of five that fit into 64 bits.
static FIVES: [u64; 28] = {
    let mut fives = [1; 28];
    let mut at = 1;
    while at < 28 {
        fives[at] = fives[at - 1] * 5;
        at += 1;
    }
    fives
};

/// Of how many powers of five one is in [`LARGE`].
const STEP: i32 = 27;

/// Five to the -12 * 27, -11 * 27 and so on up to 12 * 27: the first 128 bits of each.
static LARGE: [u128; 25] = [
    0xcf42894a5dce35ea52064cac828675b9,
    0xa76c582338ed2621af2af2b80af6f24e,
    0x873e4f75e2224e685a7744a6e804a291,
    0xda7f5bf590966848af39a475506a899e,
    0xb080392cc4349decbd8d794d96aacfb3,
    0x8e938662882af53e547eb47b7282ee9c,
    0xe65829b3046b0afa0cb4a5a3112a5112,
    0xba121a4650e4ddeb92f34d62616ce413,
    0x964e858c91ba26553a6a07f8d510f86f,
    0xf2d56790ab41c2a2fae27299423fb9c3,
    0xc428d05aa4751e4caa97e14c3c26b886,
    0x9e74d1b791e07e48775ea264cf55347d,
    0x80000000000000000000000000000000,
    0xcecb8f27f4200f3a0000000000000000,
    0xa70c3c40a64e6c51999090b65f67d924,
    0x86f0ac99b4e8dafd69a028bb3ded71a3,
    0xda01ee641a708de9e80e6f4820cc9495,
    0xb01ae745b101e9e45ec05dcff72e7f8f,
    0x8e41ade9fbebc27d14588f13be847307,
    0xe5d3ef282a242e818f1668c8a86da5fa,
    0xb9a74a0637ce2ee16d953e2bd7173692,
    0x95f83d0a1fb69cd94abdaf101564f98e,
    0xf24a01a73cf2dccfbc633b39673c8cec,
    0xc3b8358109e84f070a862f80ec4700c8,
    0x9e19db92b4e31ba96c07a2c26a8346d1,
];

/// Writes the first `count` digits of a positive number to `room`, which is full of zeros, and returns the power of ten that the
/// first one stands for.
#[inline(never)]
pub(super) fn all(value: f64, room: &mut Digits, count: usize) -> i32 {
    let (mantissa, binary) = parts(value);
    let zeros = mantissa.trailing_zeros();
    let (mantissa, binary) = (mantissa >> zeros, binary + zeros as i32);
    // As many digits are behind the decimal point as behind the binary one.
    let power = (count as i32 - 1 - exponent_or_one_less(mantissa, binary)).clamp(0, (-binary).max(0));
    let mut number = Large::from(mantissa);
    number.multiply(5, power);
    number.multiply(2, binary + power);
    let (rest, something) = number.shift_right(-binary - power);
    let length = number.write(room);
    let exponent = length as i32 - 1 - power;
    if length < count {
        return exponent;
    }
    let (kept, others) = room.split_at_mut(count);
    // What is behind the digits that are kept, compared with a half.
    let rest = match others.get(..length - count).unwrap_or_default().split_first() {
        None => rest,
        Some((first, more)) => {
            let more = something || more.iter().any(|digit| *digit != b'0');
            first.cmp(&b'5').then(if more { Ordering::Greater } else { Ordering::Equal })
        }
    };
    let last = kept.last().copied().unwrap_or_default();
    exponent + i32::from(round_up(last.into(), rest) && increase(kept))
}

/// Adds one to the last digit. If all were nines, they become those of a power of ten, which has one digit more.
fn increase(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit != b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    if let Some(first) = digits.first_mut() {
        *first = b'1';
    }
    true
}

#[cfg(test)]
mod tests;
