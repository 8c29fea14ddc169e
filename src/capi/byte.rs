// SPDX-License-Identifier: MIT OR Apache-2.0
//! `byte.h`: bytes that are counted.

pub mod starting;

use crate::text::byte;
use core::ffi::{c_char, c_int, c_void};

/// Returns the position of the first needle among len bytes, or len if there is none. Nothing behind the
/// first needle is read.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_chr(haystack: *const c_void, len: usize, needle: c_char) -> usize {
    // SAFETY: the caller hands in len readable bytes, or as many as there are up to the first needle.
    unsafe { byte::first(haystack.cast(), len, needle as u8) }
}

/// Returns the position of the last needle among len bytes, or len if there is none.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_rchr(haystack: *const c_void, len: usize, needle: c_char) -> usize {
    // SAFETY: the caller hands in len readable bytes.
    unsafe { byte::last(haystack.cast(), len, needle as u8) }
}

/// Copies len bytes from in to out, the first one first: if they overlap, out should be before in. (Where out
/// lies within the source, the bytes before it repeat.)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_copy(out: *mut c_void, len: usize, r#in: *const c_void) {
    // SAFETY: the caller hands in len readable bytes, and room for as many.
    unsafe { byte::copy_upwards(out.cast(), len, r#in.cast()) }
}

/// Copies len bytes from in to out, the last one first: if they overlap, out should be behind in. (Where out
/// ends within the source, the bytes behind it repeat.)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_copyr(out: *mut c_void, len: usize, r#in: *const c_void) {
    // SAFETY: the caller hands in len readable bytes, and room for as many.
    unsafe { byte::copy_downwards(out.cast(), len, r#in.cast()) }
}

/// Returns 0 if the len bytes at a and b are equal, else the difference (a - b) of the first two that differ,
/// as numbers from 0 to 255. Nothing behind those is read.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_diff(a: *const c_void, len: usize, b: *const c_void) -> c_int {
    // SAFETY: the caller hands in len readable bytes each, or as many as there are up to a difference.
    unsafe { byte::compare(a.cast(), b.cast(), len) }
}

/// Sets len bytes to 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_zero(out: *mut c_void, len: usize) {
    // SAFETY: the caller hands in room for len bytes.
    unsafe { out.cast::<u8>().write_bytes(0, len) }
}

/// Returns 1 if the len bytes at a and b are equal, else 0. The time that it takes depends on len only:
/// a secret cannot be learned from it byte by byte.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn byte_equal_notimingattack(a: *const c_void, len: usize, b: *const c_void) -> c_int {
    // SAFETY: the caller hands in len readable bytes each.
    unsafe { byte::equal_in_constant_time(a.cast(), b.cast(), len).into() }
}
