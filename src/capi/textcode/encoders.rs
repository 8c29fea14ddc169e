// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes to text.

use crate::text::code::{
    base64, cescape, encode, hexdump, json, ldap, markup, quoted_printable, urlencoded, uuencoded,
    whitespace, yenc,
};
use core::ffi::c_char;
use core::ptr::null;

/// Base64 of RFC 4648, with = at the end: (len+2)/3*4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_base64(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: src has len bytes; dest is NULL or has room for the result, as in all of this header.
    unsafe {
        encode(dest, src, len, |out, source, _| base64::encode(out, source, base64::STANDARD, true), null())
    }
}

/// The same with - and _ instead of + and /, for URLs and names of files, and without = at the end:
/// (len*4+2)/3 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_base64url(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe {
        encode(dest, src, len, |out, source, _| base64::encode(out, source, base64::FOR_URLS, false), null())
    }
}

/// The lines of uuencode(1), without those at the beginning and the end: 45 bytes make 62, of a last line
/// every 3 bytes or part of 3 make 4, and there are 2 more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_uuencoded(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| uuencoded::encode(out, source), null()) }
}

/// The lines of yEnc, without =ybegin and the like: at most 2*len bytes, and one more for every 253. A dot
/// at the beginning of a line is escaped, and so is the F of From.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_yenc(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| yenc::encode(out, source), null()) }
}

/// Quoted-printable: =xx, in lower case, for control characters (newlines too), bytes from 128 on, and =.
/// Lines do not get shorter, and blanks at their end stay. At most 3*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_quotedprintable(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, quoted_printable::encode, null()) }
}

/// The same, and the characters of the string escapeme are encoded too. It may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_quotedprintable2(
    dest: *mut c_char,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> usize {
    // SAFETY: as in fmt_base64; escapeme is NULL or a string.
    unsafe { encode(dest, src, len, quoted_printable::encode, escapeme) }
}

/// Percent encoding, for URLs: %xx, in lower case, for everything but letters, digits and $ - . / = _ ~. At
/// most 3*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_urlencoded(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, urlencoded::encode, null()) }
}

/// The same, and the characters of the string escapeme are encoded too. It may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_urlencoded2(
    dest: *mut c_char,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> usize {
    // SAFETY: as in fmt_base64; escapeme is NULL or a string.
    unsafe { encode(dest, src, len, urlencoded::encode, escapeme) }
}

/// Two hexadecimal digits per byte, in lower case: 2*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_hexdump(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| hexdump::encode(out, source), null()) }
}

/// For between the tags of HTML: &amp; &lt; &gt; for the characters that these stand for, <p> for two
/// newlines, and <br> for a single one. At most 5*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_html(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| markup::encode_html(out, source), null()) }
}

/// For an attribute of HTML in double quotation marks: &amp; &lt; &gt; &quot; for the characters that these
/// stand for. At most 6*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_html_tagarg(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| markup::encode_attribute(out, source), null()) }
}

/// For between the tags of XML: &amp; and &lt; for the characters that these stand for. At most 5*len
/// bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_xml(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| markup::encode_xml(out, source), null()) }
}

/// For a string literal of C: \a \b \e \f \n \r \t \v \\ for the characters that these stand for, and \xNN
/// for other control characters. Quotation marks stay: use fmt_cescape2 for them. At most 4*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_cescape(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, cescape::encode, null()) }
}

/// The same, and the characters of the string escapeme become \xNN, unless they have a shorter form. It may
/// be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_cescape2(
    dest: *mut c_char,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> usize {
    // SAFETY: as in fmt_base64; escapeme is NULL or a string.
    unsafe { encode(dest, src, len, cescape::encode, escapeme) }
}

/// _ for blanks, tabs and newlines, for a field of a log file: len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_foldwhitespace(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| whitespace::fold(out, source), null()) }
}

/// For a search filter of LDAP: \xx for control characters, parentheses, * and \. At most 3*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ldapescape(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| ldap::encode_filter(out, source), null()) }
}

/// The same for control characters, \, and the characters of the string escapeme, but neither for
/// parentheses nor for *. escapeme may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ldapescape2(
    dest: *mut c_char,
    src: *const c_char,
    len: usize,
    escapeme: *const c_char,
) -> usize {
    // SAFETY: as in fmt_base64; escapeme is NULL or a string.
    unsafe { encode(dest, src, len, ldap::encode, escapeme) }
}

/// For a string of JSON: \" \\ \n \r \b \t \f for the characters that these stand for, and \u00xx for other
/// control characters. UTF-8 stays as it is; every other byte, and every one of a surrogate or
/// noncharacter, is taken for Latin-1, and becomes UTF-8. At most 6*len bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_jsonescape(dest: *mut c_char, src: *const c_char, len: usize) -> usize {
    // SAFETY: as in fmt_base64.
    unsafe { encode(dest, src, len, |out, source, _| json::encode(out, source), null()) }
}
