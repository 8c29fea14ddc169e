// SPDX-License-Identifier: MIT OR Apache-2.0
//! `owfat.h`: which library this is.

use core::ffi::c_char;

/// What marks the version in the file, for what(1), strings(1) and grep(1).
const MARK: &str = "@(#)owfat ";

/// Which of two widths of time_t the file is for, where there are two; `make install` looks for it.
#[cfg(owfat_time = "libc")]
macro_rules! width {
    () => {
        ""
    };
}
#[cfg(owfat_time = "32")]
macro_rules! width {
    () => {
        "time_t of 32 bits\0"
    };
}
#[cfg(owfat_time = "64")]
macro_rules! width {
    () => {
        "time_t of 64 bits\0"
    };
}

/// The mark, and behind it the version that Cargo.toml names, as a C string.
const VERSION: &str = concat!("@(#)owfat ", env!("CARGO_PKG_VERSION"), "\0", width!());

/// Returns the version of this implementation, such as "1.2.3": major, minor and patch level, and behind a hyphen the name of
/// a prerelease. It says nothing about the interface, whose version pkg-config knows. The string is constant, ends with a
/// null byte and stays valid until the program ends.
///
/// The file holds it behind the text "@(#)owfat ".
#[unsafe(no_mangle)]
pub extern "C" fn owfat_version() -> *const c_char {
    VERSION[MARK.len()..].as_ptr().cast()
}
