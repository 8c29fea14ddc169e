// SPDX-License-Identifier: MIT OR Apache-2.0
//! Databases against a map of lists, and damaged ones.

use super::*;
use crate::abi::cdb;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::HashMap;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

mod copies;

pub(super) type Record = (Vec<u8>, Vec<u8>);

/// The file that these records make, by the words of the format.
pub(super) fn file_of(records: &[Record]) -> Vec<u8> {
    let mut contents = vec![0; 2048];
    let mut tables = vec![Vec::new(); 256];
    for (key, data) in records {
        let hash = key.iter().fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(*byte));
        tables[hash as usize % 256].push((hash, contents.len() as u32));
        for length in [key.len(), data.len()] {
            contents.extend((length as u32).to_le_bytes());
        }
        contents.extend([&key[..], data].concat());
    }
    for (number, entries) in tables.iter().enumerate() {
        let mut slots = vec![(0, 0); 2 * entries.len()];
        for (hash, position) in entries {
            let mut at = *hash as usize / 256 % slots.len();
            while slots[at].1 != 0 {
                at = (at + 1) % slots.len();
            }
            slots[at] = (*hash, *position);
        }
        let place = [contents.len() as u32, slots.len() as u32].map(u32::to_le_bytes).concat();
        contents[8 * number..8 * number + 8].copy_from_slice(&place);
        contents.extend(
            slots.iter().flat_map(|(hash, position)| [hash.to_le_bytes(), position.to_le_bytes()].concat()),
        );
    }
    contents
}

/// An open database, which gives its mapping back.
struct Open {
    c: cdb,
    file: File,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.c.free();
    }
}

fn closed() -> cdb {
    // SAFETY: all zeros is a database that is not open.
    unsafe { std::mem::zeroed() }
}

fn open(contents: &[u8]) -> Open {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(contents, 0).unwrap();
    let mut c = closed();
    c.init(file.as_raw_fd().into());
    assert_eq!((c.map.is_null(), c.size as usize), (contents.is_empty(), contents.len()));
    Open { c, file }
}

/// The same, with so many bytes behind the tables that the file is mapped.
fn mapped(contents: &[u8]) -> Open {
    let mut long = contents.to_vec();
    long.resize(contents.len() + read::COPIED as usize, 0xff);
    open(&long)
}

/// The same without a copy or a mapping, as on systems that cannot map this file.
fn unmapped(contents: &[u8]) -> Open {
    let mut open = open(contents);
    open.c.free();
    open
}

impl Open {
    fn bytes(&self, position: u32, length: u32) -> Result<Vec<u8>> {
        // More than there is in any of these files, if a length is damaged.
        let mut room = vec![MaybeUninit::new(0xa5); length.min(1 << 20) as usize];
        self.c.read(&mut room, position.into(), self.c.reach())?;
        // SAFETY: they were initialised from the start.
        Ok(room.into_iter().map(|byte| unsafe { byte.assume_init() }).collect())
    }

    fn data(&self) -> Result<Vec<u8>> {
        self.bytes(self.c.dpos, self.c.dlen)
    }

    /// The data of all records with this key.
    fn all(&mut self, key: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        self.c.find_start();
        while self.c.find_next(key)? {
            found.push(self.data()?);
        }
        Ok(found)
    }

    /// All records, in the order of the file.
    fn walk(&mut self) -> Result<Vec<Record>> {
        let (mut found, mut at) = (Vec::new(), FIRST);
        while let Some(next) = self.c.step(at)? {
            assert!(next > at);
            at = next;
            found.push((self.bytes(self.c.kpos, self.c.dpos - self.c.kpos)?, self.data()?));
        }
        Ok(found)
    }
}

#[test]
fn known_hash_values() {
    assert_eq!((hash(b""), hash(b"one")), (5381, 193_420_161));
    assert_eq!(hash_add(5381, b'a'), 177_604);
    assert_eq!(hash(&[0xff; 3]), [0xff; 3].iter().fold(5381, |hash, byte| hash_add(hash, *byte)));
}

#[test]
fn lengths_that_no_file_has() {
    let byte = 7;
    // SAFETY: the one byte is readable; the others are refused unseen.
    unsafe {
        assert_eq!(bytes(&byte, 1), Some([7].as_slice()));
        assert_eq!(bytes(std::ptr::null(), 0), Some([].as_slice()));
        assert_eq!(bytes(&byte, c_ulong::MAX), None);
    }
}

#[test]
fn an_empty_file_is_no_database() {
    let mut open = open(b"");
    assert_eq!(open.c.find_next(b"key"), Err(Errno(libc::EPROTO)));
    assert_eq!(open.c.step(FIRST), Err(Errno(libc::EPROTO)));
}

#[test]
fn descriptors_that_cannot_be_read() {
    for fd in [-1, 1 << 40, i64::MIN] {
        let mut c = closed();
        c.init(fd);
        assert_eq!((c.fd, c.map.is_null()), (fd, true));
        assert_eq!(c.find_next(b"key"), Err(Errno(libc::EBADF)));
    }
    let [reading, _writing] = crate::sys::fd::pipe().unwrap();
    let mut c = closed();
    c.init(reading.into());
    assert_eq!(c.step(FIRST), Err(Errno(libc::ESPIPE)));
}

#[test]
fn a_file_that_shrinks_ends_where_it_ends() {
    let record = |key: &[u8]| (key.to_vec(), vec![b'x'; 5000]);
    let mut open = unmapped(&file_of(&[record(b"one"), record(b"two")]));
    assert_eq!(open.all(b"two").map(|found| found.len()), Ok(1));
    open.file.set_len(2048 + 4000).unwrap();
    assert_eq!(open.all(b"two"), Err(Errno(libc::EPROTO)));
    assert_eq!(open.walk(), Err(Errno(libc::EPROTO)));
}

