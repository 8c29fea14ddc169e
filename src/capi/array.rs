// SPDX-License-Identifier: MIT OR Apache-2.0
//! `array.h`: growing arrays.

use crate::abi::{array, int64, uint64};
use crate::errno;
use core::ffi::{CStr, c_char, c_int, c_void};

/// Makes element number pos (counted from 0, of membersize bytes) exist, and all before it, and returns its
/// address, which is valid until the array grows again. Bytes that come into use are zero. If the array has
/// failed or pos is negative (EINVAL), or memory is lacking (ENOMEM), returns NULL and changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_allocate(x: *mut array, membersize: uint64, pos: int64) -> *mut c_void {
    // SAFETY: the caller hands in a valid array.
    errno::pointer_or_null(unsafe { (*x).allocate(membersize, pos) })
}

/// Returns the address of element number pos, or NULL if not all of its bytes are in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_get(x: *const array, membersize: uint64, pos: int64) -> *mut c_void {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).get(membersize, pos) }.map_or(core::ptr::null_mut(), |element| element.cast())
}

/// Returns the address of the first byte, or NULL without memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_start(x: *const array) -> *mut c_void {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).start().cast() }
}

/// Returns the number of elements of membersize bytes that are wholly in use, -1 if the array has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_length(x: *const array, membersize: uint64) -> int64 {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).length(membersize) }.map_or(-1, |length| length as int64)
}

/// Returns the number of bytes in use, -1 if the array has failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_bytes(x: *const array) -> int64 {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).bytes() }.map_or(-1, |bytes| bytes as int64)
}

/// Keeps the first len elements of membersize bytes, if there are that many; else nothing changes. The memory
/// stays allocated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_truncate(x: *mut array, membersize: uint64, len: int64) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).truncate(membersize, len) }
}

/// Keeps no element. The memory stays allocated; an array that has failed stays failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_trunc(x: *mut array) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).truncate(1, 0) }
}

/// Frees the memory. The array is as new, also if it had failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_reset(x: *mut array) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).reset() }
}

/// Frees the memory and makes the array failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_fail(x: *mut array) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).fail() }
}

/// Returns 1 if the same bytes are in use in both, else 0. An array that has failed equals none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_equal(x: *const array, y: *const array) -> c_int {
    // SAFETY: the caller hands in valid arrays.
    unsafe { (*x == *y).into() }
}

/// Appends the bytes of from, which may be the same array. If from has failed (EINVAL) or memory is lacking
/// (ENOMEM), the array fails. One that has failed stays as it is; so with all functions that append.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_cat(to: *mut array, from: *const array) {
    // SAFETY: the caller hands in valid arrays.
    let bytes = unsafe { (*from).all() };
    // SAFETY: as above; nothing has changed the source since.
    errno::void(unsafe { (*to).append_bytes(bytes) })
}

/// Appends len bytes, which may lie in the same array. With len 0, from is not looked at. If memory is
/// lacking (ENOMEM), the array fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_catb(to: *mut array, from: *const c_char, len: uint64) {
    // SAFETY: the caller hands in a valid array, and len readable bytes.
    errno::void(unsafe { (*to).append(from.cast(), len) })
}

/// Appends a string without its null byte. If memory is lacking (ENOMEM), the array fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_cats(to: *mut array, from: *const c_char) {
    // SAFETY: the caller hands in a valid array, and a string that ends in a null byte.
    errno::void(unsafe { (*to).append(from.cast(), CStr::from_ptr(from).count_bytes() as uint64) })
}

/// Appends a string with its null byte. If memory is lacking (ENOMEM), the array fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_cats0(to: *mut array, from: *const c_char) {
    // SAFETY: the caller hands in a valid array, and a string that ends in a null byte.
    errno::void(unsafe { (*to).append(from.cast(), CStr::from_ptr(from).count_bytes() as uint64 + 1) })
}

/// Appends one null byte. If memory is lacking (ENOMEM), the array fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_cat0(to: *mut array) {
    // SAFETY: the caller hands in a valid array; the byte is there for the length of the call.
    errno::void(unsafe { (*to).append([0].as_ptr(), 1) })
}

/// Appends the bytes of from at positions pos to stop-1. If they are not all in use in from, or from has
/// failed (EINVAL), or memory is lacking (ENOMEM), the array fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_cate(to: *mut array, from: *const array, pos: int64, stop: int64) {
    // SAFETY: the caller hands in valid arrays.
    let bytes = unsafe { (*from).range(pos, stop) };
    // SAFETY: as above; nothing has changed the source since.
    errno::void(unsafe { (*to).append_bytes(bytes) })
}

/// Removes the first members elements of membersize bytes, all if there are not that many. What is left
/// moves to the front, which takes time in proportion to its size.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_shift(x: *mut array, membersize: uint64, members: uint64) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).shift(membersize, members) }
}

/// Removes the last members elements of membersize bytes, all if there are not that many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn array_chop(x: *mut array, membersize: uint64, members: uint64) {
    // SAFETY: the caller hands in a valid array.
    unsafe { (*x).chop(membersize, members) }
}
