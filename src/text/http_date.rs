// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates as HTTP writes them.

use super::calendar::{self, Moment};
use super::input::Text;
use super::out::Out;
use super::scan_int::{sign, unsigned};

/// Writes `Sun, 06 Nov 1994 08:49:37 GMT`. Refuses years before 0.
pub(crate) fn write(out: &mut Out, seconds: i64) -> Option<()> {
    let moment = Moment::from_unix(seconds);
    // Nothing is written of what is refused: there may be no room for it.
    (moment.year >= 0).then_some(())?;
    out.bytes(moment.weekday_name());
    out.bytes(b", ");
    calendar::write_two(out, moment.day);
    out.byte(b' ');
    out.bytes(moment.month_name());
    out.byte(b' ');
    calendar::write_year(out, moment)?;
    out.byte(b' ');
    calendar::write_time(out, moment);
    out.bytes(b" GMT");
    Some(())
}

/// The longest name of a day. What a peer sends in its place is not to be gone through.
const LONGEST_DAY: usize = 31;

/// Reads any of the three forms that HTTP knows, with whatever name of a day, of 31 letters at most:
///
/// - `Sun, 06 Nov 1994 08:49:37 GMT`, where a difference to UTC may stand instead of or behind the GMT;
/// - `Sunday, 06-Nov-94 08:49:37 GMT`, the same;
/// - `Sun Nov  6 08:49:37 1994`.
///
/// `now` gives the present in Unix time. It is called only for a year of two digits, whose century depends on it.
pub(crate) fn scan(text: &mut Text, now: impl FnOnce() -> i64) -> Option<i64> {
    let letter = |_: &_| text.next_if(|byte| byte.is_ascii_alphabetic()).is_some();
    (0..LONGEST_DAY).take_while(letter).last()?;
    if text.eat(b',') {
        text.skip(is_blank);
        let day = number(text)?;
        separator(text)?;
        let month = calendar::month(text)?;
        separator(text)?;
        let year = year(text)?;
        text.eat(b' ').then_some(())?;
        let (hour, minute, second) = time(text)?;
        text.eat(b' ').then_some(())?;
        let offset = offset(text)?;
        year.resolve(now, |year| {
            Moment { year, month, day, hour, minute, second }.to_unix()?.checked_sub(offset)
        })
    } else {
        (text.skip(is_blank) > 0).then_some(())?;
        let month = calendar::month(text)?;
        (text.skip(is_blank) > 0).then_some(())?;
        let day = number(text)?;
        text.eat(b' ').then_some(())?;
        let (hour, minute, second) = time(text)?;
        text.eat(b' ').then_some(())?;
        let year = year(text)?;
        year.resolve(now, |year| Moment { year, month, day, hour, minute, second }.to_unix())
    }
}

/// A number of one digit or more.
fn number(text: &mut Text) -> Option<u8> {
    unsigned(text, 10, u8::MAX.into()).map(|number| number as u8)
}

fn time(text: &mut Text) -> Option<(u8, u8, u8)> {
    let hour = number(text)?;
    text.eat(b':').then_some(())?;
    let minute = number(text)?;
    text.eat(b':').then_some(())?;
    Some((hour, minute, number(text)?))
}

/// A year as it was written.
enum Year {
    /// All digits, or counted from 1900, as C's `struct tm` does.
    Full(i64),
    /// The last two digits.
    Short(i64),
}

impl Year {
    /// The date `at` in this year. Two digits stand for the latest year that ends in them and whose date is not more than 50
    /// years ahead of `now` (RFC 9110, section 5.6.7).
    fn resolve(self, now: impl FnOnce() -> i64, at: impl Fn(i64) -> Option<i64>) -> Option<i64> {
        let digits = match self {
            Year::Full(year) => return at(year),
            Year::Short(digits) => digits,
        };
        let now = Moment::from_unix(now());
        let latest = Moment { year: now.year + 50, ..now };
        let year = latest.year - (latest.year - digits).rem_euclid(100);
        let date = at(year)?;
        if Moment::from_unix(date) > latest { at(year - 100) } else { Some(date) }
    }
}

fn year(text: &mut Text) -> Option<Year> {
    let (year, _) = calendar::year(text)?;
    Some(match year {
        0..100 => Year::Short(year),
        100..=1000 => Year::Full(year + 1900),
        _ => Year::Full(year),
    })
}

/// What stands between day, month and year: a dash or blanks.
fn separator(text: &mut Text) -> Option<()> {
    (text.eat(b'-') || text.skip(is_blank) > 0).then_some(())
}

/// GMT and a difference to UTC, of which both may be missing.
fn offset(text: &mut Text) -> Option<i64> {
    let mut gmt = text.clone();
    if gmt.eat(b'G') && gmt.eat(b'M') && gmt.eat(b'T') {
        *text = gmt;
    }
    let mut ahead = text.clone();
    if sign(&mut ahead).is_some() && ahead.peek().is_ascii_digit() { calendar::zone(text) } else { Some(0) }
}