#[test]
fn a_copy_stays_whole_and_a_mapping_ends_where_the_file_ends() {
    let contents = file_of(&[(b"one".to_vec(), b"1".to_vec()), (b"two".to_vec(), b"2".to_vec())]);
    for (mut open, wanted) in
        [(open(&contents), Ok(vec![b"2".to_vec()])), (mapped(&contents), Err(Errno(libc::EPROTO)))]
    {
        open.file.set_len(0).unwrap();
        assert_eq!(open.all(b"two"), wanted);
    }
}

#[test]
fn files_are_copied_up_to_a_size() {
    for (more, copied) in [(0, true), (1, false)] {
        let open = open(&vec![7; read::COPIED as usize + more]);
        open.file.write_all_at(b"8", 0).unwrap();
        assert_eq!(open.bytes(0, 1), Ok(vec![if copied { 7 } else { b'8' }]));
    }
}

/// 2048 bytes of header in which every table is the same.
fn header(position: u32, slots: u32) -> Vec<u8> {
    [position.to_le_bytes(), slots.to_le_bytes()].concat().repeat(256)
}

#[test]
fn a_table_without_an_empty_slot_is_searched_once() {
    let mut contents = header(2048, 4);
    // The right hash value each time, for a record with another key.
    for _ in 0..4 {
        contents.extend([hash(b"key").to_le_bytes(), 2080_u32.to_le_bytes()].concat());
    }
    contents.extend([3_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat());
    contents.extend(b"kex");
    let mut open = open(&contents);
    assert_eq!(open.c.find_next(b"key"), Ok(false));
    assert_eq!(open.c.r#loop, 4);
    assert_eq!(open.c.find_next(b"key"), Ok(false));
}

#[test]
fn positions_that_do_not_fit() {
    let slots = [(u32::MAX - 16, u32::MAX), (u32::MAX, 1), (2048, u32::MAX), (u32::MAX - 7, 3)];
    for (position, slots) in slots {
        let header = header(position, slots);
        for mut open in [open(&header), mapped(&header), unmapped(&header)] {
            assert_eq!(open.c.find_next(b"key"), Err(Errno(libc::EPROTO)), "{position} {slots}");
        }
    }
    // Data that would end beyond 4 GiB.
    let mut contents = file_of(&[(b"key".to_vec(), b"data".to_vec())]);
    contents[2052..2056].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut open = open(&contents);
    assert_eq!(open.c.find_next(b"key"), Err(Errno(libc::EPROTO)));
    assert_eq!(open.c.step(FIRST), Err(Errno(libc::EPROTO)));
    assert_eq!(open.c.successor(b"key"), Err(Errno(libc::EPROTO)));
    assert_eq!(open.c.step(u32::MAX), Ok(None));
    open.c.kpos = u32::MAX;
    (open.c.r#loop, open.c.hslots) = (1, 2);
    assert_eq!(open.c.find_next(b"key"), Err(Errno(libc::EPROTO)));
}

pub(super) fn records() -> impl Strategy<Value = Vec<Record>> {
    let key =
        || prop_oneof![vec(any::<u8>(), 0..4), vec(select(b"ab".as_slice()), 0..3), vec(any::<u8>(), 0..300)];
    vec((key(), vec(any::<u8>(), 0..200)), 0..60)
}

proptest! {
    #[test]
    fn like_a_map_of_lists(records in records(), other in vec(any::<u8>(), 0..4)) {
        let contents = file_of(&records);
        let mut model: HashMap<&[u8], Vec<Vec<u8>>> = HashMap::new();
        for (key, data) in &records {
            model.entry(key).or_default().push(data.clone());
        }
        model.entry(&other).or_default();
        for mut open in [open(&contents), mapped(&contents), unmapped(&contents)] {
            for (key, data) in &model {
                prop_assert_eq!(&open.all(key), &Ok(data.clone()));
                let place = records.iter().position(|(other, _)| other == key);
                let behind = place.and_then(|at| records.get(at + 1));
                prop_assert_eq!(open.c.successor(key), Ok(behind.is_some()));
                if let Some((_, data)) = behind {
                    prop_assert_eq!(&open.data().unwrap(), data);
                }
            }
            prop_assert_eq!(&open.walk(), &Ok(records.clone()));
        }
    }

    /// Whatever stands in a file, every search and every walk ends, and in memory or not it is the same.
    #[test]
    fn damaged_files_are_survived(
        records in records(),
        damage in vec((any::<prop::sample::Index>(), any::<u32>()), 0..8),
        length in any::<prop::sample::Index>(),
    ) {
        let mut contents = file_of(&records);
        for (place, value) in damage {
            let words = contents.len() / 4;
            let at = 4 * place.index(words);
            contents[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        // Cut off one time in four.
        let length = length.index(4 * contents.len());
        contents.truncate(length.max(1));
        let mut long = mapped(&contents);
        long.c.free();
        for (mut held, mut unmapped) in [(open(&contents), unmapped(&contents)), (mapped(&contents), long)] {
            for (key, _) in &records {
                prop_assert_eq!(held.all(key), unmapped.all(key));
                prop_assert_eq!(held.c.successor(key), unmapped.c.successor(key));
            }
            prop_assert_eq!(held.walk(), unmapped.walk());
        }
    }
}
