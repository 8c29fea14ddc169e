// SPDX-License-Identifier: MIT OR Apache-2.0
//! `buffer.h`: any sequence of writes to an operation that follows a script, to a pipe that is sometimes full, and to a
//! growing string. What comes out, and behind that what waits, is what was put in.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use owfat::abi::{buffer, stralloc};
use owfat::capi::buffer::{buffer_close, buffer_init, memory::*, output::*};
use owfat::capi::stralloc::{stralloc_copyb, stralloc_free};
use owfat_fuzz::script::{Act, FD, Operation, SCRIPT, Script, places, writing};
use owfat_fuzz::{start, string};
use std::ffi::{CStr, c_int, c_void};
use std::fs::File;
use std::io::Read;
use std::mem::MaybeUninit;
use std::os::fd::FromRawFd;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    to: Destination,
    acts: Vec<Act>,
    calls: Vec<Call<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Destination {
    Script(u8),
    Pipe(u8),
    String,
}

#[derive(Arbitrary, Debug)]
enum Call<'a> {
    Flush,
    Put(How, &'a [u8]),
    PutMany(How, u16),
    PutString(How, &'a [u8]),
    PutStralloc(bool, &'a [u8]),
    Blank,
    Newline,
    Number(u64),
    Error(i32),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum How {
    Simply,
    Aligned,
    Flushed,
}

/// What may be left of bytes after an error.
#[derive(Clone, Copy, PartialEq)]
enum Left {
    /// None of those that fit into the empty buffer.
    None,
    Some,
}

enum Sink {
    Script { memory: Box<[u8]> },
    Pipe { memory: Box<[u8]>, end: File, read: Vec<u8> },
    String { sa: Box<stralloc> },
}

struct Writer {
    buffer: Box<buffer>,
    sink: Sink,
}

impl Writer {
    fn new(to: Destination) -> Self {
        let mut place = Box::new(MaybeUninit::<buffer>::uninit());
        let b = place.as_mut_ptr();
        let scripted = |size: u8, operation, fd| {
            let mut memory = vec![0xaa; size.into()].into_boxed_slice();
            // SAFETY: a place for a buffer, and memory that stays.
            unsafe { buffer_init(b, operation, fd, memory.as_mut_ptr().cast(), memory.len()) };
            memory
        };
        let sink = match to {
            Destination::Script(size) => Sink::Script { memory: scripted(size, writing(), FD) },
            Destination::Pipe(size) => {
                let (end, fd) = pipe();
                Sink::Pipe { memory: scripted(size, to_descriptor(), fd), end, read: Vec::new() }
            }
            Destination::String => {
                let mut sa = Box::new(stralloc::new());
                // SAFETY: a place for a buffer, and a string that stays.
                assert_eq!(unsafe { buffer_tosa(b, &mut *sa) }, 0);
                Sink::String { sa }
            }
        };
        // SAFETY: all of these make a buffer of it.
        Writer { buffer: unsafe { place.assume_init() }, sink }
    }

    /// What came out, and behind it what waits.
    fn all(&mut self) -> Vec<u8> {
        let (waiting, _) = places(&self.buffer);
        match &mut self.sink {
            Sink::Script { memory } => {
                SCRIPT.with_borrow(|script| [&*script.bytes, &memory[..waiting]].concat())
            }
            Sink::Pipe { memory, end, read } => {
                let mut part = [0; 4096];
                while let Ok(count @ 1..) = end.read(&mut part) {
                    read.extend(&part[..count]);
                }
                [&**read, &memory[..waiting]].concat()
            }
            Sink::String { sa } => {
                assert!(sa.len + waiting <= sa.a);
                // SAFETY: so many bytes were written there.
                unsafe { std::slice::from_raw_parts(sa.s.cast::<u8>(), sa.len + waiting) }.to_vec()
            }
        }
    }

    /// Puts bytes with some function, and holds what came of it against them.
    fn put(&mut self, bytes: &[u8], flushes: bool, left: Left, call: impl FnOnce(*mut buffer) -> c_int) {
        let before = self.all();
        let outcome = call(&mut *self.buffer);
        let after = self.all();
        let added = after.strip_prefix(&*before).expect("what was put before is still there");
        assert!(bytes.starts_with(added), "other bytes than were put");
        let room = match &self.sink {
            Sink::Script { memory } | Sink::Pipe { memory, .. } => memory.len(),
            Sink::String { .. } => usize::MAX,
        };
        assert!(outcome == 0 || room < usize::MAX, "there is always memory for a string");
        match outcome {
            0 => assert!(added.len() == bytes.len() && !(flushes && places(&self.buffer).0 > 0)),
            -1 => assert!(left == Left::Some || added.is_empty() || bytes.len() > room),
            _ => panic!("{outcome}"),
        }
    }
}

/// A small pipe: its end for reading, and the descriptor of the other one.
fn pipe() -> (File, c_int) {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors, which are new.
    unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC), 0);
        libc::fcntl(ends[1], libc::F_SETPIPE_SZ, 4096);
        (File::from_raw_fd(ends[0]), ends[1])
    }
}

