// SPDX-License-Identifier: MIT OR Apache-2.0
//! `scan.h` and `fmt.h`: dates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::{fmt::dates as fmt, scan::dates as scan};
use owfat_fuzz::{scan_string, written};

fuzz_target!(|text: &[u8]| {
    // SAFETY: a string, and a place for the value.
    let http = |text: &[u8]| {
        scan_string(text, |a, b| a == b, |text, value| unsafe { scan::scan_httpdate(text, value) })
    };
    if let Some((moment, _)) = http(text) {
        // SAFETY: NULL, or as much room as was asked for.
        let text = written(|dest| unsafe { fmt::fmt_httpdate(dest, moment) });
        // Years of less than two digits too few or too many are written, and read as others.
        if text.len() == "Sun, 06 Nov 1994 08:49:37 GMT".len() && &text[12..16] >= b"1000".as_slice() {
            assert_eq!(http(&text), Some((moment, text.len())), "{}", text.escape_ascii());
        }
    }
    let iso = |text: &[u8]| {
        let same = |a: (i64, i64), b| a == b;
        scan_string(text, same, |text, value| {
            let mut moment = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: a string, and a place for the value, which both crates know from C.
            let used = unsafe { scan::scan_iso8601(text, (&raw mut moment).cast()) };
            // SAFETY: the place is valid.
            unsafe { *value = (moment.tv_sec, moment.tv_nsec) };
            used
        })
    };
    if let Some(((seconds, nanoseconds), _)) = iso(text) {
        assert!((0..1_000_000_000).contains(&nanoseconds));
        // SAFETY: NULL, or as much room as was asked for.
        let text = written(|dest| unsafe { fmt::fmt_iso8601(dest, seconds) });
        if text.len() == "2014-05-27T19:22:16Z".len() {
            assert_eq!(iso(&text), Some(((seconds, 0), text.len())), "{}", text.escape_ascii());
        }
    }
});
