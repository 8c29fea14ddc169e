// SPDX-License-Identifier: MIT OR Apache-2.0
//! The growing string against a vector.

use super::*;
use proptest::prelude::*;
use std::ptr::null;

/// Frees the memory at the end of a test.
struct Owned(stralloc);
impl Drop for Owned {
    fn drop(&mut self) {
        self.0.free();
    }
}

fn new() -> Owned {
    Owned(stralloc::new())
}

fn with(bytes: &[u8]) -> Owned {
    let mut owned = new();
    append(&mut owned.0, bytes);
    owned
}

fn append(to: &mut stralloc, bytes: &[u8]) {
    // SAFETY: pointer and length are those of a live slice.
    unsafe { to.append(bytes.as_ptr().cast(), bytes.len()) }.unwrap();
}

#[test]
fn memory_grows_by_an_eighth_and_thirty() {
    for (len, allocated) in [(0, 30), (1, 31), (8, 39), (1000, 1155)] {
        let mut sa = new();
        sa.0.ready(len).unwrap();
        assert_eq!((sa.0.a, sa.0.len), (allocated, 0));
        sa.0.ready(allocated).unwrap();
        assert_eq!(sa.0.a, allocated);
    }
}

#[test]
fn sizes_that_no_memory_has_change_nothing() {
    let mut sa = with(b"abc");
    let before = (sa.0.s, sa.0.a);
    for len in [usize::MAX, usize::MAX - 2, usize::MAX / 2, isize::MAX as usize + 1] {
        assert_eq!(sa.0.ready(len), Err(Errno(libc::ENOMEM)), "{len}");
        assert_eq!(sa.0.ready_plus(len), Err(Errno(libc::ENOMEM)), "{len}");
        // SAFETY: nothing is read.
        assert_eq!(unsafe { sa.0.append(c"".as_ptr(), len) }, Err(Errno(libc::ENOMEM)), "{len}");
        assert_eq!(sa.0.append_text(|out| out.repeat(b'0', len)), Err(Errno(libc::ENOMEM)), "{len}");
    }
    assert_eq!((sa.0.s, sa.0.a), before);
    assert_eq!(sa.0.as_slice(), b"abc");
}

#[test]
fn without_memory_the_old_length_does_not_count() {
    let mut sa = Owned(stralloc { len: 7, ..stralloc::new() });
    assert_eq!(sa.0.as_slice(), b"");
    append(&mut sa.0, b"ab");
    assert_eq!(sa.0.as_slice(), b"ab");
}

#[test]
fn no_bytes_from_nowhere() {
    let mut sa = new();
    // SAFETY: there are no bytes to read.
    unsafe {
        sa.0.append(null(), 0).unwrap();
        sa.0.assign(null(), 0).unwrap();
    }
    assert_eq!(sa.0.as_slice(), b"");
    assert!(!sa.0.s.is_null());
}

#[test]
fn appending_a_string_to_itself() {
    let mut sa = with(b"0123456789");
    for _ in 0..4 {
        let (s, len) = (sa.0.s, sa.0.len);
        // SAFETY: the string has that many bytes.
        unsafe { sa.0.append(s, len) }.unwrap();
    }
    assert_eq!(sa.0.as_slice(), b"0123456789".repeat(16));
    // SAFETY: as above.
    unsafe { sa.0.assign(sa.0.s.add(5), 7) }.unwrap();
    assert_eq!(sa.0.as_slice(), b"5678901");
}

/// Both times the same strings, as `append_strings` wants them.
fn append_all(sa: &mut stralloc, strings: &[*const c_char]) -> Result<()> {
    // SAFETY: the tests below pass live strings.
    unsafe { sa.append_strings(strings.iter().copied(), strings.iter().copied()) }
}

#[test]
fn appending_strings_of_which_some_are_inside() {
    let filler = "x".repeat(5000) + "\0";
    let filler = filler.as_ptr().cast();
    let mut sa = with(b"abc\0def");
    let s: *const c_char = sa.0.s;
    append_all(&mut sa.0, &[s, filler, s.wrapping_add(5), c"!".as_ptr(), s]).unwrap();
    let wanted = [b"abc\0def".as_slice(), b"abc", &[b'x'; 5000], b"ef", b"!", b"abc"].concat();
    assert_eq!(sa.0.as_slice(), wanted);
    // Behind the bytes in use there is nothing that can be appended; trying does no harm.
    let mut odd = with(b"abc\0");
    odd.0.len = 3;
    let end: *const c_char = odd.0.s.wrapping_add(3);
    append_all(&mut odd.0, &[c"0123456789".as_ptr(), end, end]).unwrap();
    assert!(odd.0.as_slice().starts_with(b"abc0123456789") && odd.0.len <= odd.0.a);
    append_all(&mut sa.0, &[]).unwrap();
    assert_eq!(sa.0.as_slice(), wanted);
}

#[test]
fn comparing() {
    let compare = |a: &[u8], b: &[u8]| with(a).0.compare(b);
    assert_eq!(compare(b"abc", b"abc"), 0);
    assert_eq!(compare(b"", b""), 0);
    assert_eq!(compare(b"ab", b"abc"), -1);
    assert_eq!(compare(b"ab\0", b"ab"), 1);
    assert_eq!(compare(b"a\xffc", b"a\x01"), 254);
    assert_eq!(compare(b"\0", b"\xff"), -255);
    assert_eq!(new().0.compare(b""), 0);
}

#[test]
fn ends_of_lines() {
    for (line, removed) in [
        ("", 0),
        ("a", 0),
        ("\n", 1),
        ("\r", 1),
        ("\r\n", 2),
        ("a\r\n", 2),
        ("a\n\r", 1),
        ("a\n\n", 1),
        ("a\r\r\n", 2),
    ] {
        let mut sa = with(line.as_bytes());
        assert_eq!(sa.0.chomp(), removed, "{line:?}");
        assert_eq!(sa.0.as_slice(), &line.as_bytes()[..line.len() - removed]);
    }
}

#[test]
fn the_last_byte() {
    let mut sa = with(b"a\xff");
    assert_eq!((sa.0.pop(), sa.0.pop(), sa.0.pop()), (Some(0xff), Some(b'a'), None));
}

proptest! {
    #[test]
    fn behaves_like_a_vector(steps in prop::collection::vec((0..5, prop::collection::vec(any::<u8>(), 0..70)), 0..40)) {
        let mut sa = new();
        let mut model = Vec::new();
        for (step, bytes) in steps {
            match step {
                0 | 1 => {
                    append(&mut sa.0, &bytes);
                    model.extend(&bytes);
                }
                2 => {
                    // SAFETY: pointer and length are those of a live slice.
                    unsafe { sa.0.assign(bytes.as_ptr().cast(), bytes.len()) }.unwrap();
                    model.clone_from(&bytes);
                }
                3 => prop_assert_eq!(sa.0.pop(), model.pop()),
                _ => {
                    sa.0.append_text(|out| out.bytes(&bytes)).unwrap();
                    model.extend(&bytes);
                }
            }
            prop_assert_eq!(sa.0.as_slice(), &model);
            prop_assert_eq!(sa.0.compare(&bytes).signum(), model.cmp(&bytes) as i32);
        }
    }
}
