// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single characters, escaped.

use crate::text::escape;
use crate::text::out::Out;
use core::ffi::c_char;

/// Escapes a character for XML, whether it needs that or not, as all functions that follow: the five names
/// of XML, else the number, in decimal unless it is shorter in hexadecimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharxml(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: dest is NULL or has room for the result, as in all of this file.
    unsafe { Out::write(dest, |out| escape::xml(out, ch)) }
}

/// The same for HTML.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharhtml(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::write(dest, |out| escape::xml(out, ch)) }
}

/// For JSON: \b \n \r \" \\ \/ or \u and four hexadecimal digits, twice (12 bytes) for what is beyond FFFF.
/// Returns 0 for what is beyond 10FFFF.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharjson(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::try_write(dest, |out| escape::json(out, ch)) }
}

/// For MIME: = and two hexadecimal digits, in lower case. Returns 0 for what is beyond FF.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharquotedprintable(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::try_write(dest, |out| escape::quoted_printable(out, ch)) }
}

/// For MIME: the same for each byte of UTF-8, at most 18 bytes. Returns 0 for values of more than 31 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharquotedprintableutf8(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::try_write(dest, |out| escape::quoted_printable_utf8(out, ch)) }
}

/// For C: \a \b \e \f \n \r \t \v \\, else \ and three octal digits up to FF, \u and four hexadecimal
/// digits up to FFFF, or \U and eight.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_escapecharc(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::write(dest, |out| escape::c(out, ch)) }
}

/// For XML, but only where it is needed: & and < and control characters; everything else becomes UTF-8.
/// Returns 0 for what XML cannot contain: null bytes, surrogates, FFFE, FFFF, and what is beyond 10FFFF.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_xmlescape(dest: *mut c_char, ch: u32) -> usize {
    // SAFETY: as in fmt_escapecharxml.
    unsafe { Out::try_write(dest, |out| escape::xml_if_needed(out, ch)) }
}
