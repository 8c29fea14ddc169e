//! The halves in Rust of the functions in `variadic.c`. Each takes what its C half takes before the list,
//! and the list.

use super::{Strings, Walker};
use crate::abi::stralloc;
use crate::errno::one_or_zero;
use crate::text::fmt_str;
use crate::text::out::Out;
use core::ffi::{c_char, c_int};

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_fmt_strm_strings(dest: *mut c_char, list: *mut Walker) -> usize {
    // SAFETY: the destination is the caller's promise, the list comes from the C half.
    unsafe { Out::write(dest, |out| fmt_str::strings(out, Strings::new(list))) }
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
