// SPDX-License-Identifier: MIT OR Apache-2.0
//! Constant databases: files of records that are written once and read with two or three reads each, after
//! D. J. Bernstein's cdb.
//!
//! All numbers have 32 bits, least significant byte first, so that no file is longer than 4 GiB - 1. A file consists of
//!
//! 1. a header of 2048 bytes: for each of 256 hash tables its position and its number of slots;
//! 2. the records, one behind the other: length of the key, length of the data, key, data;
//! 3. the hash tables, one behind the other, each with twice as many slots as it has records: the hash value of a key and
//!    the position of its record, 0 for an empty slot.
//!
//! Of a hash value, the lowest 8 bits are the number of the table, and the others, modulo its slots, that of the slot where
//! to begin. From there on slots are taken in turn, the first one after the last.
//!
//! Nothing of a file is trusted: positions are added in 64 bits, what does not fit into 32 bits or lies outside of the file is
//! EPROTO, and a search ends after as many slots as the table has.

mod find;
pub(crate) mod make;
mod mapped;
mod read;
pub(crate) mod tables;
mod walk;

use crate::abi::CDB_HASHSTART;
use crate::errno::{Errno, Result};
use crate::text::byte;
use core::ffi::c_ulong;

/// The position of the first record: before it there are 256 tables with 8 bytes each.
pub(crate) const FIRST: u32 = 2048;

/// Adds a byte to a hash value.
pub(crate) const fn hash_add(hash: u32, byte: u8) -> u32 {
    hash.wrapping_mul(33) ^ byte as u32
}

/// The hash value of a key.
fn hash(key: &[u8]) -> u32 {
    // SAFETY: pointer and length are those of a live slice.
    unsafe { hash_at(key.as_ptr(), key.len()) }
}

/// The hash value of the `length` bytes at `key`.
///
/// # Safety
/// They are readable.
pub(crate) unsafe fn hash_at(key: *const u8, length: usize) -> u32 {
    // SAFETY: the caller's promise.
    (0..length).fold(CDB_HASHSTART, |hash, at| hash_add(hash, unsafe { *key.add(at) }))
}

/// The bytes of a key, or of data, that a C program hands in. `None` if they are more than any file holds.
///
/// # Safety
/// `length` bytes are readable at `start`, unless that is 0, for as long as the bytes are in use.
pub(crate) unsafe fn bytes<'a>(start: *const u8, length: c_ulong) -> Option<&'a [u8]> {
    let length = u32::try_from(length).ok().and_then(|length| isize::try_from(length).ok())?;
    if length == 0 {
        return Some(byte::none());
    }
    // SAFETY: the caller's promise.
    Some(unsafe { core::slice::from_raw_parts(start, length as usize) })
}

/// A number that the format has 32 bits for.
fn narrow(position: u64) -> Result<u32> {
    u32::try_from(position).map_err(|_| Errno(libc::EPROTO))
}

/// Two numbers as they stand in the file.
fn pair(bytes: [u8; 8]) -> [u32; 2] {
    let both = u64::from_le_bytes(bytes);
    [both as u32, (both >> 32) as u32]
}

/// The other way round.
fn unpair([first, second]: [u32; 2]) -> [u8; 8] {
    (u64::from(first) | u64::from(second) << 32).to_le_bytes()
}

#[cfg(test)]
mod tests;
