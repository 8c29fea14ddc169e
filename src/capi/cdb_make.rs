// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cdb_make.h`: constant databases, written.

use crate::abi::{cdb_make, int64, uint32};
use crate::cdb::{make, tables};
use crate::errno::{count_or_minus_one, zero_or_minus_one};
use core::ffi::{c_int, c_uchar, c_ulong};

/// Begins a database in the file fd, which is open for writing and stays the program's; what is in it is not cut off.
/// Returns the position of the first record, which is 2048, or -1 with the errno of lseek(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_make_start(c: *mut cdb_make, fd: int64) -> c_int {
    // SAFETY: the caller hands in a place for a cdb_make, which stays there until it is finished.
    count_or_minus_one(unsafe { make::start(c, fd) }.map(|position| position as usize)) as c_int
}

/// Begins a record: writes both lengths. The key and the data have to follow, through the buffer c->b, and then
/// cdb_make_addend.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_make_addbegin(c: *mut cdb_make, keylen: c_ulong, datalen: c_ulong) -> c_int {
    // SAFETY: the caller hands in a started cdb_make, as in the rest of this header.
    zero_or_minus_one(unsafe { make::add_begin(c, keylen, datalen) })
}

/// Ends a record with the same lengths; h is the cdb_hash of its key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_make_addend(
    c: *mut cdb_make,
    keylen: c_ulong,
    datalen: c_ulong,
    h: uint32,
) -> c_int {
    // SAFETY: as in cdb_make_addbegin.
    zero_or_minus_one(unsafe { make::add_end(c, keylen, datalen, h) })
}

/// Adds a record with the keylen bytes at key and the datalen bytes at data. Several may have the same key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_make_add(
    c: *mut cdb_make,
    key: *const c_uchar,
    keylen: c_ulong,
    data: *const c_uchar,
    datalen: c_ulong,
) -> c_int {
    // SAFETY: as in cdb_make_addbegin; the caller hands in as many readable bytes.
    zero_or_minus_one(unsafe { make::add(c, (key, keylen), (data, datalen)) })
}

/// Writes the hash tables and then the header, without which the file is no database, and frees the memory that
/// the records took, even if it fails: after an error there is nothing left to do but to begin again. EINVAL says that
/// the file's position is not where the records end, because an error was not looked at, or a record is not as long
/// as announced. The file is neither synced nor closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_make_finish(c: *mut cdb_make) -> c_int {
    // SAFETY: as in cdb_make_addbegin.
    zero_or_minus_one(unsafe { tables::finish(c) })
}
