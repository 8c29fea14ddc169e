// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing: records first, one behind the other. Where they are is kept in memory, until the tables are written.
//!
//! A program may write keys and data itself, through the buffer. If it writes the wrong length, or ignores an error, the end
//! finds out: the position in the file is not the one that the records add up to.

use super::{FIRST, bytes, hash, unpair};
use crate::abi::{CDB_HPLIST, buffer, cdb_hp, cdb_hplist, cdb_make};
use crate::buffer::operation::WRITE;
use crate::errno::{Errno, Result};
use crate::sys::file;
use core::ffi::{c_char, c_int, c_ulong};
use core::ptr::null_mut;

/// No file is longer than positions of 32 bits reach, and no more records than memory holds.
const FULL: Errno = Errno(libc::ENOMEM);

/// Begins a database in the file `fd`, and returns the position of the first record.
///
/// # Safety
/// `make` is a place for one. In this whole file it has to stay there, and as [`start`] and the others leave it.
pub(crate) unsafe fn start(make: *mut cdb_make, fd: i64) -> Result<u64> {
    // No descriptor is larger than an int; for -1 the kernel answers EBADF.
    let file = c_int::try_from(fd).unwrap_or(-1);
    // SAFETY: the caller's promise. There may be anything in the fields, so none of them is borrowed yet.
    unsafe {
        let space: *mut [c_char] = &raw mut (*make).bspace;
        (&raw mut (*make).b).write(buffer::new(WRITE, file, space.cast(), space.len()));
        (*make).head = null_mut();
        (*make).split = null_mut();
        (*make).hash = null_mut();
        (*make).numentries = 0;
        (*make).pos = FIRST;
        (*make).fd = fd;
    }
    file::seek(file, FIRST.into())
}

/// Adds a record. Lengths are counted in bytes.
///
/// # Safety
/// As in [`start`]; key and data are readable, unless their length is 0.
pub(crate) unsafe fn add(
    make: *mut cdb_make,
    key: (*const u8, c_ulong),
    data: (*const u8, c_ulong),
) -> Result<()> {
    // SAFETY: the caller's promise.
    let (key, data) = unsafe { (bytes(key.0, key.1).ok_or(FULL)?, bytes(data.0, data.1).ok_or(FULL)?) };
    let lengths = (key.len() as c_ulong, data.len() as c_ulong);
    // SAFETY: as above.
    unsafe {
        add_begin(make, lengths.0, lengths.1)?;
        put(&(*make).b, key)?;
        put(&(*make).b, data)?;
        add_end(make, lengths.0, lengths.1, hash(key))
    }
}

/// Writes the lengths of a record's key and data. Without room for the record nothing is written.
///
/// # Safety
/// As in [`start`].
pub(crate) unsafe fn add_begin(make: *mut cdb_make, key: c_ulong, data: c_ulong) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        end_of((*make).pos, key, data)?;
        let list = list_with_room(make)?;
        (*make).head = list;
        // Both fit, because their sum does.
        put(&(*make).b, &unpair([key as u32, data as u32]))
    }
}

/// Adds to the list a record whose key and data have been written. Without room for it nothing changes.
///
/// # Safety
/// As in [`start`].
pub(crate) unsafe fn add_end(make: *mut cdb_make, key: c_ulong, data: c_ulong, hash: u32) -> Result<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let end = end_of((*make).pos, key, data)?;
        let list = list_with_room(make)?;
        let used = (*list).num;
        let records = &mut (*list).hp;
        *records.get_mut(used as usize).ok_or(FULL)? = cdb_hp { h: hash, p: (*make).pos };
        (*list).num = used + 1;
        (*make).head = list;
        (*make).numentries = (*make).numentries.wrapping_add(1);
        (*make).pos = end;
    }
    Ok(())
}

/// Where a record ends that begins at `position`.
fn end_of(position: u32, key: c_ulong, data: c_ulong) -> Result<u32> {
    let length = u64::from(position) + 8;
    let length = length.checked_add(key as u64).and_then(|length| length.checked_add(data as u64));
    length.and_then(|end| u32::try_from(end).ok()).ok_or(FULL)
}

/// The list that the next record goes to: the newest one, or one in front of it.
#[inline(never)]
unsafe fn list_with_room(make: *mut cdb_make) -> Result<*mut cdb_hplist> {
    // SAFETY: the promise of the callers: `head` is NULL or a list that was made here.
    let head = unsafe { (*make).head };
    // SAFETY: as above.
    if !head.is_null() && (0..CDB_HPLIST as c_int).contains(&unsafe { (*head).num }) {
        return Ok(head);
    }
    // SAFETY: malloc takes any size.
    let list: *mut cdb_hplist = unsafe { libc::malloc(size_of::<cdb_hplist>()) }.cast();
    if list.is_null() {
        return Err(FULL);
    }
    // SAFETY: the new block has room for these fields; the others mean nothing yet.
    unsafe {
        (*list).next = head;
        (*list).num = 0;
    }
    Ok(list)
}

/// Adds bytes to what waits to be written.
#[inline(never)]
pub(super) fn put(b: &buffer, bytes: &[u8]) -> Result<()> {
    // SAFETY: pointer and length are those of a live slice; the program vouches for the buffer.
    unsafe { b.put_aligned(bytes.as_ptr().cast(), bytes.len()) }
}

#[cfg(test)]
mod tests;
