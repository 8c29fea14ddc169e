//! The halves in Rust of the functions in `variadic.c`. Each takes what its C half takes before the list,
//! and the list.

use super::{Strings, Walker};
use crate::text::fmt_str;
use crate::text::out::Out;
use core::ffi::c_char;

#[unsafe(no_mangle)]
unsafe extern "C" fn owfat_fmt_strm_strings(dest: *mut c_char, list: *mut Walker) -> usize {
    // SAFETY: the destination is the caller's promise, the list comes from the C half.
    unsafe { Out::write(dest, |out| fmt_str::strings(out, Strings::new(list))) }
}
