// SPDX-License-Identifier: MIT OR Apache-2.0
//! Dates.

use crate::abi::time_t;
use crate::text::out::Out;
use crate::text::{http_date, iso8601};
use core::ffi::c_char;

/// Writes t in UTC as HTTP does: Sun, 06 Nov 1994 08:49:37 GMT, which is 29 bytes, and more from year 10000
/// on. Returns 0 for years before 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_httpdate(dest: *mut c_char, t: time_t) -> usize {
    // SAFETY: dest is NULL or has room for the result.
    unsafe { Out::try_write(dest, |out| http_date::write(out, t as i64)) }
}

/// Writes t in UTC in the manner of ISO 8601: 2014-05-27T19:22:16Z, which is 20 bytes, and more from year
/// 10000 on. Returns 0 for years before 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_iso8601(dest: *mut c_char, t: time_t) -> usize {
    // SAFETY: as in fmt_httpdate.
    unsafe { Out::try_write(dest, |out| iso8601::write(out, t as i64)) }
}
