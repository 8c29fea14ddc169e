// SPDX-License-Identifier: MIT OR Apache-2.0
//! errno, and one small type per return convention of the C interface.
//!
//! A core function says what happened in one of these types; the only way to a C value is the type's
//! own conversion, so a function cannot answer in the wrong convention and still compile.

use core::ffi::{CStr, c_char, c_int, c_uint, c_void};

/// An errno value: what the kernel, or a check of ours, had against the call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub c_int);

impl Errno {
    /// The calling thread's errno.
    pub fn last() -> Self {
        // SAFETY: the location is the calling thread's own and always valid.
        Errno(unsafe { *location() })
    }

    /// Where the calling thread's errno is: for code that looks at it more than once.
    pub fn place() -> *mut c_int {
        // SAFETY: the function has no preconditions.
        unsafe { location() }
    }

    /// Makes this the calling thread's errno.
    pub fn set(self) {
        // SAFETY: as in `last`.
        unsafe { *location() = self.0 }
    }

    /// What the C library calls this error, written to `room`.
    pub fn describe(self, room: &mut [c_char; 256]) -> &CStr {
        room[255] = 0;
        // One byte less than there are: so the last one is null, also if the C library does not terminate a text that does not fit.
        // SAFETY: pointer and size are those of `room`.
        unsafe { libc::strerror_r(self.0, room.as_mut_ptr(), room.len() - 1) };
        // SAFETY: there is a null byte in `room`, if only the last byte.
        unsafe { CStr::from_ptr(room.as_ptr()) }
    }

    /// The kernel does not have a call, or a sandbox does not allow it: another call may serve.
    pub fn is_unsupported(self) -> bool {
        // EOPNOTSUPP and ENOTSUP are one number on Linux, and two on others.
        self.0 == libc::ENOTSUP
            || matches!(self.0, libc::ENOSYS | libc::EOPNOTSUPP | libc::EPERM | libc::EACCES)
    }

    /// `EAGAIN`, under either of its names.
    pub fn would_block(self) -> bool {
        self.0 == libc::EAGAIN || self.0 == libc::EWOULDBLOCK
    }
}

#[cfg(any(target_os = "solaris", target_os = "illumos"))]
use libc::___errno as location;
#[cfg(any(target_os = "netbsd", target_os = "openbsd", target_os = "android"))]
use libc::__errno as location;
#[cfg(any(target_os = "linux", target_os = "dragonfly", target_os = "hurd"))]
use libc::__errno_location as location;
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
use libc::__error as location;

/// Does something that the program does not get to hear of: errno stays as it was.
pub(crate) fn unchanged<T>(quiet: impl FnOnce() -> T) -> T {
    let before = Errno::last();
    let outcome = quiet();
    before.set();
    outcome
}

/// Does something by trying this and that: if it succeeds, errno stays as it was, whatever was tried in vain.
pub(crate) fn unchanged_on_success<T, E>(
    work: impl FnOnce() -> core::result::Result<T, E>,
) -> core::result::Result<T, E> {
    let before = Errno::last();
    let outcome = work();
    if outcome.is_ok() {
        before.set();
    }
    outcome
}

/// What a core function gives back.
pub(crate) type Result<T> = core::result::Result<T, Errno>;

/// The convention "1, or 0 with errno".
pub(crate) fn one_or_zero(outcome: Result<()>) -> c_int {
    match outcome {
        Ok(()) => 1,
        Err(error) => {
            error.set();
            0
        }
    }
}

/// The convention "1, or -1 with errno".
pub(crate) fn one_or_minus_one(outcome: Result<()>) -> c_int {
    match outcome {
        Ok(()) => 1,
        Err(error) => {
            error.set();
            -1
        }
    }
}

/// The convention "0, or -1 with errno".
pub(crate) fn zero_or_minus_one(outcome: Result<()>) -> c_int {
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            error.set();
            -1
        }
    }
}

/// The convention "1 for yes and 0 for no, or -1 with errno".
pub(crate) fn true_false_or_minus_one(outcome: Result<bool>) -> c_int {
    match outcome {
        Ok(answer) => answer.into(),
        Err(error) => {
            error.set();
            -1
        }
    }
}

