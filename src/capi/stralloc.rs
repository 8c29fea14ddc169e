// SPDX-License-Identifier: MIT OR Apache-2.0
//! `stralloc.h`: growing strings.

use crate::abi::stralloc;
use crate::errno::one_or_zero;
use crate::text::{fmt_int, string};
use core::ffi::{CStr, c_char, c_int, c_long, c_ulong};

/// Makes *sa a string without memory. What it held before is not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_init(sa: *mut stralloc) {
    // SAFETY: the caller hands in a place for a stralloc; nothing in it is dropped.
    unsafe { sa.write(stralloc::new()) }
}

/// Makes sure that there is memory for at least len bytes in all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_ready(sa: *mut stralloc, len: usize) -> c_int {
    // SAFETY: the caller hands in a valid stralloc, as in all of this header.
    one_or_zero(unsafe { (*sa).ready(len) })
}

/// Makes sure that there is memory for at least len more bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_readyplus(sa: *mut stralloc, len: usize) -> c_int {
    // SAFETY: as in stralloc_ready.
    one_or_zero(unsafe { (*sa).ready_plus(len) })
}

/// Replaces the contents by the len bytes at buf.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_copyb(sa: *mut stralloc, buf: *const c_char, len: usize) -> c_int {
    // SAFETY: as in stralloc_ready; the caller hands in len readable bytes.
    one_or_zero(unsafe { (*sa).assign(buf, len) })
}

/// Replaces the contents by the string buf, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_copys(sa: *mut stralloc, buf: *const c_char) -> c_int {
    // SAFETY: as in stralloc_ready; the caller hands in a string.
    one_or_zero(unsafe { (*sa).assign(buf, string::length(buf)) })
}

/// Replaces the contents by those of *sa2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_copy(sa: *mut stralloc, sa2: *const stralloc) -> c_int {
    // SAFETY: as in stralloc_ready, for both, which may be the same.
    let bytes = unsafe { (*sa2).bytes() };
    // SAFETY: those bytes are readable.
    one_or_zero(unsafe { (*sa).assign(bytes.cast(), bytes.len()) })
}

/// Appends the len bytes at in, which may lie in the string itself, as in all functions that append.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_catb(sa: *mut stralloc, r#in: *const c_char, len: usize) -> c_int {
    // SAFETY: as in stralloc_copyb.
    one_or_zero(unsafe { (*sa).append(r#in, len) })
}

/// Appends the string in, without its null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_cats(sa: *mut stralloc, r#in: *const c_char) -> c_int {
    // SAFETY: as in stralloc_copys.
    one_or_zero(unsafe { (*sa).append(r#in, string::length(r#in)) })
}

/// Appends the contents of *in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_cat(sa: *mut stralloc, r#in: *const stralloc) -> c_int {
    // SAFETY: as in stralloc_copy.
    let bytes = unsafe { (*r#in).bytes() };
    // SAFETY: those bytes are readable.
    one_or_zero(unsafe { (*sa).append(bytes.cast(), bytes.len()) })
}

/// Appends the one byte *in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_append(sa: *mut stralloc, r#in: *const c_char) -> c_int {
    // SAFETY: as in stralloc_copyb.
    one_or_zero(unsafe { (*sa).append_byte(r#in) })
}

/// Appends the number in in decimal, with zeros in front if that has fewer than n digits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_catulong0(sa: *mut stralloc, r#in: c_ulong, n: usize) -> c_int {
    // SAFETY: as in stralloc_ready.
    one_or_zero(unsafe { (*sa).append_text(|out| fmt_int::padded::<10>(out, r#in as u64, n)) })
}

/// Appends the number in in decimal, with zeros in front if that has fewer than n digits, and a minus sign
/// in front of them if it is negative: -10 and 4 make -0010.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_catlong0(sa: *mut stralloc, r#in: c_long, n: usize) -> c_int {
    // SAFETY: as in stralloc_ready.
    one_or_zero(unsafe { (*sa).append_text(|out| fmt_int::padded_signed(out, r#in as i64, n)) })
}

/// Makes the string empty. The memory stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_zero(sa: *mut stralloc) {
    // SAFETY: as in stralloc_ready.
    unsafe { (*sa).len = 0 }
}

/// Frees the memory. *sa is as after stralloc_init.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_free(sa: *mut stralloc) {
    // SAFETY: as in stralloc_ready.
    unsafe { (*sa).free() }
}

/// Returns 1 if *sa starts with the string in, else 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_starts(sa: *mut stralloc, r#in: *const c_char) -> c_int {
    // SAFETY: as in stralloc_copys.
    unsafe { (*sa).as_slice().starts_with(CStr::from_ptr(r#in).to_bytes()).into() }
}

/// Compares byte by byte: returns 0 if both are the same, -1 or 1 if *a or *b is the start of the other,
/// else the difference of the first bytes that differ (negative if that of *a is less).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_diff(a: *const stralloc, b: *const stralloc) -> c_int {
    // SAFETY: as in stralloc_ready, for both.
    unsafe { (*a).compare((*b).as_slice()) }
}

/// The same for a string b, which ends at its null byte, while *a may hold some.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_diffs(a: *const stralloc, b: *const c_char) -> c_int {
    // SAFETY: as in stralloc_copys.
    unsafe { (*a).compare(CStr::from_ptr(b).to_bytes()) }
}

/// Removes the last byte and returns it (0 to 255), or -1 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_chop(sa: *mut stralloc) -> c_int {
    // SAFETY: as in stralloc_ready.
    unsafe { (*sa).pop() }.map_or(-1, c_int::from)
}

/// Removes one "\r\n", "\n" or "\r" at the end, and returns how many bytes that was: 2, 1, or 0 if there is
/// none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stralloc_chomp(sa: *mut stralloc) -> c_int {
    // SAFETY: as in stralloc_ready.
    unsafe { (*sa).chomp() as c_int }
}
