//! Text to bytes.

use crate::text::code::{decode, hexdump, urlencoded};
use core::ffi::c_char;

/// Percent encoding, and + for a blank, as in forms. Stops at blanks, control characters, ?, &, and a %
/// without two hexadecimal digits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_urlencoded(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: src is a string; dest is NULL or has room for as many bytes; destlen is NULL or valid.
    unsafe { decode(src, dest, destlen, |text, out| urlencoded::decode(text, out, true)) }
}

/// The same, with + for itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_urlencoded2(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_urlencoded.
    unsafe { decode(src, dest, destlen, |text, out| urlencoded::decode(text, out, false)) }
}

/// Pairs of hexadecimal digits of either case. Stops in front of anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_hexdump(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_urlencoded.
    unsafe { decode(src, dest, destlen, hexdump::decode) }
}
