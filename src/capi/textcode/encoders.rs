//! Bytes to text.

use crate::text::code::{encode, hexdump, urlencoded};
use crate::text::input::string_or_empty;
use core::ffi::c_char;

/// Percent encoding, for URLs: %xx, in lower case, for everything but letters, digits and $ - . / = _ ~. At
/// most 3*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_urlencoded(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: src has len bytes; dest is NULL or has room for the result, as in all of this header.
    unsafe { encode(dest, src, len, |out, source| urlencoded::encode(out, source, &[])) }
}

/// The same, and the characters of the string escapeme are encoded too. It may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_urlencoded2(
    dest: *mut c_char,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> usize {
    // SAFETY: as in fmt_urlencoded; escapeme is NULL or a string.
    unsafe {
        encode(dest, src, len, |out, source| urlencoded::encode(out, source, string_or_empty(escapeme)))
    }
}

/// Two hexadecimal digits per byte, in lower case: 2*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_hexdump(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_urlencoded.
    unsafe { encode(dest, src, len, hexdump::encode) }
}
