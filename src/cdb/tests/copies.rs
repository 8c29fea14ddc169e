// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mappings that become copies, and those that do not.

use super::*;

/// Uses a database for so long that a copy is due.
fn use_often(open: &mut Open) {
    for _ in 0..=open.c.size / 1024 {
        assert_eq!(open.all(b"two"), Ok(vec![b"2".to_vec()]));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_mapping_that_is_used_becomes_a_copy_in_the_same_place() {
    let mut open = mapped(&file_of(&[(b"one".to_vec(), b"1".to_vec()), (b"two".to_vec(), b"2".to_vec())]));
    let place = open.c.map;
    use_often(&mut open);
    open.file.set_len(0).unwrap();
    use_often(&mut open);
    assert_eq!(open.c.map, place);
    assert_eq!(open.walk().map(|records| records.len()), Ok(2));
}

#[test]
fn another_file_under_the_number_is_not_taken_for_the_database() {
    let mut open = mapped(&file_of(&[(b"two".to_vec(), b"2".to_vec())]));
    for length in [0, 1 << 20] {
        let other = tempfile::tempfile().unwrap();
        other.set_len(length).unwrap();
        let kept = open.file.try_clone().unwrap();
        // SAFETY: both are open.
        assert_ne!(unsafe { libc::dup2(other.as_raw_fd(), open.file.as_raw_fd()) }, -1);
        use_often(&mut open);
        drop(kept);
    }
}

#[test]
fn large_files_are_never_copied() {
    let mut open = open(&[header(2048, 0), vec![0; mapped::LARGEST as usize]].concat());
    for _ in 0..=open.c.size / 1024 {
        assert_eq!(open.c.find_next(b"key"), Ok(false));
    }
    open.file.write_all_at(b"x", 4000).unwrap();
    assert_eq!(open.bytes(4000, 1), Ok(b"x".to_vec()));
}
