// SPDX-License-Identifier: MIT OR Apache-2.0
//! Writing.

use super::*;

#[derive(Clone, Debug)]
enum Step {
    Put(Vec<u8>),
    PutAligned(Vec<u8>),
    PutAndFlush(Vec<u8>),
    Flush,
    Number(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..50);
    prop::collection::vec(
        prop_oneof![
            4 => bytes().prop_map(Step::Put),
            2 => bytes().prop_map(Step::PutAligned),
            2 => bytes().prop_map(Step::PutAndFlush),
            1 => Just(Step::Flush),
            1 => any::<i64>().prop_map(Step::Number),
        ],
        0..30,
    )
}

proptest! {
    /// What was written and what waits are what was put, in order, each byte once; whatever operations do.
    #[test]
    fn nothing_is_lost_doubled_or_mixed_up(size in 0_usize..40, acts in acts(), steps in steps()) {
        let b = Scripted::new(write, size, acts, b"");
        let mut model = Vec::new();
        for step in steps {
            let (bytes, flushes) = match &step {
                Step::Put(bytes) | Step::PutAligned(bytes) => (bytes.clone(), false),
                Step::PutAndFlush(bytes) => (bytes.clone(), true),
                Step::Flush => (Vec::new(), true),
                Step::Number(number) => (number.to_string().into_bytes(), false),
            };
            let empty = b.buffer.p.get() == 0;
            let (start, len) = (bytes.as_ptr().cast(), bytes.len());
            // SAFETY: live bytes.
            let outcome = unsafe {
                match step {
                    Step::Put(_) => b.buffer.put(start, len),
                    Step::PutAligned(_) => b.buffer.put_aligned(start, len),
                    Step::PutAndFlush(_) => b.buffer.put_and_flush(start, len),
                    Step::Flush => b.buffer.flush(),
                    Step::Number(number) => b.buffer.put_number(|out| crate::text::fmt_int::signed(out, number)),
                }
            };
            let all = b.all();
            prop_assert!(all.starts_with(&model), "lost");
            let added = &all[model.len()..];
            prop_assert!(bytes.starts_with(added), "not what was put");
            match outcome {
                Ok(()) => {
                    prop_assert_eq!(added, &bytes);
                    prop_assert!(!flushes || b.buffer.p.get() == 0);
                }
                Err(Errno(libc::EAGAIN | libc::EPIPE)) if len <= size => match step {
                    Step::Put(_) | Step::Number(_) => prop_assert_eq!(added, b""),
                    Step::PutAndFlush(_) if empty => prop_assert_eq!(added, &bytes),
                    _ => {}
                },
                Err(error) => prop_assert!(matches!(error, Errno(libc::EAGAIN | libc::EPIPE))),
            }
            model = all;
        }
    }
}

#[test]
fn only_full_buffers_go_out_aligned() {
    let b = Scripted::new(write, 8, vec![], b"");
    // SAFETY: live bytes.
    unsafe {
        b.buffer.put_aligned(c"123".as_ptr(), 3).unwrap();
        b.buffer.put_aligned(c"4567812345678".as_ptr(), 13).unwrap();
        assert_eq!(b.script().calls, [8]);
        b.buffer.put_aligned(c"x".as_ptr(), 1).unwrap();
    }
    assert_eq!(b.script().calls, [8, 8]);
    assert_eq!(b.all(), b"1234567812345678x");
}

#[test]
fn operations_that_do_nothing_or_too_much() {
    unsafe extern "C" fn idle(_: c_int, _: *mut c_char, _: usize, _: *mut c_void) -> ssize_t {
        0
    }
    unsafe extern "C" fn boastful(_: c_int, _: *mut c_char, len: usize, _: *mut c_void) -> ssize_t {
        len as ssize_t + 5
    }
    let mut memory = [0; 8];
    // SAFETY: live bytes.
    unsafe {
        let b = buffer::new(declare(idle), 1, memory.as_mut_ptr(), 8);
        b.put(c"abc".as_ptr(), 3).unwrap();
        Errno(libc::EINTR).set();
        assert_eq!(b.flush(), Err(Errno(libc::EIO)));
        assert_eq!(b.p.get(), 3);
        b.op.set(declare(boastful));
        assert_eq!(b.flush(), Ok(()));
        assert_eq!((b.p.get(), b.feed()), (0, Ok(8)));
        b.op.set(None);
        assert_eq!(b.put_and_flush(c"abc".as_ptr(), 3), Err(Errno(libc::EINVAL)));
        // A program has counted too far.
        b.p.set(usize::MAX);
        assert_eq!(b.put(c"abc".as_ptr(), 3), Err(Errno(libc::EINVAL)));
        assert_eq!(b.feed(), Err(Errno(libc::EINVAL)));
    }
}

/// An operation may empty the buffer into other memory, as those do that write to a stralloc.
#[test]
fn into_a_growing_string() {
    for piece in [1, 3, 100, 1000, 1024, 1025, 5000] {
        let mut sa = stralloc::new();
        let mut model = Vec::from(*b"before");
        // SAFETY: live bytes.
        unsafe {
            sa.append(c"before".as_ptr(), 6).unwrap();
            let b = buffer::appending(&mut sa).unwrap();
            for round in 0..20 {
                let bytes: Vec<u8> = (0..piece).map(|at| (at + round) as u8).collect();
                match round % 3 {
                    0 => b.put_and_flush(bytes.as_ptr().cast(), piece).unwrap(),
                    1 => b.put(bytes.as_ptr().cast(), piece).unwrap(),
                    _ => b.put_aligned(bytes.as_ptr().cast(), piece).unwrap(),
                }
                model.extend(bytes);
            }
            b.flush().unwrap();
        }
        assert_eq!(sa.as_slice(), model);
        sa.free();
    }
}

/// Its memory once ended before the text was put, which AddressSanitizer and Miri see.
#[test]
fn the_text_of_an_error_lives_until_it_is_put() {
    let scripted = Scripted::new(write, 100, vec![], b"");
    // SAFETY: the buffer of a script.
    unsafe { scripted.buffer.put_error(Errno(libc::EPIPE)).unwrap() };
    assert_eq!(scripted.all(), b"Broken pipe");
}