/// write(2), as programs pass it.
fn to_descriptor() -> Operation {
    type Write = unsafe extern "C" fn(c_int, *const c_void, usize) -> isize;
    // SAFETY: addresses of functions; a buffer calls it with one argument too many.
    Some(unsafe { std::mem::transmute::<Write, unsafe extern "C" fn() -> isize>(libc::write) })
}

fn step(call: Call, writer: &mut Writer) {
    let put = |writer: &mut Writer, how: How, bytes: &[u8]| {
        let exact: Box<[u8]> = bytes.into();
        let (call, flushes, left) = match how {
            How::Simply => (buffer_put as unsafe extern "C" fn(_, _, _) -> _, false, Left::None),
            How::Aligned => (buffer_putalign as _, false, Left::Some),
            How::Flushed => (buffer_putflush as _, true, Left::Some),
        };
        // SAFETY: a buffer, and as many bytes.
        writer.put(bytes, flushes, left, |b| unsafe { call(b, start(&exact), exact.len()) })
    };
    let simply = |writer: &mut Writer, text: String, call: &dyn Fn(*mut buffer) -> c_int| {
        writer.put(text.as_bytes(), false, Left::None, call)
    };
    // SAFETY: a buffer and strings, all the way.
    unsafe {
        match call {
            Call::Flush => writer.put(b"", true, Left::None, |b| buffer_flush(b)),
            Call::Put(how, bytes) => put(writer, how, bytes),
            Call::PutMany(how, count) => {
                let bytes: Vec<u8> = (0..count).map(|at| (at % 251) as u8).collect();
                put(writer, how, &bytes)
            }
            Call::PutString(how, bytes) => {
                let text = string(bytes);
                let (call, flushes, left) = match how {
                    How::Simply => (buffer_puts as unsafe extern "C" fn(_, _) -> _, false, Left::None),
                    How::Aligned => (buffer_putsalign as _, false, Left::Some),
                    How::Flushed => (buffer_putsflush as _, true, Left::Some),
                };
                writer.put(&text[..text.len() - 1], flushes, left, |b| call(b, start(&text)))
            }
            Call::PutStralloc(flushed, bytes) => {
                let mut sa = stralloc::new();
                stralloc_copyb(&mut sa, start(bytes), bytes.len());
                if flushed {
                    writer.put(bytes, true, Left::Some, |b| buffer_putsaflush(b, &sa))
                } else {
                    writer.put(bytes, false, Left::None, |b| buffer_putsa(b, &sa))
                }
                stralloc_free(&mut sa);
            }
            Call::Blank => simply(writer, " ".into(), &|b| buffer_putspace(b)),
            Call::Newline => writer.put(b"\n", true, Left::Some, |b| buffer_putnlflush(b)),
            Call::Number(n) => {
                simply(writer, n.to_string(), &|b| buffer_putulong(b, n));
                simply(writer, (n as i64).to_string(), &|b| buffer_putlong(b, n as i64));
                simply(writer, format!("{n:x}"), &|b| buffer_putxlong(b, n));
                simply(writer, format!("{n:o}"), &|b| buffer_put8long(b, n));
                simply(writer, n.to_string(), &|b| buffer_putulonglong(b, n));
                simply(writer, (n as i64).to_string(), &|b| buffer_putlonglong(b, n as i64));
            }
            Call::Error(number) => {
                let text = CStr::from_ptr(libc::strerror(number)).to_str().unwrap().to_owned();
                simply(writer, text, &|b| buffer_puterror2(b, number));
            }
        }
    }
}

fuzz_target!(|input: Input| {
    SCRIPT.set(Script { acts: input.acts, ..Script::default() });
    let mut writer = Writer::new(input.to);
    for call in input.calls {
        step(call, &mut writer);
    }
    SCRIPT.with_borrow_mut(|script| script.acts.clear());
    if !matches!(writer.sink, Sink::Pipe { .. }) {
        // SAFETY: a buffer.
        writer.put(b"", true, Left::None, |b| unsafe { buffer_flush(b) });
    }
    match &mut writer.sink {
        // SAFETY: a buffer whose descriptor is open, which it closes.
        Sink::Pipe { .. } => unsafe { buffer_close(&mut *writer.buffer) },
        // SAFETY: a string.
        Sink::String { sa } => unsafe { stralloc_free(&mut **sa) },
        Sink::Script { .. } => {}
    }
});
