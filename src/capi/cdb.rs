// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cdb.h`: constant databases, read.

use crate::abi::{cdb, int64, uint32};
use crate::cdb::{FIRST, bytes, hash_add, hash_at};
use crate::errno::{true_false_or_minus_one, zero_or_minus_one};
use core::ffi::{c_int, c_uchar, c_ulong};

/// Adds the byte c to the hash value h.
/// cbindgen:postfix=__attribute__((const))
#[unsafe(no_mangle)]
pub extern "C" fn cdb_hashadd(h: uint32, c: c_uchar) -> uint32 {
    hash_add(h, c)
}

/// Returns the hash value of the len bytes at buf.
/// cbindgen:postfix=__attribute__((pure))
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_hash(buf: *const c_uchar, len: c_ulong) -> uint32 {
    // SAFETY: the caller hands in len readable bytes.
    unsafe { hash_at(buf, len as usize) }
}

/// Releases the memory that cdb_init has taken. fd stays open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_free(c: *mut cdb) {
    // SAFETY: the caller hands in a cdb that is all zeros or was used before, as in all of this header.
    unsafe { (*c).free() }
}

/// Opens the database in the file fd, which stays the program's and has to stay open. *c is all zeros, or was used
/// before. A file of 64 KiB or less is read into memory, a longer one is mapped, if that can be done; if not, it is
/// read as it is needed, and it shows in the functions below if it cannot be. On Linux a mapping of up to 16 MiB
/// becomes a copy at the same address once it has been used for long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_init(c: *mut cdb, fd: int64) {
    // SAFETY: as in cdb_free.
    unsafe { (*c).init(fd) }
}

/// Copies len bytes from position pos of the file to buf. Returns 0, or -1 with errno EPROTO if the file ends
/// before, or with that of read(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_read(c: *mut cdb, buf: *mut c_uchar, len: c_ulong, pos: uint32) -> c_int {
    // SAFETY: as in cdb_free; the caller hands in room for len bytes.
    zero_or_minus_one(unsafe { (*c).read_to(buf, len as usize, pos.into()) })
}

/// Prepares for the first cdb_findnext of a key.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_findstart(c: *mut cdb) {
    // SAFETY: as in cdb_free.
    unsafe { (*c).find_start() }
}

/// Finds the next record with the key of len bytes at key; they come in the order in which they were added. Returns 1,
/// and cdb_datapos and cdb_datalen say where its data is; 0 if there are no more; -1 with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_findnext(c: *mut cdb, key: *const c_uchar, len: c_ulong) -> c_int {
    // SAFETY: as in cdb_free; the caller hands in len readable bytes.
    true_false_or_minus_one(unsafe { bytes(key, len).map_or(Ok(false), |key| (*c).find_next(key)) })
}

/// Finds the first record with a key: cdb_findstart and cdb_findnext.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_find(c: *mut cdb, key: *const c_uchar, len: c_ulong) -> c_int {
    // SAFETY: as in cdb_findnext.
    unsafe {
        cdb_findstart(c);
        cdb_findnext(c, key, len)
    }
}

/// Goes to the first record of the file. Returns 1, and sets *kpos for cdb_nextkey; cdb_keypos, cdb_keylen,
/// cdb_datapos and cdb_datalen say where the key and the data are. Returns 0 if there is none, or -1 with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_firstkey(c: *mut cdb, kpos: *mut uint32) -> c_int {
    // SAFETY: as in cdb_nextkey.
    unsafe {
        *kpos = FIRST;
        cdb_nextkey(c, kpos)
    }
}

/// Goes to the next record, the one at *kpos, in the same way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_nextkey(c: *mut cdb, kpos: *mut uint32) -> c_int {
    // SAFETY: as in cdb_free; the caller hands in a place for the position.
    true_false_or_minus_one(unsafe { (*c).step(*kpos).map(|next| next.map(|next| *kpos = next).is_some()) })
}

/// Goes to the first record of the file if key is NULL, else to the one behind the first record with that key; so a key
/// that has several records comes up again and again. Returns 1 as cdb_firstkey does, 0 if there is no such key or
/// nothing behind it, or -1 with errno.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cdb_successor(c: *mut cdb, key: *const c_uchar, len: c_ulong) -> c_int {
    // SAFETY: as in cdb_findnext.
    true_false_or_minus_one(unsafe {
        match bytes(key, len) {
            _ if key.is_null() => (*c).step(FIRST).map(|next| next.is_some()),
            Some(key) => (*c).successor(key),
            None => Ok(false),
        }
    })
}
