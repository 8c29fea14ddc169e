// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reading. All of these functions take a valid buffer, and room for as many bytes as the caller announces.

use crate::abi::{buffer, ssize_t, stralloc};
use crate::errno::{size_or_minus_one, true_false_or_minus_one, zero_or_minus_one};
use core::ffi::{c_char, c_int};
use core::slice;

/// Reads once if no bytes are at hand. Returns how many are at hand then, 0 at the end of the input, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_feed(b: *mut buffer) -> ssize_t {
    // SAFETY: a valid buffer.
    size_or_minus_one(unsafe { (*b).feed() })
}

/// Reads len bytes to x, or up to the end of the input, however often that means to read. Returns how many
/// there were, or -1: then those that came before the error are lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get(b: *mut buffer, x: *mut c_char, len: usize) -> ssize_t {
    // SAFETY: a valid buffer and the caller's room.
    size_or_minus_one(unsafe { (*b).get(x, len) })
}

/// Reads one byte to *x. Returns 1, 0 at the end of the input, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_getc(b: *mut buffer, x: *mut c_char) -> ssize_t {
    // SAFETY: as in buffer_get.
    unsafe {
        if let Some(byte) = (*b).take_byte() {
            *x = byte;
            return 1;
        }
        buffer_get(b, x, 1)
    }
}

/// The same as buffer_get.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_getn(b: *mut buffer, x: *mut c_char, len: usize) -> ssize_t {
    // SAFETY: as in buffer_get.
    unsafe { buffer_get(b, x, len) }
}

/// Returns where the bytes at hand are. Only buffer_feed says how many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_peek(b: *mut buffer) -> *mut c_char {
    // SAFETY: a valid buffer.
    unsafe { (*b).next() }
}

/// Passes over the next len bytes, or up to the end of the input, however often that means to read. Returns len; or -1, EINVAL
/// for more than SSIZE_MAX.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_seek(b: *mut buffer, len: usize) -> ssize_t {
    // SAFETY: a valid buffer.
    size_or_minus_one(unsafe { (*b).skip(len) }.map(|()| len))
}

/// Stores the next byte in *x; it is the next one still. Reads only if no bytes are at hand. Returns 1, 0 at the end of the
/// input, or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_peekc(b: *mut buffer, x: *mut c_char) -> ssize_t {
    // SAFETY: a valid buffer.
    size_or_minus_one(unsafe { (*b).peek() }.map(|next| match next {
        Some(byte) => {
            // SAFETY: the caller's place.
            unsafe { x.write(byte) }
            1
        }
        None => 0,
    }))
}

/// Reads a token to x: bytes up to the first of the setlen delimiters at charset, which is stored too. Returns the
/// length without the delimiter; len if none came within as many bytes, then the next call goes on there; and at the end
/// of the input the number of bytes before it, with a null byte stored behind them if that fits. So after a result
/// of 0 *x tells an empty token from the end. Returns -1 on error: then the bytes that came before it are lost.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_token(
    b: *mut buffer,
    x: *mut c_char,
    len: usize,
    charset: *const c_char,
    setlen: usize,
) -> ssize_t {
    // SAFETY: a valid buffer, the caller's room and delimiters.
    size_or_minus_one(unsafe { (*b).get_token(x, len, set(charset, setlen)) })
}

/// buffer_get_token for a line: the delimiter is the newline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_getline(b: *mut buffer, x: *mut c_char, len: usize) -> ssize_t {
    // SAFETY: a valid buffer and the caller's room.
    size_or_minus_one(unsafe { (*b).get_token(x, len, b"\n") })
}

/// Looks at the len bytes of a token so far. Returns 1 if that is all of it, 0 if not, -1 to give up.
pub type string_predicate = Option<unsafe extern "C" fn(x: *const c_char, len: usize) -> c_int>;

/// buffer_get_token where the function p, called after each byte, says which one is the last. Returns -1 if
/// that returns -1, too. The end of the input stores no null byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_token_pred(
    b: *mut buffer,
    x: *mut c_char,
    len: usize,
    p: string_predicate,
) -> ssize_t {
    // SAFETY: a valid buffer, the caller's room and function.
    size_or_minus_one(unsafe { (*b).get_token_until(x, len, p) })
}

/// Appends to *sa up to the first of the setlen delimiters at charset, and that too. Returns 1; 0 if the end of the input
/// came first; or -1, ENOMEM without memory. What was read until then stays in *sa: after EAGAIN the same call goes
/// on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_token_sa(
    b: *mut buffer,
    sa: *mut stralloc,
    charset: *const c_char,
    setlen: usize,
) -> c_int {
    // SAFETY: a valid buffer, a valid stralloc, and the caller's delimiters.
    true_false_or_minus_one(unsafe { (*b).append_token(sa, set(charset, setlen)) })
}

/// buffer_get_token_sa for a line: the delimiter is the newline.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_getline_sa(b: *mut buffer, sa: *mut stralloc) -> c_int {
    // SAFETY: a valid buffer and a valid stralloc.
    true_false_or_minus_one(unsafe { (*b).append_token(sa, b"\n") })
}

/// buffer_get_token_sa into an emptied *sa.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_new_token_sa(
    b: *mut buffer,
    sa: *mut stralloc,
    charset: *const c_char,
    setlen: usize,
) -> c_int {
    // SAFETY: as in buffer_get_token_sa.
    unsafe {
        (*sa).len = 0;
        buffer_get_token_sa(b, sa, charset, setlen)
    }
}

/// buffer_getline_sa into an emptied *sa.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_getnewline_sa(b: *mut buffer, sa: *mut stralloc) -> c_int {
    // SAFETY: as in buffer_getline_sa.
    unsafe {
        (*sa).len = 0;
        buffer_getline_sa(b, sa)
    }
}

/// Looks at a token so far. Returns 1 if that is all of it, 0 if not, -1 to give up.
pub type sa_predicate = Option<unsafe extern "C" fn(sa: *mut stralloc) -> c_int>;

/// Appends to *sa up to the byte after which the function p returns 1. Returns 0, also if the end of the input came first;
/// or -1 on error or if p does, then what was read until then stays in *sa.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_token_sa_pred(
    b: *mut buffer,
    sa: *mut stralloc,
    p: sa_predicate,
) -> c_int {
    // SAFETY: a valid buffer, a valid stralloc, and the caller's function.
    zero_or_minus_one(unsafe { (*b).append_token_until(sa, p) })
}

/// buffer_get_token_sa_pred into an emptied *sa.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn buffer_get_new_token_sa_pred(
    b: *mut buffer,
    sa: *mut stralloc,
    p: sa_predicate,
) -> c_int {
    // SAFETY: as in buffer_get_token_sa_pred.
    unsafe {
        (*sa).len = 0;
        buffer_get_token_sa_pred(b, sa, p)
    }
}

/// The bytes of a set; without any its address means nothing.
unsafe fn set<'a>(charset: *const c_char, setlen: usize) -> &'a [u8] {
    if setlen == 0 {
        return &[];
    }
    // SAFETY: the caller has so many.
    unsafe { slice::from_raw_parts(charset.cast(), setlen) }
}
