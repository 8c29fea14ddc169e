// SPDX-License-Identifier: MIT OR Apache-2.0
//! Operations of buffers that follow a script.

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use owfat::abi::buffer;
use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};

/// What an operation does when it is called.
#[derive(Arbitrary, Clone, Debug)]
pub enum Act {
    /// Moves everything.
    All,
    /// Moves some.
    Part(u8),
    /// A signal comes first.
    Signal,
    /// It would block.
    Again,
    /// It fails.
    Fail,
    /// Nothing is moved, without an error.
    Nothing,
    /// Moves everything, and claims to have moved more.
    More(u8),
}

/// What operations do, one call after the other, and then everything; and what they have to do with.
#[derive(Default)]
pub struct Script {
    /// The next act is the last of these.
    pub acts: Vec<Act>,
    /// Everything that was written, or that there is to read.
    pub bytes: Vec<u8>,
    /// How many of these bytes were read.
    pub moved: usize,
    /// Whether there was nothing to read.
    pub ended: bool,
}

thread_local! {
    /// The one that is followed.
    pub static SCRIPT: RefCell<Script> = RefCell::default();
}

/// An operation as headers declare it.
pub type Operation = Option<unsafe extern "C" fn() -> isize>;

type Called = unsafe extern "C" fn(c_int, *mut c_char, usize, *mut c_void) -> isize;

/// Reads by the script.
pub fn reading() -> Operation {
    // SAFETY: addresses of functions; buffers call operations with these four arguments.
    Some(unsafe { std::mem::transmute::<Called, unsafe extern "C" fn() -> isize>(read) })
}

/// Writes by the script.
pub fn writing() -> Operation {
    // SAFETY: as above.
    Some(unsafe { std::mem::transmute::<Called, unsafe extern "C" fn() -> isize>(write) })
}

/// How many of `length` bytes are moved, and what is said of it.
fn act(acts: &mut Vec<Act>, length: usize) -> (usize, isize) {
    let fail = |errno| {
        // SAFETY: errno of this thread.
        unsafe { *libc::__errno_location() = errno };
        (0, -1)
    };
    let moved = |length: usize| (length, length as isize);
    match acts.pop().unwrap_or(Act::All) {
        Act::All => moved(length),
        Act::Part(most) => moved(length.min(usize::from(most) + 1)),
        Act::Signal => fail(libc::EINTR),
        Act::Again => fail(libc::EAGAIN),
        Act::Fail => fail(libc::EPIPE),
        Act::Nothing => moved(0),
        Act::More(more) => (length, length as isize + isize::from(more)),
    }
}

unsafe extern "C" fn read(fd: c_int, to: *mut c_char, length: usize, _: *mut c_void) -> isize {
    assert_eq!(fd, FD);
    SCRIPT.with_borrow_mut(|script| {
        let there = script.bytes.len() - script.moved;
        let (count, answer) = act(&mut script.acts, length.min(there));
        // SAFETY: there is room for `length` bytes.
        unsafe { to.cast::<u8>().copy_from(script.bytes[script.moved..].as_ptr(), count) };
        script.moved += count;
        // It can only claim more than there is room for if that is full.
        let answer = if count < length { answer.min(count as isize) } else { answer };
        script.ended |= answer == 0 || (answer > 0 && length == 0);
        answer
    })
}

unsafe extern "C" fn write(fd: c_int, from: *mut c_char, length: usize, _: *mut c_void) -> isize {
    assert_eq!(fd, FD);
    SCRIPT.with_borrow_mut(|script| {
        assert!(length > 0, "nothing to write");
        // SAFETY: there are `length` bytes.
        let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), length) };
        let (count, answer) = act(&mut script.acts, length);
        script.bytes.extend(&bytes[..count]);
        answer
    })
}

/// The descriptor that operations get.
pub const FD: c_int = 4711;

/// The fields p and n, which macros of the header use: where the next byte is, or how many wait; and where the bytes end.
pub fn places(b: &buffer) -> (usize, usize) {
    let fields = std::ptr::from_ref(b).cast::<usize>();
    // SAFETY: a buffer begins with an address and these two.
    unsafe { (*fields.add(1), *fields.add(2)) }
}
