// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the fuzz targets share: memory of exactly the right size, so that AddressSanitizer sees every step outside of it.
//!
//! A target calls the functions of the C interface as a C program does. What it checks besides: a scanner uses no more than
//! there is, and finds the same in the part that it used; a writer with NULL counts what it writes; what was
//! written is read back as it was.

use std::ffi::c_char;

pub mod codes;
pub mod script;

/// The bytes up to the first null byte, and a null byte.
pub fn string(bytes: &[u8]) -> Box<[u8]> {
    bytes.iter().copied().take_while(|byte| *byte != 0).chain([0]).collect()
}

/// The address of bytes, for C.
pub fn start(bytes: &[u8]) -> *const c_char {
    bytes.as_ptr().cast()
}

/// What a function writes to its destination, which it is first asked to measure, and then given as large as it said.
///
/// Functions that refuse a value return 0 both times.
pub fn written(write: impl Fn(*mut c_char) -> usize) -> Box<[u8]> {
    let length = write(std::ptr::null_mut());
    let mut dest = vec![0xaa; length].into_boxed_slice();
    assert_eq!(write(dest.as_mut_ptr().cast()), length, "with NULL it counts {length}");
    dest
}

/// A value that a scanner found, and how many bytes it used.
pub type Found<T> = Option<(T, usize)>;

/// Runs a scanner of strings on `text`, and again on what it used.
pub fn scan_string<T: Copy + Default>(
    text: &[u8],
    same: impl Fn(T, T) -> bool,
    scan: impl Fn(*const c_char, *mut T) -> usize,
) -> Found<T> {
    let text = string(text);
    let mut value = T::default();
    let used = scan(start(&text), &mut value);
    assert!(used < text.len(), "{used} of {} bytes", text.len() - 1);
    let part = string(&text[..used]);
    let mut again = T::default();
    assert_eq!(scan(start(&part), &mut again), used, "from its own part");
    assert!(used == 0 || same(value, again), "another value from its own part");
    (used > 0).then_some((value, used))
}

/// Runs a scanner of counted bytes on `bytes`, and again on what it used.
pub fn scan_bytes<T: Copy + Default>(
    bytes: &[u8],
    same: impl Fn(T, T) -> bool,
    scan: impl Fn(*const c_char, usize, *mut T) -> usize,
) -> Found<T> {
    let all: Box<[u8]> = bytes.into();
    let mut value = T::default();
    let used = scan(start(&all), all.len(), &mut value);
    assert!(used <= all.len(), "{used} of {} bytes", all.len());
    let part: Box<[u8]> = all[..used].into();
    let mut again = T::default();
    assert_eq!(scan(start(&part), used, &mut again), used, "from its own part");
    assert!(used == 0 || same(value, again), "another value from its own part");
    (used > 0).then_some((value, used))
}

/// Absurd sizes are asked for on purpose, and refused.
#[unsafe(no_mangle)]
extern "C" fn __asan_default_options() -> *const c_char {
    c"allocator_may_return_null=1".as_ptr()
}
