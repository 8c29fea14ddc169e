// SPDX-License-Identifier: MIT OR Apache-2.0
//! Messages, as they come out of a pipe.

use super::*;
use std::ffi::CString;
use std::io::{Read, pipe};
use std::os::fd::AsRawFd;
use std::sync::Mutex;
use std::sync::atomic::Ordering::Release;

/// The name of the program and the queue belong to the whole process.
static ALONE: Mutex<()> = Mutex::new(());

/// What `work` writes to a descriptor.
fn written(name: Option<&'static std::ffi::CStr>, work: impl FnOnce(c_int)) -> String {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (mut reader, writer) = pipe().unwrap();
    argv0.store(name.map_or(null_mut(), |name| name.as_ptr().cast_mut()), Release);
    work(writer.as_raw_fd());
    drop(writer);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

fn line(d: c_int, strings: &[&std::ffi::CStr], error: Option<&std::ffi::CStr>) {
    let strings = strings.iter().map(|string| string.as_ptr());
    // SAFETY: all are strings.
    unsafe { write_line(d, strings, error.map(|error| error.as_ptr())) }
}

#[test]
fn a_line() {
    assert_eq!(written(None, |d| line(d, &[c"a", c"", c"bc"], None)), "abc\n");
    assert_eq!(written(Some(c"me"), |d| line(d, &[c"abc"], Some(c"no"))), "me: abc: no\n");
    assert_eq!(written(Some(c""), |d| line(d, &[], None)), ": \n");
}

#[test]
fn more_pieces_than_go_into_one_call() {
    let many = vec![c"0123"; 1000];
    assert_eq!(written(Some(c"me"), |d| line(d, &many, None)), format!("me: {}\n", "0123".repeat(1000)));
}

#[test]
fn more_than_fits_into_the_pipe_at_once() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let (mut reader, writer) = pipe().unwrap();
    let long = CString::new("x".repeat(3 << 20)).unwrap();
    let sender = std::thread::spawn(move || line(writer.as_raw_fd(), &[c"<", &long, c">"], None));
    let mut text = Vec::new();
    reader.read_to_end(&mut text).unwrap();
    sender.join().unwrap();
    assert!(text.ends_with(b"x>\n") && text.len() > 3 << 20);
}

#[test]
fn errno_stays() {
    Errno(libc::ENOENT).set();
    line(-1, &[c"to no descriptor"], None);
    flush(-1);
    assert_eq!(Errno::last(), Errno(libc::ENOENT));
}

#[test]
fn the_queue_is_written_when_it_is_full() {
    let text = written(Some(c"me"), |d| {
        queue_name(d);
        for _ in 0..23 {
            // SAFETY: literals last.
            unsafe { queue(d, c"x".as_ptr()) }
        }
        // Full: on its way, though not flushed.
    });
    assert_eq!(text, format!("me: {}", "x".repeat(23)));
    let text = written(None, |d| {
        queue_name(d);
        // SAFETY: literals last.
        unsafe { queue(d, c"y".as_ptr()) }
        flush(d);
        flush(d);
    });
    assert_eq!(text, "y");
}

#[test]
fn what_is_left_of_the_pieces() {
    let text = *b"abcdef";
    let piece =
        |start: usize, length| iovec { iov_base: text[start..].as_ptr().cast_mut().cast(), iov_len: length };
    for written in 0..=6 {
        let mut pieces = [piece(0, 2), piece(2, 0), piece(2, 1), piece(3, 3)];
        let left = behind(&mut pieces, written);
        // SAFETY: the pieces lie within the text.
        let left: Vec<u8> = left
            .iter()
            .flat_map(|p| unsafe { std::slice::from_raw_parts(p.iov_base.cast(), p.iov_len) }.to_vec())
            .collect();
        assert_eq!(left, &text[written..]);
    }
}
