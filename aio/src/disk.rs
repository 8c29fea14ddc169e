// SPDX-License-Identifier: MIT OR Apache-2.0
//! Requests that a thread runs by waiting in the system call: at an offset, and flushes.

use crate::errno::{Errno, Result};
use crate::file::{File, Kind};
use crate::request::{Operation, Request};
use crate::stream::{self, LARGEST};
use core::ffi::c_int;

/// Runs a request to its end.
pub(crate) fn run(file: &File, request: &Request) -> Result<usize> {
    let fd = file.pin.get();
    loop {
        let outcome = match request.operation.get() {
            _ if file.kind.get() == Kind::Unpollable && !request.is_barrier() => {
                stream::wait_in_call(fd, request)
            }
            Operation::Sync | Operation::DataSync => flush(fd, request.operation.get()),
            _ => with_priority(request.priority.get(), || transfer(fd, request)),
        };
        // All signals are blocked here, but a stopped process is continued by one.
        if outcome != Err(Errno(libc::EINTR)) {
            return outcome;
        }
    }
}

fn flush(fd: c_int, operation: Operation) -> Result<usize> {
    // SAFETY: only a number.
    match unsafe { if operation == Operation::Sync { libc::fsync(fd) } else { libc::fdatasync(fd) } } {
        0 => Ok(0),
        _ => Err(Errno::last()),
    }
}

fn transfer(fd: c_int, request: &Request) -> Result<usize> {
    let (buffer, offset) = (request.buffer.get(), request.offset.get());
    let (length, vectors) = (request.length.get().min(LARGEST), request.vectors.get());
    // SAFETY: the kernel checks the program's buffers; an array of buffers is the library's own and alive.
    let result = unsafe {
        match (request.is_read(), vectors >= 0) {
            (true, false) => libc::pread64(fd, buffer, length, offset),
            (false, false) => libc::pwrite64(fd, buffer, length, offset),
            (true, true) => libc::preadv64(fd, buffer.cast(), vectors, offset),
            (false, true) => libc::pwritev64(fd, buffer.cast(), vectors, offset),
        }
    };
    usize::try_from(result).map_err(|_| Errno::last())
}

/// Class and level of I/O priority `lower` levels below the process's own, for ioprio_set(2) and for the ring; 0, which
/// means the process's own, if there is nothing to lower.
pub(crate) fn priority(lower: u8) -> u16 {
    const BEST_EFFORT: u16 = 2 << 13;
    const LOWEST: u16 = 7;
    if lower == 0 {
        return 0;
    }
    // SAFETY: only numbers. The usual level follows from the nice value.
    let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    let level = ((nice + 20) / 5).clamp(0, LOWEST as c_int) as u16;
    BEST_EFFORT | (level + u16::from(lower)).min(LOWEST)
}

/// Runs a system call with a lowered I/O priority of this thread.
fn with_priority<T>(lower: u8, call: impl FnOnce() -> T) -> T {
    const THIS_THREAD: c_int = 1;
    let value = priority(lower);
    if value == 0 {
        return call();
    }
    // SAFETY: only numbers. Where it is refused, the request runs all the same.
    unsafe { libc::syscall(libc::SYS_ioprio_set, THIS_THREAD, 0, c_int::from(value)) };
    let outcome = call();
    // SAFETY: only numbers.
    unsafe { libc::syscall(libc::SYS_ioprio_set, THIS_THREAD, 0, 0) };
    outcome
}
