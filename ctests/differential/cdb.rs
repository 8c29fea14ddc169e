// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cdb.h` and `cdb_make.h`: each library writes a file, and both read both. Damaged files, too.

use super::engine::{Engine, functions};
use super::inputs::bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::ffi::{c_int, c_uchar, c_ulong};
use std::io::{Read, Seek};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

/// `struct cdb` of cdb.h.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Cdb {
    map: usize,
    fd: i64,
    size: u32,
    looked: u32,
    khash: u32,
    kpos: u32,
    hpos: u32,
    hslots: u32,
    dpos: u32,
    dlen: u32,
}

/// `struct cdb_make` of cdb_make.h, of which the size will do here.
#[repr(C, align(8))]
pub(super) struct CdbMake([u8; 12400]);

functions! {
    Cdbs {
        fn cdb_hashadd(h: u32, c: c_uchar) -> u32;
        fn cdb_hash(buf: *const c_uchar, len: c_ulong) -> u32;
        fn cdb_init(c: *mut Cdb, fd: i64);
        fn cdb_free(c: *mut Cdb);
        fn cdb_read(c: *mut Cdb, buf: *mut c_uchar, len: c_ulong, pos: u32) -> c_int;
        fn cdb_findstart(c: *mut Cdb);
        fn cdb_findnext(c: *mut Cdb, key: *const c_uchar, len: c_ulong) -> c_int;
        fn cdb_find(c: *mut Cdb, key: *const c_uchar, len: c_ulong) -> c_int;
        fn cdb_firstkey(c: *mut Cdb, kpos: *mut u32) -> c_int;
        fn cdb_nextkey(c: *mut Cdb, kpos: *mut u32) -> c_int;
        fn cdb_successor(c: *mut Cdb, key: *const c_uchar, len: c_ulong) -> c_int;
        fn cdb_make_start(c: *mut CdbMake, fd: i64) -> c_int;
        fn cdb_make_add(
            c: *mut CdbMake,
            key: *const c_uchar, keylen: c_ulong,
            data: *const c_uchar, datalen: c_ulong,
        ) -> c_int;
        fn cdb_make_addbegin(c: *mut CdbMake, keylen: c_ulong, datalen: c_ulong) -> c_int;
        fn cdb_make_addend(c: *mut CdbMake, keylen: c_ulong, datalen: c_ulong, h: u32) -> c_int;
        fn cdb_make_finish(c: *mut CdbMake) -> c_int;
    }
}

type Record = (Vec<u8>, Vec<u8>);

fn records() -> impl Strategy<Value = Vec<Record>> {
    let key = prop_oneof![vec(select(b"ab\0\xff".as_slice()), 0..4), bytes(8), bytes(200)];
    vec((key, bytes(60)), 0..40)
}

/// The contents of the file that a library makes of these records.
fn written(c: Cdbs, records: &[Record]) -> Vec<u8> {
    let mut file = tempfile::tempfile().unwrap();
    let mut make = Box::new(CdbMake([0xa5; 12400]));
    let mut contents = Vec::new();
    // SAFETY: a place for a cdb_make, and live slices.
    unsafe {
        assert_eq!(c.cdb_make_start(&mut *make, file.as_raw_fd().into()), 2048);
        for (key, data) in records {
            let (key_length, length) = (key.len() as c_ulong, data.len() as c_ulong);
            // Records without bytes have nothing to be written between the two halves.
            let outcome = if key_length + length == 0 {
                let begun = c.cdb_make_addbegin(&mut *make, 0, 0);
                begun | c.cdb_make_addend(&mut *make, 0, 0, c.cdb_hash(key.as_ptr(), 0))
            } else {
                c.cdb_make_add(&mut *make, key.as_ptr(), key_length, data.as_ptr(), length)
            };
            assert_eq!(outcome, 0);
        }
        assert_eq!(c.cdb_make_finish(&mut *make), 0);
    }
    file.rewind().unwrap();
    file.read_to_end(&mut contents).unwrap();
    contents
}

/// What one library answers, and with 1 also: whether the data can be read, where it is, and its beginning.
type Answer = (c_int, Option<(c_int, u32, u32, Vec<u8>)>);

/// A file that is read with the functions of one library.
struct Reader {
    c: Cdbs,
    open: Cdb,
    log: Vec<Answer>,
}

impl Reader {
    /// Takes note of an answer, and says whether it was 1. Where positions go around the end of 32 bits, the C library says
    /// 1, and -1 is right.
    fn note(&mut self, answer: c_int, is_walk: bool) -> bool {
        let Cdb { kpos, dpos, dlen, .. } = self.open;
        let wraps = dpos.checked_add(dlen).is_none() || (is_walk && dpos < kpos);
        if answer != 1 || wraps {
            self.log.push((if wraps && answer == 1 { -1 } else { answer }, None));
            return false;
        }
        let mut data = vec![0xa5; dlen.min(10_000) as usize];
        // SAFETY: room for as many bytes.
        let outcome =
            unsafe { self.c.cdb_read(&mut self.open, data.as_mut_ptr(), data.len() as c_ulong, dpos) };
        self.log.push((answer, Some((outcome, dpos, dlen, data))));
        true
    }

