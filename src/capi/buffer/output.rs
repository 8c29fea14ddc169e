// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing. All of these functions take a valid buffer.

use crate::abi::{buffer, stralloc};
use crate::errno::{Errno, zero_or_minus_one};
use crate::text::{fmt_int, string};
use core::ffi::{c_char, c_int, c_long, c_longlong, c_ulong, c_ulonglong};

/// Writes what waits. What op does not take goes on waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_flush(b: *mut buffer) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).flush() })
}

/// Adds the len bytes at x. If there is no room for them, what waits is written; if they would not fit into the
/// empty buffer either, they are written at once. On error nothing is added, but of bytes that would not fit
/// into the empty buffer some may have been written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_put(b: *mut buffer, x: *const c_char, len: usize) -> c_int {
    // SAFETY: a valid buffer, and len bytes.
    zero_or_minus_one(unsafe { (*b).put(x, len) })
}

/// Adds the len bytes at x, and writes whenever the buffer is full and there is more: op gets full buffers only. On
/// error some of the bytes may have been added.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putalign(b: *mut buffer, x: *const c_char, len: usize) -> c_int {
    // SAFETY: as in buffer_put.
    zero_or_minus_one(unsafe { (*b).put_aligned(x, len) })
}

/// buffer_put and buffer_flush. If nothing waits, the bytes go to op without being copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putflush(b: *mut buffer, x: *const c_char, len: usize) -> c_int {
    // SAFETY: as in buffer_put.
    zero_or_minus_one(unsafe { (*b).put_and_flush(x, len) })
}

/// buffer_put for the string x, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_puts(b: *mut buffer, x: *const c_char) -> c_int {
    // SAFETY: a valid buffer, and a string.
    zero_or_minus_one(unsafe { (*b).put(x, string::length(x)) })
}

/// buffer_putalign for the string x, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putsalign(b: *mut buffer, x: *const c_char) -> c_int {
    // SAFETY: as in buffer_puts.
    zero_or_minus_one(unsafe { (*b).put_aligned(x, string::length(x)) })
}

/// buffer_putflush for the string x, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putsflush(b: *mut buffer, x: *const c_char) -> c_int {
    // SAFETY: as in buffer_puts.
    zero_or_minus_one(unsafe { (*b).put_and_flush(x, string::length(x)) })
}

/// Adds a blank.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putspace(b: *mut buffer) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put(c" ".as_ptr(), 1) })
}

/// Adds a newline, and writes everything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putnlflush(b: *mut buffer) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_and_flush(c"\n".as_ptr(), 1) })
}

/// Adds the number l in decimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putulong(b: *mut buffer, l: c_ulong) -> c_int {
    // SAFETY: as in buffer_putulonglong.
    unsafe { buffer_putulonglong(b, l as c_ulonglong) }
}

/// Adds the number l in octal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_put8long(b: *mut buffer, l: c_ulong) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_number(|out| fmt_int::unsigned::<8>(out, l as u64)) })
}

/// Adds the number l in hexadecimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putxlong(b: *mut buffer, l: c_ulong) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_number(|out| fmt_int::unsigned::<16>(out, l as u64)) })
}

/// Adds the number l in decimal, with a minus sign if it is negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putlong(b: *mut buffer, l: c_long) -> c_int {
    // SAFETY: as in buffer_putlonglong.
    unsafe { buffer_putlonglong(b, l as c_longlong) }
}

/// Adds the number l in decimal, with a minus sign if it is negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putlonglong(b: *mut buffer, l: c_longlong) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_number(|out| fmt_int::signed(out, l)) })
}

/// Adds the number l in decimal.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putulonglong(b: *mut buffer, l: c_ulonglong) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_number(|out| fmt_int::unsigned::<10>(out, l)) })
}

/// Adds what the system calls the error in errno, as strerror does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_puterror(b: *mut buffer) -> c_int {
    // SAFETY: as in buffer_puterror2.
    unsafe { buffer_puterror2(b, Errno::last().0) }
}

/// Adds what the system calls the error errnum.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_puterror2(b: *mut buffer, errnum: c_int) -> c_int {
    // SAFETY: a valid buffer.
    zero_or_minus_one(unsafe { (*b).put_error(Errno(errnum)) })
}

/// Adds the contents of *sa.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putsa(b: *mut buffer, sa: *const stralloc) -> c_int {
    // SAFETY: a valid buffer and a valid stralloc.
    unsafe { buffer_put(b, (*sa).bytes().cast(), (*sa).bytes().len()) }
}

/// Adds the contents of *sa, and writes everything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_putsaflush(b: *mut buffer, sa: *const stralloc) -> c_int {
    // SAFETY: as in buffer_putsa.
    unsafe { buffer_putflush(b, (*sa).bytes().cast(), (*sa).bytes().len()) }
}