/// The convention "an address, or NULL with errno".
pub(crate) fn pointer_or_null<T>(outcome: Result<*mut T>) -> *mut c_void {
    match outcome {
        Ok(address) => address.cast(),
        Err(error) => {
            error.set();
            core::ptr::null_mut()
        }
    }
}

/// The convention of functions without a result: errno alone tells.
pub(crate) fn void(outcome: Result<()>) {
    if let Err(error) = outcome {
        error.set();
    }
}

/// Why a read or write moved nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IoError {
    /// It would have had to wait, or a signal came first.
    Again,
    /// The same, and the descriptor's deadline has passed.
    TimedOut,
    /// Anything else.
    Failed(Errno),
}

impl IoError {
    /// Why a system call moved nothing.
    pub(crate) fn of_call(error: Errno) -> Self {
        if error.would_block() || error == Errno(libc::EINTR) {
            IoError::Again
        } else {
            IoError::Failed(error)
        }
    }
}

impl From<Errno> for IoError {
    fn from(error: Errno) -> Self {
        IoError::Failed(error)
    }
}

/// What a read or write gives back: how many bytes it moved.
pub(crate) type Transfer = core::result::Result<usize, IoError>;

/// A [`Transfer`] in its C convention, "bytes; -1 with EAGAIN; -2 with ETIMEDOUT; -3 with errno", with errno set. It fits into
/// a register, which matters on the hot path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Answer(i64);

impl Answer {
    /// So many bytes were moved.
    #[inline(always)]
    pub(crate) const fn moved(count: usize) -> Self {
        Answer(count as i64)
    }

    /// Nothing was, as it would have had to wait.
    #[inline(always)]
    pub(crate) fn again() -> Self {
        Errno(libc::EAGAIN).set();
        Answer(-1)
    }

    /// Nothing was, for this reason.
    #[inline(never)]
    pub(crate) fn failed(failure: IoError) -> Self {
        let (value, error) = match failure {
            IoError::Again => return Answer::again(),
            IoError::TimedOut => (-2, Errno(libc::ETIMEDOUT)),
            IoError::Failed(error) => (-3, error),
        };
        error.set();
        Answer(value)
    }

    /// True if it would have had to wait.
    pub(crate) const fn is_again(self) -> bool {
        self.0 == -1
    }

    /// What a C program gets.
    #[inline(always)]
    pub(crate) const fn c_value(self) -> i64 {
        self.0
    }
}

impl From<Transfer> for Answer {
    fn from(transfer: Transfer) -> Self {
        match transfer {
            Ok(moved) => Answer::moved(moved),
            Err(failure) => Answer::failed(failure),
        }
    }
}

/// The convention of [`Answer`].
pub(crate) fn bytes_or_io_error(transfer: Transfer) -> i64 {
    Answer::from(transfer).c_value()
}

/// The convention "a count, or -1 with errno".
pub(crate) fn count_or_minus_one(outcome: Result<usize>) -> i64 {
    match outcome {
        Ok(count) => count as i64,
        Err(error) => {
            error.set();
            -1
        }
    }
}

/// The convention "a count, or 0 with errno".
pub(crate) fn count_or_zero(outcome: Result<c_uint>) -> c_uint {
    outcome.unwrap_or_else(|error| {
        error.set();
        0
    })
}

/// The convention "a count, or -1 with errno" where C wants an `ssize_t`.
pub(crate) fn size_or_minus_one(outcome: Result<usize>) -> libc::ssize_t {
    count_or_minus_one(outcome) as libc::ssize_t
}

/// The convention "a size, or 0 with errno".
pub(crate) fn size_or_zero(outcome: Result<usize>) -> usize {
    outcome.unwrap_or_else(|error| {
        error.set();
        0
    })
}

/// The convention "a descriptor, or -1 for none".
pub(crate) fn descriptor_or_minus_one(found: Option<u32>) -> i64 {
    found.map_or(-1, i64::from)
}

/// The convention "a new descriptor, or -1 with errno".
pub(crate) fn new_descriptor_or_minus_one(outcome: Result<c_int>) -> c_int {
    match outcome {
        Ok(fd) => fd,
        Err(error) => {
            error.set();
            -1
        }
    }
}
