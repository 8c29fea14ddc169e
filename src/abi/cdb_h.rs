// SPDX-License-Identifier: MIT OR Apache-2.0
//! The constant database, as it is read.

use super::uint32_h::uint32;
use super::uint64_h::int64;
use core::ffi::c_char;

/// What cdb_hashadd starts with.
pub const CDB_HASHSTART: u32 = 5381;

/// A constant database. All zeros is one that is not open yet.
#[repr(C)]
pub struct cdb {
    /// The file in memory, NULL if it is not.
    pub map: *mut c_char,
    /// The file descriptor of the database, which belongs to the program.
    pub fd: int64,
    /// Bytes of the file in memory, if it is.
    pub size: uint32,
    /// How many slots of a hash table were looked at; 0 before the first cdb_findnext.
    pub r#loop: uint32,
    /// The hash value of the key that is looked for.
    pub khash: uint32,
    /// The position of the next slot; after a step from record to record, that of the key.
    pub kpos: uint32,
    /// The position of the hash table.
    pub hpos: uint32,
    /// Slots of the hash table.
    pub hslots: uint32,
    /// The position of the data that was found.
    pub dpos: uint32,
    /// Bytes of data that were found.
    pub dlen: uint32,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<cdb>() == 48 && align_of::<cdb>() == 8);
    assert!(offset_of!(cdb, map) == 0 && offset_of!(cdb, fd) == 8);
    assert!(offset_of!(cdb, size) == 16 && offset_of!(cdb, r#loop) == 20);
    assert!(offset_of!(cdb, khash) == 24 && offset_of!(cdb, kpos) == 28);
    assert!(offset_of!(cdb, hpos) == 32 && offset_of!(cdb, hslots) == 36);
    assert!(offset_of!(cdb, dpos) == 40 && offset_of!(cdb, dlen) == 44);
};
#[cfg(target_arch = "x86")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<cdb>() == 44 && align_of::<cdb>() == 4);
    assert!(offset_of!(cdb, fd) == 4 && offset_of!(cdb, size) == 12 && offset_of!(cdb, dlen) == 40);
};
