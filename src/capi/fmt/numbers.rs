// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers as text.

use crate::text::human::human;
use crate::text::out::Out;
use crate::text::{double, fmt_int};
use core::ffi::{c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong};

/// Writes src in decimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ulong(dest: *mut c_char, src: c_ulong) -> usize {
    // SAFETY: dest is NULL or has room for the result, as in all of this header.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<10>(out, src as u64)) }
}

/// Writes src in decimal, with a minus sign if it is negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_long(dest: *mut c_char, src: c_long) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::signed(out, src as i64)) }
}

/// Writes src in hexadecimal, in lower case, without a prefix.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_xlong(dest: *mut c_char, src: c_ulong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<16>(out, src as u64)) }
}

/// Writes src in octal, without a prefix.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_8long(dest: *mut c_char, src: c_ulong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<8>(out, src as u64)) }
}

/// Writes src in decimal, with a minus sign if it is negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_longlong(dest: *mut c_char, src: c_longlong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::signed(out, src)) }
}

/// Writes src in decimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ulonglong(dest: *mut c_char, src: c_ulonglong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<10>(out, src)) }
}

/// Writes src in hexadecimal, in lower case, without a prefix.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_xlonglong(dest: *mut c_char, src: c_ulonglong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<16>(out, src)) }
}

/// Writes src in octal, without a prefix.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_8longlong(dest: *mut c_char, src: c_ulonglong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::unsigned::<8>(out, src)) }
}

/// Writes src in decimal, with zeros in front if that has fewer than padto digits: 23 and 4 make 0023. More
/// digits are never cut.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_ulong0(dest: *mut c_char, src: c_ulong, padto: usize) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| fmt_int::padded::<10>(out, src as u64, padto)) }
}

/// Writes the sign of src: a minus or a plus, or nothing for 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_plusminus(dest: *mut c_char, src: c_int) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe {
        Out::write(dest, |out| match src {
            0 => {}
            1.. => out.byte(b'+'),
            _ => out.byte(b'-'),
        })
    }
}

/// Writes a minus if src is negative, else nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_minus(dest: *mut c_char, src: c_int) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe {
        Out::write(dest, |out| {
            if src < 0 {
                out.byte(b'-')
            }
        })
    }
}

/// Returns the hexadecimal digit, in lower case, for c from 0 to 15. Other values give some other
/// character.
#[unsafe(no_mangle)]
pub extern "C" fn fmt_tohex(c: c_char) -> c_char {
    fmt_int::hex_digit(c as u8) as c_char
}

/// Writes d in decimal with prec digits, counted from the first that is not 0 and rounded: 1.7 and 3 make
/// 1.70. With more digits than prec before the point, or more than four zeros behind it, in scientific
/// notation: 12345 and 3 make 1.23e4. Also nan, inf, -inf, 0 and -0. Returns 0, and writes nothing, if that
/// takes more than maxlen bytes or if prec is less than 1; no more than 1000 digits are written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_double(dest: *mut c_char, d: f64, maxlen: c_int, prec: c_int) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::try_write(dest, |out| double::write_within(out, d, prec, maxlen)) }
}

/// Writes l with one digit behind the point and a unit: 4900 makes 4.9k, 2300000 makes 2.3M. Below 1000
/// there is neither. The units are k, M, G and T; at most 11 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_human(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| human::<1000>(out, l)) }
}

/// The same with units of 1024, its square and so on: 4900 makes 4.8k, 2300000 makes 2.2M.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fmt_humank(dest: *mut c_char, l: c_ulonglong) -> usize {
    // SAFETY: as in fmt_ulong.
    unsafe { Out::write(dest, |out| human::<1024>(out, l)) }
}
