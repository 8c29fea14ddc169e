// SPDX-License-Identifier: MIT OR Apache-2.0
//! Calling operations, repeatedly if need be.

use crate::abi::ssize_t;
use crate::errno::{Errno, Result};
use core::ffi::{c_char, c_int, c_void};
use core::mem::transmute;

/// An operation as headers declare it: without arguments, so that read(2) and write(2), which take three, will do as
/// well as functions that take four.
pub(crate) type Declared = Option<unsafe extern "C" fn() -> ssize_t>;

/// An operation as it is called.
pub(crate) type Called = unsafe extern "C" fn(c_int, *mut c_char, usize, *mut c_void) -> ssize_t;

/// An operation of ours, as headers declare it.
pub(crate) const fn declare(op: Called) -> Declared {
    // SAFETY: addresses of functions; `call` turns it back.
    Some(unsafe { transmute::<Called, unsafe extern "C" fn() -> ssize_t>(op) })
}

/// read(2).
pub(crate) const READ: Declared = {
    type Read = unsafe extern "C" fn(c_int, *mut c_void, usize) -> ssize_t;
    // SAFETY: as for WRITE.
    Some(unsafe { transmute::<Read, unsafe extern "C" fn() -> ssize_t>(libc::read) })
};

/// write(2).
pub(crate) const WRITE: Declared = {
    type Write = unsafe extern "C" fn(c_int, *const c_void, usize) -> ssize_t;
    // SAFETY: addresses of functions; this one is only called as what it is, with one argument too many.
    Some(unsafe { transmute::<Write, unsafe extern "C" fn() -> ssize_t>(libc::write) })
};

/// Calls an operation once. Without one nothing can be moved: EINVAL.
unsafe fn call(op: Declared, fd: c_int, start: *mut c_char, len: usize, cookie: *mut c_void) -> ssize_t {
    let Some(op) = op else {
        Errno(libc::EINVAL).set();
        return -1;
    };
    // SAFETY: the program vouches for an operation that takes these four arguments, or fewer, which by every C calling
    // convention of Unix does no harm.
    unsafe { transmute::<unsafe extern "C" fn() -> ssize_t, Called>(op)(fd, start, len, cookie) }
}

/// Reads once, however many signals come. Returns what the operation did. A signal leaves no trace in errno.
///
/// # Safety
/// The operation can be called with these arguments.
pub(crate) unsafe fn read(
    op: Declared,
    fd: c_int,
    start: *mut c_char,
    len: usize,
    cookie: *mut c_void,
) -> ssize_t {
    let before = Errno::last();
    loop {
        // SAFETY: the caller's promise.
        let got = unsafe { call(op, fd, start, len, cookie) };
        if got != -1 || Errno::last() != Errno(libc::EINTR) {
            return got;
        }
        before.set();
    }
}

/// Writes until all is written or there is an error, and says how much was. To write nothing of something is an
/// error, EIO if the operation gave no other. On success errno stays as it was.
///
/// # Safety
/// The operation can be called with these arguments.
pub(crate) unsafe fn write(
    op: Declared,
    fd: c_int,
    start: *const c_char,
    len: usize,
    cookie: *mut c_void,
) -> (usize, Result<()>) {
    let errno = Errno::place();
    // SAFETY: the thread's own errno, here and below.
    let before = unsafe { *errno };
    let mut done = 0;
    while done < len {
        // Set before each call, or an earlier EINTR would pass for one of an operation that returns 0.
        // SAFETY: as above, and the caller's promise.
        let written = unsafe {
            *errno = 0;
            call(op, fd, start.wrapping_add(done).cast_mut(), len - done, cookie)
        };
        if written > 0 {
            done += (written as usize).min(len - done);
            continue;
        }
        match Errno::last() {
            Errno(libc::EINTR) => {}
            Errno(0) => return (done, Err(Errno(libc::EIO))),
            error => return (done, Err(error)),
        }
    }
    // SAFETY: as above.
    unsafe { *errno = before };
    (done, Ok(()))
}
