// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text to bytes.

use crate::text::code::{
    base64, cescape, decode, hexdump, html, json, ldap, quoted_printable, urlencoded, uuencoded, yenc,
};
use core::ffi::c_char;

/// Base64 of RFC 4648. The = at the end may be missing, if the bits that belong to no byte are 0; if they
/// are not, what belongs to no whole group of four characters is not used. Stops at everything else, blanks
/// too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_base64(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: src is a string; dest is NULL or has room for as many bytes; destlen is NULL or valid.
    unsafe { decode(src, dest, destlen, base64::decode) }
}

/// The same with - and _ instead of + and /. Stops at =, and ignores bits that belong to no byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_base64url(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, base64::decode_for_urls) }
}

/// One line of uuencode(1). The newline is not used. A line that is cut short, or has a character that does
/// not belong there, gives 0, with 0 bytes made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_uuencoded(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, uuencoded::decode) }
}

/// One line of yEnc. Stops at the line's end, at = before the null byte, and behind the = of =y, which begins a
/// line of another kind.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_yenc(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, yenc::decode) }
}

/// Quoted-printable. = at the end of a line is used together with that end, and makes nothing. Stops in
/// front of = with anything else but two hexadecimal digits behind it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_quotedprintable(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, quoted_printable::decode) }
}

/// Percent encoding, and + for a blank, as in forms. Stops at blanks, control characters, ?, &, and a %
/// without two hexadecimal digits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_urlencoded(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, |text, out| urlencoded::decode(text, out, true)) }
}

/// The same, with + for itself.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_urlencoded2(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, |text, out| urlencoded::decode(text, out, false)) }
}

/// Pairs of hexadecimal digits of either case. Stops in front of anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_hexdump(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, hexdump::decode) }
}

/// HTML up to a tag: &name; for all names that the standard lists with a semicolon, and &#decimal; and
/// &#xhex; make UTF-8. What is no such reference, or means no character, stays as it is; so do &nGt; and
/// &nLt;, because what they stand for is longer. Stops in front of <.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_html(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, html::decode) }
}

/// The same for the value of an attribute: with a " at the beginning up to the next one, else up to a
/// blank, tab, newline or ". The first " is used, the second one is not. Stops in front of < too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_html_tagarg(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, html::decode_attribute) }
}

/// The escapes of C: \a \b \e \f \n \r \t \v \\ \" \' \?, \x with one or two digits, \ with one to three
/// octal digits, \u with four digits and \U with eight, which make UTF-8. Other characters stay as they
/// are, with the \ before them. Stops in front of ", of \u and \U without their digits, and of numbers of
/// more than 31 bits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_cescape(src: *const c_char, dest: *mut c_char, destlen: *mut usize) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, cescape::decode) }
}

/// The escapes of LDAP: \ with two hexadecimal digits. Stops in front of any other \.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ldapescape(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, ldap::decode) }
}

/// A string of JSON: \n \r \b \t \f, \u with four digits, two of them for a pair of surrogates, and \
/// before any other character for that itself. Stops in front of ", of half a pair, of \u without its
/// digits, and of what is no UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_jsonescape(
    src: *const c_char,
    dest: *mut c_char,
    destlen: *mut usize,
) -> usize {
    // SAFETY: as in scan_base64.
    unsafe { decode(src, dest, destlen, json::decode) }
}
