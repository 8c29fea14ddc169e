// SPDX-License-Identifier: MIT OR Apache-2.0
//! The array whose elements never move: its geometry, its limits, and threads that race for pages.

use super::*;
use std::thread;

/// Frees the memory at the end of a test.
struct Owned(Shared);
impl Drop for Owned {
    fn drop(&mut self) {
        self.0.free();
    }
}

fn of_size(element_size: usize) -> Owned {
    Owned(Shared::new(element_size))
}

#[test]
fn page_geometry() {
    for (size, per_page, bytes) in
        [(24, 170, 4096), (1023, 3, 4096), (1024, 63, 65536), (8191, 8, 65536), (8192, 1, 8200)]
    {
        let x = of_size(size);
        assert_eq!((x.0.elements_per_page, x.0.bytes_per_page), (per_page, bytes), "{size}");
    }
}

#[test]
fn elements_stay_and_are_zero() {
    let x = of_size(24);
    let seventh = x.0.allocate(7).unwrap();
    // SAFETY: the element has 24 bytes.
    unsafe { seventh.write_bytes(0xff, 24) };
    for position in [0, 15, 16, 100_000, 23] {
        let element = x.0.allocate(position).unwrap();
        // SAFETY: as above.
        assert_eq!(unsafe { element.cast::<[u8; 24]>().read() }, [0; 24], "{position}");
    }
    assert_eq!(x.0.get(7), seventh);
    assert_eq!(x.0.get(23), seventh.wrapping_add(24));
    // SAFETY: as above.
    assert_eq!(unsafe { seventh.cast::<[u8; 24]>().read() }, [0xff; 24]);
}

#[test]
fn what_was_not_allocated_is_not_there() {
    let x = of_size(4000);
    assert!(x.0.get(0).is_null());
    x.0.allocate(16 * 16 * 3).unwrap();
    assert!(!x.0.get(0).is_null());
    assert!(x.0.get(1).is_null());
    assert!(x.0.get(16 * 16 * 4).is_null());
    assert!(x.0.get(usize::MAX).is_null());
}

#[test]
fn length_is_a_count_and_never_falls() {
    let mut x = of_size(8);
    assert_eq!(x.0.length(), 0);
    for (position, length) in [(0, 1), (5, 6), (3, 6), (6, 7)] {
        x.0.allocate(position).unwrap();
        assert_eq!(x.0.length(), length);
    }
    x.0.free();
    assert_eq!((x.0.length(), x.0.get(5)), (0, std::ptr::null_mut()));
    assert!(x.0.allocate(5).is_ok());
}

#[test]
fn elements_larger_than_a_page_of_the_kernel() {
    let x = of_size(10_000);
    let elements: Vec<_> = (0..64).map(|position| x.0.allocate(position).unwrap()).collect();
    for (number, element) in elements.iter().enumerate() {
        // SAFETY: each element has 10,000 bytes.
        unsafe { element.write_bytes(number as u8, 10_000) };
    }
    for (number, element) in elements.iter().enumerate() {
        // SAFETY: as above.
        let bytes = unsafe { core::slice::from_raw_parts(*element, 10_000) };
        assert!(bytes.iter().all(|byte| *byte == number as u8));
    }
}

#[test]
fn hostile_numbers() {
    for size in [0, usize::MAX, usize::MAX - 7, usize::MAX / 2] {
        let x = of_size(size);
        assert!(x.0.allocate(0).is_err() && x.0.get(0).is_null(), "{size}");
    }
    let x = of_size(24);
    for position in [usize::MAX, usize::MAX - 1, usize::MAX / 2, 1 << 55] {
        assert_eq!(x.0.allocate(position), Err(Errno(libc::ENOMEM)), "{position}");
        assert_eq!((x.0.length(), x.0.get(position % 16)), (0, std::ptr::null_mut()));
    }
}

#[test]
fn threads_that_race_agree() {
    let x = of_size(256);
    let addresses: Vec<Vec<usize>> = thread::scope(|scope| {
        let ran: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| (0..5000).map(|position| x.0.allocate(position).unwrap() as usize).collect())
            })
            .collect();
        ran.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(addresses.iter().all(|seen| *seen == addresses[0]));
    let mut distinct = addresses[0].clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((distinct.len(), x.0.length()), (5000, 5000));
}
