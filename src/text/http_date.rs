// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates as HTTP writes them.

use super::calendar::{self, Moment};
use super::input::Text;
use super::out::Out;
use super::scan_int::{sign, unsigned};

/// Writes `Sun, 06 Nov 1994 08:49:37 GMT`. Refuses years before 0.
pub fn write(out: &mut Out, seconds: i64) -> Option<()> {
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

/// Reads any of the three forms that HTTP knows, with whatever name of a day:
///
/// - `Sun, 06 Nov 1994 08:49:37 GMT`, where a difference to UTC may stand instead of or behind the GMT;
/// - `Sunday, 06-Nov-94 08:49:37 GMT`, the same;
/// - `Sun Nov  6 08:49:37 1994`.
pub fn scan(text: &mut Text) -> Option<i64> {
    if text.skip(|byte| byte.is_ascii_alphabetic()) == 0 {
        return None;
    }
    if text.eat(b',') {
        text.skip(is_blank);
        let day = number(text)?;
        separator(text)?;
        let month = calendar::month(text)?;
        separator(text)?;
        let year = year(text)?;
        text.eat(b' ').then_some(())?;
        let (hour, minute, second) = time(text)?;
        let seconds = Moment { year, month, day, hour, minute, second }.to_unix()?;
        text.eat(b' ').then_some(())?;
        seconds.checked_sub(offset(text)?)
    } else {
        (text.skip(is_blank) > 0).then_some(())?;
        let month = calendar::month(text)?;
        (text.skip(is_blank) > 0).then_some(())?;
        let day = number(text)?;
        text.eat(b' ').then_some(())?;
        let (hour, minute, second) = time(text)?;
        text.eat(b' ').then_some(())?;
        let year = year(text)?;
        Moment { year, month, day, hour, minute, second }.to_unix()
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

/// Years of two digits are those from 1970 to 2069, other short ones count from 1900.
fn year(text: &mut Text) -> Option<i64> {
    let (year, _) = calendar::year(text)?;
    Some(match year {
        0..70 => year + 2000,
        70..=1000 => year + 1900,
        _ => year,
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
            assert_eq!(scanned(text, scan), Some((seconds, used)), "{text}");
        }
    }

    #[test]
    fn short_years() {
        for (year, full) in
            [(69, 2069), (70, 1970), (0, 2000), (99, 1999), (100, 2000), (1000, 2900), (1001, 1001)]
        {
            let text = format!("Sun, 01 Jan {year} 00:00:00 GMT");
            let seconds =
                Moment { year: full, month: 1, day: 1, hour: 0, minute: 0, second: 0 }.to_unix().unwrap();
            assert_eq!(scanned(&text, scan), Some((seconds, text.len())), "{text}");
        }
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
            assert_eq!(scanned(&text, scan), Some((NOV_6 - offset, 26 + used)), "{text}");
        }
        assert_eq!(scanned("Sun, 06 Nov 1994 08:49:37 +1", scan), None);
        assert_eq!(scanned("Sun, 06 Nov 1994 08:49:37 +2500", scan), None);
    }

    #[test]
    fn what_is_no_date() {
        let good = "Sun, 06 Nov 1994 08:49:37 GMT";
        for end in 0..26 {
            assert_eq!(scanned(&good[..end], scan), None);
        }
        let asctime = "Sun Nov  6 08:49:37 1994";
        for end in 0..21 {
            assert_eq!(scanned(&asctime[..end], scan), None);
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
            assert_eq!(scanned(text, scan), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(seconds in -30_000_000_000_i64..1_000_000_000_000) {
            let text = try_written(|out| write(out, seconds)).unwrap();
            prop_assert_eq!(scanned(&text, scan), Some((seconds, text.len())));
        }

        #[test]
        fn any_text_does_no_harm(text in "[A-Za-z]{0,4}[, ][ 0-9Nov:-]{0,30}") {
            let _ = scanned(&text, scan);
        }
    }
}
