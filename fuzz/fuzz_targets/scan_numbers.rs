// SPDX-License-Identifier: MIT OR Apache-2.0
//! `scan.h`: numbers from text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use owfat::capi::fmt::numbers as fmt;
use owfat::capi::scan::numbers as scan;
use owfat::capi::scan::skipping;
use owfat_fuzz::{scan_bytes, scan_string, start, string, written};
use std::ffi::{c_int, c_long, c_short, c_uint, c_ulong, c_ulonglong, c_ushort};

/// Scans a number, with and without the limit of a length, and reads back what is written of it.
macro_rules! numbers {
    ($text:ident: $($scan:ident $(and $counted:ident)? as $type:ty $(, written by $write:ident)?;)*) => {$({
        // SAFETY: a string, and a place for the value.
        let found = scan_string($text, |a: $type, b| a == b, |text, value| unsafe { scan::$scan(text, value) });
        $(
            // SAFETY: as many bytes, and a place for the value.
            let counted = scan_bytes($text, |a: $type, b| a == b, |text, n, value| unsafe { scan::$counted(text, n, value) });
            assert_eq!(counted, found, "{}", stringify!($counted));
        )?
        let _ = &found;
        $(if let Some((value, _)) = found {
            // SAFETY: NULL, or as much room as was asked for.
            let text = written(|dest| unsafe { fmt::$write(dest, value.into()) });
            // SAFETY: as above.
            let again = scan_string(&text, |a: $type, b| a == b, |text, value| unsafe { scan::$scan(text, value) });
            assert_eq!(again, Some((value, text.len())));
        })?
    })*};
}

fuzz_target!(|text: &[u8]| {
    numbers! { text:
        scan_ulong and scan_ulongn as c_ulong, written by fmt_ulong;
        scan_xlong and scan_xlongn as c_ulong, written by fmt_xlong;
        scan_8long and scan_8longn as c_ulong, written by fmt_8long;
        scan_long and scan_longn as c_long, written by fmt_long;
        scan_ulonglong as c_ulonglong, written by fmt_ulonglong;
        scan_longlong as i64, written by fmt_longlong;
        scan_xlonglong as c_ulonglong, written by fmt_xlonglong;
        scan_8longlong as c_ulonglong, written by fmt_8longlong;
        scan_uint as c_uint, written by fmt_ulong;
        scan_int as c_int, written by fmt_long;
        scan_xint as c_uint, written by fmt_xlong;
        scan_8int as c_uint, written by fmt_8long;
        scan_ushort as c_ushort, written by fmt_ulong;
        scan_short as c_short, written by fmt_long;
        scan_xshort as c_ushort, written by fmt_xlong;
        scan_8short as c_ushort, written by fmt_8long;
        scan_plusminus as c_int;
    }
    // SAFETY: a string, and a place for the value.
    let double = |text: &[u8]| {
        scan_string(
            text,
            |a: f64, b| a.to_bits() == b.to_bits(),
            |text, value| unsafe { scan::scan_double(text, value) },
        )
    };
    if let Some((value, used)) = double(text) {
        if let Some(expected) =
            std::str::from_utf8(&text[..used]).ok().and_then(|text| text.parse::<f64>().ok())
        {
            assert_eq!(value.to_bits(), expected.to_bits());
        }
        for digits in [0, 1, 6, 17, 400] {
            // SAFETY: NULL, or as much room as was asked for.
            written(|dest| unsafe { fmt::fmt_double(dest, value, 400, digits) });
        }
    }
    skips(text);
});

/// Runs of characters, within bytes that no null byte ends.
fn skips(text: &[u8]) {
    let (set, rest) = text.split_at(text.len() / 4);
    let (set, rest) = (string(set), Box::<[u8]>::from(rest));
    // SAFETY: as many bytes; a string.
    let found = unsafe {
        [
            skipping::scan_whitenskip(start(&rest), rest.len()),
            skipping::scan_nonwhitenskip(start(&rest), rest.len()),
            skipping::scan_charsetnskip(start(&rest), start(&set), rest.len()),
            skipping::scan_noncharsetnskip(start(&rest), start(&set), rest.len()),
        ]
    };
    assert!(found.iter().all(|found| *found <= rest.len()), "{found:?}");
    assert!(rest.is_empty() || (found[0] == 0) != (found[1] == 0));
}
