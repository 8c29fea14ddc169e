// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cdb.h`: a database of any records, and the same with some of its bytes changed, or the end cut off. What is read from
//! memory of exactly its size is what is read from the file.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{cdb, cdb_make};
use owfat::capi::cdb::*;
use owfat::capi::cdb_make::*;
use std::ffi::c_ulong;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::FileExt;

type Record<'a> = (&'a [u8], &'a [u8]);

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    records: Vec<Record<'a>>,
    changes: Vec<Change>,
    /// How many bytes of the end are cut off.
    missing: Option<u16>,
    asked: &'a [u8],
}

/// Another number in the header, among the records, or in the tables.
#[derive(Arbitrary, Debug)]
enum Change {
    Pointer { table: u8, position: u16 },
    Slots { table: u8, slots: u32 },
    Number { at: u16, number: u32 },
    SmallNumber { at: u16, number: u8 },
    NumberFromEnd { at: u16, number: u32 },
    Byte { at: u16, byte: u8 },
}

fn memory_file() -> File {
    // SAFETY: a string; the descriptor is new.
    unsafe { File::from_raw_fd(libc::memfd_create(c"cdb".as_ptr(), 0)) }
}

fn made(records: &[Record]) -> Vec<u8> {
    let file = memory_file();
    let mut place = Box::new(MaybeUninit::<cdb_make>::uninit());
    let c = place.as_mut_ptr();
    // SAFETY: a place that stays, and as many bytes as their length says.
    unsafe {
        assert_eq!(cdb_make_start(c, file.as_raw_fd().into()), 2048);
        for (key, data) in records {
            let (key, data): (Box<[u8]>, Box<[u8]>) = ((*key).into(), (*data).into());
            let (key_length, length) = (key.len() as c_ulong, data.len() as c_ulong);
            assert_eq!(cdb_make_add(c, key.as_ptr(), key_length, data.as_ptr(), length), 0);
        }
        assert_eq!(cdb_make_finish(c), 0);
    }
    let mut image = vec![0; file.metadata().unwrap().len() as usize];
    file.read_exact_at(&mut image, 0).unwrap();
    image
}

fn change(image: &mut [u8], change: &Change) {
    let length = image.len();
    let (at, bytes) = match *change {
        Change::Pointer { table, position } => {
            (usize::from(table) * 8, u32::from(position).to_le_bytes().to_vec())
        }
        Change::Slots { table, slots } => (usize::from(table) * 8 + 4, slots.to_le_bytes().to_vec()),
        Change::Number { at, number } => (2048 + usize::from(at), number.to_le_bytes().to_vec()),
        Change::SmallNumber { at, number } => {
            (2048 + usize::from(at), u32::from(number).to_le_bytes().to_vec())
        }
        Change::NumberFromEnd { at, number } => {
            (length.saturating_sub(usize::from(at)), number.to_le_bytes().to_vec())
        }
        Change::Byte { at, byte } => (usize::from(at), vec![byte]),
    };
    if let Some(place) = image.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(&bytes);
    }
}

/// Bytes at a position. No bytes are everywhere, though not for a mapping, as in the C library.
fn bytes(c: &mut cdb, length: u32, position: u32, file: usize) -> Option<Vec<u8>> {
    if length == 0 || length as usize > file {
        return (length == 0).then(Vec::new);
    }
    let mut room = vec![0xaa; length as usize].into_boxed_slice();
    // SAFETY: a database, and room for as many bytes.
    let outcome = unsafe { cdb_read(c, room.as_mut_ptr(), length.into(), position) };
    assert!(outcome == 0 || outcome == -1);
    (outcome == 0).then(|| room.into_vec())
}

/// What a call has answered, and the data that it has found.
type Found = (i32, Option<Vec<u8>>);

fn found(c: &mut cdb, outcome: i32, file: usize) -> Found {
    (outcome, if outcome == 1 { bytes(c, c.dlen, c.dpos, file) } else { None })
}

/// All the data with a key, as far as there is any.
fn find_all(c: &mut cdb, key: &[u8], file: usize) -> Vec<Found> {
    let key: Box<[u8]> = key.into();
    let mut all = Vec::new();
    // SAFETY: a database, and the bytes of a key.
    unsafe {
        cdb_findstart(c);
        for _ in 0..64 {
            let outcome = cdb_findnext(c, key.as_ptr(), key.len() as c_ulong);
            all.push(found(c, outcome, file));
            if outcome != 1 {
                break;
            }
        }
        let outcome = cdb_find(c, key.as_ptr(), key.len() as c_ulong);
        assert_eq!(found(c, outcome, file), all[0]);
        let outcome = cdb_successor(c, key.as_ptr(), key.len() as c_ulong);
        all.push(found(c, outcome, file));
    }
    all
}

/// All keys and data, and what there is to find under these keys and another one.
fn read(c: &mut cdb, file: usize, asked: &[u8]) -> (Vec<(Option<Vec<u8>>, Found)>, Vec<Vec<Found>>) {
    let mut records = Vec::new();
    let mut position = 0;
    // SAFETY: a database, and a place for the position.
    let mut outcome = unsafe { cdb_firstkey(c, &mut position) };
    while outcome == 1 && records.len() < 64 {
        let key = bytes(c, c.dpos - c.kpos, c.kpos, file);
        records.push((key, found(c, outcome, file)));
        // SAFETY: as above.
        outcome = unsafe { cdb_nextkey(c, &mut position) };
    }
    records.push((None, (outcome, None)));
    let keys = records.iter().filter_map(|(key, _)| key.as_deref());
    let under = keys.chain([asked]).map(|key| find_all(c, key, file)).collect();
    (records, under)
}

fn closed() -> cdb {
    // SAFETY: all zeros is a database that is not open.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fuzz_target!(|input: Input| {
    let Input { records, changes, missing, asked } = input;
    let mut image = made(&records);
    changes.iter().for_each(|one| change(&mut image, one));
    image.truncate(image.len() - image.len().min(missing.unwrap_or(0).into()));
    let mut image = image.into_boxed_slice();
    let length = image.len();

    let mut whole = closed();
    (whole.map, whole.size, whole.fd) = (image.as_mut_ptr().cast(), length as u32, -1);
    let from_memory = (length > 0).then(|| read(&mut whole, length, asked));
    let file = memory_file();
    file.write_all_at(&image, 0).unwrap();
    let (mut mapped, mut unmapped) = (closed(), closed());
    unmapped.fd = file.as_raw_fd().into();
    // SAFETY: a database that is not open.
    unsafe { cdb_init(&mut mapped, file.as_raw_fd().into()) };
    let from_file = read(&mut unmapped, length, asked);
    assert_eq!(read(&mut mapped, length, asked), from_file);
    assert!(from_memory.is_none_or(|from_memory| from_memory == from_file));
    // SAFETY: a database.
    unsafe { cdb_free(&mut mapped) };

    if changes.is_empty() && missing.is_none() {
        let (there, under) = from_file;
        for ((key, data), (there, under)) in records.iter().zip(there.iter().zip(under)) {
            assert_eq!(there, &(Some(key.to_vec()), (1, Some(data.to_vec()))));
            let same = records.iter().filter(|(other, _)| other == key);
            let same: Vec<_> = same.map(|(_, data)| (1, Some(data.to_vec()))).take(64).collect();
            assert!(under.starts_with(&same));
        }
    }
});
