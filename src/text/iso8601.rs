// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates of ISO 8601, as in RFC 3339.

use super::calendar::{self, Moment};
use super::input::Text;
use super::out::Out;
use crate::abi::time_t;

/// Writes `2014-05-27T19:22:16Z`. Refuses years before 0.
pub(crate) fn write(out: &mut Out, seconds: i64) -> Option<()> {
    let moment = Moment::from_unix(seconds);
    calendar::write_year(out, moment)?;
    out.byte(b'-');
    calendar::write_two(out, moment.month);
    out.byte(b'-');
    calendar::write_two(out, moment.day);
    out.byte(b'T');
    calendar::write_time(out, moment);
    out.byte(b'Z');
    Some(())
}

/// Reads a date with a time, perhaps a fraction, and `Z` or a difference to UTC: seconds of Unix time and
/// nanoseconds.
pub(crate) fn scan(text: &mut Text) -> Option<(i64, u32)> {
    let (year, digits) = calendar::year(text)?;
    (digits >= 4).then_some(())?;
    let mut behind = |separator| {
        text.eat(separator).then_some(())?;
        calendar::two(text)
    };
    let (month, day) = (behind(b'-')?, behind(b'-')?);
    let (hour, minute, second) = (behind(b'T')?, behind(b':')?, behind(b':')?);
    let seconds = Moment { year, month, day, hour, minute, second }.to_unix()?;
    let nanoseconds = if text.eat(b'.') { fraction(text) } else { 0 };
    let offset = if text.eat(b'Z') { 0 } else { calendar::zone(text)? };
    Some((seconds.checked_sub(offset)?, nanoseconds))
}

/// The same, in the types of C.
pub(crate) fn scan_time(text: &mut Text) -> Option<(time_t, u32)> {
    let (seconds, nanoseconds) = scan(text)?;
    Some((time_t::try_from(seconds).ok()?, nanoseconds))
}

/// Digits of a fraction of a second, in nanoseconds. More than nine are read, but do not count.
fn fraction(text: &mut Text) -> u32 {
    let mut nanoseconds = 0;
    let mut unit = 1_000_000_000;
    while let Some(digit) = text.next_if(|byte| byte.is_ascii_digit()) {
        unit /= 10;
        nanoseconds += u32::from(digit - b'0') * unit;
    }
    nanoseconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::input::tests::scanned;
    use crate::text::out::tests::try_written;
    use proptest::prelude::*;

    const MAY_27: i64 = 1_401_218_536;

    #[test]
    fn written() {
        let text =
            |seconds| try_written(|out| write(out, seconds)).map(|text| String::from_utf8(text).unwrap());
        assert_eq!(text(MAY_27).unwrap(), "2014-05-27T19:22:16Z");
        assert_eq!(text(253_402_300_800).unwrap(), "10000-01-01T00:00:00Z");
        assert_eq!(text(-62_135_596_800).unwrap(), "0001-01-01T00:00:00Z");
        assert_eq!(text(-62_135_596_801).unwrap(), "0000-12-31T23:59:59Z");
        assert_eq!(text(i64::MAX).unwrap(), "292277026596-12-04T15:30:07Z");
        assert_eq!(text(i64::MIN), None);
    }

    #[test]
    fn fractions() {
        for (digits, nanoseconds) in [
            ("", 0),
            (".", 0),
            (".5", 500_000_000),
            (".247", 247_000_000),
            (".000000001", 1),
            (".123456789", 123_456_789),
            (".1234567899999999", 123_456_789),
        ] {
            let text = format!("2014-05-27T19:22:16{digits}Z");
            assert_eq!(scanned(&text, scan), Some(((MAY_27, nanoseconds), text.len())), "{text}");
        }
    }

    #[test]
    fn differences_to_utc() {
        for (zone, offset) in [("+0130", 5400), ("-0130", -5400), ("+01:00", 3600), ("-00:00", 0)] {
            let text = format!("2014-05-27T19:22:16{zone}");
            assert_eq!(scanned(&text, scan), Some(((MAY_27 - offset, 0), text.len())), "{text}");
        }
    }

    #[test]
    fn what_is_no_date() {
        let good = "2014-05-27T19:22:16.5+01:30";
        for end in 0..good.len() {
            assert_eq!(scanned(&good[..end], scan), None);
        }
        for text in [
            "201-05-27T19:22:16Z",
            "2014-5-27T19:22:16Z",
            "2014-13-27T19:22:16Z",
            "2014-00-27T19:22:16Z",
            "2014-05-32T19:22:16Z",
            "2014-05-00T19:22:16Z",
            "2014-05-27T24:22:16Z",
            "2014-05-27T19:60:16Z",
            "2014-05-27T19:22:61Z",
            "2014-05-27t19:22:16Z",
            "2014-05-27 19:22:16Z",
            "2014-05-27T19:22:16z",
            "2014-05-27T19:22Z",
            "-2014-05-27T19:22:16Z",
            "9999999999999999-05-27T19:22:16Z",
            "99999999999999999999-05-27T19:22:16Z",
        ] {
            assert_eq!(scanned(text, scan), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back(seconds in -62_167_219_200_i64..=i64::MAX) {
            let text = try_written(|out| write(out, seconds)).unwrap();
            prop_assert_eq!(scanned(&text, scan), Some(((seconds, 0), text.len())));
        }

        #[test]
        fn any_text_does_no_harm(text in "[0-9]{0,25}[-T:.Z0-9+]{0,30}") {
            let _ = scanned(&text, scan);
        }
    }
}
