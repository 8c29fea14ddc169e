// SPDX-License-Identifier: MIT OR Apache-2.0
//! The halves in Rust of the functions in `variadic.c`. Each takes what its C half takes before the list,
//! and the list.

use super::{Strings, Walker};
use crate::abi::{buffer, stralloc};
use crate::errno::{Errno, one_or_zero, zero_or_minus_one};
use crate::files::message::write_line;
use crate::text::fmt_str;
use crate::text::out::Out;
use core::ffi::{c_char, c_int};

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_buffer_putm_strings(b: *mut buffer, list: *mut Walker) -> c_int {
    // SAFETY: the buffer is the caller's promise, the list comes from the C half.
    zero_or_minus_one(unsafe { (*b).put_strings(Strings::new(list)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_buffer_putm_flush_strings(b: *mut buffer, list: *mut Walker) -> c_int {
    // SAFETY: as in owfat_buffer_putm_strings.
    zero_or_minus_one(unsafe { (*b).put_strings(Strings::new(list)).and_then(|()| (*b).flush()) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_fmt_strm_string(dest: *mut c_char, string: *const c_char) -> usize {
    // SAFETY: the destination is the caller's promise, and so is the string.
    unsafe { Out::write(dest, |out| fmt_str::whole(out, string)) }
}

/// Gets the list twice, because memory is made for all strings before the first is copied.
#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_stralloc_catm_strings(
    sa: *mut stralloc,
    measured: *mut Walker,
    list: *mut Walker,
) -> c_int {
    // SAFETY: the stralloc is the caller's promise, the lists come from the C half.
    one_or_zero(unsafe { (*sa).append_strings(Strings::new(measured), Strings::new(list)) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_errmsg_strings(d: c_int, message: *const c_char, list: *mut Walker) {
    // SAFETY: the message is the caller's promise, the list comes from the C half.
    unsafe { write_line(d, Strings::new(list).behind(message), None) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_errmsg_sys_strings(d: c_int, message: *const c_char, list: *mut Walker) {
    let mut room = [0; 256];
    let error = Errno::last().describe(&mut room);
    // SAFETY: as in owfat_errmsg_strings.
    unsafe { write_line(d, Strings::new(list).behind(message), Some(error.as_ptr())) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_errmsg_write_strings(
    d: c_int,
    err: *const c_char,
    message: *const c_char,
    list: *mut Walker,
) {
    let error = (!err.is_null()).then_some(err);
    // SAFETY: as in owfat_errmsg_strings; the error is a string or NULL.
    unsafe { write_line(d, Strings::new(list).behind(message), error) }
}
