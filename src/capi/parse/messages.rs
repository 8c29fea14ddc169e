// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts of messages. All of these functions take a valid stream, and as much room as the caller announces.

use crate::abi::{bytestream, ssize_t};
use core::ffi::{c_char, c_uchar};

/// Takes n bytes to dest, n being cut to SSIZE_MAX, and returns how many. Returns -1, and *bs is in error, if there are not
/// so many; the memory at dest is undefined then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_readblob(bs: *mut bytestream, dest: *mut c_uchar, n: usize) -> ssize_t {
    // SAFETY: a valid stream and the caller's room.
    unsafe { (*bs).blob(dest, n.min(isize::MAX as usize)) }.map_or(-1, |count| count as ssize_t)
}

/// Returns an integer of 2 bytes, the least significant first. Missing bytes count as 0, and *bs is in error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u16(bs: *mut bytestream) -> u16 {
    // SAFETY: a valid stream.
    u16::from_le_bytes(unsafe { (*bs).integer() })
}

/// The same, the most significant byte first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u16_big(bs: *mut bytestream) -> u16 {
    // SAFETY: a valid stream.
    u16::from_be_bytes(unsafe { (*bs).integer() })
}

/// prs_u16 for 4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u32(bs: *mut bytestream) -> u32 {
    // SAFETY: a valid stream.
    u32::from_le_bytes(unsafe { (*bs).integer() })
}

/// prs_u16_big for 4 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u32_big(bs: *mut bytestream) -> u32 {
    // SAFETY: a valid stream.
    u32::from_be_bytes(unsafe { (*bs).integer() })
}

/// prs_u16 for 8 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u64(bs: *mut bytestream) -> u64 {
    // SAFETY: a valid stream.
    u64::from_le_bytes(unsafe { (*bs).integer() })
}

/// prs_u16_big for 8 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_u64_big(bs: *mut bytestream) -> u64 {
    // SAFETY: a valid stream.
    u64::from_be_bytes(unsafe { (*bs).integer() })
}

/// Takes a string and its null byte to dest, and returns its length. Returns -1, and *bs is in error, if no null byte comes
/// within destsize bytes or before the end; then dest holds what came, with a null byte, or nothing if destsize is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_asciiz(bs: *mut bytestream, dest: *mut c_char, destsize: usize) -> ssize_t {
    // SAFETY: a valid stream and the caller's room.
    unsafe { (*bs).string(dest, destsize) }.map_or(-1, |length| length as ssize_t)
}

/// Takes a field of exactly destsize - 1 bytes to dest, adds a null byte, and returns the length of the string in it.
/// Returns -1, and *bs is in error, if there are not so many bytes or destsize is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prs_asciiz_fixedlen(
    bs: *mut bytestream,
    dest: *mut c_char,
    destsize: usize,
) -> ssize_t {
    // SAFETY: a valid stream and the caller's room.
    unsafe { (*bs).field(dest, destsize) }.map_or(-1, |length| length as ssize_t)
}