    /// All records with a key, and the one behind the first.
    fn find(&mut self, key: &[u8]) {
        let (start, length) = (key.as_ptr(), key.len() as c_ulong);
        // SAFETY: an open cdb and a live slice, in all of this function.
        let found = unsafe { self.c.cdb_find(&mut self.open, start, length) };
        if !self.note(found, false) {
            return;
        }
        // SAFETY: as above.
        let next = unsafe { self.c.cdb_successor(&mut self.open, start, length) };
        self.note(next, true);
        // SAFETY: as above.
        unsafe { self.c.cdb_findstart(&mut self.open) };
        // SAFETY: as above.
        while let found = unsafe { self.c.cdb_findnext(&mut self.open, start, length) }
            && self.note(found, false)
        {}
    }

    /// All records in turn.
    fn walk(&mut self) {
        let mut at = 0;
        // SAFETY: an open cdb and a place for the position, in all of this function.
        let mut found = unsafe { self.c.cdb_firstkey(&mut self.open, &mut at) };
        while self.note(found, true) {
            // SAFETY: as above.
            found = unsafe { self.c.cdb_nextkey(&mut self.open, &mut at) };
        }
        // SAFETY: as above; no key.
        let first = unsafe { self.c.cdb_successor(&mut self.open, std::ptr::null(), 0) };
        self.note(first, true);
    }
}

/// Whether the hash table of this key ends within 32 bits. If not, the C library goes around the end.
fn is_within_reach(contents: &[u8], key: &[u8]) -> bool {
    let hash = key.iter().fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(*byte));
    let place = contents.get(hash as usize % 256 * 8..).and_then(|rest| rest.first_chunk::<8>());
    place.is_none_or(|place| {
        let [position, slots] = [0, 4].map(|at| u32::from_le_bytes(*place[at..].first_chunk().unwrap()));
        u64::from(position) + 8 * u64::from(slots) <= u32::MAX.into()
    })
}

/// What one library says of a file: of each of these keys, and of all records in turn.
fn read(c: Cdbs, contents: &[u8], records: &[Record]) -> [Vec<Answer>; 2] {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(contents, 0).unwrap();
    [true, false].map(|is_mapped| {
        let mut reader = Reader { c, open: Cdb::default(), log: Vec::new() };
        // SAFETY: a cdb of zeros, and later one that was used. Without its mapping it is read piece by piece.
        unsafe { c.cdb_init(&mut reader.open, file.as_raw_fd().into()) };
        if !is_mapped {
            // SAFETY: as above.
            unsafe { c.cdb_free(&mut reader.open) };
        }
        let keys = records.iter().map(|(key, _)| &key[..]).chain([b"no such key".as_slice()]);
        keys.filter(|key| is_within_reach(contents, key)).for_each(|key| reader.find(key));
        reader.walk();
        // SAFETY: as above.
        unsafe { c.cdb_free(&mut reader.open) };
        reader.log
    })
}

pub(super) fn add(engine: &mut Engine) {
    const SUCCESS: &str = "success says nothing";
    let mut family = engine.family::<Cdbs>("cdb");
    family.compare("cdb_hash", (bytes(300), any::<u32>()), |c, memory, (key, hash)| {
        // SAFETY: as many bytes as promised.
        let whole = unsafe { c.cdb_hash(memory.bytes(key), key.len() as c_ulong) };
        // SAFETY: there is nothing to promise.
        (whole, key.iter().fold(*hash, |hash, byte| unsafe { c.cdb_hashadd(hash, *byte) }))
    });
    // The files are the same, byte by byte: so each library reads what the other has written in what follows.
    family.compare_costly(40, "files", records(), |c, memory, records| {
        memory.errno_may_differ(SUCCESS);
        let contents = written(c, records);
        (read(c, &contents, records), contents)
    });
    let damage = vec((any::<Index>(), prop_oneof![any::<u8>(), 0..8_u8]), 0..5);
    let end = prop_oneof![2 => Just(None), 1 => any::<Index>().prop_map(Some)];
    family.compare_costly(
        40,
        "damaged_files",
        (records(), damage, end),
        |c, memory, (records, damage, end)| {
            memory.errno_may_differ("after a failure there are attempts that succeed");
            let mut contents = written(c, records);
            for (place, byte) in damage {
                let at = place.index(contents.len());
                contents[at] = *byte;
            }
            contents.truncate(end.map_or(usize::MAX, |end| end.index(contents.len())));
            read(c, &contents, records)
        },
    );
}
