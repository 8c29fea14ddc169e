// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing array against a vector.

use super::*;
use proptest::prelude::*;

/// Frees the memory at the end of a test.
struct Owned(array);
impl Drop for Owned {
    fn drop(&mut self) {
        self.0.reset();
    }
}

fn with(bytes: &[u8]) -> Owned {
    let mut owned = Owned(array::new());
    append(&mut owned.0, bytes);
    owned
}

fn append(to: &mut array, bytes: &[u8]) {
    // SAFETY: pointer and length are those of a live slice.
    unsafe { to.append(bytes.as_ptr(), bytes.len() as u64) }.unwrap();
}

fn append_bytes(to: &mut array, bytes: Result<*const [u8]>) -> Result<()> {
    // SAFETY: the tests below pass ranges of arrays that they have not changed since.
    unsafe { to.append_bytes(bytes) }
}

#[test]
fn sizes_grow_in_steps() {
    for (member_size, position, allocated) in
        [(1, 0, 128), (1, 127, 128), (1, 128, 256), (8, 0, 4096), (8, 511, 4096), (8, 512, 8192)]
    {
        let mut x = Owned(array::new());
        x.0.allocate(member_size, position).unwrap();
        assert_eq!((x.0.allocated, x.0.initialized), (allocated, member_size * (position as u64 + 1)));
    }
}

#[test]
fn many_small_appends_move_seldom() {
    let mut x = Owned(array::new());
    let mut moves = 0;
    for _ in 0..1_000_000 {
        let before = x.0.allocated;
        append(&mut x.0, b"x");
        moves += u32::from(x.0.allocated != before);
    }
    assert!(moves < 40, "{moves}");
}

#[test]
fn nonsense_changes_nothing() {
    let mut x = with(b"1234567");
    for (member_size, position, errno) in [
        (1, -1, libc::EINVAL),
        (1, i64::MIN, libc::EINVAL),
        (1, i64::MAX, libc::ENOMEM),
        (0, i64::MAX, libc::ENOMEM),
        (1, i64::MAX - 1, libc::ENOMEM),
        (u64::MAX, 1, libc::ENOMEM),
        (u64::MAX, 0, libc::ENOMEM),
        (3, i64::MAX, libc::ENOMEM),
        (1 << 62, 0, libc::ENOMEM),
    ] {
        assert_eq!(x.0.allocate(member_size, position), Err(Errno(errno)), "{member_size} {position}");
        assert_eq!(x.0.get(member_size, position), None);
    }
    for (member_size, length) in [(1, -1), (1, 8), (u64::MAX, 2), (1 << 63, 2)] {
        x.0.truncate(member_size, length);
    }
    assert_eq!(x.0.as_slice(), b"1234567");
    assert_eq!(x.0.length(0), Some(0));
    assert_eq!(x.0.allocate(0, 5), Ok(x.0.start()));
}

#[test]
fn half_an_element_is_none() {
    let x = with(b"1234567");
    assert!(x.0.get(4, 0).is_some());
    assert_eq!(x.0.get(4, 1), None);
    assert_eq!(x.0.length(4), Some(1));
}

#[test]
fn bytes_that_come_into_use_are_zero() {
    let mut x = with(b"secret");
    x.0.truncate(1, 2);
    x.0.allocate(1, 5).unwrap();
    assert_eq!(x.0.as_slice(), b"se\0\0\0\0");
}

#[test]
fn failed_until_reset() {
    let (mut x, y) = (with(b"x"), with(b"y"));
    x.0.fail();
    append(&mut x.0, b"more");
    append_bytes(&mut x.0, y.0.all()).unwrap();
    x.0.truncate(1, 0);
    assert!(x.0.failed() && x.0.start().is_null() && x.0 != x.0 && x.0 != array::new());
    assert_eq!((x.0.bytes(), x.0.length(1), x.0.get(1, 0)), (None, None, None));
    assert_eq!(x.0.allocate(1, 0), Err(Errno(libc::EINVAL)));
    let mut z = with(b"z");
    assert_eq!(append_bytes(&mut z.0, x.0.all()), Err(Errno(libc::EINVAL)));
    assert!(z.0.failed());
    x.0.reset();
    assert!(!x.0.failed() && x.0 == array::new());
}

#[test]
fn lengths_that_no_memory_holds_fail_the_array() {
    for len in [u64::MAX, u64::MAX - 3, i64::MAX as u64] {
        let mut x = with(b"1234");
        // SAFETY: so long a source is never read, because the array cannot grow.
        let outcome = unsafe { x.0.append(b"1234".as_ptr(), len) };
        assert_eq!(outcome, Err(Errno(libc::ENOMEM)));
        assert!(x.0.failed() && x.0.start().is_null());
    }
}

#[test]
fn ranges_that_are_not_there() {
    for (start, stop) in [(-1, 2), (2, 1), (0, 5), (5, 5), (0, i64::MAX), (i64::MIN, i64::MIN)] {
        assert_eq!(with(b"1234").0.range(start, stop), Err(Errno(libc::EINVAL)), "{start} {stop}");
    }
    let mut x = with(b"x");
    append_bytes(&mut x.0, array::new().range(0, 0)).unwrap();
    assert_eq!(x.0.as_slice(), b"x");
}

proptest! {
    #[test]
    fn behaves_like_a_vector(operations: Vec<(u8, u8, u8)>) {
        let mut x = Owned(array::new());
        let mut model = Vec::new();
        for (operation, a, b) in operations {
            let (size, count) = (usize::from(a) % 9, usize::from(b));
            match operation % 8 {
                0 => {
                    append(&mut x.0, &[a; 200][..count.min(200)]);
                    model.extend_from_slice(&[a; 200][..count.min(200)]);
                }
                1 => {
                    x.0.allocate(size as u64, count as i64).unwrap();
                    model.resize(model.len().max(size * (count + 1)), 0);
                }
                2 => {
                    x.0.truncate(size as u64, count as i64);
                    model.truncate(size * count);
                }
                3 => {
                    x.0.shift(size as u64, count as u64);
                    model.drain(..model.len().min(size * count));
                }
                4 => {
                    x.0.chop(size as u64, count as u64);
                    model.truncate(model.len().saturating_sub(size * count));
                }
                5 => {
                    let half = x.0.range(0, model.len() as i64 / 2);
                    append_bytes(&mut x.0, half).unwrap();
                    model.extend_from_within(..model.len() / 2);
                }
                6 if model.len() < 10_000 => {
                    let all = x.0.all();
                    append_bytes(&mut x.0, all).unwrap();
                    model.extend_from_within(..);
                }
                _ => {
                    let element = x.0.get(size as u64, count as i64);
                    prop_assert_eq!(element.is_some(), size * (count + 1) <= model.len() && x.0.allocated > 0);
                }
            }
            prop_assert_eq!(x.0.as_slice(), &model[..]);
            prop_assert!(x.0.allocated as usize >= model.len());
        }
    }
}
