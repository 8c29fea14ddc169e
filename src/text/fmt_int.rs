// SPDX-License-Identifier: MIT OR Apache-2.0
//! Integers as text.

use super::out::Out;

/// The powers of ten, and 0 for the first, so that 0 has one digit.
pub(super) static POWERS: [u64; 20] = {
    let mut powers = [0; 20];
    let (mut at, mut power) = (1, 1);
    while at < 20 {
        power *= 10;
        powers[at] = power;
        at += 1;
    }
    powers
};

/// The numbers below 100 in two digits.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

/// A number below 100 in two digits; of others the last two.
pub(crate) fn pair(value: u8) -> [u8; 2] {
    PAIRS[usize::from(value) % 100]
}

/// As many digits as may be zeros in front.
const FEW: usize = 16;

/// The two hexadecimal digits of every byte, in lower case.
static BYTES: [[u8; 2]; 256] = {
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        digits[byte] = [hex_digit(byte as u8 >> 4), hex_digit(byte as u8 & 15)];
        byte += 1;
    }
    digits
};

/// The two hexadecimal digits of a byte, in lower case.
#[inline(always)]
pub(crate) fn hexadecimal(byte: u8) -> [u8; 2] {
    BYTES[usize::from(byte)]
}

/// How many digits `value` has.
#[inline(always)]
fn digits<const BASE: u64>(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    match BASE {
        8 => bits.div_ceil(3) as usize,
        16 => bits.div_ceil(4) as usize,
        _ => {
            // log10(2) is a little less than 1233/4096.
            let least = ((bits * 1233) >> 12) as usize;
            least + usize::from(value >= POWERS[least.min(19)])
        }
    }
}

/// Writes `value` in base `BASE` (8, 10 or 16), in lower case, without a prefix.
#[inline(always)]
pub(crate) fn unsigned<const BASE: u64>(out: &mut Out, value: u64) {
    // Most numbers are small.
    if value < BASE {
        return out.byte(hex_digit(value as u8));
    }
    put::<BASE>(out, value, digits::<BASE>(value));
}

/// Writes `value` in base `BASE`, with zeros in front if it has fewer than `width` digits.
#[inline(always)]
pub(crate) fn padded<const BASE: u64>(out: &mut Out, value: u64, width: usize) {
    let to = out.tail();
    // A number that fits into the usual width needs no counting.
    if BASE == 10 && (4..=8).contains(&width) && value < POWERS[width] && !to.is_null() {
        // SAFETY: there is room for all that is written.
        unsafe { store_half(to, value, width) }
        return out.advance(width);
    }
    // Digits that a number does not have are zeros, and a few of them are made as its own are.
    if width <= FEW {
        return put::<BASE>(out, value, digits::<BASE>(value).max(width));
    }
    // SAFETY: as above.
    out.advance(unsafe { store_wide::<BASE>(to, value, width) });
}

/// Stores `value` at `to`, unless that is NULL, with zeros in front if it has fewer than `width` digits, and returns how many
/// bytes that makes.
///
/// # Safety
/// There is room for them.
#[cold]
#[inline(never)]
unsafe fn store_wide<const BASE: u64>(to: *mut u8, value: u64, width: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        Out::write(to.cast(), |out| {
            let count = digits::<BASE>(value);
            out.repeat(b'0', width.saturating_sub(count));
            put::<BASE>(out, value, count);
        })
    }
}

/// Writes `value`, which has no more than `count` digits, with zeros in front if it has fewer.
#[inline(always)]
pub(super) fn put<const BASE: u64>(out: &mut Out, value: u64, count: usize) {
    let to = out.tail();
    out.advance(count);
    if to.is_null() {
        return;
    }
    // SAFETY: there is room for all that is written.
    unsafe {
        match BASE {
            10 if count > 8 => store_many(to, value, count),
            10 => store_decimal(to, value, count),
            _ => store::<BASE>(to, value, count),
        }
    }
}

