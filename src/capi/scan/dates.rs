// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates.

use crate::abi::{time_t, timespec};
use crate::sys::clock;
use crate::text::input::Text;
use crate::text::{http_date, iso8601};
use core::ffi::c_char;

/// A date in any of the three forms of HTTP, with whatever name of a day, of 31 letters at most: Sun, 06 Nov 1994
/// 08:49:37 GMT, where a difference to UTC (+hhmm) may stand instead of GMT or behind it; Sunday, 06-Nov-94 08:49:37 GMT,
/// the same; and Sun Nov  6 08:49:37 1994. Two digits stand for the latest year that ends in them and whose date is not
/// more than 50 years ahead (RFC 9110); years from 100 to 1000 count from 1900. Returns 0 for a day that the month does not have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_httpdate(src: *const c_char, t: *mut time_t) -> usize {
    // SAFETY: src is NULL or readable up to the byte that ends the date; t is valid.
    unsafe {
        Text::scan(src, usize::MAX, t, |text| {
            time_t::try_from(http_date::scan(text, clock::unix_seconds)?).ok()
        })
    }
}

/// A date of ISO 8601 with a time, perhaps a fraction (of which nine digits count), and Z or a difference
/// to UTC (+hhmm or +hh:mm): 2014-05-27T19:22:16.247Z. Returns 0 for a day that the month does not have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_iso8601(src: *const c_char, t: *mut timespec) -> usize {
    let mut moment = (0, 0);
    // SAFETY: src is NULL or readable up to the byte that ends the date.
    let used = unsafe { Text::scan(src, usize::MAX, &mut moment, iso8601::scan_time) };
    if used > 0 {
        // SAFETY: t is valid.
        unsafe { ((*t).tv_sec, (*t).tv_nsec) = (moment.0, moment.1 as _) }
    }
    used
}
