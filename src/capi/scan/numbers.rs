// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers from text.

use crate::text::double;
use crate::text::input::Text;
use crate::text::scan_int::{self, hex_value};
use core::ffi::{
    c_char, c_int, c_long, c_longlong, c_short, c_uchar, c_uint, c_ulong, c_ulonglong, c_ushort,
};

/// No limit but the end of the string.
const WHOLE: usize = usize::MAX;

/// A decimal number without a sign.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ulong(src: *const c_char, dest: *mut c_ulong) -> usize {
    // SAFETY: src is readable up to the byte that ends the number; dest is valid.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::unsigned(text, 10, c_ulong::MAX as u64).map(|value| value as c_ulong)
        })
    }
}

/// The same, looking at no more than n bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ulongn(src: *const c_char, n: usize, dest: *mut c_ulong) -> usize {
    // SAFETY: as in scan_ulong, or no further than n bytes.
    unsafe {
        Text::scan(src, n, dest, |text| {
            scan_int::unsigned(text, 10, c_ulong::MAX as u64).map(|value| value as c_ulong)
        })
    }
}

/// A hexadecimal number of either case, without a sign or prefix. Without a digit *dest becomes 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_xlong(src: *const c_char, dest: *mut c_ulong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 16, c_ulong::MAX as u64).unwrap_or(0) as c_ulong)
        })
    }
}

/// The same, looking at no more than n bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_xlongn(src: *const c_char, n: usize, dest: *mut c_ulong) -> usize {
    // SAFETY: as in scan_ulong, or no further than n bytes.
    unsafe {
        Text::scan(src, n, dest, |text| {
            Some(scan_int::unsigned(text, 16, c_ulong::MAX as u64).unwrap_or(0) as c_ulong)
        })
    }
}

/// An octal number without a sign. Without a digit *dest becomes 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_8long(src: *const c_char, dest: *mut c_ulong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 8, c_ulong::MAX as u64).unwrap_or(0) as c_ulong)
        })
    }
}

/// The same, looking at no more than n bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_8longn(src: *const c_char, n: usize, dest: *mut c_ulong) -> usize {
    // SAFETY: as in scan_ulong, or no further than n bytes.
    unsafe {
        Text::scan(src, n, dest, |text| {
            Some(scan_int::unsigned(text, 8, c_ulong::MAX as u64).unwrap_or(0) as c_ulong)
        })
    }
}

/// A decimal number with an optional sign. A sign alone is no number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_long(src: *const c_char, dest: *mut c_long) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::signed(text, c_long::MAX as i64).map(|value| value as c_long)
        })
    }
}

/// The same, looking at no more than n bytes, the sign included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_longn(src: *const c_char, n: usize, dest: *mut c_long) -> usize {
    // SAFETY: as in scan_ulong, or no further than n bytes.
    unsafe {
        Text::scan(src, n, dest, |text| {
            scan_int::signed(text, c_long::MAX as i64).map(|value| value as c_long)
        })
    }
}

/// Like scan_ulong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ulonglong(src: *const c_char, dest: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::unsigned(text, 10, c_ulonglong::MAX as u64).map(|value| value as c_ulonglong)
        })
    }
}

/// Like scan_long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_longlong(src: *const c_char, dest: *mut c_longlong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::signed(text, c_longlong::MAX as i64).map(|value| value as c_longlong)
        })
    }
}

/// Like scan_xlong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_xlonglong(src: *const c_char, dest: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 16, c_ulonglong::MAX as u64).unwrap_or(0) as c_ulonglong)
        })
    }
}

/// Like scan_8long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_8longlong(src: *const c_char, dest: *mut c_ulonglong) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 8, c_ulonglong::MAX as u64).unwrap_or(0) as c_ulonglong)
        })
    }
}

/// Like scan_ulong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_uint(src: *const c_char, dest: *mut c_uint) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::unsigned(text, 10, c_uint::MAX as u64).map(|value| value as c_uint)
        })
    }
}

/// Like scan_long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_int(src: *const c_char, dest: *mut c_int) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::signed(text, c_int::MAX as i64).map(|value| value as c_int)
        })
    }
}

/// Like scan_xlong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_xint(src: *const c_char, dest: *mut c_uint) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 16, c_uint::MAX as u64).unwrap_or(0) as c_uint)
        })
    }
}

/// Like scan_8long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_8int(src: *const c_char, dest: *mut c_uint) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 8, c_uint::MAX as u64).unwrap_or(0) as c_uint)
        })
    }
}

/// Like scan_ulong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_ushort(src: *const c_char, dest: *mut c_ushort) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::unsigned(text, 10, c_ushort::MAX as u64).map(|value| value as c_ushort)
        })
    }
}

/// Like scan_long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_short(src: *const c_char, dest: *mut c_short) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            scan_int::signed(text, c_short::MAX as i64).map(|value| value as c_short)
        })
    }
}

/// Like scan_xlong.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_xshort(src: *const c_char, dest: *mut c_ushort) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 16, c_ushort::MAX as u64).unwrap_or(0) as c_ushort)
        })
    }
}

/// Like scan_8long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_8short(src: *const c_char, dest: *mut c_ushort) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe {
        Text::scan(src, WHOLE, dest, |text| {
            Some(scan_int::unsigned(text, 8, c_ushort::MAX as u64).unwrap_or(0) as c_ushort)
        })
    }
}

/// A sign: a plus makes *dest 1 and a minus -1, and the result is 1. Else *dest becomes 1 and the result is
/// 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_plusminus(src: *const c_char, dest: *mut c_int) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe { Text::scan(src, WHOLE, dest, |text| Some(scan_int::sign(text).unwrap_or(1))) }
}

/// A number in decimal with an optional sign, point and exponent, correctly rounded. An exponent without a
/// digit is none. If there is no digit before it, *dest becomes 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scan_double(src: *const c_char, dest: *mut f64) -> usize {
    // SAFETY: as in scan_ulong.
    unsafe { Text::scan(src, WHOLE, dest, |text| Some(double::scan(text).unwrap_or(0.0))) }
}

/// Returns the value of a hexadecimal digit of either case, -1 for any other character.
#[unsafe(no_mangle)]
pub extern "C" fn scan_fromhex(c: c_uchar) -> c_int {
    hex_value(c).map_or(-1, c_int::from)
}