/// Stores `value`, which has no more than `count` digits, at `to`, with zeros in front: eight at most. Formatters of many
/// kinds share it.
///
/// # Safety
/// There is room for them.
#[inline(never)]
unsafe fn store_decimal(to: *mut u8, value: u64, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        match count {
            0..=3 => {
                let (mut rest, mut at) = (value as u32, count);
                if at >= 2 {
                    at -= 2;
                    to.add(at).cast::<[u8; 2]>().write_unaligned(PAIRS[(rest % 100) as usize]);
                    rest /= 100;
                }
                if at == 1 {
                    to.write(hex_digit(rest as u8));
                }
            }
            4..=8 => store_half(to, value, count),
            _ => {}
        }
    }
}

/// The same for four to eight digits: two pieces, which may overlap, are as many as are wanted.
///
/// # Safety
/// As in [`store_decimal`].
#[inline(always)]
unsafe fn store_half(to: *mut u8, value: u64, count: usize) {
    let digits = eight_digits(value as u32);
    let first = (digits >> (8 * (8 - count))) as u32;
    let last = (digits >> 32) as u32;
    // SAFETY: the caller's promise.
    unsafe {
        to.cast::<u32>().write_unaligned(first.to_le());
        to.add(count - 4).cast::<u32>().write_unaligned(last.to_le());
    }
}

/// The same for more than eight digits.
///
/// # Safety
/// As in [`store_decimal`].
#[inline(never)]
unsafe fn store_many(to: *mut u8, value: u64, count: usize) {
    const ALL: u64 = 100_000_000;
    let (mut rest, mut at) = (value, count);
    // SAFETY: the caller's promise; the last digits are written first.
    unsafe {
        while at > 8 {
            at -= 8;
            to.add(at).cast::<u64>().write_unaligned(eight_digits((rest % ALL) as u32).to_le());
            rest /= ALL;
        }
        store_decimal(to, rest, at);
    }
}

/// The eight digits of a number below 10^8, the first one in the lowest byte. A number becomes two of four digits, these
/// four of two, and these eight of one, side by side: a division of all of them is a multiplication and a shift.
#[inline(always)]
const fn eight_digits(value: u32) -> u64 {
    let fours = (value / 10_000) as u64 | ((value % 10_000) as u64) << 32;
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | (twos - 10 * tens) << 8;
    ones | 0x3030_3030_3030_3030
}

/// The same in base 8 or 16.
///
/// # Safety
/// As in [`store_decimal`].
#[inline(never)]
unsafe fn store<const BASE: u64>(to: *mut u8, value: u64, count: usize) {
    let (mut rest, mut at) = (value, count);
    // SAFETY: the caller's promise; the last digits are written first.
    unsafe {
        while at >= 2 && BASE > 8 {
            at -= 2;
            to.add(at).cast::<[u8; 2]>().write_unaligned(hexadecimal(rest as u8));
            rest /= BASE * BASE;
        }
        while at > 0 {
            at -= 1;
            to.add(at).write(hex_digit((rest % BASE) as u8));
            rest /= BASE;
        }
    }
}

/// Writes `value` in base 10, with a minus sign if it is negative.
pub(crate) fn signed(out: &mut Out, value: i64) {
    padded_signed(out, value, 0);
}

/// Writes `value` in base 10, with a minus sign if it is negative, and zeros behind that if it has fewer than
/// `width` digits.
#[inline(never)]
pub(crate) fn padded_signed(out: &mut Out, value: i64, width: usize) {
    if value < 0 {
        out.byte(b'-');
    }
    padded::<10>(out, value.unsigned_abs(), width);
}

/// The digit for a value from 0 to 15, in lower case. Others (negative ones from 128 on) count from `0` or `a`
/// in the order of the character set.
pub(crate) const fn hex_digit(value: u8) -> u8 {
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

    #[test]
    fn eight_digits_of_every_part() {
        for four in 0..10_000 {
            for (value, text) in [(four, format!("{four:08}")), (four * 10_000, format!("{four:04}0000"))] {
                assert_eq!(eight_digits(value).to_le_bytes(), text.as_bytes());
            }
        }
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
