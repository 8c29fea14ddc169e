// SPDX-License-Identifier: MIT OR Apache-2.0
//! The constant database, as it is written.

use super::buffer_h::buffer;
use super::uint32_h::uint32;
use super::uint64_h::int64;
use core::ffi::{c_char, c_int};

/// Records that a cdb_hplist has room for.
pub const CDB_HPLIST: usize = 1000;

/// A record: the hash value of its key, and its position.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct cdb_hp {
    /// The hash value.
    pub h: uint32,
    /// The position; 0 for none.
    pub p: uint32,
}

/// Some of the records so far, in memory from malloc.
#[repr(C)]
pub struct cdb_hplist {
    /// The records.
    pub hp: [cdb_hp; CDB_HPLIST],
    /// Those before these, or NULL.
    pub next: *mut cdb_hplist,
    /// How many there are.
    pub num: c_int,
}

/// A constant database that is being written. It must stay where it is until it is finished.
#[repr(C)]
pub struct cdb_make {
    /// The memory of b.
    pub bspace: [c_char; 8192],
    /// The header of the file, in the end.
    pub r#final: [c_char; 2048],
    /// How many records each hash table has, in the end.
    pub count: [uint32; 256],
    /// Where in split those of each hash table are, in the end.
    pub start: [uint32; 256],
    /// The records so far.
    pub head: *mut cdb_hplist,
    /// Used by cdb_make_finish.
    pub split: *mut cdb_hp,
    /// Used by cdb_make_finish.
    pub hash: *mut cdb_hp,
    /// How many records there are.
    pub numentries: uint32,
    /// What the file is written through: keys and data, after cdb_make_addbegin.
    pub b: buffer,
    /// Where in the file the next record begins.
    pub pos: uint32,
    /// The file, which belongs to the program.
    pub fd: int64,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<cdb_hp>() == 8 && align_of::<cdb_hp>() == 4);
    assert!(size_of::<cdb_hplist>() == 8016 && align_of::<cdb_hplist>() == 8);
    assert!(offset_of!(cdb_hplist, next) == 8000 && offset_of!(cdb_hplist, num) == 8008);
    assert!(size_of::<cdb_make>() == 12400 && align_of::<cdb_make>() == 8);
    assert!(offset_of!(cdb_make, bspace) == 0 && offset_of!(cdb_make, r#final) == 8192);
    assert!(offset_of!(cdb_make, count) == 10240 && offset_of!(cdb_make, start) == 11264);
    assert!(offset_of!(cdb_make, head) == 12288 && offset_of!(cdb_make, split) == 12296);
    assert!(offset_of!(cdb_make, hash) == 12304 && offset_of!(cdb_make, numentries) == 12312);
    assert!(offset_of!(cdb_make, b) == 12320 && offset_of!(cdb_make, pos) == 12384);
    assert!(offset_of!(cdb_make, fd) == 12392);
};
#[cfg(target_arch = "x86")]
const _: () = {
    use core::mem::offset_of;
    assert!(size_of::<cdb_hplist>() == 8008 && offset_of!(cdb_hplist, num) == 8004);
    assert!(size_of::<cdb_make>() == 12348 && align_of::<cdb_make>() == 4);
    assert!(offset_of!(cdb_make, split) == 12292 && offset_of!(cdb_make, numentries) == 12300);
    assert!(offset_of!(cdb_make, b) == 12304 && offset_of!(cdb_make, pos) == 12336);
    assert!(offset_of!(cdb_make, fd) == 12340);
};
