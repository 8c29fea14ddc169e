// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Gregorian calendar, extended to all years, and Unix time.

use super::input::Text;
use super::out::Out;
use super::{fmt_int, scan_int};

const DAY: i64 = 86_400;

/// Months of 3-letter names.
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// A moment to the second, in UTC. Moments compare as they follow each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Moment {
    /// The year; 0 is the one before 1.
    pub year: i64,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31, as the month has them.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59, or 60 for a leap second.
    pub second: u8,
}

impl Moment {
    /// The moment so many seconds after the beginning of Unix time.
    ///
    /// A year of this arithmetic begins in March, so that the leap day is its last.
    #[inline(never)]
    pub(crate) fn from_unix(seconds: i64) -> Self {
        let (days, time) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let days = days + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Moment {
            year: 400 * era + year + i64::from(month <= 2),
            month: month as u8,
            day: day as u8,
            hour: (time / 3600) as u8,
            minute: (time / 60 % 60) as u8,
            second: (time % 60) as u8,
        }
    }

    /// Seconds of Unix time. `None` for values out of range, such as a day that the month does not have.
    #[inline(never)]
    pub(crate) fn to_unix(self) -> Option<i64> {
        let in_range = (1..=self.days_of_month()).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second <= 60;
        if !in_range {
            return None;
        }
        let year = self.year.checked_sub(i64::from(self.month <= 2))?;
        let month = i64::from(if self.month > 2 { self.month - 3 } else { self.month + 9 });
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        let day = year * 365 + year / 4 - year / 100 + day;
        let days = era.checked_mul(146_097)?.checked_add(day - 719_468)?;
        let time = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days.checked_mul(DAY)?.checked_add(time)
    }

    /// How many days the month has in this year; 0 for a month that does not exist.
    fn days_of_month(self) -> u8 {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u8::from(leap),
            _ => 0,
        }
    }

    /// Three letters.
    pub(crate) fn weekday_name(self) -> &'static [u8] {
        let days = Moment { hour: 0, minute: 0, second: 0, ..self }.to_unix().unwrap_or(0) / DAY;
        let start = (days + 4).rem_euclid(7) as usize * 3;
        &b"SunMonTueWedThuFriSat"[start..start + 3]
    }

    /// Three letters.
    pub(crate) fn month_name(self) -> &'static [u8] {
        let start = usize::from(self.month.clamp(1, 12) - 1) * 3;
        &MONTHS[start..start + 3]
    }
}

/// Writes a number of two digits.
pub(super) fn write_two(out: &mut Out, value: u8) {
    out.short(fmt_int::pair(value));
}

/// Writes `08:49:37`.
#[inline(never)]
pub(super) fn write_time(out: &mut Out, moment: Moment) {
    write_two(out, moment.hour);
    out.byte(b':');
    write_two(out, moment.minute);
    out.byte(b':');
    write_two(out, moment.second);
}

/// Writes a year of at least four digits. Refuses those before year 0.
#[inline(never)]
pub(super) fn write_year(out: &mut Out, moment: Moment) -> Option<()> {
    fmt_int::padded::<10>(out, u64::try_from(moment.year).ok()?, 4);
    Some(())
}