fn is_blank(byte: u8) -> bool {
    byte == b' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;
    use crate::text::out::tests::try_written;
    use proptest::prelude::*;

    const NOV_6: i64 = 784_111_777;

    /// The present of these tests: 29 Nov 2026 12:00:00.
    const NOW: i64 = 1_795_953_600;

    fn read(text: impl AsRef<[u8]>) -> Option<(i64, usize)> {
        scanned(text, |text| scan(text, || NOW))
    }

    #[test]
    fn written() {
        let text =
            |seconds| try_written(|out| write(out, seconds)).map(|text| String::from_utf8(text).unwrap());
        assert_eq!(text(NOV_6).unwrap(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(text(0).unwrap(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(text(253_402_300_800).unwrap(), "Sat, 01 Jan 10000 00:00:00 GMT");
        assert_eq!(text(-62_135_596_801).unwrap(), "Sun, 31 Dec 0000 23:59:59 GMT");
        assert_eq!(text(-62_167_219_201), None);
        assert_eq!(text(i64::MIN), None);
        assert_eq!(text(i64::MAX).unwrap(), "Sun, 04 Dec 292277026596 15:30:07 GMT");
    }

    #[test]
    fn the_three_forms() {
        for (text, used, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 29, NOV_6),
            ("Sun, 06 Nov 1994 08:49:37 GMT\r\n", 29, NOV_6),
            ("Sun, 06 NOV 1994 08:49:37 GMT", 29, NOV_6),
            ("Sun, 6 Nov 1994 8:49:37 GMT", 27, NOV_6),
            ("Sun, 06   Nov 1994 08:49:37 GMT", 31, NOV_6),
            ("Sun, 06 Nov 1994 08:49:37 ", 26, NOV_6),
            ("Sun, 06 Nov 1994 08:49:37 gmt", 26, NOV_6),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 30, NOV_6),
            ("Wednesday, 06-Nov-1994 08:49:37 GMT", 35, NOV_6),
            ("Sun Nov  6 08:49:37 1994", 24, NOV_6),
            ("Sun Nov 06 08:49:37 1994\n", 24, NOV_6),
        ] {
            assert_eq!(read(text), Some((seconds, used)), "{text}");
        }
    }

    #[test]
    fn short_years() {
        for (year, full) in [
            (0, 2000),
            (26, 2026),
            (75, 2075),
            // 1 January 2076 is less than 50 years ahead, but 1 December is more.
            (76, 2076),
            (77, 1977),
            (99, 1999),
            (100, 2000),
            (1000, 2900),
            (1001, 1001),
        ] {
            let text = format!("Sun, 01 Jan {year:02} 00:00:00 GMT");
            let seconds =
                Moment { year: full, month: 1, day: 1, hour: 0, minute: 0, second: 0 }.to_unix().unwrap();
            assert_eq!(read(&text), Some((seconds, text.len())), "{text}");
        }
    }

    #[test]
    fn fifty_years_ahead_to_the_second() {
        let text = |seconds| {
            let date = String::from_utf8(try_written(|out| write(out, seconds)).unwrap()).unwrap();
            format!("{}{}", &date[..12], &date[14..])
        };
        let ahead = Moment { year: 2076, ..Moment::from_unix(NOW) }.to_unix().unwrap();
        assert_eq!(read(text(ahead)).unwrap().0, ahead);
        let behind = Moment { year: 1976, ..Moment::from_unix(NOW) }.to_unix().unwrap() + 1;
        assert_eq!(read(text(ahead + 1)).unwrap().0, behind);
        // What counts is UTC.
        let hour = 3600;
        assert_eq!(read(text(ahead + hour) + "+0100").unwrap().0, ahead);
        assert_eq!(read(text(ahead) + "-0001").unwrap().0, behind + 59);
    }

    #[test]
    fn names_of_days() {
        let with_letters = |count| read("x".repeat(count) + ", 06 Nov 1994 08:49:37 GMT");
        assert_eq!([1, 31].map(with_letters), [27, 57].map(|used| Some((NOV_6, used))));
        assert_eq!([0, 32, 4096].map(with_letters), [None; 3]);
    }

    #[test]
    fn days_that_do_not_exist() {
        for (date, exists) in [
            ("28 Feb 2023", true),
            ("29 Feb 2023", false),
            ("29 Feb 2024", true),
            ("30 Feb 2024", false),
            ("31 Apr 2024", false),
        ] {
            assert_eq!(read(format!("Sun, {date} 08:49:37 GMT")).is_some(), exists, "{date}");
        }
        assert_eq!(read("Sun Feb 29 08:49:37 1900"), None);
        assert_eq!(read("Sunday, 29-Feb-23 08:49:37 GMT"), None);
    }

    #[test]
    fn differences_to_utc() {
        for (zone, used, offset) in [
            ("+0100", 5, 3600),
            ("GMT+0130", 8, 5400),
            ("-0130x", 5, -5400),
            ("+01:00", 6, 3600),
            ("+", 0, 0),
            ("GMT-", 3, 0),
            ("GM", 0, 0),
        ] {
            let text = format!("Sun, 06 Nov 1994 08:49:37 {zone}");
            assert_eq!(read(&text), Some((NOV_6 - offset, 26 + used)), "{text}");
        }
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 +1"), None);
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 +2500"), None);
    }

    #[test]
    fn what_is_no_date() {
        let good = "Sun, 06 Nov 1994 08:49:37 GMT";
        for end in 0..26 {
            assert_eq!(read(&good[..end]), None);
        }
        let asctime = "Sun Nov  6 08:49:37 1994";
        for end in 0..21 {
            assert_eq!(read(&asctime[..end]), None);
        }
        for text in [
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 32 Nov 1994 28:99:97 GMT",
            "Sun, 06 Nov 9999999999999999999 08:49:37 GMT",
            "Sun, 06 Nov 1994  08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37\tGMT",
            ", 06 Nov 1994 08:49:37 GMT",
            "06 Nov 1994 08:49:37 GMT",
            "Sun Foo  6 08:49:37 1994",
            "Sun Nov  6 08:49:37 x",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(seconds in -30_000_000_000_i64..1_000_000_000_000) {
            let text = try_written(|out| write(out, seconds)).unwrap();
            prop_assert_eq!(read(&text), Some((seconds, text.len())));
        }

        #[test]
        fn any_text_does_no_harm(text in "[A-Za-z]{0,4}[, ][ 0-9Nov:-]{0,30}") {
            let _ = read(&text);
        }
    }
}
