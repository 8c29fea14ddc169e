// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is written, byte by byte.

use super::*;
use crate::cdb::tables::finish;
use crate::cdb::tests::{Record, file_of, records};
use proptest::prelude::*;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;

/// A database that is being written, in a place of its own, and its file.
struct Making {
    make: Box<cdb_make>,
    file: File,
}

impl Drop for Making {
    fn drop(&mut self) {
        let _ = self.finish();
        assert!(self.make.head.is_null() && self.make.split.is_null());
    }
}

impl Making {
    fn new() -> Making {
        let file = tempfile::tempfile().unwrap();
        // SAFETY: all zeros is as good as anything else.
        let mut make: Box<cdb_make> = unsafe { Box::new(std::mem::zeroed()) };
        // SAFETY: the box is a place that stays.
        assert_eq!(unsafe { start(&mut *make, file.as_raw_fd().into()) }, Ok(2048));
        Making { make, file }
    }

    fn add(&mut self, key: &[u8], data: &[u8]) -> Result<()> {
        let [key, data] = [key, data].map(|bytes| (bytes.as_ptr(), bytes.len() as c_ulong));
        // SAFETY: started, and live slices.
        unsafe { add(&mut *self.make, key, data) }
    }

    fn finish(&mut self) -> Result<()> {
        // SAFETY: started.
        unsafe { finish(&mut *self.make) }
    }

    /// Finishes it, and says what is in the file.
    fn contents(&mut self) -> Result<Vec<u8>> {
        self.finish()?;
        file::seek(self.file.as_raw_fd(), 0)?;
        let mut contents = Vec::new();
        self.file.read_to_end(&mut contents).unwrap();
        Ok(contents)
    }
}

fn written(records: &[Record]) -> Vec<u8> {
    let mut making = Making::new();
    for (key, data) in records {
        making.add(key, data).unwrap();
    }
    making.contents().unwrap()
}

#[test]
fn no_records() {
    assert_eq!(written(&[]), file_of(&[]));
}

#[test]
fn more_records_than_a_list_holds() {
    for number in [999, 1000, 1001, 3500] {
        let records: Vec<Record> =
            (0..number).map(|n| (n.to_string().into_bytes(), vec![b'x'; n % 7])).collect();
        assert!(written(&records) == file_of(&records), "{number}");
    }
}

#[test]
fn records_longer_than_the_buffer() {
    let records: Vec<Record> =
        [8191, 8192, 8193, 30_000].map(|length| (vec![b'k'; length], vec![b'd'; 2 * length])).into();
    assert!(written(&records) == file_of(&records));
}

#[test]
fn lengths_that_do_not_fit_write_nothing() {
    let mut making = Making::new();
    making.add(b"one", b"1").unwrap();
    let four_gib = 1 << 32;
    let make = &raw mut *making.make;
    // SAFETY: started; nothing is read.
    unsafe {
        for (key, data) in
            [(four_gib, 0), (0, four_gib), (c_ulong::MAX, 9), (four_gib - 1, 1), (four_gib / 2, four_gib / 2)]
        {
            assert_eq!(add_begin(make, key, data), Err(FULL));
            assert_eq!(add_end(make, key, data, 0), Err(FULL));
        }
        assert_eq!(add(make, (b"".as_ptr(), four_gib), (b"".as_ptr(), 0)), Err(FULL));
        assert_eq!(add(make, (b"".as_ptr(), 0), (b"".as_ptr(), four_gib - 1)), Err(FULL));
    }
    assert!(making.contents() == Ok(file_of(&[(b"one".to_vec(), b"1".to_vec())])));
}

#[test]
fn tables_that_do_not_fit_are_an_error() {
    let mut making = Making::new();
    making.add(b"one", b"1").unwrap();
    // As if 4 GiB of records had been written.
    making.make.b.p.set(0);
    making.make.pos = u32::MAX - 15;
    file::seek(making.file.as_raw_fd(), (u32::MAX - 15).into()).unwrap();
    assert_eq!(making.finish(), Err(FULL));
}

#[test]
fn what_went_wrong_shows_in_the_end() {
    // A record whose end was never announced, or that is not as long as announced.
    let mut making = Making::new();
    // SAFETY: started.
    unsafe { add_begin(&mut *making.make, 3, 1) }.unwrap();
    assert_eq!(making.finish(), Err(Errno(libc::EINVAL)));
    let mut making = Making::new();
    // SAFETY: started.
    unsafe { add_end(&mut *making.make, 3, 1, 0) }.unwrap();
    assert_eq!(making.finish(), Err(Errno(libc::EINVAL)));
}

#[test]
fn finished_once_is_finished() {
    let mut making = Making::new();
    making.add(b"one", b"1").unwrap();
    assert_eq!(making.finish(), Ok(()));
    assert_eq!(making.finish(), Err(Errno(libc::EINVAL)));
    // Not even where the position is right.
    file::seek(making.file.as_raw_fd(), making.make.pos.into()).unwrap();
    assert_eq!(making.finish(), Err(Errno(libc::EINVAL)));
}

#[test]
fn a_program_may_write_keys_and_data_itself() {
    let mut making = Making::new();
    let make = &raw mut *making.make;
    // SAFETY: started.
    unsafe {
        add_begin(make, 3, 4).unwrap();
        put(&(*make).b, b"on").unwrap();
        put(&(*make).b, b"eeins").unwrap();
        add_end(make, 3, 4, hash(b"one")).unwrap();
    }
    assert!(making.contents() == Ok(file_of(&[(b"one".to_vec(), b"eins".to_vec())])));
}

#[test]
fn descriptors_that_cannot_be_written() {
    let [_reading, writing] = crate::sys::fd::pipe().unwrap();
    for (fd, error) in [(-1, libc::EBADF), (1 << 40, libc::EBADF), (writing.into(), libc::ESPIPE)] {
        let mut making = Making::new();
        // SAFETY: a place that stays.
        assert_eq!(unsafe { start(&mut *making.make, fd) }, Err(Errno(error)));
        assert_eq!(making.make.fd, fd);
        assert_eq!(making.finish(), Err(Errno(error)));
    }
}

proptest! {
    #[test]
    fn byte_by_byte(records in records()) {
        prop_assert!(written(&records) == file_of(&records));
    }
}