/// Reads exactly two digits.
#[inline(never)]
pub(super) fn two(text: &mut Text) -> Option<u8> {
    let mut digit = || text.next_if(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0');
    Some(digit()? * 10 + digit()?)
}

/// Reads a year of any number of digits, and says how many there were.
#[inline(never)]
pub(super) fn year(text: &mut Text) -> Option<(i64, usize)> {
    let before = text.used();
    let year = scan_int::unsigned(text, 10, i64::MAX as u64)?;
    Some((year as i64, text.used() - before))
}

/// Reads the name of a month, in whatever case.
#[inline(never)]
pub(super) fn month(text: &mut Text) -> Option<u8> {
    let mut name = [0; 3];
    for letter in &mut name {
        *letter = text.next_if(|byte| byte.is_ascii_alphabetic())?;
    }
    let index = MONTHS.chunks_exact(3).position(|month| month.eq_ignore_ascii_case(&name))?;
    Some(index as u8 + 1)
}

/// Reads a difference to UTC, `+hhmm` or `+hh:mm`, and gives its seconds.
#[inline(never)]
pub(super) fn zone(text: &mut Text) -> Option<i64> {
    let sign = i64::from(scan_int::sign(text)?);
    let hours = two(text)?;
    text.eat(b':');
    let minutes = two(text)?;
    (hours < 24 && minutes < 60).then_some(sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;
    use proptest::prelude::*;

    fn moment(year: i64, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Moment {
        Moment { year, month, day, hour, minute, second }
    }

    #[test]
    fn worked_values() {
        for (seconds, expected, weekday) in [
            (0, moment(1970, 1, 1, 0, 0, 0), "Thu"),
            (-1, moment(1969, 12, 31, 23, 59, 59), "Wed"),
            (784_111_777, moment(1994, 11, 6, 8, 49, 37), "Sun"),
            (951_782_400, moment(2000, 2, 29, 0, 0, 0), "Tue"),
            (253_402_300_800, moment(10000, 1, 1, 0, 0, 0), "Sat"),
            (-62_135_596_801, moment(0, 12, 31, 23, 59, 59), "Sun"),
        ] {
            assert_eq!(Moment::from_unix(seconds), expected);
            assert_eq!(expected.to_unix(), Some(seconds));
            assert_eq!(expected.weekday_name(), weekday.as_bytes());
        }
    }

    #[test]
    fn values_out_of_range() {
        let good = moment(2000, 1, 1, 0, 0, 0);
        for bad in [
            Moment { month: 0, ..good },
            Moment { month: 13, ..good },
            Moment { day: 0, ..good },
            Moment { day: 32, ..good },
            Moment { month: 2, day: 30, ..good },
            Moment { month: 4, day: 31, ..good },
            Moment { month: 2, day: 29, year: 1900, ..good },
            Moment { month: 2, day: 29, year: -1, ..good },
            Moment { hour: 24, ..good },
            Moment { minute: 60, ..good },
            Moment { second: 61, ..good },
            Moment { year: i64::MAX, ..good },
            Moment { year: i64::MIN, ..good },
        ] {
            assert_eq!(bad.to_unix(), None, "{bad:?}");
        }
        let leap = Moment { second: 60, ..good };
        assert_eq!(leap.to_unix(), good.to_unix().map(|seconds| seconds + 60));
        for year in [2000, 1996, 0, -4] {
            assert!(moment(year, 2, 29, 0, 0, 0).to_unix().is_some(), "{year}");
        }
    }

    #[test]
    fn differences_to_utc() {
        assert_eq!(scanned("+0130", zone), Some((5400, 5)));
        assert_eq!(scanned("-01:30x", zone), Some((-5400, 6)));
        for bad in ["", "+", "0130", "+1", "+01", "+013", "+01:3", "+2400", "+0060", "+01 30"] {
            assert_eq!(scanned(bad, zone), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(seconds: i64) {
            prop_assert_eq!(Moment::from_unix(seconds).to_unix(), Some(seconds));
        }

        #[test]
        fn a_day_later_is_the_next_day(seconds in -1_000_000_000_000_i64..1_000_000_000_000) {
            let (today, tomorrow) = (Moment::from_unix(seconds), Moment::from_unix(seconds + DAY));
            prop_assert!(tomorrow.day == today.day + 1 || (tomorrow.day == 1 && today.day >= 28));
            prop_assert!(tomorrow.month == today.month || tomorrow.day == 1);
            prop_assert!((1..=12).contains(&today.month) && (1..=31).contains(&today.day));
        }

        #[test]
        fn any_moment_does_no_harm(year: i64, fields: (u8, u8, u8, u8, u8)) {
            let any = moment(year, fields.0, fields.1, fields.2, fields.3, fields.4);
            let _ = (any.to_unix(), any.weekday_name(), any.month_name());
        }
    }
}
