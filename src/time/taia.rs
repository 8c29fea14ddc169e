// SPDX-License-Identifier: MIT OR Apache-2.0
//! Seconds with a fraction: the TAI64NA label.

use crate::abi::{tai, taia};
use crate::sys::clock;

const GIGA: u32 = 1_000_000_000;

/// Decimal digits of a fraction: nine of nano, nine of atto.
pub(crate) const FRACTION_DIGITS: usize = 18;

// `nano` and `atto` are below 10^9 in every value that the library makes. A caller's value outside of that
// range gives a result without meaning, but does no harm: hence the wrapping arithmetic.
impl taia {
    /// The wall clock, in whole microseconds plus 500 ns.
    pub(crate) fn now() -> Self {
        let (seconds, nanoseconds) = clock::realtime();
        taia::from_unix(seconds, nanoseconds / 1000)
    }

    /// A number of seconds without a fraction.
    pub(crate) const fn from_seconds(seconds: u64) -> Self {
        taia { sec: tai { x: seconds }, nano: 0, atto: 0 }
    }

    /// The label of a moment in Unix time. The clock ticks in microseconds, so the stamp stands for the
    /// middle of one: 500 ns are added.
    pub(crate) const fn from_unix(seconds: i64, microseconds: u32) -> Self {
        taia {
            sec: tai::from_unix(seconds),
            nano: microseconds.wrapping_mul(1000).wrapping_add(500),
            atto: 0,
        }
    }

    /// The external format: 8 bytes of seconds, 4 of nano, 4 of atto, each most significant byte first.
    pub(crate) const fn to_bytes(self) -> [u8; 16] {
        let fraction = (self.nano as u128) << 32 | self.atto as u128;
        ((self.sec.x as u128) << 64 | fraction).to_be_bytes()
    }

