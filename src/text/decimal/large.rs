// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole numbers with as many bits as a double can need.

use super::{Digits, MOST_DIGITS};
use core::cmp::Ordering;

/// A whole number, the lowest 32 bits first.
pub(super) struct Large {
    words: [u32; Large::MOST],
    used: usize,
}

impl Large {
    /// The least number of all has a mantissa of one bit, and is multiplied by as many fives as it has binary digits behind the
    /// point, 1074: that makes 2,494 bits. A normal one makes no more than 52 bits more; the largest of all has 1,024.
    const MOST: usize = 80;

    pub(super) fn from(value: u64) -> Self {
        let mut number = Large { words: [0; Large::MOST], used: 2 };
        (number.words[0], number.words[1]) = (value as u32, (value >> 32) as u32);
        number
    }

    /// Multiplies by a power of a small number; not at all if the exponent is negative.
    pub(super) fn multiply(&mut self, base: u64, exponent: i32) {
        let mut left = exponent.max(0) as u32;
        while left > 0 {
            // Five to this is the highest power that fits into a word.
            let step = left.min(13);
            let factor = base.pow(step);
            let mut carry = 0;
            for word in self.words.iter_mut().take(self.used) {
                carry += u64::from(*word) * factor;
                *word = carry as u32;
                carry >>= 32;
            }
            if let (1.., Some(word)) = (carry, self.words.get_mut(self.used)) {
                *word = carry as u32;
                self.used += 1;
            }
            left -= step;
        }
    }

    /// Takes off the last binary digits, if the number is positive. Tells how they compare with a half, and whether there was a
    /// one among them.
    pub(super) fn shift_right(&mut self, places: i32) -> (Ordering, bool) {
        let Some(before) = u32::try_from(places).ok().and_then(|places| places.checked_sub(1)) else {
            return (Ordering::Less, false);
        };
        // Up to the first of them, which is the half.
        let (words, bits) = ((before / 32) as usize, before % 32);
        let bit = |at: usize| self.words.get(at).copied().unwrap_or(0);
        let lower =
            bit(words) & ((1 << bits) - 1) != 0 || self.words.iter().take(words).any(|word| *word != 0);
        let half = bit(words) >> bits & 1 == 1;
        let mut shifted = [0; Large::MOST];
        for (at, word) in shifted.iter_mut().enumerate() {
            let pair = u64::from(bit(words + at + 1)) << 32 | u64::from(bit(words + at));
            *word = (pair >> bits >> 1) as u32;
        }
        self.words = shifted;
        let middle = if lower { Ordering::Greater } else { Ordering::Equal };
        (if half { middle } else { Ordering::Less }, half || lower)
    }

    /// Writes all digits, and returns how many there are. Nothing is left of the number.
    pub(super) fn write(&mut self, room: &mut Digits) -> usize {
        const NINE_DIGITS: u64 = 1_000_000_000;
        let mut text = [b'0'; MOST_DIGITS];
        let mut start = text.len();
        while self.used > 0 {
            let mut rest = 0;
            for word in self.words.iter_mut().take(self.used).rev() {
                rest = rest << 32 | u64::from(*word);
                *word = (rest / NINE_DIGITS) as u32;
                rest %= NINE_DIGITS;
            }
            while self.used > 0 && self.words[self.used - 1] == 0 {
                self.used -= 1;
            }
            let place = start.saturating_sub(9);
            for digit in text.get_mut(place..start).unwrap_or_default().iter_mut().rev() {
                *digit = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            start = place;
        }
        let digits = text.get(start..).unwrap_or_default();
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = digits.get(zeros..).unwrap_or_default();
        room.get_mut(..digits.len()).unwrap_or_default().copy_from_slice(digits);
        digits.len()
    }
}