    /// The value of the external format; the fraction is taken as it is.
    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        let bits = u128::from_be_bytes(bytes);
        taia { sec: tai { x: (bits >> 64) as u64 }, nano: (bits >> 32) as u32, atto: bits as u32 }
    }

    /// The 18 decimal digits of the fraction.
    pub(crate) fn fraction_digits(self) -> [u8; FRACTION_DIGITS] {
        let mut digits = [b'0'; FRACTION_DIGITS];
        let (nano, atto) = digits.split_at_mut(9);
        for (places, mut rest) in [(nano, self.nano), (atto, self.atto)] {
            for place in places.iter_mut().rev() {
                *place = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
        }
        digits
    }

    /// Sum modulo 2^64 seconds.
    pub(crate) const fn wrapping_add(self, other: Self) -> Self {
        let mut sum = taia {
            sec: self.sec.wrapping_add(other.sec),
            nano: self.nano.wrapping_add(other.nano),
            atto: self.atto.wrapping_add(other.atto),
        };
        if sum.atto >= GIGA {
            sum.atto -= GIGA;
            sum.nano = sum.nano.wrapping_add(1);
        }
        if sum.nano >= GIGA {
            sum.nano -= GIGA;
            sum.sec.x = sum.sec.x.wrapping_add(1);
        }
        sum
    }

    /// Difference modulo 2^64 seconds.
    pub(crate) const fn wrapping_sub(self, other: Self) -> Self {
        let mut difference = taia {
            sec: self.sec.wrapping_sub(other.sec),
            nano: self.nano.wrapping_sub(other.nano),
            atto: self.atto.wrapping_sub(other.atto),
        };
        if self.atto < other.atto {
            difference.atto = difference.atto.wrapping_add(GIGA);
            difference.nano = difference.nano.wrapping_sub(1);
        }
        // Borrow also when the nanoseconds are equal and the attoseconds have just taken one.
        if self.nano < other.nano || (self.nano == other.nano && self.atto < other.atto) {
            difference.nano = difference.nano.wrapping_add(GIGA);
            difference.sec.x = difference.sec.x.wrapping_sub(1);
        }
        difference
    }

    /// Moves by a signed number of seconds, modulo 2^64.
    pub(crate) const fn wrapping_add_seconds(self, seconds: i64) -> Self {
        taia { sec: tai { x: self.sec.x.wrapping_add_signed(seconds) }, ..self }
    }

    /// Half, rounded down to a multiple of 10^-18 s.
    pub(crate) const fn half(self) -> Self {
        let from_sec = if self.sec.x & 1 != 0 { GIGA / 2 } else { 0 };
        let from_nano = if self.nano & 1 != 0 { GIGA / 2 } else { 0 };
        taia {
            sec: tai { x: self.sec.x >> 1 },
            nano: (self.nano >> 1).wrapping_add(from_sec),
            atto: (self.atto >> 1).wrapping_add(from_nano),
        }
    }

    /// The fraction in seconds; a fraction just below 1 rounds to 1.0.
    pub(crate) fn fraction(self) -> f64 {
        (f64::from(self.atto) * 1e-9 + f64::from(self.nano)) * 1e-9
    }

    /// The whole value in seconds, as near as a double can say it.
    pub(crate) fn approximation(self) -> f64 {
        self.sec.x as f64 + self.fraction()
    }

    /// True for the value that `io_timeout` takes for "no deadline".
    pub(crate) const fn is_zero(self) -> bool {
        self.sec.x == 0 && self.nano == 0 && self.atto == 0
    }

    /// How many milliseconds from `now` until this moment, rounded up; 0 if it has come.
    pub(crate) fn milliseconds_after(self, now: Self) -> u64 {
        if self <= now {
            return 0;
        }
        let left = self.wrapping_sub(now);
        let nanoseconds = u64::from(left.nano) + u64::from(left.atto != 0);
        left.sec.x.saturating_mul(1000).saturating_add(nanoseconds.div_ceil(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn label(sec: u64, nano: u32, atto: u32) -> taia {
        taia { sec: tai { x: sec }, nano, atto }
    }

    /// The value as one number of attoseconds, in 128 bits: the model of the arithmetic.
    fn attoseconds(t: taia) -> u128 {
        const ATTO: u128 = 1_000_000_000_000_000_000;
        u128::from(t.sec.x) * ATTO + u128::from(t.nano) * u128::from(GIGA) + u128::from(t.atto)
    }

    const MODULUS: u128 = (1 << 64) * 1_000_000_000_000_000_000;

    prop_compose! {
        fn any_label()(sec: u64, nano in 0..GIGA, atto in 0..GIGA) -> taia { label(sec, nano, atto) }
    }

    #[test]
    fn worked_values() {
        let almost_four = label(3, 999_999_999, 999_999_999);
        assert_eq!(label(5, 0, 0).wrapping_sub(almost_four), label(1, 0, 1));
        assert_eq!(almost_four.wrapping_add(almost_four), label(7, 999_999_999, 999_999_998));
        assert_eq!(almost_four.half(), label(1, 999_999_999, 999_999_999));
    }

    #[test]
    fn milliseconds_round_up() {
        let now = label(100, 0, 0);
        assert_eq!(label(100, 0, 1).milliseconds_after(now), 1);
        assert_eq!(label(100, 1_000_000, 0).milliseconds_after(now), 1);
        assert_eq!(label(100, 1_000_000, 1).milliseconds_after(now), 2);
        assert_eq!(label(101, 0, 0).milliseconds_after(now), 1000);
        assert_eq!(label(99, 0, 0).milliseconds_after(now), 0);
        assert_eq!(label(u64::MAX, 0, 0).milliseconds_after(now), u64::MAX);
    }

    #[test]
    fn digits_of_the_fraction() {
        assert_eq!(&label(1, 1_002_003, 4).fraction_digits(), b"001002003000000004");
    }

    proptest! {
        #[test]
        fn external_format_round_trip(t in any_label()) {
            prop_assert_eq!(taia::from_bytes(t.to_bytes()), t);
            prop_assert_eq!(tai::from_bytes(t.sec.to_bytes()), t.sec);
        }

        #[test]
        fn arithmetic_is_that_of_attoseconds(a in any_label(), b in any_label()) {
            prop_assert_eq!(attoseconds(a.wrapping_add(b)), (attoseconds(a) + attoseconds(b)) % MODULUS);
            prop_assert_eq!(attoseconds(a.wrapping_sub(b)), (MODULUS + attoseconds(a) - attoseconds(b)) % MODULUS);
            prop_assert_eq!(attoseconds(a.half()), attoseconds(a) / 2);
            prop_assert_eq!(a < b, attoseconds(a) < attoseconds(b));
        }

        #[test]
        fn values_out_of_range_do_no_harm(a: (u64, u32, u32), b: (u64, u32, u32)) {
            let (a, b) = (label(a.0, a.1, a.2), label(b.0, b.1, b.2));
            let _ = (a.wrapping_add(b), a.wrapping_sub(b), a.half(), a.approximation(), a.milliseconds_after(b));
        }
    }
}
